package resolve

import (
	"cmp"
	"slices"
)

// bothEqual is the level of names that are the same.
var bothEqual = nameLevel(wordEqual, wordEqual, false)

// namesakesCompared bounds the records of one name that are compared to count namesakes.
const namesakesCompared = 60

// withNamesakes counts pairs of equal names anew, among all pairs of the sample. Of random pairs
// they are so few that chance would decide how often two strangers bear one name, and with it all
// that a name says.
func withNamesakes(random []patternCount, sample []Features) []patternCount {
	kept, pairs := map[Pattern]float64{}, 0.0
	for _, c := range random {
		pairs += c.count
		if c.pattern[slotName] != bothEqual {
			kept[c.pattern] += c.count
		}
	}
	n := float64(len(sample))
	scale := pairs / max(1, n*(n-1)/2)
	named := make([]*Features, 0, len(sample))
	for i := range sample {
		if f := &sample[i]; !f.Organization && f.fullName() != "" {
			named = append(named, f)
		}
	}
	slices.SortFunc(named, func(a, b *Features) int {
		return cmp.Or(cmp.Compare(a.fullName(), b.fullName()), cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Ordinal, b.Ordinal))
	})
	for len(named) > 0 {
		size := 1
		for size < len(named) && named[size].fullName() == named[0].fullName() {
			size++
		}
		group := named[:min(size, namesakesCompared)]
		held := float64(len(group))
		times := scale * float64(size) * float64(size-1) / max(1, held*(held-1))
		for i, a := range group {
			for _, b := range group[:i] {
				if p := Compare(a, b); p[slotName] == bothEqual {
					kept[p] += times
				}
			}
		}
		named = named[size:]
	}
	return sortedCounts(kept)
}
