package report

import (
	"bytes"
	_ "embed" // the page's template and style sheet
	"fmt"
	"html/template"
	"strings"
)

//go:embed page.html
var pageText string

//go:embed style.css
var styleText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"count":   Count,
	"money":   Money,
	"percent": Percent,
	"of":      PercentOf,
	"short":   Short,
	"day":     Day,
	"bytes":   Bytes,
	"term":    term,
}).Parse(pageText))

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

// term sets an English term with the Chinese one beside it.
func term(en, zh string) template.HTML {
	text := template.HTMLEscapeString(en)
	if zh != "" {
		text += ` <span class="zh" lang="zh">` + template.HTMLEscapeString(zh) + `</span>`
	}
	return template.HTML(text) //nolint:gosec // both are escaped
}

// view is what the template sees: the data and what is drawn from it.
type view struct {
	*Data
	Style      template.CSS
	Tiles      []tile
	Rows       rowTotals
	Figures    []figure
	LastYear   string // the last complete calendar year; empty when the data hold none
	Monthly    template.HTML
	NewBuyers  template.HTML
	Heat       [][]HeatCell
	Cells      []cellRow
	Classes    []classRow
	Schemes    []scheme
	Lifecycle  []Bar
	ChurnBars  []Bar
	Deciles    template.HTML
	DecileRows []decileRow
	Recon      []reconRow
	ReconTotal reconRow
	RejectBars []Bar
	SkipBars   []Bar
	Issues     []issueRow
	MoreIssues int
	Failed     []qualityRow
	Checks     int64
	Passed     int64 // of Checks
	Sizes      []Bar
	Rules      []Bar
	Conflicts  []Bar
	Weights    []weightGroup
	Curve      template.HTML
	Worst      []Bar
	Doubts     []doubtRow
	Accept     string // the threshold
	Expected   string // false merges
	Lists      []audienceRow
}

// tile is one figure at the top of the page.
type tile struct{ Label, LabelZH, Value, Note string }

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
	v.tiles()
	v.figures()
	v.grid()
	v.segments()
	v.churnAndValue()
	v.reconciliation()
	v.quality()
	v.identity()
	v.model()
	v.audiences()
	var b bytes.Buffer
	if err := page.Execute(&b, &v); err != nil {
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
	add := func(label, zh, value, note string) { v.Tiles = append(v.Tiles, tile{label, zh, value, note}) }
	id := &v.Identity
	kinds := Count(id.Persons) + " persons"
	if id.Organizations > 0 {
		kinds += ", " + Count(id.Organizations) + " organizations"
	}
	add("Customers", "客户", Count(id.Customers), kinds)
	add("Match rate", "匹配率", PercentOf(id.Joined, id.Parties), fmt.Sprintf("of %s source records share a customer", Count(id.Parties)))
	add("Buyers", "购买客户", Count(v.RFM.Total.Customers), PercentOf(v.RFM.Total.Customers, id.Customers)+" of customers")
	anonymous := "all of known customers"
	if v.Orders.Anonymous != 0 {
		anonymous = "and " + Short(float64(v.Orders.Anonymous)/moneyScale) + " of unknown buyers"
	}
	add("Revenue", "净收入", v.Currency+" "+Short(float64(v.Orders.Revenue)/moneyScale), anonymous)
	add("Orders", "订单", Count(v.Orders.Orders), Count(v.Orders.Counting)+" count as revenue of customers")
	if v.CLV.Total.Customers > 0 {
		add("12-month CLV", "12个月价值", v.Currency+" "+Short(float64(v.CLV.Total.Revenue)/moneyScale), "expected of "+Count(v.CLV.Total.Customers)+" buyers")
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
