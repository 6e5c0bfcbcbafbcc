package clv

import (
	"cmp"
	"math"
	"slices"
)

// Event is what happened to a customer on one day.
type Event struct {
	Day    int32
	Amount float64 // reporting units: orders less refunds of the day
	Order  bool    // there was an order; a day of refunds alone is none
}

// History is what happened to one customer, one event a day, the days ascending.
type History []Event

// Settle sorts events and folds those of one day.
func Settle(events []Event) History {
	slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.Day, b.Day) })
	out := events[:0]
	for _, e := range events {
		if n := len(out); n > 0 && out[n-1].Day == e.Day {
			out[n-1].Amount += e.Amount
			out[n-1].Order = out[n-1].Order || e.Order
			continue
		}
		out = append(out, e)
	}
	return History(out)
}

// Seen is what is known of a customer at a cut: all that forecasts go by.
type Seen struct {
	Pattern
	Spend         // of the repeat order days
	Past  float64 // money to date
}

// At is what is known at the end of a day; false before the first order. Nothing later than
// the day is looked at.
func (h History) At(cut int32) (Seen, bool) {
	var s Seen
	first, last := int32(-1), int32(0)
	var repeat float64
	for _, e := range h {
		if e.Day > cut {
			break
		}
		s.Past += e.Amount
		switch {
		case e.Order && first < 0:
			first, last = e.Day, e.Day
		case e.Order:
			s.Pattern.X++
			last = e.Day
			repeat += e.Amount
		case first >= 0:
			repeat += e.Amount // a refund
		}
	}
	if first < 0 {
		return Seen{}, false
	}
	s.Last, s.Age = last-first, cut-first
	s.Spend.X = s.Pattern.X
	if s.Spend.X > 0 && repeat > 0 {
		s.Mean = repeat / float64(s.Spend.X)
	}
	return s, true
}

// After is what happened in (cut, end]: order days and money.
func (h History) After(cut, end int32) (orders int, money float64) {
	for _, e := range h {
		if e.Day > cut && e.Day <= end {
			money += e.Amount
			if e.Order {
				orders++
			}
		}
	}
	return orders, money
}

// Book is the histories of a population, in a fixed order.
type Book []History

// Span is the first day with an order and the last day up to a cut.
func (b Book) Span(cut int32) (first, last int32, ok bool) {
	for _, h := range b {
		for _, e := range h {
			if !e.Order || e.Day > cut {
				continue
			}
			if !ok || e.Day < first {
				first = e.Day
			}
			if !ok || e.Day > last {
				last = e.Day
			}
			ok = true
		}
	}
	return first, last, ok
}

// Sight is what is known of all buyers at a cut.
type Sight struct {
	Cut   int32
	Index []int // of the histories
	Seen  []Seen
	Gaps  Gaps
}

// At is what is known of all who ordered up to the cut.
func (b Book) At(cut int32) *Sight {
	s := &Sight{Cut: cut}
	for i, h := range b {
		seen, ok := h.At(cut)
		if !ok {
			continue
		}
		s.Index, s.Seen = append(s.Index, i), append(s.Seen, seen)
		before := int32(-1)
		for _, e := range h {
			if e.Day > cut {
				break
			}
			if !e.Order {
				continue
			}
			if before >= 0 {
				s.Gaps.Count++
				s.Gaps.LogSum += math.Log(Weeks(e.Day - before))
			}
			before = e.Day
		}
	}
	return s
}

// Counts are the patterns of all.
func (s *Sight) Counts() []Count {
	counts := make([]Count, len(s.Seen))
	for i := range s.Seen {
		counts[i] = Count{s.Seen[i].Pattern, 1}
	}
	return Compress(counts)
}

// Spends are those of all repeaters, sorted.
func (s *Sight) Spends() []Spend {
	var out []Spend
	for i := range s.Seen {
		if s.Seen[i].Spend.X > 0 {
			out = append(out, s.Seen[i].Spend)
		}
	}
	sortSpends(out)
	return out
}

func sortSpends(spends []Spend) {
	slices.SortFunc(spends, func(a, b Spend) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Mean, b.Mean)) })
}

// Outcome is what happened in (cut, end] to those seen at the cut.
func (b Book) Outcome(s *Sight, end int32) (orders, money []float64) {
	orders, money = make([]float64, len(s.Index)), make([]float64, len(s.Index))
	for i, at := range s.Index {
		n, m := b[at].After(s.Cut, end)
		orders[i], money[i] = float64(n), m
	}
	return orders, money
}
