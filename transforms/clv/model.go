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
