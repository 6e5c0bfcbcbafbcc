package audience

import "io"

// Writer writes one file of a part, person by person.
type Writer struct {
	part  *Part
	list  List
	out   Encoder
	rows  int
	bytes int64 // of the rows so far, at most
}

// NewWriter begins a file of an audience's list.
func NewWriter(part *Part, w io.Writer, audience string, list List) (*Writer, error) {
	out, err := part.Format(w, part, audience, list)
	return &Writer{part: part, list: list, out: out, bytes: rowBytes(part.Header)}, err
}

// Rows are the lines of a person.
func (w *Writer) Rows(p *Person) [][]string { return w.part.Rows(p, w.list) }

// Fits tells whether a row may be added to this file; if not, another file is begun.
func (w *Writer) Fits(row []string) bool {
	return w.rows == 0 || (w.part.MaxRows == 0 || w.rows < w.part.MaxRows) && (w.part.MaxBytes == 0 || w.bytes+rowBytes(row) <= w.part.MaxBytes)
}

// Add writes one row.
func (w *Writer) Add(row []string) error {
	w.rows++
	w.bytes += rowBytes(row)
	return w.out.Row(row)
}

// Close ends the file and tells how many rows it has, but for its header.
func (w *Writer) Close() (rows int, err error) { return w.rows, w.out.Close() }

// rowBytes bounds the bytes of a row from above, quotes around each cell counted.
func rowBytes(row []string) int64 {
	n := int64(0)
	for _, cell := range row {
		n += int64(len(cell)) + 3
	}
	return n
}
