package warehouse

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// errOtherRows tells that a part does not have the rows of the part that it takes columns from.
var errOtherRows = errors.New("it does not have the rows of the part that columns are copied from")

// donor is a part that gives columns to another as they are encoded.
type donor struct {
	file    *os.File
	parquet *parquet.File
	columns map[int]int // column of the new part -> column of the donor
}

// CreateWith begins one part, some columns of which are those of another part: as many rows in
// the same order. They are copied as they are encoded, and Add does not look at their fields.
func CreateWith[T any](root, table string, part int, donorPath string, columns ...string) (*Writer[T], error) {
	w, err := Create[T](root, table, part)
	if err != nil {
		return nil, err
	}
	if w.donor, err = openDonor(donorPath, w.layout, columns); err != nil {
		w.Abort()
		return nil, fmt.Errorf("creating %s with columns of %s: %w", w.name, donorPath, err)
	}
	w.group.leaveOut(w.donor.columns)
	return w, nil
}

func openDonor(path string, l *layout, columns []string) (*donor, error) {
	file, parquetFile, err := open(path)
	if err != nil {
		return nil, err
	}
	d := &donor{file, parquetFile, map[int]int{}}
	for _, name := range columns {
		if err := d.match(l, name); err != nil {
			file.Close()
			return nil, err
		}
	}
	return d, nil
}

// match finds a column in both parts and checks that they are of one kind.
func (d *donor) match(l *layout, name string) error {
	from, ok := d.parquet.Schema().Lookup(name)
	if !ok {
		return fmt.Errorf("there is no column %s", name)
	}
	mine, theirs := element(l.footer.Schema, name), element(d.parquet.Metadata().Schema, name)
	if mine == nil || theirs == nil || !reflect.DeepEqual(mine, theirs) {
		return fmt.Errorf("column %s is of another kind", name)
	}
	for i := range l.leaves {
		if strings.Join(l.leaves[i].path, ".") == name {
			d.columns[i] = from.ColumnIndex
		}
	}
	return nil
}

func element(schema []format.SchemaElement, name string) *format.SchemaElement {
	for i := range schema {
		if i > 0 && schema[i].Name == name {
			return &schema[i]
		}
	}
	return nil
}

// chunk copies a column of a row group of so many rows to where the new part has `offset` bytes.
func (d *donor) chunk(group, column, rows int, offset int64, out func([]byte) error) (format.ColumnChunk, error) {
	groups := d.parquet.Metadata().RowGroups
	if group >= len(groups) || groups[group].NumRows != int64(rows) {
		return format.ColumnChunk{}, errOtherRows
	}
	chunk := groups[group].Columns[d.columns[column]]
	meta := &chunk.MetaData
	begin := meta.DataPageOffset
	if meta.DictionaryPageOffset > 0 {
		begin = min(begin, meta.DictionaryPageOffset)
		meta.DictionaryPageOffset += offset - begin
	}
	meta.DataPageOffset += offset - begin
	data := make([]byte, meta.TotalCompressedSize)
	if _, err := io.ReadFull(io.NewSectionReader(d.file, begin, meta.TotalCompressedSize), data); err != nil {
		return chunk, err
	}
	return format.ColumnChunk{FileOffset: offset, MetaData: *meta}, out(data)
}

// done tells whether the new part has as many row groups.
func (d *donor) done(groups int) error {
	if groups != len(d.parquet.Metadata().RowGroups) {
		return errOtherRows
	}
	return nil
}
