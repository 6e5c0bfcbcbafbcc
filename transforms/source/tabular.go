package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// safely runs what a library does with foreign bytes: a panic in it is an error.
func safely(what string, do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: %v", what, r)
		}
	}()
	return do()
}

func readWhole(split *Split, limit int64) ([]byte, error) {
	in, err := stream(split.Path, split.Member)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("the file is larger than %d bytes: split it, or export CSV or one JSON object a line", limit)
	}
	return data, err
}

// errLayout tells that no layout fits a sheet.
var errLayout = errors.New("no layout fits")

// table maps rows whose cells are text already. They have no bytes of their own.
type table struct {
	m      *mapper
	c      *cells
	at     []int
	header []string
	dates  func(column, row int) bool // whether a number is a date
	line   int                        // of the sheet, from 0
}

// openTable finds the layout by the header.
func openTable(s *Source, split *Split, sink Sink, counts *Counts, header []string) (*table, error) {
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = normalize.Unguard(name)
	}
	l, err := s.layoutFor(names)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errLayout, err)
	}
	at, err := l.bind(names, s.Spec.NPSQuestion)
	if err != nil {
		return nil, err
	}
	counts.Layout, counts.Columns = l.spec.Name, names
	t := &table{m: newMapper(s, l, split, sink, counts), c: &cells{offset: -1}, header: names}
	t.m.tellTwins(names, at)
	t.at = l.bindQuestions(t.c, names, at)
	t.c.each = func(string) [][]string { return nil }
	return t, nil
}

// row maps one row. Cells cannot have shifted, so that one too many is only a field issue.
func (t *table) row(ctx context.Context, row []string) error {
	t.line++
	if t.line%checkEvery == 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if blank(row) {
		t.m.skip(SkipBlank, 0)
		return nil
	}
	t.c.row++
	t.c.text = []byte(strings.Join(row, "\t"))
	t.c.sound()
	for i, column := range t.at {
		t.c.values[i] = ""
		if column < 0 || column >= len(row) {
			continue
		}
		text := normalize.Unguard(row[column])
		if t.dates != nil && text != "" && t.dates(column, t.line) {
			text = serialText(text)
		}
		if bad := flaw(text); bad != "" {
			t.c.spoil(i, bad)
			continue
		}
		t.c.values[i] = text
	}
	if len(row) > len(t.header) && !blank(row[len(t.header):]) {
		t.m.issue("", CodeNoHeader)
	}
	return t.m.row(t.c)
}

// flaw tells why a text cannot be stored; empty for one that can.
func flaw(text string) string {
	if strings.IndexByte(text, 0) >= 0 {
		return CodeNUL
	}
	if !utf8.ValidString(text) {
		return CodeEncoding
	}
	return ""
}

func blank(row []string) bool {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}
