package clv

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Spend is what a Gamma-Gamma fit needs of a customer: the mean revenue of the repeat order
// days with positive revenue, and their number. Money is in whole reporting units.
type Spend struct {
	X    int32
	Mean float64
}

// GammaGamma are the parameters of the Gamma-Gamma model of spend per order day. A
// customer's order values are Gamma(P, rate nu), nu ~ Gamma(Q, rate Gamma).
type GammaGamma struct {
	P     float64 `json:"p"`
	Q     float64 `json:"q"`
	Gamma float64 `json:"v"`
}

// GammaGammaFit is a fitted Gamma-Gamma model.
type GammaGammaFit struct {
	GammaGamma
	Errors      []float64 `json:"se,omitempty"` // standard errors of p, q, gamma
	LL          float64   `json:"ll"`
	Customers   int64     `json:"customers"`   // with at least one repeat order day of positive revenue
	SampleMean  float64   `json:"sample_mean"` // mean over customers of their mean spend
	Correlation float64   `json:"correlation"` // of order days and mean spend; the model assumes none
	AtBound     bool      `json:"at_bound"`
}

// LogLikelihood of spends. Customers without a repeat order day or with mean spend at or
// below zero say nothing and are left out.
func (g GammaGamma) LogLikelihood(spends []Spend) float64 {
	ll, _ := g.evaluate(usable(spends), 1)
	return ll
}

func usable(spends []Spend) []Spend {
	out := make([]Spend, 0, len(spends))
	for _, s := range spends {
		if s.X > 0 && s.Mean > 0 && !math.IsInf(s.Mean, 0) {
			out = append(out, s)
		}
	}
	return out
}

// evaluate returns the log-likelihood of spends in units of scale, and its gradient by p, q
// and gamma/scale. Dividing by the sample's mean makes the fit independent of the currency.
func (g GammaGamma) evaluate(spends []Spend, scale float64) (ll float64, gradient [3]float64) {
	lgQ, _ := math.Lgamma(g.Q)
	psiQ, logGamma := mathext.Digamma(g.Q), math.Log(g.Gamma)
	var cache struct {
		x                 int32
		lg, psiPX, psiPXQ float64
		logX              float64
	}
	logScale := math.Log(scale)
	for _, s := range spends {
		x, z := float64(s.X), s.Mean/scale
		px := g.P * x
		if s.X != cache.x {
			a, _ := math.Lgamma(px + g.Q)
			b, _ := math.Lgamma(px)
			cache.x, cache.lg, cache.logX = s.X, a-b-lgQ, math.Log(x)
			cache.psiPX, cache.psiPXQ = mathext.Digamma(px), mathext.Digamma(px+g.Q)
		}
		logZ, sum := math.Log(z), g.Gamma+x*z
		logSum := math.Log(sum)
		ll += cache.lg + g.Q*(logGamma-logSum) + px*(cache.logX+logZ-logSum) - logZ - logScale
		gradient[0] += x * (cache.psiPXQ - cache.psiPX + cache.logX + logZ - logSum)
		gradient[1] += cache.psiPXQ - psiQ + logGamma - logSum
		gradient[2] += g.Q/g.Gamma - (px+g.Q)/sum
	}
	return ll, gradient
}

// MinSpenders is the smallest number of customers with repeat order days that a Gamma-Gamma
// fit accepts.
const MinSpenders = 30

// FitGammaGamma fits the model by maximum likelihood. Give spends in a fixed order (by X,
// then Mean) for equal bytes. It refuses, with ErrRefused and the reason, what cannot carry
// it, or a fit without a finite mean (q at or below 1).
func FitGammaGamma(spends []Spend) (GammaGammaFit, error) {
	kept := usable(spends)
	fit := GammaGammaFit{Customers: int64(len(kept))}
	if len(kept) < MinSpenders {
		return fit, fmt.Errorf("%w: %d customers have repeat orders of positive revenue, at least %d are needed", ErrRefused, len(kept), MinSpenders)
	}
	fit.SampleMean, fit.Correlation = describe(kept)
	scale := fit.SampleMean
	objectiveOf := func(spends []Spend) objective {
		return func(p, gradient []float64) float64 {
			ll, g := GammaGamma{p[0], p[1], p[2]}.evaluate(spends, scale)
			copy(gradient, g[:])
			return ll
		}
	}
	f := objectiveOf(kept)
	starts := [][]float64{{6, 4, 0.5}, {1, 1.5, 1}, {1, 10, 10}, {20, 3, 0.1}}
	var best optimum
	var err error
	if len(kept) > coarseAbove {
		some := coarse(kept, coarseSize)
		best, err = maximizeLarge(f, float64(len(kept)), objectiveOf(some), float64(len(some)), starts)
	} else {
		best, err = maximize(f, float64(len(kept)), starts)
	}
	if err != nil {
		return fit, fmt.Errorf("%w: Gamma-Gamma: %w", ErrRefused, err)
	}
	fit.GammaGamma = GammaGamma{best.parameters[0], best.parameters[1], best.parameters[2] * scale}
	fit.LL, fit.AtBound = best.ll, best.atBound
	if best.slope > gradientTolerance && !best.atBound {
		return fit, fmt.Errorf("%w: Gamma-Gamma did not settle: slope %.2g per customer", ErrRefused, best.slope)
	}
	if fit.Q <= 1 {
		return fit, fmt.Errorf("%w: spend has no finite mean (q = %.3g)", ErrRefused, fit.Q)
	}
	if !best.atBound {
		fit.Errors = standardErrors(f, best.parameters)
		if fit.Errors != nil {
			fit.Errors[2] *= scale
		}
	}
	return fit, nil
}

// describe returns the mean of mean spends, and their correlation with the order days.
func describe(spends []Spend) (mean, correlation float64) {
	n := float64(len(spends))
	var meanX float64
	for _, s := range spends {
		mean += s.Mean / n
		meanX += float64(s.X) / n
	}
	var sxx, sxz, szz float64
	for _, s := range spends {
		dx, dz := float64(s.X)-meanX, s.Mean-mean
		sxx += dx * dx
		sxz += dx * dz
		szz += dz * dz
	}
	if sxx == 0 || szz == 0 {
		return mean, 0
	}
	return mean, sxz / math.Sqrt(sxx*szz)
}

// Population is the expected spend per order day of a customer of whom nothing is known.
func (g GammaGamma) Population() float64 { return g.P * g.Gamma / (g.Q - 1) }

// Expected is the expected spend per order day of a customer with x repeat order days of
// the given mean: between the customer's own mean and the population's.
func (g GammaGamma) Expected(x int32, mean float64) float64 {
	if x <= 0 || !(mean > 0) {
		return g.Population()
	}
	px := g.P * float64(x)
	return (g.P*g.Gamma + px*mean) / (px + g.Q - 1)
}
