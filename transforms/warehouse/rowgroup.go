package warehouse

import (
	"unsafe"

	"github.com/parquet-go/parquet-go/format"
)

// Sizes of what is written.
const (
	// RowGroupRows is the most rows of one row group.
	RowGroupRows = 1 << 20
	// pageBytes is how many bytes of values a page has about at most, before compression.
	pageBytes = 1 << 18
	// pageCheckRows is after how many rows pages are looked at. Texts may be large.
	pageCheckRows = 64
)

// rowGroup gathers rows column by column. Pages are encoded as they fill, and kept until the
// group is full, since a file has one column after the other.
type rowGroup struct {
	columns []column
	active  []*column // those that rows are taken apart into: all but copied ones
	rows    int
	scratch scratch
}

// take gives a row group for use, an old one where there is one.
func (l *layout) take() *rowGroup {
	if used := l.columns.Get(); used != nil {
		return used.(*rowGroup)
	}
	g := &rowGroup{columns: make([]column, len(l.leaves))}
	for i := range g.columns {
		g.columns[i].init(&l.leaves[i], l.quick)
	}
	g.leaveOut(nil)
	return g
}

// leaveOut lets columns be that come from elsewhere.
func (g *rowGroup) leaveOut(copied map[int]int) {
	g.active = g.active[:0]
	for i := range g.columns {
		if _, ok := copied[i]; !ok {
			g.active = append(g.active, &g.columns[i])
		}
	}
}

// give takes a row group back.
func (l *layout) give(g *rowGroup) {
	g.reset()
	g.leaveOut(nil)
	l.columns.Put(g)
}

func (g *rowGroup) reset() {
	for i := range g.columns {
		g.columns[i].reset()
	}
	g.rows = 0
}

// add takes the values of one row.
func (g *rowGroup) add(row unsafe.Pointer) error {
	for _, c := range g.active {
		at := unsafe.Add(row, c.offset)
		switch c.way {
		case wayText:
			c.takeText(*(*string)(at))
		case wayIndexed:
			c.days = append(c.days, c.dictionary.lookup(*(*string)(at)))
		case wayInt64:
			c.ints = append(c.ints, *(*int64)(at))
		case wayMaybeText:
			if text := *(*string)(at); text != "" {
				c.define()
				c.takeText(text)
			}
		case wayMaybeIndexed:
			if text := *(*string)(at); text != "" {
				c.define()
				c.days = append(c.days, c.dictionary.lookup(text))
			}
		case wayMaybeInt64:
			if v := *(**int64)(at); v != nil {
				c.define()
				c.ints = append(c.ints, *v)
			}
		case wayList:
			c.takeList((*sliceHeader)(at))
			continue
		default:
			if c.optional {
				if at = c.present(at); at == nil {
					break
				}
				c.define()
			}
			c.take(at)
		}
		c.levels++
	}
	g.rows++
	if g.rows%pageCheckRows != 0 {
		return nil
	}
	for _, c := range g.active {
		if c.size() >= pageBytes {
			if err := c.closePage(&g.scratch); err != nil {
				return err
			}
		}
	}
	return nil
}

// write appends the group's columns to a file that has `offset` bytes.
func (g *rowGroup) write(offset int64, ordinal int, d *donor, out func([]byte) error) (format.RowGroup, error) {
	meta := format.RowGroup{NumRows: int64(g.rows), FileOffset: offset, Ordinal: int16(ordinal), Columns: make([]format.ColumnChunk, len(g.columns))}
	for i := range g.columns {
		chunk, err := g.writeColumn(i, offset+meta.TotalCompressedSize, ordinal, d, out)
		if err != nil {
			return meta, err
		}
		meta.Columns[i] = chunk
		meta.TotalByteSize += chunk.MetaData.TotalUncompressedSize
		meta.TotalCompressedSize += chunk.MetaData.TotalCompressedSize
	}
	return meta, nil
}

func (g *rowGroup) writeColumn(column int, offset int64, ordinal int, d *donor, out func([]byte) error) (format.ColumnChunk, error) {
	if d != nil {
		if _, ok := d.columns[column]; ok {
			return d.chunk(ordinal, column, g.rows, offset, out)
		}
	}
	c := &g.columns[column]
	chunk, err := c.close(&g.scratch, offset)
	if err != nil {
		return chunk, err
	}
	if err := out(c.dictionaryPage); err != nil {
		return chunk, err
	}
	return chunk, out(c.pages)
}
