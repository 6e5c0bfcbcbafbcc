package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// CurvePoint is a place on a curve of shares: both ends of each axis are 0 and 1.
type CurvePoint struct {
	X, Y float64
	Text string // what it says in words; a point with a text is marked
}

const (
	curveHeight = 300
	curvePlot   = curveHeight - marginTop - marginBottom
)

// Curve draws shares against shares, with the line on which all would be equal. The axis of Y goes
// beyond 1 where the curve does.
func Curve(title string, points []CurvePoint) template.HTML {
	if len(points) == 0 {
		return ""
	}
	top := 1.0
	for _, p := range points {
		top = math.Max(top, p.Y)
	}
	x := func(v float64) string { return pixel(marginLeft + plotWidth*v) }
	y := func(v float64) string { return pixel(marginTop + curvePlot*(top-v)/top) }
	var b strings.Builder
	openChart(&b, title, chartWidth, curveHeight)
	for i := range axisSteps + 1 {
		v := float64(i) / axisSteps
		fmt.Fprintf(&b, `<line class="grid" x1="%d" x2="%d" y1="%s" y2="%s"/><text class="axis" x="%d" y="%s" text-anchor="end" dy="4">%.0f%%</text>`,
			marginLeft, chartWidth-marginRight, y(v), y(v), marginLeft-6, y(v), 100*v)
		anchor := "middle"
		if i == axisSteps {
			anchor = "end"
		}
		fmt.Fprintf(&b, `<text class="axis" x="%s" y="%d" text-anchor="%s">%.0f%%</text>`, x(v), curveHeight-10, anchor, 100*v)
	}
	fmt.Fprintf(&b, `<path class="equal" d="M%s %sL%s %s"/>`, x(0), y(0), x(1), y(1))
	var line strings.Builder
	for i, p := range points {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		line.WriteString(letter + x(p.X) + " " + y(p.Y))
	}
	fmt.Fprintf(&b, `<path class="area" d="%sL%s %sL%s %sZ"/><path class="curve" d="%s"/>`, line.String(), x(1), y(0), x(points[0].X), y(0), line.String())
	for _, p := range points {
		if p.Text != "" {
			fmt.Fprintf(&b, `<circle class="dot" cx="%s" cy="%s" r="5"><title>%s</title></circle>`, x(p.X), y(p.Y), template.HTMLEscapeString(p.Text))
		}
	}
	fmt.Fprintf(&b, `<line class="base" x1="%d" x2="%d" y1="%s" y2="%s"/></svg>`, marginLeft, chartWidth-marginRight, y(0), y(0))
	return template.HTML(b.String()) //nolint:gosec // all texts above are escaped
}

// openChart begins a drawing. Its values are in a table beside or below it, so to readers of the
// screen it is one picture with a name.
func openChart(b *strings.Builder, title string, width, height int) {
	fmt.Fprintf(b, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="%s">`, width, height, template.HTMLEscapeString(title))
}
