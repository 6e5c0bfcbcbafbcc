package evaluate

import "fmt"

// pairState is what is known about one labelled pair.
type pairState struct {
	a, b      uint32 // records
	same      bool
	together  bool
	candidate bool
	rule      uint16 // of the strongest accepted link between the two
	linked    bool
	cause     string // of a row that kept them apart
}

// LabelError is a mistake in labels that shows when they meet their records.
type LabelError struct{ text string }

func (e *LabelError) Error() string { return e.text }

// pairsOfLabels are the labelled pairs both of whose records were found.
func pairsOfLabels(l *Labels, r *Run) ([]pairState, map[uint64]int, error) {
	var states []pairState
	at, row := map[uint64]int{}, []int{}
	for _, p := range l.Pairs {
		a, b := l.Slots[p.A].Record, l.Slots[p.B].Record
		if a == None || b == None || a == b {
			continue
		}
		if known, twice := at[pairKey(a, b)]; twice { // once with an object and once without
			if states[known].same != p.Same {
				return nil, nil, &LabelError{fmt.Sprintf("%s:%d: column same: contradicts line %d, which says the opposite about the same pair", l.File, p.Row, row[known])}
			}
			continue
		}
		at[pairKey(a, b)] = len(states)
		row = append(row, p.Row)
		states = append(states, pairState{a: a, b: b, same: p.Same, together: r.Cluster[a] == r.Cluster[b]})
	}
	return states, at, nil
}

// noteRows puts what links and conflicts say into the states.
func (r *Run) noteRows(states []pairState, at map[uint64]int) {
	for i := range r.Links {
		l := &r.Links[i]
		n, labelled := at[pairKey(l.A, l.B)]
		if !labelled {
			continue
		}
		s := &states[n]
		s.candidate = true
		switch {
		case l.Accepted && (!s.linked || ruleRank(r.Names[l.Rule]) < ruleRank(r.Names[s.rule])):
			s.linked, s.rule = true, l.Rule
		case !l.Accepted && !l.ByRule() && s.cause == "":
			s.cause = CauseBelow
		}
	}
	for i := range r.Conflicts {
		c := &r.Conflicts[i]
		if n, labelled := at[pairKey(c.A, c.B)]; labelled {
			if cause := CauseConflict + r.Names[c.Reason]; states[n].cause == "" || states[n].cause == CauseBelow || cause < states[n].cause {
				states[n].cause = cause
			}
		}
	}
}

// byChain is the cause of a false pair that no link of its own joined.
const byChain = "by_a_chain_of_links"

// causesOfPairs counts why labelled pairs are wrong.
func (r *Run) causesOfPairs(states []pairState) (wrong, lost []Cause) {
	falseAt, lostAt := map[string]int64{}, map[string]int64{}
	for i := range states {
		s := &states[i]
		switch {
		case s.same == s.together:
		case s.together && s.linked:
			falseAt[r.Names[s.rule]]++
		case s.together:
			falseAt[byChain]++
		case s.cause != "":
			lostAt[s.cause]++
		case s.linked:
			lostAt[CauseCut]++
		case r.Fields != nil && r.Fields[s.a]&r.Fields[s.b] == 0:
			lostAt[CauseNoData]++
		default:
			lostAt[CauseNeverCompared]++
		}
	}
	return listCauses(falseAt), listCauses(lostAt)
}

func listCauses(at map[string]int64) []Cause {
	out := []Cause{}
	for cause, pairs := range at {
		out = append(out, Cause{Cause: cause, Pairs: pairs})
	}
	return sortCauses(out)
}

// pairCurve is the quality over the labelled pairs at each threshold.
func (r *Run) pairCurve(states []pairState) []Point {
	f := newForest(r.Entity)
	points := make([]Point, len(thresholds))
	eachThreshold(f, r.Links, func(at int) {
		points[at] = Point{thresholds[at], pairQuality(states, func(s *pairState) bool { return f.find(s.a) == f.find(s.b) })}
	})
	return points
}

func pairQuality(states []pairState, together func(*pairState) bool) Quality {
	var right, claimed, truth float64
	for i := range states {
		s := &states[i]
		is := together(s)
		if is {
			claimed++
		}
		if s.same {
			truth++
		}
		if is && s.same {
			right++
		}
	}
	return quality(right, claimed, truth)
}
