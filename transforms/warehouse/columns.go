package warehouse

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
)

// columnPlan says where the values of one leaf column go.
type columnPlan struct {
	name        string
	index       int // leaf column of the file
	kind        reflect.Kind
	text        bool
	pointer     bool    // *T: null is nil
	offset      uintptr // of the field in the row, or of the slice
	repeated    bool
	element     uintptr      // of the field in the slice's element
	slice       reflect.Type // of the slice
	stride      uintptr
	maxDef      byte
	definedItem byte // definition level at which a slice's element exists
}

// planFor matches the fields of T with the columns of a file.
func planFor[T any](schema *parquet.Schema, columns []string) ([]*columnPlan, error) {
	wanted := map[string]bool{}
	for _, name := range columns {
		wanted[name] = true
	}
	var plan []*columnPlan
	err := walkFields(reflect.TypeFor[T](), 0, func(name string, field reflect.StructField, offset uintptr) error {
		if columns != nil && !wanted[name] {
			return nil
		}
		delete(wanted, name)
		if field.Type.Kind() == reflect.Slice && field.Type.Elem().Kind() == reflect.Struct {
			return walkFields(field.Type.Elem(), 0, func(inner string, leaf reflect.StructField, at uintptr) error {
				c := &columnPlan{name: name + "." + inner, offset: offset, repeated: true, element: at, slice: field.Type, stride: field.Type.Elem().Size()}
				return add(&plan, c, leaf.Type, schema, name, inner)
			})
		}
		c := &columnPlan{name: name, offset: offset}
		leaf := field.Type
		if leaf.Kind() == reflect.Slice && leaf.Elem().Kind() == reflect.String {
			c.repeated, c.slice, c.stride, leaf = true, leaf, leaf.Elem().Size(), leaf.Elem()
		}
		return add(&plan, c, leaf, schema, name)
	})
	for name := range wanted {
		return nil, fmt.Errorf("%s has no column %s", reflect.TypeFor[T](), name)
	}
	return plan, err
}

// ColumnsBut names the columns of T without some, for Read.
func ColumnsBut[T any](names ...string) []string {
	var columns []string
	_ = walkFields(reflect.TypeFor[T](), 0, func(name string, _ reflect.StructField, _ uintptr) error {
		if !slices.Contains(names, name) {
			columns = append(columns, name)
		}
		return nil
	})
	return columns
}

func add(plan *[]*columnPlan, c *columnPlan, t reflect.Type, schema *parquet.Schema, path ...string) error {
	leaf, ok := schema.Lookup(path...)
	if !ok {
		return fmt.Errorf("the file has no column %s", c.name)
	}
	c.index, c.maxDef = leaf.ColumnIndex, byte(leaf.MaxDefinitionLevel)
	if t.Kind() == reflect.Pointer {
		c.pointer, t = true, t.Elem()
	}
	c.kind, c.text = t.Kind(), t.Kind() == reflect.String
	if want := physical(c.kind); want != leaf.Node.Type().Kind() {
		return fmt.Errorf("column %s is %s in the file, expected %s", c.name, leaf.Node.Type().Kind(), want)
	}
	if c.repeated != (leaf.MaxRepetitionLevel == 1) || leaf.MaxRepetitionLevel > 1 {
		return fmt.Errorf("column %s is nested otherwise in the file", c.name)
	}
	c.definedItem = 1
	*plan = append(*plan, c)
	return nil
}

func physical(kind reflect.Kind) parquet.Kind {
	switch kind {
	case reflect.String:
		return parquet.ByteArray
	case reflect.Bool:
		return parquet.Boolean
	case reflect.Int32, reflect.Uint32:
		return parquet.Int32
	case reflect.Int64, reflect.Uint64:
		return parquet.Int64
	case reflect.Float64:
		return parquet.Double
	}
	return -1
}

// walkFields visits the fields that have a column, embedded structs flattened.
func walkFields(t reflect.Type, base uintptr, visit func(name string, field reflect.StructField, offset uintptr) error) error {
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Anonymous && field.Type.Kind() == reflect.Struct {
			if err := walkFields(field.Type, base+field.Offset, visit); err != nil {
				return err
			}
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		if name == "" || name == "-" {
			continue
		}
		if err := visit(name, field, base+field.Offset); err != nil {
			return err
		}
	}
	return nil
}

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

// fill puts the next values of a column into the fields of rows.
func fill[T any](c *cursor, rows []T) error {
	var s slab
	if c.plan.repeated {
		return fillRepeated(c, rows, &s)
	}
	for i := 0; i < len(rows); {
		if c.at >= c.levels {
			if err := c.nextPage(); err != nil {
				return err
			}
		}
		n := min(len(rows)-i, c.levels-c.at)
		if c.page.defs == nil && !c.plan.pointer && c.fillRequired(unsafe.Add(unsafe.Pointer(&rows[i]), c.plan.offset), unsafe.Sizeof(rows[0]), n) {
			c.at, c.value = c.at+n, c.value+n
			i += n
			continue
		}
		for j := range n {
			if c.page.defs != nil && c.page.defs[c.at+j] < c.plan.maxDef {
				continue
			}
			c.store(unsafe.Add(unsafe.Pointer(&rows[i+j]), c.plan.offset), c.value, &s)
			c.value++
		}
		c.at += n
		i += n
	}
	return nil
}

// fillRequired puts the next n values of a column without nulls into fields that lie `stride`
// apart. It is false for kinds that are not worth a loop of their own.
func (c *cursor) fillRequired(at unsafe.Pointer, stride uintptr, n int) bool {
	switch {
	case c.plan.text && c.indexed:
		each(at, stride, c.page.ints32[c.value:c.value+n], func(target *string, index int32) { *target = c.table[index] })
	case c.plan.text:
		each(at, stride, c.page.texts[c.value:c.value+n], func(target *string, text string) { *target = text })
	case c.plan.kind == reflect.Int64 || c.plan.kind == reflect.Uint64:
		each(at, stride, c.page.ints64[c.value:c.value+n], func(target *int64, v int64) { *target = v })
	case c.plan.kind == reflect.Int32 || c.plan.kind == reflect.Uint32:
		each(at, stride, c.page.ints32[c.value:c.value+n], func(target *int32, v int32) { *target = v })
	default:
		return false
	}
	return true
}

func each[T, V any](at unsafe.Pointer, stride uintptr, values []V, set func(*T, V)) {
	for i, v := range values {
		if i > 0 {
			at = unsafe.Add(at, stride)
		}
		set((*T)(at), v)
	}
}

// fillRepeated puts the elements of one list column into slices.
func fillRepeated[T any](c *cursor, rows []T, s *slab) error {
	for i := range rows {
		if c.at >= c.levels {
			if err := c.nextPage(); err != nil {
				return err
			}
		}
		if c.page.defs[c.at] < c.plan.definedItem { // an empty list
			c.at++
			continue
		}
		end := c.at + 1 // a row never spans pages: pages begin at rows
		for end < c.levels && c.page.reps[end] != 0 {
			end++
		}
		list := (*sliceHeader)(unsafe.Add(unsafe.Pointer(&rows[i]), c.plan.offset))
		if list.len < end-c.at { // this column is the first of the list
			c.room(list, end-c.at)
		}
		at := unsafe.Add(list.data, c.plan.element)
		for _, def := range c.page.defs[c.at:end] {
			if def == c.plan.maxDef {
				c.store(at, c.value, s)
				c.value++
			}
			at = unsafe.Add(at, c.plan.stride)
		}
		c.at = end
	}
	return nil
}

// sliceHeader is the runtime's layout of a slice.
type sliceHeader struct {
	data unsafe.Pointer
	len  int
	cap  int
}

// chunkElements is how many elements of lists are allocated at once.
const chunkElements = 512

// room gives a list space for n elements, out of a larger piece.
func (c *cursor) room(list *sliceHeader, n int) {
	if c.left < n {
		c.left = max(n, chunkElements)
		c.chunk = reflect.MakeSlice(c.plan.slice, c.left, c.left).UnsafePointer()
	}
	list.data, list.len, list.cap = c.chunk, n, n
	if c.left -= n; c.left > 0 {
		c.chunk = unsafe.Add(c.chunk, uintptr(n)*c.plan.stride)
	}
}
