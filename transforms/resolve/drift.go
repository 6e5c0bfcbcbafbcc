package resolve

import "math"

// Drift is how far a comparison has moved from one model to the next.
type Drift struct {
	Comparison string
	Bits       float64 // by which the weight of a pair of one customer has changed, on average over its levels
}

// Drifts lists how far the comparisons of two models are apart, those that both have, and how
// far the prior has moved.
func Drifts(before, now *Model) []Drift {
	slot := map[string]int{}
	for s := range slots {
		slot[before.SlotName(s)] = s
	}
	out := []Drift{{explainPrior, math.Abs(now.Match - before.Match)}}
	for s := range slots {
		was, ok := slot[now.SlotName(s)]
		if !ok || s >= slotText && s-slotText >= len(now.Texts) {
			continue
		}
		d := Drift{Comparison: now.SlotName(s)}
		share := 0.0
		for l := 1; l < levelCounts[s]; l++ {
			d.Bits += now.M[s][l] * math.Abs(now.m[s][l]-now.u[s][l]-before.m[was][l]+before.u[was][l])
			share += now.M[s][l]
		}
		d.Bits /= share
		out = append(out, d)
	}
	return out
}
