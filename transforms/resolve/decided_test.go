package resolve

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAFileOfDecisionsMayBeginWithAByteOrderMark(t *testing.T) {
	got, err := ParseDecisions("decisions.csv", strings.NewReader("\xEF\xBB\xBFleft,right,decision\n\ncrm:contact:1,shop:user:2,same\n"))
	if diff := cmp.Diff([]Decision{{"crm:contact:1", "shop:user:2", true, 3}}, got); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
	if _, err := ParseDecisions("decisions.csv", strings.NewReader("\xEF\xBB\xBFa:b:1,a:b:2\n")); err == nil || !strings.HasPrefix(err.Error(), "decisions.csv:1:") {
		t.Errorf("error %v", err)
	}
}

func TestDecisionsHoldThroughRecordsThatAreGone(t *testing.T) {
	decisions := []Decision{{"a", "b", true, 2}, {"b", "c", true, 3}, {"b", "d", false, 4}, {"d", "e", true, 5}, {"x", "y", false, 6}}
	ordinals := map[string]uint32{"a": 7, "c": 3, "e": 5, "x": 1}
	same, different := Decided(decisions, func(ref string) (uint32, bool) { i, ok := ordinals[ref]; return i, ok })
	if diff := cmp.Diff([]Link{{3, 7, RuleDecision}}, same); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][2]uint32{{5, 7}}, different); diff != "" {
		t.Error(diff)
	}
}

// Whatever rules and model say, two records that are different by decisions are two customers,
// and two that are the same are one.
func TestTheModelObeysDecisions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "n")
		records := &Records{Organization: make([]bool, n), Single: map[uint32][]string{}}
		side := make([]int, n) // who the records truly are, so that decisions never contradict each other
		for i := range side {
			side[i] = rapid.IntRange(0, 2).Draw(t, "side")
		}
		var decisions []Decision
		for range rapid.IntRange(0, 8).Draw(t, "decisions") {
			a, b := rapid.IntRange(0, n-1).Draw(t, "a"), rapid.IntRange(0, n-1).Draw(t, "b")
			if a != b {
				decisions = append(decisions, Decision{fmt.Sprint(a), fmt.Sprint(b), side[a] == side[b], 0})
			}
		}
		same, different := Decided(decisions, func(ref string) (i uint32, ok bool) { _, err := fmt.Sscan(ref, &i); return i, err == nil })
		records.Different = different
		clusters := Cluster(records, append(slices.DeleteFunc(randomLinks(t, n), func(l Link) bool { return l.Rule == RuleDecision }), same...))
		model, features := twins(n)
		merging := &Merging{Records: records, Model: model, Features: features, Accept: 0, Workers: 1}
		var bonds []Scored
		for i := range n {
			for j := range i {
				bonds = append(bonds, Scored{uint32(j), uint32(i), 20})
			}
		}
		Merge(merging, &clusters, bonds)
		for _, d := range decisions {
			var a, b int
			fmt.Sscan(d.Left, &a)
			fmt.Sscan(d.Right, &b)
			if one := clusters.Root[a] == clusters.Root[b]; one != d.Same {
				t.Fatalf("%s and %s: one customer %v, decided %v", d.Left, d.Right, one, d.Same)
			}
		}
	})
}
