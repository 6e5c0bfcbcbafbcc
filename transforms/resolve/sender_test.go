package resolve

import (
	"fmt"
	"testing"

	"github.com/tributary-cdp/tributary/schemas"
)

// Two accounts of a shop that show one recipient: the number is the account's that shows it
// most, and where that is open nobody's. It says nothing against accounts of two shops. An account
// that one order shows may as well have sent it to somebody.
func TestSendersAreNotTheHolder(t *testing.T) {
	account := func(ordinal uint32, space string, shown int64) Member {
		return Member{Ordinal: ordinal, Kind: schemas.Person, FullName: "王小明", Account: space, Shown: shown}
	}
	desk := Member{Ordinal: 9, Kind: schemas.Person, FullName: "Wang Xiaoming", Shown: 1}
	for name, c := range map[string]struct {
		members []Member
		want    string
	}{
		"one is the sender":        {[]Member{account(1, "a", 1), account(2, "a", 5), desk}, "[{2 9 phone}]"},
		"nobody is left":           {[]Member{account(1, "a", 1), account(2, "a", 1)}, "[]"},
		"level":                    {[]Member{account(1, "a", 1), account(2, "a", 1), desk}, "[]"},
		"two shops":                {[]Member{account(1, "a", 2), account(2, "b", 5), desk}, "[{1 2 phone} {2 9 phone}]"},
		"one order":                {[]Member{account(1, "a", 1), account(2, "b", 5), desk}, "[{2 9 phone}]"},
		"no account":               {[]Member{account(1, "", 1), account(2, "", 5), desk}, "[{1 2 phone} {2 9 phone}]"},
		"an account without names": {[]Member{{Ordinal: 1, Kind: schemas.Person, Account: "a", Shown: 1}, account(2, "a", 5), desk}, "[{2 9 phone}]"},
	} {
		links, _, _ := LinkGroup("phone", "+8613900000001", c.members, Settings{MaxShared: 20})
		if got := fmt.Sprint(links); got != c.want {
			t.Errorf("%s: links %s, want %s", name, got, c.want)
		}
	}
	crowd := []Member{desk}
	for i := range uint32(accountsCompared + 1) {
		crowd = append(crowd, account(10+i, "a", int64(i)+1))
	}
	if links, _, _ := LinkGroup("phone", "+8613900000001", crowd, Settings{MaxShared: 20}); len(links) > 0 {
		t.Errorf("a number of %d accounts links %v", len(crowd), links)
	}
}
