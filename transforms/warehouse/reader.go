package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"unsafe"

	"github.com/parquet-go/parquet-go"
)

// readBatch is how many rows are handed out at once: columns are filled one after the other, and
// the rows should stay in the processor's cache meanwhile.
const readBatch = 512

// Read reads rows of one Parquet part, column by column from typed pages. Only the named
// columns (nil = all that T has) are read; the other fields stay zero. rows is reused
// between calls of each, the strings and numbers in it are not. A column that the file does
// not have is an error.
func Read[T any](ctx context.Context, path string, columns []string, each func(rows []T) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reading %s: not a sound Parquet file: %v\n%s", path, r, debug.Stack())
		}
	}()
	file, parquetFile, err := open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	plan, err := planFor[T](parquetFile.Schema(), columns)
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	rows := make([]T, readBatch)
	for _, group := range parquetFile.RowGroups() {
		if err := readGroup(ctx, group, plan, rows, each); err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
	}
	return nil
}

func open(path string) (*os.File, *parquet.File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	parquetFile, err := parquet.OpenFile(file, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		file.Close()
		return nil, nil, fmt.Errorf("%s is not a sound Parquet file: %w", path, err)
	}
	return file, parquetFile, nil
}

// Rows is the number of rows of a part.
func Rows(path string) (int64, error) {
	file, parquetFile, err := open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return parquetFile.NumRows(), nil
}

func readGroup[T any](ctx context.Context, group parquet.RowGroup, plan []*columnPlan, rows []T, each func([]T) error) error {
	cursors := make([]*cursor, len(plan))
	chunks := group.ColumnChunks()
	for i, column := range plan {
		cursors[i] = &cursor{plan: column, pages: chunks[column.index].Pages()}
		defer cursors[i].pages.Close()
	}
	for left := group.NumRows(); left > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := int(min(left, int64(len(rows))))
		batch := rows[:n]
		clear(batch)
		for _, c := range cursors {
			if err := fill(c, batch); err != nil {
				return fmt.Errorf("column %s: %w", c.plan.name, err)
			}
		}
		if err := each(batch); err != nil {
			return err
		}
		left -= int64(n)
	}
	return nil
}

// cursor walks the pages of one column.
type cursor struct {
	plan    *columnPlan
	pages   parquet.Pages
	table   []string // of the dictionary
	indexed bool     // the page holds indexes into table
	page    pageValues
	at      int            // next level (repeated, optional) or value (required)
	value   int            // next value
	levels  int            // number of levels of the page
	chunk   unsafe.Pointer // where the next list's elements go
	left    int            // elements that the chunk still holds
}

// errShort tells that a column has fewer values than its row group has rows.
var errShort = errors.New("the column ends early")

// nextPage loads the next page that has values.
func (c *cursor) nextPage() error {
	for {
		page, err := c.pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return errShort
		}
		if err != nil {
			return err
		}
		if page.NumValues() == 0 {
			parquet.Release(page)
			continue
		}
		dictionary := page.Dictionary()
		c.indexed = dictionary != nil
		if c.indexed && c.table == nil && c.plan.text {
			c.table = texts(dictionary.Page().Data())
		}
		c.page = load(page, c.plan, c.indexed)
		c.levels = int(page.NumValues())
		parquet.Release(page)
		c.at, c.value = 0, 0
		return nil
	}
}
