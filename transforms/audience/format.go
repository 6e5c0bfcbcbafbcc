package audience

import (
	"bufio"
	"encoding/csv"
	"io"
)

// Format begins a file: of a part, for an audience and one of its lists.
type Format func(w io.Writer, part *Part, audience string, list List) (Encoder, error)

// Encoder turns rows into the bytes of a file.
type Encoder interface {
	Row(row []string) error
	Close() error // what the file still needs; the writer below stays open
}

// CSV is comma-separated UTF-8 without a byte order mark, lines end in a line feed.
func CSV(w io.Writer, part *Part, _ string, _ List) (Encoder, error) {
	out := csvEncoder{csv.NewWriter(w)}
	return out, out.Row(part.Header)
}

// CSVWithHead is CSV with further lines before the first person's.
func CSVWithHead(head func(audience string, list List) [][]string) Format {
	return func(w io.Writer, part *Part, audience string, list List) (Encoder, error) {
		out, err := CSV(w, part, audience, list)
		for _, row := range head(audience, list) {
			if err == nil {
				err = out.Row(row)
			}
		}
		return out, err
	}
}

type csvEncoder struct{ out *csv.Writer }

func (e csvEncoder) Row(row []string) error { return e.out.Write(row) }

func (e csvEncoder) Close() error {
	e.out.Flush()
	return e.out.Error()
}

// Text is one id a line, without header or quotes.
func Text(w io.Writer, _ *Part, _ string, _ List) (Encoder, error) {
	return textEncoder{bufio.NewWriter(w)}, nil
}

type textEncoder struct{ out *bufio.Writer }

func (e textEncoder) Row(row []string) error {
	_, err := e.out.WriteString(row[0])
	if err == nil {
		err = e.out.WriteByte('\n')
	}
	return err
}

func (e textEncoder) Close() error { return e.out.Flush() }
