package segment

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/rfm"
)

// Sum adds up one segment. All sums are whole numbers, so that parts merge to the same bytes
// in any order.
type Sum struct {
	Scheme    string
	Segment   string
	Customers int64
	Revenue   int64 // ten-thousandths
	CLV12m    int64 // ten-thousandths
	Churn     int64 // billionths of the probabilities' sum
	Scored    int64 // customers with a churn probability
	Entered   int64 // customers without the segment in the last run
	Left      int64 // customers that had it then and have it no more
}

const churnScale = 1e9

// Summary adds up segments over customers, and where their customers come from.
type Summary struct {
	rules   *Rules
	numbers map[Assignment]int // places in sums
	sums    []Sum
	moves   map[[2]int]int64 // customers by the numbers of two segments, see none
}

// NewSummary returns an empty summary of segments by some rules.
func NewSummary(r *Rules) *Summary {
	return &Summary{rules: r, numbers: map[Assignment]int{}, moves: map[[2]int]int64{}}
}

// number is the place of a segment's sum. Names may lie in memory that is used again.
func (s *Summary) number(a Assignment) int {
	n, ok := s.numbers[a]
	if !ok {
		a = Assignment{strings.Clone(a.Scheme), strings.Clone(a.Segment)}
		n = len(s.sums)
		s.numbers[a] = n
		s.sums = append(s.sums, Sum{Scheme: a.Scheme, Segment: a.Segment})
	}
	return n
}

func (s *Summary) at(a Assignment) *Sum { return &s.sums[s.number(a)] }

// Add counts a customer with the segments assigned now and those of the last run.
func (s *Summary) Add(c *schemas.Customer, assigned []Assignment, previous []schemas.CustomerSegment) {
	for _, a := range assigned {
		sum := s.at(a)
		sum.Customers++
		sum.Revenue += c.Revenue
		if c.CLV12m != nil {
			sum.CLV12m += *c.CLV12m
		}
		if c.ChurnProbability != nil {
			sum.Churn += int64(math.Round(*c.ChurnProbability * churnScale))
			sum.Scored++
		}
		if !slices.ContainsFunc(previous, func(p schemas.CustomerSegment) bool { return p.Scheme == a.Scheme && p.Segment == a.Segment }) {
			sum.Entered++
		}
	}
	for _, p := range previous {
		if !slices.Contains(assigned, Assignment{p.Scheme, p.Segment}) {
			s.at(Assignment{p.Scheme, p.Segment}).Left++
		}
	}
	s.moved(assigned, previous)
}

// Sums are the sums, sorted by scheme and segment.
func (s *Summary) Sums() []Sum {
	out := slices.Clone(s.sums)
	slices.SortFunc(out, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(a.Segment, b.Segment))
	})
	return out
}

// Merge adds the sums of another part.
func (s *Summary) Merge(parts ...Sum) {
	for _, p := range parts {
		sum := s.at(Assignment{p.Scheme, p.Segment})
		sum.Customers += p.Customers
		sum.Revenue += p.Revenue
		sum.CLV12m += p.CLV12m
		sum.Churn += p.Churn
		sum.Scored += p.Scored
		sum.Entered += p.Entered
		sum.Left += p.Left
	}
}

// SummaryRows are the rows of segment_summary, but for the run's columns: every segment with
// customers now or in the last run, and every rule, also of a segment that is empty.
func (r *Rules) SummaryRows(sums []Sum) []schemas.SegmentSummary {
	all := NewSummary(r)
	all.Merge(sums...)
	for _, rule := range r.Segments {
		all.at(Assignment{rule.Scheme, rule.Code})
	}
	texts := r.texts()
	var out []schemas.SegmentSummary
	for _, sum := range all.Sums() {
		row := schemas.SegmentSummary{
			Scheme: sum.Scheme, Segment: sum.Segment, Customers: sum.Customers, Revenue: sum.Revenue, CLV12m: sum.CLV12m,
			Entered: sum.Entered, Left: sum.Left,
		}
		if sum.Scored > 0 {
			mean := float64(sum.Churn) / churnScale / float64(sum.Scored)
			row.MeanChurn = &mean
		}
		t := texts[Assignment{sum.Scheme, sum.Segment}]
		if t[0].EN == "" { // what a value names, or a rule without a name
			t[0].EN = sum.Segment
			if _, value, ok := strings.Cut(sum.Segment, "/"); ok {
				t[0].EN = value
			}
		}
		if t[0].ZH == "" {
			t[0].ZH = t[0].EN
		}
		row.NameEN, row.NameZH, row.StrategyEN, row.StrategyZH = t[0].EN, t[0].ZH, t[1].EN, t[1].ZH
		out = append(out, row)
	}
	return out
}

// texts are the names and strategies of segments.
func (r *Rules) texts() map[Assignment][2]Name {
	out := map[Assignment][2]Name{}
	for _, cell := range rfm.TenCells() {
		out[Assignment{SchemeRFM, cell.Code}] = [2]Name{{cell.EN, cell.ZH}, strategies[cell.Code]}
	}
	for _, cell := range rfm.EightCells() {
		out[Assignment{SchemeRFMChinese, cell.Code}] = [2]Name{{cell.EN, cell.ZH}, strategies[cell.Code]}
	}
	for _, s := range r.Lifecycle {
		out[Assignment{SchemeLifecycle, s.Code}] = [2]Name{s.Name, s.Strategy}
	}
	if r.Tiers != nil {
		for _, level := range r.Tiers.Levels {
			out[Assignment{SchemeTier, level.Code}] = [2]Name{level.Name}
		}
	}
	for code, name := range fixedNames {
		out[code] = [2]Name{name, fixedStrategies[code]}
	}
	for _, rule := range r.Segments {
		out[Assignment{rule.Scheme, rule.Code}] = [2]Name{rule.Name, rule.Strategy}
	}
	return out
}
