package warehouse

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
)

// WriteEmpty writes the first part of a table without rows, so that readers and loaders find
// its columns. row is the table's struct; the bytes are those of a Writer that was given nothing.
func WriteEmpty(root, table string, row reflect.Type) (FileInfo, error) {
	name := filepath.Join(table, PartName(0))
	fail := func(err error) (FileInfo, error) {
		return FileInfo{}, fmt.Errorf("writing the empty table %s: %w", table, err)
	}
	layout, err := layoutOf(row, table)
	if err != nil {
		return fail(err)
	}
	data, err := layout.appendFooter([]byte(magic), 0, nil)
	if err != nil {
		return fail(err)
	}
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fail(err)
	}
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, data, 0o644); err != nil {
		return fail(err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return fail(err)
	}
	sum := sha256.Sum256(data)
	return FileInfo{Name: filepath.ToSlash(name), Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}, nil
}
