package warehouse

import (
	"reflect"
	"unsafe"
)

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
