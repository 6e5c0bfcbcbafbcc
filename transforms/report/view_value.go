package report

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/rfm"
)

// figure is one row of the table of key figures.
type figureRow struct{ Name, Note, Last12m, LastYear, All template.HTML }

// shownFigures are the metrics of the table, in its order.
var shownFigures = []struct{ metric, en, note, noteZH string }{
	{"customers", "Customers", "known by the end of the period", "期末已知的客户"},
	{"buyers", "Buyers", "with at least one order that counts", "至少一单"},
	{"new_buyers", "New buyers", "first order in the period", "期间内首单"},
	{"active_customers", "Active customers", "an order in the last 180 days, or as the config says", "近180天（或按配置）内有订单"},
	{"orders", "Orders", "that count as revenue; with anonymous ones", "计收入的订单，含匿名订单"},
	{"revenue", "Revenue", "net of refunds, without tax and shipping; with anonymous buyers", "扣除退款，不含税和运费，含匿名订单"},
	{"average_order_value", "Average order value", "revenue per order", "净收入除以订单数"},
	{"repeat_rate", "Repeat rate", "buyers with two orders or more", "两单及以上的购买客户"},
	{"retention", "Retention", "active at the start and again in the period", "期初活跃且期间内再次下单"},
}

// figures fills the table of key figures and the charts by month.
func (v *view) figures() {
	byKey := map[[2]string]*schemas.KPI{}
	var months, years []string
	for i := range v.KPI {
		row := &v.KPI[i]
		if _, seen := byKey[[2]string{row.Period, "revenue"}]; !seen && row.Metric == "revenue" {
			switch {
			case len(row.Period) == len("2026-09") && !strings.Contains(row.Period, "Q"):
				months = append(months, row.Period)
			case len(row.Period) == len("2026") && row.Period[0] >= '0' && row.Period[0] <= '9':
				years = append(years, row.Period)
			}
		}
		byKey[[2]string{row.Period, row.Metric}] = row
	}
	slices.Sort(months)
	slices.Sort(years)
	v.LastYear = completeYear(years, byKey)
	for _, f := range shownFigures {
		out, zh := figureRow{Note: say(template.HTML(f.note), template.HTML(f.noteZH))}, "" //nolint:gosec // constants
		show := func(period string) template.HTML {
			row := byKey[[2]string{period, f.metric}]
			if row == nil {
				return Missing
			}
			zh = row.MetricZH
			return kpiFigure(row, "kpi", period, f.metric)
		}
		out.Last12m, out.LastYear, out.All = show("last_12m"), show(v.LastYear), show("all")
		if zh != "" {
			out.Name = term(f.en, zh)
			v.Figures = append(v.Figures, out)
		}
	}
	if len(months) > maxMonths {
		months = months[len(months)-maxMonths:]
	}
	v.Monthly = monthChart("Revenue by month 月度净收入", "revenue", byKey, months, "bar")
	v.NewBuyers = monthChart("New buyers by month 月度新客", "new_buyers", byKey, months, "bar second")
}

// monthChart draws a metric month by month.
func monthChart(title, metric string, byKey map[[2]string]*schemas.KPI, months []string, class string) chart {
	out := chart{Drawing: Columns(title, kpiPoints(byKey, months, metric), class), Head: []template.HTML{term("Month", "月份"), term("Value", "数值")}}
	for _, month := range months {
		if row := byKey[[2]string{month, metric}]; row != nil && row.Value != nil {
			out.Rows = append(out.Rows, []template.HTML{figure("", month), kpiFigure(row, "kpi", month, metric)})
		}
	}
	return out
}

// maxMonths bounds the charts by month.
const maxMonths = 36

// completeYear is the last calendar year with a value, empty when there is none.
func completeYear(years []string, byKey map[[2]string]*schemas.KPI) string {
	for i := len(years) - 1; i >= 0; i-- {
		if row := byKey[[2]string{years[i], "revenue"}]; row != nil && row.Value != nil {
			return years[i]
		}
	}
	return ""
}

// kpiText writes the value of a metric by its unit.
func kpiText(row *schemas.KPI) string {
	if row.Value == nil {
		return Missing
	}
	return unitText(row.Unit, *row.Value)
}

func unitText(unit string, v float64) string {
	switch unit {
	case "money":
		return Money(int64(roundHalfAway(v * moneyScale)))
	case "share":
		return Percent(v)
	case "count":
		return Count(int64(roundHalfAway(v)))
	}
	return Short(v)
}

// kpiFigure is the value of a metric.
func kpiFigure(row *schemas.KPI, key ...string) template.HTML {
	return kpiValue(row.Unit, row.Value, key...)
}

func kpiValue(unit string, v *float64, key ...string) template.HTML {
	return orMissing(v, func(v float64, key ...string) template.HTML { return figure(exact(v), unitText(unit, v), key...) }, key...)
}

func roundHalfAway(v float64) float64 {
	if v < 0 {
		return float64(int64(v - 0.5))
	}
	return float64(int64(v + 0.5))
}

func kpiPoints(byKey map[[2]string]*schemas.KPI, months []string, metric string) []Point {
	var points []Point
	for _, month := range months {
		p := Point{Label: month}
		if row := byKey[[2]string{month, metric}]; row != nil && row.Value != nil {
			p.Known, p.Value, p.Text = true, *row.Value, kpiText(row)
		}
		points = append(points, p)
	}
	for len(points) > 0 && !points[0].Known {
		points = points[1:]
	}
	for len(points) > 0 && !points[len(points)-1].Known {
		points = points[:len(points)-1]
	}
	return points
}

// cellRow is one of the ten cells.
type cellRow struct {
	Name, Strategy                 template.HTML
	Customers, Share, RevenueShare template.HTML
}

type classRow struct {
	Class                                   string
	Customers, Revenue, Share, RevenueShare template.HTML
	CustomerWidth, AmountWidth              string
}

// grid fills the heat map of R and F, the table of the ten cells and the ABC classes.
func (v *view) grid() {
	total := v.RFM.Total
	if total.Customers == 0 {
		return
	}
	strategies := map[string]*schemas.SegmentSummary{}
	for i := range v.Segments {
		if v.Segments[i].Scheme == "rfm" {
			strategies[v.Segments[i].Segment] = &v.Segments[i]
		}
	}
	var largest int64
	sums := map[string]Sum{}
	for r := range v.RFM.Grid {
		for f, sum := range v.RFM.Grid[r] {
			largest = max(largest, sum.Customers)
			cell := rfm.TenCell(rfm.Scores{R: int8(r + 1), F: int8(f + 1), M: 1})
			s := sums[cell.Code]
			s.Merge(sum)
			sums[cell.Code] = s
		}
	}
	for r := 5; r >= 1; r-- {
		var row []HeatCell
		for f := 1; f <= 5; f++ {
			sum := v.RFM.Grid[r-1][f-1]
			cell := rfm.TenCell(rfm.Scores{R: int8(r), F: int8(f), M: 1})
			row = append(row, HeatCell{
				R: r, F: f, Customers: sum.Customers, Share: PercentOf(sum.Customers, total.Customers),
				Key: fmt.Sprintf("r%df%d", r, f), EN: cell.EN, ZH: cell.ZH, Code: cell.Code, Shade: Shade(sum.Customers, largest),
			})
		}
		v.Heat = append(v.Heat, row)
	}
	for _, cell := range rfm.TenCells() {
		sum := sums[cell.Code]
		row := cellRow{
			Name: term(cell.EN, cell.ZH), Customers: figureCount(sum.Customers, "rfm", cell.Code, "buyers"),
			Share: figureOf(sum.Customers, total.Customers, "rfm", cell.Code, "share"), RevenueShare: figureOf(sum.Revenue, total.Revenue, "rfm", cell.Code, "revenue_share"),
		}
		if s := strategies[cell.Code]; s != nil && s.StrategyEN != "" {
			row.Strategy = term(s.StrategyEN, s.StrategyZH)
		}
		v.Cells = append(v.Cells, row)
	}
	for i, sum := range v.RFM.ABC {
		class := string(rune('A' + i))
		v.Classes = append(v.Classes, classRow{
			Class: class, Customers: figureCount(sum.Customers, "abc", class, "buyers"), Revenue: figureMoney(sum.Revenue, "abc", class, "revenue"),
			Share:         figureOf(sum.Customers, total.Customers, "abc", class, "share"),
			RevenueShare:  figureOf(sum.Revenue, total.Revenue, "abc", class, "revenue_share"),
			CustomerWidth: widthOf(sum.Customers, total.Customers), AmountWidth: widthOf(sum.Revenue, total.Revenue),
		})
	}
}

// widthOf is a share in percent for a bar's width, within 0 and 100.
func widthOf(n, all int64) string {
	if n <= 0 || all <= 0 {
		return "0"
	}
	return pixel(min(100, 100*float64(n)/float64(all)))
}

// scheme is one way to cut the customers into segments.
type scheme struct {
	Name template.HTML
	Bars []Bar
	More int // segments that are not shown
}

// shownSchemes are the schemes with a list of bars of their own, in order; schemes of the
// user's rules follow.
var shownSchemes = []struct{ code, en, zh string }{
	{"value_matrix", "Value matrix", "价值矩阵"},
	{"funnel", "Funnel", "漏斗阶段"},
	{"tier", "Tier", "会员等级"},
	{"rfm_cn", "Eight cells", "RFM八格分群"},
	{"geographic", "Geographic", "地域"},
	{"demographic", "Demographic", "人口属性"},
	{"firmographic", "Firmographic", "企业属性"},
	{"behavioural", "Behaviour", "行为"},
	{"psychographic", "Psychographic", "心理特征"},
	{"need", "Needs", "需求"},
	{"brand_loyalty", "Brand loyalty", "品牌忠诚"},
	{"target_fit", "Target fit", "目标客群匹配"},
	{"value", "Value", "价值"},
}

// apart are the schemes that the page shows elsewhere.
var apart = map[string][2]string{
	"lifecycle": {"Lifecycle", "生命周期"}, "rfm": {"Ten cells", "RFM十格分群"}, "abc": {"ABC class", "ABC分级"}, "churn": {"Churn risk", "流失风险"},
}

// maxBars bounds a list of bars.
const maxBars = 12

func (v *view) segments() {
	byScheme := map[string][]*schemas.SegmentSummary{}
	for i := range v.Segments {
		s := &v.Segments[i]
		if s.Customers > 0 || s.Scheme == "lifecycle" {
			byScheme[s.Scheme] = append(byScheme[s.Scheme], s)
		}
	}
	v.Lifecycle, _ = segmentBars(byScheme["lifecycle"], v.Identity.Customers)
	for _, s := range shownSchemes {
		v.scheme(s.en, s.zh, byScheme[s.code])
		delete(byScheme, s.code)
	}
	for _, code := range slices.Sorted(maps.Keys(byScheme)) {
		if _, elsewhere := apart[code]; !elsewhere {
			v.scheme(words(code), "", byScheme[code])
		}
	}
}

func (v *view) scheme(en, zh string, segments []*schemas.SegmentSummary) {
	if bars, more := segmentBars(segments, v.Identity.Customers); len(bars) > 0 {
		v.Schemes = append(v.Schemes, scheme{term(en, zh), bars, more})
	}
}

// segmentBars draws segments by their customers, most first.
func segmentBars(segments []*schemas.SegmentSummary, customers int64) (bars []Bar, more int) {
	slices.SortStableFunc(segments, func(a, b *schemas.SegmentSummary) int {
		return cmp.Or(cmp.Compare(b.Customers, a.Customers), cmp.Compare(a.Segment, b.Segment))
	})
	for i, s := range segments {
		if i == maxBars {
			more = len(segments) - maxBars
			break
		}
		key := []string{"segment", s.Scheme, s.Segment}
		bars = append(bars, Bar{
			Label: segmentName(s), LabelZH: s.NameZH, Value: float64(s.Customers), Text: figureCount(s.Customers, append(key, "customers")...),
			Note: figureOf(s.Customers, customers, append(key, "share")...) + " · " + figureShort(s.Revenue, append(key, "revenue")...),
		})
	}
	return Scale(bars), more
}

// segmentName is a segment in English words.
func segmentName(s *schemas.SegmentSummary) string {
	switch {
	case s.NameEN == "":
		return words(s.Segment)
	case s.NameEN == s.Segment: // nobody has given it a name
		return words(s.NameEN)
	}
	return s.NameEN
}
