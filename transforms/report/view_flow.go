package report

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
)

// flowView is the movement of one scheme's segments since the last run.
type flowView struct {
	Name    template.HTML
	Drawing template.HTML // of those who moved
	Rows    []balanceRow
	Stayed  template.HTML
	Moved   template.HTML
}

// balanceRow is one segment: before + in - out = after.
type balanceRow struct {
	Name                   template.HTML
	Before, In, Out, After template.HTML
}

// flowSchemes are the schemes whose movement is drawn.
var flowSchemes = []struct{ code, en, zh string }{{"lifecycle", "Lifecycle", "生命周期"}, {"tier", "Tier", "会员等级"}, {"value_matrix", "Value matrix", "价值矩阵"}}

// Outside stands for no segment of the scheme: a customer who was not there, or is no more.
const Outside = "(none)"

// flows draws who moved between the segments of a scheme. Those who stayed are a number, since
// they would hide the others.
func (v *view) flows() {
	if v.Parent == "" {
		return // all customers are new then
	}
	for _, s := range flowSchemes {
		moves := map[[2]string]int64{}
		for i := range v.Moves {
			if m := &v.Moves[i]; m.Scheme == s.code {
				moves[[2]string{m.From, m.To}] += m.Customers
			}
		}
		if len(moves) > 0 {
			v.Flows = append(v.Flows, v.flow(s.code, term(s.en, s.zh), both(s.en+": movement since the last run", s.zh+"流向"), moves))
		}
	}
}

func (v *view) flow(scheme string, name template.HTML, title string, moves map[[2]string]int64) flowView {
	type sums struct{ before, in, out, after int64 }
	bySegment := map[string]*sums{}
	of := func(segment string) *sums {
		if bySegment[segment] == nil {
			bySegment[segment] = &sums{}
		}
		return bySegment[segment]
	}
	var stayed, moved int64
	for _, key := range slices.SortedFunc(maps.Keys(moves), comparePairs) {
		n := moves[key]
		from, to := of(key[0]), of(key[1])
		from.before += n
		to.after += n
		if key[0] == key[1] {
			stayed += n
			continue
		}
		from.out += n
		to.in += n
		moved += n
	}
	order := v.segmentOrder(scheme, slices.Sorted(maps.Keys(bySegment)))
	out := flowView{
		Name: name, Stayed: figureCount(stayed, "flow", scheme, "stayed"), Moved: figureCount(moved, "flow", scheme, "moved"),
		Drawing: drawFlow(title, order, moves),
	}
	for _, s := range order {
		if s.code == Outside {
			continue
		}
		sum, key := bySegment[s.code], []string{"flow", scheme, s.code}
		out.Rows = append(out.Rows, balanceRow{
			term(s.en, s.zh), figureCount(sum.before, append(key, "before")...), figureCount(sum.in, append(key, "in")...),
			figureCount(sum.out, append(key, "out")...), figureCount(sum.after, append(key, "after")...),
		})
	}
	return out
}

func comparePairs(a, b [2]string) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
}

// namedSegment is a segment with its names.
type namedSegment struct{ code, en, zh string }

// segmentOrder names segments, in the order of a scheme that has one, others by their customers.
func (v *view) segmentOrder(scheme string, codes []string) []namedSegment {
	rows := map[string]*schemas.SegmentSummary{}
	for i := range v.Segments {
		if s := &v.Segments[i]; s.Scheme == scheme {
			rows[s.Segment] = s
		}
	}
	place := func(code string) int {
		if i := slices.Index(stageOrder, code); i >= 0 && scheme == "lifecycle" {
			return i
		}
		return len(stageOrder)
	}
	size := func(code string) int64 {
		if row := rows[code]; row != nil {
			return row.Customers
		}
		return -1 // nobody is left in it, or it is no segment
	}
	slices.SortStableFunc(codes, func(a, b string) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(size(b), size(a)))
	})
	var out []namedSegment
	for _, code := range codes {
		s := namedSegment{code, words(code), ""}
		if row := rows[code]; row != nil {
			s.en, s.zh = segmentName(row), row.NameZH
		}
		out = append(out, s)
	}
	return out
}

// stageOrder are the stages of a customer's life in time.
var stageOrder = []string{"prospect", "acquisition", "new", "growth", "maturity", "active", "decline", "at_risk", "left", "lost", "reactivated"}

func drawFlow(title string, order []namedSegment, moves map[[2]string]int64) template.HTML {
	var left, right []FlowNode
	places := [2]map[string]int{{}, {}}
	for _, s := range order {
		from, to := s, s
		if s.code == Outside {
			from.en, from.zh, to.en, to.zh = "New or in none", "新客户或无", "Gone or in none", "离开或无"
		}
		for _, other := range order {
			if n := moves[[2]string{s.code, other.code}]; n > 0 && other.code != s.code {
				left = addTo(left, places[0], from, n)
			}
			if n := moves[[2]string{other.code, s.code}]; n > 0 && other.code != s.code {
				right = addTo(right, places[1], to, n)
			}
		}
	}
	var links []FlowLink
	for _, from := range order {
		for _, to := range order {
			if n := moves[[2]string{from.code, to.code}]; n > 0 && from.code != to.code {
				l, r := places[0][from.code], places[1][to.code]
				links = append(links, FlowLink{l, r, n, fmt.Sprintf("%s → %s: %s", both(left[l].EN, left[l].ZH), both(right[r].EN, right[r].ZH), Count(n))})
			}
		}
	}
	return Flow(title, left, right, links)
}

func addTo(nodes []FlowNode, places map[string]int, s namedSegment, n int64) []FlowNode {
	i, ok := places[s.code]
	if !ok {
		i = len(nodes)
		places[s.code] = i
		nodes = append(nodes, FlowNode{EN: s.en, ZH: s.zh})
	}
	nodes[i].Sum += n
	return nodes
}
