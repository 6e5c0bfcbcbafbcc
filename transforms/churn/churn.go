// Package churn says how likely a customer is to order no more within a horizon, from the
// same model as the clv package: churn = P(no counting order in (as_of, as_of + horizon]).
//
// It is not 1 - P(alive): BG/NBD holds every customer without a repeat order for alive, and
// a customer who is alive may still be silent for longer than a business can wait.
package churn

import (
	"math"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/clv"
)

// States of a customer at as_of.
const (
	StateEligible = "eligible" // silent for no longer than the customer's own 95th-percentile gap
	StateLapsed   = "lapsed"   // silent for longer: gone already, as far as the rhythm tells
	StateNever    = "never"    // no counting order
)

// Bands of the churn probability.
const (
	BandLow    = "low"    // below LowBelow
	BandMedium = "medium" // from LowBelow to below HighFrom
	BandHigh   = "high"   // HighFrom and above
)

// Bounds of the bands.
const (
	LowBelow = 0.40
	HighFrom = 0.70
)

// MinOwnGaps is the number of gaps from which a customer's own percentile stands alone. With
// fewer it is raised to the population's: the 95th percentile of one gap is that gap.
const MinOwnGaps = 3

// MaxNextOrderDays is how far an expected date of the next order is stated; beyond it the
// date means nothing.
const MaxNextOrderDays = 365

// Band places a probability.
func Band(probability float64) string {
	switch {
	case probability < LowBelow:
		return BandLow
	case probability < HighFrom:
		return BandMedium
	default:
		return BandHigh
	}
}

// Settings fix what is asked.
type Settings struct {
	AsOfDay       int32
	HorizonDays   int     // > 0
	PopulationGap float64 // days within which 95 % of repeat customers come back; 0 = unknown: HorizonDays
}

// State compares a customer's silence with the customer's own rhythm.
func (s Settings) State(p *schemas.CustomerProfile) string {
	if p.Orders == 0 || p.RecencyDays == nil {
		return StateNever
	}
	if float64(*p.RecencyDays) <= s.Patience(p.RepeatDays, p.GapP95Days) {
		return StateEligible
	}
	return StateLapsed
}

// Patience is the silence in days up to which a customer with so many gaps between order days,
// and that 95th percentile of them, is eligible.
func (s Settings) Patience(gaps int64, p95 *float64) float64 {
	population := s.PopulationGap
	if population <= 0 {
		population = float64(s.HorizonDays)
	}
	switch {
	case p95 == nil:
		return population
	case gaps < MinOwnGaps:
		return math.Max(*p95, population)
	}
	return *p95
}

// Row is the row of customer_churn of a profile with orders, but for the run's columns. The
// forecast is the one that clv.Forecaster gave for the same profile and horizon. The
// probability of a lapsed customer is stated too: the state tells that it is a fact rather
// than a risk.
func (s Settings) Row(p *schemas.CustomerProfile, model *clv.Model, forecast clv.Forecast) schemas.CustomerChurn {
	probability := math.Min(math.Max(forecast.PNoOrder, 0), 1)
	atRisk := clv.Money(probability * forecast.OrdersIfRetained * forecast.Spend)
	return schemas.CustomerChurn{
		CustomerID:  p.CustomerID,
		Model:       model.Name(),
		HorizonDays: int64(s.HorizonDays),
		Probability: &probability,
		Band:        Band(probability),
		State:       s.State(p),
		Reasons:     s.reasons(p, model, probability),
		ValueAtRisk: &atRisk,
		NextOrder:   s.nextOrder(p, forecast),
	}
}

// nextOrder is the expected day of the next order: for a customer with a rhythm, the last
// order and the median gap; else the day by which half of those like this one will have
// ordered. It is null for customers who have lapsed or have rather left than not, and beyond
// MaxNextOrderDays. A day that is past becomes the next day.
func (s Settings) nextOrder(p *schemas.CustomerProfile, forecast clv.Forecast) *int32 {
	if p.LastOrderDay == nil || s.State(p) != StateEligible || forecast.PAlive < 0.5 {
		return nil
	}
	var day float64
	if p.RepeatDays >= MinOwnGaps && p.MedianGapDays != nil {
		day = float64(*p.LastOrderDay) + *p.MedianGapDays
	} else {
		day = float64(s.AsOfDay) + forecast.NextOrderDays
	}
	if !(day <= float64(s.AsOfDay)+MaxNextOrderDays) {
		return nil
	}
	next := max(int32(math.Ceil(day)), s.AsOfDay+1)
	return &next
}
