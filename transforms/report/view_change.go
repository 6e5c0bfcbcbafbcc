package report

import (
	"cmp"
	"html/template"
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
)

// Before is what the page shows of the run before this one.
type Before struct {
	RunID string
	AsOf  int32
	KPI   []schemas.KPI
}

// changeRow is one key figure of two runs.
type changeRow struct {
	Name, Before, Now, Difference, Relative template.HTML
	Class                                   string
}

// moverRow is a segment that many customers entered or left.
type moverRow struct {
	Name, Scheme                 template.HTML
	Now, Entered, Left, Balanced template.HTML
}

// eventTerms are the changes of customer ids.
var eventTerms = map[string][2]string{
	"created": {"New customers", "新建客户"}, "merged": {"Merged into another", "合并"}, "split": {"Split off", "拆分"},
	"moved": {"Records moved to another customer", "记录转移"}, "retired": {"No longer in the exports", "停用"},
}

// maxMovers bounds the list of segments with most movement.
const maxMovers = 10

// changes compares the run with the one before it.
func (v *view) changes() {
	v.EventBars = countBars(v.Events, 0, eventTerms, "event")
	for i := range v.EventBars {
		v.EventBars[i].Note = ""
	}
	if v.Before == nil {
		return
	}
	now, before := byMetric(v.KPI), byMetric(v.Before.KPI)
	for _, f := range shownFigures {
		a, b := before[f.metric], now[f.metric]
		if a != nil && b != nil && a.Value != nil && b.Value != nil {
			v.Changes = append(v.Changes, changeOf(term(f.en, b.MetricZH), f.metric, b.Unit, *a.Value, *b.Value))
		}
	}
	v.movers()
}

// byMetric finds the figures of the last 12 months.
func byMetric(rows []schemas.KPI) map[string]*schemas.KPI {
	out := map[string]*schemas.KPI{}
	for i := range rows {
		if rows[i].Period == "last_12m" {
			out[rows[i].Metric] = &rows[i]
		}
	}
	return out
}

func changeOf(name template.HTML, metric, unit string, before, now float64) changeRow {
	row := changeRow{
		Name: name, Before: kpiValue(unit, &before, "change", metric, "before"), Now: kpiValue(unit, &now, "change", metric, "now"),
		Relative: Missing,
	}
	difference := now - before
	text := unitText(unit, difference)
	if unit == "share" {
		text = Short(roundHalfAway(1000*difference)/10) + " pp" // percentage points
	}
	if difference > 0 {
		text = "+" + text
	}
	row.Difference = figure(exact(difference), text, "change", metric, "difference")
	if before != 0 && unit != "share" {
		relative := Percent(difference / before)
		if difference > 0 {
			relative = "+" + relative
		}
		row.Relative = figure(exact(difference/before), relative, "change", metric, "relative")
	}
	row.Class = direction(difference)
	return row
}

// direction is the class of a difference.
func direction(difference float64) string {
	switch {
	case difference > 0:
		return "up"
	case difference < 0:
		return "down"
	}
	return ""
}

// movers lists the segments that most customers entered or left.
func (v *view) movers() {
	var list []*schemas.SegmentSummary
	for i := range v.Segments {
		if s := &v.Segments[i]; s.Entered+s.Left > 0 {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b *schemas.SegmentSummary) int {
		return cmp.Or(cmp.Compare(b.Entered+b.Left, a.Entered+a.Left), cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(a.Segment, b.Segment))
	})
	for _, s := range list[:min(len(list), maxMovers)] {
		key := []string{"mover", s.Scheme, s.Segment}
		balance := figureCount(s.Entered-s.Left, append(key, "balance")...)
		if s.Entered > s.Left {
			balance = "+" + balance
		}
		v.Movers = append(v.Movers, moverRow{
			term(segmentName(s), s.NameZH), schemeTerm(s.Scheme), figureCount(s.Customers, append(key, "customers")...),
			figureCount(s.Entered, append(key, "entered")...), figureCount(s.Left, append(key, "left")...), balance,
		})
	}
}

// schemeTerm names a scheme.
func schemeTerm(code string) template.HTML {
	for _, s := range shownSchemes {
		if s.code == code {
			return term(s.en, s.zh)
		}
	}
	if name, ok := apart[code]; ok {
		return term(name[0], name[1])
	}
	return term(words(code), "")
}
