package warehouse

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
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
