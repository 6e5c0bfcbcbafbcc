package source

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// headerSample is how many objects tell the layout.
const headerSample = 100

var byteOrderMark = []byte("\uFEFF")

// readNDJSON reads one object a line.
func readNDJSON(ctx context.Context, s *Source, split *Split, sink Sink, counts *Counts) error {
	var sample []any
	err := eachLine(split, func(row *rawRow) (bool, error) {
		if v, f := objectOf(row.text); f == nil && row.code == "" {
			sample = append(sample, v)
		}
		return len(sample) < headerSample, ctx.Err()
	})
	if err != nil {
		return err
	}
	if len(sample) == 0 {
		return errors.New("no line holds a JSON object in UTF-8")
	}
	l, err := s.layoutFor(jsonHeader(sample))
	if err != nil {
		return err
	}
	j := newJSONMapper(s, l, split, sink, counts)
	rows := int64(0)
	return eachLine(split, func(row *rawRow) (bool, error) {
		counts.Bytes += row.size
		if row.code == "" && len(bytes.TrimSpace(row.text)) == 0 {
			j.m.skip(SkipBlank, row.size)
			return true, ctx.Err()
		}
		rows++
		if row.code != "" {
			j.c.row, j.c.offset, j.c.size, j.c.text = rows, row.offset, row.size, row.text
			return true, j.m.reject(&fault{row.code, "", fmt.Sprintf("the line is longer than %d bytes", MaxRow)}, j.c)
		}
		return true, j.row(rows, row.offset, row.size, row.text)
	})
}

// eachLine calls each for every line of a split until it returns false.
func eachLine(split *Split, each func(row *rawRow) (bool, error)) error {
	text, closer, err := openText(split)
	if err != nil {
		return err
	}
	defer closer.Close()
	for {
		row, err := text.nextLine()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if row.offset == 0 {
			row.text = bytes.TrimPrefix(row.text, byteOrderMark)
		}
		if more, err := each(&row); err != nil || !more {
			return err
		}
	}
}

// readJSON reads one document, held in memory, whose rows are the elements of an array. Only
// one row at a time is taken apart.
func readJSON(ctx context.Context, s *Source, split *Split, sink Sink, counts *Counts) error {
	data, err := readWhole(split, MaxDocument)
	if err != nil {
		return err
	}
	sizeOf := func(text []byte) int64 { return int64(len(text)) }
	counts.Bytes = int64(len(data))
	if isWide(split.Encoding) {
		if data, err = io.ReadAll(utf16Reader(bytes.NewReader(data), split.Encoding)); err != nil {
			return err
		}
		sizeOf = utf16Size
	}
	text := bytes.TrimPrefix(data, byteOrderMark)
	if !json.Valid(text) {
		return fmt.Errorf("not a sound JSON document: %w", json.Unmarshal(text, new(json.RawMessage)))
	}
	l, rows, err := jsonRows(s, text)
	if err != nil {
		return err
	}
	j := newJSONMapper(s, l, split, sink, counts)
	offset, at := sizeOf(data[:len(data)-len(text)]), 0 // of text[at]
	for i, span := range rows {
		if i%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		offset += sizeOf(text[at:span.start])
		row := text[span.start:span.end]
		size := sizeOf(row)
		if err := j.row(int64(i+1), offset, size, row); err != nil {
			return err
		}
		offset, at = offset+size, span.end
	}
	counts.Header = counts.Bytes - counts.Accepted.Bytes - counts.Skipped.Bytes - counts.Rejected.Bytes
	return nil
}

// row maps the JSON text of one row, or refuses it.
func (j *jsonMapper) row(row, offset, size int64, text []byte) error {
	if j.short != nil && j.short.read(text) {
		return j.flat(row, offset, size, text)
	}
	v, f := objectOf(text)
	if f != nil {
		j.c.row, j.c.offset, j.c.size, j.c.text = row, offset, size, text
		return j.m.reject(f, j.c)
	}
	return j.object(v, row, offset, size, text)
}

// objectOf decodes a row that must be a JSON object.
func objectOf(text []byte) (map[string]any, *fault) {
	if !utf8.Valid(text) {
		return nil, &fault{CodeEncoding, "", "the row is not text in UTF-8, which JSON must be"}
	}
	v, err := decodeJSON(text)
	if err != nil {
		return nil, &fault{CodeJSON, "", "the line is not a JSON object"}
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, &fault{CodeJSON, "", "the row is not a JSON object"}
	}
	if deeper(v, MaxDepth) {
		return nil, &fault{CodeJSON, "", fmt.Sprintf("the row is nested deeper than %d levels", MaxDepth)}
	}
	return object, nil
}

// deeper tells whether a value is nested deeper than a number of levels.
func deeper(v any, levels int) bool {
	if levels < 0 {
		return true
	}
	switch t := v.(type) {
	case map[string]any:
		for _, element := range t {
			if deeper(element, levels-1) {
				return true
			}
		}
	case []any:
		for _, element := range t {
			if deeper(element, levels-1) {
				return true
			}
		}
	}
	return false
}

// span is where a row lies in a document.
type span struct{ start, end int }

// jsonRows finds the array of rows: where a layout says, else the document itself, which may
// also be a single row. text is sound JSON.
func jsonRows(s *Source, text []byte) (*layout, []span, error) {
	failure := fmt.Errorf("the document holds no array of rows that profile %s knows", s.Spec.ProfileName)
	for _, l := range s.layouts {
		rows, ok := rowsAt(text, l.spec.Rows)
		if !ok {
			continue
		}
		if len(rows) == 0 {
			return l, nil, nil
		}
		var sample []any
		for _, row := range rows[:min(len(rows), headerSample)] {
			if v, f := objectOf(text[row.start:row.end]); f == nil {
				sample = append(sample, v)
			}
		}
		header := jsonHeader(sample)
		found, err := s.layoutFor(header)
		if err == nil && (found == l || l.spec.Rows != "" && l.fits(indexHeader(header))) {
			return l, rows, nil // the same rows may be known as a file of their own and within a page
		}
		if err != nil {
			failure = err
		}
	}
	return nil, nil, failure
}
