package clv

import (
	"fmt"
	"math"
)

// Names of the order models.
const (
	ModelNBD      = "nbd"
	ModelBGNBD    = "bg_nbd"
	ModelMBGNBD   = "mbg_nbd"
	ModelPareto   = "pareto_nbd"
	ModelBGCNBDk  = "bg_cnbd_k"
	ModelMBGCNBDk = "mbg_cnbd_k"
	ModelRate     = "pooled_rate" // the fallback when the data cannot carry any of them
)

// OrderModels are all order models, the simpler before the richer.
var OrderModels = []string{ModelNBD, ModelBGNBD, ModelMBGNBD, ModelPareto, ModelBGCNBDk, ModelMBGCNBDk}

// OrderModel is what any order model answers. Orders are order days, times weeks.
type OrderModel interface {
	// PAlive is the probability that a customer with this pattern has not left.
	PAlive(c Pattern) float64
	// ExpectedAlive is the expected number of orders in the next weeks of a customer who is
	// here.
	ExpectedAlive(c Pattern, weeks float64) float64
	// PSilent is the probability that a customer who is here places no order in the weeks.
	PSilent(c Pattern, weeks float64) float64
	// Tail is P(at least i orders in the weeks), i = 0..n, of a customer who is here.
	Tail(c Pattern, weeks float64, n int) []float64
	// DiscountedAlive is the number of all orders to come of a customer who is here,
	// discounted at a continuous rate per week > 0 (DERT, Fader, Hardie, Lee 2005).
	DiscountedAlive(c Pattern, rate float64) float64
}

// Parameters are those of any order model; those it does not have are 0.
type Parameters struct {
	R     float64 `json:"r"`
	Alpha float64 `json:"alpha"`
	S     float64 `json:"s,omitempty"`
	Beta  float64 `json:"beta,omitempty"`
	A     float64 `json:"a,omitempty"`
	B     float64 `json:"b,omitempty"`
	K     int     `json:"k,omitempty"`
}

// Parameter is one with its name and standard error; the error is 0 where it is unknown.
type Parameter struct {
	Name   string
	Value  float64
	StdErr float64
}

// orderModel is an entry of the registry: how parameters become a model, and back.
type orderModel struct {
	names []string                            // of the parameters that are fitted, in order
	of    func(v []float64, k int) OrderModel // v are the parameters
}

var registry = map[string]orderModel{
	ModelNBD:    {[]string{"r", "alpha"}, func(v []float64, _ int) OrderModel { return NBD{v[0], v[1]} }},
	ModelBGNBD:  {[]string{"r", "alpha", "a", "b"}, func(v []float64, _ int) OrderModel { return BGNBD{v[0], v[1], v[2], v[3]} }},
	ModelMBGNBD: {[]string{"r", "alpha", "a", "b"}, func(v []float64, _ int) OrderModel { return MBGNBD{v[0], v[1], v[2], v[3]} }},
	ModelPareto: {[]string{"r", "alpha", "s", "beta"}, func(v []float64, _ int) OrderModel { return ParetoNBD{v[0], v[1], v[2], v[3]} }},
	ModelBGCNBDk: {[]string{"r", "alpha", "a", "b"}, func(v []float64, k int) OrderModel {
		return CNBD{v[0], v[1], v[2], v[3], k, false}
	}},
	ModelMBGCNBDk: {[]string{"r", "alpha", "a", "b"}, func(v []float64, k int) OrderModel {
		return CNBD{v[0], v[1], v[2], v[3], k, true}
	}},
}

func (p *Parameters) slot(name string) *float64 {
	switch name {
	case "r":
		return &p.R
	case "alpha":
		return &p.Alpha
	case "s":
		return &p.S
	case "beta":
		return &p.Beta
	case "a":
		return &p.A
	}
	return &p.B
}

// OrderFit is a fitted order model.
type OrderFit struct {
	Model string `json:"model"` // its name
	Parameters
	Errors    []float64 `json:"se,omitempty"` // standard errors in the order of List; absent on a ridge
	LL        float64   `json:"ll"`           // log-likelihood, weekly, without the x! term
	NBDLL     float64   `json:"ll_nbd"`       // of the model in which nobody leaves
	Slope     float64   `json:"slope"`        // largest slope per customer on the log scale
	AtBound   bool      `json:"at_bound"`     // a parameter ran to its bound
	Customers int64     `json:"customers"`
	Repeaters int64     `json:"repeaters"`
	Patterns  int       `json:"patterns"`
}

// List is the fitted parameters in order.
func (f *OrderFit) List() []Parameter {
	var out []Parameter
	for i, name := range registry[f.Model].names {
		p := Parameter{Name: name, Value: *f.slot(name)}
		if i < len(f.Errors) {
			p.StdErr = f.Errors[i]
		}
		out = append(out, p)
	}
	if f.K > 0 {
		out = append(out, Parameter{Name: "k", Value: float64(f.K)})
	}
	return out
}

// Answers is the model with its parameters.
func (f *OrderFit) Answers() OrderModel {
	entry, ok := registry[f.Model]
	if !ok {
		entry = registry[ModelBGNBD]
	}
	v := make([]float64, len(entry.names))
	for i, name := range entry.names {
		v[i] = *f.slot(name)
	}
	return entry.of(v, max(f.K, 1))
}

// Expected is the expected number of orders in the next weeks.
func (f *OrderFit) Expected(c Pattern, weeks float64) float64 {
	m := f.Answers()
	return m.PAlive(c) * m.ExpectedAlive(c, weeks)
}

// PAlive is the probability that a customer with this pattern has not left.
func (f *OrderFit) PAlive(c Pattern) float64 { return f.Answers().PAlive(c) }

// PNoOrder is the probability of no order in the next weeks: gone already, or silent.
func (f *OrderFit) PNoOrder(c Pattern, weeks float64) float64 {
	return pNoOrder(f.Answers(), c, weeks)
}

// PCount is the probability of exactly n orders in the next weeks.
func (f *OrderFit) PCount(c Pattern, n int, weeks float64) float64 {
	m := f.Answers()
	alive := m.PAlive(c)
	tail := m.Tail(c, weeks, n+1)
	p := alive * math.Max(0, tail[n]-tail[n+1])
	if n == 0 {
		p += 1 - alive
	}
	return p
}

// DropoutShown is the likelihood-ratio statistic of a dropout model against NBD, in which
// nobody leaves.
func (f *OrderFit) DropoutShown() float64 { return math.Max(0, 2*(f.LL-f.NBDLL)) }

// NoDropout is the statistic below which the orders show no dropout: the 95 % point of
// chi-squared with two degrees of freedom, the parameters that NBD has not. At the boundary,
// where half of the chance lies on 0, it is on the safe side.
const NoDropout = 5.991

func pNoOrder(m interface {
	PAlive(c Pattern) float64
	PSilent(c Pattern, weeks float64) float64
}, c Pattern, weeks float64,
) float64 {
	if !(weeks > 0) {
		return 1
	}
	return math.Min(1, math.Max(0, 1-m.PAlive(c)*(1-m.PSilent(c, weeks))))
}

// objectiveOf is the log-likelihood of a model; k is of the Erlang gaps.
func objectiveOf(name string, k int) func([]Count) objective {
	switch name {
	case ModelNBD:
		return nbdObjective
	case ModelPareto:
		return paretoObjective
	case ModelMBGNBD:
		return betaGeometric{K: 1, Modified: true}.objectiveOf
	case ModelBGCNBDk:
		return betaGeometric{K: k}.objectiveOf
	case ModelMBGCNBDk:
		return betaGeometric{K: k, Modified: true}.objectiveOf
	}
	return betaGeometric{K: 1}.objectiveOf
}

// starts are places to climb from: flat ones, and ones whose mean rate is the data's.
func starts(name string, t Totals) [][]float64 {
	rate := float64(t.Repeats) / math.Max(t.Weeks, 1)
	switch name {
	case ModelNBD:
		return [][]float64{{0.5, 0.5 / rate}, {2, 2 / rate}}
	case ModelPareto:
		weeks := t.Weeks / math.Max(float64(t.Customers), 1)
		return [][]float64{
			{0.5, 0.5 / rate, 0.6, 0.5 * weeks},
			{1, 1 / rate, 1, 10 * weeks},
			{2, 1 / (2 * rate), 0.3, 0.1 * weeks},
		}
	}
	return [][]float64{
		{0.5, 0.5 / rate, 0.8, 2.5},
		{1, 1, 1, 1},
		{0.25, 0.25 / (2 * rate), 0.5, 5},
		{2, 2 / rate, 0.1, 10},
	}
}

// MaxK is the most regular rhythm that is tried; beyond it gaps are all but equal.
const MaxK = 12

// Gaps are the sums over the gaps between order days that the Erlang models need; nothing
// known when Count is 0.
type Gaps struct {
	Count  int64
	LogSum float64 // of ln(gap in weeks)
}

// FitOrders fits an order model by maximum likelihood over pattern counts (see Compress). It
// refuses, with ErrRefused and the reason, data that are too few or do not identify it. gaps
// are needed by the Erlang models alone.
func FitOrders(name string, counts []Count, gaps Gaps) (OrderFit, error) {
	total := Sum(counts)
	fit := OrderFit{Model: name, Customers: total.Customers, Repeaters: total.Repeaters, Patterns: len(counts)}
	if err := total.check(counts); err != nil {
		return fit, err
	}
	if name == ModelBGCNBDk || name == ModelMBGCNBDk {
		if gaps.Count != total.Repeats {
			return fit, fmt.Errorf("%w: the gaps between order days are not known", ErrRefused)
		}
		return fit.climbK(counts, total, gaps)
	}
	best, err := fit.climb(counts, total, 1, starts(name, total))
	if err != nil || name == ModelNBD {
		fit.NBDLL = fit.LL
		return fit, err
	}
	_ = best
	return fit, fit.compare(counts, total)
}

// compare adds the likelihood of NBD.
func (f *OrderFit) compare(counts []Count, total Totals) error {
	best, err := search(ModelNBD, nbdObjective(counts), nbdObjective, counts, starts(ModelNBD, total))
	if err != nil {
		return fmt.Errorf("%w: NBD: %w", ErrRefused, err)
	}
	f.NBDLL = best.ll
	return nil
}

// climb finds the summit for one k.
func (f *OrderFit) climb(counts []Count, total Totals, k int, from [][]float64) (optimum, error) {
	of := objectiveOf(f.Model, k)
	whole := of(counts)
	best, err := search(f.Model, whole, of, counts, from)
	if err != nil {
		return best, fmt.Errorf("%w: %s: %w", ErrRefused, f.Model, err)
	}
	for i, name := range registry[f.Model].names {
		*f.slot(name) = best.parameters[i]
	}
	f.LL, f.Slope, f.AtBound = best.ll, best.slope, best.atBound
	if f.Slope > gradientTolerance {
		return best, fmt.Errorf("%w: %s did not settle: slope %.2g per customer, at most %.2g is accepted", ErrRefused, f.Model, f.Slope, gradientTolerance)
	}
	f.Errors = nil
	if !f.AtBound {
		f.Errors = standardErrors(whole, best.parameters)
	}
	return best, nil
}

// climbK raises k as long as the likelihood does: from one k to the next the rates scale with
// it, so that each climb is short.
func (f *OrderFit) climbK(counts []Count, total Totals, gaps Gaps) (OrderFit, error) {
	from := starts(f.Model, total)
	found := false
	best := *f
	for k := 1; k <= MaxK; k++ {
		next := *f
		summit, err := next.climb(counts, total, k, from)
		next.LL += gapPart(k, total.Repeats, gaps.LogSum)
		next.K = k
		if err != nil || found && next.LL <= best.LL {
			if !found {
				return next, err
			}
			break
		}
		best, found = next, true
		scale := float64(k+1) / float64(k)
		p := summit.parameters
		from = [][]float64{{p[0], p[1] / scale, p[2], p[3]}}
	}
	return best, best.compare(counts, total)
}
