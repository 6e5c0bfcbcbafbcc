package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
)

// weightGroup is one comparison with bars to both sides of a middle line.
type weightGroup struct {
	Label, LabelZH string
	Rows           []weightRow
}

type weightRow struct {
	Level, Bits, Share string
	Left, Width        string // of the bar, in percent
	Against            bool   // speaks against one customer
}

type doubtRow struct {
	CustomerID           string
	Probability, Records template.HTML
}

// comparisonTerms are the comparisons of the model.
var comparisonTerms = map[string][2]string{
	"name": {"Name", "姓名"}, "other_names": {"Further words of the name", "姓名其他部分"}, "birth_date": {"Birth date", "出生日期"},
	"place": {"Street, city, postcode", "地址"}, "phone": {"Phone", "电话"}, "email": {"E-mail", "邮箱"}, "gender": {"Gender", "性别"},
	"company": {"Company", "公司"}, "occupation": {"Occupation", "职业"},
}

// model draws what the model of identity has learned and done.
func (v *view) model() {
	id := &v.Identity
	most := 1.0
	for _, c := range id.Weights {
		for _, l := range c.Levels {
			most = math.Max(most, math.Abs(l.Bits))
		}
	}
	for _, c := range id.Weights {
		name, known := comparisonTerms[c.Name]
		if !known {
			name = [2]string{words(strings.Replace(c.Name, "text.", "text:", 1)), ""}
		}
		group := weightGroup{Label: name[0], LabelZH: name[1]}
		for _, l := range c.Levels {
			width := 50 * math.Abs(l.Bits) / most
			left := 50.0
			if l.Bits < 0 {
				left -= width
			}
			group.Rows = append(group.Rows, weightRow{levelWords(l.Level), signed(l.Bits), Percent(l.Share), pixel(left), pixel(width), l.Bits < 0})
		}
		v.Weights = append(v.Weights, group)
	}
	v.Curve = curve(id.Bands)
	var blocks []Bar
	for _, b := range id.Blocks {
		blocks = append(blocks, Bar{Label: words(b.Rule), Value: float64(b.Largest), Text: figure("", Count(b.Largest)+" records"), Note: figure("", fmt.Sprintf("%s pairs, %s of one customer", Short(float64(b.Pairs)), Short(float64(b.Matches))))})
	}
	v.Worst = Scale(blocks)
	for _, d := range id.Doubtful {
		v.Doubts = append(v.Doubts, doubtRow{
			d.CustomerID, figure(exact(d.Probability), probability(d.Probability), "doubt", d.CustomerID, "probability"),
			figureCount(d.Records, "doubt", d.CustomerID, "records"),
		})
	}
	if id.Threshold > 0 {
		v.Accept = probability(id.Threshold)
	}
	v.Expected = Short(math.Round(10*id.ExpectedFalse) / 10)
}

// levelWords turns given_equal/family_equal into Given equal, family equal.
func levelWords(level string) string {
	text := strings.NewReplacer("_", " ", "/", ", ").Replace(level)
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// probability writes as many decimals as tell it from 1.
func probability(p float64) string {
	decimals := 3
	for ; p < 1 && decimals < 9 && 1-p < math.Pow10(1-decimals); decimals++ {
	}
	return strconv.FormatFloat(p, 'f', decimals, 64)
}

// curve draws the pairs of each band of probability, most of which are sure.
func curve(bands [][2]int64) template.HTML {
	if !slices.ContainsFunc(bands, func(b [2]int64) bool { return b[0]+b[1] > 0 }) {
		return ""
	}
	var points []StackPoint
	for i, b := range bands {
		from, to := "0", "1"
		if i > 0 {
			from = strconv.FormatFloat(bandEdges[i-1], 'g', -1, 64)
		}
		if i < len(bandEdges) {
			to = strconv.FormatFloat(bandEdges[i], 'g', -1, 64)
		}
		label := strings.TrimPrefix(from, "0.")
		if label != from {
			label = "." + label // short enough to stand side by side
		}
		points = append(points, StackPoint{label, fmt.Sprintf("%s to %s: %s pairs of one customer, %s of two", from, to, Count(b[0]), Count(b[1])), b})
	}
	return Stacks("Pairs by probability 候选对概率分布", points)
}

// signed writes bits with their sign, but for what rounds to nothing.
func signed(bits float64) string {
	text := fmt.Sprintf("%+.1f", bits)
	if text == "-0.0" || text == "+0.0" {
		return "0.0"
	}
	return text
}
