package evaluate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/source"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// Tabular is a file of rows and columns, as text.
type Tabular struct {
	Name    string
	Columns []string
	Cells   [][]string // by column
	Rows    int
}

// ReadTabular reads a table, delimited text or Parquet, plain or packed, whole into memory.
// Mistakes name the file and the row; rows of data count from 1. Days of Parquet come as
// YYYY-MM-DD, missing values as ""; a row that is none (unclosed quotes, too many cells) is all missing.
func ReadTabular(ctx context.Context, path string) (*Tabular, error) {
	files, err := source.Files(path)
	if err != nil {
		return nil, runs.ConfigError("%w", err)
	}
	if len(files) != 1 {
		return nil, runs.ConfigError("%s: one file is wanted, %d are there", path, len(files))
	}
	t := &Tabular{Name: path}
	err = source.Cells(ctx, files[0], t.header, func(_ int64, cells []string) error {
		for i := range t.Cells {
			cell := ""
			if i < len(cells) {
				cell = strings.Clone(strings.TrimSpace(cells[i]))
			}
			t.Cells[i] = append(t.Cells[i], cell)
		}
		t.Rows++
		return nil
	})
	if err != nil {
		return nil, runs.DataError("%s: %w", path, err)
	}
	if len(t.Columns) == 0 {
		return nil, runs.DataError("%s: no header", path)
	}
	return t, nil
}

func (t *Tabular) header(names []string) error {
	t.Cells = make([][]string, len(names))
	for i, name := range names {
		name = strings.Clone(strings.TrimSpace(name))
		if slices.Contains(t.Columns[:i], name) {
			return fmt.Errorf("two columns are called %q", name)
		}
		t.Columns = append(t.Columns, name)
	}
	return nil
}

// Column finds a column.
func (t *Tabular) Column(name string) ([]string, error) {
	for i, column := range t.Columns {
		if column == name {
			return t.Cells[i], nil
		}
	}
	return nil, runs.ConfigError("%s has no column %q%s", t.Name, name, strictyaml.Suggest(name, t.Columns))
}
