package warehouse_test

import (
	"path/filepath"
	"testing"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

func TestEveryTableCanBeWrittenEmptyWithItsColumns(t *testing.T) {
	dir := t.TempDir()
	for _, table := range schemas.Tables() {
		info, err := warehouse.WriteEmpty(dir, table.Name, table.Row)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, info.Name)
		if err := warehouse.SchemaCheck(path, schemas.Columns(table.Row)); err != nil {
			t.Errorf("%s: %v", table.Name, err)
		}
		if rows, err := warehouse.Rows(path); err != nil || rows != 0 {
			t.Errorf("%s has %d rows (%v), want none", table.Name, rows, err)
		}
	}
}

func TestAnEmptyTableHasTheBytesOfAWriterThatWasGivenNothing(t *testing.T) {
	w, err := warehouse.Create[schemas.KPI](t.TempDir(), "kpi", 0)
	if err != nil {
		t.Fatal(err)
	}
	want, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	table, _ := schemas.TableNamed("kpi")
	got, err := warehouse.WriteEmpty(t.TempDir(), "kpi", table.Row)
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if hash := warehouse.SchemaHashOf(table.Row); hash != warehouse.SchemaHash[schemas.KPI]() {
		t.Errorf("the schema's hash is %s", hash)
	}
}
