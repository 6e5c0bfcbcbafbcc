package source

import (
	"bufio"
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
	Header   []byte `json:"header,omitempty"`  // the header's raw bytes, of delimited text
	First    bool   `json:"first"`             // accounts for the header's bytes
	Skipped  int64  `json:"skipped,omitempty"` // header bytes
	Bytes    int64  `json:"bytes"`             // of the range, to balance work
}

// SplitBytes is the size of the ranges that a big plain file is split into.
const SplitBytes = 32 << 20

// Splits reads the head of a file and cuts it into work items. Only big plain delimited text
// is cut, at true row ends: where the number of quotes before a line end is even.
func Splits(source int, file File) ([]Split, error) {
	head, err := readHead(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name, err)
	}
	s := sniff(file.Name, head)
	whole := Split{
		Source: source, Path: file.Path, Name: file.Name, Member: file.Member, Format: s.format, Encoding: s.encoding,
		Comma: s.comma, End: -1, FirstRow: 1, First: true, Bytes: file.Bytes,
	}
	if compressed(file.Path) || file.Member != "" {
		if err := soundToTheEnd(file); err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name, err)
		}
	}
	if s.format != FormatDelimited {
		return []Split{whole}, nil
	}
	header, start := headerOf(head, s)
	whole.Header, whole.Start, whole.Skipped = header, start, start
	if compressed(file.Path) || file.Member != "" || s.encoding == UTF16LE || s.encoding == UTF16BE || file.Bytes <= 2*SplitBytes {
		return []Split{whole}, nil
	}
	return cut(whole, file)
}

func readHead(file File) ([]byte, error) {
	in, err := stream(file.Path, file.Member)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	head := make([]byte, sniffBytes)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) && compressed(file.Path) && n == 0 {
		return nil, fmt.Errorf("the compressed file ends early: %w", err)
	}
	return head[:n], nil
}

// soundToTheEnd reads a compressed file once: nothing of a truncated one may count as complete.
func soundToTheEnd(file File) error {
	in, err := stream(file.Path, file.Member)
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := io.Copy(io.Discard, in); err != nil {
		return fmt.Errorf("the compressed file is broken or ends early: %w", err)
	}
	return nil
}

// headerOf finds the header line: the first line that is not blank. It returns the header in
// UTF-8 or the file's one-byte-compatible encoding, and the bytes before the first row.
func headerOf(head []byte, s shape) (header []byte, start int64) {
	text := head[s.bom:]
	wide := s.encoding == UTF16LE || s.encoding == UTF16BE
	if wide {
		text, _ = io.ReadAll(utf16Reader(bytes.NewReader(text[:len(text)&^1]), s.encoding))
	}
	reader := newCSVReader(bytes.NewReader(text), s.comma, 0)
	for {
		row, err := reader.next()
		if err != nil {
			return nil, int64(len(head))
		}
		if len(bytes.TrimSpace(row.text)) == 0 {
			continue
		}
		end := row.offset + row.size
		header = bytes.Clone(text[row.offset:end])
		if wide {
			return header, end // counted in decoded bytes
		}
		return header, end + int64(s.bom)
	}
}

// cut walks the lines of a plain file once and closes a range at the first row end behind
// every SplitBytes. It also counts rows, so that every range knows its first row number.
func cut(whole Split, file File) ([]Split, error) {
	in, err := os.Open(file.Path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if _, err := in.Seek(whole.Start, io.SeekStart); err != nil {
		return nil, err
	}
	lines := bufio.NewReaderSize(in, 1<<20)
	var splits []Split
	current := whole
	position, row, odd := whole.Start, int64(1), false
	for {
		line, err := lines.ReadSlice('\n')
		position += int64(len(line))
		if bytes.Count(line, []byte{'"'})%2 == 1 {
			odd = !odd
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s: %w", file.Name, err)
		}
		last := errors.Is(err, io.EOF)
		if !odd && len(bytes.TrimRight(line, "\r\n")) > 0 {
			row++
		}
		if last || (!odd && position-current.Start >= SplitBytes) {
			current.End, current.Bytes = position, position-current.Start
			if current.Bytes > 0 || len(splits) == 0 {
				splits = append(splits, current)
			}
			if last {
				return splits, nil
			}
			current = whole
			current.First, current.Start, current.FirstRow, current.Skipped = false, position, row, 0
		}
	}
}
