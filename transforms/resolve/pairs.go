package resolve

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// BlockMember is a record in the block of a key.
type BlockMember struct {
	Ordinal uint32
	Rank    uint64
	Lower   []byte // codes of the record's keys below the block's, as AppendLower writes them
}

// lowerBytes is the length of a key's code: 40 bits of its hash, which its rule is part of.
const lowerBytes = 5

// AppendLower appends codes of those keys of a record that come before the key of a block, by
// rule and hash. Two records that have one of them in common meet there.
func AppendLower(dst []byte, keys []BlockKey, key BlockKey) []byte {
	for _, k := range keys {
		if k.Rule < key.Rule || k.Rule == key.Rule && k.Hash < key.Hash {
			dst = append(dst, byte(k.Hash>>56), byte(k.Hash>>48), byte(k.Hash>>40), byte(k.Hash>>32), byte(k.Hash>>24))
		}
	}
	return dst
}

// EachPair visits the pairs of the block of a key that are to be scored here: those without a
// lower key in common, since they meet there. Members are in order of their ranks. Blocks of more
// than BlockLimit records are compared in a window in that order, and reported as overfull; those
// of more than a rule's limit say nothing. partial tells that some pairs of the block are left out
// for its size.
func EachPair(members []BlockMember, rule uint8, visit func(i, j int)) (partial, overfull bool) {
	if limit := blockRules[rule].limit; limit > 0 && len(members) > limit {
		return true, false
	}
	reach := len(members)
	if overfull = len(members) > BlockLimit; overfull {
		reach = BlockLimit / 2
	}
	for i := range members {
		for j := i + 1; j < min(len(members), i+reach); j++ {
			if !haveCodeInCommon(members[i].Lower, members[j].Lower) {
				visit(i, j)
			}
		}
	}
	return overfull, overfull
}

func haveCodeInCommon(a, b []byte) bool {
	for i := 0; i < len(a); i += lowerBytes {
		low, high := binary.LittleEndian.Uint32(a[i:]), a[i+4]
		for j := 0; j < len(b); j += lowerBytes {
			if binary.LittleEndian.Uint32(b[j:]) == low && b[j+4] == high {
				return true
			}
		}
	}
	return false
}

// SortMembers puts the records of a block into an order that does not depend on where they lay.
// A record that is there twice is there once.
func SortMembers(members []BlockMember) []BlockMember {
	slices.SortFunc(members, func(a, b BlockMember) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Ordinal, b.Ordinal))
	})
	return slices.CompactFunc(members, func(a, b BlockMember) bool { return a.Rank == b.Rank && a.Ordinal == b.Ordinal })
}

// shareLower tells whether two records have a key of this rule below this one in common.
func shareLower(a, b []BlockKey, key BlockKey) bool {
	for _, x := range a {
		if x.Rule == key.Rule && x.Hash < key.Hash && slices.Contains(b, x) {
			return true
		}
	}
	return false
}

// sortByRank is SortMembers of records.
func sortByRank(members []Features) []Features {
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

// Counter counts the patterns of pairs to train.
type Counter struct {
	Counts map[TallyKey]uint32

	blocker *Blocker
	keys    [][]BlockKey
}

// NewCounter begins to count under a plan, which must not change.
func NewCounter(plan *Plan) *Counter {
	return &Counter{Counts: map[TallyKey]uint32{}, blocker: NewBlocker(plan)}
}

// Block counts the patterns of the pairs in the block of a key. A pair that has several keys of
// the rule in common, such as two words of a name, counts under the lowest of them. Of a large
// block some records are compared and counted for all.
func (c *Counter) Block(members []Features, key BlockKey) {
	members = sortByRank(members)
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
	for len(c.keys) < len(members) {
		c.keys = append(c.keys, nil)
	}
	keys := c.keys[:len(members)]
	for i := range members {
		keys[i] = c.blocker.Keys(&members[i], keys[i][:0])
	}
	for i := range members {
		for j := range i {
			if members[i].Organization == members[j].Organization && !shareLower(keys[j], keys[i], key) {
				c.Counts[TallyKey{Compare(&members[j], &members[i]), key.Rule, SharedRules(keys[j], keys[i])}] += times
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
		given, family := string(appendSoundex(nil, members[i].Given)), string(appendSoundex(nil, members[i].Family))
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
