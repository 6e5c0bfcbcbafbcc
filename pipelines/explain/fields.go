package explain

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/schemas"
)

// Field is one filled column of a row.
type Field struct {
	Name   string `json:"name"`
	Value  any    `json:"value"`
	Source string `json:"source,omitempty"` // that won, of the golden record
	Losing string `json:"losing,omitempty"` // values of other sources; contact data
}

// hiddenValue stands for contact data that are not shown.
const hiddenValue = "(hidden)"

// fields lists the filled scalar columns of a row in the order of its table.
func fields(row any, contacts bool) []Field {
	var out []Field
	walk(reflect.ValueOf(row).Elem(), contacts, &out)
	return out
}

func walk(v reflect.Value, contacts bool, out *[]Field) {
	t := v.Type()
	columns := map[string]schemas.Column{}
	for _, c := range schemas.Columns(t) {
		columns[c.Name] = c
	}
	for i := range t.NumField() {
		if t.Field(i).Anonymous {
			if t.Field(i).Type != reflect.TypeFor[schemas.RunColumns]() {
				walk(v.Field(i), contacts, out)
			}
			continue
		}
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("parquet"), ",")
		column := columns[name]
		value, ok := valueOf(v.Field(i), column.Type)
		switch {
		case !ok || column.Mode == "REPEATED" && column.Type == "RECORD" || name == "customer_id":
			continue
		case column.Contact && !contacts:
			value = hiddenValue
		}
		*out = append(*out, Field{Name: name, Value: value})
	}
}

// valueOf turns a column's value into what people read; ok is false for nulls.
func valueOf(v reflect.Value, columnType string) (value any, ok bool) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, false
		}
		v = v.Elem()
	}
	switch {
	case v.Kind() == reflect.Slice:
		if v.Len() == 0 || v.Type().Elem().Kind() != reflect.String {
			return nil, false
		}
		return v.Interface(), true
	case v.Kind() == reflect.String:
		return v.String(), v.String() != ""
	case columnType == "NUMERIC":
		return money(v.Int()), true
	case columnType == "DATE":
		return day(int32(v.Int())), true
	case columnType == "TIMESTAMP":
		return time.UnixMicro(v.Int()).UTC().Format(time.RFC3339), true
	}
	return v.Interface(), true
}

// money writes an amount of four decimals with as many as it needs, at least two.
func money(units int64) string {
	sign := ""
	if units < 0 {
		sign, units = "-", -units
	}
	text := fmt.Sprintf("%s%d.%04d", sign, units/10_000, units%10_000)
	for strings.HasSuffix(text, "0") && len(text)-strings.IndexByte(text, '.') > 3 {
		text = text[:len(text)-1]
	}
	return text
}

// day writes days since 1970-01-01 as a date.
func day(days int32) string {
	return time.Unix(int64(days)*86400, 0).UTC().Format(time.DateOnly)
}

// golden lists the filled fields of a customer with the source that each came from.
func golden(row *schemas.Customer, contacts bool) []Field {
	out := fields(row, contacts)
	at := map[string]int{}
	for i := range out {
		at[out[i].Name] = i
	}
	for _, s := range row.FieldSources {
		if i, ok := at[s.Field]; ok {
			out[i].Source = s.Source
			if contacts {
				out[i].Losing = s.Losing
			}
		}
	}
	return out
}

// Text writes a value for people.
func (f *Field) Text() string {
	switch v := f.Value.(type) {
	case []string:
		return strings.Join(v, ", ")
	case float64:
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	return fmt.Sprint(f.Value)
}
