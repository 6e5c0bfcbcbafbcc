// Package review brings pairs that a run is in doubt about into a spreadsheet, and what people
// decided there back out of it.
//
// A sheet has one row per pair: an empty decision, the two references with a check over them,
// how probable it is that they are one customer, what speaks for and against it, and the
// fields of both records side by side.
package review

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
)

// Columns of a sheet that are read again. A heading begins with the name, so that it may go on
// in another language.
const (
	columnDecision = "decision"
	columnLeft     = "left"
	columnRight    = "right"
	columnCheck    = "check"
)

// Texts of decisions. All are read; the drop-down offers them in this order.
var decisionTexts = []string{"same", "different", "相同", "不同"}

// Field is one field of a record.
type Field struct{ Name, Value string }

// Sheet is a table of cells: a header and one row per pair.
type Sheet struct {
	Header []string
	Widths []float64 // of columns, in characters
	Rows   []Row
}

// Row is one pair. Cells are texts, or float64.
type Row struct {
	Cells   []any
	Differs []int // columns whose two records have different values
}

// headings of the columns that every sheet has.
var headings = []struct {
	text  string
	width float64
}{
	{columnDecision + " 决定", 12}, {"probability 概率", 12}, {"gain 期望收益", 12}, {"evidence 依据", 44},
}

var lastHeadings = []struct {
	text  string
	width float64
}{
	{columnLeft + " 记录A", 30}, {columnRight + " 记录B", 30}, {columnCheck + " 校验", 12},
}

// fieldLabels are Chinese names of fields.
var fieldLabels = map[string]string{
	"kind": "类型", "full_name": "姓名", "name": "姓名", "given_name": "名", "family_name": "姓", "gender": "性别", "birth_date": "出生日期",
	"phone": "电话", "phones": "电话", "email": "邮箱", "emails": "邮箱", "street": "街道", "district": "区县", "city": "城市", "province": "省份",
	"postcode": "邮编", "country": "国家", "address": "地址", "company": "公司", "occupation": "职业", "ids": "标识", "source": "来源", "system": "系统",
}

const fieldWidth = 20

// SheetOf lays pairs out, the most valuable decision first, at most limit of them (0 = all).
// A weight becomes "comparison: +bits", and sep separates them.
func SheetOf(pairs []schemas.IdentityReview, limit int, sep string) Sheet {
	order := make([]int, len(pairs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return compare(&pairs[i], &pairs[j]) })
	if limit > 0 && len(order) > limit {
		order = order[:limit]
	}
	left, right := make([][]Field, len(order)), make([][]Field, len(order))
	var names []string
	known := map[string]int{}
	for n, i := range order {
		left[n], right[n] = ParseFields(pairs[i].LeftFields), ParseFields(pairs[i].RightFields)
		for _, fields := range [2][]Field{left[n], right[n]} {
			for _, f := range fields {
				if _, ok := known[f.Name]; !ok {
					known[f.Name] = len(names)
					names = append(names, f.Name)
				}
			}
		}
	}
	s := Sheet{}
	for _, h := range headings {
		s.Header, s.Widths = append(s.Header, h.text), append(s.Widths, h.width)
	}
	for _, name := range names {
		label := strings.TrimSpace(name + " " + fieldLabels[name])
		s.Header, s.Widths = append(s.Header, "A: "+label, "B: "+label), append(s.Widths, fieldWidth, fieldWidth)
	}
	for _, h := range lastHeadings {
		s.Header, s.Widths = append(s.Header, h.text), append(s.Widths, h.width)
	}
	for n, i := range order {
		s.Rows = append(s.Rows, rowOf(&pairs[i], left[n], right[n], known, sep))
	}
	return s
}

func compare(a, b *schemas.IdentityReview) int {
	switch {
	case a.Gain != b.Gain:
		if a.Gain > b.Gain {
			return -1
		}
		return 1
	case a.LeftRef != b.LeftRef:
		return strings.Compare(a.LeftRef, b.LeftRef)
	}
	return strings.Compare(a.RightRef, b.RightRef)
}

func rowOf(p *schemas.IdentityReview, left, right []Field, at map[string]int, sep string) Row {
	row := Row{Cells: []any{"", p.Probability, p.Gain, waterfall(p.Weights, sep)}}
	first := len(row.Cells)
	fields := make([]string, 2*len(at))
	for side, list := range [2][]Field{left, right} {
		for _, f := range list {
			cell := &fields[2*at[f.Name]+side]
			if *cell != "" {
				*cell += "; "
			}
			*cell += f.Value
		}
	}
	for i := 0; i < len(fields); i += 2 {
		if a, b := fields[i], fields[i+1]; a != b && a != "" && b != "" {
			row.Differs = append(row.Differs, first+i, first+i+1)
		}
		row.Cells = append(row.Cells, fields[i], fields[i+1])
	}
	row.Cells = append(row.Cells, p.LeftRef, p.RightRef, checkOf(p.LeftRef, p.RightRef))
	return row
}

// waterfall is what speaks for and against one customer, as text.
func waterfall(weights []schemas.Weight, sep string) string {
	lines := make([]string, len(weights))
	for i, w := range weights {
		lines[i] = fmt.Sprintf("%s: %+.2f", w.Comparison, w.Log2)
		if w.Level != "" {
			lines[i] += " (" + w.Level + ")"
		}
	}
	return strings.Join(lines, sep)
}

// checkOf is a check over two references. It begins with a letter, so that no spreadsheet takes
// it for a number.
func checkOf(left, right string) string {
	return fmt.Sprintf("k%08x", uint32(xxh3.HashString(left+"\x00"+right)))
}

// otherFields is the name of fields whose text is no JSON object.
const otherFields = "fields"

// ParseFields reads the fields of a record: a JSON object, whose order is kept. Lists become
// one text; any other text is one field.
func ParseFields(text string) []Field {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	fields, err := objectFields(text)
	if err != nil {
		return []Field{{otherFields, text}}
	}
	return fields
}

var errNoObject = errors.New("not a JSON object")

func objectFields(text string) ([]Field, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return nil, errNoObject
	}
	var fields []Field
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		if text := fieldText(value); text != "" {
			fields = append(fields, Field{fmt.Sprint(name), text})
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errNoObject
	}
	return fields, nil
}

func fieldText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		texts := make([]string, 0, len(v))
		for _, item := range v {
			if text := fieldText(item); text != "" {
				texts = append(texts, text)
			}
		}
		return strings.Join(texts, "; ")
	case map[string]any:
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if e.Encode(v) != nil { // keys come sorted
			return ""
		}
		return strings.TrimSpace(b.String())
	}
	return fmt.Sprint(value)
}

// dangerous are the first characters of what spreadsheets take for a formula, and the
// apostrophe that hides them.
const dangerous = "=+-@\t\r'＝＋－＠"

// guard makes a text one that no spreadsheet takes for a formula: an apostrophe goes before it.
func guard(text string) string {
	if first, n := utf8.DecodeRuneInString(text); n > 0 && strings.ContainsRune(dangerous, first) {
		return "'" + text
	}
	return text
}

// unguard takes the apostrophe away.
func unguard(text string) string { return strings.TrimPrefix(text, "'") }

// longestCell is a bound that workbooks have, with room for the guard.
const longestCell = 32_000

func clip(text string) string {
	if len(text) <= longestCell {
		return text
	}
	return strings.ToValidUTF8(text[:longestCell], "") + "…"
}
