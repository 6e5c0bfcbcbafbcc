package explain

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func modelLink(left, right string, bits float64) Link {
	p := 1 - 1/(1+bits)
	return Link{Left: left, Right: right, Rule: "model", Accepted: true, Probability: &p, Weights: []Weight{{Comparison: "name", Level: "equal", Bits: bits}}}
}

func ruleLink(left, right, rule string) Link {
	return Link{Left: left, Right: right, Rule: rule, Accepted: true}
}

func names(links []Link) []string {
	out := []string{}
	for i := range links {
		out = append(out, links[i].Left+links[i].Right+" "+links[i].Rule)
	}
	return out
}

func TestATreeTakesTheStrongestLinksThatHoldTheRecordsTogether(t *testing.T) {
	refused := modelLink("d", "e", 50)
	refused.Accepted = false
	links := []Link{
		modelLink("a", "b", 40), ruleLink("a", "b", "phone"), modelLink("b", "c", 3), modelLink("a", "c", 9), ruleLink("c", "d", "email"),
		refused, modelLink("d", "x", 30), // x is a record of somebody else
	}
	tree, parts := spanningTree(links, []string{"a", "b", "c", "d", "e"})
	if diff := cmp.Diff([]string{"cd email", "ab phone", "ac model"}, names(tree)); diff != "" || parts != 2 {
		t.Errorf("%d parts, want 2 (e hangs on nothing); %s", parts, diff)
	}
}

func TestAPathIsTheShortestAndTakesTheStrongestOfEqualLinks(t *testing.T) {
	links := []Link{
		modelLink("a", "b", 5), ruleLink("a", "b", "id.unionid"), modelLink("b", "c", 5), modelLink("c", "d", 5), modelLink("b", "d", 1), modelLink("e", "f", 9),
	}
	for _, c := range []struct {
		from, to string
		want     []string
	}{
		{"a", "d", []string{"ab id.unionid", "bd model"}}, {"d", "a", []string{"bd model", "ab id.unionid"}}, {"a", "f", []string{}}, {"a", "nobody", []string{}},
	} {
		if diff := cmp.Diff(c.want, names(shortestPath(links, c.from, c.to))); diff != "" {
			t.Errorf("from %s to %s: %s", c.from, c.to, diff)
		}
	}
}

// Trees have one link less than records for each part, and paths as many links as the tree has
// at most; neither depends on the order of the links.
func TestTreesAndPathsDoNotDependOnTheOrderOfLinks(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(2, 9).Draw(r, "records")
		var records []string
		for i := range n {
			records = append(records, fmt.Sprint(i))
		}
		var links []Link
		for range rapid.IntRange(0, 20).Draw(r, "links") {
			a, b := rapid.IntRange(0, n-1).Draw(r, "a"), rapid.IntRange(0, n-1).Draw(r, "b")
			if a != b {
				links = append(links, modelLink(records[min(a, b)], records[max(a, b)], float64(rapid.IntRange(1, 3).Draw(r, "bits"))))
			}
		}
		tree, parts := spanningTree(links, records)
		if len(tree) != n-parts {
			r.Fatalf("%d links hold %d records in %d parts", len(tree), n, parts)
		}
		shuffled := rapid.Permutation(slices.Clone(links)).Draw(r, "order")
		again, _ := spanningTree(shuffled, records)
		if diff := cmp.Diff(names(tree), names(again)); diff != "" {
			r.Fatal(diff)
		}
		path := shortestPath(links, "0", "1")
		if diff := cmp.Diff(names(path), names(shortestPath(shuffled, "0", "1"))); diff != "" {
			r.Fatal(diff)
		}
		if len(path) > len(tree) || len(path) > 0 && parts == n {
			r.Fatalf("a path of %d links, a tree of %d", len(path), len(tree))
		}
	})
}
