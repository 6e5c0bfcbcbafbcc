package kpi

import (
	"cmp"
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/aggregate"
	"github.com/tributary-cdp/tributary/transforms/measure"
	"github.com/tributary-cdp/tributary/transforms/rfm"
)

// High value is class A of an ABC analysis as of a day: before a period, and at its end. So each
// such day has a histogram of what customers had brought by then, persons and organizations
// apart, by margin and by revenue. Values of one range of package rfm share a class: they differ
// by less than 0.2 %.

// standingKey is one range of values on one day.
type standingKey struct {
	Day          int32
	Organization bool
	Margin       bool
	Range        uint16
}

// standing are the customers of the range.
type standing struct {
	Customers, Sum int64
	Bought         []int64 // with an order in the periods that begin on the day after, by number of the period there
}

func (s *standing) Add(o *standing) {
	s.Customers += o.Customers
	s.Sum += o.Sum
	s.Bought = aggregate.AddTo(s.Bought, o.Bought)
}

// standings count on the days around the periods that are long enough for a class.
type standings struct {
	days   []int32    // ascending
	starts [][]Period // beside days: periods that begin on the day after
	sums   *aggregate.Sums[standingKey, standing, *standing]
	sales  []sale

	buyers, withMargin int64
}

type sale struct {
	day             int32
	revenue, margin int64
	counting, known bool
}

// hasClass tells whether high value is followed over periods of a kind.
func hasClass(kind string) bool {
	return kind == KindQuarter || kind == KindYear || kind == KindLast12m
}

func newStandings(periods []Period, s Settings) *standings {
	h := &standings{sums: aggregate.New[standingKey, standing, *standing](func(a, b standingKey) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), compareBool(a.Organization, b.Organization), compareBool(a.Margin, b.Margin), cmp.Compare(a.Range, b.Range))
	})}
	for _, p := range periods {
		if hasClass(p.Kind) && p.Last <= s.AsOfDay && p.First > s.DataStart {
			h.day(p.First - 1)
			h.day(p.Last)
		}
	}
	h.starts = make([][]Period, len(h.days))
	for _, p := range periods {
		if i, found := slices.BinarySearch(h.days, p.First-1); found && hasClass(p.Kind) && p.Last <= s.AsOfDay {
			h.starts[i] = append(h.starts[i], p)
		}
	}
	return h
}

func (h *standings) day(day int32) {
	if i, found := slices.BinarySearch(h.days, day); !found {
		h.days = slices.Insert(h.days, i, day)
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Standing counts what a customer had brought before and after each period.
func (c *Counter) Standing(kind string, orders []schemas.OrderRow) {
	h := c.high
	h.sales = h.sales[:0]
	bought, known := false, true
	for i := range orders {
		o := &orders[i]
		if o.Day > c.settings.AsOfDay || !measure.Earning(o) {
			continue
		}
		one := sale{day: o.Day, revenue: o.Revenue, counting: measure.Counting(o), known: o.Margin != nil || o.Revenue == 0}
		if o.Margin != nil {
			one.margin = *o.Margin
		}
		bought, known = bought || one.counting, known && one.known
		h.sales = append(h.sales, one)
	}
	if !bought {
		return
	}
	h.buyers++
	if known {
		h.withMargin++
	}
	slices.SortFunc(h.sales, func(a, b sale) int { return cmp.Compare(a.day, b.day) })
	var revenue, margin int64
	bought = false
	next := 0
	for i, day := range h.days {
		for ; next < len(h.sales) && h.sales[next].day <= day; next++ {
			s := &h.sales[next]
			revenue, margin, bought = revenue+s.revenue, margin+s.margin, bought || s.counting
		}
		if !bought {
			continue
		}
		key := standingKey{Day: day, Organization: kind == schemas.Organization, Range: rfm.Range(revenue)}
		h.add(key, revenue, h.starts[i], h.sales[next:])
		if known {
			key.Margin, key.Range = true, rfm.Range(margin)
			h.add(key, margin, h.starts[i], h.sales[next:])
		}
	}
}

// add counts one customer; later are the sales after the day.
func (h *standings) add(key standingKey, value int64, starts []Period, later []sale) {
	s := h.sums.At(key)
	s.Customers++
	s.Sum += value
	for i, p := range starts {
		for _, one := range later {
			if one.day > p.Last {
				break
			}
			if one.counting {
				s.Bought = aggregate.Grow(s.Bought, i+1)
				s.Bought[i]++
				break
			}
		}
	}
}

// Standings are the histograms of a part: equal counts give equal bytes.
func (c *Counter) Standings() (data []byte, buyers, withMargin int64) {
	return c.high.sums.Bytes(), c.high.buyers, c.high.withMargin
}

// HighValue are the customers of class A around one period.
type HighValue struct {
	Period     string `json:"period"`
	Start, End int64  // customers of class A before it and at its end
	Bought     int64  // of those before it, who bought in it
}

// HighValues finds class A before and after each complete period, from the histograms of all
// parts. The basis is margin where that of every buyer is known, else revenue.
func HighValues(s Settings, parts [][]byte, buyers, withMargin int64) ([]HighValue, error) {
	s = s.withDefaults()
	periods := Periods(s.DataStart, s.AsOfDay)
	h := newStandings(periods, s)
	for _, part := range parts {
		if err := h.sums.Merge(part); err != nil {
			return nil, err
		}
	}
	margin := buyers > 0 && buyers == withMargin
	type sideKey struct {
		day          int32
		organization bool
	}
	sides := map[sideKey][]aggregate.Row[standingKey, standing]{}
	for _, row := range h.sums.Rows() {
		if row.Key.Margin == margin {
			key := sideKey{row.Key.Day, row.Key.Organization}
			sides[key] = append(sides[key], row) // ascending ranges
		}
	}
	top := func(day int32, period int) (customers, bought int64) {
		for _, organization := range []bool{false, true} {
			n, b := classA(sides[sideKey{day, organization}], period)
			customers, bought = customers+n, bought+b
		}
		return customers, bought
	}
	var out []HighValue
	for i, day := range h.days {
		for k, p := range h.starts[i] {
			v := HighValue{Period: p.Name}
			v.Start, v.Bought = top(day, k)
			v.End, _ = top(p.Last, -1)
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b HighValue) int { return cmp.Compare(a.Period, b.Period) })
	return out, nil
}

// classA counts the customers of the ranges from the highest down to 80 % of the positive sum;
// the highest range always belongs to it.
func classA(rows []aggregate.Row[standingKey, standing], period int) (customers, bought int64) {
	var positive, sum int64
	for i := range rows {
		positive += max(0, rows[i].Value.Sum)
	}
	for i := len(rows) - 1; i >= 0 && rows[i].Value.Sum > 0; i-- {
		v := &rows[i].Value
		sum += v.Sum
		if !rfm.AtMost(sum, positive, rfm.DefaultShares.A) && customers > 0 {
			break
		}
		customers += v.Customers
		if period >= 0 && period < len(v.Bought) {
			bought += v.Bought[period]
		}
	}
	return customers, bought
}
