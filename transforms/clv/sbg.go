package clv

import (
	"fmt"
	"math"
)

// SBG are the parameters of the shifted beta-geometric model of contracts (Fader, Hardie 2007,
// "How to Project Customer Retention"): at the end of each period a customer cancels with
// probability theta ~ Beta(Alpha, Beta).
type SBG struct {
	Alpha float64 `json:"alpha"`
	Beta  float64 `json:"beta"`
}

// Cohort is how many customers of one cohort are left after 0, 1, 2, ... periods: as counts,
// not increasing. A share times the size does as well.
type Cohort []float64

func (c Cohort) check() error {
	if len(c) < 3 {
		return fmt.Errorf("%w: %d periods, at least 2 are needed", ErrRefused, max(len(c)-1, 0))
	}
	for i, n := range c {
		if !(n >= 0) || math.IsInf(n, 0) || i > 0 && n > c[i-1] {
			return fmt.Errorf("%w: %g customers after period %d: a cohort cannot grow", ErrRefused, n, i)
		}
	}
	switch {
	case c[0] < MinCustomers:
		return fmt.Errorf("%w: a cohort of %g, at least %d are needed", ErrRefused, c[0], MinCustomers)
	case c[len(c)-1] == c[0]:
		return fmt.Errorf("%w: nobody cancelled", ErrRefused)
	}
	return nil
}

// contractObjective is the log-likelihood of cohorts under ln S(t) with its slopes: those who
// cancel in period t bring S(t-1) - S(t), those who are left S(end).
func contractObjective(cohorts []Cohort, parameters int, survival func(at []float64, t int, slope []float64) float64) objective {
	longest := 0
	for _, c := range cohorts {
		longest = max(longest, len(c))
	}
	return func(at, gradient []float64) float64 {
		logS, slopes := make([]float64, longest), make([][]float64, longest)
		for t := range logS {
			slopes[t] = make([]float64, parameters)
			logS[t] = survival(at, t, slopes[t])
		}
		var ll float64
		clear(gradient)
		for _, c := range cohorts {
			for t := 1; t < len(c); t++ {
				lost := c[t-1] - c[t]
				if lost == 0 {
					continue
				}
				ratio := math.Exp(logS[t] - logS[t-1])
				ll += lost * (logS[t-1] + math.Log1p(-ratio))
				for i := range gradient {
					gradient[i] += lost * (slopes[t-1][i] - ratio*slopes[t][i]) / (1 - ratio)
				}
			}
			end := len(c) - 1
			ll += c[end] * logS[end]
			for i := range gradient {
				gradient[i] += c[end] * slopes[end][i]
			}
		}
		return ll
	}
}

func sbgObjective(cohorts []Cohort) objective {
	return contractObjective(cohorts, 2, func(at []float64, t int, slope []float64) float64 {
		log := 0.0
		for j := range t { // B(a, b+t)/B(a, b) step by step
			a, b := at[0], at[1]+float64(j)
			log -= math.Log1p(a / b)
			slope[0] -= 1 / (a + b)
			slope[1] += a / (b * (a + b))
		}
		return log
	})
}

// ContractFit is a fitted sBG or BdW model.
type ContractFit struct {
	Alpha   float64   `json:"a"`
	Beta    float64   `json:"b"`
	C       float64   `json:"c"` // 1 for sBG
	Errors  []float64 `json:"se,omitempty"`
	LL      float64   `json:"ll"`
	AtBound bool      `json:"at_bound"`
}

func fitContracts(name string, cohorts []Cohort, f objective, starts [][]float64) (ContractFit, error) {
	var customers float64
	for _, c := range cohorts {
		if err := c.check(); err != nil {
			return ContractFit{}, err
		}
		customers += c[0]
	}
	if len(cohorts) == 0 {
		return ContractFit{}, fmt.Errorf("%w: no cohort", ErrRefused)
	}
	best, err := maximize(f, customers, starts)
	if err != nil {
		return ContractFit{}, fmt.Errorf("%w: %s: %w", ErrRefused, name, err)
	}
	if best.slope > gradientTolerance {
		return ContractFit{}, fmt.Errorf("%w: %s did not settle: slope %.2g per customer", ErrRefused, name, best.slope)
	}
	fit := ContractFit{Alpha: best.parameters[0], Beta: best.parameters[1], C: 1, LL: best.ll, AtBound: best.atBound}
	if len(best.parameters) > 2 {
		fit.C = best.parameters[2]
	}
	if !best.atBound {
		fit.Errors = standardErrors(f, best.parameters)
	}
	return fit, nil
}

// FitSBG fits the model to one or more cohorts (equation B3 of the 2007 paper); it refuses with
// ErrRefused and the reason.
func FitSBG(cohorts ...Cohort) (ContractFit, error) {
	return fitContracts("sBG", cohorts, sbgObjective(cohorts), [][]float64{{1, 1}, {0.5, 5}, {5, 50}})
}

// Survival is the share of a cohort that is left after so many periods (equation 6).
func (p SBG) Survival(periods float64) float64 { return BdW{p.Alpha, p.Beta, 1}.Survival(periods) }

// Retention is the share of those left after period-1 who stay in the period (equation 8).
func (p SBG) Retention(period int) float64 {
	return (p.Beta + float64(period) - 1) / (p.Alpha + p.Beta + float64(period) - 1)
}
