package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
)

//go:embed page/*.html
var pageFiles embed.FS

//go:embed style.css
var styleText string

// pages are the templates: page.html, customer.html and the sections that they show.
var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"count": figureCount,
	"money": figureMoney,
	"short": figureShort,
	"share": figureOf,
	"day":   Day,
	"bytes": Bytes,
	"term":  term,
	"say":   say,
	"plain": Count,
	"words": words,
}).ParseFS(pageFiles, "page/*.html"))

// Bytes writes a size: 12.3 MB.
func Bytes(n int64) string {
	switch {
	case n >= 1e9:
		return significant(float64(n)/1e9) + " GB"
	case n >= 1e6:
		return significant(float64(n)/1e6) + " MB"
	case n >= 1e3:
		return significant(float64(n)/1e3) + " kB"
	}
	return Count(n) + " B"
}

// view is what the template sees: the data and what is drawn from it.
type view struct {
	*Data
	Style         template.CSS
	Tiles         []tile
	Rows          rowTotals
	EventBars     []Bar
	Changes       []changeRow
	Movers        []moverRow
	Targets       []targetRow
	Figures       []figureRow
	LastYear      string // the last complete calendar year; empty when the data hold none
	Monthly       chart
	NewBuyers     chart
	Heat          [][]HeatCell
	Cells         []cellRow
	Classes       []classRow
	Curved        chart
	ChurnBars     []Bar
	RiskBands     []template.HTML
	Risk          []riskRow
	Deciles       chart
	Lifecycle     []Bar
	Schemes       []scheme
	Flows         []flowView
	Cohort        cohortView
	ChannelRows   []channelRow
	MoreChannels  int
	Paths         []journeyRow
	MorePaths     int
	FeedbackChart chart
	FeedbackKeys  []legend
	Departments   []departmentRow
	PainRows      []painRow
	Lists         []audienceRow
	Sizes         []Bar
	Rules         []Bar
	Conflicts     []Bar
	Weights       []weightGroup
	Curve         template.HTML
	Worst         []Bar
	Doubts        []doubtRow
	Accept        string // the threshold
	Expected      string // false merges
	Recon         []reconRow
	ReconTotal    reconRow
	RejectBars    []Bar
	SkipBars      []Bar
	Issues        []issueRow
	MoreIssues    int
	Failed        []qualityRow
	Checks        int64
	Passed        int64 // of Checks
}

// chart is a drawing with the table of what it shows.
type chart struct {
	Drawing template.HTML
	Head    []template.HTML
	Rows    [][]template.HTML
}

// tile is one figure at the top of the page.
type tile struct{ Name, Value, Note template.HTML }

type rowTotals struct{ Accepted, Skipped, Rejected, Files, Issues int64 }

// Render writes the page.
func Render(d *Data) ([]byte, error) {
	v := view{Data: d, Style: template.CSS(styleText)} //nolint:gosec // embedded
	for i := range d.Sources {
		s := &d.Sources[i]
		v.Rows.Accepted += s.Accepted
		v.Rows.Skipped += s.Skipped
		v.Rows.Rejected += s.Rejected
		v.Rows.Files += s.Files
		v.Rows.Issues += s.Issues
	}
	for _, fill := range []func(){
		v.tiles, v.changes, v.targets, v.figures, v.grid, v.concentration, v.churn, v.deciles, v.segments, v.flows, v.cohorts,
		v.channels, v.journeys, v.feedback, v.audiences, v.identity, v.model, v.reconciliation, v.quality,
	} {
		fill()
	}
	return execute("page.html", &v)
}

// execute draws a page.
func execute(name string, v any) ([]byte, error) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, v); err != nil {
		return nil, fmt.Errorf("drawing the report: %w", err)
	}
	return dropBlankLines(b.Bytes()), nil
}

// dropBlankLines removes what the template's actions leave behind.
func dropBlankLines(text []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(text) {
		if len(bytes.TrimSpace(line)) > 0 {
			b.Write(line)
		}
	}
	return b.Bytes()
}

func (v *view) tiles() {
	add := func(en, zh string, value, note template.HTML) {
		v.Tiles = append(v.Tiles, tile{term(en, zh), value, note})
	}
	id := &v.Identity
	amount := func(units int64, key ...string) template.HTML {
		return template.HTML(template.HTMLEscapeString(v.Currency)) + " " + figureShort(units, key...) //nolint:gosec // escaped
	}
	kinds := say(figureCount(id.Persons, "persons")+" persons", figureCount(id.Persons, "persons")+" 位个人")
	if id.Organizations > 0 {
		n := figureCount(id.Organizations, "organizations")
		kinds += say(", "+n+" organizations", "，"+n+" 家企业")
	}
	add("Customers", "客户", figureCount(id.Customers, "customers"), kinds)
	parties := figureCount(id.Parties, "parties")
	add("Match rate", "匹配率", figureOf(id.Joined, id.Parties, "match_rate"), say("of "+parties+" source records share a customer", parties+" 条源记录中与他条同属一客户者"))
	share := figureOf(v.RFM.Total.Customers, id.Customers, "buyers", "share")
	add("Buyers", "购买客户", figureCount(v.RFM.Total.Customers, "buyers"), say(share+" of customers", "占客户 "+share))
	anonymous := say("all of known customers", "全部来自已知客户")
	if v.Orders.Anonymous != 0 {
		more := figureShort(v.Orders.Anonymous, "revenue", "anonymous")
		anonymous = say("and "+more+" of unknown buyers", "另有匿名买家 "+more)
	}
	add("Revenue", "净收入", amount(v.Orders.Revenue, "revenue"), anonymous)
	counting := figureCount(v.Orders.Counting, "orders", "counting")
	add("Orders", "订单", figureCount(v.Orders.Orders, "orders"), say(counting+" count as revenue of customers", "其中 "+counting+" 单计入客户收入"))
	if v.CLV.Total.Customers > 0 {
		scored := figureCount(v.CLV.Total.Customers, "clv", "customers")
		add("12-month CLV", "12个月价值", amount(v.CLV.Total.Revenue, "clv"), say("expected of "+scored+" buyers", scored+" 位购买客户的期望"))
	}
}

// moneyScale: money is in ten-thousandths.
const moneyScale = 10000

// words turns a code into words, such as city_tier/first into City tier: first.
func words(code string) string {
	text := strings.NewReplacer("_", " ", ":", ": ", "/", ": ").Replace(code)
	if text == "" {
		return "(none)"
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
