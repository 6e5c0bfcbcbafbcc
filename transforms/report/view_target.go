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
	Name          template.HTML
	Period        template.HTML
	Value, Target template.HTML
	Met           string // yes, no, or empty where the value is not known
	Latest        template.HTML
	Trend         template.HTML
}

// Kinds of periods, in the order in which the page looks for the value of a metric: what holds for
// a year says more than the same for a month.
const (
	periodLast12m = iota
	periodYear
	periodQuarter
	periodMonth
	periodAll
	periodKinds
)

// trendKinds are the kinds of periods whose values are a trend, the finest first.
var trendKinds = []int{periodMonth, periodQuarter, periodYear}

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

// targets lists every metric with a target, in the order of the table.
func (v *view) targets() {
	var order []string
	rows := map[string]*[periodKinds][]*schemas.KPI{}
	for i := range v.KPI {
		row := &v.KPI[i]
		if row.Target == nil {
			continue
		}
		if rows[row.Metric] == nil {
			order = append(order, row.Metric)
			rows[row.Metric] = &[periodKinds][]*schemas.KPI{}
		}
		list := &rows[row.Metric][periodKind(row.Period)]
		*list = append(*list, row)
	}
	for _, metric := range order {
		byKind := rows[metric]
		for _, list := range byKind {
			slices.SortFunc(list, func(a, b *schemas.KPI) int { return cmp.Compare(a.Period, b.Period) })
		}
		v.Targets = append(v.Targets, targetOf(metric, byKind))
	}
}

// targetOf shows a metric by its last period that has a value.
func targetOf(metric string, byKind *[periodKinds][]*schemas.KPI) targetRow {
	row := shownPeriod(byKind)
	out := targetRow{
		Name: term(metricName(metric), row.MetricZH), Period: periodTerm(row.Period), Value: kpiFigure(row, "target", metric, "value"),
		Target: kpiValue(row.Unit, row.Target, "target", metric, "target"), Latest: Missing,
	}
	if row.Met != nil {
		out.Met = map[bool]string{true: "yes", false: "no"}[*row.Met]
	}
	for _, kind := range trendKinds {
		list := byKind[kind]
		for len(list) > 0 && list[len(list)-1].Value == nil {
			list = list[:len(list)-1]
		}
		if len(list) < 2 {
			continue
		}
		list = list[max(0, len(list)-trendPoints):]
		last := list[len(list)-1]
		out.Latest = kpiFigure(last, "target", metric, "latest") + ` <span class="note">` + template.HTML(template.HTMLEscapeString(last.Period)) + `</span>` //nolint:gosec // escaped
		var points []Point
		for _, r := range list {
			p := Point{Label: r.Period}
			if r.Value != nil {
				p.Known, p.Value = true, *r.Value
			}
			points = append(points, p)
		}
		out.Trend = Spark(both(metricName(metric), row.MetricZH)+", "+points[0].Label+" – "+last.Period, points, row.Target)
		break
	}
	return out
}

// shownPeriod is the last period with a value of the first kind that has one; else any.
func shownPeriod(byKind *[periodKinds][]*schemas.KPI) (shown *schemas.KPI) {
	for _, list := range byKind {
		for _, row := range slices.Backward(list) {
			if row.Value != nil {
				return row
			}
			if shown == nil {
				shown = row
			}
		}
	}
	return shown
}

// periodTerm names a period.
func periodTerm(period string) template.HTML {
	switch period {
	case "last_12m":
		return term("last 12 months", "近12个月")
	case "all":
		return term("all data", "全部")
	}
	return template.HTML(template.HTMLEscapeString(period)) //nolint:gosec // escaped
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
