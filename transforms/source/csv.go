package source

import (
	"bytes"
	"errors"
	"io"
)

// Limits of what a reader takes for one thing.
const (
	// MaxField is the longest cell: a longer one is refused, since an unclosed quote looks like it.
	MaxField = 4 << 20
	// MaxRow is the longest row or JSON element.
	MaxRow = 16 << 20
)

// Codes of rejects and skips.
const (
	CodeUnclosedQuote = "unclosed_quote"
	CodeMalformed     = "malformed_quote"
	CodeRagged        = "ragged_row"
	CodeTooLong       = "row_too_long"
	CodeEncoding      = "bad_encoding"
	CodeBadValue      = "bad_value"
	CodeMissing       = "missing_value"
	CodeNUL           = "nul_byte"
	CodeJSON          = "bad_json"
	CodeFile          = "unreadable_file"
	CodeHeader        = "unknown_header"

	SkipBlank      = "blank_line"
	SkipFooter     = "footer"
	SkipSuperseded = "superseded"
	SkipNoRecord   = "no_record"
)

// rawRow is one row of delimited text, cells still in the file's encoding. Cells alias the
// reader's buffer and are valid until the next row.
type rawRow struct {
	cells  [][]byte
	offset int64 // of its first byte
	size   int64 // bytes with the line end
	code   string
	text   []byte // the whole row without the line end
}

// csvReader reads delimited text. Quoted cells may hold delimiters, doubled quotes and line
// ends; a quote inside an unquoted cell is text (="00123"). A row whose quotes make no sense
// is refused up to its first line end, and reading goes on with the next line: an unclosed
// quote never swallows the rows after it.
type csvReader struct {
	in      io.Reader
	comma   byte
	buf     []byte
	at, end int   // unread bytes of buf
	offset  int64 // of buf[at]
	eof     bool
	cells   [][]byte
	scratch []byte // unescaped cells
}

func newCSVReader(in io.Reader, comma byte, offset int64) *csvReader {
	return &csvReader{in: in, comma: comma, offset: offset, buf: make([]byte, 1<<18)}
}

// fillMore reads more bytes behind the unread ones. It returns false at the end of input.
func (r *csvReader) fillMore() (bool, error) {
	if r.eof {
		return false, nil
	}
	if r.at > 0 {
		copy(r.buf, r.buf[r.at:r.end])
		r.end -= r.at
		r.at = 0
	}
	if r.end == len(r.buf) {
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	for tries := 0; tries < 100; tries++ {
		n, err := r.in.Read(r.buf[r.end:])
		r.end += n
		if errors.Is(err, io.EOF) {
			r.eof = true
			return n > 0, nil
		}
		if err != nil {
			return false, err
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, io.ErrNoProgress
}

// next returns the next row; io.EOF at the end.
func (r *csvReader) next() (rawRow, error) {
	for {
		data := r.buf[r.at:r.end]
		if len(data) > 0 {
			length, ends, code, complete := r.scan(data)
			if complete {
				return r.take(data, length, ends, code), nil
			}
			if len(data) > MaxRow {
				return r.refuse(data, CodeTooLong)
			}
		} else if r.eof {
			return rawRow{}, io.EOF
		}
		if _, err := r.fillMore(); err != nil {
			return rawRow{}, err
		}
	}
}

// scan splits the row at the start of data into r.cells. length counts the line end, ends its
// bytes. complete is false when more bytes are needed.
func (r *csvReader) scan(data []byte) (length, ends int, code string, complete bool) {
	r.cells = r.cells[:0]
	r.scratch = r.scratch[:0]
	line := bytes.IndexByte(data, '\n')
	if line < 0 && !r.eof {
		return 0, 0, "", false
	}
	stop := line
	if line < 0 {
		stop = len(data)
	}
	if bytes.IndexByte(data[:stop], '"') < 0 {
		length = stop
		ends = 0
		if line >= 0 {
			length, ends = stop+1, 1
		}
		if stop > 0 && data[stop-1] == '\r' {
			stop--
			ends++
		}
		r.splitPlain(data[:stop])
		return length, ends, "", true
	}
	return r.scanQuoted(data)
}

// splitPlain splits a line without quotes.
func (r *csvReader) splitPlain(line []byte) {
	for {
		i := bytes.IndexByte(line, r.comma)
		if i < 0 {
			r.cells = append(r.cells, line)
			return
		}
		r.cells = append(r.cells, line[:i])
		line = line[i+1:]
	}
}

// scanQuoted splits a row that holds quotes.
func (r *csvReader) scanQuoted(data []byte) (length, ends int, code string, complete bool) {
	i := 0
	for {
		if i < len(data) && data[i] == '"' {
			cell, after, state := r.quotedCell(data, i+1)
			switch state {
			case cellOpen:
				if !r.eof && len(data)-i <= MaxField {
					return 0, 0, "", false
				}
				return r.badRow(data, CodeUnclosedQuote)
			case cellBad:
				return r.badRow(data, CodeMalformed)
			}
			r.cells = append(r.cells, cell)
			i = after
		} else {
			start := i
			for i < len(data) && data[i] != r.comma && data[i] != '\n' {
				i++
			}
			if i == len(data) && !r.eof {
				return 0, 0, "", false
			}
			cell := data[start:i]
			if (i == len(data) || data[i] == '\n') && len(cell) > 0 && cell[len(cell)-1] == '\r' {
				cell = cell[:len(cell)-1]
			}
			r.cells = append(r.cells, cell)
		}
		switch {
		case i >= len(data):
			if !r.eof {
				return 0, 0, "", false
			}
			return len(data), 0, "", true
		case data[i] == r.comma:
			i++
			if i == len(data) && !r.eof {
				return 0, 0, "", false
			}
		case data[i] == '\n':
			return i + 1, 1, "", true
		case data[i] == '\r':
			if i+1 >= len(data) {
				if !r.eof {
					return 0, 0, "", false
				}
				return i + 1, 1, "", true
			}
			return i + 2, 2, "", true
		}
	}
}

type cellState uint8

const (
	cellClosed cellState = iota
	cellOpen             // the closing quote is missing so far
	cellBad              // text follows the closing quote
)

// quotedCell reads from behind an opening quote to the closing one.
func (r *csvReader) quotedCell(data []byte, i int) (cell []byte, after int, state cellState) {
	start, copied := i, -1
	for {
		q := bytes.IndexByte(data[i:], '"')
		if q < 0 {
			return nil, 0, cellOpen
		}
		q += i
		if q+1 < len(data) && data[q+1] == '"' {
			if copied < 0 {
				copied = len(r.scratch)
			}
			r.scratch = append(r.scratch, data[start:q+1]...)
			start, i = q+2, q+2
			continue
		}
		if q+1 == len(data) && !r.eof {
			return nil, 0, cellOpen
		}
		if q+1 < len(data) && data[q+1] != r.comma && data[q+1] != '\n' && !(data[q+1] == '\r' && (q+2 >= len(data) || data[q+2] == '\n')) {
			return nil, 0, cellBad
		}
		if copied < 0 {
			return data[start:q], q + 1, cellClosed
		}
		r.scratch = append(r.scratch, data[start:q]...)
		return r.scratch[copied:len(r.scratch):len(r.scratch)], q + 1, cellClosed
	}
}

// badRow refuses the text up to the first line end.
func (r *csvReader) badRow(data []byte, code string) (length, ends int, c string, complete bool) {
	line := bytes.IndexByte(data, '\n')
	if line < 0 {
		return len(data), 0, code, true
	}
	return line + 1, 1, code, true
}

// refuse takes an overlong row up to its first line end, or what is there of it.
func (r *csvReader) refuse(data []byte, code string) (rawRow, error) {
	length, ends, _, _ := r.badRow(data, code)
	return r.take(data, length, ends, code), nil
}

func (r *csvReader) take(data []byte, length, ends int, code string) rawRow {
	row := rawRow{cells: r.cells, offset: r.offset, size: int64(length), code: code, text: data[:length-min(ends, length)]}
	r.at += length
	r.offset += int64(length)
	return row
}
