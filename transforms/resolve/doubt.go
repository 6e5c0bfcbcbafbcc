package resolve

import (
	"cmp"
	"math"
	"slices"
)

// Bounds of the grey zone.
const (
	doubtOdds  = -4.25 // log2 odds of .05: what is less likely is not worth a look
	surelyOdds = 6.63  // log2 odds of .99: what is likelier needs none
)

// Doubt is a pair of customers of which the model is not sure whether they are one.
type Doubt struct {
	Left, Right []uint32 // roots of the clusters that rules have made, on either side
	Odds        float64  // log2 odds that the two sides are one customer, all others that come into question against them
	Merged      bool
	Pairs       int64 // pairs of records that a decision joins or parts
	first       [2]uint32
}

// Gain is what a decision is worth: the probability that it is not what the model has done or
// would do, times the pairs of records that it joins or parts.
func (d *Doubt) Gain() float64 {
	p := Probability(d.Odds)
	return min(p, 1-p) * float64(d.Pairs)
}

// doubter is told of the roots that remain apart in the end.
type doubter interface{ rest([]Join) }

// tell reports the roots that are near each other and remain apart though they may be one.
func (g *agglomeration) tell(c comparer) {
	if d, ok := c.(doubter); ok {
		d.rest(g.rest())
	}
}

func (g *agglomeration) rest() []Join {
	var out []Join
	for a := range int32(len(g.near)) {
		for b := range g.near[a] { // sorted below
			if b < a {
				continue
			}
			// Of groups that disagree in the mean, the mean is what is known.
			odds := g.mean(a, b)
			if odds >= g.least {
				odds = min(g.against(a, b), g.against(b, a))
			}
			if odds >= doubtOdds && !g.forbidden(a, b) {
				out = append(out, Join{a, b, odds})
			}
		}
	}
	slices.SortFunc(out, func(x, y Join) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) })
	return out
}

func (r *recordComparer) rest(apart []Join) { r.component.apart = apart }

// doubts lists the joins of a component that are not sure, and what remained apart.
func (c *component) doubts(members map[uint32][]uint32, joins []Join) []Doubt {
	var out []Doubt
	sides := make([][]uint32, len(c.roots)) // roots of a group; of one that is alone it is itself
	side := func(i int32) []uint32 {
		if sides[i] == nil {
			sides[i] = []uint32{c.roots[i]}
		}
		return sides[i]
	}
	add := func(j Join, merged bool) {
		d := Doubt{Left: side(j.A), Right: side(j.B), Odds: j.Odds, Merged: merged, first: [2]uint32{members[c.roots[j.A]][0], members[c.roots[j.B]][0]}}
		records := func(roots []uint32) (n int64) {
			for _, root := range roots {
				n += int64(len(members[root]))
			}
			return n
		}
		d.Pairs = records(d.Left) * records(d.Right)
		out = append(out, d)
	}
	for _, j := range joins {
		if j.Odds < surelyOdds {
			add(j, true)
		}
		sides[j.A] = slices.Concat(side(j.A), side(j.B))
	}
	for _, j := range c.apart {
		add(j, false)
	}
	return out
}

// Reviewed is a pair of records that stands for a doubt.
type Reviewed struct {
	A, B   uint32  // the likeliest pair of the two sides, the one of the smaller rank first
	Odds   float64 // log2 odds of the two sides
	Gain   float64
	Merged bool
}

// Reviewing finds the doubts that are worth most.
type Reviewing struct {
	Merging *Merging // with which the customers were merged
	Pairs   []Scored // each once
	Ruled   []uint32 // roots of the clusters that rules have made
	Root    []uint32 // roots of the customers
	Limit   int
}

func (r *Reviewing) rank(i uint32) uint64 {
	if ranks := r.Merging.Records.Rank; ranks != nil {
		return ranks[i]
	}
	return uint64(i)
}

// Review lists at most Limit doubts by falling gain, one for each pair of customers: those of
// merging, and the pairs that are too weak to ask whether their customers are one.
func Review(r *Reviewing, doubts []Doubt) []Reviewed {
	doubts = append(slices.Clone(doubts), r.weak()...)
	slices.SortFunc(doubts, func(a, b Doubt) int {
		return cmp.Or(
			cmp.Compare(b.Gain(), a.Gain()),
			cmp.Compare(r.rank(a.first[0]), r.rank(b.first[0])), cmp.Compare(r.rank(a.first[1]), r.rank(b.first[1])), // of one gain by rank
			cmp.Compare(a.Odds, b.Odds),
		)
	})
	doubts = doubts[:min(len(doubts), r.Limit)]
	best := r.likeliest(doubts)
	out := make([]Reviewed, 0, len(doubts))
	for i := range doubts {
		if pair := &best[i]; pair.A != pair.B {
			out = append(out, Reviewed{pair.A, pair.B, doubts[i].Odds, doubts[i].Gain(), doubts[i].Merged})
		}
	}
	return out
}

// ordered puts the record of the smaller rank first.
func (r *Reviewing) ordered(p Scored) Scored {
	if x, y := r.rank(p.A), r.rank(p.B); y < x || y == x && p.B < p.A {
		p.A, p.B = p.B, p.A
	}
	return p
}

// likelier tells whether a pair stands for two customers rather than another.
func (r *Reviewing) likelier(a, b Scored) bool {
	return cmp.Or(cmp.Compare(a.Odds, b.Odds), cmp.Compare(r.rank(b.A), r.rank(a.A)), cmp.Compare(r.rank(b.B), r.rank(a.B))) > 0
}

// likeliest finds the likeliest pair of each doubt.
func (r *Reviewing) likeliest(doubts []Doubt) []Scored {
	type spot struct {
		doubt int
		left  bool
	}
	spots := map[uint32][]spot{}
	for i := range doubts {
		for _, root := range doubts[i].Left {
			spots[root] = append(spots[root], spot{i, true})
		}
		for _, root := range doubts[i].Right {
			spots[root] = append(spots[root], spot{i, false})
		}
	}
	best := make([]Scored, len(doubts))
	for _, pair := range r.Pairs {
		if r.Ruled[pair.A] == r.Ruled[pair.B] {
			continue
		}
		left := spots[r.Ruled[pair.A]]
		if len(left) == 0 {
			continue
		}
		right := spots[r.Ruled[pair.B]]
		pair = r.ordered(pair)
		for _, x := range left {
			for _, y := range right {
				if b := &best[x.doubt]; x.doubt == y.doubt && x.left != y.left && (b.A == b.B || r.likelier(pair, *b)) {
					*b = pair
				}
			}
		}
	}
	return best
}

// weak are the pairs of customers between which no pair of records is likely enough to ask
// whether they are one.
func (r *Reviewing) weak() []Doubt {
	size := make([]int32, len(r.Root))
	for _, root := range r.Root {
		size[root]++
	}
	best := map[uint64]Scored{}
	for _, pair := range r.Pairs {
		a, b := r.Root[pair.A], r.Root[pair.B]
		if pair.Odds < doubtOdds || pair.Odds >= BondOdds || a == b {
			continue
		}
		pair = r.ordered(pair)
		key := rootKey(a, b)
		if old, ok := best[key]; !ok || r.likelier(pair, old) {
			best[key] = pair
		}
	}
	if len(best) == 0 {
		return nil
	}
	for _, pair := range r.Pairs {
		if a, b := r.Root[pair.A], r.Root[pair.B]; pair.Odds >= BondOdds && a != b {
			delete(best, rootKey(a, b))
		}
	}
	out := make([]Doubt, 0, len(best))
	for _, pair := range best {
		a, b := r.Root[pair.A], r.Root[pair.B]
		out = append(out, Doubt{Odds: float64(pair.Odds), Pairs: int64(size[a]) * int64(size[b]), first: [2]uint32{pair.A, pair.B}})
	}
	slices.SortFunc(out, func(a, b Doubt) int {
		return cmp.Or(cmp.Compare(b.Gain(), a.Gain()), cmp.Compare(r.rank(a.first[0]), r.rank(b.first[0])), cmp.Compare(r.rank(a.first[1]), r.rank(b.first[1])))
	})
	return r.weighed(out)
}

func rootKey(a, b uint32) uint64 { return uint64(min(a, b))<<32 | uint64(max(a, b)) }

// weighed keeps the first doubts and weighs all records of both sides, as merging does; what
// nothing but one pair speaks for, and what must not be one, goes.
func (r *Reviewing) weighed(doubts []Doubt) []Doubt {
	doubts = doubts[:min(len(doubts), 4*r.Limit)] // of which enough remain
	members := map[uint32][]uint32{}
	for i := range doubts {
		for _, record := range doubts[i].first {
			members[r.Root[record]] = nil
		}
	}
	for i, root := range r.Root {
		if list, ok := members[root]; ok {
			members[root] = append(list, uint32(i))
		}
	}
	for _, list := range members { // each by itself
		slices.SortFunc(list, func(a, b uint32) int { return cmp.Or(cmp.Compare(r.rank(a), r.rank(b)), cmp.Compare(a, b)) })
	}
	roots := func(records []uint32) (ruled []uint32) {
		for _, record := range records {
			ruled = append(ruled, r.Ruled[record])
		}
		slices.Sort(ruled)
		return slices.Compact(ruled)
	}
	out := doubts[:0]
	for _, d := range doubts {
		a, b := r.Root[d.first[0]], r.Root[d.first[1]]
		c := component{roots: []uint32{a, b}, bonds: []Bond{{0, 1}}}
		r.Merging.component(&c, members, math.Inf(1))
		if len(c.apart) == 0 {
			continue
		}
		d.Odds, d.Left, d.Right = c.apart[0].Odds, roots(members[a]), roots(members[b])
		out = append(out, d)
	}
	return out
}

// Unexplained is what the odds of two customers say beyond those of one pair of their records:
// the other records of both, and other customers that come into question.
const Unexplained = "customers"

// ExplainReviewed is the waterfall of a pair, and what lies beyond it.
func ExplainReviewed(weights []Weight, odds float64) []Weight {
	for _, w := range weights {
		odds -= w.Log2
	}
	if math.Abs(odds) < .005 {
		return weights
	}
	return append(weights, Weight{Unexplained, "their_other_records_and_others", odds})
}
