package audience

import (
	"cmp"
	"io"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// Columns of a call list that hold numbers, and the one that it is sorted by.
const (
	callValue = 9
	callRisk  = 11
)

// callWidths are the widths of the columns, in characters.
var callWidths = []float64{31, 20, 18, 20, 10, 8, 14, 12, 12, 16, 10, 14, 24, 20, 40}

const callSheet = "calls 外呼"

// CallSheet is a workbook with one sheet, the customers of the highest expected value first.
func CallSheet(w io.Writer, part *Part, _ string, _ List) (Encoder, error) {
	return &callEncoder{w: w, header: part.Header}, nil
}

// callEncoder keeps the rows until all are there, since they are sorted.
type callEncoder struct {
	w      io.Writer
	header []string
	rows   [][]string
}

func (e *callEncoder) Row(row []string) error {
	e.rows = append(e.rows, row)
	return nil
}

func (e *callEncoder) Close() (err error) {
	slices.SortStableFunc(e.rows, func(a, b []string) int { return cmp.Compare(number(b[callValue]), number(a[callValue])) })
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	if err := book.SetSheetName("Sheet1", callSheet); err != nil {
		return err
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	sheet, err := book.NewStreamWriter(callSheet)
	if err != nil {
		return err
	}
	for i, width := range callWidths {
		if err := sheet.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	header := make([]any, len(e.header))
	for i, name := range e.header {
		header[i] = excelize.Cell{StyleID: bold, Value: name}
	}
	if err := sheet.SetRow("A1", header); err != nil {
		return err
	}
	for i, row := range e.rows {
		cells := make([]any, len(row))
		for k, cell := range row {
			cells[k] = cell
			if (k == callValue || k == callRisk) && cell != "" {
				cells[k] = number(cell)
			}
		}
		if err := sheet.SetRow("A"+strconv.Itoa(i+2), cells); err != nil {
			return err
		}
	}
	if err := sheet.Flush(); err != nil {
		return err
	}
	_, err = book.WriteTo(e.w)
	return err
}

// number is a cell's number; none is less than all.
func number(cell string) float64 {
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return -1e18
	}
	return v
}
