package clv

import (
	"fmt"
	"math"
)

// Names in a backtest beside the order models.
const (
	ModelBlend = "blend"      // the chosen model, corrected by what it missed at earlier cuts
	MethodMean = "mean"       // the actual mean for everybody, known afterwards only
	MethodRate = "rate"       // x * h/T, at the customer's own mean spend
	MethodPast = "past_spend" // money to date, as an order of customers
)

// Result is one method of a backtest.
type Result struct {
	Name    string
	Fit     *OrderFit // of order models
	Out     string    // why it was left out of the choice, or could not be fitted
	Seconds float64
	Orders  []float64 // forecast by customer; nil where it has none
	Money   []float64
	Counts  Measures // against the orders of the holdout
	Value   Measures // against its money
}

// Backtest holds all methods against a holdout.
type Backtest struct {
	Chosen      string // what is used
	Reason      string
	OrderModel  string // under the blend
	Results     []Result
	Customers   int
	Spend       *GammaGammaFit
	SpendReason string // why there is none
	Blend       *Blend
	BlendReason string    // why there is none
	Season      float64   // factor of the holdout's days; 1 without an index
	Orders      []float64 // of the holdout, by customer
	Money       []float64
}

// By is the result of a method; nil if there is none.
func (b *Backtest) By(name string) *Result {
	for i := range b.Results {
		if b.Results[i].Name == name {
			return &b.Results[i]
		}
	}
	return nil
}

// Run fits everything on what happened up to the cut and holds it against (cut, end]. The
// choice sees nothing after the cut. clock gives seconds, to be reported only (nil: none).
func Run(book Book, cut, end int32, clock func() float64) (*Backtest, error) {
	if clock == nil {
		clock = func() float64 { return 0 }
	}
	sight := book.At(cut)
	if len(sight.Seen) == 0 {
		return nil, fmt.Errorf("%w: nobody ordered up to the end of calibration", ErrRefused)
	}
	if end <= cut {
		return nil, fmt.Errorf("%w: the holdout ends before it begins", ErrRefused)
	}
	b := &Backtest{Customers: len(sight.Seen), Season: 1}
	b.Orders, b.Money = book.Outcome(sight, end)
	days, weeks := end-cut, Weeks(end-cut)
	first, last, _ := book.Span(cut)
	b.Season = NewSeason(book.Monthly(cut), first, max(last, cut)).Factor(cut, days)

	model := Model{Basis: BasisRevenue}
	counts := sight.Counts()
	model.pool(counts)
	model.fitSpend(sight.Spends())
	b.Spend, b.SpendReason = model.Spend, model.SpendReason

	choice := Choose(counts, sight.Gaps, book, cut, days, clock)
	b.Chosen, b.OrderModel, b.Reason = choice.Name, choice.Name, choice.Reason
	spend := make([]float64, len(sight.Seen))
	for i, s := range sight.Seen {
		spend[i] = model.ExpectedSpend(s.Spend.X, s.Mean)
	}
	for _, one := range choice.Candidates {
		r := Result{Name: one.Fit.Model, Out: one.Out, Seconds: one.Seconds}
		if one.Err == nil {
			fit := one.Fit
			r.Fit = &fit
			r.Orders, r.Money = make([]float64, len(sight.Seen)), make([]float64, len(sight.Seen))
			answers, known := fit.Answers(), map[Pattern]float64{}
			for i, s := range sight.Seen {
				e, ok := known[s.Pattern]
				if !ok {
					e = answers.PAlive(s.Pattern) * answers.ExpectedAlive(s.Pattern, weeks) * b.Season
					known[s.Pattern] = e
				}
				r.Orders[i], r.Money[i] = e, e*spend[i]
			}
		}
		b.Results = append(b.Results, r)
	}
	b.blend(book, sight, &choice, &model, cut, days, clock)
	b.simple(sight, &model, spend, weeks)
	for i := range b.Results {
		r := &b.Results[i]
		if r.Orders != nil {
			r.Counts = Measure(r.Orders, b.Orders)
		}
		if r.Money != nil {
			r.Value = Measure(r.Money, b.Money)
		}
	}
	return b, nil
}

// blend adds the corrected forecasts, or the reason why there are none.
func (b *Backtest) blend(book Book, sight *Sight, choice *Choice, model *Model, cut, days int32, clock func() float64) {
	start := clock()
	chosen, nbd := choice.Chosen(), choice.Of(ModelNBD)
	if chosen == nil || nbd == nil {
		b.BlendReason = "no order model to correct"
		return
	}
	blend, err := FitBlend(book, choice.Name, cut, days)
	if err != nil {
		b.BlendReason = err.Error()
		return
	}
	ground := NewGround(chosen, nbd, model)
	r := Result{Name: ModelBlend, Orders: make([]float64, len(sight.Seen)), Money: make([]float64, len(sight.Seen))}
	for i, s := range sight.Seen {
		n, m := blend.Forecast(ground, s, Weeks(days))
		r.Orders[i], r.Money[i] = n*b.Season, m*b.Season
	}
	r.Seconds = clock() - start
	b.Blend, b.Chosen = blend, ModelBlend
	b.Reason = fmt.Sprintf("%s, corrected by what it missed after %d earlier dates; %s: %s", choice.Name, blend.Cuts, choice.Name, choice.Reason)
	b.Results = append(b.Results, r)
}

// simple adds the methods that need no model.
func (b *Backtest) simple(sight *Sight, model *Model, spend []float64, weeks float64) {
	n := len(sight.Seen)
	add := func(name string, forecast func(i int) (orders, money float64)) {
		r := Result{Name: name, Orders: make([]float64, n), Money: make([]float64, n)}
		for i := range n {
			r.Orders[i], r.Money[i] = forecast(i)
		}
		b.Results = append(b.Results, r)
	}
	if b.OrderModel == ModelRate {
		add(ModelRate, func(i int) (float64, float64) {
			e := model.rate(sight.Seen[i].Pattern) * weeks * b.Season
			return e, e * spend[i]
		})
	}
	meanOrders, meanMoney := mean(b.Orders), mean(b.Money)
	add(MethodMean, func(int) (float64, float64) { return meanOrders, meanMoney })
	add(MethodRate, func(i int) (float64, float64) {
		s := &sight.Seen[i]
		e := float64(s.Pattern.X) * weeks / math.Max(Weeks(s.Age), 1)
		return e, e * s.Mean
	})
	past := Result{Name: MethodPast, Money: make([]float64, n)}
	for i, s := range sight.Seen {
		past.Money[i] = s.Past
	}
	b.Results = append(b.Results, past)
}

// Against says how much larger a measure is for one forecast than for another: the 2.5 % and
// 97.5 % points over resampled customers (paired bootstrap). The resamples are those of a fixed
// generator, so that equal data give equal limits.
func Against(measure func(forecast, actual []float64) float64, a, b, actual []float64, resamples int) (low, high float64) {
	n := len(actual)
	differences := make([]float64, resamples)
	fa, fb, y := make([]float64, n), make([]float64, n), make([]float64, n)
	state := uint64(0x9E3779B97F4A7C15)
	for k := range differences {
		for i := range n {
			state ^= state << 13 // xorshift64
			state ^= state >> 7
			state ^= state << 17
			j := int(state % uint64(n))
			fa[i], fb[i], y[i] = a[j], b[j], actual[j]
		}
		differences[k] = measure(fa, y) - measure(fb, y)
	}
	return quantileOf(differences, 0.025), quantileOf(differences, 0.975)
}
