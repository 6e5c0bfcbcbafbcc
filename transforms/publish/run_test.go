package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// testRun writes a run of invented rows: rows in each part of the filled tables, two parts of
// customers and orders, and every other table empty.
func testRun(t *testing.T, id string, rows int) Run {
	t.Helper()
	run := Run{ID: id, AsOf: 20_000, Dir: t.TempDir()}
	random := rand.New(rand.NewPCG(7, uint64(rows)))
	for _, table := range schemas.Tables() {
		parts := 1
		if table.Name == "customers" || table.Name == "orders" {
			parts = 2
		}
		n := rows
		if table.Empty {
			n = 0
		}
		files := warehouse.TableFiles{Table: table.Name}
		for part := range parts {
			file := writePart(t, run, table, part, n, random)
			files.Files, files.Rows, files.Bytes = append(files.Files, file), files.Rows+file.Rows, files.Bytes+file.Bytes
		}
		run.Tables = append(run.Tables, files)
	}
	run.Tables = append(run.Tables, warehouse.TableFiles{Table: "records/party"}) // passed over
	return run
}

func writePart(t *testing.T, run Run, table schemas.Table, part, rows int, random *rand.Rand) warehouse.FileInfo {
	t.Helper()
	name := table.Name + "/" + warehouse.PartName(part)
	path := filepath.Join(run.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := parquet.NewWriter(f, parquet.SchemaOf(reflect.New(table.Row).Interface()), parquet.Compression(&parquet.Zstd))
	for i := range rows {
		row := reflect.New(table.Row)
		invent(random, row.Elem())
		stamp(row.Elem(), run, table, part*rows+i)
		if err := w.Write(row.Interface()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return warehouse.FileInfo{Name: name, Rows: int64(rows), Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}

// invent fills every field; a third of what can be null stays null.
func invent(r *rand.Rand, v reflect.Value) {
	null := r.IntN(3) == 0
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			invent(r, v.Field(i))
		}
	case reflect.Pointer:
		if !null {
			v.Set(reflect.New(v.Type().Elem()))
			invent(r, v.Elem())
		}
	case reflect.Slice:
		n := r.IntN(3)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			invent(r, v.Index(i))
		}
	case reflect.String:
		v.SetString([]string{"alpha", "客户", "beta 'quoted'"}[r.IntN(3)])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.IntN(20_000)))
	case reflect.Float64:
		v.SetFloat(float64(r.IntN(1000)) / 8)
	}
}

// stamp gives a row its run and a key of its own.
func stamp(row reflect.Value, run Run, table schemas.Table, i int) {
	for _, field := range reflect.VisibleFields(row.Type()) {
		name, _, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		v := row.FieldByIndex(field.Index)
		switch {
		case name == "run_id":
			v.SetString(run.ID)
		case name == "as_of":
			v.SetInt(int64(run.AsOf))
		case !slices.Contains(table.Key, name):
		case v.Kind() == reflect.String:
			v.SetString(fmt.Sprintf("key %d", i))
		case v.Kind() == reflect.Int32 || v.Kind() == reflect.Int64:
			v.SetInt(int64(i))
		}
	}
}
