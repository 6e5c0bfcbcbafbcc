// Package measure turns the orders, lines and interactions of one customer into the facts of
// the customer's profile. Every measure has one meaning, stated at its function, and is the
// same whatever the order of the rows.
//
// Days are days since 1970-01-01 in the config's time zone, money is ten-thousandths of the
// reporting currency. Nothing after as_of is seen.
package measure

import (
	"cmp"
	"slices"
	"time"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Settings fix the moment from which a run looks back.
type Settings struct {
	AsOfDay   int32          // last day that is seen
	AsOfEnd   int64          // first microsecond that is not seen, UTC
	Location  *time.Location // of hours of the day
	DataStart int32          // first day with an order in any source; 0 = unknown
}

// CensorDays is how soon after the beginning of the data a first order may not have been the first.
const CensorDays = 30

// AttributionDays is how long before the first order a touch counts as its origin.
const AttributionDays = 90

const microsPerDay = 86_400_000_000

// Measurer measures one customer after another. It reuses memory: not for use by two
// goroutines at a time.
type Measurer struct {
	settings Settings
	orders   []*schemas.OrderRow       // up to as_of, by time
	touches  []*schemas.InteractionRow // up to as_of, by time
	days     []orderDay
	gaps     []int32
	tally    tally
	events   []*Event        // up to as_of, by time
	acts     []int64         // times of the customer's own acts
	counted  map[uint64]bool // counting orders, by OrderHash
	branded  map[uint64]bool // counting orders with one brand
	zone     normalize.Zone
}

// orderDay is a day with at least one counting order.
type orderDay struct {
	day     int32
	orders  int64
	revenue int64
}

// New returns a Measurer.
func New(settings Settings) *Measurer {
	if settings.Location == nil {
		settings.Location = time.UTC
	}
	return &Measurer{settings: settings, counted: map[uint64]bool{}, branded: map[uint64]bool{}, zone: normalize.Zone{Location: settings.Location}}
}

// Counting tells whether an order is one: paid, shipped or completed, from a source that
// counts as revenue, and not the second sight of a sale. Returned documents change revenue
// but are no orders.
func Counting(o *schemas.OrderRow) bool {
	if !o.CountsAsRevenue {
		return false
	}
	switch o.Status {
	case schemas.OrderPaid, schemas.OrderShipped, schemas.OrderCompleted:
		return true
	}
	return false
}

// Earning tells whether an order's revenue counts: counting orders, and returns with what
// they take away.
func Earning(o *schemas.OrderRow) bool {
	return Counting(o) || o.CountsAsRevenue && o.Status == schemas.OrderReturned
}

// Fill computes the measures of p from the customer's rows, which may come in any order, and
// overwrites them; p's identity and contact columns are left alone.
func (m *Measurer) Fill(p *schemas.CustomerProfile, orders []schemas.OrderRow, lines []Line, interactions []schemas.InteractionRow) {
	m.look(orders, interactions)
	m.money(p)
	m.rhythm(p)
	m.favourites(p, lines)
	m.service(p)
	m.firstTouch(p)
	m.anniversaries(p)
}

// look takes the rows up to as_of in the order of their times.
func (m *Measurer) look(orders []schemas.OrderRow, interactions []schemas.InteractionRow) {
	m.orders, m.touches = m.orders[:0], m.touches[:0]
	for i := range orders {
		if orders[i].Day <= m.settings.AsOfDay {
			m.orders = append(m.orders, &orders[i])
		}
	}
	for i := range interactions {
		if interactions[i].Time < m.settings.AsOfEnd {
			m.touches = append(m.touches, &interactions[i])
		}
	}
	slices.SortFunc(m.orders, func(a, b *schemas.OrderRow) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.OrderKey, b.OrderKey))
	})
	slices.SortFunc(m.touches, func(a, b *schemas.InteractionRow) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Key, b.Key))
	})
}

// money fills order counts, sums and windows, and collects the order days.
func (m *Measurer) money(p *schemas.CustomerProfile) {
	p.Orders, p.Revenue, p.Gross, p.Refunds = 0, 0, 0, 0
	p.Orders30d, p.Orders90d, p.OrdersPrev90d, p.Orders12m, p.Revenue12m = 0, 0, 0, 0, 0
	p.Margin, p.Margin12m, p.AverageOrder, p.RevenueMonth = nil, nil, nil, 0
	m.days = m.days[:0]
	month := m.settings.AsOfDay - int32(date(m.settings.AsOfDay).Day()) + 1 // its first day
	var margin, margin12m int64
	marginKnown := true
	for _, o := range m.orders {
		if !Earning(o) {
			continue
		}
		ago := m.settings.AsOfDay - o.Day
		p.Revenue += o.Revenue
		if ago < 365 {
			p.Revenue12m += o.Revenue
		}
		if o.Day >= month {
			p.RevenueMonth += o.Revenue
		}
		if o.Refund != nil {
			p.Refunds += *o.Refund
		}
		if o.Margin != nil {
			margin += *o.Margin
			if ago < 365 {
				margin12m += *o.Margin
			}
		} else if o.Revenue != 0 {
			marginKnown = false
		}
		if !Counting(o) {
			continue
		}
		if o.Gross != nil {
			p.Gross += *o.Gross
		}
		p.Orders++
		if ago < 30 {
			p.Orders30d++
		}
		if ago < 90 {
			p.Orders90d++
		} else if ago < 180 {
			p.OrdersPrev90d++
		}
		if ago < 365 {
			p.Orders12m++
		}
		m.addDay(o.Day, o.Revenue)
	}
	if p.Orders == 0 {
		return
	}
	average := divide(p.Revenue, p.Orders)
	p.AverageOrder = &average
	if marginKnown {
		p.Margin, p.Margin12m = &margin, &margin12m
	}
}

// addDay adds an order to its day. Orders come by time, so that days ascend, but for clocks
// of sources that disagree about the day.
func (m *Measurer) addDay(day int32, revenue int64) {
	i := len(m.days)
	for i > 0 && m.days[i-1].day > day {
		i--
	}
	if i > 0 && m.days[i-1].day == day {
		m.days[i-1].orders++
		m.days[i-1].revenue += revenue
		return
	}
	m.days = slices.Insert(m.days, i, orderDay{day, 1, revenue})
}

// divide rounds half away from zero.
func divide(a, n int64) int64 {
	if a < 0 {
		return -divide(-a, n)
	}
	return (a + n/2) / n
}

// rhythm fills recency, the BG/NBD pattern (orders of one day are one), and the gaps between
// order days.
func (m *Measurer) rhythm(p *schemas.CustomerProfile) {
	p.FirstOrderDay, p.LastOrderDay, p.RecencyDays, p.RepeatSpend = nil, nil, nil, nil
	p.GapP95Days, p.MedianGapDays, p.LastGapDays, p.GapP95Before = nil, nil, nil, nil
	p.RepeatDays, p.RepeatSpanDays, p.AgeDays, p.FirstCensored = 0, 0, 0, false
	if len(m.days) == 0 {
		return
	}
	first, last := m.days[0].day, m.days[len(m.days)-1].day
	recency := int64(m.settings.AsOfDay - last)
	p.FirstOrderDay, p.LastOrderDay, p.RecencyDays = &first, &last, &recency
	p.RepeatDays = int64(len(m.days) - 1)
	p.RepeatSpanDays = int64(last - first)
	p.AgeDays = int64(m.settings.AsOfDay - first)
	p.FirstCensored = m.censored(p, first)
	if p.RepeatDays == 0 {
		return
	}
	var spend int64
	m.gaps = m.gaps[:0]
	for i, d := range m.days[1:] {
		spend += d.revenue
		m.gaps = append(m.gaps, d.day-m.days[i].day)
	}
	spend = divide(spend, p.RepeatDays)
	p.RepeatSpend = &spend
	lastGap := int64(m.gaps[len(m.gaps)-1])
	p.LastGapDays = &lastGap
	if earlier := m.gaps[:len(m.gaps)-1]; len(earlier) > 0 {
		slices.Sort(earlier)
		before := Quantile(earlier, 0.95)
		p.GapP95Before = &before
	}
	slices.Sort(m.gaps)
	p95, median := Quantile(m.gaps, 0.95), Quantile(m.gaps, 0.5)
	p.GapP95Days, p.MedianGapDays = &p95, &median
}

// censored tells whether the customer may have bought before the data begin: known before
// them, or first order within CensorDays of their beginning.
func (m *Measurer) censored(p *schemas.CustomerProfile, first int32) bool {
	start := m.settings.DataStart
	if start == 0 {
		return false
	}
	if p.FirstSeen != nil && *p.FirstSeen != 0 && *p.FirstSeen < int64(start)*microsPerDay-microsPerDay {
		return true
	}
	return first < start+CensorDays
}

// Quantile is the type-7 quantile (linear interpolation, the default of R and NumPy) of
// ascending values. It is 0 for none.
func Quantile[T int32 | int64 | float64](ascending []T, p float64) float64 {
	if len(ascending) == 0 {
		return 0
	}
	h := float64(len(ascending)-1) * p
	low := int(h)
	if low+1 >= len(ascending) {
		return float64(ascending[len(ascending)-1])
	}
	a, b := float64(ascending[low]), float64(ascending[low+1])
	return a + (h-float64(low))*(b-a)
}
