package report

import (
	"html/template"
	"strings"
)

// journeyRow is one path of stages.
type journeyRow struct {
	Steps                         []template.HTML
	Customers, Conversion, Median template.HTML
	Width                         string
}

// maxPaths bounds the list of paths: the most trodden.
const maxPaths = 12

// stageTerms are the stages of a journey.
var stageTerms = map[string]string{"awareness": "认知", "consideration": "考虑", "purchase": "购买", "service": "服务", "advocacy": "推荐", "retention": "留存", "loyalty": "忠诚", "direct": "直接购买"}

// journeys lists the paths that most customers take.
func (v *view) journeys() {
	var most int64
	for i := range v.Journeys {
		most = max(most, v.Journeys[i].Customers)
	}
	paths := v.Journeys
	if len(paths) > maxPaths {
		v.MorePaths = len(paths) - maxPaths
		paths = paths[:maxPaths]
	}
	for i := range paths {
		row := &paths[i]
		out := journeyRow{
			Customers: figureCount(row.Customers, "journey", row.Path, "customers"), Conversion: orMissing(row.Conversion, figureShare, "journey", row.Path, "conversion"),
			Median: orMissing(row.MedianDays, figureNumber, "journey", row.Path, "median_days"), Width: widthOf(row.Customers, most),
		}
		for _, step := range pathSteps(row.Path) {
			out.Steps = append(out.Steps, term(words(step), stageTerms[step]))
		}
		v.Paths = append(v.Paths, out)
	}
}

// pathSteps takes a path apart.
func pathSteps(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune(" >→,|", r) })
}
