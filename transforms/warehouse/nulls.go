package warehouse

import (
	"math/bits"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// Null runs. parquet-go v0.32.0 looks for runs of null and of present values of an optional
// column in a bitmap of 64 rows a word (writeRowsFuncOfOptional). Where the present values
// that begin at bit y of a word are exactly y, it takes all rows up to the end of the word
// for present: nulls behind them are written as empty text or 0. Splitting the rows at bit y
// moves the run to bit 0, where the library is right. One-element batches of pointers and
// lists are not concerned.

// optionalField is a field that is null when zero.
type optionalField struct {
	offset uintptr
	size   uintptr // bytes to look at: 1, 4 or 8
}

// optionalFields lists the fields of a row that are optional without being a pointer.
func optionalFields(t reflect.Type) []optionalField {
	var fields []optionalField
	_ = walkFields(t, 0, func(_ string, field reflect.StructField, offset uintptr) error {
		if _, options, _ := strings.Cut(field.Tag.Get("parquet"), ","); !slices.Contains(strings.Split(options, ","), "optional") {
			return nil
		}
		switch field.Type.Kind() {
		case reflect.String:
			fields = append(fields, optionalField{offset + unsafe.Sizeof(uintptr(0)), 8}) // the length
		case reflect.Bool:
			fields = append(fields, optionalField{offset, 1})
		case reflect.Int32, reflect.Uint32:
			fields = append(fields, optionalField{offset, 4})
		case reflect.Int64, reflect.Uint64, reflect.Float64:
			fields = append(fields, optionalField{offset, 8})
		}
		return nil
	})
	return fields
}

// splitAt finds the row before which rows must be split, 0 if they need not be.
func splitAt[T any](rows []T, fields []optionalField) int {
	for from := 0; from < len(rows); from += 64 {
		word := rows[from:min(from+64, len(rows))]
		for _, field := range fields {
			if y := misread(presence(word, field), len(word)); y > 0 {
				return from + y
			}
		}
	}
	return 0
}

// presence has bit i set where row i has a value.
func presence[T any](rows []T, field optionalField) uint64 {
	var word uint64
	at := unsafe.Add(unsafe.Pointer(unsafe.SliceData(rows)), field.offset)
	stride := unsafe.Sizeof(rows[0])
	for i := range rows {
		var present bool
		switch field.size {
		case 1:
			present = *(*uint8)(at) != 0
		case 4:
			present = *(*uint32)(at) != 0
		default:
			present = *(*uint64)(at) != 0
		}
		if present {
			word |= 1 << i
		}
		if i+1 < len(rows) {
			at = unsafe.Add(at, stride)
		}
	}
	return word
}

// misread gives the first bit y > 0 at which y present values begin that have nulls behind
// them in the word of n rows, 0 if there is none.
func misread(word uint64, n int) int {
	for y := bits.TrailingZeros64(word); y < n; {
		run := bits.TrailingZeros64(^(word >> y))
		rest := word >> y
		if y > 0 && run == y && y+run < n && rest == 1<<run-1 {
			return y
		}
		if y+run >= 64 {
			return 0
		}
		gap := bits.TrailingZeros64(word >> (y + run))
		y += run + gap
	}
	return 0
}
