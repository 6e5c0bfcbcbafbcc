package subject

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/schemas"
)

// Row is the filled columns of one row, in the order of the table.
type Row []Cell

// Cell is one filled column: a text, number, truth value, list of texts, or list of rows.
type Cell struct {
	Name  string
	Label schemas.Label
	Value any
}

// MarshalJSON writes an object with the columns in their order.
func (r Row) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // as people wrote it
	b.WriteByte('{')
	for i, cell := range r {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encoder.Encode(cell.Name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encoder.Encode(cell.Value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// rowOf states a struct with Parquet tags. The run's columns, the same in every row, are left out.
func rowOf(v reflect.Value) Row {
	var out Row
	t := v.Type()
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Anonymous {
			if field.Type != reflect.TypeFor[schemas.RunColumns]() {
				out = append(out, rowOf(v.Field(i))...)
			}
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		if name == "" {
			continue
		}
		if value, ok := valueOf(v.Field(i), name, options); ok {
			out = append(out, Cell{name, schemas.Label{EN: field.Tag.Get("en"), ZH: field.Tag.Get("zh")}, value})
		}
	}
	return out
}

// Columns of records that are times or days without a tag that says so: records count
// microseconds and days, 0 = unknown.
var (
	timesOfRecords = map[string]bool{
		"time": true, "updated_at": true, "registered_at": true, "first_seen": true, "last_seen": true, "closed_at": true, "created_at": true, "started": true, "trial_end": true,
		"ends": true, "cancelled_at": true, "first_response_time": true, "resolved_time": true, "expires": true,
	}
	daysOfRecords = map[string]bool{"birth_date": true, "expected_close": true, "day": true}
)

// valueOf is a column's value as people read it; false for nothing.
func valueOf(v reflect.Value, name, options string) (any, bool) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, false
		}
		v = v.Elem()
	} else if v.IsZero() && (v.Kind() == reflect.String || v.Kind() == reflect.Slice || timesOfRecords[name] || daysOfRecords[name]) {
		return nil, false
	}
	switch v.Kind() {
	case reflect.Slice:
		return listOf(v), v.Len() > 0
	case reflect.Struct:
		return rowOf(v), true
	case reflect.String, reflect.Bool, reflect.Float64:
		return v.Interface(), true
	}
	var n int64
	if v.CanInt() {
		n = v.Int()
	} else {
		return v.Uint(), true // a hash
	}
	switch {
	case strings.Contains(options, "decimal"):
		return money(n), true
	case strings.Contains(options, "timestamp") || timesOfRecords[name]:
		return time.UnixMicro(n).UTC().Format(time.RFC3339), true
	case strings.Contains(options, "date") || daysOfRecords[name] && v.Kind() == reflect.Int32:
		return time.Unix(n*86400, 0).UTC().Format(time.DateOnly), true
	}
	return n, true
}

func listOf(v reflect.Value) any {
	if v.Type().Elem().Kind() == reflect.Struct {
		rows := make([]Row, v.Len())
		for i := range rows {
			rows[i] = rowOf(v.Index(i))
		}
		return rows
	}
	return v.Interface()
}

// money is an amount of ten-thousandths.
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
