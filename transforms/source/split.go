package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// Split is one work item: a file or a range of one. It is plain data.
type Split struct {
	Source   int    `json:"source"` // index of the source in the config
	Path     string `json:"path"`
	Name     string `json:"name"`
	Member   string `json:"member,omitempty"`
	Format   string `json:"format"`
	Encoding string `json:"encoding,omitempty"`
	Comma    byte   `json:"comma,omitempty"`
	Start    int64  `json:"start"` // first byte of the range; rows only, the header is Header
	End      int64  `json:"end"`   // byte after the range; -1 = to the end of the file
	FirstRow int64  `json:"first_row"`
	Header   []byte `json:"header,omitempty"`  // the header's raw bytes, of delimited text; UTF-8 if the file is UTF-16
	First    bool   `json:"first"`             // accounts for the header's bytes
	Last     bool   `json:"last"`              // ends with the file, whose footer it may hold
	Skipped  int64  `json:"skipped,omitempty"` // header bytes
	Bytes    int64  `json:"bytes"`             // of the range, to balance work
}

// SplitBytes is the size of the ranges that a big plain file is split into.
const SplitBytes = 32 << 20

// Splits reads the head of a file, finds its layout, and cuts the file into work items. Only
// big plain delimited text is cut, at row ends, and between orders where rows take cells from the
// row above them. A compressed file is read once to its end: nothing of a truncated one may
// count as complete. An error means that the file cannot be read.
func Splits(s *Source, index int, file File) ([]Split, error) {
	splits, err := splitsOf(s, index, file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name, err)
	}
	return splits, nil
}

func splitsOf(s *Source, index int, file File) ([]Split, error) {
	if archived(file.Path) && file.Member == "" {
		_, err := zipMembers(file.Path, file.Name)
		return nil, err
	}
	head, sample, err := sampleOf(file)
	if err != nil {
		return nil, err
	}
	found, err := sniff(file.Name, head, sample)
	if err != nil {
		return nil, err
	}
	whole := Split{
		Source: index, Path: file.Path, Name: file.Name, Member: file.Member, Format: found.format, Encoding: found.encoding,
		Comma: found.comma, End: -1, FirstRow: 1, First: true, Last: true, Bytes: file.Bytes,
	}
	if found.format != FormatDelimited {
		return []Split{whole}, nil
	}
	if whole.Header, whole.Start, err = headerOf(head, &found); err != nil {
		return nil, err
	}
	whole.Skipped = whole.Start
	header, l, at, err := layoutOf(s, &whole)
	if err != nil {
		return nil, err
	}
	if l == nil || file.streamed() || isWide(found.encoding) || file.Bytes <= 2*SplitBytes {
		return []Split{whole}, nil
	}
	var starts *orderStarts
	if l.needsRowsAbove() {
		starts = newOrderStarts(s, l, header, at, &whole)
	}
	return cut(whole, starts, SplitBytes, MaxFooter)
}

// sampleOf reads a file's first bytes, and those from where it is not ASCII any more. Of a
// compressed file the rest is read, too, to see that it is sound.
func sampleOf(file File) (head, sample []byte, err error) {
	in, err := stream(file.Path, file.Member)
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	size := int64(sniffBytes)
	if !file.streamed() {
		size = min(size, file.Bytes+1) // small files need no large buffers
	}
	head = make([]byte, size)
	n, err := io.ReadFull(in, head)
	head = head[:n]
	sample = head
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && !file.streamed():
		return head, sample, nil
	case err == nil && isASCII(head):
		sample, err = beyondASCII(in)
	}
	if file.streamed() && (err == nil || errors.Is(err, io.ErrUnexpectedEOF)) {
		_, err = io.Copy(io.Discard, in) // tells the end of a sound stream from an early one
	}
	if err != nil && file.streamed() {
		err = fmt.Errorf("the compressed file is broken or ends early: %w", err)
	}
	return head, sample, err
}

// headerOf finds the header line: the first line that is not blank, nor names the delimiter.
// It returns the header and how many bytes of the file lie before the first row.
func headerOf(head []byte, found *shape) (header []byte, start int64, err error) {
	text := found.text(head)
	reader := newCSVReader(bytes.NewReader(text), found.comma, 0)
	declared := found.declared
	for {
		row, err := reader.next()
		end := row.offset + row.size
		if (errors.Is(err, io.EOF) || end == int64(len(text))) && len(head) == sniffBytes {
			return nil, 0, fmt.Errorf("no header ends within the first %d bytes", sniffBytes)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil, int64(len(head)), nil
		case err != nil:
			return nil, 0, err
		case blankRow(&row, found.comma):
			continue
		case declared:
			declared = false
			continue
		case row.code != "":
			return nil, 0, fmt.Errorf("the header's quotes make no sense (%s)", row.code)
		}
		header = bytes.Clone(text[row.offset:end])
		if isWide(found.encoding) {
			return header, int64(found.bom) + utf16Size(text[:end]), nil
		}
		return header, int64(found.bom) + end, nil
	}
}

// cut walks the rows of a plain file once and closes a range at the first row end behind
// every rangeBytes, or with starts at the first beginning of an order. It also counts rows, so
// that every range knows its first row's number. The last footerBytes are not cut, so that a
// footer is seen whole.
func cut(whole Split, starts *orderStarts, rangeBytes, footerBytes int64) ([]Split, error) {
	in, err := os.Open(whole.Path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	if _, err := in.Seek(whole.Start, io.SeekStart); err != nil {
		return nil, err
	}
	reader := newCSVReader(io.LimitReader(in, info.Size()-whole.Start), whole.Comma, whole.Start)
	reader.skim = true
	var splits []Split
	current, rows := whole, int64(0)
	closeAt := func(end, nextRow int64) {
		current.End, current.Bytes, current.Last = end, end-current.Start, false
		splits = append(splits, current)
		current = whole
		current.First, current.Start, current.FirstRow, current.Skipped = false, end, nextRow, 0
	}
	for {
		row, err := reader.next()
		if errors.Is(err, io.EOF) {
			current.End, current.Bytes = reader.offset, reader.offset-current.Start
			return append(splits, current), nil
		}
		if err != nil {
			return nil, err
		}
		if blankRow(&row, whole.Comma) {
			continue
		}
		rows++
		end := row.offset + row.size
		if !reader.skim && info.Size()-row.offset > footerBytes && starts.begins(&row) {
			closeAt(row.offset, rows)
			reader.skim = true
		}
		switch {
		case end-current.Start < rangeBytes || info.Size()-end <= footerBytes:
		case starts == nil:
			closeAt(end, rows+1)
		case reader.skim:
			reader.skim = false
			starts.reset()
		}
	}
}
