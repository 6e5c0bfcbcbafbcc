package source

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"
)

// csvReader reads delimited text. Quoted cells may hold delimiters, doubled quotes and line
// ends; a quote inside an unquoted cell is text (="00123"). A row whose quotes make no sense
// is refused up to its first line end, and reading goes on with the next line: an unclosed
// quote never swallows the rows after it.
//
// What is a row depends on the bytes alone, never on how they arrive in the buffer.
type csvReader struct {
	textReader
	comma   byte
	skim    bool // rows only, no cells
	cells   [][]byte
	scratch []byte // unescaped cells
}

func newCSVReader(in io.Reader, comma byte, offset int64) *csvReader {
	return &csvReader{textReader: textReader{in: in, offset: offset}, comma: comma}
}

// next returns the next row; io.EOF at the end.
func (r *csvReader) next() (rawRow, error) {
	for {
		w, whole, full := r.window()
		if whole && len(w) == 0 {
			return rawRow{}, io.EOF
		}
		length, ends, state := r.scan(w, whole)
		switch {
		case state == scanRow:
			row := rawRow{cells: r.cells, offset: r.offset, text: w[:length-ends]}
			row.size = r.consume(length)
			return row, nil
		case state == scanMalformed && bytes.IndexByte(w[:length], '\n') < 0:
			return r.refuse(w, CodeMalformed)
		case state != scanMore || full:
			return r.refuse(w, CodeUnclosedQuote)
		}
		if err := r.fill(); err != nil {
			return rawRow{}, err
		}
	}
}

// refuse takes a row up to its first line end. The code says no more than that line does: a
// quote that it leaves open is unclosed, whether or not a later line holds one that closes it
// in the wrong place.
func (r *csvReader) refuse(w []byte, code string) (rawRow, error) {
	if line := bytes.IndexByte(w, '\n'); line >= 0 {
		return r.takeLine(line+1, code), nil
	}
	if len(w) == MaxRow {
		return r.overlong()
	}
	return r.toLineEnd(code)
}

// toLineEnd refuses a row whose first line end is not in the buffer yet.
func (r *csvReader) toLineEnd(code string) (rawRow, error) {
	row, err := r.nextLine()
	if row.code == "" {
		row.code = code
	}
	return row, err
}

type scanState uint8

const (
	scanRow       scanState = iota
	scanMore                // the row does not end in the window
	scanUnclosed            // a quote is not closed within MaxField bytes or at the end of the input
	scanMalformed           // text follows the closing quote at w[length]
)

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// scan splits the row at the start of w into r.cells. length counts the line end, ends is the
// line end's own length. whole: the input ends where w ends.
func (r *csvReader) scan(w []byte, whole bool) (length, ends int, state scanState) {
	r.cells, r.scratch = r.cells[:0], r.scratch[:0]
	comma := r.comma
	commas := uint64(comma) * lowBits
	i := 0
cells:
	for {
		if i < len(w) && w[i] == '"' {
			after, state := r.quoted(w, i+1, whole)
			switch {
			case state != scanRow:
				return after, 0, state
			case after == len(w):
				return after, 0, scanRow
			case w[after] == '\n':
				return after + 1, 1, scanRow
			case w[after] == '\r' && after+1 == len(w):
				return after + 1, 1, scanRow
			case w[after] == '\r':
				return after + 2, 2, scanRow
			}
			i = after + 1
			continue
		}
		start := i
		// Eight bytes at a time: where one is a delimiter or a line feed, its high bit is set in
		// found. A borrow may also set the bit of the byte above it, so that each is looked at.
		for ; i+8 <= len(w); i += 8 {
			word := binary.LittleEndian.Uint64(w[i:])
			c, n := word^commas, word^('\n'*lowBits)
			for found := ((c-lowBits)&^c | (n-lowBits)&^n) & highBits; found != 0; found &= found - 1 {
				at := i + bits.TrailingZeros64(found)>>3
				switch w[at] {
				case '\n':
					return r.lastCell(w, start, at, 1)
				case comma:
					if !r.skim {
						r.cells = append(r.cells, w[start:at])
					}
					start = at + 1
					if start < len(w) && w[start] == '"' {
						i = start
						continue cells
					}
				}
			}
		}
		for ; i < len(w); i++ {
			switch w[i] {
			case '\n':
				return r.lastCell(w, start, i, 1)
			case comma:
				if !r.skim {
					r.cells = append(r.cells, w[start:i])
				}
				start = i + 1
				if start < len(w) && w[start] == '"' {
					i = start
					continue cells
				}
			}
		}
		if !whole {
			return 0, 0, scanMore
		}
		return r.lastCell(w, start, len(w), 0)
	}
}

// lastCell closes the row at w[end], whose line feed has the given length.
func (r *csvReader) lastCell(w []byte, start, end, feed int) (length, ends int, state scanState) {
	cell := w[start:end]
	ends = feed
	if len(cell) > 0 && cell[len(cell)-1] == '\r' {
		cell = cell[:len(cell)-1]
		ends++
	}
	if !r.skim {
		r.cells = append(r.cells, cell)
	}
	return end + feed, ends, scanRow
}

// quoted reads from behind an opening quote to the closing one and returns where the cell's
// delimiter, line end or the end of the input is, or a closing quote that text follows.
func (r *csvReader) quoted(w []byte, i int, whole bool) (after int, state scanState) {
	bound := i + MaxField + 1 // the closing quote must be before it
	limit := min(bound, len(w))
	start, copied := i, -1
	for {
		q := bytes.IndexByte(w[i:limit], '"')
		if q < 0 {
			if whole || limit == bound {
				return 0, scanUnclosed
			}
			return 0, scanMore
		}
		q += i
		if q+1 < len(w) && w[q+1] == '"' {
			if !r.skim {
				if copied < 0 {
					copied = len(r.scratch)
				}
				r.scratch = append(r.scratch, w[start:q+1]...)
			}
			start, i = q+2, min(q+2, limit)
			continue
		}
		switch {
		case q+1 == len(w):
			if !whole {
				return 0, scanMore
			}
		case w[q+1] == r.comma || w[q+1] == '\n':
		case w[q+1] == '\r' && q+2 == len(w):
			if !whole {
				return 0, scanMore
			}
		case w[q+1] == '\r' && w[q+2] == '\n':
		default:
			return q, scanMalformed
		}
		switch {
		case r.skim:
		case copied < 0:
			r.cells = append(r.cells, w[start:q])
		default:
			r.scratch = append(r.scratch, w[start:q]...)
			r.cells = append(r.cells, r.scratch[copied:len(r.scratch):len(r.scratch)])
		}
		return q + 1, scanRow
	}
}

// blankRow tells whether a sound row holds nothing but delimiters, quotes and blanks.
func blankRow(row *rawRow, comma byte) bool {
	if row.code != "" {
		return false
	}
	for _, c := range row.text {
		if c != comma && c != '"' && c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}
