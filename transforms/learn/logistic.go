package learn

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Logistic is an L2-regularised logistic regression on standardised numbers and one term for
// each level of a text:
//
//	log(p / (1-p)) = Bias + sum over terms of Weight * (x - Mean) / Scale
//
// It minimises |w|^2 / (2C) + sum of log-losses, the bias free (Hastie, Tibshirani, Friedman,
// The Elements of Statistical Learning, 4.4 and 18.3, in the scaling of scikit-learn).
type Logistic struct {
	Features []Feature `json:"features"`
	Bias     float64   `json:"bias"`
	Terms    []Term    `json:"terms"`
}

// Term is one weight of a logistic regression.
type Term struct {
	Feature int     `json:"feature"` // index
	Level   int     `json:"level"`   // of a text: 0 is missing or rare; -1: the number; -2: the number is missing
	Mean    float64 `json:"mean"`
	Scale   float64 `json:"scale"`
	Weight  float64 `json:"weight"`
}

const (
	termNumber  = -1
	termMissing = -2
)

// LogisticC is the inverse strength of the penalty, on standardised terms.
const LogisticC = 1.0

// errOneClass tells that there is nothing to learn from.
var errOneClass = errors.New("all rows have the same label, so there is nothing to learn")

// FitLogistic trains on rows with labels true or false; y has one label a row. It fails when
// the table has no usable column or y one value only.
func FitLogistic(t Table, y []bool) (*Logistic, error) {
	if err := bothClasses(y); err != nil {
		return nil, err
	}
	m := &Logistic{Features: Features(t)}
	x, err := matrix(m.Features, t)
	if err != nil {
		return nil, err
	}
	m.terms(x, len(y))
	design := make([][]float64, len(m.Terms))
	for i := range m.Terms {
		design[i] = make([]float64, len(y))
		for row := range y {
			design[i][row] = m.Terms[i].value(x[m.Terms[i].Feature][row])
		}
	}
	weights := newton(design, y, LogisticC)
	m.Bias = weights[0]
	for i := range m.Terms {
		m.Terms[i].Weight = weights[i+1]
	}
	return m, nil
}

func bothClasses(y []bool) error {
	for _, v := range y {
		if v != y[0] {
			return nil
		}
	}
	return errOneClass
}

// terms lists the terms of each feature with their mean and scale. A missing number stands at
// the mean, with a term of its own that says so.
func (m *Logistic) terms(x [][]float64, rows int) {
	for i := range m.Features {
		if m.Features[i].texts() {
			for level := 0; level <= len(m.Features[i].Levels); level++ {
				n := 0.0
				for _, v := range x[i] {
					if v == float64(level) {
						n++
					}
				}
				if share := n / float64(rows); share > 0 && share < 1 {
					m.Terms = append(m.Terms, Term{Feature: i, Level: level, Mean: share, Scale: math.Sqrt(share * (1 - share))})
				}
			}
			continue
		}
		var sum, squares, n float64
		for _, v := range x[i] {
			if !math.IsNaN(v) {
				sum += v
				n++
			}
		}
		mean := sum / n
		for _, v := range x[i] {
			if !math.IsNaN(v) {
				squares += (v - mean) * (v - mean)
			}
		}
		if scale := math.Sqrt(squares / n); scale > 0 && !math.IsInf(scale, 0) {
			m.Terms = append(m.Terms, Term{Feature: i, Level: termNumber, Mean: mean, Scale: scale})
		}
		if share := 1 - n/float64(rows); share > 0 {
			m.Terms = append(m.Terms, Term{Feature: i, Level: termMissing, Mean: share, Scale: math.Sqrt(share * (1 - share))})
		}
	}
}

// value is the standardised value of a term.
func (t *Term) value(v float64) float64 {
	switch t.Level {
	case termNumber:
		if math.IsNaN(v) {
			return 0
		}
	case termMissing:
		v = indicator(math.IsNaN(v))
	default:
		v = indicator(v == float64(t.Level))
	}
	return (v - t.Mean) / t.Scale
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// newton finds the bias and the weights of columns by Newton's method with step halving; the
// objective is convex, and with the penalty strictly so but for the bias.
func newton(x [][]float64, y []bool, c float64) []float64 {
	k, n := len(x)+1, len(y)
	w := make([]float64, k)
	yes := 0.0
	for _, v := range y {
		yes += indicator(v)
	}
	w[0] = math.Log(yes / (float64(n) - yes))
	eta := make([]float64, n)
	objective := func(w []float64) float64 {
		total := 0.0
		for j := 1; j < k; j++ {
			total += w[j] * w[j] / (2 * c)
		}
		for i := range eta {
			eta[i] = w[0]
		}
		for j, column := range x {
			if v := w[j+1]; v != 0 {
				for i := range eta {
					eta[i] += v * column[i]
				}
			}
		}
		for i, e := range eta {
			total += softplus(e) - indicator(y[i])*e
		}
		return total
	}
	gradient, hessian := mat.NewVecDense(k, nil), mat.NewSymDense(k, nil)
	curve, residual := make([]float64, n), make([]float64, n)
	value := objective(w)
	for range 50 {
		for i, e := range eta {
			p := sigmoid(e)
			residual[i], curve[i] = p-indicator(y[i]), p*(1-p)
		}
		column := func(j int) []float64 {
			if j == 0 {
				return nil
			}
			return x[j-1]
		}
		for a := range k {
			gradient.SetVec(a, weighted(residual, column(a), nil))
			for b := a; b < k; b++ {
				hessian.SetSym(a, b, weighted(curve, column(a), column(b)))
			}
			if a > 0 {
				gradient.SetVec(a, gradient.AtVec(a)+w[a]/c)
				hessian.SetSym(a, a, hessian.At(a, a)+1/c)
			}
		}
		hessian.SetSym(0, 0, hessian.At(0, 0)+1e-9)
		var chol mat.Cholesky
		var step mat.VecDense
		if !chol.Factorize(hessian) || chol.SolveVecTo(&step, gradient) != nil {
			break
		}
		before, size := value, 1.0
		next := make([]float64, k)
		for {
			for j := range next {
				next[j] = w[j] - size*step.AtVec(j)
			}
			if value = objective(next); value <= before || size < 1e-6 {
				break
			}
			size /= 2
		}
		if !(value < before) {
			break
		}
		w = next
		if before-value <= 1e-10*(1+math.Abs(value)) {
			break
		}
	}
	return w
}

// weighted is the sum of w times a times b; nil stands for ones.
func weighted(w, a, b []float64) float64 {
	total := 0.0
	switch {
	case a == nil && b == nil:
		for _, v := range w {
			total += v
		}
	case a == nil || b == nil:
		if a == nil {
			a = b
		}
		for i, v := range w {
			total += v * a[i]
		}
	default:
		for i, v := range w {
			total += v * a[i] * b[i]
		}
	}
	return total
}

func sigmoid(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

// OfLogOdds turns log-odds into probabilities.
func OfLogOdds(scores []float64) []float64 {
	out := make([]float64, len(scores))
	for i, s := range scores {
		out[i] = sigmoid(s)
	}
	return out
}

// softplus is log(1 + exp(x)) without overflow.
func softplus(x float64) float64 {
	return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
}

// Scores are the log-odds of rows.
func (m *Logistic) Scores(t Table) ([]float64, error) {
	x, err := matrix(m.Features, t)
	if err != nil {
		return nil, err
	}
	out := make([]float64, t.Rows())
	for row := range out {
		out[row] = m.Bias
		for i := range m.Terms {
			out[row] += m.Terms[i].Weight * m.Terms[i].value(x[m.Terms[i].Feature][row])
		}
	}
	return out, nil
}

// Reasons splits a row's log-odds into a part of each feature beyond the mean of the training
// rows, w * (x - mean) / scale: the exact Shapley values of a linear model (Lundberg, Lee 2017,
// corollary 1). The parts and the bias add up to the score.
func (m *Logistic) Reasons(t Table, row int) ([]float64, error) {
	x, err := matrix(m.Features, t.Take([]int{row}))
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(m.Features))
	for i := range m.Terms {
		out[m.Terms[i].Feature] += m.Terms[i].Weight * m.Terms[i].value(x[m.Terms[i].Feature][0])
	}
	return out, nil
}
