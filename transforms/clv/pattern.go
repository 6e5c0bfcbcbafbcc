// Package clv predicts what customers will buy: orders by one of several models of buying and
// leaving, each in a file beside its paper (nbd, bgnbd, mbgnbd, paretonbd, cnbd; bgbb for discrete
// seasons, sbg and bdw for contracts), spend per order by the Gamma-Gamma model (Fader, Hardie
// 2013, note 025), and the discounted value of both together. choose.go takes the order model,
// blend.go corrects it by what it missed before, backtest.go holds all against a holdout.
//
// Orders of one day are one. Refunds take money back on their day and are no orders.
//
// Units: observations are whole days, the models count in weeks of seven days, forecasts
// are asked in months of 365.25/12 days. A conversion happens in one place each: Weeks and
// WeeksPerMonth.
package clv

import (
	"cmp"
	"slices"
)

// WeeksPerMonth is one twelfth of a year of 365.25 days, in weeks.
const WeeksPerMonth = 365.25 / 12 / 7

// Weeks converts days to the models' unit.
func Weeks(days int32) float64 { return float64(days) / 7 }

// Pattern is all that an order model needs to know of a customer. Orders of one day are one.
type Pattern struct {
	X    int32 // repeat order days: order days but the first
	Last int32 // days from the first to the last order day; 0 when X is 0
	Age  int32 // days from the first order day to the end of observation
}

// Count is how many customers share a pattern.
type Count struct {
	Pattern
	N int64
}

// Less orders patterns by X, Last, Age.
func (p Pattern) Less(q Pattern) bool {
	if p.X != q.X {
		return p.X < q.X
	}
	if p.Last != q.Last {
		return p.Last < q.Last
	}
	return p.Age < q.Age
}

// Valid tells whether a pattern can be: 0 <= Last <= Age, and Last is 0 exactly when X is 0.
func (p Pattern) Valid() bool {
	return p.X >= 0 && p.Last >= 0 && p.Last <= p.Age && (p.X == 0) == (p.Last == 0) && p.X <= p.Last
}

// Compress sorts counts by pattern and adds up equal ones, in place. A fit over the result
// does not depend on the order in which customers arrived.
func Compress(counts []Count) []Count {
	slices.SortFunc(counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Last, b.Last), cmp.Compare(a.Age, b.Age))
	})
	out := counts[:0]
	for _, c := range counts {
		if n := len(out); n > 0 && out[n-1].Pattern == c.Pattern {
			out[n-1].N += c.N
			continue
		}
		out = append(out, c)
	}
	return out
}

// Totals are the sums that tell whether counts can carry a model.
type Totals struct {
	Customers int64 // buyers
	Repeaters int64 // customers with a repeat order day
	Repeats   int64 // repeat order days
	Weeks     float64
	MaxAge    int32 // days
}

// Sum returns the totals of counts.
func Sum(counts []Count) Totals {
	var t Totals
	for _, c := range counts {
		t.Customers += c.N
		t.Repeats += int64(c.X) * c.N
		if c.X > 0 {
			t.Repeaters += c.N
		}
		t.Weeks += Weeks(c.Age) * float64(c.N)
		t.MaxAge = max(t.MaxAge, c.Age)
	}
	return t
}
