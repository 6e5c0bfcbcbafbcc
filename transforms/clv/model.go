package clv

import (
	"math"
	"sort"
	"sync"
)

// Model is what a fit leaves for the jobs that forecast: it is written as a small JSON file.
//
// The zero value of a part means that its fit was refused; the reason stands beside it and
// forecasts use the fallback:
//   - orders: rate = (x + 1)/(T + 1/pooled), the pooled rate weighted as one order, constant
//     in time; nobody is ever certain to have left and P(alive) is null;
//   - spend: (x*mean + pooled)/(x + 1), the pooled mean weighted as one order day.
type Model struct {
	Orders       *OrderFit      `json:"orders,omitempty"`
	OrdersReason string         `json:"orders_reason,omitempty"` // why there is no BG/NBD
	Spend        *GammaGammaFit `json:"spend,omitempty"`
	SpendReason  string         `json:"spend_reason,omitempty"` // why there is no Gamma-Gamma
	Warnings     []string       `json:"warnings,omitempty"`     // what a reader of the forecasts should know
	Basis        string         `json:"basis"`                  // "revenue" or "margin": what spends were
	PooledRate   float64        `json:"pooled_rate"`            // repeat order days per customer and week
	PooledSpend  float64        `json:"pooled_spend"`           // mean of the customers' mean spend per order day, 0 if unknown
	Chosen       string         `json:"chosen_because,omitempty"`
	Tried        []Tried        `json:"tried,omitempty"` // order models that were compared
	NBD          *OrderFit      `json:"nbd,omitempty"`   // what the correction looks at beside the chosen model
	Blend        *Blend         `json:"blend,omitempty"` // correction of the models' expectations; nil: none
	BlendReason  string         `json:"blend_reason,omitempty"`
	Season       Season         `json:"season,omitempty"` // index of the months; nil without two years of orders
	AsOf         int32          `json:"as_of,omitempty"`  // day from which forecasts look ahead; for the season
}

// Tried is an order model that was compared with others.
type Tried struct {
	Name string   `json:"name"`
	LL   *float64 `json:"ll,omitempty"`
	Loss *float64 `json:"loss,omitempty"` // see Choose
	Out  string   `json:"out,omitempty"`  // why it was left out
}

// learnDays is the horizon that models are chosen and corrected for: a year.
const learnDays = 365

// FitHistories is Fit with a choice among the order models and a correction of what the chosen
// one misses (docs/decisions/0031). counts are of all customers; book holds the histories of a
// sample of them up to the day.
func FitHistories(counts []Count, spends []Spend, basis string, book Book, asOf int32) Model {
	counts = Compress(counts)
	sortSpends(spends)
	model := Model{Basis: basis, AsOf: asOf}
	model.pool(counts)
	model.fitSpend(spends)
	// The gaps between all customers' order days are not gathered, so that the Erlang models stay out.
	choice := Choose(counts, Gaps{}, book, asOf, learnDays, nil)
	for i := range choice.Candidates {
		one := &choice.Candidates[i]
		t := Tried{Name: one.Fit.Model, Out: one.Out}
		if one.Err == nil {
			t.LL = &one.Fit.LL
		}
		if !math.IsNaN(one.Loss) {
			t.Loss = &one.Loss
		}
		model.Tried = append(model.Tried, t)
	}
	model.Orders, model.NBD = choice.Chosen(), choice.Of(ModelNBD)
	if model.Orders == nil {
		model.OrdersReason = choice.Reason
		return model
	}
	model.Chosen = choice.Reason
	if first, _, ok := book.Span(asOf); ok {
		model.Season = NewSeason(book.Monthly(asOf), first, asOf)
	}
	if model.NBD == nil {
		model.BlendReason = "NBD, which the correction looks at, could not be fitted"
		return model
	}
	blend, err := FitBlend(book, choice.Name, asOf, learnDays)
	if err != nil {
		model.BlendReason = err.Error()
		return model
	}
	model.Blend = blend
	return model
}

// Fit fits both parts. It never fails: what the data cannot carry falls back, with the
// reason in the model. counts and spends may come in any order.
func Fit(counts []Count, spends []Spend, basis string) Model {
	counts = Compress(counts)
	sort.Slice(spends, func(i, j int) bool {
		if spends[i].X != spends[j].X {
			return spends[i].X < spends[j].X
		}
		return spends[i].Mean < spends[j].Mean
	})
	model, spend := Model{Basis: basis}, Model{}
	var wait sync.WaitGroup // the two know nothing of each other
	wait.Go(func() { spend.fitSpend(spends) })
	model.fitOrders(counts)
	wait.Wait()
	model.Spend, model.SpendReason, model.PooledSpend = spend.Spend, spend.SpendReason, spend.PooledSpend
	model.Warnings = append(model.Warnings, spend.Warnings...)
	return model
}

// pool finds the rate of the fallback.
func (m *Model) pool(counts []Count) {
	if total := Sum(counts); total.Weeks > 0 {
		m.PooledRate = float64(total.Repeats) / total.Weeks
	}
}

func (m *Model) fitOrders(counts []Count) {
	m.pool(counts)
	fit, err := FitBGNBD(counts)
	if err != nil {
		m.OrdersReason = err.Error()
		return
	}
	m.Orders = &fit
	if fit.AtBound {
		m.Warnings = append(m.Warnings, "a BG/NBD parameter is at its bound: part of the model has degenerated")
	}
	if fit.DropoutShown() < 6 {
		m.Warnings = append(m.Warnings, "BG/NBD is no better than a model in which nobody leaves: the orders show no dropout")
	}
}

func (m *Model) fitSpend(spends []Spend) {
	if kept := usable(spends); len(kept) > 0 {
		m.PooledSpend, _ = describe(kept)
	}
	fit, err := FitGammaGamma(spends)
	if err != nil {
		m.SpendReason = err.Error()
		return
	}
	m.Spend = &fit
	if math.Abs(fit.Correlation) > 0.3 {
		m.Warnings = append(m.Warnings, "spend and number of orders are correlated; Gamma-Gamma assumes that they are not")
	}
}

// Name is the order model in use.
func (m *Model) Name() string {
	if m.Orders != nil {
		return m.Orders.Model
	}
	return ModelRate
}

// ExpectedSpend is the expected spend per order day of a customer with x repeat order days of
// the given mean. Without any spend in the data it is 0.
func (m *Model) ExpectedSpend(x int32, mean float64) float64 {
	if !(mean > 0) || math.IsInf(mean, 0) {
		x, mean = 0, 0
	}
	if m.Spend != nil {
		return m.Spend.Expected(x, mean)
	}
	return (float64(x)*mean + m.PooledSpend) / (float64(x) + 1)
}

// rate is the fallback's orders per week of a customer.
func (m *Model) rate(c Pattern) float64 {
	if !(m.PooledRate > 0) {
		return 0
	}
	return (float64(c.X) + 1) / (Weeks(c.Age) + 1/m.PooledRate)
}
