package rfm

import (
	"math/bits"
	"sort"
)

// Ranges is the number of ordered value ranges.
const Ranges = 1 << 16

// mantissaBits keep values below 1024 exact and larger ones within 1/512.
const mantissaBits = 9

// Range maps a value to one of 65,536 ranges, preserving order: a < b gives
// Range(a) <= Range(b). Values from -1024 to 1023 have a range of their own.
func Range(value int64) uint16 {
	if value < 0 {
		return Ranges/2 - 1 - magnitude(uint64(^value))
	}
	return Ranges/2 + magnitude(uint64(value))
}

// magnitude is a float with an exponent of six bits and a mantissa of nine, as an integer.
func magnitude(v uint64) uint16 {
	length := bits.Len64(v)
	if length <= mantissaBits+1 {
		return uint16(v)
	}
	shift := length - (mantissaBits + 1)
	return uint16(shift<<mantissaBits) + uint16(v>>shift)
}

// Bin is one range with values in it.
type Bin struct {
	Range uint16 `json:"r"`
	Count int64  `json:"n"`
	Sum   int64  `json:"s"` // of the values
}

// Histogram are the non-empty ranges, ascending. It is what a first pass leaves; histograms
// of parts add up with Merge.
type Histogram []Bin

// Counter builds a Histogram. The zero value is ready.
type Counter struct {
	bins []Bin // by range, once needed
}

// Add counts one value.
func (c *Counter) Add(value int64) {
	if c.bins == nil {
		c.bins = make([]Bin, Ranges)
	}
	b := &c.bins[Range(value)]
	b.Count++
	b.Sum += value
}

// Histogram returns what was counted.
func (c *Counter) Histogram() Histogram {
	var out Histogram
	for r, b := range c.bins {
		if b.Count > 0 {
			out = append(out, Bin{uint16(r), b.Count, b.Sum})
		}
	}
	return out
}

// Histogram returns the ranges of an exact distribution.
func (v Values) Histogram() Histogram {
	var out Histogram
	for _, c := range v {
		r := Range(c.Value)
		if n := len(out); n == 0 || out[n-1].Range != r {
			out = append(out, Bin{Range: r})
		}
		b := &out[len(out)-1]
		b.Count += c.Count
		b.Sum += c.Value * c.Count
	}
	return out
}

// Merge adds histograms up. Any order of merging gives the same result.
func Merge(parts ...Histogram) Histogram {
	var all Histogram
	for _, part := range parts {
		all = append(all, part...)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Range < all[j].Range })
	out := all[:0]
	for _, b := range all {
		if n := len(out); n > 0 && out[n-1].Range == b.Range {
			out[n-1].Count += b.Count
			out[n-1].Sum += b.Sum
			continue
		}
		out = append(out, b)
	}
	return out
}

// Prefix is what lies outside one range.
type Prefix struct {
	Below    int64 `json:"below"`     // values in lower ranges
	SumAbove int64 `json:"sum_above"` // of the positive values in higher ranges
}

// Prefixes are the cumulative counts and sums that make a rank within a range a rank among
// all. Find them once, from the merged histogram.
type Prefixes struct {
	Total    int64         `json:"total"`    // number of values
	Positive int64         `json:"positive"` // sum of the positive values
	ByRange  []RangePrefix `json:"ranges"`   // ascending
}

// RangePrefix is the prefix of one non-empty range.
type RangePrefix struct {
	Range uint16 `json:"r"`
	Prefix
}

// NewPrefixes computes the prefixes of a histogram.
func NewPrefixes(h Histogram) Prefixes {
	p := Prefixes{ByRange: make([]RangePrefix, len(h))}
	for i, b := range h {
		p.ByRange[i] = RangePrefix{b.Range, Prefix{Below: p.Total}}
		p.Total += b.Count
	}
	for i := len(h) - 1; i >= 0; i-- {
		p.ByRange[i].SumAbove = p.Positive
		// Range(0) holds 0 alone, so that a range is positive as a whole or not at all.
		p.Positive += max(0, h[i].Sum)
	}
	return p
}

// Of returns the prefix of a range; false when the histogram had no value in it.
func (p *Prefixes) Of(r uint16) (Prefix, bool) {
	i := sort.Search(len(p.ByRange), func(i int) bool { return p.ByRange[i].Range >= r })
	if i == len(p.ByRange) || p.ByRange[i].Range != r {
		return Prefix{}, false
	}
	return p.ByRange[i].Prefix, true
}
