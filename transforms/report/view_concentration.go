package report

import (
	"fmt"
	"html/template"
	"strconv"
)

// markedPercents are the parts of the buyers that the curve marks and the table lists.
var markedPercents = []int{1, 5, 10, 20, 50}

// concentration draws the share of revenue that the largest buyers bring.
func (v *view) concentration() {
	c := &v.Concentration
	if len(c.Points) == 0 {
		return
	}
	var points []CurvePoint
	for _, p := range c.Points {
		points = append(points, CurvePoint{X: float64(p.Customers) / float64(c.Total.Customers), Y: float64(p.Revenue) / float64(c.Total.Revenue)})
	}
	out := chart{Head: []template.HTML{term("Largest buyers", "头部客户"), term("Number", "人数"), term("Revenue", "净收入"), term("Share", "占比")}}
	for _, percent := range markedPercents {
		sum := c.Points[percent]
		key := []string{"concentration", strconv.Itoa(percent)}
		points[percent].Text = fmt.Sprintf("%d %%: %s buyers 客户, %s of revenue 收入占比", percent, Count(sum.Customers), PercentOf(sum.Revenue, c.Total.Revenue))
		out.Rows = append(out.Rows, []template.HTML{
			template.HTML(strconv.Itoa(percent) + " %"), figureCount(sum.Customers, append(key, "buyers")...), //nolint:gosec // a number
			figureMoney(sum.Revenue, append(key, "revenue")...), figureOf(sum.Revenue, c.Total.Revenue, append(key, "share")...),
		})
	}
	out.Drawing = Curve("Share of revenue by share of buyers 收入集中度曲线", points)
	v.Curved = out
}
