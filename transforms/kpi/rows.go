package kpi

import "github.com/tributary-cdp/tributary/schemas"

// Units of values.
const (
	UnitCount = "count"
	UnitMoney = "money" // reporting units
	UnitShare = "share" // 0 to 1
)

// metric is one figure: how it follows from a period's counts.
type metric struct {
	code, zh, unit string
	kinds          []string // kinds of periods that have it; nil = all
	before         func(p Period, s Settings) int32
	value          func(c Count) (numerator, denominator float64)
}

func share(a, b int64) (float64, float64) { return float64(a), float64(b) }

func whole(a int64) (float64, float64) { return float64(a), 1 }

const moneyScale = 10000

func money(a int64) (float64, float64) { return float64(a), moneyScale }

// metrics are the figures in the order of the table. before is the first day of which the
// data must hold all orders; the period's own first day where it is not given.
var metrics = []metric{
	{code: "customers", zh: "客户数", unit: UnitCount, value: func(c Count) (float64, float64) { return whole(c.Customers) }},
	{code: "buyers", zh: "购买客户数", unit: UnitCount, value: func(c Count) (float64, float64) { return whole(c.Buyers) }},
	{code: "new_buyers", zh: "新购买客户数", unit: UnitCount, value: func(c Count) (float64, float64) { return whole(c.NewBuyers) }},
	{code: "active_customers", zh: "活跃客户数", unit: UnitCount, before: activeBeforeEnd, value: func(c Count) (float64, float64) { return whole(c.ActiveEnd) }},
	{code: "orders", zh: "订单数", unit: UnitCount, value: func(c Count) (float64, float64) { return whole(c.Orders) }},
	{code: "revenue", zh: "净收入", unit: UnitMoney, value: func(c Count) (float64, float64) { return money(c.Revenue) }},
	{code: "gross_revenue", zh: "总收入", unit: UnitMoney, value: func(c Count) (float64, float64) { return money(c.Gross) }},
	{code: "anonymous_revenue", zh: "匿名收入", unit: UnitMoney, value: func(c Count) (float64, float64) { return money(c.AnonymousSales) }},
	{code: "average_order_value", zh: "客单价", unit: UnitMoney, value: func(c Count) (float64, float64) {
		return float64(c.Revenue), float64(c.Orders) * moneyScale
	}},
	{code: "repeat_rate", zh: "复购率", unit: UnitShare, value: func(c Count) (float64, float64) { return share(c.Repeaters, c.Buyers) }},
	{
		code: "retention", zh: "留存率", unit: UnitShare, kinds: []string{KindLast12m, KindYear, KindQuarter, KindMonth}, before: activeBeforeStart,
		value: func(c Count) (float64, float64) { return share(c.Retained, c.ActiveStart) },
	},
	{
		code: "quarterly_retention", zh: "季度留存率", unit: UnitShare, kinds: []string{KindQuarter}, before: func(p Period, _ Settings) int32 { return p.before },
		value: func(c Count) (float64, float64) { return share(c.BoughtAgain, c.BoughtBefore) },
	},
}

func activeBeforeStart(p Period, s Settings) int32 { return p.First - s.ActiveDays }

func activeBeforeEnd(p Period, s Settings) int32 { return min(p.First, p.Last-s.ActiveDays+1) }

// Rows are the rows of table kpi, but for the run's columns. A period that the data do not
// cover from beginning to end, or that as_of cuts off, has null values: all but "all", which
// is what the data hold. A share of nothing is null.
func Rows(s Settings, counts []Count) []schemas.KPI {
	s = s.withDefaults()
	byPeriod := map[string]Count{}
	for _, c := range counts {
		byPeriod[c.Period] = c
	}
	var out []schemas.KPI
	for _, p := range Periods(s.DataStart, s.AsOfDay) {
		for _, m := range metrics {
			if !m.has(p.Kind) {
				continue
			}
			row := schemas.KPI{Period: p.Name, Metric: m.code, MetricZH: m.zh, Unit: m.unit}
			if numerator, denominator := m.value(byPeriod[p.Name]); denominator != 0 && m.complete(p, s) {
				value := numerator / denominator
				row.Value = &value
			}
			out = append(out, row)
		}
	}
	return out
}

func (m metric) has(kind string) bool {
	if m.kinds == nil {
		return true
	}
	for _, k := range m.kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// complete tells whether the data hold all days that a metric of a period looks at.
func (m metric) complete(p Period, s Settings) bool {
	if p.Kind == KindAll {
		return true
	}
	first := p.First
	if m.before != nil {
		first = m.before(p, s)
	}
	return p.Last <= s.AsOfDay && first >= s.DataStart
}
