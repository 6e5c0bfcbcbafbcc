package warehouse

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// layout is how the parts of one row type are written: what is the same for all of them.
type layout struct {
	leaves  []leaf
	footer  format.FileMetaData // schema and column orders as the library has them, no rows
	quick   bool                // records between two stages: read once and whole, so fast and without statistics
	columns sync.Pool           // of *rowGroup
}

// leaf says where the values of one leaf column lie in a row.
type leaf struct {
	kind     valueKind
	offset   uintptr // of the field in the row, or of the list
	pointer  bool    // *T: null is nil
	optional bool    // null is nil, or zero
	list     bool
	unsigned bool
	element  uintptr // of the field in the list's element
	stride   uintptr // of the list's elements
	path     []string
}

// valueKind is how values are kept until their page is closed.
type valueKind uint8

const (
	kindText    valueKind = iota
	kindIndexed           // text in a dictionary
	kindInt64
	kindInt32
	kindFloat64
	kindBool
)

type layoutKey struct {
	row   reflect.Type
	quick bool
}

var layouts sync.Map // layoutKey -> func() (*layout, error)

// layoutOf gives the layout of a row type, made once. Tables are written small and with
// statistics, for those who query them; records fast.
func layoutOf(row reflect.Type, table string) (*layout, error) {
	key := layoutKey{row, strings.HasPrefix(filepath.ToSlash(table), "records/")}
	made, ok := layouts.Load(key)
	if !ok {
		made, _ = layouts.LoadOrStore(key, sync.OnceValues(func() (*layout, error) { return newLayout(row, key.quick) }))
	}
	return made.(func() (*layout, error))()
}

func newLayout(row reflect.Type, quick bool) (*layout, error) {
	schema := parquet.SchemaOf(reflect.New(row).Interface())
	l := &layout{quick: quick, leaves: make([]leaf, len(schema.Columns()))}
	set := func(f leaf, t reflect.Type, tag reflect.StructTag, path ...string) error {
		column, ok := schema.Lookup(path...)
		if !ok {
			return fmt.Errorf("%s: no column %s", row, strings.Join(path, "."))
		}
		f.path = path
		if t.Kind() == reflect.Pointer {
			f.pointer, t = true, t.Elem()
		}
		f.unsigned = t.Kind() == reflect.Uint32 || t.Kind() == reflect.Uint64
		options := strings.Split(tag.Get("parquet"), ",")[1:]
		f.optional = slices.Contains(options, "optional")
		if f.kind, ok = kindOf(t.Kind(), slices.Contains(options, "dict")); !ok {
			return fmt.Errorf("%s: column %s has type %s, which cannot be written", row, strings.Join(path, "."), t)
		}
		l.leaves[column.ColumnIndex] = f
		return nil
	}
	if err := walkFields(row, 0, func(name string, field reflect.StructField, offset uintptr) error {
		if field.Type.Kind() != reflect.Slice {
			return set(leaf{offset: offset}, field.Type, field.Tag, name)
		}
		list := leaf{offset: offset, list: true, stride: field.Type.Elem().Size()}
		if field.Type.Elem().Kind() != reflect.Struct {
			return set(list, field.Type.Elem(), field.Tag, name)
		}
		return walkFields(field.Type.Elem(), 0, func(inner string, item reflect.StructField, at uintptr) error {
			list.element = at
			return set(list, item.Type, item.Tag, name, inner)
		})
	}); err != nil {
		return nil, err
	}
	for _, f := range l.leaves {
		if f.path == nil {
			return nil, fmt.Errorf("%s: its schema has a column that no field fills", row)
		}
	}
	footer, err := footerOf(schema)
	l.footer = footer
	return l, err
}

func kindOf(kind reflect.Kind, dict bool) (valueKind, bool) {
	switch kind {
	case reflect.String:
		if dict {
			return kindIndexed, true
		}
		return kindText, true
	case reflect.Int64, reflect.Uint64:
		return kindInt64, true
	case reflect.Int32, reflect.Uint32:
		return kindInt32, true
	case reflect.Float64:
		return kindFloat64, true
	case reflect.Bool:
		return kindBool, true
	}
	return 0, false
}

// physical is the type of the values in the file.
func (f *leaf) physical() format.Type {
	switch f.kind {
	case kindInt64:
		return format.Int64
	case kindInt32:
		return format.Int32
	case kindFloat64:
		return format.Double
	case kindBool:
		return format.Boolean
	}
	return format.ByteArray
}

// magic begins and ends a Parquet file.
const magic = "PAR1"

// footerOf is the footer of an empty file that the library writes: it knows how a schema is
// spelt.
func footerOf(schema *parquet.Schema) (format.FileMetaData, error) {
	var footer format.FileMetaData
	var file bytes.Buffer
	if err := parquet.NewWriter(&file, schema, parquet.CreatedBy("tributary", "1", "0")).Close(); err != nil {
		return footer, err
	}
	data := file.Bytes()
	end := len(data) - len(magic) - 4
	size := int(binary.LittleEndian.Uint32(data[end:]))
	err := thrift.Unmarshal(new(thrift.CompactProtocol), data[end-size:end], &footer)
	return footer, err
}

// appendFooter ends a file.
func (l *layout) appendFooter(dst []byte, rows int64, groups []format.RowGroup) ([]byte, error) {
	footer := l.footer
	footer.NumRows, footer.RowGroups = rows, groups
	if groups == nil {
		footer.RowGroups = thrift.Slice[format.RowGroup]{} // required, also where there is none
	}
	data, err := thrift.Marshal(new(thrift.CompactProtocol), &footer)
	if err != nil {
		return nil, err
	}
	dst = binary.LittleEndian.AppendUint32(append(dst, data...), uint32(len(data)))
	return append(dst, magic...), nil
}
