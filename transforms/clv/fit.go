package clv

import (
	"errors"
	"fmt"
	"math"
)

// What a fit needs. Below these the parameters would be noise, and a forecast from them
// would look more certain than it is.
const (
	MinCustomers = 100 // buyers
	MinRepeaters = 30  // buyers with a repeat order day
	MinAgeDays   = 56  // days between the earliest first order and the end of observation
)

// ErrRefused is wrapped by every refusal to fit: the data cannot carry the model. The
// message says why.
var ErrRefused = errors.New("the data cannot carry the model")

// BGNBDFit is a fitted BG/NBD model.
type BGNBDFit struct {
	BGNBD
	Errors    []float64 `json:"se,omitempty"` // standard errors of r, alpha, a, b; absent on a ridge
	LL        float64   `json:"ll"`           // log-likelihood, weekly, without the x! term
	NBDLL     float64   `json:"ll_nbd"`       // of the model in which nobody leaves
	Slope     float64   `json:"slope"`        // largest slope per customer on the log scale
	AtBound   bool      `json:"at_bound"`     // a parameter ran to its bound
	Customers int64     `json:"customers"`
	Repeaters int64     `json:"repeaters"`
	Patterns  int       `json:"patterns"`
}

// A search among more than coarseAbove patterns (or spends) begins on about coarseSize of
// them, spread evenly over their order; only the last climb, from that summit, reads all.
const (
	coarseAbove = 20_000
	coarseSize  = 5_000
)

// coarse takes about coarseSize elements, evenly spread.
func coarse[T any](all []T) []T {
	step := len(all)/coarseSize + 1
	out := make([]T, 0, len(all)/step+1)
	for i := step / 2; i < len(all); i += step {
		out = append(out, all[i])
	}
	return out
}

// FitBGNBD fits the model by maximum likelihood over pattern counts (see Compress). It
// refuses, with ErrRefused and the reason, data that are too few or do not identify it.
func FitBGNBD(counts []Count) (BGNBDFit, error) {
	total := Sum(counts)
	fit := BGNBDFit{Customers: total.Customers, Repeaters: total.Repeaters, Patterns: len(counts)}
	for _, c := range counts {
		if !c.Valid() || c.N <= 0 {
			return fit, fmt.Errorf("%w: impossible pattern: %d repeats, last after %d days of %d, %d customers", ErrRefused, c.X, c.Last, c.Age, c.N)
		}
	}
	if reason := total.tooFew(); reason != "" {
		return fit, fmt.Errorf("%w: %s", ErrRefused, reason)
	}
	f := bgnbdObjective(counts)
	best, err := search(f, bgnbdObjective, counts, bgnbdStarts(total))
	if err != nil {
		return fit, fmt.Errorf("%w: BG/NBD: %w", ErrRefused, err)
	}
	fit.BGNBD = BGNBD{best.parameters[0], best.parameters[1], best.parameters[2], best.parameters[3]}
	fit.LL, fit.Slope, fit.AtBound = best.ll, best.slope, best.atBound
	if fit.Slope > gradientTolerance {
		return fit, fmt.Errorf("%w: BG/NBD did not settle: slope %.2g per customer, at most %.2g is accepted", ErrRefused, fit.Slope, gradientTolerance)
	}
	if !fit.AtBound {
		fit.Errors = standardErrors(f, best.parameters)
	}
	fit.NBDLL, err = nbdLogLikelihood(counts, total)
	if err != nil {
		return fit, fmt.Errorf("%w: NBD: %w", ErrRefused, err)
	}
	return fit, nil
}

// search maximises a likelihood over counts; objectiveOf makes it for any of them.
func search(whole objective, objectiveOf func([]Count) objective, counts []Count, starts [][]float64) (optimum, error) {
	weight := float64(Sum(counts).Customers)
	if len(counts) <= coarseAbove {
		return maximize(whole, weight, starts)
	}
	some := coarse(counts)
	return maximizeLarge(whole, weight, objectiveOf(some), float64(Sum(some).Customers), starts)
}

func (t Totals) tooFew() string {
	switch {
	case t.Customers < MinCustomers:
		return fmt.Sprintf("%d buyers, at least %d are needed", t.Customers, MinCustomers)
	case t.Repeaters < MinRepeaters:
		return fmt.Sprintf("%d buyers came back, at least %d are needed", t.Repeaters, MinRepeaters)
	case t.MaxAge < MinAgeDays:
		return fmt.Sprintf("the orders span %d days, at least %d are needed", t.MaxAge, MinAgeDays)
	}
	return ""
}

func bgnbdObjective(counts []Count) objective {
	maxX, maxDay := extent(counts)
	var t tables
	return func(p, gradient []float64) float64 {
		ll, g := t.evaluate(BGNBD{p[0], p[1], p[2], p[3]}, counts, maxX, maxDay)
		copy(gradient, g[:])
		return ll
	}
}

// bgnbdStarts are places to climb from: flat ones, and ones whose mean rate is the data's.
func bgnbdStarts(t Totals) [][]float64 {
	rate := float64(t.Repeats) / math.Max(t.Weeks, 1)
	return [][]float64{
		{0.5, 0.5 / rate, 0.8, 2.5},
		{1, 1, 1, 1},
		{0.25, 0.25 / (2 * rate), 0.5, 5},
		{2, 2 / rate, 0.1, 10},
	}
}

// nbdLogLikelihood maximises the likelihood of the NBD, BG/NBD without dropout, as the
// baseline of a likelihood-ratio test.
func nbdLogLikelihood(counts []Count, total Totals) (float64, error) {
	rate := float64(total.Repeats) / math.Max(total.Weeks, 1)
	best, err := search(nbdObjective(counts), nbdObjective, counts, [][]float64{{0.5, 0.5 / rate}, {2, 2 / rate}})
	return best.ll, err
}

func nbdObjective(counts []Count) objective {
	maxX, maxDay := extent(counts)
	var t tables
	return func(p, gradient []float64) float64 {
		t.fill(BGNBD{p[0], p[1], 1, 1}, maxX, maxDay)
		var ll, dR, dAlpha float64
		for i := range counts {
			c := &counts[i]
			n, x := float64(c.N), float64(c.X)
			ll += n * (t.logRise[c.X] - p[0]*t.log1p[c.Age] - x*t.logSum[c.Age])
			dR += n * (t.psiR[c.X] - t.log1p[c.Age])
			dAlpha += n * (p[0]*Weeks(c.Age)/p[1] - x) * t.inverse[c.Age]
		}
		gradient[0], gradient[1] = dR, dAlpha
		return ll
	}
}

// DropoutShown is the likelihood-ratio statistic of BG/NBD against NBD, chi-squared with two
// degrees of freedom when nobody leaves. Below about 6 the data show no dropout.
func (f BGNBDFit) DropoutShown() float64 { return math.Max(0, 2*(f.LL-f.NBDLL)) }
