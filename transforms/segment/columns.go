package segment

import (
	"reflect"
	"strings"
	"sync"
	"unsafe"

	"github.com/tributary-cdp/tributary/schemas"
)

// kind is what a column or an expression is, to a rule.
type kind int

const (
	kindOther kind = iota
	kindNumber
	kindText
	kindBool
	kindTime // microseconds since 1970-01-01 UTC
	kindSpan // microseconds
	kindTexts
	kindRecords
	kindNull
)

func (k kind) String() string {
	return [...]string{"value", "number", "text", "true or false", "time", "duration", "list of texts", "list of records", "null"}[k]
}

// column is one column of the customers table as a rule sees it. Its value is read at an
// offset of the row: no reflection takes place per row.
type column struct {
	name     string
	kind     kind
	nullable bool
	number   func(row unsafe.Pointer) (float64, bool) // kindNumber, kindTime
	text     func(row unsafe.Pointer) (string, bool)  // kindText
	test     func(row unsafe.Pointer) bool            // kindBool
	texts    func(row unsafe.Pointer) []string        // kindTexts
	records  func(row unsafe.Pointer) reflect.Value   // kindRecords: a slice of structs
}

const microsPerDay = 86_400_000_000

// moneyScale is what tables' money counts in: rules see whole reporting units.
const moneyScale = 10000

// columnsOnce reads the columns of schemas.Customer.
var columnsOnce = sync.OnceValue(func() map[string]*column {
	out := map[string]*column{}
	addColumns(out, reflect.TypeFor[schemas.Customer](), 0)
	return out
})

// Columns names the columns that rules can use, in the order of the table.
func Columns() []string {
	var names []string
	for _, c := range schemas.Columns(reflect.TypeFor[schemas.Customer]()) {
		if _, ok := columnsOnce()[c.Name]; ok {
			names = append(names, c.Name)
		}
	}
	return names
}

func addColumns(out map[string]*column, t reflect.Type, base uintptr) {
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Anonymous {
			addColumns(out, field.Type, base+field.Offset)
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		if name == "" || name == "-" {
			continue
		}
		if c := newColumn(field.Type, ","+options+",", base+field.Offset); c != nil {
			c.name = name
			out[name] = c
		}
	}
}

func newColumn(t reflect.Type, options string, offset uintptr) *column {
	c := &column{nullable: strings.Contains(options, ",optional,")}
	scale, plain := 1.0, kindNumber
	switch {
	case strings.Contains(options, "decimal"):
		scale = 1.0 / moneyScale
	case strings.Contains(options, ",timestamp"):
		plain = kindTime
	case strings.Contains(options, ",date,"):
		plain, scale = kindTime, microsPerDay
	}
	switch t {
	case reflect.TypeFor[string]():
		c.kind = kindText
		nullable := c.nullable
		c.text = func(row unsafe.Pointer) (string, bool) {
			s := *(*string)(unsafe.Add(row, offset))
			return s, s != "" || !nullable
		}
	case reflect.TypeFor[bool]():
		c.kind = kindBool
		c.test = func(row unsafe.Pointer) bool { return *(*bool)(unsafe.Add(row, offset)) }
	case reflect.TypeFor[*bool]():
		c.kind, c.nullable = kindBool, false // unknown is not true
		c.test = func(row unsafe.Pointer) bool {
			p := *(**bool)(unsafe.Add(row, offset))
			return p != nil && *p
		}
	case reflect.TypeFor[int64]():
		c.kind, c.number = plain, plainNumber[int64](offset, scale)
	case reflect.TypeFor[int32]():
		c.kind, c.number = plain, plainNumber[int32](offset, scale)
	case reflect.TypeFor[float64]():
		c.kind, c.number = plain, plainNumber[float64](offset, scale)
	case reflect.TypeFor[*int64]():
		c.kind, c.nullable, c.number = plain, true, pointerNumber[int64](offset, scale)
	case reflect.TypeFor[*int32]():
		c.kind, c.nullable, c.number = plain, true, pointerNumber[int32](offset, scale)
	case reflect.TypeFor[*float64]():
		c.kind, c.nullable, c.number = plain, true, pointerNumber[float64](offset, scale)
	case reflect.TypeFor[[]string]():
		c.kind = kindTexts
		c.texts = func(row unsafe.Pointer) []string { return *(*[]string)(unsafe.Add(row, offset)) }
	default:
		if t.Kind() != reflect.Slice || t.Elem().Kind() != reflect.Struct {
			return nil
		}
		c.kind = kindRecords
		c.records = func(row unsafe.Pointer) reflect.Value { return reflect.NewAt(t, unsafe.Add(row, offset)).Elem() }
	}
	return c
}

func plainNumber[T int32 | int64 | float64](offset uintptr, scale float64) func(unsafe.Pointer) (float64, bool) {
	return func(row unsafe.Pointer) (float64, bool) {
		return float64(*(*T)(unsafe.Add(row, offset))) * scale, true
	}
}

func pointerNumber[T int32 | int64 | float64](offset uintptr, scale float64) func(unsafe.Pointer) (float64, bool) {
	return func(row unsafe.Pointer) (float64, bool) {
		p := *(**T)(unsafe.Add(row, offset))
		if p == nil {
			return 0, false
		}
		return float64(*p) * scale, true
	}
}
