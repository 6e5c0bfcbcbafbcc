package report

import (
	"fmt"
	"html/template"
	"strconv"
)

// churnNames are the bands in order.
var churnNames = map[string][2]string{
	"low": {"Low risk", "低风险"}, "medium": {"Medium risk", "中风险"}, "high": {"High risk", "高风险"},
	"lapsed": {"Lapsed", "已流失"}, "unknown": {"Not scored", "未评分"},
}

// ChurnBands are the bands in the order of the page.
var ChurnBands = []string{"low", "medium", "high", "lapsed", "unknown"}

// riskRow is one ABC class of the table of value at risk.
type riskRow struct {
	Class string
	Cells []riskCell
}

type riskCell struct {
	Customers, AtRisk template.HTML
	Title, Shade      string
}

// churn draws the bands, and the classes by value against them.
func (v *view) churn() {
	var all int64
	for _, band := range v.Churn {
		all += band.Customers
	}
	var most int64
	for _, band := range v.Churn {
		name := churnName(band.Band)
		note := figureOf(band.Customers, all, "churn", band.Band, "share")
		if band.ValueAtRisk > 0 {
			note += " · " + figureShort(band.ValueAtRisk, "churn", band.Band, "value_at_risk") + " " + term("at risk", "风险价值")
		}
		v.ChurnBars = append(v.ChurnBars, Bar{
			Label: name[0], LabelZH: name[1], Value: float64(band.Customers), Text: figureCount(band.Customers, "churn", band.Band, "customers"),
			Note: note, Class: "churn-" + band.Band,
		})
		v.RiskBands = append(v.RiskBands, term(name[0], name[1]))
		for _, sum := range band.ByClass {
			most = max(most, sum.ValueAtRisk)
		}
	}
	v.ChurnBars = Scale(v.ChurnBars)
	for i := range len(abcClasses) {
		row := riskRow{Class: abcClasses[i : i+1]}
		for _, band := range v.Churn {
			sum := band.ByClass[i]
			key := []string{"risk", row.Class, band.Band}
			row.Cells = append(row.Cells, riskCell{
				Customers: figureCount(sum.Customers, append(key, "customers")...), AtRisk: figureShort(sum.ValueAtRisk, append(key, "value_at_risk")...),
				Title: fmt.Sprintf("%s, %s: %s, %s", row.Class, churnName(band.Band)[0], Count(sum.Customers), Money(sum.ValueAtRisk)), Shade: Shade(sum.ValueAtRisk, most),
			})
		}
		v.Risk = append(v.Risk, row)
	}
}

// abcClasses are the classes by value.
const abcClasses = "ABC"

func churnName(band string) [2]string {
	if name, ok := churnNames[band]; ok {
		return name
	}
	return [2]string{words(band), ""}
}

// deciles draws the value of the next 12 months by tenths of the buyers.
func (v *view) deciles() {
	out := chart{Head: []template.HTML{term("Buyers", "客户"), term("Number", "人数"), term("Mean value", "人均价值"), term("Value", "12个月价值"), term("Share", "占比")}}
	var points []Point
	for i, d := range v.CLV.Deciles {
		if d.Customers == 0 {
			continue
		}
		name := fmt.Sprintf("%d–%d %%", 10*i, 10*i+10)
		mean := d.Revenue / d.Customers
		points = append(points, Point{Label: name, Value: float64(mean) / moneyScale, Text: Money(mean), Known: true})
		key := []string{"clv", "decile", strconv.Itoa(i + 1)}
		out.Rows = append(out.Rows, []template.HTML{
			figure("", name), figureCount(d.Customers, append(key, "customers")...), figureMoney(mean, append(key, "mean")...),
			figureMoney(d.Revenue, append(key, "value")...), figureOf(d.Revenue, v.CLV.Total.Revenue, append(key, "share")...),
		})
	}
	out.Drawing = Columns("Mean value of the next 12 months by decile 未来12个月人均价值十分位", points, "bar third")
	v.Deciles = out
}
