package resolve

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Scored is a pair of records and the log2 odds that they are one customer.
type Scored struct {
	A, B uint32
	Odds float32
}

// Bounds of merging.
const (
	// BondOdds are the odds from which a pair asks whether its clusters are one: what is less
	// likely than one in five says nothing even beside others.
	BondOdds = -2
	// componentLimit is how many clusters are merged among each other; where more hang together,
	// the weakest bonds between them are left out and reported.
	componentLimit = 500
	// representatives is how many records of a cluster are compared.
	representatives = 16
)

// Merging joins clusters that rules have made, by the odds of their records.
type Merging struct {
	Records  *Records
	Model    *Model
	Features func(uint32) (Features, bool) // of a record that has a bond, or whose cluster has
	Borrowed map[uint32]bool               // accounts whose contact data are somebody else's
	Accept   float64                       // log2 odds from which clusters are merged; NaN: so that the expected share of false merges is falseShare
	Workers  int

	apart apartness
}

// Merged is the outcome.
type Merged struct {
	Accept   float64            // log2 odds from which clusters were merged
	Expected float64            // false merges
	Odds     map[uint32]float64 // by root of the cluster that rules made: log2 odds with which it was merged
	Dropped  int                // bonds left out since too many clusters hang together
	Merges   int
	Doubts   []Doubt
}

// falseShare is how many of the merges that the model makes may be expected to be false, and
// fewFalse how many whatever their number: in a small file a share alone would merge nothing
// that is not beyond doubt.
const (
	falseShare = .0025
	fewFalse   = 2
)

// surest bounds the threshold that is chosen: what is surer than this is merged whatever is expected.
const surest = 12

// component is a set of clusters that hang together by bonds.
type component struct {
	roots []uint32 // in order of the ranks of their smallest record
	bonds []Bond
	apart []Join // roots that remained apart though they may be one
}

// Merge joins clusters in place. Bonds may come in any order.
func Merge(m *Merging, clusters *Clusters, bonds []Scored) Merged {
	out := Merged{Odds: map[uint32]float64{}, Accept: m.Accept}
	m.apart = newApartness(m.Records.Different)
	members, components, dropped := m.components(clusters, bonds)
	out.Dropped = dropped
	auto := math.IsNaN(out.Accept)
	if auto {
		out.Accept = 0
	}
	joins := make([][]Join, len(components))
	m.run(components, members, out.Accept, joins)
	if auto {
		before := out.Accept
		out.Accept = chooseAccept(joins)
		m.again(components, members, before, out.Accept, joins)
	}
	for i := range components {
		out.Doubts = append(out.Doubts, components[i].doubts(members, joins[i])...)
	}
	for i, c := range components {
		for _, j := range joins[i] {
			a, b := c.roots[j.A], c.roots[j.B]
			out.Merges++
			out.Expected += 1 - Probability(j.Odds)
			for _, root := range []uint32{a, b} {
				if _, ok := out.Odds[root]; !ok {
					out.Odds[root] = j.Odds
				}
			}
			unite(clusters, members, a, b)
		}
	}
	return out
}

// unite gives the records of two clusters one root, the smallest ordinal.
func unite(clusters *Clusters, members map[uint32][]uint32, a, b uint32) {
	ra, rb := clusters.Root[members[a][0]], clusters.Root[members[b][0]]
	if ra == rb {
		return
	}
	root := min(ra, rb)
	for _, other := range []uint32{ra, rb} {
		if other == root {
			continue
		}
		all := members[other]
		for _, r := range all {
			clusters.Root[r] = root
		}
		members[root] = append(members[root], all...)
	}
}

// chooseAccept is the lowest log2 odds from which no more false merges are expected than may be.
func chooseAccept(joins [][]Join) float64 {
	var odds []float64
	for _, list := range joins {
		for _, j := range list {
			odds = append(odds, j.Odds)
		}
	}
	slices.Sort(odds)
	slices.Reverse(odds)
	expected, accept := 0.0, 0.0
	for i, o := range odds {
		if expected += 1 - Probability(o); expected > max(fewFalse, falseShare*float64(i+1)) {
			accept = o
			if i > 0 {
				accept = odds[i-1]
			}
			break
		}
	}
	return min(surest, math.Ceil(10*max(0, accept))/10)
}

// run merges the clusters of each component and lists the joins. Components whose joins are
// there already are left out.
func (m *Merging) run(components []component, members map[uint32][]uint32, accept float64, joins [][]Join) {
	next := make(chan int)
	var wait sync.WaitGroup
	for range max(1, m.Workers) {
		wait.Go(func() {
			for i := range next {
				joins[i] = m.component(&components[i], members, accept)
			}
		})
	}
	for i := range components {
		if joins[i] == nil {
			next <- i
		}
	}
	close(next)
	wait.Wait()
}

// again merges from a higher threshold on. A component all of whose joins reach it takes the same
// steps as before.
func (m *Merging) again(components []component, members map[uint32][]uint32, before, accept float64, joins [][]Join) {
	if accept <= before {
		return
	}
	for i, list := range joins {
		if slices.ContainsFunc(list, func(j Join) bool { return j.Odds < accept }) {
			joins[i] = nil
		} else if list == nil {
			joins[i] = []Join{}
		}
	}
	m.run(components, members, accept, joins)
}

func (m *Merging) component(c *component, members map[uint32][]uint32, accept float64) []Join {
	groups := make([]Group, len(c.roots))
	r := &recordComparer{merging: m, component: c, members: members, single: make([][]string, len(c.roots))}
	for i, root := range c.roots {
		groups[i].Size = len(members[root])
		for _, record := range members[root] {
			r.single[i] = append(r.single[i], m.Records.Single[record]...)
			if f, ok := m.Features(record); ok && len(groups[i].Members) < representatives {
				f.Borrowed = f.Borrowed || m.Borrowed[record]
				groups[i].Members = append(groups[i].Members, int32(len(r.features)))
				r.features = append(r.features, f)
			}
		}
	}
	return agglomerate(groups, c.bonds, accept, MeanOdds, r)
}

// recordComparer compares the records of one component.
type recordComparer struct {
	merging   *Merging
	component *component
	members   map[uint32][]uint32
	features  []Features
	single    [][]string // single-valued identifiers by group
}

func (r *recordComparer) compare(a, b int32) (odds float64, found profile) {
	m := r.merging.Model
	x, y := &r.features[a], &r.features[b]
	found.pattern = Compare(x, y)
	found.family = m.rarities(x, y, &found.pattern, &found.rarity)
	for s, l := range found.pattern {
		if l != 0 {
			found.gain[s] = m.m[s][l] - m.u[s][l] + found.rarity[s]
		}
	}
	odds = m.odds(&found.pattern, &found.rarity, found.family)
	return bounded(x, y, &found.pattern, odds), found
}

// weigh takes the best of each comparison. Who may choose among several values of a customer
// finds a good one the easier by chance: each comparison that speaks for one customer counts
// less by the number of values that there were to choose from.
func (r *recordComparer) weigh(found *profile, a, b []int32) float64 {
	m := r.merging.Model
	odds := m.odds(&found.pattern, &found.rarity, found.family)
	for s, l := range found.pattern {
		if l != 0 && found.gain[s] > 0 {
			odds -= min(found.gain[s], math.Log2(float64(r.values(s, a)*r.values(s, b))))
		}
	}
	borrowed := func(records []int32) bool {
		return !slices.ContainsFunc(records, func(i int32) bool { return !r.features[i].Borrowed })
	}
	if (borrowed(a) || borrowed(b)) && found.pattern[slotEmail] != emailEqual {
		return min(odds, borrowedOdds)
	}
	return odds
}

// values is the number of different values that some records have for a comparison, at least 1.
func (r *recordComparer) values(slot int, records []int32) int {
	var seen []string
	for _, i := range records {
		if v := r.features[i].value(slot); v != "" && !slices.Contains(seen, v) {
			seen = append(seen, v)
		}
	}
	return max(1, len(seen))
}

// fuller tells whether a level compares parts of which another one says nothing.
func (r *recordComparer) fuller(slot int, level, other uint8) bool {
	x, y := knownParts(slot, level), knownParts(slot, other)
	return x != y && x&y == y
}

// knownParts are the parts of names and places that a level is about, one bit each. An initial
// is as good as no name here.
func knownParts(slot int, level uint8) (bits int) {
	var parts [3]bool
	switch slot {
	case slotName:
		g, f, _ := nameParts(level)
		parts = [3]bool{g != wordMissing && g != wordInitial, f != wordMissing && f != wordInitial}
	case slotPlace:
		street, city, code := placeParts(level)
		parts = [3]bool{street != 0, city != 0, code != 0}
	}
	for i, known := range parts {
		if known {
			bits |= 1 << i
		}
	}
	return bits
}

func (r *recordComparer) apart(a, b int32) bool {
	x, y := r.component.roots[a], r.component.roots[b]
	return r.merging.Records.Organization[x] != r.merging.Records.Organization[y] || clash(r.single[a], r.single[b]) || r.merging.apart.between(r.members[x], r.members[y])
}

// components finds the clusters that hang together by bonds, strongest first. members are the
// records of clusters that have a bond, in order of their ranks.
func (m *Merging) components(clusters *Clusters, bonds []Scored) (members map[uint32][]uint32, out []component, dropped int) {
	rank := func(i uint32) uint64 {
		if m.Records.Rank == nil {
			return uint64(i)
		}
		return m.Records.Rank[i]
	}
	parent, size := make([]uint32, len(clusters.Root)), make([]int32, len(clusters.Root)) // size 0: no bond leads there
	find := func(i uint32) uint32 {
		if size[i] == 0 {
			parent[i], size[i] = i, 1
		}
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	kept := make([]Scored, 0, len(bonds))
	for _, b := range bonds {
		if b.Odds >= BondOdds && clusters.Root[b.A] != clusters.Root[b.B] {
			if rank(b.B) < rank(b.A) {
				b.A, b.B = b.B, b.A
			}
			kept = append(kept, b)
		}
	}
	slices.SortFunc(kept, func(a, b Scored) int {
		return cmp.Or(cmp.Compare(b.Odds, a.Odds), cmp.Compare(rank(a.A), rank(b.A)), cmp.Compare(rank(a.B), rank(b.B)))
	})
	used := kept[:0]
	for _, b := range kept {
		x, y := find(clusters.Root[b.A]), find(clusters.Root[b.B])
		if x != y {
			if size[x]+size[y] > componentLimit {
				dropped++
				continue
			}
			parent[max(x, y)] = min(x, y)
			size[min(x, y)] += size[max(x, y)]
		}
		used = append(used, b)
	}
	members = map[uint32][]uint32{}
	for i, root := range clusters.Root {
		if size[root] > 0 {
			members[root] = append(members[root], uint32(i))
		}
	}
	byTop := map[uint32]*component{}
	index := map[uint32]int32{}
	for root, list := range members {
		slices.SortFunc(list, func(a, b uint32) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
		top := find(root)
		if byTop[top] == nil {
			byTop[top] = &component{}
		}
		byTop[top].roots = append(byTop[top].roots, root)
	}
	for _, c := range byTop {
		slices.SortFunc(c.roots, func(a, b uint32) int {
			x, y := members[a][0], members[b][0]
			return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(x, y))
		})
		for i, root := range c.roots {
			index[root] = int32(i)
		}
	}
	for _, b := range used {
		x, y := clusters.Root[b.A], clusters.Root[b.B]
		c := byTop[find(x)]
		c.bonds = append(c.bonds, Bond{index[x], index[y]})
	}
	for _, c := range byTop {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b component) int {
		x, y := members[a.roots[0]][0], members[b.roots[0]][0]
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(x, y))
	})
	return members, out, dropped
}
