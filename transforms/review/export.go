package review

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// EvidenceBreak separates weights in a workbook, EvidenceBar in a CSV file.
const (
	EvidenceBreak = "\n"
	EvidenceBar   = "; "
)

// CSV writes a sheet as UTF-8 with a byte order mark, which spreadsheets need to read Chinese.
func CSV(s *Sheet) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\xEF\xBB\xBF")
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	if err := w.Write(s.Header); err != nil {
		return nil, err
	}
	for _, row := range s.Rows {
		cells := make([]string, len(row.Cells))
		for i, cell := range row.Cells {
			switch v := cell.(type) {
			case string:
				cells[i] = guard(clip(v))
			case float64:
				cells[i] = strconv.FormatFloat(v, 'f', -1, 64)
			}
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// MaxRows is how many rows a workbook's sheet has.
const MaxRows = 1<<20 - 1

const sheetName = "review 复核"

// help is what a reviewer should know.
var help = [][2]string{
	{"Fill in the column decision, one row at a time; leave it empty where you do not know.", "请逐行填写“决定”一列；不确定的请留空。"},
	{"same (相同): A and B are one customer.", "相同（same）：A 与 B 是同一客户。"},
	{"different (不同): they are two, whatever they have in common.", "不同（different）：无论有何共同点，A 与 B 是两个客户。"},
	{"Rows may be sorted and deleted, columns hidden. Do not change the columns left, right and check.", "可以排序、删行、隐藏列；请勿修改“记录A”“记录B”“校验”三列。"},
	{"Evidence is in bits: +1 doubles the odds that the two are one customer, -1 halves them.", "“依据”以比特计：+1 使“同一客户”的胜算加倍，-1 使之减半。"},
	{"An apostrophe before a text only keeps the spreadsheet from calculating with it.", "文本前的单引号只是防止表格把它当作公式。"},
	{"Then: tributary review import --config tributary.yaml THIS-FILE", "完成后：tributary review import --config tributary.yaml 本文件"},
}

// XLSX writes a sheet as a workbook: a drop-down for the decision, a header that stays in view,
// fields that differ coloured, and a second sheet that says what to do.
func XLSX(s *Sheet) (data []byte, err error) {
	if len(s.Rows) > MaxRows {
		return nil, fmt.Errorf("%d pairs do not fit into a workbook of %d rows: give a limit", len(s.Rows), MaxRows)
	}
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	if err := book.SetSheetName("Sheet1", sheetName); err != nil {
		return nil, err
	}
	if err := writePairs(book, s); err != nil {
		return nil, err
	}
	if err := writeHelp(book); err != nil {
		return nil, err
	}
	out, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func writePairs(book *excelize.File, s *Sheet) error {
	style, err := newStyles(book)
	if err != nil {
		return err
	}
	if err := addChoice(book, len(s.Rows)); err != nil {
		return err
	}
	w, err := book.NewStreamWriter(sheetName)
	if err != nil {
		return err
	}
	for i, width := range slices.Backward(s.Widths) { // the stream writes the last one first
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	header := make([]any, len(s.Header))
	for i, text := range s.Header {
		header[i] = excelize.Cell{Value: text, StyleID: style.head}
	}
	if err := w.SetRow("A1", header); err != nil {
		return err
	}
	for n, row := range s.Rows {
		cells := make([]any, len(row.Cells))
		for i, cell := range row.Cells {
			switch v := cell.(type) {
			case string:
				c := excelize.Cell{StyleID: style.plain}
				if v != "" { // an empty text is no empty cell
					c.Value = guard(clip(v))
				}
				cells[i] = c
			default:
				cells[i] = excelize.Cell{Value: v, StyleID: style.number}
			}
		}
		for _, i := range row.Differs {
			cells[i] = excelize.Cell{Value: cells[i].(excelize.Cell).Value, StyleID: style.differs}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", n+2), cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

// addChoice offers the decisions as a drop-down.
func addChoice(book *excelize.File, rows int) error {
	if rows == 0 {
		return nil
	}
	choice := excelize.NewDataValidation(true)
	choice.SetSqref(fmt.Sprintf("A2:A%d", rows+1))
	if err := choice.SetDropList(decisionTexts); err != nil {
		return err
	}
	choice.SetError(excelize.DataValidationErrorStyleStop, "decision 决定", "same, different, 相同, 不同, or empty 或留空")
	return book.AddDataValidation(sheetName, choice)
}

// styles of cells.
type styles struct{ head, plain, number, differs int }

func newStyles(book *excelize.File) (s styles, err error) {
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Color: []string{color}, Pattern: 1}
	}
	top := &excelize.Alignment{WrapText: true, Vertical: "top"}
	for _, wanted := range []struct {
		id    *int
		style excelize.Style
	}{
		{&s.head, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: fill("D9E2F3"), Alignment: top}},
		{&s.plain, excelize.Style{NumFmt: numFmtText, Alignment: top}},
		{&s.number, excelize.Style{Alignment: top}},
		{&s.differs, excelize.Style{NumFmt: numFmtText, Fill: fill("FFF2CC"), Alignment: top}},
	} {
		if *wanted.id, err = book.NewStyle(&wanted.style); err != nil {
			return s, err
		}
	}
	return s, nil
}

// numFmtText is the number format of text: what is typed into the cell stays text.
const numFmtText = 49

func writeHelp(book *excelize.File) error {
	const name = "help 说明"
	if _, err := book.NewSheet(name); err != nil {
		return err
	}
	if err := book.SetColWidth(name, "A", "B", 80); err != nil {
		return err
	}
	for i, line := range help {
		if err := book.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &[]string{line[0], line[1]}); err != nil {
			return err
		}
	}
	return nil
}
