package warehouse

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"github.com/parquet-go/parquet-go"
)

// WriteEmpty writes the first part of a table without rows, so that readers and loaders find
// its columns. row is the table's struct; the bytes are those of a Writer that was given nothing.
func WriteEmpty(root, table string, row reflect.Type) (FileInfo, error) {
	name := filepath.Join(table, PartName(0))
	fail := func(err error) (FileInfo, error) {
		return FileInfo{}, fmt.Errorf("writing the empty table %s: %w", table, err)
	}
	var data bytes.Buffer
	options := append(writerOptions(table), parquet.SchemaOf(reflect.New(row).Interface()))
	if err := parquet.NewWriter(&data, options...).Close(); err != nil {
		return fail(err)
	}
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fail(err)
	}
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, data.Bytes(), 0o644); err != nil {
		return fail(err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return fail(err)
	}
	sum := sha256.Sum256(data.Bytes())
	return FileInfo{Name: filepath.ToSlash(name), Bytes: int64(data.Len()), SHA256: hex.EncodeToString(sum[:])}, nil
}
