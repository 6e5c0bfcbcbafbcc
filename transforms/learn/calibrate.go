package learn

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// Calibrator turns log-odds into probabilities that come true as often as they say.
type Calibrator struct {
	Kind   string    `json:"kind"`             // none, platt or isotonic
	Slope  float64   `json:"slope,omitempty"`  // of platt
	Offset float64   `json:"offset,omitempty"` // of platt
	Scores []float64 `json:"scores,omitempty"` // of isotonic: log-odds, rising
	Values []float64 `json:"values,omitempty"` // of isotonic: probabilities at Scores
}

// Kinds of calibrators.
const (
	Uncalibrated = "none"
	Platt        = "platt"    // Platt 1999: a logistic curve over the log-odds
	Isotonic     = "isotonic" // Zadrozny, Elkan 2002: any rising curve, for large sets
)

// IsotonicRows is the number of rows from which an isotonic curve is tried: below about a
// thousand it follows chance (scikit-learn, CalibratedClassifierCV); it must not be near that.
const IsotonicRows = 5000

// Probability is the calibrated probability of log-odds.
func (c *Calibrator) Probability(score float64) float64 {
	switch c.Kind {
	case Platt:
		return sigmoid(c.Slope*score + c.Offset)
	case Isotonic:
		return c.interpolate(score)
	}
	return sigmoid(score)
}

// interpolate runs straight lines between the steps, so that scores keep their order.
func (c *Calibrator) interpolate(score float64) float64 {
	i := sort.SearchFloat64s(c.Scores, score)
	switch {
	case i == 0:
		return c.Values[0]
	case i == len(c.Scores):
		return c.Values[i-1]
	}
	share := (score - c.Scores[i-1]) / (c.Scores[i] - c.Scores[i-1])
	return c.Values[i-1] + share*(c.Values[i]-c.Values[i-1])
}

// Calibrate chooses a calibrator for scores of rows that did not train the model: the one with
// the least log-loss over five folds in turn, the simplest of equals.
func Calibrate(scores []float64, y []bool) Calibrator {
	kinds := []string{Uncalibrated, Platt}
	if len(scores) >= IsotonicRows {
		kinds = append(kinds, Isotonic)
	}
	const folds = 5
	best, chosen := math.Inf(1), Uncalibrated
	for _, kind := range kinds {
		p := make([]float64, len(scores))
		for fold := range folds {
			var s []float64
			var labels []bool
			for i := range scores {
				if i%folds != fold {
					s, labels = append(s, scores[i]), append(labels, y[i])
				}
			}
			c := calibrator(kind, s, labels)
			for i := fold; i < len(scores); i += folds {
				p[i] = c.Probability(scores[i])
			}
		}
		if loss := Judge(p, y).LogLoss; loss < best-1e-9 {
			best, chosen = loss, kind
		}
	}
	return calibrator(chosen, scores, y)
}

func calibrator(kind string, scores []float64, y []bool) Calibrator {
	if len(scores) == 0 || bothClasses(y) != nil {
		return Calibrator{Kind: Uncalibrated}
	}
	switch kind {
	case Platt:
		// A weak penalty keeps the slope finite where the classes are apart.
		w := newton([][]float64{scores}, y, 1e4)
		if w[1] <= 0 {
			break // the scores rank the wrong way round: nothing to calibrate
		}
		return Calibrator{Kind: Platt, Offset: w[0], Slope: w[1]}
	case Isotonic:
		return isotonic(scores, y)
	}
	return Calibrator{Kind: Uncalibrated}
}

// isotonic pools adjacent violators (Ayer et al. 1955). Probabilities of 0 and 1, which no
// finite set can show, are pulled in by half a row.
func isotonic(scores []float64, y []bool) Calibrator {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(scores[a], scores[b]), cmp.Compare(a, b)) })
	type block struct{ score, yes, n float64 }
	var blocks []block
	for _, i := range order {
		blocks = append(blocks, block{scores[i], indicator(y[i]), 1})
		for len(blocks) > 1 {
			a, b := blocks[len(blocks)-2], blocks[len(blocks)-1]
			if a.yes/a.n < b.yes/b.n && a.score/a.n < b.score/b.n {
				break
			}
			blocks = append(blocks[:len(blocks)-2], block{a.score + b.score, a.yes + b.yes, a.n + b.n})
		}
	}
	c := Calibrator{Kind: Isotonic}
	for _, b := range blocks {
		c.Scores = append(c.Scores, b.score/b.n)
		c.Values = append(c.Values, (b.yes+.5)/(b.n+1))
	}
	slices.Sort(c.Values) // pulling in may turn two neighbours round
	return c
}
