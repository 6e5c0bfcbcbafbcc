package clv

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// BdW are the parameters of the beta-discrete-Weibull model of contracts (Fader, Hardie, Liu,
// Davin, Steenburgh 2018, "How to Project Customer Retention Revisited"): sBG in which each
// customer's own risk to cancel rises (C > 1) or falls (C < 1) with time.
type BdW struct {
	A float64 `json:"a"`
	B float64 `json:"b"`
	C float64 `json:"c"`
}

// logBetaRatio is ln B(a, b+u)/B(a, b) for u >= 0. lgamma cancels for large arguments, where
// the difference of Stirling series does not.
func logBetaRatio(a, b, u float64) float64 {
	if u == 0 {
		return 0
	}
	return logGammaDifference(b, u) - logGammaDifference(a+b, u)
}

// logGammaDifference is ln G(v+u) - ln G(v).
func logGammaDifference(v, u float64) float64 {
	if v < 20 {
		x, _ := math.Lgamma(v + u)
		y, _ := math.Lgamma(v)
		return x - y
	}
	series := func(z float64) float64 { // 1/(12 z) - 1/(360 z^3) + 1/(1260 z^5)
		w := 1 / (z * z)
		return (1.0/12 - w*(1.0/360-w/1260)) / z
	}
	return (v-0.5)*math.Log1p(u/v) + u*(math.Log(v+u)-1) + series(v+u) - series(v)
}

// Survival is the share of a cohort that is left after so many periods, B(a, b+t^c)/B(a, b)
// (their equation 5).
func (p BdW) Survival(periods float64) float64 {
	if !(periods > 0) {
		return 1
	}
	return math.Exp(logBetaRatio(p.A, p.B, math.Pow(periods, p.C)))
}

// Retention is the share of those left after period-1 who stay in the period.
func (p BdW) Retention(period int) float64 {
	before := p.Survival(float64(period - 1))
	if before == 0 {
		return 0
	}
	return p.Survival(float64(period)) / before
}

func bdwObjective(cohorts []Cohort) objective {
	return contractObjective(cohorts, 3, func(at []float64, t int, slope []float64) float64 {
		if t == 0 {
			return 0
		}
		a, b := at[0], at[1]
		u := math.Pow(float64(t), at[2])
		high, low := mathext.Digamma(b+u), mathext.Digamma(a+b+u)
		slope[0] = mathext.Digamma(a+b) - low
		slope[1] = high - mathext.Digamma(b) - low + mathext.Digamma(a+b)
		slope[2] = (high - low) * u * math.Log(float64(t))
		return logBetaRatio(a, b, u)
	})
}

// FitBdW fits the model to one or more cohorts; it refuses with ErrRefused and the reason.
func FitBdW(cohorts ...Cohort) (ContractFit, error) {
	return fitContracts("BdW", cohorts, bdwObjective(cohorts), [][]float64{{0.5, 1, 1}, {0.25, 1.5, 1.6}, {2, 10, 1}})
}
