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

// coarseAbove is the number of patterns from which the search starts on weekly rounded
// times; only the last climb reads all patterns.
const coarseAbove = 20000

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
	starts := bgnbdStarts(total)
	if len(counts) > coarseAbove {
		coarse, err := maximize(bgnbdObjective(Weekly(counts)), float64(total.Customers), starts)
		if err != nil {
			return fit, fmt.Errorf("%w: BG/NBD: %w", ErrRefused, err)
		}
		starts = [][]float64{coarse.parameters}
	}
	f := bgnbdObjective(counts)
	best, err := maximize(f, float64(total.Customers), starts)
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
	maxX, maxDay := extent(counts)
	var t tables
	f := func(p, gradient []float64) float64 {
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
	rate := float64(total.Repeats) / math.Max(total.Weeks, 1)
	best, err := maximize(f, float64(total.Customers), [][]float64{{0.5, 0.5 / rate}, {2, 2 / rate}})
	return best.ll, err
}

// DropoutShown is the likelihood-ratio statistic of BG/NBD against NBD, chi-squared with two
// degrees of freedom when nobody leaves. Below about 6 the data show no dropout.
func (f BGNBDFit) DropoutShown() float64 { return math.Max(0, 2*(f.LL-f.NBDLL)) }
