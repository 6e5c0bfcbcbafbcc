package review

import (
	"fmt"
	"strings"
)

// Merge tells which decisions are new. A decision that contradicts another is a mistake: the
// opposite about one pair, or different for two records that a chain of decisions makes the
// same. What existing decisions say among themselves is not looked at.
func Merge(existing, reviewed []Decision) (added []Decision, err error) {
	g := newGraph()
	for _, d := range existing {
		g.add(d)
	}
	var problems Problems
	for _, d := range reviewed {
		if _, known := g.said[pairOf(d)]; known && g.said[pairOf(d)].Same == d.Same {
			continue
		}
		if problem := g.contradiction(d); problem != "" {
			problems = append(problems, d.Where+": "+problem)
			continue
		}
		g.add(d)
		added = append(added, d)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return added, nil
}

// graph is what decisions say: who is the same, and who is not.
type graph struct {
	said   map[[2]string]Decision
	parent map[string]string
	near   map[string][]Decision // of a record: what makes it the same as another
	apart  map[string][]Decision // of a root: what keeps it from others
}

func newGraph() *graph {
	return &graph{said: map[[2]string]Decision{}, parent: map[string]string{}, near: map[string][]Decision{}, apart: map[string][]Decision{}}
}

func pairOf(d Decision) [2]string {
	if d.Left < d.Right {
		return [2]string{d.Left, d.Right}
	}
	return [2]string{d.Right, d.Left}
}

func (g *graph) find(ref string) string {
	root := ref
	for g.parent[root] != "" {
		root = g.parent[root]
	}
	for g.parent[ref] != "" {
		ref, g.parent[ref] = g.parent[ref], root
	}
	return root
}

func (g *graph) add(d Decision) {
	if _, known := g.said[pairOf(d)]; !known {
		g.said[pairOf(d)] = d
	}
	a, b := g.find(d.Left), g.find(d.Right)
	if !d.Same {
		g.apart[a], g.apart[b] = append(g.apart[a], d), append(g.apart[b], d)
		return
	}
	g.near[d.Left], g.near[d.Right] = append(g.near[d.Left], d), append(g.near[d.Right], d)
	if a == b {
		return
	}
	if len(g.apart[a]) < len(g.apart[b]) {
		a, b = b, a
	}
	g.parent[b] = a
	g.apart[a] = append(g.apart[a], g.apart[b]...)
	delete(g.apart, b)
}

// contradiction says what a decision contradicts; empty when nothing.
func (g *graph) contradiction(d Decision) string {
	if first, known := g.said[pairOf(d)]; known {
		return fmt.Sprintf("column %s: says %s, and %s says %s about the same pair", columnDecision, word(d.Same), first.Where, word(first.Same))
	}
	a, b := g.find(d.Left), g.find(d.Right)
	if !d.Same {
		if a != b {
			return ""
		}
		return fmt.Sprintf("column %s: says different, and the two are the same by %s", columnDecision, g.chain(d.Left, d.Right))
	}
	list := g.apart[a]
	if len(g.apart[b]) < len(list) {
		list = g.apart[b]
	}
	for _, other := range list {
		x, y := g.find(other.Left), g.find(other.Right)
		if x == a && y == b || x == b && y == a {
			return fmt.Sprintf("column %s: says same, and %s says different about two records that would be the same then", columnDecision, other.Where)
		}
	}
	return ""
}

func word(same bool) string {
	if same {
		return "same"
	}
	return "different"
}

// shownChain bounds how many decisions of a chain a message lists.
const shownChain = 8

// chain lists the decisions that make two records the same, by breadth-first search.
func (g *graph) chain(from, to string) string {
	by := map[string]Decision{}
	seen := map[string]bool{from: true}
	for queue := []string{from}; len(queue) > 0 && !seen[to]; queue = queue[1:] {
		for _, d := range g.near[queue[0]] {
			next := d.Left
			if next == queue[0] {
				next = d.Right
			}
			if !seen[next] {
				seen[next], by[next] = true, d
				queue = append(queue, next)
			}
		}
	}
	var steps []string
	for at := to; at != from && len(steps) < shownChain; {
		d, ok := by[at]
		if !ok {
			break
		}
		steps = append(steps, d.Where)
		if d.Left == at {
			at = d.Right
		} else {
			at = d.Left
		}
	}
	return strings.Join(steps, ", ")
}
