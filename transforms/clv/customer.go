package clv

import (
	"math"

	"github.com/tributary-cdp/tributary/schemas"
)

// Bases of values.
const (
	BasisRevenue = "revenue"
	BasisMargin  = "margin"
)

// moneyScale is what tables' money counts in: ten-thousandths of the reporting currency.
const moneyScale = 10000

// Money converts reporting units to a table's ten-thousandths, half away from zero. What does
// not fit ends at the largest amount.
func Money(units float64) int64 {
	v := math.Round(units * moneyScale)
	switch {
	case math.IsNaN(v):
		return 0
	case v >= math.MaxInt64:
		return math.MaxInt64
	case v <= math.MinInt64:
		return math.MinInt64
	}
	return int64(v)
}

// BasisOf is margin when every buyer's margin is known, else revenue: one basis for all, so
// that values can be compared.
func BasisOf(buyers, withMargin int64) string {
	if buyers > 0 && buyers == withMargin {
		return BasisMargin
	}
	return BasisRevenue
}

// PatternOf is the pattern of a profile; false for a customer without orders.
func PatternOf(p *schemas.CustomerProfile) (Pattern, bool) {
	if p.Orders == 0 {
		return Pattern{}, false
	}
	return Pattern{X: int32(p.RepeatDays), Last: int32(p.RepeatSpanDays), Age: int32(p.AgeDays)}, true
}

// SpendOf is what a repeat order day brings, by the basis: revenue, or revenue times the
// customer's share of margin.
func SpendOf(p *schemas.CustomerProfile, basis string) Spend {
	if p.RepeatSpend == nil || p.RepeatDays <= 0 {
		return Spend{}
	}
	mean := float64(*p.RepeatSpend) / moneyScale
	if basis == BasisMargin {
		if p.Margin == nil || p.Revenue <= 0 {
			return Spend{}
		}
		mean *= float64(*p.Margin) / float64(p.Revenue)
	}
	return Spend{X: int32(p.RepeatDays), Mean: mean}
}

// Row is the row of customer_clv of a profile, but for the run's columns and the acquisition
// cost, which is known by channel only; false for a customer without orders.
func (f *Forecaster) Row(p *schemas.CustomerProfile) (schemas.CustomerCLV, Forecast, bool) {
	pattern, ok := PatternOf(p)
	if !ok {
		return schemas.CustomerCLV{}, Forecast{}, false
	}
	spend := SpendOf(p, f.model.Basis)
	toDate := p.Revenue
	if f.model.Basis == BasisMargin && p.Margin != nil {
		toDate = *p.Margin
	}
	forecast := f.Seen(Seen{Pattern: pattern, Spend: spend, Past: float64(toDate) / moneyScale})
	low, high := forecast.Interval()
	row := schemas.CustomerCLV{
		CustomerID: p.CustomerID,
		Model:      f.model.Name(),
		Basis:      f.model.Basis,
		YearlyRate: f.settings.YearlyRate,
		Orders3m:   forecast.Orders3,
		Orders6m:   forecast.Orders6,
		Orders12m:  forecast.Orders12,
		Spend:      Money(forecast.Spend),
		CLV12m:     Money(forecast.CLV12()),
		CLVLow:     amount(low),
		CLVHigh:    amount(high),
	}
	lifetime := toDate + Money(forecast.Residual())
	row.CLVLifetime = &lifetime
	if !math.IsNaN(forecast.PAlive) {
		alive := forecast.PAlive
		row.PAlive = &alive
	}
	return row, forecast, true
}

func amount(units float64) *int64 {
	v := Money(units)
	return &v
}
