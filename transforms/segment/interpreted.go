package segment

import (
	"reflect"
	"strings"
	"time"
	"unsafe"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/interpreter"
)

// interpreted runs a program of CEL's interpreter: the way for what has no closure.
func interpreted(program cel.Program) func(unsafe.Pointer) bool {
	return func(row unsafe.Pointer) bool {
		value, _, err := program.Eval(activation{row})
		return err == nil && value == types.True
	}
}

// activation gives CEL the columns of one row by name.
type activation struct{ row unsafe.Pointer }

var _ interpreter.Activation = activation{}

// Parent is nil: there are no outer names.
func (a activation) Parent() interpreter.Activation { return nil }

// ResolveName returns a column's value; null is nil.
func (a activation) ResolveName(name string) (any, bool) {
	c, ok := columnsOnce()[name]
	if !ok {
		return nil, false
	}
	switch c.kind {
	case kindNumber:
		if v, ok := c.number(a.row); ok {
			return v, true
		}
		return types.NullValue, true
	case kindTime:
		if v, ok := c.number(a.row); ok {
			return time.UnixMicro(int64(v)).UTC(), true
		}
		return types.NullValue, true
	case kindText:
		if v, ok := c.text(a.row); ok {
			return v, true
		}
		return types.NullValue, true
	case kindBool:
		return c.test(a.row), true
	case kindTexts:
		return c.texts(a.row), true
	default:
		return recordMaps(c.records(a.row)), true
	}
}

// recordMaps shows a slice of structs as maps by column name.
func recordMaps(records reflect.Value) []map[string]any {
	out := make([]map[string]any, records.Len())
	for i := range out {
		record := records.Index(i)
		out[i] = make(map[string]any, record.NumField())
		for f := range record.NumField() {
			name, _, _ := strings.Cut(record.Type().Field(f).Tag.Get("parquet"), ",")
			switch v := record.Field(f); v.Kind() {
			case reflect.String:
				out[i][name] = v.String()
			case reflect.Int64, reflect.Int32:
				out[i][name] = float64(v.Int())
			case reflect.Float64:
				out[i][name] = v.Float()
			case reflect.Bool:
				out[i][name] = v.Bool()
			}
		}
	}
	return out
}
