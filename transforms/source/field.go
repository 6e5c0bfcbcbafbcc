package source

import (
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// fieldPlan fills one field.
type fieldPlan struct {
	name     string // as in the profile: phone, id.unionid ...
	kind     fieldKind
	required bool
	nps      bool
	upper    bool    // a code in capitals
	percent  bool    // above 1 it counts hundredths
	offset   uintptr // in the record
	when     condition
	cell     cellPlan // what becomes of a cell's text
	cases    []casePlan
	constant string // what it always is, where rows do not matter
	only     int    // column that it comes from, -1 where it is not that simple
	columns  []int
	multiply []int
	after    int
	minus    int // -1 = none
	formats  []string
	prefix   string     // of references: namespace:object:
	words    []string   // that the rows may hold; nil = any
	or       *fieldPlan // where this one gives nothing
	country  *fieldPlan // of the same record, for phones
	spec     schemas.Field
}

type casePlan struct {
	when   condition
	value  string
	column int // -1 = value
}

type fieldKind uint8

const (
	fieldText     fieldKind = iota
	fieldTime               // int64 microseconds
	fieldDay                // int32 days
	fieldMoney              // *int64 minor units
	fieldCount              // *int64 whole number
	fieldNumber             // *float64
	fieldBool               // bool
	fieldMaybe              // *bool
	fieldRef                // reference text
	fieldPhones             // []Contact
	fieldEmails             // []Contact
	fieldID                 // NameValue in IDs
	fieldTextPart           // NameValue in Texts
)

// strictFields reject the row when they are there but cannot be read: a wrong amount would
// become a wrong total.
var strictFields = map[string]bool{
	"gross": true, "discount": true, "shipping": true, "tax": true, "refund": true, "net": true, "total": true, "amount": true,
	"cost": true, "unit_price": true, "quantity": true, "time": true, "amount_per_month": true, "points": true, "started": true,
}

var refFields = map[string]bool{"customer_ref": true, "account_ref": true, "referrer_ref": true, "merged_into": true}

var countFields = map[string]bool{"points": true, "impressions": true, "clicks": true}

// fieldNamed finds the struct field of a canonical name.
func fieldNamed(typ reflect.Type, name string) (reflect.StructField, bool) {
	for _, field := range reflect.VisibleFields(typ) {
		tag, _, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		if tag == name {
			return field, true
		}
	}
	return reflect.StructField{}, false
}

// offsetOf adds up the offsets along an embedded field's path.
func offsetOf(typ reflect.Type, index []int) uintptr {
	var offset uintptr
	for _, i := range index {
		field := typ.Field(i)
		offset += field.Offset
		typ = field.Type
	}
	return offset
}

func (l *layout) field(typ reflect.Type, name string, spec schemas.Field) (*fieldPlan, error) {
	f := &fieldPlan{name: name, spec: spec, after: -1, minus: -1, only: -1, upper: name == "currency", percent: name == "probability"}
	f.cell = cellPlan{nulls: union(l.spec.NullValues, spec.NullValues), strip: spec.Strip, html: spec.HTML, values: spec.Values}
	target := name
	switch {
	case name == "phone":
		target, f.kind = "phones", fieldPhones
	case name == "email":
		target, f.kind = "emails", fieldEmails
	case strings.HasPrefix(name, "id."):
		target, f.kind = "ids", fieldID
	case strings.HasPrefix(name, "text."):
		target, f.kind = "texts", fieldTextPart
	}
	field, ok := fieldNamed(typ, target)
	if !ok || name == "shown" || len(field.Index) > 1 && name != "updated_at" && name != "merged_into" { // the rest of Meta is the engine's
		return nil, fmt.Errorf("no such field%s", strictyaml.Suggest(name, fieldNames(typ)))
	}
	f.offset = offsetOf(typ, field.Index)
	if f.kind == fieldText {
		kind, err := kindOfField(name, field.Type)
		if err != nil {
			return nil, err
		}
		f.kind = kind
	}
	if err := l.sources(f); err != nil {
		return nil, err
	}
	if spec.Else != nil {
		var err error
		if f.or, err = l.field(typ, name, *spec.Else); err != nil {
			return nil, fmt.Errorf("else: %w", err)
		}
	}
	return f, nil
}

func kindOfField(name string, t reflect.Type) (fieldKind, error) {
	switch {
	case refFields[name]:
		return fieldRef, nil
	case t.Kind() == reflect.String:
		return fieldText, nil
	case t.Kind() == reflect.Int64:
		return fieldTime, nil
	case t.Kind() == reflect.Int32:
		return fieldDay, nil
	case t.Kind() == reflect.Bool:
		return fieldBool, nil
	case t == reflect.TypeFor[*int64]() && countFields[name]:
		return fieldCount, nil
	case t == reflect.TypeFor[*int64]():
		return fieldMoney, nil
	case t == reflect.TypeFor[*float64]():
		return fieldNumber, nil
	case t == reflect.TypeFor[*bool]():
		return fieldMaybe, nil
	}
	return 0, fmt.Errorf("cannot be filled by a profile")
}

func fieldNames(typ reflect.Type) []string {
	var names []string
	for _, field := range reflect.VisibleFields(typ) {
		if tag, _, _ := strings.Cut(field.Tag.Get("parquet"), ","); tag != "" {
			names = append(names, tag)
		}
	}
	sort.Strings(names)
	return names
}

// sources resolves the columns, conditions and patterns of a field.
func (l *layout) sources(f *fieldPlan) (err error) {
	if f.spec.Column != "" {
		f.columns = append(f.columns, l.column(f.spec.Column))
	}
	for _, name := range f.spec.Columns {
		f.columns = append(f.columns, l.column(name))
	}
	if f.spec.Match != "" {
		if _, err := regexp.Compile(f.spec.Match); err != nil {
			return err
		}
		f.columns = append(f.columns, l.column("~"+f.spec.Match))
	}
	if f.spec.Question == "nps" {
		f.columns, f.nps = append(f.columns, l.column("~?nps")), true
	}
	f.formats = strings.Split(f.spec.Format, "|")
	if f.spec.After != "" {
		f.after = l.column(f.spec.After)
	}
	if f.spec.Minus != "" {
		f.minus = l.column(f.spec.Minus)
	}
	for _, name := range f.spec.Multiply {
		f.multiply = append(f.multiply, l.column(name))
	}
	if f.spec.Pattern != "" {
		if f.cell.pattern, err = compilePattern(f.spec.Pattern); err != nil {
			return err
		}
	}
	if f.when, err = l.condition(f.spec.When); err != nil {
		return err
	}
	for _, c := range f.spec.Cases {
		when, err := l.condition(c.When)
		if err != nil {
			return err
		}
		plan := casePlan{when: when, value: c.Value, column: -1}
		if c.Column != "" {
			plan.column = l.column(c.Column)
		}
		f.cases = append(f.cases, plan)
	}
	if len(f.columns) == 1 && len(f.cases) == 0 && f.spec.Const == "" && f.spec.Party == "" && f.spec.Join == nil {
		f.only = f.columns[0]
	}
	if len(f.columns) == 0 && len(f.cases) == 0 && len(f.multiply) == 0 && f.spec.Const == "" && f.spec.Party == "" && !f.spec.Infer {
		return fmt.Errorf("it names no column, const, cases, party or multiply")
	}
	return nil
}

// fix tells whether a field is the same text in every record.
func (f *fieldPlan) fix() bool {
	if f.kind != fieldText || f.spec.Const == "" || len(f.when) > 0 || f.or != nil || f.multiply != nil || f.spec.Party != "" || f.words != nil {
		return false
	}
	f.constant = strings.ReplaceAll(f.spec.Const, listSeparator, ", ")
	if f.upper {
		f.constant = strings.ToUpper(f.constant)
	}
	return true
}
