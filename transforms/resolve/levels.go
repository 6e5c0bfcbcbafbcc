package resolve

import "math"

// LevelWeight is what a level of a comparison says, before the frequency of its value.
type LevelWeight struct {
	Comparison, Level string
	M, U              float64 // probability in pairs of one customer, and of strangers
	Log2              float64 // weight of evidence in bits
}

// seldom is the probability below which a level is too rare in either kind of pairs to matter.
const seldom = .0005

// Levels lists the levels of the comparisons that a model makes, without those that are rare
// in pairs of one customer and of strangers alike.
func (m *Model) Levels() []LevelWeight {
	var out []LevelWeight
	for s := range slotText + len(m.Texts) {
		for l := 1; l < levelCounts[s]; l++ {
			if m.M[s][l] > seldom || m.U[s][l] > seldom {
				out = append(out, LevelWeight{m.SlotName(s), LevelName(s, uint8(l)), m.M[s][l], m.U[s][l], math.Log2(m.M[s][l] / m.U[s][l])})
			}
		}
	}
	return out
}
