package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/rfm"
)

// figure is one row of the table of key figures.
type figure struct{ Label, LabelZH, Last12m, LastYear, All, Note string }

// shownFigures are the metrics of the table, in its order.
var shownFigures = []struct{ metric, en, note string }{
	{"customers", "Customers", "known by the end of the period"},
	{"buyers", "Buyers", "with at least one order that counts"},
	{"new_buyers", "New buyers", "first order in the period"},
	{"active_customers", "Active customers", "an order in the last 180 days, or as the config says"},
	{"orders", "Orders", "that count as revenue; with anonymous ones"},
	{"revenue", "Revenue", "net of refunds, without tax and shipping; with anonymous buyers"},
	{"average_order_value", "Average order value", "revenue per order"},
	{"repeat_rate", "Repeat rate", "buyers with two orders or more"},
	{"retention", "Retention", "active at the start and again in the period"},
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
		out := figure{Label: f.en, Note: f.note}
		text := func(period string) string {
			row := byKey[[2]string{period, f.metric}]
			if row == nil {
				return Missing
			}
			out.LabelZH = row.MetricZH
			return kpiText(row)
		}
		out.Last12m, out.LastYear, out.All = text("last_12m"), text(v.LastYear), text("all")
		if out.LabelZH != "" {
			v.Figures = append(v.Figures, out)
		}
	}
	if len(months) > maxMonths {
		months = months[len(months)-maxMonths:]
	}
	v.Monthly = Columns("Revenue by month", kpiPoints(byKey, months, "revenue"), "bar")
	v.NewBuyers = Columns("New buyers by month", kpiPoints(byKey, months, "new_buyers"), "bar second")
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

func kpiText(row *schemas.KPI) string {
	if row.Value == nil {
		return Missing
	}
	switch row.Unit {
	case "money":
		return Money(int64(roundHalfAway(*row.Value * moneyScale)))
	case "share":
		return Percent(*row.Value)
	case "count":
		return Count(int64(roundHalfAway(*row.Value)))
	}
	return Short(*row.Value)
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
	Code, EN, ZH, Strategy, StrategyZH string
	Customers, Revenue                 int64
	Share, RevenueShare                string
}

type classRow struct {
	Class                      string
	Customers, Revenue         int64
	Share, RevenueShare        string
	CustomerWidth, AmountWidth string
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
				EN: cell.EN, ZH: cell.ZH, Code: cell.Code, Shade: Shade(sum.Customers, largest),
			})
		}
		v.Heat = append(v.Heat, row)
	}
	for _, cell := range rfm.TenCells() {
		sum := sums[cell.Code]
		row := cellRow{
			Code: cell.Code, EN: cell.EN, ZH: cell.ZH, Customers: sum.Customers, Revenue: sum.Revenue,
			Share: PercentOf(sum.Customers, total.Customers), RevenueShare: PercentOf(sum.Revenue, total.Revenue),
		}
		if s := strategies[cell.Code]; s != nil {
			row.Strategy, row.StrategyZH = s.StrategyEN, s.StrategyZH
		}
		v.Cells = append(v.Cells, row)
	}
	for i, sum := range v.RFM.ABC {
		v.Classes = append(v.Classes, classRow{
			Class: string(rune('A' + i)), Customers: sum.Customers, Revenue: sum.Revenue,
			Share: PercentOf(sum.Customers, total.Customers), RevenueShare: PercentOf(sum.Revenue, total.Revenue),
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
	Label, LabelZH string
	Bars           []Bar
	More           int // segments that are not shown
}

// shownSchemes are the schemes with a list of bars of their own, in order; schemes of the
// user's rules follow.
var shownSchemes = []struct{ code, en, zh string }{
	{"value", "Value matrix", "价值矩阵"},
	{"funnel", "Funnel", "漏斗阶段"},
	{"tier", "Tier", "会员等级"},
	{"rfm_cn", "Eight cells", "RFM八格分群"},
	{"geographic", "Geographic", "地域"},
	{"demographic", "Demographic", "人口属性"},
	{"firmographic", "Firmographic", "企业属性"},
}

// apart are the schemes that the page shows elsewhere.
var apart = []string{"lifecycle", "rfm", "abc", "churn"}

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
		if !slices.Contains(apart, code) {
			v.scheme(words(code), "", byScheme[code])
		}
	}
}

func (v *view) scheme(en, zh string, segments []*schemas.SegmentSummary) {
	if bars, more := segmentBars(segments, v.Identity.Customers); len(bars) > 0 {
		v.Schemes = append(v.Schemes, scheme{en, zh, bars, more})
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
		name := s.NameEN
		if name == "" {
			name = words(s.Segment)
		}
		bars = append(bars, Bar{
			Label: name, LabelZH: s.NameZH, Value: float64(s.Customers), Text: Count(s.Customers),
			Note: PercentOf(s.Customers, customers) + " · " + Short(float64(s.Revenue)/moneyScale),
		})
	}
	return Scale(bars), more
}

// churnNames are the bands in order.
var churnNames = map[string][2]string{
	"low": {"Low risk", "低风险"}, "medium": {"Medium risk", "中风险"}, "high": {"High risk", "高风险"},
	"lapsed": {"Lapsed", "已流失"}, "unknown": {"Not scored", "未评分"},
}

type decileRow struct {
	Name             string
	Customers, Value int64
	Mean             int64
	Share            string
}

func (v *view) churnAndValue() {
	var total int64
	for _, band := range v.Churn {
		total += band.Customers
	}
	for _, band := range v.Churn {
		name, known := churnNames[band.Band]
		if !known {
			name = [2]string{words(band.Band), ""}
		}
		note := PercentOf(band.Customers, total)
		if band.ValueAtRisk > 0 {
			note += " · " + Short(float64(band.ValueAtRisk)/moneyScale) + " at risk"
		}
		v.ChurnBars = append(v.ChurnBars, Bar{Label: name[0], LabelZH: name[1], Value: float64(band.Customers), Text: Count(band.Customers), Note: note, Class: "churn-" + band.Band})
	}
	v.ChurnBars = Scale(v.ChurnBars)
	var points []Point
	for i, d := range v.CLV.Deciles {
		if d.Customers == 0 {
			continue
		}
		name := fmt.Sprintf("%d–%d %%", 10*i, 10*i+10)
		mean := d.Revenue / d.Customers
		points = append(points, Point{Label: name, Value: float64(mean) / moneyScale, Text: Money(mean) + " per customer", Known: true})
		v.DecileRows = append(v.DecileRows, decileRow{name, d.Customers, d.Revenue, mean, PercentOf(d.Revenue, v.CLV.Total.Revenue)})
	}
	v.Deciles = Columns("Mean value of the next 12 months by decile", points, "bar third")
}
