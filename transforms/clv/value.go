package clv

import (
	"math"
	"sync"
)

// LifetimeMonths is how far the residual of the lifetime value looks: what a discount rate
// and a dropout process leave beyond five years is small and not to be trusted.
const LifetimeMonths = 60

// Settings say what a forecast answers.
type Settings struct {
	HorizonDays int     // of the churn probability; > 0
	YearlyRate  float64 // discount per year, 0.10 = 10 %; >= 0
}

// Forecast is what a model says of one customer. Orders are order days.
type Forecast struct {
	PAlive           float64 // NaN under the fallback
	Orders3          float64 // expected in the next 3 months
	Orders6          float64
	Orders12         float64
	OrdersLifetime   float64 // in the next LifetimeMonths
	OrdersHorizon    float64 // in the next HorizonDays
	OrdersIfRetained float64 // in the next HorizonDays, given at least one; 0 if impossible
	PNoOrder         float64 // probability of none in the next HorizonDays
	DiscountedOrders float64 // of the next 12 months, each month's at its middle
	ResidualOrders   float64 // of the next LifetimeMonths
	Orders12Low      float64 // 10 % of customers like this one order less in 12 months
	Orders12High     float64 // 10 % order more
	NextOrderDays    float64 // half of the customers like this one who are still here order within so many days; +Inf if none do
	Spend            float64 // expected spend per order day, reporting units
}

// CLV12 is the discounted value of the next 12 months, in reporting units.
func (f Forecast) CLV12() float64 { return f.DiscountedOrders * f.Spend }

// Interval is the range that holds CLV12 for 80 of 100 customers like this one. It covers
// chance in the number of orders at the expected spend, not doubt about the parameters.
func (f Forecast) Interval() (low, high float64) {
	if f.Orders12 <= 0 {
		return 0, 0
	}
	unit := f.CLV12() / f.Orders12
	return f.Orders12Low * unit, f.Orders12High * unit
}

// Residual is the discounted value of the next LifetimeMonths.
func (f Forecast) Residual() float64 { return f.ResidualOrders * f.Spend }

// Forecaster answers for many customers. What depends on the repeat count and the age alone
// is computed once. Not for use by two goroutines at a time.
type Forecaster struct {
	model    *Model
	orders   OrderModel // nil: the fallback
	ground   *Ground    // of the correction; nil: none
	settings Settings
	cache    map[[3]int32]alive
	known    *sync.Map // shared by twins: what any of them has computed
}

// alive is the forecast of a customer known to be here.
type alive struct {
	orders3, orders6, orders12, lifetime, horizon float64
	discounted, residual                          float64
	learned                                       float64 // orders in the weeks that the correction learned on
	retained                                      float64 // orders in the horizon, given at least one
	median                                        float64 // days until half have ordered
	silent12                                      float64 // P(no order in 12 months | here)
	shape                                         float64 // of the negative binomial of the orders in 12 months
}

// cacheLimit bounds the memory of a forecaster; 2 million pairs would be 200 MB.
const cacheLimit = 1 << 17

// NewForecaster returns a forecaster of a model.
func NewForecaster(model *Model, settings Settings) *Forecaster {
	f := &Forecaster{model: model, settings: settings, cache: map[[3]int32]alive{}, known: &sync.Map{}}
	if model.Orders != nil {
		f.orders = model.Orders.Answers()
		if model.Blend != nil && model.NBD != nil {
			f.ground = NewGround(model.Orders, model.NBD, model)
		}
	}
	return f
}

// Twin is a forecaster for another goroutine that shares what is computed once.
func (f *Forecaster) Twin() *Forecaster {
	return &Forecaster{model: f.model, orders: f.orders, ground: f.ground, settings: f.settings, cache: map[[3]int32]alive{}, known: f.known}
}

// Seen forecasts one customer of whom the money to date is known too: the models' expectation,
// corrected, and for the months ahead.
func (f *Forecaster) Seen(s Seen) Forecast {
	out := f.Customer(s.Pattern, s.Spend.X, s.Mean)
	if f.ground != nil {
		here := f.alive(s.Pattern)
		orders, money := f.model.Blend.Factors(f.ground, s, out.PAlive*here.learned)
		for _, v := range []*float64{
			&out.Orders3, &out.Orders6, &out.Orders12, &out.OrdersLifetime, &out.OrdersHorizon,
			&out.DiscountedOrders, &out.ResidualOrders, &out.Orders12Low, &out.Orders12High,
		} {
			*v *= orders
		}
		out.Spend *= money / orders
	}
	if f.model.Season != nil {
		out.Orders3 *= f.model.Season.Factor(f.model.AsOf, 91)
		out.Orders6 *= f.model.Season.Factor(f.model.AsOf, 183)
		out.OrdersHorizon *= f.model.Season.Factor(f.model.AsOf, int32(f.settings.HorizonDays))
	}
	return out
}

// Customer forecasts one customer by the models alone. meanSpend is the mean revenue of the repeat order days
// with positive revenue, spendDays their number.
func (f *Forecaster) Customer(c Pattern, spendDays int32, meanSpend float64) Forecast {
	out := Forecast{Spend: f.model.ExpectedSpend(spendDays, meanSpend)}
	horizon := float64(f.settings.HorizonDays) / 7
	here := f.alive(c)
	share := 1.0
	if orders := f.orders; orders != nil {
		out.PAlive = orders.PAlive(c)
		out.PNoOrder = pNoOrder(orders, c, horizon)
		share = out.PAlive
	} else {
		out.PAlive = math.NaN()
		out.PNoOrder = math.Exp(-here.horizon)
	}
	out.Orders3, out.Orders6, out.Orders12 = share*here.orders3, share*here.orders6, share*here.orders12
	out.OrdersLifetime, out.OrdersHorizon = share*here.lifetime, share*here.horizon
	out.OrdersIfRetained, out.NextOrderDays = here.retained, here.median
	out.DiscountedOrders, out.ResidualOrders = share*here.discounted, share*here.residual
	out.Orders12Low = float64(quantile(0.1, share, here))
	out.Orders12High = float64(quantile(0.9, share, here))
	return out
}

func (f *Forecaster) alive(c Pattern) alive {
	key := [3]int32{c.X, c.Age}
	if _, regular := f.orders.(CNBD); regular {
		key[2] = c.Last // the rhythm since the last order matters
	}
	if a, ok := f.cache[key]; ok {
		return a
	}
	full := len(f.cache) >= cacheLimit
	if found, ok := f.known.Load(key); ok && !full {
		a := found.(alive)
		f.cache[key] = a
		return a
	}
	a := f.compute(c)
	if !full {
		f.cache[key] = a
		f.known.Store(key, a)
	}
	return a
}

func (f *Forecaster) compute(c Pattern) alive {
	expected := func(weeks float64) float64 { return f.model.rate(c) * weeks }
	silent := func(weeks float64) float64 { return math.Exp(-f.model.rate(c) * weeks) }
	median := math.Ln2 / f.model.rate(c)
	if orders := f.orders; orders != nil {
		expected = func(weeks float64) float64 { return orders.ExpectedAlive(c, weeks) }
		silent = func(weeks float64) float64 { return orders.PSilent(c, weeks) }
		median = half(silent)
	}
	var a alive
	before := 0.0
	for month := 1; month <= LifetimeMonths; {
		step := 1
		if month > 12 { // quarters are fine enough after the first year
			step = 3
		}
		end := month + step - 1
		now := math.Max(before, expected(float64(end)*WeeksPerMonth))
		middle := float64(end) - float64(step)/2
		value := (now - before) * discount(f.settings.YearlyRate, middle)
		switch end {
		case 3:
			a.orders3 = now
		case 6:
			a.orders6 = now
		case 12:
			a.orders12 = now
		}
		if end <= 12 {
			a.discounted += value
		}
		a.residual += value
		before = now
		month += step
	}
	a.lifetime = before
	a.horizon = expected(float64(f.settings.HorizonDays) / 7)
	if f.ground != nil {
		a.learned = expected(f.model.Blend.Weeks)
	}
	if some := 1 - silent(float64(f.settings.HorizonDays)/7); some > 0 {
		a.retained = math.Max(1, a.horizon/some)
	}
	a.median = 7 * median
	a.silent12 = silent(12 * WeeksPerMonth)
	a.shape = shapeOf(a.orders12, a.silent12)
	return a
}

// longest is how many weeks half looks ahead; nothing is planned for what lies beyond.
const longest = 1e4

// half is the number of weeks until half have ordered; +Inf if they do not.
func half(silent func(weeks float64) float64) float64 {
	low, high := math.Log(1e-3), math.Log(longest)
	if silent(longest) > 0.5 {
		return math.Inf(1)
	}
	for range 32 {
		middle := (low + high) / 2
		if silent(math.Exp(middle)) > 0.5 {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Exp((low + high) / 2)
}

// discount is the present value of one unit after so many months.
func discount(yearlyRate, months float64) float64 { return math.Pow(1+yearlyRate, -months/12) }
