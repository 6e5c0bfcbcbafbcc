package report

import (
	"cmp"
	"html/template"
	"maps"
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
)

// feedbackTerms are the categories of feedback, in the order of the layers.
var feedbackTerms = []struct{ code, zh string }{{"product", "产品"}, {"service", "服务"}, {"need", "需求"}, {"other", "其他"}}

// departmentRow sums feedback of the shown months up.
type departmentRow struct {
	Name              string
	Items, Late, Rate template.HTML
}

// painRow is one topic that hurts.
type painRow struct {
	Touchpoint, Topic       string
	Rank, Frequency, Impact template.HTML
	Width                   string // of frequency times impact
}

// Bounds of the lists.
const (
	maxDepartments = 8
	maxPains       = 10
)

// feedback draws the items by month and category, and sums departments up.
func (v *view) feedback() {
	byMonth := map[string]map[string]int64{}
	for i := range v.Feedback {
		row := &v.Feedback[i]
		if byMonth[row.Month] == nil {
			byMonth[row.Month] = map[string]int64{}
		}
		byMonth[row.Month][row.Category] += row.Items
	}
	months := slices.Sorted(maps.Keys(byMonth))
	months = months[max(0, len(months)-maxMonths):]
	out := chart{Head: []template.HTML{term("Month", "月份")}}
	var layers []Layer
	for i, c := range feedbackTerms {
		layer := Layer{EN: words(c.code), ZH: c.zh, Class: layerClasses[i]}
		for _, month := range months {
			layer.Values = append(layer.Values, byMonth[month][c.code])
		}
		layers = append(layers, layer)
		out.Head = append(out.Head, term(words(c.code), c.zh))
		v.FeedbackKeys = append(v.FeedbackKeys, legend{term(words(c.code), c.zh), layerClasses[i]})
	}
	for _, month := range months {
		row := []template.HTML{figure("", month)}
		for _, c := range feedbackTerms {
			row = append(row, figureCount(byMonth[month][c.code], "feedback", month, c.code))
		}
		out.Rows = append(out.Rows, row)
	}
	out.Drawing = Layers("Feedback by month and category 月度反馈分类", months, layers)
	v.FeedbackChart = out
	v.departments(months)
	v.pains()
}

// layerClasses are the colours of layers.
var layerClasses = []string{"", "second", "third", "fourth"}

// legend names a colour.
type legend struct {
	Name  template.HTML
	Class string
}

func (v *view) departments(months []string) {
	type sums struct{ items, late int64 }
	byName := map[string]sums{}
	for i := range v.Feedback {
		if row := &v.Feedback[i]; slices.Contains(months, row.Month) {
			s := byName[row.Department]
			byName[row.Department] = sums{s.items + row.Items, s.late + row.Late}
		}
	}
	names := slices.Sorted(maps.Keys(byName))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(byName[b].items, byName[a].items) })
	for _, name := range names[:min(len(names), maxDepartments)] {
		s, key := byName[name], []string{"department", name}
		v.Departments = append(v.Departments, departmentRow{
			words(name), figureCount(s.items, append(key, "items")...), figureCount(s.late, append(key, "late")...), figureOf(s.late, s.items, append(key, "late_share")...),
		})
	}
}

func (v *view) pains() {
	list := slices.SortedStableFunc(slices.Values(v.Pains), func(a, b schemas.PainPoint) int { return cmp.Compare(a.Rank, b.Rank) })
	highest := 0.0
	for i := range list {
		highest = max(highest, weight(&list[i]))
	}
	for i := range list[:min(len(list), maxPains)] {
		p := &list[i]
		key := []string{"pain", p.Touchpoint, p.Topic}
		row := painRow{
			words(p.Touchpoint), words(p.Topic), figureCount(p.Rank, append(key, "rank")...), figureCount(p.Frequency, append(key, "frequency")...),
			figureNumber(p.Impact, append(key, "impact")...), "0",
		}
		if highest > 0 {
			row.Width = pixel(100 * max(0, weight(p)) / highest)
		}
		v.PainRows = append(v.PainRows, row)
	}
}

// weight is what the rank of a pain point goes by.
func weight(p *schemas.PainPoint) float64 { return float64(p.Frequency) * p.Impact }
