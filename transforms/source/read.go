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

// FileError tells that a file cannot be read at all. Nothing of it was handed to the sink.
type FileError struct {
	File string
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("%s: %v", e.File, e.Err) }

func (e *FileError) Unwrap() error { return e.Err }

// Read maps the rows of one split. It returns the accounts of what it read. An error is a
// *FileError, or means that reading stopped midway or that the sink failed.
func Read(ctx context.Context, s *Source, split *Split, sink Sink) (*Counts, error) {
	counts := &Counts{Source: s.Spec.Name, File: split.Name}
	err := readInto(ctx, s, split, sink, counts)
	counts.close()
	switch {
	case err != nil && counts.rows() == 0 && ctx.Err() == nil:
		return nil, &FileError{split.Name, err}
	case err != nil:
		return nil, fmt.Errorf("%s: %w", split.Name, err)
	case !counts.Balanced():
		return nil, fmt.Errorf("%s: the accounts do not add up: %d bytes read, %d header + %d accepted + %d skipped + %d rejected",
			split.Name, counts.Bytes, counts.Header, counts.Accepted.Bytes, counts.Skipped.Bytes, counts.Rejected.Bytes)
	}
	return counts, nil
}

// readInto reads a split by its format.
func readInto(ctx context.Context, s *Source, split *Split, sink Sink, counts *Counts) error {
	switch split.Format {
	case FormatDelimited:
		return readDelimited(ctx, s, split, sink, counts)
	case FormatNDJSON:
		return readNDJSON(ctx, s, split, sink, counts)
	case FormatJSON:
		return readJSON(ctx, s, split, sink, counts)
	case FormatXLSX:
		return readXLSX(ctx, s, split, sink, counts)
	case FormatParquet:
		return readParquet(ctx, s, split, sink, counts)
	}
	return fmt.Errorf("unknown format %q", split.Format)
}

// openText opens the bytes of a split behind the header. UTF-16 arrives as UTF-8.
func openText(split *Split) (*textReader, io.Closer, error) {
	in, err := stream(split.Path, split.Member)
	if err != nil {
		return nil, nil, err
	}
	r := &textReader{in: in, offset: split.Start}
	if file, ok := in.(*os.File); ok {
		if split.Bytes > 0 {
			r.buf = make([]byte, min(readAhead, split.Bytes+1))
		}
		_, err = file.Seek(split.Start, io.SeekStart)
		if split.End >= 0 {
			r.in = io.LimitReader(file, split.End-split.Start)
		}
	} else {
		_, err = io.CopyN(io.Discard, in, split.Start)
	}
	if err != nil {
		in.Close()
		return nil, nil, err
	}
	if isWide(split.Encoding) {
		r.wide = &byteCounter{in: bufio.NewReaderSize(r.in, 1<<16)}
		r.in = utf16Reader(r.wide, split.Encoding)
	}
	return r, in, nil
}

// layoutOf finds a file's layout by its header, and the file's column for each of the
// layout's. An empty file has none.
func layoutOf(s *Source, split *Split) (header []string, l *layout, at []int, err error) {
	if header, err = headerCells(split); err != nil || len(header) == 0 {
		return nil, nil, nil, err
	}
	if l, err = s.layoutFor(header); err != nil {
		return nil, nil, nil, err
	}
	at, err = l.bind(header, s.Spec.NPSQuestion)
	return header, l, at, err
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
			return nil, fmt.Errorf("name %d of the header is not text in the file's encoding: export the file as UTF-8", i+1)
		}
		names[i] = strings.Clone(normalize.Unguard(strings.TrimPrefix(name, "\ufeff")))
	}
	return names, nil
}

// checkEvery is how many rows pass between looks at the context.
const checkEvery = 1024

func readDelimited(ctx context.Context, s *Source, split *Split, sink Sink, counts *Counts) error {
	header, layout, at, err := layoutOf(s, split)
	if err != nil {
		return err
	}
	if split.First {
		counts.Header, counts.Bytes, counts.Columns = split.Skipped, split.Skipped, header
	}
	if layout == nil {
		return nil // an empty file
	}
	counts.Layout = layout.spec.Name
	text, closer, err := openText(split)
	if err != nil {
		return err
	}
	defer closer.Close()
	m := newMapper(s, layout, split, sink, counts)
	if split.First {
		m.tellTwins(header, at)
	}
	reader := &csvReader{textReader: *text, comma: split.Comma}
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
		if blanks == 2 && split.Last {
			if footer, err = reader.footerFollows(len(header)); err != nil {
				return err
			}
			blanks++
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
		case blankRow(&row, split.Comma):
			if len(row.cells) == 1 {
				blanks++
			}
			m.skip(SkipBlank, row.size)
			continue
		case footer:
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

// footerFollows tells whether what is left of the file are the totals and legal lines of a
// report: little, and at least half of its lines have fewer or more cells than the header.
func (r *csvReader) footerFollows(width int) (bool, error) {
	rest, all, err := r.peek(MaxFooter)
	if err != nil || !all {
		return false, err
	}
	lines := csvReader{textReader: textReader{buf: rest, end: len(rest), eof: true}, comma: r.comma}
	fit, other := 0, 0
	for {
		row, err := lines.next()
		if errors.Is(err, io.EOF) {
			return other > 0 && other >= fit, nil
		}
		switch {
		case err != nil:
			return false, err
		case blankRow(&row, r.comma):
		case shapeFault(&row, width) == nil:
			fit++
		default:
			other++
		}
	}
}

// shapeFault refuses rows whose quotes or number of cells are wrong. Empty cells too many at
// the end are no fault.
func shapeFault(row *rawRow, width int) *fault {
	switch row.code {
	case "":
	case CodeUnclosedQuote:
		return &fault{row.code, "", fmt.Sprintf("a quote is opened and not closed, closed in the wrong place, or not within %d bytes; reading went on with the next line", MaxField)}
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
	if row.size > MaxField {
		for _, cell := range row.cells {
			if len(cell) > MaxField {
				return &fault{CodeTooLong, "", fmt.Sprintf("a cell is longer than %d bytes", MaxField)}
			}
		}
	}
	return nil
}

// fillCells decodes the cells that the layout uses.
func fillCells(c *cells, row *rawRow, at []int, decoder *cellDecoder) {
	decoder.nextRow()
	c.sound()
	plain := decoder.reads(row.text) && bytes.IndexByte(row.text, 0) < 0
	for i, column := range at {
		c.values[i] = ""
		if column < 0 {
			continue
		}
		cell := row.cells[column]
		if len(cell) == 0 {
			continue
		}
		if plain {
			c.values[i] = unguarded(alias(cell))
			continue
		}
		text, err := decoder.decode(cell)
		switch {
		case err != nil:
			c.spoil(i, CodeEncoding)
		case strings.IndexByte(text, 0) >= 0:
			c.spoil(i, CodeNUL)
		default:
			c.values[i] = unguarded(text)
		}
	}
}

// unguarded is normalize.Unguard, at once for cells that need nothing.
func unguarded(text string) string {
	text = normalize.TrimSpace(text)
	if text != "" && (text[0] == '=' || text[0] == '\'') {
		return normalize.Unguard(text)
	}
	return text
}
