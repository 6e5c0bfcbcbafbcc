// Package warehouse writes and reads the tables and records of a run: Parquet parts that are
// named, hashed and renamed into place, and the manifests that list them.
package warehouse

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/snappy"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// Layout of Parquet parts.
const (
	// RowGroupRows is the most rows of one row group.
	RowGroupRows = 1 << 20
	// batchRows is how many rows are handed to the encoder at once.
	batchRows = 512
)

// compression is one for all parts: its encoders are pooled, and a new one costs megabytes.
var compression = &zstd.Codec{Level: zstd.SpeedFastest}

// FileInfo describes one finished file. Name is relative to the run's folder.
type FileInfo struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// PartName is the name of the n-th part of a table.
func PartName(part int) string { return fmt.Sprintf("part-%05d.parquet", part) }

// Writer writes one part of a table. Equal rows give equal bytes.
type Writer[T any] struct {
	path    string
	name    string
	file    *os.File
	buffer  *bufio.Writer
	hash    hash.Hash
	parquet *parquet.GenericWriter[T]
	batch   []T
	nulls   []optionalField
	rows    int64
}

// Create begins one part below root: table names the folder (records/party, customers ...).
func Create[T any](root, table string, part int) (*Writer[T], error) {
	name := filepath.Join(table, PartName(part))
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("creating the folder of %s: %w", table, err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return nil, fmt.Errorf("creating %s: %w", name, err)
	}
	w := &Writer[T]{path: path, name: filepath.ToSlash(name), file: file, hash: sha256.New(), batch: make([]T, 0, batchRows), nulls: optionalFields(reflect.TypeFor[T]())}
	w.buffer = bufio.NewWriterSize(io.MultiWriter(file, w.hash), 1<<18)
	w.parquet = parquet.NewGenericWriter[T](w.buffer, writerOptions(table)...)
	return w, nil
}

// quickSnappy is Snappy without the library's second look for longer matches.
type quickSnappy struct{ snappy.Codec }

// Encode implements compress.Codec.
func (*quickSnappy) Encode(dst, src []byte) ([]byte, error) {
	return s2.EncodeSnappy(dst[:cap(dst)], src), nil
}

// writerOptions say how a table is written: tables small and with statistics, for those who
// query them; the records between two stages, which are read once and whole, fast.
func writerOptions(table string) []parquet.WriterOption {
	options := []parquet.WriterOption{
		parquet.CreatedBy("tributary", "1", "0"),
		parquet.MaxRowsPerRowGroup(RowGroupRows),
	}
	if strings.HasPrefix(filepath.ToSlash(table), "records/") {
		return append(options, parquet.Compression(&quickSnappy{}))
	}
	return append(options, parquet.Compression(compression), parquet.DataPageStatistics(true))
}

// Add appends one row.
func (w *Writer[T]) Add(row *T) error {
	w.batch = append(w.batch, *row)
	w.rows++
	if len(w.batch) == cap(w.batch) {
		return w.flush()
	}
	return nil
}

// Write appends rows.
func (w *Writer[T]) Write(rows ...T) error {
	for i := range rows {
		if err := w.Add(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer[T]) flush() error {
	if err := w.encode(w.batch); err != nil {
		return fmt.Errorf("writing %s: %w", w.name, err)
	}
	clear(w.batch)
	w.batch = w.batch[:0]
	return nil
}

// encode hands rows to the library, in pieces that it gets right: see splitAt.
func (w *Writer[T]) encode(rows []T) error {
	if at := splitAt(rows, w.nulls); at > 0 {
		if err := w.encode(rows[:at]); err != nil {
			return err
		}
		return w.encode(rows[at:])
	}
	_, err := w.parquet.Write(rows)
	return err
}

// Rows is the number of rows so far.
func (w *Writer[T]) Rows() int64 { return w.rows }

// Close finishes the part and renames it into place.
func (w *Writer[T]) Close() (FileInfo, error) {
	if err := w.flush(); err != nil {
		w.Abort()
		return FileInfo{}, err
	}
	if err := w.parquet.Close(); err != nil {
		w.Abort()
		return FileInfo{}, fmt.Errorf("finishing %s: %w", w.name, err)
	}
	if err := w.buffer.Flush(); err != nil {
		w.Abort()
		return FileInfo{}, fmt.Errorf("finishing %s: %w", w.name, err)
	}
	info := FileInfo{Name: w.name, Rows: w.rows, SHA256: hex.EncodeToString(w.hash.Sum(nil))}
	stat, err := w.file.Stat()
	if err == nil {
		info.Bytes = stat.Size()
		err = w.file.Chmod(0o644)
	}
	if closeErr := w.file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(w.file.Name(), w.path)
	}
	if err != nil {
		_ = os.Remove(w.file.Name())
		return FileInfo{}, fmt.Errorf("finishing %s: %w", w.name, err)
	}
	return info, nil
}

// Abort throws the part away.
func (w *Writer[T]) Abort() {
	w.file.Close()
	_ = os.Remove(w.file.Name()) // the folder is removed with the run anyway
}
