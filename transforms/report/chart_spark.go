package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

const (
	sparkWidth  = 120
	sparkHeight = 30
	sparkMargin = 4
)

// Spark draws a small line of the last points, with the target as a broken line. Points that are
// not known leave a gap. Fewer than two known points are no line.
func Spark(title string, points []Point, target *float64) template.HTML {
	low, high, n := math.Inf(1), math.Inf(-1), 0
	for _, p := range points {
		if p.Known {
			low, high, n = math.Min(low, p.Value), math.Max(high, p.Value), n+1
		}
	}
	if n < 2 {
		return ""
	}
	if target != nil {
		low, high = math.Min(low, *target), math.Max(high, *target)
	}
	if high == low {
		low, high = low-1, high+1
	}
	x := func(i int) string {
		return pixel(sparkMargin + (sparkWidth-2*sparkMargin)*float64(i)/float64(max(1, len(points)-1)))
	}
	y := func(v float64) string {
		return pixel(sparkMargin + (sparkHeight-2*sparkMargin)*(high-v)/(high-low))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="spark" viewBox="0 0 %d %d" role="img" aria-label="%s"><title>%s</title>`, sparkWidth, sparkHeight, template.HTMLEscapeString(title), template.HTMLEscapeString(title))
	if target != nil {
		fmt.Fprintf(&b, `<path class="target" d="M%d %sH%d"/>`, sparkMargin, y(*target), sparkWidth-sparkMargin)
	}
	letter, last := "M", 0
	b.WriteString(`<path class="curve" d="`)
	for i, p := range points {
		if !p.Known {
			letter = "M"
			continue
		}
		b.WriteString(letter + x(i) + " " + y(p.Value))
		letter, last = "L", i
	}
	fmt.Fprintf(&b, `"/><circle class="dot" cx="%s" cy="%s" r="2.5"/></svg>`, x(last), y(points[last].Value))
	return template.HTML(b.String()) //nolint:gosec // all texts above are escaped
}
