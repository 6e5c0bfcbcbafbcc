package resolve

import "math"

// Evidence of a pair beside its comparisons.
const (
	explainPrior     = "prior"
	explainHousehold = "household"
	explainBorrowed  = "recipient"
)

// Weight is what one comparison adds to the odds of a pair, in bits.
type Weight struct {
	Comparison string
	Level      string
	Log2       float64
}

// Explain is the waterfall of a pair: the prior, each comparison with its level, and what the
// dependence within households takes away. The weights add up to Score.
func (m *Model) Explain(a, b *Features) []Weight {
	pattern := Compare(a, b)
	var r [slots]float64
	family := m.rarities(a, b, &pattern, &r)
	out := []Weight{{explainPrior, "random_pair", m.Match}}
	total := m.Match
	for s, l := range pattern {
		if l == 0 {
			continue
		}
		w := Weight{m.SlotName(s), LevelName(s, l), m.m[s][l] - m.u[s][l] + r[s]}
		out = append(out, w)
		total += w.Log2
	}
	odds := m.odds(&pattern, &r, family)
	if d := odds - total; math.Abs(d) > .005 {
		out = append(out, Weight{explainHousehold, "may_live_together", d})
	}
	if score := m.Score(a, b, &pattern); score < odds {
		out = append(out, Weight{explainBorrowed, "may_be_somebody_else", score - odds})
	}
	return out
}
