package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// MaxWorkbook is the largest workbook: it is read whole.
const MaxWorkbook = 256 << 20

// readXLSX reads the first sheet that a layout fits. Rows of a workbook have no bytes of their
// own: all bytes count as header.
func readXLSX(ctx context.Context, s *Source, split *Split, sink Sink, counts *Counts) (err error) {
	defer recoverAs(&err, "not a sound workbook")
	data, err := readWhole(split, MaxWorkbook)
	if err != nil {
		return err
	}
	counts.Bytes, counts.Header = int64(len(data)), int64(len(data))
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: 4 << 30, UnzipXMLSizeLimit: 64 << 20})
	if err != nil {
		return fmt.Errorf("not a sound workbook: %w", err)
	}
	defer book.Close()
	failure := errors.New("the workbook has no sheet with rows")
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil || len(rows) == 0 {
			continue
		}
		table := &table{s: s, split: split, sink: sink, counts: counts, dates: dateCells(book, sheet)}
		found, err := table.read(ctx, rows)
		if found || err != nil && !errors.Is(err, errLayout) {
			return err
		}
		failure = err
	}
	return failure
}

// dateCells tells for a cell whether its number format is a date.
func dateCells(book *excelize.File, sheet string) func(column, row int) bool {
	known := map[int]bool{}
	return func(column, row int) bool {
		name, err := excelize.CoordinatesToCellName(column+1, row+1)
		if err != nil {
			return false
		}
		id, err := book.GetCellStyle(sheet, name)
		if err != nil {
			return false
		}
		date, ok := known[id]
		if !ok {
			style, err := book.GetStyle(id)
			date = err == nil && (style.NumFmt >= 14 && style.NumFmt <= 22 || style.NumFmt >= 27 && style.NumFmt <= 36 || style.NumFmt >= 45 && style.NumFmt <= 58 ||
				style.CustomNumFmt != nil && strings.ContainsAny(strings.ToLower(*style.CustomNumFmt), "yd"))
			known[id] = date
		}
		return date
	}
}

// readParquet reads a Parquet file's columns as text.
func readParquet(ctx context.Context, s *Source, split *Split, sink Sink, counts *Counts) (err error) {
	defer recoverAs(&err, "not a sound Parquet file")
	data, err := readWhole(split, MaxJSON)
	if err != nil {
		return err
	}
	counts.Bytes, counts.Header = int64(len(data)), int64(len(data))
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("not a sound Parquet file: %w", err)
	}
	var header []string
	for _, path := range file.Schema().Columns() {
		header = append(header, strings.Join(path, "."))
	}
	rows := [][]string{header}
	for _, group := range file.RowGroups() {
		reader := group.Rows()
		buffer := make([]parquet.Row, 256)
		for {
			n, err := reader.ReadRows(buffer)
			for _, row := range buffer[:n] {
				texts := make([]string, len(header))
				for _, v := range row {
					if !v.IsNull() && v.Column() < len(texts) {
						texts[v.Column()] = joinList(texts[v.Column()], v.String())
					}
				}
				rows = append(rows, texts)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				reader.Close()
				return err
			}
		}
		reader.Close()
	}
	table := &table{s: s, split: split, sink: sink, counts: counts}
	_, err = table.read(ctx, rows)
	return err
}

func joinList(list, v string) string {
	if list == "" {
		return v
	}
	return list + listSeparator + v
}

func recoverAs(err *error, what string) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s: %v", what, r)
	}
}

func readWhole(split *Split, limit int64) ([]byte, error) {
	in, err := stream(split.Path, split.Member)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("the file is larger than %d bytes", limit)
	}
	return data, err
}

// errLayout tells that no layout fits a sheet.
var errLayout = errors.New("no layout fits")

// table maps rows of text that are in memory, the header first.
type table struct {
	s      *Source
	split  *Split
	sink   Sink
	counts *Counts
	dates  func(column, row int) bool
}

func (t *table) read(ctx context.Context, rows [][]string) (found bool, err error) {
	first := 0
	for first < len(rows) && blank(rows[first]) {
		first++
	}
	if first == len(rows) {
		return false, nil
	}
	header := make([]string, len(rows[first]))
	for i, name := range rows[first] {
		header[i] = normalize.Unguard(name)
	}
	l, err := t.s.layoutFor(header)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errLayout, err)
	}
	t.counts.Layout = l.spec.Name
	at, err := l.bind(header, t.s.Spec.NPSQuestion)
	if err != nil {
		return true, err
	}
	m := newMapper(t.s, l, t.split, t.sink, t.counts)
	c := &cells{offset: -1}
	at = l.bindQuestions(c, header, at)
	c.each = func(string) [][]string { return nil }
	for i := first + 1; i < len(rows); i++ {
		if i%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return true, err
			}
		}
		row := rows[i]
		if blank(row) {
			m.skip(SkipBlank, 0)
			continue
		}
		c.row++
		c.text = []byte(strings.Join(row, "\t"))
		for j, column := range at {
			c.values[j], c.bad[j] = "", ""
			if column < 0 || column >= len(row) {
				continue
			}
			text := normalize.Unguard(row[column])
			if t.dates != nil && text != "" && t.dates(column, i) {
				text = serialText(text)
			}
			c.values[j] = text
		}
		if err := m.row(c); err != nil {
			return true, err
		}
	}
	return true, nil
}

func blank(row []string) bool {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

// serialText turns a spreadsheet's day number into ISO text.
func serialText(text string) string {
	micros, err := normalize.Time(text, "serial", utc)
	if err != nil {
		return text
	}
	return isoText(micros)
}
