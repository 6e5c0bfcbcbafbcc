package source

import (
	"strings"
	"testing"
)

func TestOfTwoNPSQuestionsNobodyGuesses(t *testing.T) {
	for _, c := range []struct {
		header []string
		named  string
		want   int
		fault  string
	}{
		{[]string{"序号", "3、您有多大可能推荐我们(0-10)？"}, "", 1, ""},
		{[]string{"4、满意度(0-10)", "3、您有多大可能推荐我们(0-10)？"}, "", 1, ""}, // likeness decides
		{[]string{"您为什么推荐", "score"}, "", 0, ""},
		{[]string{"a", "b"}, "", -1, ""},
		{[]string{"Would you recommend us (0-10)?", "Would you recommend the shop (0-10)?"}, "", -1, `("Would you recommend us (0-10)?", "Would you recommend the shop (0-10)?"): name the one that counts as nps_question`},
		{[]string{"Would you recommend us (0-10)?", "Would you recommend the shop (0-10)?"}, "Would you recommend the shop (0-10)?", 1, ""},
		{[]string{"Would you recommend us (0-10)?"}, "Score", -1, "no column is named like nps_question"},
	} {
		got, err := npsColumn(c.header, c.named)
		if got != c.want || (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%q: column %d, %v; want %d, %q", c.header, got, err, c.want, c.fault)
		}
	}
}
