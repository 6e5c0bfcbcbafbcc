package review

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Decision is what a person said about two records, and where.
type Decision struct {
	Left, Right string // references, namespace:object:key
	Same        bool
	Where       string // file and row, for messages
}

// Problems are all mistakes of a reviewed sheet, in order of its rows.
type Problems []string

// shownProblems bounds how many mistakes an error lists.
const shownProblems = 20

func (p Problems) Error() string {
	text := strings.Join(p[:min(len(p), shownProblems)], "\n")
	if len(p) > shownProblems {
		text += fmt.Sprintf("\n... and %d more", len(p)-shownProblems)
	}
	return text
}

// MaxBytes is the largest reviewed file that is read, and its parts may unpack to ten times as
// much: a sheet of a million rows has about 300 MB.
const MaxBytes = 512 << 20

// tableRow is a row of a sheet with its number there.
type tableRow struct {
	number int
	cells  []string
}

// Parse reads the decisions of a reviewed sheet, a workbook or CSV by the file's name. Rows
// without a decision are skipped. All mistakes are reported at once, as Problems.
func Parse(file string, data []byte) ([]Decision, error) {
	if len(data) > MaxBytes {
		return nil, Problems{fmt.Sprintf("%s: has more than %d MB", file, MaxBytes>>20)}
	}
	if strings.HasSuffix(strings.ToLower(file), ".xlsx") {
		return parseWorkbook(file, data)
	}
	rows, err := csvRows(file, data)
	if err != nil {
		return nil, Problems{err.Error()}
	}
	if len(rows) == 0 {
		return nil, Problems{file + ": is empty"}
	}
	columns, err := findColumns(rows[0])
	if err != nil {
		return nil, Problems{fmt.Sprintf("%s:%d: %v", file, rows[0].number, err)}
	}
	return decisionsOf(file, rows[1:], columns)
}

// csvRows reads CSV as spreadsheets write it: UTF-8 or, in China, GB18030, or UTF-16; with
// commas, semicolons or tabs.
func csvRows(file string, data []byte) ([]tableRow, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), bytes.HasPrefix(data, []byte("\xFE\xFF")):
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return nil, fmt.Errorf("%s: is not text: %w", file, err)
		}
		data = text
	case !utf8.Valid(data):
		text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil {
			return nil, fmt.Errorf("%s: is not text in UTF-8 or GB18030", file)
		}
		data = text
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	reader := csv.NewReader(bytes.NewReader(data))
	reader.FieldsPerRecord = -1
	head, _, _ := bytes.Cut(data, []byte("\n"))
	for _, comma := range ",;\t" {
		if bytes.ContainsRune(head, comma) {
			reader.Comma = comma
			break
		}
	}
	var rows []tableRow
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			return nil, fmt.Errorf("%s:%d: not CSV: %w", file, parse.Line, parse.Err)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		line, _ := reader.FieldPos(0)
		rows = append(rows, tableRow{line, cells})
	}
}

func parseWorkbook(file string, data []byte) (out []Decision, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, Problems{fmt.Sprintf("%s: not a sound workbook: %v", file, r)}
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: 10 * MaxBytes, UnzipXMLSizeLimit: 64 << 20})
	if err != nil {
		return nil, Problems{fmt.Sprintf("%s: not a sound workbook: %v", file, err)}
	}
	defer func() { _ = book.Close() }()
	missing := errors.New("has no sheet with rows")
	for _, sheet := range book.GetSheetList() {
		cells, err := book.GetRows(sheet)
		if err != nil {
			return nil, Problems{fmt.Sprintf("%s: sheet %s: not a sound sheet: %v", file, sheet, err)}
		}
		rows := make([]tableRow, 0, len(cells))
		for i, row := range cells {
			if !blank(row) {
				rows = append(rows, tableRow{i + 1, row})
			}
		}
		if len(rows) == 0 {
			continue
		}
		columns, err := findColumns(rows[0])
		if err != nil {
			missing = err
			continue
		}
		return decisionsOf(file, rows[1:], columns)
	}
	return nil, Problems{fmt.Sprintf("%s: %v", file, missing)}
}

func blank(row []string) bool {
	return !slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// columnsOf is where the columns that are read stand.
type columnsOf struct{ decision, left, right, check int }

func findColumns(header tableRow) (columnsOf, error) {
	at := map[string]int{}
	for i, heading := range header.cells {
		name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(heading)), " ")
		if _, twice := at[name]; twice && (name == columnDecision || name == columnLeft || name == columnRight || name == columnCheck) {
			return columnsOf{}, fmt.Errorf("column %s is there twice", name)
		}
		at[name] = i
	}
	var c columnsOf
	for _, wanted := range []struct {
		name string
		at   *int
	}{{columnDecision, &c.decision}, {columnLeft, &c.left}, {columnRight, &c.right}, {columnCheck, &c.check}} {
		i, ok := at[wanted.name]
		if !ok {
			return c, fmt.Errorf("column %s is missing: is this a file of tributary review export?", wanted.name)
		}
		*wanted.at = i
	}
	return c, nil
}

func decisionsOf(file string, rows []tableRow, c columnsOf) ([]Decision, error) {
	var out []Decision
	var problems Problems
	for _, row := range rows {
		cell := func(i int) string {
			if i < len(row.cells) {
				return strings.TrimSpace(row.cells[i])
			}
			return ""
		}
		text := unguard(cell(c.decision))
		if text == "" {
			continue
		}
		fail := func(column, format string, args ...any) {
			problems = append(problems, fmt.Sprintf("%s:%d: column %s: %s", file, row.number, column, fmt.Sprintf(format, args...)))
		}
		same, ok := decision(text)
		left, right := unguard(cell(c.left)), unguard(cell(c.right))
		switch {
		case !ok:
			fail(columnDecision, "%q is no decision (expected same, different, 相同, 不同, or nothing)", short(text))
		case left == "":
			fail(columnLeft, "is empty; export again, or restore it")
		case right == "":
			fail(columnRight, "is empty; export again, or restore it")
		case left == right:
			fail(columnRight, "names the same record as column left")
		case cell(c.check) != checkOf(left, right):
			fail(columnCheck, "does not fit columns left and right: one of the three was changed, or sorted without the others; restore them, or export again")
		default:
			out = append(out, Decision{left, right, same, fmt.Sprintf("%s:%d", file, row.number)})
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return out, nil
}

func decision(text string) (same, ok bool) {
	switch strings.ToLower(text) {
	case "same", "相同":
		return true, true
	case "different", "不同":
		return false, true
	}
	return false, false
}

// short clips a text that a message quotes.
func short(text string) string {
	const most = 40
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}
