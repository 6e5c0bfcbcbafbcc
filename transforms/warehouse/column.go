package warehouse

import (
	"unsafe"

	"github.com/parquet-go/parquet-go/format"
)

// column gathers the values of one leaf column: those of the open page as they are, those of
// closed pages encoded.
type column struct {
	leaf
	quick bool
	way   way // how values come in

	// The open page.
	levels     int      // values and nulls
	rows       int      // lists: number of them
	defined    []byte   // optional: bit i = value i is no null
	values     int      // optional: number of values that are no nulls
	listDefs   []byte   // lists: definition levels
	listReps   []byte   // lists: repetition levels
	text       []byte   // kindText: all texts
	ends       []uint32 // kindText: where each text ends, from 0 on
	ints       []int64
	days       []int32 // kindInt32, and kindIndexed: indexes into the dictionary
	floats     []float64
	bits       []byte // kindBool
	flags      int    // kindBool: number of bits
	dictionary dictionary

	// The closed pages.
	pages          []byte
	dictionaryPage []byte
	total          int64 // levels
	plain          int64 // bytes before compression, with headers
	encodings      [9]bool
	bounds         bounds
}

func (c *column) init(l *leaf, quick bool) {
	c.leaf, c.quick = *l, quick
	c.dictionary.indexed = l.kind == kindIndexed
	c.reset()
}

// reset makes the column ready for the next row group.
func (c *column) reset() {
	c.resetPage()
	if c.dictionary.indexed {
		c.kind = kindIndexed
		c.dictionary.reset()
	}
	c.pages, c.dictionaryPage = c.pages[:0], c.dictionaryPage[:0]
	c.total, c.plain, c.encodings, c.bounds = 0, 0, [9]bool{}, bounds{}
	c.way = c.wayOf()
}

// way is how a row's value gets into a column: the frequent ones have a piece of code each.
type way uint8

const (
	wayOther way = iota
	wayList
	wayText
	wayIndexed
	wayInt64
	wayMaybeText
	wayMaybeIndexed
	wayMaybeInt64 // behind a pointer
)

func (c *column) wayOf() way {
	switch {
	case c.list:
		return wayList
	case c.pointer && c.optional && c.kind == kindInt64:
		return wayMaybeInt64
	case c.pointer:
		return wayOther
	case c.kind == kindText && c.optional:
		return wayMaybeText
	case c.kind == kindText:
		return wayText
	case c.kind == kindIndexed && c.optional:
		return wayMaybeIndexed
	case c.kind == kindIndexed:
		return wayIndexed
	case c.kind == kindInt64 && !c.optional:
		return wayInt64
	}
	return wayOther
}

func (c *column) resetPage() {
	c.levels, c.rows, c.values, c.flags = 0, 0, 0, 0
	c.defined, c.listDefs, c.listReps = c.defined[:0], c.listDefs[:0], c.listReps[:0]
	c.text, c.ints, c.days, c.floats, c.bits = c.text[:0], c.ints[:0], c.days[:0], c.floats[:0], c.bits[:0]
	c.ends = append(c.ends[:0], 0)
}

// present gives the address of an optional value, nil if it is null.
func (c *column) present(at unsafe.Pointer) unsafe.Pointer {
	if c.pointer {
		return *(*unsafe.Pointer)(at)
	}
	var null bool
	switch c.kind {
	case kindText, kindIndexed:
		null = len(*(*string)(at)) == 0
	case kindInt32:
		null = *(*int32)(at) == 0
	case kindBool:
		null = !*(*bool)(at)
	case kindFloat64:
		null = *(*float64)(at) == 0
	default:
		null = *(*int64)(at) == 0
	}
	if null {
		return nil
	}
	return at
}

// define notes that the next value is no null.
func (c *column) define() {
	at := c.levels >> 3
	if at >= len(c.defined) {
		c.defined = append(c.defined, make([]byte, at+1-len(c.defined))...)
	}
	c.defined[at] |= 1 << (c.levels & 7)
	c.values++
}

func (c *column) takeText(text string) {
	c.text = append(c.text, text...)
	c.ends = append(c.ends, uint32(len(c.text)))
}

// take keeps one value.
func (c *column) take(at unsafe.Pointer) {
	switch c.kind {
	case kindText:
		c.takeText(*(*string)(at))
	case kindIndexed:
		c.days = append(c.days, c.dictionary.lookup(*(*string)(at)))
	case kindInt64:
		c.ints = append(c.ints, *(*int64)(at))
	case kindInt32:
		c.days = append(c.days, *(*int32)(at))
	case kindFloat64:
		c.floats = append(c.floats, *(*float64)(at))
	case kindBool:
		if c.flags&7 == 0 {
			c.bits = append(c.bits, 0)
		}
		if *(*bool)(at) {
			c.bits[c.flags>>3] |= 1 << (c.flags & 7)
		}
		c.flags++
	}
}

// takeList keeps one list: each element has a level, and so has an empty list.
func (c *column) takeList(list *sliceHeader) {
	c.rows++
	if list.len == 0 {
		c.levels++
		c.listDefs, c.listReps = append(c.listDefs, 0), append(c.listReps, 0)
		return
	}
	at := unsafe.Add(list.data, c.element)
	for i := range list.len {
		def, rep, value := byte(1), byte(1), at
		if i == 0 {
			rep = 0
		}
		if c.optional {
			if value = c.present(at); value != nil {
				def = 2
			}
		}
		if value != nil {
			c.take(value)
			c.values++
		}
		c.levels++
		c.listDefs, c.listReps = append(c.listDefs, def), append(c.listReps, rep)
		if i+1 < list.len {
			at = unsafe.Add(at, c.stride)
		}
	}
}

// present values of the open page.
func (c *column) count() int {
	if c.optional || c.list {
		return c.values
	}
	return c.levels
}

// size is about how many bytes the open page has.
func (c *column) size() int {
	return len(c.text) + 4*len(c.ends) + 8*len(c.ints) + 4*len(c.days) + 8*len(c.floats) + len(c.bits) + len(c.listDefs)
}

// close ends the column of a row group that begins at an offset of the file.
func (c *column) close(s *scratch, offset int64) (format.ColumnChunk, error) {
	if err := c.closePage(s); err != nil {
		return format.ColumnChunk{}, err
	}
	if c.dictionary.indexed && len(c.dictionary.entries) > 0 {
		if err := c.closeDictionary(s); err != nil {
			return format.ColumnChunk{}, err
		}
	}
	meta := format.ColumnMetaData{
		Type: c.physical(), PathInSchema: c.path, Codec: c.codec(), NumValues: c.total,
		TotalUncompressedSize: c.plain, TotalCompressedSize: int64(len(c.dictionaryPage) + len(c.pages)),
		DataPageOffset: offset + int64(len(c.dictionaryPage)),
	}
	for encoding, used := range c.encodings {
		if used {
			meta.Encoding = append(meta.Encoding, format.Encoding(encoding))
		}
	}
	if len(c.dictionaryPage) > 0 {
		meta.DictionaryPageOffset = offset
	}
	if !c.quick {
		meta.Statistics = c.statistics()
	}
	return format.ColumnChunk{FileOffset: offset, MetaData: meta}, nil
}
