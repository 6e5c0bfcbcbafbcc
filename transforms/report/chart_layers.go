package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// Layer is one part of every column of a chart of layers.
type Layer struct {
	EN, ZH string
	Class  string // in the style sheet
	Values []int64
}

// Layers draws columns of several counts, one upon the other from the first.
func Layers(title string, labels []string, layers []Layer) template.HTML {
	most := int64(0)
	for i := range labels {
		var sum int64
		for _, l := range layers {
			sum += l.Values[i]
		}
		most = max(most, sum)
	}
	if most == 0 {
		return ""
	}
	top := niceCeiling(math.Max(axisSteps, float64(most)))
	y := func(v float64) float64 { return marginTop + plotHeight*(top-v)/top }
	var b strings.Builder
	openChart(&b, title, chartWidth, chartHeight)
	axisY(&b, 0, top, y)
	step := float64(plotWidth) / float64(len(labels))
	width := min(step*0.72, 48)
	for i, label := range labels {
		centre := marginLeft + step*(float64(i)+0.5)
		var below int64
		for _, l := range layers {
			if l.Values[i] == 0 {
				continue
			}
			from := y(float64(below + l.Values[i]))
			fmt.Fprintf(&b, `<rect class="bar %s" x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>`, l.Class, pixel(centre-width/2), pixel(from), pixel(width),
				pixel(y(float64(below))-from), template.HTMLEscapeString(fmt.Sprintf("%s: %s %s", label, Count(l.Values[i]), both(l.EN, l.ZH))))
			below += l.Values[i]
		}
		axisX(&b, label, i, len(labels), centre)
	}
	fmt.Fprintf(&b, `<line class="base" x1="%d" x2="%d" y1="%s" y2="%s"/></svg>`, marginLeft, chartWidth-marginRight, pixel(y(0)), pixel(y(0)))
	return template.HTML(b.String()) //nolint:gosec // all texts above are escaped
}

// axisY draws the lines and numbers of the upright axis.
func axisY(b *strings.Builder, bottom, top float64, y func(float64) float64) {
	for i := range axisSteps + 1 {
		v := bottom + (top-bottom)*float64(i)/axisSteps
		fmt.Fprintf(b, `<line class="grid" x1="%d" x2="%d" y1="%s" y2="%s"/>`, marginLeft, chartWidth-marginRight, pixel(y(v)), pixel(y(v)))
		fmt.Fprintf(b, `<text class="axis" x="%d" y="%s" text-anchor="end">%s</text>`, marginLeft-6, pixel(y(v)+4), template.HTMLEscapeString(Short(v)))
	}
}

// axisX writes the label of column i of n, unless there are too many of them.
func axisX(b *strings.Builder, label string, i, n int, centre float64) {
	every := (n + axisLabels - 1) / axisLabels
	if i%every != 0 {
		return
	}
	minor := ""
	if i/every%axisMajor != 0 {
		minor = " minor" // left out on a phone
	}
	fmt.Fprintf(b, `<text class="axis%s" x="%s" y="%d" text-anchor="middle">%s</text>`, minor, pixel(centre), chartHeight-10, template.HTMLEscapeString(label))
}
