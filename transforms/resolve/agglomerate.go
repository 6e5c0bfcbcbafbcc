package resolve

import (
	"container/heap"
	"math"
	"slices"
)

// Settings of merging, in bits of log2 odds.
const (
	// MeanOdds is the mean over all pairs of two groups from which they may be one customer. It
	// lies below even odds, since records that miss or misspell much give low odds with most of
	// their own; it holds apart groups of which one pair alone agrees.
	MeanOdds = -1
	// clipOdds bounds what a single pair can say in a mean.
	clipOdds = 12
)

// Group is what rules have put together already: the records of it that are compared, in order
// of their ranks.
type Group struct {
	Members []int32
	Size    int // all its records
}

// Bond is a pair of groups between whose records there is a pair worth asking about.
type Bond struct{ A, B int32 }

// Join is a step of merging: the roots that were joined, and the log2 odds that this is right.
type Join struct {
	A, B int32
	Odds float64
}

// comparer compares records and weighs what was found.
type comparer interface {
	// compare gives the log2 odds of two records, and what speaks for and against.
	compare(a, b int32) (odds float64, found profile)
	// weigh gives the log2 odds of two sets of records, from the best of each comparison.
	weigh(found *profile, a, b []int32) float64
	// fuller tells whether a level of a comparison is about more than another one.
	fuller(slot int, level, other uint8) bool
	// apart tells whether two groups must not meet.
	apart(a, b int32) bool
}

// profile is the best outcome of each comparison over the pairs of two sets of records.
type profile struct {
	pattern Pattern
	rarity  [slots]float64
	family  float64        // the family name's part of the name's rarity
	gain    [slots]float64 // weight of the level with its rarity
}

// add takes over what is better in another profile.
func (p *profile) add(o *profile) {
	for s, l := range o.pattern {
		if l != 0 && (p.pattern[s] == 0 || o.gain[s] > p.gain[s]) {
			p.take(s, o)
		}
	}
}

// jointly is what speaks for a third set of records being one customer with two that are one
// already, by its profiles with either. Where it is like one of them, the other's difference is
// an error of theirs, which has been weighed; but where one of them knows more, that counts: J.
// goes with John and with James, who do not go together.
func jointly(first, second *profile, fuller func(slot int, level, other uint8) bool) profile {
	out := *first
	for s, l := range second.pattern {
		switch of := first.pattern[s]; {
		case l == 0, of != 0 && fuller(s, of, l):
		case of == 0, fuller(s, l, of), second.gain[s] > first.gain[s]:
			out.take(s, second)
		}
	}
	return out
}

// take takes over the outcome of one comparison.
func (p *profile) take(s int, o *profile) {
	p.pattern[s], p.rarity[s], p.gain[s] = o.pattern[s], o.rarity[s], o.gain[s]
	if s == slotName {
		p.family = o.family
	}
}

// agglomerate joins groups that the bonds hold together, best mean odds first, as long as the
// mean over all their pairs of records is at least least (average linkage, Sokal and Michener
// 1958) and the odds of the two as wholes, with all others that come into question against
// them, are at least accept. It returns what was joined, in order.
func agglomerate(groups []Group, bonds []Bond, accept, least float64, c comparer) (joins []Join) {
	g := &agglomeration{
		groups: groups, comparer: c, least: least,
		root: make([]int32, len(groups)), version: make([]int32, len(groups)), near: make([]map[int32]bool, len(groups)),
		between: map[uint64]*between{}, members: make([][]int32, len(groups)), records: make([][]int32, len(groups)), size: make([]int, len(groups)),
	}
	for i := range groups {
		g.root[i], g.near[i], g.members[i], g.records[i], g.size[i] = int32(i), map[int32]bool{}, []int32{int32(i)}, groups[i].Members, groups[i].Size
	}
	for _, b := range bonds {
		if b.A != b.B && !g.near[b.A][b.B] {
			g.near[b.A][b.B], g.near[b.B][b.A] = true, true
			g.offer(min(b.A, b.B), max(b.A, b.B))
		}
	}
	for g.queue.Len() > 0 {
		next := heap.Pop(&g.queue).(candidate)
		if g.root[next.a] != next.a || g.root[next.b] != next.b || g.version[next.a] != next.versionA || g.version[next.b] != next.versionB {
			continue
		}
		odds := min(g.against(next.a, next.b), g.against(next.b, next.a))
		if odds < accept || g.forbidden(next.a, next.b) {
			continue
		}
		g.join(next.a, next.b)
		joins = append(joins, Join{next.a, next.b, odds})
	}
	g.tell(c)
	return joins
}

type agglomeration struct {
	groups   []Group
	comparer comparer
	least    float64
	root     []int32
	version  []int32
	near     []map[int32]bool // roots that a bond leads to
	between  map[uint64]*between
	members  [][]int32 // groups of a root
	records  [][]int32 // records of a root that are compared
	size     []int     // all records of a root
	queue    candidates
	others   []float64
}

// between is what is known of two roots.
type between struct {
	sum     float64 // of the clipped odds over all pairs of their records
	profile profile
	weighed bool
	odds    float64 // of the profile

	versions [2]int32 // of the roots, the smaller index first: what was joined since makes this stale
}

func pairKey(a, b int32) uint64 { return uint64(uint32(min(a, b)))<<32 | uint64(uint32(max(a, b))) }

// compared is what is known of two roots; of roots that were joined it is put together in join.
func (g *agglomeration) compared(a, b int32) *between {
	key, versions := pairKey(a, b), g.versions(a, b)
	if s, ok := g.between[key]; ok && s.versions == versions {
		return s
	}
	s := &between{versions: versions}
	for _, x := range g.records[min(a, b)] {
		for _, y := range g.records[max(a, b)] {
			odds, found := g.comparer.compare(x, y)
			s.sum += max(-clipOdds, min(clipOdds, odds))
			s.profile.add(&found)
		}
	}
	g.between[key] = s
	return s
}

func (g *agglomeration) versions(a, b int32) [2]int32 {
	return [2]int32{g.version[min(a, b)], g.version[max(a, b)]}
}

func (g *agglomeration) mean(a, b int32) float64 {
	return g.compared(a, b).sum / float64(len(g.records[a])*len(g.records[b]))
}

// evidence is the log2 odds that two roots are one customer: those of their profiles, and that
// a customer of many records is the likelier to have one more.
func (g *agglomeration) evidence(a, b int32) float64 {
	s := g.compared(a, b)
	if !s.weighed {
		s.weighed, s.odds = true, g.comparer.weigh(&s.profile, g.records[a], g.records[b])
	}
	return s.odds + math.Log2(float64(max(g.size[a], g.size[b])))
}

// against is the log2 odds that a belongs to b rather than to nobody of them all or to one of
// those who are not b.
func (g *agglomeration) against(a, b int32) float64 {
	g.others = append(g.others[:0], 0) // log2 of 1: nobody of them all
	for c := range g.near[a] {
		if c == b {
			continue
		}
		// Who goes with both of them as well does not compete with either.
		if odds := g.evidence(a, c); odds > hardlyCompetes {
			g.others = append(g.others, odds-addLog2(0, g.alsoEvidence(a, b, c)))
		}
	}
	slices.Sort(g.others) // a map has no order, and sums of floats have one
	others := g.others[0]
	for _, o := range g.others[1:] {
		others = addLog2(others, o)
	}
	return g.evidence(a, b) - others
}

// hardlyCompetes are the log2 odds from which another group competes.
const hardlyCompetes = -7

// alsoEvidence is the log2 odds that c is the same customer as a and b if the two are one.
func (g *agglomeration) alsoEvidence(a, b, c int32) float64 {
	both := jointly(&g.compared(a, c).profile, &g.compared(b, c).profile, g.comparer.fuller)
	odds := g.comparer.weigh(&both, slices.Concat(g.records[a], g.records[b]), g.records[c])
	return odds + math.Log2(float64(max(g.size[a]+g.size[b], g.size[c])))
}

// offer queues two roots if they may be joined.
func (g *agglomeration) offer(a, b int32) {
	if mean := g.mean(a, b); mean >= g.least {
		heap.Push(&g.queue, candidate{mean, a, b, g.version[a], g.version[b]})
	}
}

func (g *agglomeration) forbidden(a, b int32) bool {
	for _, x := range g.members[a] {
		for _, y := range g.members[b] {
			if g.comparer.apart(x, y) {
				return true
			}
		}
	}
	return false
}

// join makes b part of a, the smaller index.
func (g *agglomeration) join(a, b int32) {
	others := map[int32]bool{}
	for c := range g.near[a] {
		others[c] = true
	}
	for c := range g.near[b] {
		others[c] = true
		delete(g.near[c], b)
	}
	delete(others, a)
	delete(others, b)
	known := map[int32]*between{}
	for c := range others {
		x, y := g.compared(a, c), g.compared(b, c)
		sum := &between{sum: x.sum + y.sum, profile: x.profile}
		sum.profile.add(&y.profile)
		known[c] = sum
		delete(g.between, pairKey(b, c))
	}
	g.root[b] = a
	g.members[a] = append(g.members[a], g.members[b]...)
	g.records[a] = slices.Concat(g.records[a], g.records[b])
	g.size[a] += g.size[b]
	g.version[a]++
	g.near[a], g.near[b], g.members[b], g.records[b] = others, nil, nil, nil
	for c, s := range known { // the queue orders what is put into it: no matter in which order
		s.versions = g.versions(a, c)
		g.between[pairKey(a, c)] = s
		g.near[c][a] = true
		g.offer(min(a, c), max(a, c))
	}
}

type candidate struct {
	mean               float64
	a, b               int32
	versionA, versionB int32
}

type candidates []candidate

func (q candidates) Len() int { return len(q) }
func (q candidates) Less(i, j int) bool {
	if q[i].mean != q[j].mean {
		return q[i].mean > q[j].mean
	}
	return q[i].a < q[j].a || q[i].a == q[j].a && q[i].b < q[j].b
}
func (q candidates) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *candidates) Push(x any)   { *q = append(*q, x.(candidate)) }
func (q *candidates) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
