package report

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// targetRow is one metric that has a target.
type targetRow struct {
	Name                  template.HTML
	Period                string
	Before, Value, Target template.HTML
	Met                   string // yes, no, or empty where the value is not known
	Trend                 template.HTML
}

// Kinds of periods, in the order in which a metric's target is looked up: a target of a year says
// more than the same one of a month.
const (
	periodLast12m = iota
	periodYear
	periodQuarter
	periodMonth
	periodAll
)

// periodKind tells the kind of a period by its name.
func periodKind(name string) int {
	switch {
	case name == "all":
		return periodAll
	case name == "last_12m":
		return periodLast12m
	case len(name) == len("2026"):
		return periodYear
	case strings.Contains(name, "Q"):
		return periodQuarter
	}
	return periodMonth
}

// trendPoints bounds the small line beside a metric.
const trendPoints = 12

// targets lists every metric with a target by its last period that has a value, for each kind of
// period that has the target.
func (v *view) targets() {
	type group struct {
		metric string
		kind   int
	}
	var order []group
	rows := map[group][]*schemas.KPI{}
	for i := range v.KPI {
		row := &v.KPI[i]
		g := group{row.Metric, periodKind(row.Period)}
		if rows[g] == nil {
			order = append(order, g)
		}
		rows[g] = append(rows[g], row)
	}
	for _, list := range rows {
		slices.SortFunc(list, func(a, b *schemas.KPI) int { return cmp.Compare(a.Period, b.Period) })
	}
	for _, g := range order {
		list := rows[g]
		last := -1
		for i, row := range list {
			if row.Target != nil && (row.Value != nil || last < 0) {
				last = i
			}
		}
		if last >= 0 {
			v.Targets = append(v.Targets, v.target(list[:last+1], trendOf(rows[group{g.metric, periodMonth}], rows[group{g.metric, periodQuarter}], list[:last+1])))
		}
	}
}

// trendOf chooses the line of a metric: its own kind of period, or for a single period the months
// or quarters.
func trendOf(months, quarters, own []*schemas.KPI) []*schemas.KPI {
	for _, list := range [][]*schemas.KPI{own, quarters, months} {
		if len(list) > 1 {
			return list[max(0, len(list)-trendPoints):]
		}
	}
	return nil
}

func (v *view) target(list, trend []*schemas.KPI) targetRow {
	row := list[len(list)-1]
	out := targetRow{
		Name: term(metricName(row.Metric), row.MetricZH), Period: row.Period,
		Value:  kpiFigure(row, "target", row.Period, row.Metric, "value"),
		Target: kpiValue(row.Unit, row.Target, "target", row.Period, row.Metric, "target"),
	}
	if len(list) > 1 {
		before := list[len(list)-2]
		out.Before = kpiFigure(before, "target", row.Period, row.Metric, "before")
	}
	if row.Met != nil {
		out.Met = map[bool]string{true: "yes", false: "no"}[*row.Met]
	}
	var points []Point
	for _, r := range trend {
		p := Point{Label: r.Period}
		if r.Value != nil {
			p.Known, p.Value = true, *r.Value
		}
		points = append(points, p)
	}
	if len(points) > 1 {
		title := both(metricName(row.Metric), row.MetricZH) + ", " + points[0].Label + " – " + points[len(points)-1].Label
		out.Trend = Spark(title, points, row.Target)
	}
	return out
}

// metricName is a metric in English words.
func metricName(code string) string {
	for _, f := range shownFigures {
		if f.metric == code {
			return f.en
		}
	}
	return metricWords.Replace(words(code))
}

// metricWords keeps abbreviations as they are written.
var metricWords = strings.NewReplacer("Nps", "NPS", "Csat", "CSAT", "Cac", "CAC", "Clv", "CLV", "Ltv", "LTV", " cac", " CAC", " clv", " CLV", " ltv", " LTV", " nps", " NPS")
