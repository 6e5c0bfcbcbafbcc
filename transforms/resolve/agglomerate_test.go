package resolve

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// tableComparer compares records by a table of odds, in eighths so that their sums are exact.
type tableComparer struct {
	odds  [][]float64
	never map[uint64]bool // groups
}

func (c *tableComparer) compare(a, b int32) (float64, profile) {
	var p profile
	p.pattern[0], p.gain[0] = 1, c.odds[a][b]
	if p.gain[0] < 0 {
		p.pattern[0] = 2
	}
	return c.odds[a][b], p
}

func (c *tableComparer) weigh(p *profile, a, b []int32) float64 {
	return p.gain[0] - math.Log2(float64(len(a)*len(b)))
}

// What contradicts knows more.
func (c *tableComparer) fuller(_ int, level, other uint8) bool { return level > other }

func (c *tableComparer) apart(a, b int32) bool { return c.never[pairKey(a, b)] }

// drawGraph draws groups of one to three records, their odds and the bonds between them.
func drawGraph(t *rapid.T) ([]Group, []Bond, *tableComparer) {
	groups := make([]Group, rapid.IntRange(2, 9).Draw(t, "groups"))
	records := int32(0)
	for i := range groups {
		for range rapid.IntRange(1, 3).Draw(t, "members") {
			groups[i].Members = append(groups[i].Members, records)
			records++
		}
		groups[i].Size = len(groups[i].Members) + rapid.IntRange(0, 2).Draw(t, "more")
	}
	c := &tableComparer{make([][]float64, records), map[uint64]bool{}}
	for i := range c.odds {
		c.odds[i] = make([]float64, records)
		for j := range i {
			c.odds[i][j] = float64(rapid.IntRange(-40, 120).Draw(t, "odds")) / 8
			c.odds[j][i] = c.odds[i][j]
		}
	}
	var bonds []Bond
	for i := range groups {
		for j := range i {
			if rapid.IntRange(0, 2).Draw(t, "bond") > 0 {
				bonds = append(bonds, Bond{int32(j), int32(i)})
			}
			if rapid.IntRange(0, 7).Draw(t, "never") == 0 {
				c.never[pairKey(int32(i), int32(j))] = true
			}
		}
	}
	return groups, bonds, c
}

// reference is average linkage as it is described, with everything computed anew in each step.
type reference struct {
	groups []Group
	c      *tableComparer
	near   [][]bool
	sets   [][]int32 // groups of a root
}

func (r *reference) records(root int) (out []int32, size int) {
	for _, g := range r.sets[root] {
		out = append(out, r.groups[g].Members...)
		size += r.groups[g].Size
	}
	return out, size
}

func (r *reference) mean(a, b int) float64 {
	x, _ := r.records(a)
	y, _ := r.records(b)
	sum := 0.0
	for _, i := range x {
		for _, j := range y {
			sum += max(-clipOdds, min(clipOdds, r.c.odds[i][j]))
		}
	}
	return sum / float64(len(x)*len(y))
}

// best is that of all pairs of their records.
func (r *reference) best(a, b int) float64 {
	x, _ := r.records(a)
	y, _ := r.records(b)
	best := math.Inf(-1)
	for _, i := range x {
		for _, j := range y {
			best = max(best, r.c.odds[i][j])
		}
	}
	return best
}

// jointly is the evidence that c goes with a and b together: the best of either, unless one of
// them contradicts.
func (r *reference) jointly(a, b, c int) float64 {
	x, n := r.records(a)
	y, m := r.records(b)
	z, o := r.records(c)
	ac, bc := r.best(a, c), r.best(b, c)
	best := max(ac, bc)
	if ac < 0 != (bc < 0) {
		best = min(ac, bc)
	}
	return best - math.Log2(float64((len(x)+len(y))*len(z))) + math.Log2(float64(max(n+m, o)))
}

func (r *reference) evidence(a, b int) float64 {
	x, n := r.records(a)
	y, m := r.records(b)
	return r.best(a, b) - math.Log2(float64(len(x)*len(y))) + math.Log2(float64(max(n, m)))
}

func (r *reference) against(a, b int) float64 {
	others := []float64{0}
	for c := range r.sets {
		if c == b || c == a || r.sets[c] == nil || !r.near[a][c] || r.evidence(a, c) <= hardlyCompetes {
			continue
		}
		others = append(others, r.evidence(a, c)-math.Log2(1+math.Exp2(r.jointly(a, b, c))))
	}
	sum := 0.0
	for _, o := range others {
		sum += math.Exp2(o)
	}
	return r.evidence(a, b) - math.Log2(sum)
}

func (r *reference) forbidden(a, b int) bool {
	for _, x := range r.sets[a] {
		for _, y := range r.sets[b] {
			if r.c.apart(x, y) {
				return true
			}
		}
	}
	return false
}

func (r *reference) run(accept, least float64) (joins []Join) {
	refused := map[[2]int]bool{}
	for {
		best, x, y := math.Inf(-1), -1, -1
		for a := range r.sets {
			for b := a + 1; b < len(r.sets); b++ {
				if r.sets[a] == nil || r.sets[b] == nil || !r.near[a][b] || refused[[2]int{a, b}] {
					continue
				}
				if mean := r.mean(a, b); mean >= least && mean > best {
					best, x, y = mean, a, b
				}
			}
		}
		if x < 0 {
			return joins
		}
		odds := min(r.against(x, y), r.against(y, x))
		if odds < accept || r.forbidden(x, y) {
			refused[[2]int{x, y}] = true
			continue
		}
		joins = append(joins, Join{int32(x), int32(y), odds})
		r.sets[x] = append(slices.Clone(r.sets[x]), r.sets[y]...)
		r.sets[y] = nil
		for c := range r.sets {
			r.near[x][c] = c != x && (r.near[x][c] || r.near[y][c])
			r.near[c][x] = r.near[x][c]
			delete(refused, [2]int{min(x, c), max(x, c)})
		}
	}
}

func TestMergingIsAverageLinkageComputedFromScratch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups, bonds, c := drawGraph(t)
		r := &reference{groups: groups, c: c}
		for i := range groups {
			r.sets, r.near = append(r.sets, []int32{int32(i)}), append(r.near, make([]bool, len(groups)))
		}
		for _, b := range bonds {
			r.near[b.A][b.B], r.near[b.B][b.A] = true, true
		}
		accept, least := float64(rapid.IntRange(-3, 4).Draw(t, "accept")), float64(rapid.IntRange(-2, 2).Draw(t, "least"))
		want := r.run(accept, least)
		got := agglomerate(groups, bonds, accept, least, c)
		same := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
		if diff := cmp.Diff(want, got, same); diff != "" {
			t.Fatal(diff)
		}
		for _, j := range got {
			if j.Odds < accept {
				t.Fatalf("joined at %v, accepted are %v", j.Odds, accept)
			}
		}
		shuffled := rapid.Permutation(bonds).Draw(t, "order")
		for i := range shuffled {
			if i%2 == 0 {
				shuffled[i] = Bond{shuffled[i].B, shuffled[i].A}
			}
		}
		shuffled = append(shuffled, bonds...) // a bond that is there twice says nothing more
		if diff := cmp.Diff(got, agglomerate(groups, shuffled, accept, least, c)); diff != "" {
			t.Fatalf("another order of bonds: %s", diff)
		}
	})
}

func TestARecordThatFitsTwoDifferentCustomersJoinsNeither(t *testing.T) {
	// 0 and 1 are different customers; 2 goes as well with one as with the other.
	c := &tableComparer{[][]float64{{0, -20, 6}, {-20, 0, 6}, {6, 6, 0}}, map[uint64]bool{}}
	groups := []Group{{[]int32{0}, 1}, {[]int32{1}, 1}, {[]int32{2}, 1}}
	bonds := []Bond{{0, 2}, {1, 2}}
	if joins := agglomerate(groups, bonds, math.Log2(.95/.05), MeanOdds, c); len(joins) != 0 {
		t.Errorf("joined %v", joins)
	}
	// With one of them alone there is no doubt.
	if joins := agglomerate(groups, bonds[:1], math.Log2(.95/.05), MeanOdds, c); len(joins) != 1 {
		t.Errorf("joined %v", joins)
	}
	// If the other two may be one customer themselves, they are no alternatives.
	c.odds[0][1], c.odds[1][0] = 8, 8
	if joins := agglomerate(groups, append(bonds, Bond{0, 1}), math.Log2(.95/.05), MeanOdds, c); len(joins) != 2 {
		t.Errorf("joined %v", joins)
	}
}

func TestOneAgreeingPairDoesNotJoinTwoLargeGroups(t *testing.T) {
	const n = 4
	c := &tableComparer{make([][]float64, 2*n), map[uint64]bool{}}
	groups := []Group{{Size: n}, {Size: n}}
	for i := range 2 * n {
		c.odds[i] = make([]float64, 2*n)
		groups[i/n].Members = append(groups[i/n].Members, int32(i))
		for j := range 2 * n {
			if i/n != j/n {
				c.odds[i][j] = -8
			}
		}
	}
	c.odds[0][n], c.odds[n][0] = 30, 30 // a hairball's bridge
	if joins := agglomerate(groups, []Bond{{0, 1}}, 0, MeanOdds, c); len(joins) != 0 {
		t.Errorf("joined %v", joins)
	}
}
