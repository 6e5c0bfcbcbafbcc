package resolve

import (
	"cmp"
	"slices"
)

// EachPair visits the pairs of the block of a key that are to be scored here: of one kind, and
// without a lower key in common, by rule and hash, since they meet there. Blocks of more than
// BlockLimit records are compared in a window in order of the ranks, and reported as overfull;
// those of more than a rule's limit say nothing.
func EachPair(members []Features, keys [][]BlockKey, key BlockKey, visit func(i, j int)) (overfull bool) {
	if limit := blockRules[key.Rule].limit; limit > 0 && len(members) > limit {
		return false
	}
	reach := len(members)
	if len(members) > BlockLimit {
		reach, overfull = BlockLimit/2, true
	}
	for i := range members {
		for j := i + 1; j < min(len(members), i+reach); j++ {
			if members[i].Organization == members[j].Organization && !shareLower(keys[i], keys[j], key, 0) {
				visit(i, j)
			}
		}
	}
	return overfull
}

// shareLower tells whether two records have a key below this one in common, of rule first or a
// later one.
func shareLower(a, b []BlockKey, key BlockKey, first uint8) bool {
	for _, x := range a {
		if x.Rule >= first && (x.Rule < key.Rule || x.Rule == key.Rule && x.Hash < key.Hash) && slices.Contains(b, x) {
			return true
		}
	}
	return false
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

// CountBlock counts the patterns of the pairs in the block of a key. A pair that has several keys
// of the rule in common, such as two words of a name, counts under the lowest of them. Of a large
// block some records are compared and counted for all.
func CountBlock(members []Features, plan *Plan, key BlockKey, counts map[TallyKey]uint32) {
	members = SortByRank(members)
	if limit := blockRules[key.Rule].limit; limit > 0 && len(members) > limit {
		return
	}
	if crowded(members, key) {
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
			if members[i].Organization == members[j].Organization && !shareLower(keys[j], keys[i], key, key.Rule) {
				counts[TallyKey{Compare(&members[j], &members[i]), key.Rule, SharedRules(keys[j], keys[i])}] += times
			}
		}
	}
}

// crowdNames is how many names the holders of a phone number or e-mail address have at most that
// are of one customer and those who live with him.
const crowdNames = 10

// crowded tells whether a phone number or e-mail address is that of an office: of the pairs that
// share it nothing can be learned about one customer.
func crowded(members []Features, key BlockKey) bool {
	if slot := blockRules[key.Rule].uses[0]; slot != slotPhone && slot != slotEmail || len(members) <= crowdNames {
		return false
	}
	names := map[string]bool{}
	for i := range members {
		given, family := sound(members[i].Given), sound(members[i].Family)
		names[min(given, family)+" "+max(given, family)] = true
	}
	return len(names) > crowdNames
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
