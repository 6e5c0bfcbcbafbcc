package clv

import (
	"fmt"
	"math"
)

// BGBB are the parameters of the BG/BB model (Fader, Hardie, Shang 2010, "Customer-Base
// Analysis in a Discrete-Time Noncontractual Setting"): at each of n occasions (a season, a
// yearly appeal) a customer who is here orders with probability p ~ Beta(Alpha, Beta), and
// before each leaves with probability theta ~ Beta(Gamma, Delta).
type BGBB struct {
	Alpha float64 `json:"alpha"`
	Beta  float64 `json:"beta"`
	Gamma float64 `json:"gamma"`
	Delta float64 `json:"delta"`
}

// Occasions is a pattern of a discrete setting: orders at X of N occasions, the last of them
// at occasion Last (0 when X is 0), of so many customers.
type Occasions struct {
	X, Last, N int32
	Customers  int64
}

// Valid tells whether a pattern can be.
func (o Occasions) Valid() bool {
	return o.X >= 0 && o.X <= o.Last && o.Last <= o.N && (o.X == 0) == (o.Last == 0)
}

// logRises are ln((v)_n) = ln G(v+n) - ln G(v) for n = 0..max, and their slopes by v.
func logRises(v float64, upTo int32) (log, slope []float64) {
	log, slope = make([]float64, upTo+1), make([]float64, upTo+1)
	for n := 1; n <= int(upTo); n++ {
		log[n] = log[n-1] + math.Log(v+float64(n-1))
		slope[n] = slope[n-1] + 1/(v+float64(n-1))
	}
	return log, slope
}

// bgbbTerms are the logs of the terms of equation 5: alive through all occasions, or gone
// after occasion last, last+1, ..., n-1, each by its probability.
type bgbbTerms struct {
	alpha, beta, gamma, delta, ab, gd       []float64
	dAlpha, dBeta, dGamma, dDelta, dAB, dGD []float64
	leave                                   float64 // ln gamma
	overGamma                               float64
}

func (p BGBB) terms(n int32) *bgbbTerms {
	t := &bgbbTerms{leave: math.Log(p.Gamma), overGamma: 1 / p.Gamma}
	t.alpha, t.dAlpha = logRises(p.Alpha, n)
	t.beta, t.dBeta = logRises(p.Beta, n)
	t.gamma, t.dGamma = logRises(p.Gamma, n)
	t.delta, t.dDelta = logRises(p.Delta, n+1)
	t.ab, t.dAB = logRises(p.Alpha+p.Beta, n)
	t.gd, t.dGD = logRises(p.Gamma+p.Delta, n+2)
	return t
}

// at is the log of the term of a customer whose occasions ended with the k-th, and its slopes:
// B(alpha+x, beta+k-x)/B(alpha, beta) times B(gamma, delta+n)/B(gamma, delta) for k = n, times
// B(gamma+1, delta+k)/B(gamma, delta) before.
func (t *bgbbTerms) at(o Occasions, k int32) (log float64, slope [4]float64) {
	log = t.alpha[o.X] + t.beta[k-o.X] - t.ab[k]
	slope = [4]float64{t.dAlpha[o.X] - t.dAB[k], t.dBeta[k-o.X] - t.dAB[k], 0, 0}
	if k == o.N {
		log += t.delta[k] - t.gd[k]
		slope[2], slope[3] = -t.dGD[k], t.dDelta[k]-t.dGD[k]
		return log, slope
	}
	log += t.leave + t.delta[k] - t.gd[k+1]
	slope[2], slope[3] = t.overGamma-t.dGD[k+1], t.dDelta[k]-t.dGD[k+1]
	return log, slope
}

// logLikelihood of one pattern with its gradient.
func (t *bgbbTerms) logLikelihood(o Occasions) (ll float64, gradient [4]float64) {
	top := math.Inf(-1)
	for k := o.Last; k <= o.N; k++ {
		log, _ := t.at(o, k)
		top = math.Max(top, log)
	}
	var sum float64
	for k := o.Last; k <= o.N; k++ {
		log, slope := t.at(o, k)
		w := math.Exp(log - top)
		sum += w
		for i := range gradient {
			gradient[i] += w * slope[i]
		}
	}
	for i := range gradient {
		gradient[i] /= sum
	}
	return top + math.Log(sum), gradient
}

func bgbbObjective(patterns []Occasions) objective {
	n := int32(0)
	for _, o := range patterns {
		n = max(n, o.N)
	}
	return func(at, gradient []float64) float64 {
		t := BGBB{at[0], at[1], at[2], at[3]}.terms(n)
		var ll float64
		clear(gradient)
		for _, o := range patterns {
			one, slope := t.logLikelihood(o)
			ll += float64(o.Customers) * one
			for i := range slope {
				gradient[i] += float64(o.Customers) * slope[i]
			}
		}
		return ll
	}
}

// LogLikelihood of patterns (equation 6).
func (p BGBB) LogLikelihood(patterns []Occasions) float64 {
	var gradient [4]float64
	return bgbbObjective(patterns)([]float64{p.Alpha, p.Beta, p.Gamma, p.Delta}, gradient[:])
}

// BGBBFit is a fitted BG/BB model.
type BGBBFit struct {
	BGBB
	Errors  []float64 `json:"se,omitempty"`
	LL      float64   `json:"ll"`
	AtBound bool      `json:"at_bound"`
}

// FitBGBB fits the model by maximum likelihood; it refuses with ErrRefused and the reason.
func FitBGBB(patterns []Occasions) (BGBBFit, error) {
	var customers, repeaters int64
	n := int32(0)
	for _, o := range patterns {
		if !o.Valid() || o.Customers <= 0 {
			return BGBBFit{}, fmt.Errorf("%w: impossible pattern: %d orders, last at occasion %d of %d", ErrRefused, o.X, o.Last, o.N)
		}
		customers += o.Customers
		n = max(n, o.N)
		if o.X > 0 {
			repeaters += o.Customers
		}
	}
	switch {
	case customers < MinCustomers:
		return BGBBFit{}, fmt.Errorf("%w: %d customers, at least %d are needed", ErrRefused, customers, MinCustomers)
	case repeaters < MinRepeaters:
		return BGBBFit{}, fmt.Errorf("%w: %d customers came back, at least %d are needed", ErrRefused, repeaters, MinRepeaters)
	case n < 2:
		return BGBBFit{}, fmt.Errorf("%w: %d occasion, at least 2 are needed", ErrRefused, n)
	}
	f := bgbbObjective(patterns)
	best, err := maximize(f, float64(customers), [][]float64{{1, 1, 1, 1}, {1, 0.5, 0.5, 3}, {0.5, 2, 1, 10}})
	if err != nil {
		return BGBBFit{}, fmt.Errorf("%w: BG/BB: %w", ErrRefused, err)
	}
	if best.slope > gradientTolerance {
		return BGBBFit{}, fmt.Errorf("%w: BG/BB did not settle: slope %.2g per customer", ErrRefused, best.slope)
	}
	p := best.parameters
	fit := BGBBFit{BGBB: BGBB{p[0], p[1], p[2], p[3]}, LL: best.ll, AtBound: best.atBound}
	if !best.atBound {
		fit.Errors = standardErrors(f, p)
	}
	return fit, nil
}

// PAlive is the probability of being here at occasion n+1 (equation 11).
func (p BGBB) PAlive(o Occasions) float64 { return p.here(o, 1) }

// here is the probability of not having left before occasion n+ahead.
func (p BGBB) here(o Occasions, ahead int32) float64 {
	t := p.terms(o.N)
	all, _ := t.logLikelihood(o)
	log, _ := t.at(o, o.N)
	return math.Exp(log-all) * p.stays(o.N, ahead)
}

// stays is B(gamma, delta+n+ahead)/B(gamma, delta+n): of those here at n, who is at n+ahead.
func (p BGBB) stays(n, ahead int32) float64 {
	log := 0.0
	for j := range ahead {
		log -= math.Log1p(p.Gamma / (p.Delta + float64(n+j)))
	}
	return math.Exp(log)
}

// Expected is the expected number of orders at the next occasions (equation 13); as a sum it
// needs no case for gamma = 1.
func (p BGBB) Expected(o Occasions, occasions int32) float64 {
	here := p.here(o, 0) * (p.Alpha + float64(o.X)) / (p.Alpha + p.Beta + float64(o.N))
	var sum, stay float64 = 0, 1
	for i := range occasions {
		stay *= 1 - p.Gamma/(p.Gamma+p.Delta+float64(o.N+i))
		sum += stay
	}
	return here * sum
}

// ExpectedNew is the expected number of orders of a new customer at the first occasions
// (equation 9).
func (p BGBB) ExpectedNew(occasions int32) float64 { return p.Expected(Occasions{}, occasions) }

// PCountNew is P(X(n) = x) of a new customer (equation 8).
func (p BGBB) PCountNew(x, occasions int32) float64 {
	var sum float64
	t := p.terms(occasions)
	choose := func(k int32) float64 {
		a, _ := math.Lgamma(float64(k) + 1)
		b, _ := math.Lgamma(float64(x) + 1)
		c, _ := math.Lgamma(float64(k-x) + 1)
		return a - b - c
	}
	for k := x; k <= occasions; k++ {
		log, _ := t.at(Occasions{X: x, N: occasions}, k)
		sum += math.Exp(log + choose(k))
	}
	return sum
}

// Discounted is the discounted number of all orders to come (DERT, equation 14): rate is per
// occasion, and the next one is discounted once. A sum of positive terms that is continued by
// its tail, which falls like k^-gamma (1+rate)^-k.
func (p BGBB) Discounted(o Occasions, rate float64) float64 {
	here := p.here(o, 0) * (p.Alpha + float64(o.X)) / (p.Alpha + p.Beta + float64(o.N))
	var sum float64
	stay, value := 1.0, 1.0
	for i := range int32(1_000_000) {
		stay *= 1 - p.Gamma/(p.Gamma+p.Delta+float64(o.N+i))
		value /= 1 + math.Max(rate, 1e-4)
		add := stay * value
		sum += add
		if add < 1e-16*sum {
			break
		}
	}
	return here * sum
}
