// Package effect measures what a campaign, audience or play did: it compares the customers who
// were reached with those who were held back by chance, over the same days after each
// customer's own beginning.
//
// Sums are exact whole numbers, so that parts merge to the same in any order.
package effect

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/measure"
)

// WindowDays is how many days after the beginning count. As many before it tell whether the
// two groups were alike.
const WindowDays = 28

// Kinds of what is compared.
const (
	KindAudience = "audience"
	KindCampaign = "campaign"
	KindPlay     = "play"
)

// Outcome is what one customer did around a day.
type Outcome struct {
	Orders       int64
	Revenue      int64 // ten-thousandths of the reporting currency
	Margin       int64 // ten-thousandths of the reporting currency
	MarginKnown  bool
	OrdersBefore int64
}

// OutcomeOf is what a customer's orders say: those in the WindowDays after the day start, and
// in the WindowDays before it. Orders count as in every measure, see measure.Counting.
func OutcomeOf(orders []schemas.OrderRow, start int32) Outcome {
	out := Outcome{MarginKnown: true}
	for i := range orders {
		o := &orders[i]
		switch {
		case o.Day > start && o.Day <= start+WindowDays:
			if measure.Counting(o) {
				out.Orders++
			}
			if measure.Earning(o) {
				out.Revenue += o.Revenue
				if o.Margin != nil {
					out.Margin += *o.Margin
				} else if o.Revenue != 0 {
					out.MarginKnown = false
				}
			}
		case o.Day < start && o.Day >= start-WindowDays && measure.Counting(o):
			out.OrdersBefore++
		}
	}
	return out
}

// Moments are the sum and the sum of squares of whole numbers, exactly.
type Moments struct {
	Sum     int64
	SquareH uint64 // high and low half
	SquareL uint64
}

func (m *Moments) add(v int64) {
	m.Sum += v
	magnitude := uint64(v)
	if v < 0 {
		magnitude = -magnitude
	}
	high, low := bits.Mul64(magnitude, magnitude)
	m.addSquare(high, low)
}

func (m *Moments) addSquare(high, low uint64) {
	var carry uint64
	m.SquareL, carry = bits.Add64(m.SquareL, low, 0)
	m.SquareH, _ = bits.Add64(m.SquareH, high, carry)
}

func (m *Moments) merge(o Moments) {
	m.Sum += o.Sum
	m.addSquare(o.SquareH, o.SquareL)
}

// mean and the square of its standard error, of n numbers in units.
func (m *Moments) mean(n int64, units float64) (mean, se2 float64) {
	count := float64(n)
	mean = float64(m.Sum) / count
	squares := math.Ldexp(float64(m.SquareH), 64) + float64(m.SquareL)
	variance := max(0, (squares-mean*float64(m.Sum))/(count-1))
	return mean / units, variance / count / (units * units)
}

// Group are the customers of one side.
type Group struct {
	Customers     int64
	UnknownMargin int64 // customers with an order whose margin is not known
	Orders        Moments
	Revenue       Moments
	Margin        Moments
	Before        Moments // orders before the beginning
}

// Add counts a customer.
func (g *Group) Add(o Outcome) {
	g.Customers++
	g.Orders.add(o.Orders)
	g.Revenue.add(o.Revenue)
	g.Before.add(o.OrdersBefore)
	if o.MarginKnown {
		g.Margin.add(o.Margin)
	} else {
		g.UnknownMargin++
	}
}

func (g *Group) merge(o Group) {
	g.Customers += o.Customers
	g.UnknownMargin += o.UnknownMargin
	g.Orders.merge(o.Orders)
	g.Revenue.merge(o.Revenue)
	g.Margin.merge(o.Margin)
	g.Before.merge(o.Before)
}

// Sum is one campaign, audience or play.
type Sum struct {
	Kind    string
	Name    string
	From    int32 // first beginning
	To      int32 // last beginning
	Treated Group
	Control Group
	Waiting int64 // customers whose days are not over yet
	Mixed   int64 // customers who are in both groups, by records that were joined later
}

// Compare orders sums by kind and name.
func Compare(a, b Sum) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) }

func (s *Sum) merge(o *Sum) {
	s.From, s.To = min(s.From, o.From), max(s.To, o.To)
	s.Treated.merge(o.Treated)
	s.Control.merge(o.Control)
	s.Waiting += o.Waiting
	s.Mixed += o.Mixed
}

// Merge adds sums up, in order of kind and name.
func Merge(all []Sum) []Sum {
	slices.SortFunc(all, Compare)
	var out []Sum
	for i := range all {
		if n := len(out); n > 0 && Compare(out[n-1], all[i]) == 0 {
			out[n-1].merge(&all[i])
		} else {
			out = append(out, all[i])
		}
	}
	return out
}

// difference of two means with its 95 % interval by Welch's t; ok is false where it cannot be
// told: fewer than two customers on a side, or no variation at all.
type difference struct {
	value, low, high, se float64
	ok                   bool
}

func differ(meanA, seA2 float64, nA int64, meanB, seB2 float64, nB int64) difference {
	d := difference{value: meanA - meanB, se: math.Sqrt(seA2 + seB2)}
	if !(d.se > 0) {
		return d
	}
	// Welch and Satterthwaite's degrees of freedom.
	freedom := (seA2 + seB2) * (seA2 + seB2) / (seA2*seA2/float64(nA-1) + seB2*seB2/float64(nB-1))
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(0.975)
	d.low, d.high, d.ok = d.value-t*d.se, d.value+t*d.se, true
	return d
}

// ReferenceLift is the effect that power is stated for: a tenth of what the control group does.
const ReferenceLift = 0.10

// Quantiles of the normal law: of a two-sided test at 5 %, and of a power of 80 %.
const (
	z975 = 1.959963984540054
	z80  = 0.8416212335729143
)

// moneyUnits of tables make one unit of the reporting currency.
const moneyUnits = 10_000

// Row states a sum as a row of table intervention_effect, but for the run's columns. What
// cannot be told is null: an empty or single-customer group, margins that are not all known.
func (s *Sum) Row() schemas.InterventionEffect {
	t, c := &s.Treated, &s.Control
	row := schemas.InterventionEffect{
		Kind: s.Kind, Audience: s.Name, From: s.From, To: s.To, WindowDays: WindowDays, Treated: t.Customers, Control: c.Customers, Waiting: s.Waiting, Mixed: s.Mixed,
	}
	mean := func(m *Moments, n int64, units float64) *float64 {
		if n == 0 {
			return nil
		}
		v := float64(m.Sum) / float64(n) / units
		return &v
	}
	row.OrdersTreated, row.OrdersControl = mean(&t.Orders, t.Customers, 1), mean(&c.Orders, c.Customers, 1)
	if t.Customers < 2 || c.Customers < 2 {
		return row
	}
	compare := func(a, b *Moments, units float64) difference {
		meanA, seA := a.mean(t.Customers, units)
		meanB, seB := b.mean(c.Customers, units)
		return differ(meanA, seA, t.Customers, meanB, seB, c.Customers)
	}
	if d := compare(&t.Orders, &c.Orders, 1); d.ok {
		row.Orders, row.Low, row.High = &d.value, &d.low, &d.high
		detectable := (z975 + z80) * d.se
		lift := ReferenceLift * *row.OrdersControl / d.se
		power := distuv.UnitNormal.CDF(lift-z975) + distuv.UnitNormal.CDF(-lift-z975)
		row.Detectable, row.Power = &detectable, &power
	}
	if d := compare(&t.Before, &c.Before, 1); d.ok {
		balanced := d.low <= 0 && d.high >= 0
		row.Before, row.BeforeLow, row.BeforeHigh, row.Balanced = &d.value, &d.low, &d.high, &balanced
	}
	if d := compare(&t.Revenue, &c.Revenue, moneyUnits); d.ok {
		row.Revenue, row.RevenueLow, row.RevenueHigh = &d.value, &d.low, &d.high
	}
	if t.UnknownMargin+c.UnknownMargin == 0 {
		if d := compare(&t.Margin, &c.Margin, moneyUnits); d.ok {
			row.Margin, row.MarginLow, row.MarginHigh = &d.value, &d.low, &d.high
		}
	}
	return row
}
