package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// Charts are SVG drawings inside the page: no script, no request. They take their colours
// from the page's style sheet, so that they follow light, dark and print. Every mark carries
// its value as a title, which browsers show and screen readers read.

// Point is one place on a chart's axis.
type Point struct {
	Label string
	Value float64
	Text  string // the value in words
	Known bool   // false leaves a gap
}

const (
	chartWidth   = 720
	chartHeight  = 240
	marginLeft   = 56
	marginRight  = 12
	marginTop    = 14
	marginBottom = 30
	plotWidth    = chartWidth - marginLeft - marginRight
	plotHeight   = chartHeight - marginTop - marginBottom
	axisSteps    = 4
	axisLabels   = 8 // at most, below the chart
	axisMajor    = 2 // every second of them on a phone
)

// Columns draws one upright bar for each point. class is the bars' class in the style sheet.
func Columns(title string, points []Point, class string) template.HTML {
	if len(points) == 0 {
		return ""
	}
	low, high := bounds(points)
	top := niceCeiling(high)
	bottom := -niceCeiling(-low)
	y := func(v float64) float64 { return marginTop + plotHeight*(top-v)/(top-bottom) }
	var b strings.Builder
	openChart(&b, title, chartWidth, chartHeight)
	axisY(&b, bottom, top, y)
	step := float64(plotWidth) / float64(len(points))
	width := min(step*0.72, 48)
	for i, p := range points {
		centre := marginLeft + step*(float64(i)+0.5)
		if p.Known {
			from, to := y(math.Max(p.Value, 0)), y(math.Min(p.Value, 0))
			fmt.Fprintf(&b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s" rx="2"><title>%s</title></rect>`,
				class, pixel(centre-width/2), pixel(from), pixel(width), pixel(math.Max(to-from, 0.5)), template.HTMLEscapeString(p.Label+": "+p.Text))
		}
		axisX(&b, p.Label, i, len(points), centre)
	}
	fmt.Fprintf(&b, `<line class="base" x1="%d" x2="%d" y1="%s" y2="%s"/></svg>`, marginLeft, chartWidth-marginRight, pixel(y(0)), pixel(y(0)))
	return template.HTML(b.String()) //nolint:gosec // all texts above are escaped
}

// StackPoint is one column of two counts, one upon the other.
type StackPoint struct {
	Label string
	Text  string // the values in words
	Value [2]int64
}

// Stacks draws columns of two counts whose heights go by the logarithm, so that the few can be
// seen beside the many.
func Stacks(title string, points []StackPoint) template.HTML {
	most := 1.0
	for _, p := range points {
		most = math.Max(most, float64(p.Value[0]+p.Value[1]))
	}
	decades := math.Max(1, math.Ceil(math.Log10(most)))
	height := func(n float64) float64 {
		if n <= 0 {
			return 0
		}
		return plotHeight * (math.Log10(n) + .3) / (decades + .3) // one pair is to be seen
	}
	bottom := float64(marginTop + plotHeight)
	var b strings.Builder
	openChart(&b, title, chartWidth, chartHeight)
	for i := range int(decades) + 1 {
		v := math.Pow10(i)
		y := bottom - height(v)
		fmt.Fprintf(&b, `<line class="grid" x1="%d" x2="%d" y1="%s" y2="%s"/><text class="axis" x="%d" y="%s" text-anchor="end">%s</text>`,
			marginLeft, chartWidth-marginRight, pixel(y), pixel(y), marginLeft-6, pixel(y+4), Short(v))
	}
	step := float64(plotWidth) / float64(len(points))
	for i, p := range points {
		left, width := marginLeft+step*(float64(i)+.14), step*.72
		all := float64(p.Value[0] + p.Value[1])
		if top := height(all); top > 0 {
			first := top * float64(p.Value[0]) / all // the share of the column is the share of its pairs
			fmt.Fprintf(&b, `<g><title>%s</title><rect class="bar" x="%s" y="%s" width="%s" height="%s"/><rect class="bar refused" x="%s" y="%s" width="%s" height="%s"/></g>`,
				template.HTMLEscapeString(p.Text), pixel(left), pixel(bottom-first), pixel(width), pixel(first), pixel(left), pixel(bottom-top), pixel(width), pixel(top-first))
		}
		minor := ""
		if i%axisMajor != 0 {
			minor = " minor" // left out on a phone
		}
		fmt.Fprintf(&b, `<text class="axis%s" x="%s" y="%d" text-anchor="middle">%s</text>`, minor, pixel(marginLeft+step*float64(i)), chartHeight-10, template.HTMLEscapeString(p.Label))
	}
	fmt.Fprintf(&b, `<line class="base" x1="%d" x2="%d" y1="%s" y2="%s"/></svg>`, marginLeft, chartWidth-marginRight, pixel(bottom), pixel(bottom))
	return template.HTML(b.String()) //nolint:gosec // all texts above are escaped
}

func bounds(points []Point) (low, high float64) {
	for _, p := range points {
		if p.Known {
			low, high = math.Min(low, p.Value), math.Max(high, p.Value)
		}
	}
	if low == 0 && high == 0 {
		high = 1
	}
	return low, high
}

// niceCeiling is the smallest number not below v whose quarters are short to write; 0 for what
// is not positive.
func niceCeiling(v float64) float64 {
	if v <= 0 {
		return 0
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, factor := range []float64{1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10} {
		if v <= factor*power {
			return factor * power
		}
	}
	return 10 * power
}

// pixel writes a coordinate with one decimal, so that no platform's last bit shows.
func pixel(v float64) string {
	text := fmt.Sprintf("%.1f", v)
	text = strings.TrimSuffix(text, ".0")
	if text == "-0" {
		return "0"
	}
	return text
}

// Bar is one row of a list of bars.
type Bar struct {
	Label   string
	LabelZH string
	Value   float64
	Text    template.HTML // the value in words
	Note    template.HTML // beside it, small
	Class   string        // of the bar in the style sheet
	Width   string        // of the bar in percent, set by Scale
}

// Scale gives every bar its width against the largest.
func Scale(bars []Bar) []Bar {
	largest := 0.0
	for _, bar := range bars {
		largest = math.Max(largest, bar.Value)
	}
	for i := range bars {
		width := 0.0
		if largest > 0 {
			width = 100 * math.Max(bars[i].Value, 0) / largest
		}
		bars[i].Width = pixel(width)
	}
	return bars
}

// HeatCell is one cell of the recency and frequency grid.
type HeatCell struct {
	R, F      int
	Customers int64
	Key       string // of its figure
	Share     string
	EN, ZH    string // segment of the cell
	Code      string // its class in the style sheet
	Shade     string // opacity, 0.12 to 1
}

// shades of the heat map: the fewest customers still show.
const (
	lightestShade = 0.14
	darkestShade  = 0.92
)

// Shade is the opacity of a cell: by the square root of its count, since counts are skewed.
func Shade(n, largest int64) string {
	if n <= 0 || largest <= 0 {
		return "0"
	}
	return fmt.Sprintf("%.2f", lightestShade+(darkestShade-lightestShade)*math.Sqrt(float64(n)/float64(largest)))
}
