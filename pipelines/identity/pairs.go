package identity

import (
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
)

// leastOdds are the log2 odds from which a scored pair is kept: below it (1.5 %) nobody would
// look at it.
const leastOdds = -6

// pairScorer scores the pairs of blocks.
type pairScorer struct {
	model   *resolve.Model
	plan    *resolve.Plan
	files   *scoreFiles
	report  *scoreReport
	members []resolve.Features
	keys    [][]resolve.BlockKey
}

// score reads one block and keeps the pairs that are worth a look.
func (s *pairScorer) score(t *shuffle.ReduceTask, block resolve.BlockKey) (err error) {
	if s.members, err = readMembers(t, s.members[:0]); err != nil || len(s.members) < 2 {
		return err
	}
	members := resolve.SortByRank(s.members)
	for len(s.keys) < len(members) {
		s.keys = append(s.keys, nil)
	}
	// Keys of later rules are not asked for.
	earlier := resolve.Plan{Rules: s.plan.Rules & (1<<(block.Rule+1) - 1), Heavy: s.plan.Heavy}
	for i := range members {
		s.keys[i] = resolve.BlockKeys(&members[i], &earlier, s.keys[i][:0])
	}
	overfull := resolve.EachPair(members, s.keys, block, func(i, j int) {
		if err != nil {
			return
		}
		a, b := &members[i], &members[j]
		pattern := resolve.Compare(a, b)
		s.report.Scored++
		if odds := s.model.Score(a, b, &pattern); odds >= leastOdds {
			err = s.files.pairs.Add(&pairRow{int64(min(a.Ordinal, b.Ordinal)), int64(max(a.Ordinal, b.Ordinal)), odds})
		}
		if err == nil {
			err = s.addHousehold(a, b, &pattern)
		}
	})
	if overfull {
		s.report.Overfull++
	}
	return err
}
