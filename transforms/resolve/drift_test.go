package resolve

import (
	"math"
	"testing"
)

func TestDriftIsTheMeanChangeOfAWeight(t *testing.T) {
	before, now := plainModel(), plainModel()
	before.Texts, now.Texts = []string{"state"}, []string{"region", "state"}
	for l := 1; l < textLevels; l++ {
		now.U[slotText+1][l] /= 4 // each level of state says two bits more
	}
	now.Match = before.Match - 3
	now.Prepare()
	want := map[string]float64{explainPrior: 3, "text.state": 2}
	for _, d := range Drifts(before, now) {
		if d.Comparison == "text.region" {
			t.Error("a column that the model before does not know has a drift")
		}
		if math.Abs(d.Bits-want[d.Comparison]) > 1e-9 {
			t.Errorf("%s has moved by %v bits, want %v", d.Comparison, d.Bits, want[d.Comparison])
		}
	}
}
