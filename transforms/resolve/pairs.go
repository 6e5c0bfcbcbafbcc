package resolve

import (
	"cmp"
	"slices"
)

// EachPair visits the pairs of a block that are to be scored here: of one kind, and without a
// key of an earlier rule in common, since they meet there. Blocks of more than BlockLimit
// records are compared in a window in order of the ranks, and reported as overfull; those of
// more than a rule's limit say nothing.
func EachPair(members []Features, keys [][]BlockKey, rule uint8, visit func(i, j int)) (overfull bool) {
	if limit := blockRules[rule].limit; limit > 0 && len(members) > limit {
		return false
	}
	reach := len(members)
	if len(members) > BlockLimit {
		reach, overfull = BlockLimit/2, true
	}
	for i := range members {
		for j := i + 1; j < min(len(members), i+reach); j++ {
			if members[i].Organization == members[j].Organization && SharedRules(keys[i], keys[j])&(1<<rule-1) == 0 {
				visit(i, j)
			}
		}
	}
	return overfull
}

// SortByRank puts the records of a block into an order that does not depend on where they lay.
// A record that is there twice is there once.
func SortByRank(members []Features) []Features {
	slices.SortFunc(members, func(a, b Features) int { return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Ordinal, b.Ordinal)) })
	return slices.CompactFunc(members, func(a, b Features) bool { return a.Rank == b.Rank && a.Ordinal == b.Ordinal })
}

// TallyKey is what is counted of pairs to train.
type TallyKey struct {
	Pattern Pattern
	Rule    uint8
	Shared  uint32
}

// trainingBlock bounds the records of a block that are compared to train.
const trainingBlock = 60

// CountBlock counts the patterns of the pairs of one block. Of a large one some records are
// compared and counted for all.
func CountBlock(members []Features, plan *Plan, rule uint8, counts map[TallyKey]uint32) {
	members = SortByRank(members)
	if limit := blockRules[rule].limit; limit > 0 && len(members) > limit {
		return
	}
	times := uint32(1)
	if n := len(members); n > trainingBlock {
		members = members[:trainingBlock]
		times = uint32(min(1<<20, n*(n-1)/(trainingBlock*(trainingBlock-1))))
	}
	keys := make([][]BlockKey, len(members))
	for i := range members {
		keys[i] = BlockKeys(&members[i], plan, nil)
	}
	for i := range members {
		for j := range i {
			if members[i].Organization == members[j].Organization {
				counts[TallyKey{Compare(&members[j], &members[i]), rule, SharedRules(keys[j], keys[i])}] += times
			}
		}
	}
}

// Tallies lists counts in an order of their own.
func Tallies(counts map[TallyKey]uint32) []Tally {
	out := make([]Tally, 0, len(counts))
	for k, n := range counts {
		out = append(out, Tally{k.Pattern, k.Rule, k.Shared, float64(n)})
	}
	slices.SortFunc(out, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), slices.Compare(a.Pattern[:], b.Pattern[:]), cmp.Compare(a.Shared, b.Shared))
	})
	return out
}
