package kpi

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/measure"
	"github.com/tributary-cdp/tributary/transforms/service"
)

// Settings fix what is counted.
type Settings struct {
	AsOfDay    int32          `json:"as_of"`       // nothing later is seen
	DataStart  int32          `json:"data_start"`  // first day with an order in any source: earlier periods are incomplete
	ActiveDays int32          `json:"active_days"` // active(h): an order within so many days; default 180
	Location   *time.Location `json:"-"`           // of days; default UTC
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
	CustomersStart int64 // known before its first day
	RepeatRevenue  int64 // revenue of customers' orders but their first, ten-thousandths
	Scores         service.Scores
	InTime         service.InTime
	WonDeals       int64 // opportunities that were won in it
	LostDeals      int64
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
	c.CustomersStart += o.CustomersStart
	c.RepeatRevenue += o.RepeatRevenue
	c.Scores.Add(&o.Scores)
	c.InTime.Add(&o.InTime)
	c.WonDeals += o.WonDeals
	c.LostDeals += o.LostDeals
}

// Counter counts customers. Not for use by two goroutines at a time.
type Counter struct {
	settings Settings
	periods  []Period
	counts   []Count  // beside periods
	kinds    [][2]int // first period of each kind and the one behind its last
	known    []int64  // customers by the first period at whose end they are known
	before   []int64  // beside kinds: customers known before the first period of the kind
	high     *standings
	start    int32   // first day of byDay
	byDay    []daily // which periods hold a day
	days     []int32 // of the customer's counting orders, ascending
}

// daily are the periods that hold one day, one of each kind; -1 = none of that kind.
type daily []int32

// NewCounter returns a counter over the periods from DataStart to AsOfDay.
func NewCounter(s Settings) *Counter {
	s = s.withDefaults()
	c := &Counter{settings: s, periods: Periods(s.DataStart, s.AsOfDay)}
	c.counts = make([]Count, len(c.periods))
	c.known = make([]int64, len(c.periods))
	c.high = newStandings(c.periods, s)
	for i, p := range c.periods {
		c.counts[i].Period = p.Name
		if i == 0 || c.periods[i-1].Kind != p.Kind {
			c.kinds = append(c.kinds, [2]int{i, i})
		}
		c.kinds[len(c.kinds)-1][1] = i + 1
	}
	c.before = make([]int64, len(c.kinds))
	c.start = c.periods[0].First // of all: DataStart
	for day := c.start; day <= s.AsOfDay; day++ {
		at := make(daily, len(c.kinds))
		for k, kind := range c.kinds {
			at[k] = -1
			if i := c.firstEnding(kind, day); i < kind[1] && c.periods[i].First <= day {
				at[k] = int32(i)
			}
		}
		c.byDay = append(c.byDay, at)
	}
	return c
}

// firstEnding is the first period of a kind that does not end before a day.
func (c *Counter) firstEnding(kind [2]int, day int32) int {
	return kind[0] + sort.Search(kind[1]-kind[0], func(i int) bool { return c.periods[kind[0]+i].Last >= day })
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
	c.repeat(orders)
	known := int32(0)
	if firstSeen != 0 {
		known = dayOf(localMidnight(firstSeen, c.settings.Location))
	}
	if len(c.days) > 0 {
		known = min(known, c.days[0])
	}
	for k, kind := range c.kinds {
		if i := c.firstEnding(kind, known); i < kind[1] {
			c.known[i]++
		}
		if known < c.periods[kind[0]].First {
			c.before[k]++
		}
		if len(c.days) > 0 {
			c.buyer(kind)
		}
	}
}

func localMidnight(micros int64, location *time.Location) time.Time {
	y, m, d := time.UnixMicro(micros).In(location).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// longestQuarter is the number of days of a quarter at most.
const longestQuarter = 92

// buyer counts a customer with orders in the periods of one kind. Periods before the first
// order, and those so late after the last one that it is out of sight, hold nothing.
func (c *Counter) buyer(kind [2]int) {
	seen := c.days[len(c.days)-1] + max(c.settings.ActiveDays, longestQuarter)
	until := 0
	for i := c.firstEnding(kind, c.days[0]); i < kind[1] && c.periods[i].First <= seen; i++ {
		p, n := &c.periods[i], &c.counts[i]
		from := until // periods of a kind follow each other without a gap
		if i == kind[0] {
			from, _ = slices.BinarySearch(c.days, p.First)
		}
		for until = from; until < len(c.days) && c.days[until] <= p.Last; {
			until++
		}
		bought := until > from
		if bought {
			n.Buyers++
			if from == 0 {
				n.NewBuyers++
			}
			if until-from >= 2 {
				n.Repeaters++
			}
		}
		if from > 0 && p.First-c.days[from-1] <= c.settings.ActiveDays {
			n.ActiveStart++
			if bought {
				n.Retained++
			}
		}
		if until > 0 && p.Last-c.days[until-1] < c.settings.ActiveDays {
			n.ActiveEnd++
		}
		if p.Kind == KindQuarter && from > 0 && c.days[from-1] >= p.before {
			n.BoughtBefore++
			if bought {
				n.BoughtAgain++
			}
		}
	}
}

// Anonymous counts an order without a customer.
func (c *Counter) Anonymous(o *schemas.OrderRow) {
	for _, i := range c.order(o) {
		if i >= 0 {
			c.counts[i].AnonymousSales += o.Revenue
		}
	}
}

// order adds an order's money to the periods that hold its day, and returns them.
func (c *Counter) order(o *schemas.OrderRow) daily {
	if o.Day < c.start || o.Day > c.settings.AsOfDay || !measure.Earning(o) {
		return nil
	}
	var one, gross int64
	if measure.Counting(o) {
		one = 1
		if o.Gross != nil {
			gross = *o.Gross
		}
	}
	at := c.byDay[o.Day-c.start]
	for _, i := range at {
		if i >= 0 {
			c.counts[i].Orders += one
			c.counts[i].Revenue += o.Revenue
			c.counts[i].Gross += gross
		}
	}
	return at
}

// Counts returns the counts of all periods, in the order of Periods.
func (c *Counter) Counts() []Count {
	out := slices.Clone(c.counts)
	for k, kind := range c.kinds {
		known := int64(0)
		for i := kind[0]; i < kind[1]; i++ {
			out[i].CustomersStart = known
			known += c.known[i]
			out[i].Customers = known
		}
		out[kind[0]].CustomersStart = c.before[k]
	}
	return out
}

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
