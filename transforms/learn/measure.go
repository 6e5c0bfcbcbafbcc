package learn

import (
	"cmp"
	"math"
	"slices"
)

// Measures judge probabilities by what came true.
type Measures struct {
	AUC              float64 `json:"auc"`
	AveragePrecision float64 `json:"average_precision"`
	Brier            float64 `json:"brier"`
	LogLoss          float64 `json:"log_loss"`
	ECE              float64 `json:"ece"` // expected calibration error, ten bins of equal size
}

// eceBins is the number of bins of the calibration error.
const eceBins = 10

// Judge compares probabilities with labels. AUC is NaN where only one label occurs. Ties count
// half in the AUC, and as one step in the average precision (sum over distinct scores of
// precision times the gain of recall). The log-loss bounds probabilities by 1e-15.
func Judge(p []float64, y []bool) Measures {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(p[b], p[a]), cmp.Compare(a, b)) })
	var yes float64
	for _, v := range y {
		yes += indicator(v)
	}
	no := float64(len(y)) - yes
	m := Measures{AUC: math.NaN(), AveragePrecision: math.NaN()}
	var hits, misses, pairs, precision float64
	for i := 0; i < len(order); {
		var h, f float64
		j := i
		for ; j < len(order) && p[order[j]] == p[order[i]]; j++ {
			if y[order[j]] {
				h++
			} else {
				f++
			}
		}
		pairs += f*hits + h*f/2
		hits, misses = hits+h, misses+f
		if h > 0 {
			precision += h * hits / (hits + misses)
		}
		i = j
	}
	if yes > 0 && no > 0 {
		m.AUC = pairs / (yes * no)
	}
	if yes > 0 {
		m.AveragePrecision = precision / yes
	}
	n := float64(len(p))
	for i, v := range p {
		m.Brier += (v - indicator(y[i])) * (v - indicator(y[i])) / n
		v = min(max(v, 1e-15), 1-1e-15)
		if y[i] {
			m.LogLoss -= math.Log(v) / n
		} else {
			m.LogLoss -= math.Log1p(-v) / n
		}
	}
	for _, bin := range Calibration(p, y, eceBins) {
		m.ECE += float64(bin.Rows) / n * math.Abs(bin.Predicted-bin.Observed)
	}
	return m
}

// CalibrationBin compares the mean probability of some rows with the share that came true.
type CalibrationBin struct {
	Rows      int     `json:"rows"`
	Predicted float64 `json:"predicted"`
	Observed  float64 `json:"observed"`
}

// Calibration cuts rows, sorted by probability, into bins whose sizes differ by one at most.
func Calibration(p []float64, y []bool, bins int) []CalibrationBin {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(p[a], p[b]), cmp.Compare(a, b)) })
	var out []CalibrationBin
	for bin := range bins {
		from, to := bin*len(p)/bins, (bin+1)*len(p)/bins
		if from == to {
			continue
		}
		b := CalibrationBin{Rows: to - from}
		for _, i := range order[from:to] {
			b.Predicted += p[i]
			b.Observed += indicator(y[i])
		}
		b.Predicted /= float64(b.Rows)
		b.Observed /= float64(b.Rows)
		out = append(out, b)
	}
	return out
}
