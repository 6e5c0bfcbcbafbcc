package warehouse

import (
	"bytes"
	"reflect"
	"unsafe"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
)

// pageValues are the values of one page, copied out of the page's buffers.
type pageValues struct {
	texts  []string
	ints64 []int64
	ints32 []int32
	floats []float64
	bits   []byte
	defs   []byte // nil = all values are there
	reps   []byte
}

func load(page parquet.Page, plan *columnPlan, indexed bool) pageValues {
	var v pageValues
	if plan.maxDef > 0 {
		v.defs = bytes.Clone(page.DefinitionLevels())
	}
	if plan.repeated {
		v.reps = bytes.Clone(page.RepetitionLevels())
	}
	data := page.Data()
	if indexed {
		if !plan.text {
			return loadIndexed(v, page, plan, data)
		}
		v.ints32 = append(v.ints32, data.Int32()...)
		return v
	}
	switch plan.kind {
	case reflect.String:
		v.texts = texts(data)
	case reflect.Bool:
		v.bits = bytes.Clone(data.Boolean())
	case reflect.Int32, reflect.Uint32:
		v.ints32 = append(v.ints32, data.Int32()...)
	case reflect.Int64, reflect.Uint64:
		v.ints64 = append(v.ints64, data.Int64()...)
	case reflect.Float64:
		v.floats = append(v.floats, data.Double()...)
	}
	return v
}

// loadIndexed resolves the dictionary of a column of numbers.
func loadIndexed(v pageValues, page parquet.Page, plan *columnPlan, data encoding.Values) pageValues {
	table := page.Dictionary().Page().Data()
	indexes := data.Int32()
	switch plan.kind {
	case reflect.Int32, reflect.Uint32:
		for _, i := range indexes {
			v.ints32 = append(v.ints32, table.Int32()[i])
		}
	case reflect.Int64, reflect.Uint64:
		for _, i := range indexes {
			v.ints64 = append(v.ints64, table.Int64()[i])
		}
	case reflect.Float64:
		for _, i := range indexes {
			v.floats = append(v.floats, table.Double()[i])
		}
	}
	return v
}

// texts copies all strings of a page in one allocation.
func texts(data encoding.Values) []string {
	raw, offsets := data.ByteArray()
	all := string(raw)
	if len(offsets) == 0 {
		return nil
	}
	out := make([]string, len(offsets)-1)
	for i := range out {
		out[i] = all[offsets[i]:offsets[i+1]]
	}
	return out
}

// store writes value number i of the page into a field.
func (c *cursor) store(at unsafe.Pointer, i int, slab *slab) {
	switch c.plan.kind {
	case reflect.String:
		target := (*string)(at)
		if c.plan.pointer {
			target = new(string)
			*(**string)(at) = target
		}
		if c.indexed {
			*target = c.table[c.page.ints32[i]]
		} else {
			*target = c.page.texts[i]
		}
	case reflect.Bool:
		b := c.page.bits[i/8]>>(i%8)&1 == 1
		if c.plan.pointer {
			*(**bool)(at) = slab.bool(b)
		} else {
			*(*bool)(at) = b
		}
	case reflect.Int32, reflect.Uint32:
		if c.plan.pointer {
			*(**int32)(at) = slab.int32(c.page.ints32[i])
		} else {
			*(*int32)(at) = c.page.ints32[i]
		}
	case reflect.Int64, reflect.Uint64:
		if c.plan.pointer {
			*(**int64)(at) = slab.int64(c.page.ints64[i])
		} else {
			*(*int64)(at) = c.page.ints64[i]
		}
	case reflect.Float64:
		if c.plan.pointer {
			*(**float64)(at) = slab.float64(c.page.floats[i])
		} else {
			*(*float64)(at) = c.page.floats[i]
		}
	}
}

// slab allocates the targets of pointers in bulk.
type slab struct {
	ints   []int64
	days   []int32
	floats []float64
	bools  []bool
}

const slabSize = 1024

func (s *slab) int64(v int64) *int64 {
	if len(s.ints) == 0 {
		s.ints = make([]int64, slabSize)
	}
	p := &s.ints[0]
	s.ints = s.ints[1:]
	*p = v
	return p
}

func (s *slab) int32(v int32) *int32 {
	if len(s.days) == 0 {
		s.days = make([]int32, slabSize)
	}
	p := &s.days[0]
	s.days = s.days[1:]
	*p = v
	return p
}

func (s *slab) float64(v float64) *float64 {
	if len(s.floats) == 0 {
		s.floats = make([]float64, slabSize)
	}
	p := &s.floats[0]
	s.floats = s.floats[1:]
	*p = v
	return p
}

func (s *slab) bool(v bool) *bool {
	if len(s.bools) == 0 {
		s.bools = make([]bool, slabSize)
	}
	p := &s.bools[0]
	s.bools = s.bools[1:]
	*p = v
	return p
}
