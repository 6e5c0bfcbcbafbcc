package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// FlowNode is a segment on one side of a flow.
type FlowNode struct {
	EN, ZH string
	Sum    int64 // of its links
}

// FlowLink is how many went from one segment to another.
type FlowLink struct {
	From, To  int // places among the nodes of the left and the right
	Customers int64
	Text      string // in words
}

const (
	flowWidth   = 720
	flowLabel   = 196 // room for names to both sides
	flowNode    = 10  // width of a node
	flowGap     = 22  // between nodes: two names stand one below the other
	flowLeast   = 12  // height of the smallest node
	flowTallest = 260 // of all nodes of a side, without gaps
	flowTop     = 10
	flowName    = 24 // letters of a name
	flowColours = 6  // classes flow-0 to flow-5 of the style sheet
)

// flowSide places the nodes of a side from the top; nodes that are too low to be seen get flowLeast.
func flowSide(nodes []FlowNode, total int64) (top, height []float64, end float64) {
	end = flowTop
	for i, n := range nodes {
		if i > 0 {
			end += flowGap
		}
		h := math.Max(flowLeast, flowTallest*float64(n.Sum)/float64(total))
		top, height = append(top, end), append(height, h)
		end += h
	}
	return top, height, end
}

// Flow draws links between the nodes of two sides: the thicker, the more customers. A link has the
// colour of where it comes from.
func Flow(title string, left, right []FlowNode, links []FlowLink) template.HTML {
	var total int64
	for _, l := range links {
		total += l.Customers
	}
	if total == 0 {
		return ""
	}
	leftTop, leftHeight, leftEnd := flowSide(left, total)
	rightTop, rightHeight, rightEnd := flowSide(right, total)
	leftUsed, rightUsed := make([]float64, len(left)), make([]float64, len(right))
	var b strings.Builder
	openChart(&b, title, flowWidth, int(math.Max(leftEnd, rightEnd))+flowTop)
	x0, x1 := float64(flowLabel+flowNode), float64(flowWidth-flowLabel-flowNode)
	middle := pixel((x0 + x1) / 2)
	for _, l := range links {
		from := leftHeight[l.From] * float64(l.Customers) / float64(left[l.From].Sum)
		to := rightHeight[l.To] * float64(l.Customers) / float64(right[l.To].Sum)
		y0, y1 := leftTop[l.From]+leftUsed[l.From], rightTop[l.To]+rightUsed[l.To]
		leftUsed[l.From] += from
		rightUsed[l.To] += to
		fmt.Fprintf(&b, `<path class="flow flow-%d" d="M%s %sC%s %s %s %s %s %sL%s %sC%s %s %s %s %s %sZ"><title>%s</title></path>`, l.From%flowColours,
			pixel(x0), pixel(y0), middle, pixel(y0), middle, pixel(y1), pixel(x1), pixel(y1),
			pixel(x1), pixel(y1+to), middle, pixel(y1+to), middle, pixel(y0+from), pixel(x0), pixel(y0+from), template.HTMLEscapeString(l.Text))
	}
	for i, n := range left {
		flowBox(&b, n, fmt.Sprintf("flow-%d", i%flowColours), flowLabel, leftTop[i], leftHeight[i], flowLabel-8, "end")
	}
	for i, n := range right {
		flowBox(&b, n, "flow-to", flowWidth-flowLabel-flowNode, rightTop[i], rightHeight[i], flowWidth-flowLabel+8, "start")
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // all texts above are escaped
}

// flowBox draws a node with its name and number beside it.
func flowBox(b *strings.Builder, n FlowNode, class string, x int, top, height float64, label int, anchor string) {
	middle := top + height/2
	fmt.Fprintf(b, `<rect class="node %s" x="%d" y="%s" width="%d" height="%s" rx="2"/>`, class, x, pixel(top), flowNode, pixel(height))
	name, second := `<tspan lang="en">`+template.HTMLEscapeString(shortened(n.EN))+`</tspan>`, ""
	if n.ZH == "" || n.ZH == n.EN {
		name = template.HTMLEscapeString(shortened(n.EN))
	} else {
		second = `<tspan class="zh" lang="zh">` + template.HTMLEscapeString(shortened(n.ZH)) + ` </tspan>`
	}
	fmt.Fprintf(b, `<text class="name" x="%d" y="%s" text-anchor="%s">%s</text><text class="axis" x="%d" y="%s" text-anchor="%s">%s%s</text>`,
		label, pixel(middle), anchor, name, label, pixel(middle+15), anchor, second, Count(n.Sum))
}

// shortened cuts a name that has no room beside a node.
func shortened(name string) string {
	if runes := []rune(name); len(runes) > flowName {
		return string(runes[:flowName-1]) + "…"
	}
	return name
}
