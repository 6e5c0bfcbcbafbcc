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
	"unsafe"

	"github.com/parquet-go/parquet-go/format"
)

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
	path   string
	name   string
	file   *os.File
	buffer *bufio.Writer
	hash   hash.Hash
	layout *layout
	group  *rowGroup
	donor  *donor // of copied columns; nil = none
	groups []format.RowGroup
	offset int64
	rows   int64
}

// Create begins one part below root: table names the folder (records/party, customers ...).
func Create[T any](root, table string, part int) (*Writer[T], error) {
	name := filepath.Join(table, PartName(part))
	path := filepath.Join(root, name)
	layout, err := layoutOf(reflect.TypeFor[T](), table)
	if err != nil {
		return nil, fmt.Errorf("creating %s: %w", name, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("creating the folder of %s: %w", table, err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return nil, fmt.Errorf("creating %s: %w", name, err)
	}
	w := &Writer[T]{path: path, name: filepath.ToSlash(name), file: file, hash: sha256.New(), layout: layout}
	w.buffer = bufio.NewWriterSize(io.MultiWriter(file, w.hash), 1<<16)
	w.group = layout.take()
	if err := w.write([]byte(magic)); err != nil {
		w.Abort()
		return nil, fmt.Errorf("creating %s: %w", name, err)
	}
	return w, nil
}

func (w *Writer[T]) write(data []byte) error {
	n, err := w.buffer.Write(data)
	w.offset += int64(n)
	return err
}

// Add appends one row. Nothing of the row is kept.
func (w *Writer[T]) Add(row *T) error {
	w.rows++
	err := w.group.add(unsafe.Pointer(row))
	if err == nil && w.group.rows == RowGroupRows {
		err = w.closeGroup()
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", w.name, err)
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

func (w *Writer[T]) closeGroup() error {
	if w.group.rows == 0 {
		return nil
	}
	group, err := w.group.write(w.offset, len(w.groups), w.donor, w.write)
	w.groups = append(w.groups, group)
	w.group.reset()
	return err
}

// finish writes what is left.
func (w *Writer[T]) finish() error {
	if err := w.closeGroup(); err != nil {
		return err
	}
	if w.donor != nil {
		if err := w.donor.done(len(w.groups)); err != nil {
			return err
		}
	}
	footer, err := w.layout.appendFooter(nil, w.rows, w.groups)
	if err != nil {
		return err
	}
	if err := w.write(footer); err != nil {
		return err
	}
	return w.buffer.Flush()
}

// Rows is the number of rows so far.
func (w *Writer[T]) Rows() int64 { return w.rows }

// Close finishes the part and renames it into place.
func (w *Writer[T]) Close() (FileInfo, error) {
	if err := w.finish(); err != nil {
		w.Abort()
		return FileInfo{}, fmt.Errorf("finishing %s: %w", w.name, err)
	}
	w.layout.give(w.group)
	w.group = nil
	w.closeDonor()
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
	w.closeDonor()
	w.file.Close()
	_ = os.Remove(w.file.Name()) // the folder is removed with the run anyway
}

func (w *Writer[T]) closeDonor() {
	if w.donor != nil {
		w.donor.file.Close()
	}
}
