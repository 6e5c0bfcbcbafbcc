package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// readXLSX reads the first sheet that a layout fits. A workbook is held in memory. Its rows
// have no bytes of their own: all bytes count as header.
func readXLSX(ctx context.Context, s *Source, split *Split, sink Sink, counts *Counts) error {
	data, err := readWhole(split, MaxWorkbook)
	if err != nil {
		return err
	}
	var book *excelize.File
	if err := safely("not a sound workbook", func() (err error) {
		book, err = excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: MaxSheets, UnzipXMLSizeLimit: 64 << 20})
		if err != nil {
			return fmt.Errorf("not a sound workbook: %w", err)
		}
		return nil
	}); err != nil {
		return err
	}
	defer shut(book)
	failure := errors.New("the workbook has no sheet with rows")
	for _, sheet := range book.GetSheetList() {
		rows, dates, err := sheetRows(book, sheet)
		if err != nil {
			return fmt.Errorf("sheet %s: %w", sheet, err)
		}
		first := 0
		for first < len(rows) && blank(rows[first]) {
			first++
		}
		if first == len(rows) {
			continue
		}
		t, err := openTable(s, split, sink, counts, rows[first])
		if errors.Is(err, errLayout) {
			failure = err
			continue
		}
		if err != nil {
			return err
		}
		counts.Bytes, counts.Header = int64(len(data)), int64(len(data))
		t.dates, t.line = dates, first
		for _, row := range rows[first+1:] {
			if err := t.row(ctx, row); err != nil {
				return err
			}
		}
		return nil
	}
	return failure
}

// sheetRows reads a sheet, and finds out which of its cells have the number format of a date.
func sheetRows(book *excelize.File, sheet string) (rows [][]string, dates func(column, row int) bool, err error) {
	err = safely("not a sound sheet", func() error {
		rows, err = book.GetRows(sheet, excelize.Options{RawCellValue: true})
		return err
	})
	known := map[int]bool{}
	return rows, func(column, row int) (date bool) {
		failed := safely("", func() error {
			name, err := excelize.CoordinatesToCellName(column+1, row+1)
			if err != nil {
				return err
			}
			id, err := book.GetCellStyle(sheet, name)
			if err != nil {
				return err
			}
			var ok bool
			if date, ok = known[id]; !ok {
				date = dateStyle(book, id)
				known[id] = date
			}
			return nil
		})
		return failed == nil && date
	}, err
}

func dateStyle(book *excelize.File, id int) bool {
	style, err := book.GetStyle(id)
	if err != nil {
		return false
	}
	n := style.NumFmt
	return n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 58 ||
		style.CustomNumFmt != nil && strings.ContainsAny(strings.ToLower(*style.CustomNumFmt), "yd")
}

// serialText turns a spreadsheet's day number into ISO text.
func serialText(text string) string {
	micros, err := normalize.Time(text, "serial", utc)
	if err != nil {
		return text
	}
	return isoText(micros)
}
