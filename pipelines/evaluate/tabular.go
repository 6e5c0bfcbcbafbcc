package evaluate

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
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

// ReadTabular reads a CSV file in UTF-8 with a header, plain or .gz, or a Parquet file, whole into
// memory. Mistakes name the file and the row; row 1 is the header of a CSV
// file. Days of Parquet
// come as YYYY-MM-DD, missing values as "".
func ReadTabular(path string) (*Tabular, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, runs.ConfigError("%w", err)
	}
	defer file.Close()
	t := &Tabular{Name: path}
	if strings.HasSuffix(path, ".parquet") {
		err = source.EachParquetRow(path, t.header, t.row)
	} else {
		err = t.readCSV(file)
	}
	if err != nil {
		return nil, runs.DataError("%s: %w", path, err)
	}
	if len(t.Columns) == 0 {
		return nil, runs.DataError("%s: no header", path)
	}
	return t, nil
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

var byteOrderMark = []byte("\xef\xbb\xbf")

func (t *Tabular) readCSV(file io.Reader) error {
	in := bufio.NewReaderSize(file, 1<<16)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return fmt.Errorf("gzip: %w", err)
		}
		in = bufio.NewReaderSize(unzipped, 1<<16)
	}
	if mark, _ := in.Peek(3); bytes.Equal(mark, byteOrderMark) {
		_, _ = in.Discard(3)
	}
	rows := csv.NewReader(in)
	rows.ReuseRecord = true
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.Is(err, csv.ErrFieldCount) {
			line, _ := rows.FieldPos(0)
			return fmt.Errorf("row %d (line %d) has %d columns, the header has %d", t.Rows+2, line, len(row), len(t.Columns))
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", t.Rows+2, err)
		}
		if t.Columns == nil {
			err = t.header(row)
		} else {
			err = t.row(row)
		}
		if err != nil {
			return err
		}
	}
}

func (t *Tabular) header(names []string) error {
	t.Cells = make([][]string, len(names))
	for i, name := range names {
		name = strings.TrimSpace(name)
		if slices.Contains(t.Columns[:i], name) {
			return fmt.Errorf("two columns are called %q", name)
		}
		t.Columns = append(t.Columns, strings.Clone(name))
	}
	return nil
}

func (t *Tabular) row(cells []string) error {
	for i, cell := range cells {
		t.Cells[i] = append(t.Cells[i], strings.Clone(strings.TrimSpace(cell)))
	}
	t.Rows++
	return nil
}
