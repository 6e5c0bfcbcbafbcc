package warehouse

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/parquet-go/parquet-go/format"
)

// bounds are the least and the greatest value of a column, for readers that skip row groups.
type bounds struct {
	known       bool
	least, most int64
	low, high   float64
	first, last []byte
	nulls       int64
	nan         bool
}

// boundedText is the longest text that is stated as a bound: others say little.
const boundedText = 64

// bound takes the open page into account.
func (c *column) bound() {
	b := &c.bounds
	b.nulls += int64(c.levels - c.count())
	if c.list || c.unsigned || c.count() == 0 {
		return
	}
	switch c.kind {
	case kindInt64:
		if !b.known {
			b.least, b.most = c.ints[0], c.ints[0]
		}
		for _, v := range c.ints {
			b.least, b.most = min(b.least, v), max(b.most, v)
		}
	case kindInt32:
		if !b.known {
			b.least, b.most = int64(c.days[0]), int64(c.days[0])
		}
		least, most := int32(b.least), int32(b.most)
		for _, v := range c.days {
			least, most = min(least, v), max(most, v)
		}
		b.least, b.most = int64(least), int64(most)
	case kindFloat64:
		if !b.known {
			b.low, b.high = c.floats[0], c.floats[0]
		}
		for _, v := range c.floats {
			b.nan = b.nan || math.IsNaN(v)
			b.low, b.high = min(b.low, v), max(b.high, v)
		}
	case kindText:
		first, last := b.first, b.last
		for i, end := range c.ends[1:] {
			text := c.text[c.ends[i]:end]
			if first == nil && !b.known && i == 0 {
				first, last = text, text
			}
			if bytes.Compare(text, first) < 0 {
				first = text
			} else if bytes.Compare(text, last) > 0 {
				last = text
			}
		}
		b.first, b.last = append([]byte{}, first...), append([]byte{}, last...)
	default:
		return
	}
	b.known = true
}

// statistics states the bounds of the closed pages.
func (c *column) statistics() format.Statistics {
	b := &c.bounds
	s := format.Statistics{NullCount: b.nulls}
	if c.dictionary.indexed && !c.list {
		c.boundDictionary()
	}
	if !b.known {
		return s
	}
	switch c.physical() {
	case format.Int64:
		s.MinValue, s.MaxValue = binary.LittleEndian.AppendUint64(nil, uint64(b.least)), binary.LittleEndian.AppendUint64(nil, uint64(b.most))
	case format.Int32:
		s.MinValue, s.MaxValue = binary.LittleEndian.AppendUint32(nil, uint32(b.least)), binary.LittleEndian.AppendUint32(nil, uint32(b.most))
	case format.Double:
		if !b.nan {
			low, high := b.low, b.high
			if low == 0 {
				low = math.Copysign(0, -1) // the format wants it so: -0 and 0 are equal, but not alike
			}
			if high == 0 {
				high = 0
			}
			s.MinValue, s.MaxValue = binary.LittleEndian.AppendUint64(nil, math.Float64bits(low)), binary.LittleEndian.AppendUint64(nil, math.Float64bits(high))
		}
	case format.ByteArray:
		if len(b.first) <= boundedText && len(b.last) <= boundedText {
			s.MinValue, s.MaxValue = b.first, b.last
		}
	}
	return s
}

// boundDictionary takes the dictionary's texts into account.
func (c *column) boundDictionary() {
	b := &c.bounds
	for i, text := range c.dictionary.entries {
		if !b.known && i == 0 {
			b.first, b.last, b.known = []byte(text), []byte(text), true
			continue
		}
		if text < string(b.first) {
			b.first = []byte(text)
		}
		if text > string(b.last) {
			b.last = []byte(text)
		}
	}
}
