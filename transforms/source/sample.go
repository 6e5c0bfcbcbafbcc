package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// errEnough ends the reading of a sample.
var errEnough = errors.New("enough rows")

// Sample reads about the first rows of a split and says whether that was all of it. The
// accounts are those of the rows read.
func Sample(ctx context.Context, s *Source, split *Split, rows int64, sink Sink) (counts *Counts, all bool, err error) {
	counts = &Counts{Source: s.Spec.Name, File: split.Name}
	err = readInto(ctx, s, split, &sampler{sink, rows, counts}, counts)
	counts.close()
	if err != nil && !errors.Is(err, errEnough) {
		return nil, false, &FileError{split.Name, err}
	}
	return counts, err == nil, nil
}

// sampler hands on what a reader finds until there are enough rows.
type sampler struct {
	Sink
	limit  int64
	counts *Counts
}

func (s *sampler) Record(kind string, rec any) error {
	if s.counts.rows() > s.limit {
		return errEnough
	}
	return s.Sink.Record(kind, rec)
}

func (s *sampler) Reject(r *schemas.Reject) error {
	if s.counts.rows() > s.limit {
		return errEnough
	}
	return s.Sink.Reject(r)
}

// Glance is what a file looks like, whether or not a layout fits.
type Glance struct {
	Format   string
	Encoding string
	Comma    byte
	Header   []string
	Rows     [][]string // the first ones
}

// Look reads the header and the first rows of a table: delimited text or a workbook. Of other
// formats it tells the format alone.
func Look(file File, rows int) (*Glance, error) {
	head, sample, err := sampleOf(file)
	if err != nil {
		return nil, err
	}
	found, err := sniff(file.Name, head, sample)
	if err != nil {
		return nil, err
	}
	g := &Glance{Format: found.format, Encoding: found.encoding, Comma: found.comma}
	split := Split{Path: file.Path, Name: file.Name, Member: file.Member, Format: found.format, Encoding: found.encoding, Comma: found.comma, End: -1}
	switch found.format {
	case FormatDelimited:
		if split.Header, split.Start, err = headerOf(head, &found); err != nil {
			return nil, err
		}
		if g.Header, err = headerCells(&split); err == nil {
			err = g.lookAtText(&split, rows)
		}
	case FormatXLSX:
		err = g.lookAtBook(&split, rows)
	}
	return g, err
}

func (g *Glance) lookAtText(split *Split, rows int) error {
	text, closer, err := openText(split)
	if err != nil {
		return err
	}
	defer closer.Close()
	reader := &csvReader{textReader: *text, comma: split.Comma}
	decoder := newCellDecoder(split.Encoding)
	for len(g.Rows) < rows {
		row, err := reader.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if row.code != "" || blankRow(&row, split.Comma) {
			continue
		}
		cells := make([]string, len(g.Header))
		for i := range min(len(cells), len(row.cells)) {
			if text, err := decoder.decode(row.cells[i]); err == nil {
				cells[i] = strings.Clone(normalize.Unguard(text))
			}
		}
		g.Rows = append(g.Rows, cells)
	}
	return nil
}

func (g *Glance) lookAtBook(split *Split, rows int) error {
	data, err := readWhole(split, MaxWorkbook)
	if err != nil {
		return err
	}
	return safely("not a sound workbook", func() error {
		book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: MaxSheets, UnzipXMLSizeLimit: 64 << 20})
		if err != nil {
			return fmt.Errorf("not a sound workbook: %w", err)
		}
		defer shut(book)
		for _, sheet := range book.GetSheetList() {
			all, _, err := sheetRows(book, sheet)
			if err != nil {
				return err
			}
			for i, row := range all {
				switch {
				case blank(row):
				case g.Header == nil:
					g.Header = row
				case len(g.Rows) < rows:
					g.Rows = append(g.Rows, append(row, make([]string, max(0, len(g.Header)-len(row)))...))
				}
				if i > rows+64 {
					break
				}
			}
			if g.Header != nil {
				return nil
			}
		}
		return nil
	})
}
