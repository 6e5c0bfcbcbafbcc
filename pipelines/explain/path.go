package explain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/resolve"
)

// byStrength orders links: what a person decided, then rules from the strongest, then pairs of
// the model by their bits. Ties go by reference, so that an answer is stable.
func byStrength(a, b Link) int {
	return cmp.Or(
		cmp.Compare(ruleRank(a.Rule), ruleRank(b.Rule)), cmp.Compare(b.bits(), a.bits()), cmp.Compare(b.probability(), a.probability()),
		cmp.Compare(a.Left, b.Left), cmp.Compare(a.Right, b.Right), cmp.Compare(a.Rule, b.Rule),
	)
}

// ruleRank puts the model after all rules.
func ruleRank(rule string) int {
	name, _, _ := strings.Cut(rule, ".")
	order := []string{resolve.RuleDecision, resolve.RuleReference, resolve.RuleID, resolve.RuleEmail, resolve.RulePhone}
	if i := slices.Index(order, name); i >= 0 {
		return i
	}
	return len(order)
}

// bits are the log2 odds of a link of the model. Near certainty they tell links apart that
// round to one probability.
func (l *Link) bits() float64 {
	sum := 0.0
	for _, w := range l.Weights {
		sum += w.Bits
	}
	return sum
}

func (l *Link) probability() float64 {
	if l.Probability == nil {
		return 0
	}
	return *l.Probability
}

// spanningTree picks, strongest first, the accepted links that hold records together, and counts
// the parts that are left: one where links alone hold them. Records are in order.
func spanningTree(links []Link, records []string) (tree []Link, parts int) {
	tree, parts = []Link{}, len(records)
	parent := map[string]string{}
	for _, ref := range records {
		parent[ref] = ref
	}
	find := func(ref string) string {
		for parent[ref] != ref {
			parent[ref] = parent[parent[ref]]
			ref = parent[ref]
		}
		return ref
	}
	for _, l := range slices.SortedFunc(slices.Values(links), byStrength) {
		if _, ok := parent[l.Left]; !ok || !l.Accepted {
			continue
		}
		if _, ok := parent[l.Right]; !ok {
			continue
		}
		if a, b := find(l.Left), find(l.Right); a != b {
			parent[max(a, b)] = min(a, b)
			tree = append(tree, l)
			parts--
		}
	}
	return tree, parts
}

// shortestPath walks links breadth first, among those between the same records the strongest.
func shortestPath(links []Link, from, to string) []Link {
	next := map[string][]Link{}
	for _, l := range links {
		next[l.Left] = append(next[l.Left], l)
		next[l.Right] = append(next[l.Right], l)
	}
	cameBy := map[string]Link{}
	queue := []string{from}
	for len(queue) > 0 && queue[0] != to {
		at := queue[0]
		queue = queue[1:]
		edges := next[at]
		slices.SortFunc(edges, func(a, b Link) int { return cmp.Or(byStrength(a, b), cmp.Compare(other(a, at), other(b, at))) })
		for _, l := range edges {
			ref := other(l, at)
			if _, seen := cameBy[ref]; !seen && ref != from {
				cameBy[ref] = l
				queue = append(queue, ref)
			}
		}
	}
	path := []Link{}
	for at := to; at != from; {
		l, ok := cameBy[at]
		if !ok {
			return []Link{}
		}
		path = append(path, l)
		at = other(l, at)
	}
	slices.Reverse(path)
	return path
}

func other(l Link, ref string) string {
	if l.Left == ref {
		return l.Right
	}
	return l.Left
}
