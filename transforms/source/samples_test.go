package source

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/tributary-cdp/tributary/schemas"
)

// sampleEncodings are the parts of a sample's file name that say how it is encoded when the
// test runs; in the repository samples are UTF-8 with LF, so that they can be read and reviewed.
var sampleEncodings = map[string]encoding.Encoding{
	"gbk":     simplifiedchinese.GB18030,
	"utf16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"utf16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"bom":     unicode.UTF8BOM,
	"latin1":  charmap.ISO8859_1,
}

// encodeSample writes a sample as the system would export it and returns its path. Parts of
// the name between dots are directives: gbk, utf16le, utf16be, bom, latin1; crlf; and xlsx, which
// makes a workbook with one sheet of a .csv whose cells are text unless they begin with
// number: or date:. orders.gbk.crlf.csv, customers.xlsx.csv
func encodeSample(t *testing.T, path, folder string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(path)
	for _, part := range strings.Split(name, ".")[1:] {
		switch {
		case part == "crlf":
			text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
		case part == "xlsx" && strings.HasSuffix(name, ".xlsx.csv"):
			text, name = workbook(t, text), strings.TrimSuffix(name, ".csv")
		}
	}
	for _, part := range strings.Split(name, ".")[1:] {
		if e := sampleEncodings[part]; e != nil {
			if text, err = e.NewEncoder().Bytes(text); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	out := filepath.Join(folder, name)
	if err := os.WriteFile(out, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return out
}

// workbook makes a workbook of delimited text.
func workbook(t testing.TB, text []byte) []byte {
	t.Helper()
	reader := csv.NewReader(bytes.NewReader(text))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	book := excelize.NewFile()
	style, err := book.NewStyle(&excelize.Style{NumFmt: 22})
	for r, row := range rows {
		for c, cell := range row {
			at, _ := excelize.CoordinatesToCellName(c+1, r+1)
			var value any = cell
			if number, ok := strings.CutPrefix(cell, "number:"); ok {
				value, _ = strconv.ParseFloat(number, 64)
			} else if date, ok := strings.CutPrefix(cell, "date:"); ok {
				value, _ = time.Parse("2006-01-02 15:04:05", date)
				if err == nil {
					err = book.SetCellStyle("Sheet1", at, at, style)
				}
			}
			if err == nil && cell != "" {
				err = book.SetCellValue("Sheet1", at, value)
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// goldenSink writes records and rejects as readable lines.
type goldenSink struct {
	lines                              bytes.Buffer
	standing, records, rejects, issues int64
}

func (s *goldenSink) Record(kind string, rec any) error {
	s.records++
	v := reflect.ValueOf(rec).Elem()
	meta := v.FieldByName("Meta").Addr().Interface().(*schemas.Meta)
	if meta.RowBytes > 0 {
		s.standing++
	}
	l := line{{kind, meta.Reference()}, {"row", meta.Row}}
	for i := range v.NumField() {
		if name := canonicalName(v.Type().Field(i)); name != "" {
			l = append(l, pair{name, readable(v.Field(i))})
		}
	}
	l = append(l, pair{"updated_at", instant(meta.UpdatedAt)}, pair{"merged_into", meta.MergedInto})
	if meta.Derived {
		l = append(l, pair{"derived", true})
	}
	if meta.Deleted {
		l = append(l, pair{"deleted", true})
	}
	return writeLine(&s.lines, l)
}

func (s *goldenSink) Reject(r *schemas.Reject) error {
	s.rejects++
	return writeLine(&s.lines, line{{"reject", r.Code}, {"row", r.Row}, {"column", r.Column}, {"message", r.Message}})
}

func (s *goldenSink) Issue(string, string) { s.issues++ }

func canonicalName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("parquet"), ",")
	return name
}

// readable shows a field: int32 are days, plain int64 are times, amounts are behind pointers.
func readable(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case int64:
		return instant(x)
	case int32:
		if x == 0 {
			return ""
		}
		return time.Unix(int64(x)*86400, 0).UTC().Format("2006-01-02")
	case bool:
		if !x {
			return nil
		}
		return true
	case []schemas.Contact:
		var texts []string
		for _, c := range x {
			texts = append(texts, strings.TrimSpace(fmt.Sprintf("%s %s (%s)", c.Status, c.Value, c.Raw)))
		}
		return texts
	case []schemas.NameValue:
		var texts []string
		for _, n := range x {
			texts = append(texts, n.Name+"="+n.Value)
		}
		return texts
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		return v.Elem().Interface()
	}
	return v.Interface()
}

// instant is a time in UTC, empty for none.
func instant(micros int64) string {
	if micros == 0 {
		return ""
	}
	return time.UnixMicro(micros).UTC().Format("2006-01-02T15:04:05.999999Z")
}

type pair struct {
	name  string
	value any
}

// line is a JSON object whose keys keep their order; empty values are left out.
type line []pair

func writeLine(out *bytes.Buffer, l line) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	separator := "{"
	for _, p := range l {
		v := reflect.ValueOf(p.value)
		if !v.IsValid() || v.Kind() == reflect.String && v.Len() == 0 || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0 {
			continue
		}
		b.Reset()
		if err := encoder.Encode(p.value); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s%q: %s", separator, p.name, bytes.TrimSpace(b.Bytes()))
		separator = ", "
	}
	out.WriteString("}\n")
	return nil
}
