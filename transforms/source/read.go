package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Read maps the rows of one split. It returns the accounts of what it read; an error means
// that the file cannot be read, or that the sink failed.
func Read(ctx context.Context, s *Source, split *Split, sink Sink) (*Counts, error) {
	counts := &Counts{Source: s.Spec.Name, File: split.Name}
	var err error
	switch split.Format {
	case FormatDelimited:
		err = readDelimited(ctx, s, split, sink, counts)
	case FormatNDJSON:
		err = readNDJSON(ctx, s, split, sink, counts)
	case FormatJSON:
		err = readJSON(ctx, s, split, sink, counts)
	case FormatXLSX:
		err = readXLSX(ctx, s, split, sink, counts)
	case FormatParquet:
		err = readParquet(ctx, s, split, sink, counts)
	default:
		err = fmt.Errorf("unknown format %q", split.Format)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", split.Name, err)
	}
	if !counts.Balanced() {
		return nil, fmt.Errorf("%s: the accounts do not add up: %d bytes read, %d header + %d accepted + %d skipped + %d rejected",
			split.Name, counts.Bytes, counts.Header, counts.Accepted.Bytes, counts.Skipped.Bytes, counts.Rejected.Bytes)
	}
	return counts, nil
}

// openRange opens the bytes of a split behind the header, decoded from UTF-16.
func openRange(split *Split) (io.Reader, io.Closer, error) {
	in, err := stream(split.Path, split.Member)
	if err != nil {
		return nil, nil, err
	}
	if split.Encoding == UTF16LE || split.Encoding == UTF16BE {
		if _, err := io.CopyN(io.Discard, in, 2); err != nil {
			in.Close()
			return nil, nil, err
		}
		text := bufio.NewReaderSize(utf16Reader(in, split.Encoding), 1<<16)
		if _, err := io.CopyN(io.Discard, text, split.Start); err != nil {
			in.Close()
			return nil, nil, err
		}
		return text, in, nil
	}
	if file, ok := in.(*os.File); ok {
		if _, err := file.Seek(split.Start, io.SeekStart); err != nil {
			file.Close()
			return nil, nil, err
		}
		if split.End >= 0 {
			return io.LimitReader(file, split.End-split.Start), in, nil
		}
		return file, in, nil
	}
	if _, err := io.CopyN(io.Discard, in, split.Start); err != nil && !errors.Is(err, io.EOF) {
		in.Close()
		return nil, nil, err
	}
	return in, in, nil
}

// headerCells splits and decodes the header line.
func headerCells(split *Split) ([]string, error) {
	row, err := newCSVReader(bytes.NewReader(split.Header), split.Comma, 0).next()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	decoder := newCellDecoder(split.Encoding)
	names := make([]string, len(row.cells))
	for i, cell := range row.cells {
		name, err := decoder.decode(cell)
		if err != nil {
			return nil, fmt.Errorf("the header is not text in one encoding")
		}
		names[i] = strings.Clone(normalize.Unguard(strings.TrimPrefix(name, "\ufeff")))
	}
	return names, nil
}

// checkEvery is how many rows pass between looks at the context.
const checkEvery = 1024

func readDelimited(ctx context.Context, s *Source, split *Split, sink Sink, counts *Counts) error {
	header, err := headerCells(split)
	if err != nil {
		return err
	}
	if split.First {
		counts.Header, counts.Bytes = split.Skipped, split.Skipped
	}
	if len(header) == 0 {
		return nil // an empty file
	}
	layout, err := s.layoutFor(header)
	if err != nil {
		return err
	}
	counts.Layout = layout.spec.Name
	at, err := layout.bind(header, s.Spec.NPSQuestion)
	if err != nil {
		return err
	}
	in, closer, err := openRange(split)
	if err != nil {
		return err
	}
	defer closer.Close()
	m := newMapper(s, layout, split, sink, counts)
	reader := newCSVReader(in, split.Comma, split.Start)
	decoder := newCellDecoder(split.Encoding)
	c := &cells{row: split.FirstRow - 1}
	at = layout.bindQuestions(c, header, at)
	c.each = func(string) [][]string { return nil }
	blanks, footer := 0, false
	for n := 1; ; n++ {
		if n%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		row, err := reader.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		counts.Bytes += row.size
		switch {
		case len(row.text) == 0 || (len(row.text) == 1 && row.text[0] == '\r'):
			blanks++
			m.skip(SkipBlank, row.size)
			continue
		case footer || blanks >= 2:
			footer = true // a report's totals and legal lines
			m.skip(SkipFooter, row.size)
			continue
		}
		blanks = 0
		c.row++
		c.offset, c.size, c.text = row.offset, row.size, row.text
		if f := shapeFault(&row, len(header)); f != nil {
			if err := m.reject(f, c); err != nil {
				return err
			}
			continue
		}
		fillCells(c, &row, at, decoder)
		if err := m.row(c); err != nil {
			return err
		}
	}
}

// shapeFault refuses rows whose quotes or number of cells are wrong. Empty cells too many at
// the end are no fault.
func shapeFault(row *rawRow, width int) *fault {
	switch row.code {
	case "":
	case CodeUnclosedQuote:
		return &fault{row.code, "", "a quote is opened and never closed; reading went on with the next line"}
	case CodeMalformed:
		return &fault{row.code, "", "text follows a closing quote; reading went on with the next line"}
	default:
		return &fault{row.code, "", fmt.Sprintf("the row is longer than %d bytes", MaxRow)}
	}
	got := len(row.cells)
	for got > width && len(row.cells[got-1]) == 0 {
		got--
	}
	if got != width {
		return &fault{CodeRagged, "", fmt.Sprintf("the row has %d cells, the header %d", got, width)}
	}
	return nil
}

// fillCells decodes the cells that the layout uses.
func fillCells(c *cells, row *rawRow, at []int, decoder *cellDecoder) {
	for i, column := range at {
		c.values[i], c.bad[i] = "", ""
		if column < 0 {
			continue
		}
		cell := row.cells[column]
		if len(cell) == 0 {
			continue
		}
		text, err := decoder.decode(cell)
		switch {
		case err != nil:
			c.bad[i] = CodeEncoding
		case strings.IndexByte(text, 0) >= 0:
			c.bad[i] = CodeNUL
		default:
			c.values[i] = normalize.Unguard(text)
		}
	}
}

// Recognise tells whether the profile knows the layout of a file, before anything is read.
func Recognise(s *Source, splits []Split) error {
	if len(splits) == 0 || splits[0].Format != FormatDelimited {
		return nil
	}
	header, err := headerCells(&splits[0])
	if err != nil || len(header) == 0 {
		return err
	}
	if _, err := s.layoutFor(header); err != nil {
		return fmt.Errorf("%s: %w", splits[0].Name, err)
	}
	return nil
}
