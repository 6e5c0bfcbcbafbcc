package kpi

import (
	"cmp"
	"slices"
	"time"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/measure"
)

// Settings fix what is counted.
type Settings struct {
	AsOfDay    int32          // nothing later is seen
	DataStart  int32          // first day with an order in any source: earlier periods are incomplete
	ActiveDays int32          // active(h): an order within so many days; default 180
	Location   *time.Location // of days; default UTC
}

// Count are the counts of one period. All fields add up.
type Count struct {
	Period         string
	Customers      int64 // known by its end
	Buyers         int64 // with a counting order in it
	NewBuyers      int64 // whose first order is in it
	Repeaters      int64 // with two or more counting orders in it
	ActiveStart    int64 // with an order in the ActiveDays before it
	Retained       int64 // of those, with an order in it
	ActiveEnd      int64 // with an order in the ActiveDays up to its end
	BoughtBefore   int64 // with an order in the period of the same length before it
	BoughtAgain    int64 // of those, with an order in it
	Orders         int64 // counting orders, anonymous ones too
	Revenue        int64 // ten-thousandths, anonymous too
	Gross          int64 // ten-thousandths, anonymous too
	AnonymousSales int64 // revenue of orders without a customer, ten-thousandths
}

func (c *Count) add(o Count) {
	c.Customers += o.Customers
	c.Buyers += o.Buyers
	c.NewBuyers += o.NewBuyers
	c.Repeaters += o.Repeaters
	c.ActiveStart += o.ActiveStart
	c.Retained += o.Retained
	c.ActiveEnd += o.ActiveEnd
	c.BoughtBefore += o.BoughtBefore
	c.BoughtAgain += o.BoughtAgain
	c.Orders += o.Orders
	c.Revenue += o.Revenue
	c.Gross += o.Gross
	c.AnonymousSales += o.AnonymousSales
}

// Counter counts customers. Not for use by two goroutines at a time.
type Counter struct {
	settings Settings
	periods  []Period
	counts   []Count // beside periods
	days     []int32 // of the customer's counting orders, ascending
}

// NewCounter returns a counter over the periods from DataStart to AsOfDay.
func NewCounter(s Settings) *Counter {
	s = s.withDefaults()
	c := &Counter{settings: s, periods: Periods(s.DataStart, s.AsOfDay)}
	c.counts = make([]Count, len(c.periods))
	for i, p := range c.periods {
		c.counts[i].Period = p.Name
	}
	return c
}

func (s Settings) withDefaults() Settings {
	if s.ActiveDays <= 0 {
		s.ActiveDays = 180
	}
	if s.Location == nil {
		s.Location = time.UTC
	}
	return s
}

// Customer counts one customer with all orders, in any order. firstSeen is the time of the
// first record of the customer, microseconds; 0 = unknown: known from the beginning.
func (c *Counter) Customer(firstSeen int64, orders []schemas.OrderRow) {
	c.days = c.days[:0]
	for i := range orders {
		if orders[i].Day > c.settings.AsOfDay {
			continue
		}
		c.order(&orders[i])
		if measure.Counting(&orders[i]) {
			c.days = append(c.days, orders[i].Day)
		}
	}
	slices.Sort(c.days)
	known := int32(0)
	if firstSeen != 0 {
		known = dayOf(localMidnight(firstSeen, c.settings.Location))
	}
	if len(c.days) > 0 {
		known = min(known, c.days[0])
	}
	for i, p := range c.periods {
		c.counts[i].add(c.customer(p, known))
	}
}

func localMidnight(micros int64, location *time.Location) time.Time {
	y, m, d := time.UnixMicro(micros).In(location).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// customer is what one customer adds to a period, but for orders and money.
func (c *Counter) customer(p Period, known int32) Count {
	var out Count
	if known <= p.Last {
		out.Customers = 1
	}
	from, _ := slices.BinarySearch(c.days, p.First)
	until, _ := slices.BinarySearch(c.days, p.Last+1)
	bought := until > from
	if bought {
		out.Buyers = 1
		if from == 0 {
			out.NewBuyers = 1
		}
		if until-from >= 2 {
			out.Repeaters = 1
		}
	}
	if from > 0 && p.First-c.days[from-1] <= c.settings.ActiveDays {
		out.ActiveStart = 1
		if bought {
			out.Retained = 1
		}
	}
	if until > 0 && p.Last-c.days[until-1] < c.settings.ActiveDays {
		out.ActiveEnd = 1
	}
	if p.Kind == KindQuarter && from > 0 && c.days[from-1] >= p.previous() {
		out.BoughtBefore = 1
		if bought {
			out.BoughtAgain = 1
		}
	}
	return out
}

// Anonymous counts an order without a customer.
func (c *Counter) Anonymous(o *schemas.OrderRow) {
	if o.Day > c.settings.AsOfDay || !measure.Earning(o) {
		return
	}
	c.order(o)
	for i, p := range c.periods {
		if o.Day >= p.First && o.Day <= p.Last {
			c.counts[i].AnonymousSales += o.Revenue
		}
	}
}

// order adds an order's money to the periods that hold its day.
func (c *Counter) order(o *schemas.OrderRow) {
	if !measure.Earning(o) {
		return
	}
	var one, gross int64
	if measure.Counting(o) {
		one = 1
		if o.Gross != nil {
			gross = *o.Gross
		}
	}
	for i, p := range c.periods {
		if o.Day >= p.First && o.Day <= p.Last {
			c.counts[i].Orders += one
			c.counts[i].Revenue += o.Revenue
			c.counts[i].Gross += gross
		}
	}
}

// Counts returns the counts of all periods, in the order of Periods.
func (c *Counter) Counts() []Count { return slices.Clone(c.counts) }

// Merge adds counts of parts up, sorted by period.
func Merge(parts ...[]Count) []Count {
	byPeriod := map[string]*Count{}
	for _, part := range parts {
		for _, count := range part {
			sum := byPeriod[count.Period]
			if sum == nil {
				sum = &Count{Period: count.Period}
				byPeriod[count.Period] = sum
			}
			sum.add(count)
		}
	}
	out := make([]Count, 0, len(byPeriod))
	for _, count := range byPeriod {
		out = append(out, *count)
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Compare(a.Period, b.Period) })
	return out
}
