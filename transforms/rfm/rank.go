package rfm

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
)

// Classes of an ABC analysis.
const (
	ClassA = "A"
	ClassB = "B"
	ClassC = "C"
)

// Shares are the upper bounds of classes A and B, in percent of the cumulative value.
type Shares struct {
	A, B int64
}

// DefaultShares are 80 and 95 %.
var DefaultShares = Shares{A: 80, B: 95}

// Rank is the place of one value among all.
type Rank struct {
	AtMost          int64   // values not above this one, itself included
	Score           int8    // 1 (lowest fifth) to 5
	CumulativeShare float64 // of this value, its equals and all higher ones in the positive sum; 1 for values at or below 0
	Class           string  // ClassA, ClassB or ClassC
}

// RankRange ranks the values of one range, given in ascending order. The results are exact:
// the same as from the whole sorted list, ties included.
func RankRange(p *Prefixes, r uint16, values []int64, shares Shares) ([]Rank, error) {
	var distinct Values
	for i, v := range values {
		if i == 0 || v != values[i-1] {
			distinct = append(distinct, ValueCount{Value: v})
		}
		distinct[len(distinct)-1].Count++
	}
	ranks, err := RankValues(p, r, distinct, shares)
	if err != nil {
		return nil, err
	}
	out := make([]Rank, 0, len(values))
	for i, rank := range ranks {
		for range distinct[i].Count {
			out = append(out, rank)
		}
	}
	return out, nil
}

// RankValues is RankRange for the distinct values of one range: one rank each.
func RankValues(p *Prefixes, r uint16, values Values, shares Shares) ([]Rank, error) {
	prefix, ok := p.Of(r)
	if !ok {
		return nil, fmt.Errorf("rfm: range %d was empty when the prefixes were computed", r)
	}
	if !slices.IsSortedFunc(values, func(a, b ValueCount) int { return cmp.Compare(a.Value, b.Value) }) {
		return nil, fmt.Errorf("rfm: values of range %d are not ascending", r)
	}
	out := make([]Rank, len(values))
	cumulative, atMost := prefix.SumAbove, prefix.Below+values.Total()
	for i := len(values) - 1; i >= 0; i-- {
		v := values[i]
		highest := cumulative == 0
		cumulative += max(0, v.Value) * v.Count
		rank := Rank{AtMost: atMost, Score: Score(atMost, p.Total), CumulativeShare: 1, Class: ClassC}
		if v.Value > 0 {
			rank.CumulativeShare = float64(cumulative) / float64(p.Positive)
			rank.Class = classOf(cumulative, p.Positive, highest, shares)
		}
		out[i] = rank
		atMost -= v.Count
	}
	return out, nil
}

// classOf gives A while the cumulative value, the customer and all equals included, is at
// most the share of A. The highest value is A even when it alone exceeds the share.
func classOf(cumulative, total int64, highest bool, shares Shares) string {
	switch {
	case highest || AtMost(cumulative, total, shares.A):
		return ClassA
	case AtMost(cumulative, total, shares.B):
		return ClassB
	default:
		return ClassC
	}
}

// AtMost tells whether part <= total * percent / 100, without rounding or overflow.
func AtMost(part, total, percent int64) bool {
	aHigh, aLow := bits.Mul64(uint64(part), 100)
	bHigh, bLow := bits.Mul64(uint64(total), uint64(percent))
	return aHigh < bHigh || aHigh == bHigh && aLow <= bLow
}

// Score is the quintile score of a value that atMost of all n values do not exceed (itself
// and its equals included).
//
// It counts the cuts at or below the value, plus 1; cuts are type-7 quantiles (linear
// interpolation between order statistics, the default of R and NumPy) of 20, 40, 60 and
// 80 %, and a value equal to a cut belongs above it: [low, high). The quantile at p lies
// between the order statistics around h = (n-1)p, so a value reaches it exactly when it
// reaches the statistic at ceil(h): ranks alone decide, and no cut is rounded.
func Score(atMost, n int64) int8 {
	score := int8(1)
	for k := int64(1); k <= 4; k++ {
		if atMost >= ((n-1)*k+4)/5+1 {
			score++
		}
	}
	return score
}

// ValueCount is one distinct value and how often it occurs.
type ValueCount struct {
	Value int64 `json:"v"`
	Count int64 `json:"n"`
}

// Values is an exact distribution with few distinct values (days, counts of orders),
// ascending by value.
type Values []ValueCount

// NewValues sorts and adds up counts of values, such as those of several parts.
func NewValues(parts ...Values) Values {
	var all Values
	for _, part := range parts {
		all = append(all, part...)
	}
	slices.SortFunc(all, func(a, b ValueCount) int { return cmp.Compare(a.Value, b.Value) })
	out := all[:0]
	for _, v := range all {
		if n := len(out); n > 0 && out[n-1].Value == v.Value {
			out[n-1].Count += v.Count
			continue
		}
		out = append(out, v)
	}
	return out
}

// Total is the number of values.
func (v Values) Total() int64 {
	var n int64
	for _, c := range v {
		n += c.Count
	}
	return n
}

// Scores returns the score of every distinct value.
func (v Values) Scores() map[int64]int8 {
	n, below := v.Total(), int64(0)
	out := make(map[int64]int8, len(v))
	for _, c := range v {
		below += c.Count
		out[c.Value] = Score(below, n)
	}
	return out
}

// Cuts are the four quantiles themselves, for display.
func (v Values) Cuts() [4]float64 {
	var cuts [4]float64
	n := v.Total()
	if n == 0 {
		return cuts
	}
	for k := range cuts {
		numerator := (n - 1) * int64(k+1)
		low, high := v.at(numerator/5), v.at((numerator+4)/5)
		cuts[k] = float64(low) + float64(numerator%5)/5*float64(high-low)
	}
	return cuts
}

// at is the i-th order statistic, from 0.
func (v Values) at(i int64) int64 {
	for _, c := range v {
		if i < c.Count {
			return c.Value
		}
		i -= c.Count
	}
	return 0
}
