package clv

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// Candidate is an order model that was tried.
type Candidate struct {
	Fit     OrderFit
	Err     error   // why there is no fit
	Out     string  // why a fit was left out of the choice; empty for those compared
	Loss    float64 // after the inner cut, 1 is that of the mean; NaN where it could not be tried
	Seconds float64
}

// Choice is the order model to use, and why.
type Choice struct {
	Name       string // ModelRate where none could be fitted
	Reason     string
	Candidates []Candidate // in the order of OrderModels
	InnerDays  int32       // of the inner holdout; 0 without one
}

// Chosen is the fit of the model to use; nil for the fallback.
func (c *Choice) Chosen() *OrderFit { return c.Of(c.Name) }

// Of is the fit of a model; nil where there is none.
func (c *Choice) Of(name string) *OrderFit {
	for i := range c.Candidates {
		if one := &c.Candidates[i]; one.Fit.Model == name && one.Err == nil {
			return &one.Fit
		}
	}
	return nil
}

// MinInnerDays is the shortest inner holdout that tells models apart.
const MinInnerDays = 28

// Choose takes the order model by a rule that looks at nothing after the cut
// (docs/decisions/0031):
//
//  1. Every model is fitted to all patterns. A dropout model that is no better than NBD by a
//     likelihood-ratio test is left out: the data show no dropout that it could tell. One that
//     is better stays though a parameter runs to its bound: then all customers leave alike, at
//     the rate that the ratio of its parameters still tells. Of an Erlang model the test cannot
//     tell dropout from regular gaps, so that at a bound it is left out.
//  2. Those left, and NBD, are fitted once more at an inner cut, which leaves the last half of
//     the history out (at most the horizon asked for), and forecast it. The least loss wins: the
//     mean of Poisson deviance and absolute error, each as a share of what the plain mean loses;
//     unless a model with fewer parameters is within one standard error of it.
//  3. Without an inner holdout the best by BIC wins.
//
// counts are the patterns of all customers at the cut; book holds the histories of all or of a
// sample of them; clock gives seconds, to be reported only (nil: none).
func Choose(counts []Count, gaps Gaps, book Book, cut, horizon int32, clock func() float64) Choice {
	if clock == nil {
		clock = func() float64 { return 0 }
	}
	c := Choice{Name: ModelRate}
	for _, name := range OrderModels {
		start := clock()
		fit, err := FitOrders(name, counts, gaps)
		fit.Model = name
		one := Candidate{Fit: fit, Err: err, Loss: math.NaN()}
		switch {
		case err != nil:
			one.Out = err.Error()
		case name == ModelNBD:
		case fit.DropoutShown() < NoDropout:
			one.Out = fmt.Sprintf("no better than %s: likelihood-ratio statistic %.2f, below %.2f; the orders show no dropout", ModelNBD, fit.DropoutShown(), NoDropout)
		case fit.AtBound && fit.K > 0: // its statistic speaks of regular gaps, too
			one.Out = "a parameter runs to its bound: the dropout part has degenerated"
		case fit.K == 1:
			one.Out = "the gaps are no more regular than chance: k = 1 is the model without k"
		}
		one.Seconds = clock() - start
		c.Candidates = append(c.Candidates, one)
	}
	var in []int
	for i := range c.Candidates {
		if c.Candidates[i].Out == "" {
			in = append(in, i)
		}
	}
	switch len(in) {
	case 0:
		c.Reason = "no order model could be fitted: " + c.Candidates[0].Out
		return c
	case 1:
		c.Name = c.Candidates[in[0]].Fit.Model
		c.Reason = "every dropout model is left out: " + c.boundary()
		if c.Name != ModelNBD {
			c.Reason = "the only model that is left"
		}
		return c
	}
	if err := c.holdOut(in, book, cut, horizon); err != nil {
		best := in[0]
		for _, i := range in {
			if bic(&c.Candidates[i].Fit) > bic(&c.Candidates[best].Fit) {
				best = i
			}
		}
		c.Name = c.Candidates[best].Fit.Model
		c.Reason = fmt.Sprintf("the best by BIC; there was no inner holdout: %v", err)
	}
	return c
}

// boundary says why the dropout models were left out.
func (c *Choice) boundary() string {
	seen := map[string]bool{}
	var out []string
	for i := range c.Candidates {
		one := &c.Candidates[i]
		if one.Out != "" && !seen[one.Out] {
			seen[one.Out] = true
			out = append(out, one.Fit.Model+" "+one.Out)
		}
	}
	return strings.Join(out, "; ")
}

// bic is the log-likelihood less half a log of the customers for each parameter.
func bic(f *OrderFit) float64 {
	return f.LL - float64(len(f.List()))/2*math.Log(float64(max(f.Customers, 1)))
}

// unitLosses are the mean deviance and absolute error of the mean itself: in these units the two
// weigh the same.
func unitLosses(actual []float64) (deviance, absolute float64) {
	m := mean(actual)
	for _, y := range actual {
		deviance += poissonDeviance(m, y) / float64(len(actual))
		absolute += math.Abs(m-y) / float64(len(actual))
	}
	return math.Max(deviance, 1e-9), math.Max(absolute, 1e-9)
}

// holdOut compares candidates on the last part of the history.
func (c *Choice) holdOut(in []int, book Book, cut, horizon int32) error {
	first, _, ok := book.Span(cut)
	if !ok {
		return errors.New("no history")
	}
	days := min(horizon, (cut-first+1)/2)
	if days < MinInnerDays {
		return fmt.Errorf("half of %d days of orders is less than %d", cut-first+1, MinInnerDays)
	}
	sight := book.At(cut - days)
	counts := sight.Counts()
	actual, _ := book.Outcome(sight, cut)
	deviance, absolute := unitLosses(actual)
	losses := map[int][]float64{}
	best := -1
	for _, i := range in {
		one := &c.Candidates[i]
		fit, err := FitOrders(one.Fit.Model, counts, sight.Gaps)
		if err != nil {
			one.Out = "at the inner cut: " + err.Error()
			continue
		}
		m := fit.Answers()
		loss := make([]float64, len(actual))
		known := map[Pattern]float64{}
		for j := range actual {
			p := sight.Seen[j].Pattern
			e, ok := known[p]
			if !ok {
				e = m.PAlive(p) * m.ExpectedAlive(p, Weeks(days))
				known[p] = e
			}
			loss[j] = poissonDeviance(e, actual[j])/deviance + math.Abs(e-actual[j])/absolute
		}
		losses[i], one.Loss = loss, mean(loss)/2
		if best < 0 || one.Loss < c.Candidates[best].Loss {
			best = i
		}
	}
	if best < 0 {
		return fmt.Errorf("no model could be fitted %d days before the end", days)
	}
	c.InnerDays = days
	chosen := best
	for _, i := range in {
		if losses[i] == nil || len(c.Candidates[i].Fit.List()) >= len(c.Candidates[best].Fit.List()) {
			continue
		}
		if difference, stdErr := paired(losses[i], losses[best]); difference <= stdErr {
			chosen = i
			break
		}
	}
	c.Name = c.Candidates[chosen].Fit.Model
	c.Reason = fmt.Sprintf("least loss over the last %d days before the cut: %.4f", days, c.Candidates[chosen].Loss)
	if chosen != best {
		c.Reason = fmt.Sprintf("over the last %d days before the cut its loss %.4f is within one standard error of %s with %.4f, and it has fewer parameters",
			days, c.Candidates[chosen].Loss, c.Candidates[best].Fit.Model, c.Candidates[best].Loss)
	}
	return nil
}
