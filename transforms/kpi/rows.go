package kpi

import (
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
)

// Trends against the period before.
const (
	TrendUp   = "up"
	TrendFlat = "flat"
	TrendDown = "down"
)

// flat is how little a figure may change, relative to itself, to be flat.
const flat = 0.01

// Rows are the rows of table kpi, but for the run's columns. A period that the data do not
// cover from beginning to end, or that as_of cuts off, has null values: all but "all", which
// is what the data hold. A share of nothing is null.
func Rows(s Settings, counts []Count, extra *Extra) []schemas.KPI {
	s = s.withDefaults()
	byPeriod := map[string]Count{}
	for _, c := range counts {
		byPeriod[c.Period] = c
	}
	var out []schemas.KPI
	last := map[string]*float64{} // value of the period before, by kind and metric
	for _, p := range Periods(s.DataStart, s.AsOfDay) {
		f := extra.of(p, byPeriod[p.Name], s.AsOfDay)
		for i := range metrics {
			m := &metrics[i]
			if !m.has(p.Kind) {
				continue
			}
			row := schemas.KPI{Period: p.Name, Metric: m.code, MetricZH: m.zh, Unit: m.unit}
			if numerator, denominator := m.value(f); denominator != 0 && m.complete(p, s) {
				value := numerator / denominator
				row.Value = &value
			}
			key := p.Kind + " " + m.code
			compare(&row, last[key])
			last[key] = row.Value
			extra.hold(&row, p.Kind)
			out = append(out, row)
		}
	}
	return out
}

// compare fills in how a figure stands against the period before. all and last_12m have none.
func compare(row *schemas.KPI, before *float64) {
	row.Previous = before
	if before == nil || row.Value == nil {
		return
	}
	change, size := *row.Value-*before, max(*before, -*before)
	switch {
	case change > flat*size:
		row.Trend = TrendUp
	case change < -flat*size:
		row.Trend = TrendDown
	default:
		row.Trend = TrendFlat
	}
}

// hold holds a figure against its target.
func (e *Extra) hold(row *schemas.KPI, kind string) {
	for i := range e.Targets {
		t := &e.Targets[i]
		if t.Metric != row.Metric || !slices.Contains(t.Kinds, kind) {
			continue
		}
		target := t.bound()
		row.Target = &target
		if row.Value != nil {
			met := t.met(*row.Value)
			row.Met = &met
		}
	}
}

func (m *metric) has(kind string) bool { return m.kinds == nil || slices.Contains(m.kinds, kind) }

// complete tells whether the data hold all days that a metric of a period looks at.
func (m *metric) complete(p Period, s Settings) bool {
	if p.Kind == KindAll {
		return true
	}
	first := p.First
	if m.before != nil {
		first = m.before(p, s)
	}
	return p.Last <= s.AsOfDay && (m.always || first >= s.DataStart)
}
