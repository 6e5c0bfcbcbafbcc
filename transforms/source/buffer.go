package source

import (
	"bytes"
	"errors"
	"io"
)

// rawRow is one row of text in the file's encoding. Its bytes alias the reader's buffer and
// are valid until the next row.
type rawRow struct {
	cells  [][]byte // of delimited text
	offset int64    // in the file, of its first byte
	size   int64    // bytes in the file, with the line end
	code   string   // why it is refused, empty for a sound row
	text   []byte   // the row without its line end
}

// textReader hands out pieces of a text from a buffer that grows up to one row.
type textReader struct {
	in      io.Reader
	buf     []byte
	at, end int   // unread bytes of buf
	offset  int64 // in the file, of buf[at]
	eof     bool
	// wide counts the bytes behind UTF-16 text, which arrives as UTF-8; nil for other
	// encodings. Offsets and sizes are those of the file.
	wide *byteCounter
}

const readAhead = 1 << 18

// fill reads until the buffer is full or the input ends. A buffer full of unread bytes doubles.
func (r *textReader) fill() error {
	if r.at > 0 {
		copy(r.buf, r.buf[r.at:r.end])
		r.end -= r.at
		r.at = 0
	}
	switch {
	case r.buf == nil:
		r.buf = make([]byte, readAhead)
	case r.end == len(r.buf):
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	for idle := 0; r.end < len(r.buf); {
		n, err := r.in.Read(r.buf[r.end:])
		r.end += n
		switch {
		case errors.Is(err, io.EOF):
			r.eof = true
			return nil
		case err != nil:
			return err
		case n > 0:
			idle = 0
		default:
			if idle++; idle == 100 {
				return io.ErrNoProgress
			}
		}
	}
	return nil
}

// consume goes n bytes on and returns how many bytes of the file they are.
func (r *textReader) consume(n int) int64 {
	size := int64(n)
	if r.wide != nil {
		size = utf16Size(r.buf[r.at : r.at+n])
	}
	r.at += n
	if r.wide != nil && r.eof && r.at == r.end && n > 0 && r.wide.n%2 == 1 {
		size-- // half a character at the end of a file that was cut off
	}
	r.offset += size
	return size
}

// window is what of the buffer a row may fill. whole: the input ends where the window ends;
// full: the row limit is what ends it.
func (r *textReader) window() (w []byte, whole, full bool) {
	w = r.buf[r.at:r.end]
	if len(w) > MaxRow {
		return w[:MaxRow], false, true
	}
	return w, r.eof, false
}

// nextLine returns the next line; io.EOF at the end.
func (r *textReader) nextLine() (rawRow, error) {
	for {
		w, whole, full := r.window()
		if i := bytes.IndexByte(w, '\n'); i >= 0 {
			return r.takeLine(i+1, ""), nil
		}
		switch {
		case whole && len(w) == 0:
			return rawRow{}, io.EOF
		case whole:
			return r.takeLine(len(w), ""), nil
		case full:
			return r.overlong()
		}
		if err := r.fill(); err != nil {
			return rawRow{}, err
		}
	}
}

// takeLine takes n bytes as a row without cells.
func (r *textReader) takeLine(n int, code string) rawRow {
	row := rawRow{offset: r.offset, text: bytes.TrimSuffix(bytes.TrimSuffix(r.buf[r.at:r.at+n], []byte("\n")), []byte("\r")), code: code}
	row.size = r.consume(n)
	return row
}

// overlong refuses a line of more than MaxRow bytes up to its end. Its start is kept.
func (r *textReader) overlong() (rawRow, error) {
	row := rawRow{offset: r.offset, code: CodeTooLong, text: bytes.Clone(r.buf[r.at : r.at+maxOriginal])}
	for {
		i := bytes.IndexByte(r.buf[r.at:r.end], '\n')
		if i >= 0 {
			row.size += r.consume(i + 1)
			return row, nil
		}
		row.size += r.consume(r.end - r.at)
		if r.eof {
			return row, nil
		}
		if err := r.fill(); err != nil {
			return rawRow{}, err
		}
	}
}

// peek returns all that is left if it is no more than n bytes.
func (r *textReader) peek(n int) ([]byte, bool, error) {
	for !r.eof && r.end-r.at <= n {
		if err := r.fill(); err != nil {
			return nil, false, err
		}
	}
	rest := r.buf[r.at:r.end]
	return rest, r.eof && len(rest) <= n, nil
}

// byteCounter counts what is read through it.
type byteCounter struct {
	in io.Reader
	n  int64
}

func (c *byteCounter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}
