package resolve

import "slices"

// apartness are the records that each record was decided to be different from.
type apartness map[uint32][]uint32

func newApartness(different [][2]uint32) apartness {
	out := make(apartness, 2*len(different))
	for _, pair := range different {
		out[pair[0]] = append(out[pair[0]], pair[1])
		out[pair[1]] = append(out[pair[1]], pair[0])
	}
	return out
}

// between tells whether somebody decided that two clusters are two customers.
func (p apartness) between(a, b []uint32) bool {
	if len(p) == 0 {
		return false
	}
	for _, record := range a {
		for _, other := range p[record] {
			if slices.Contains(b, other) {
				return true
			}
		}
	}
	return false
}
