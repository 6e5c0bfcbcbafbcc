package audience

import (
	"encoding/csv"
	"io"
)

// Written is what a file holds.
type Written struct {
	Rows    int // lines but for the header
	Refused int // identifiers that are no plain value of their type (hashed already, malformed)
}

// Writer writes one file of one platform, person by person.
type Writer struct {
	platform Platform
	out      *csv.Writer
	written  Written
}

// NewWriter begins a file.
func NewWriter(p Platform, w io.Writer) (*Writer, error) {
	out := &Writer{platform: p, out: csv.NewWriter(w)}
	if p.Header == nil {
		return out, nil
	}
	return out, out.out.Write(p.Header)
}

// Add writes the lines of one person.
func (w *Writer) Add(p *Person) error {
	rows, refused := w.platform.Rows(p)
	w.written.Refused += refused
	for _, row := range rows {
		if err := w.out.Write(row); err != nil {
			return err
		}
		w.written.Rows++
	}
	return nil
}

// Close flushes the file and tells what it holds.
func (w *Writer) Close() (Written, error) {
	w.out.Flush()
	return w.written, w.out.Error()
}
