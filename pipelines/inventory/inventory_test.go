package inventory

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	pipewarehouse "github.com/tributary-cdp/tributary/pipelines/warehouse"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/duckdb"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// fake writes a run: its inputs, one manifest that names tables, and their files.
func fake(t *testing.T, out, id, parent string, tables ...warehouse.TableFiles) {
	t.Helper()
	l := runs.Layout{Out: out, RunID: id}
	if err := (&runs.Inputs{RunID: id, Parent: parent, AsOf: "2026-01-31"}).Write(l); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		for _, file := range table.Files {
			if table.Run == "" {
				pipetest.Write(t, l.Dir(), map[string]string{file.Name: "rows"})
			}
		}
	}
	data, err := json.Marshal(warehouse.Manifest{Job: "identity.score", RunID: id, Tables: tables})
	if err != nil {
		t.Fatal(err)
	}
	if err := runs.WriteFile(l.Manifest("identity.score"), data); err != nil {
		t.Fatal(err)
	}
}

func all(t *testing.T) []warehouse.TableFiles {
	t.Helper()
	var out []warehouse.TableFiles
	for _, table := range schemas.Tables() {
		out = append(out, warehouse.TableFiles{Table: table.Name, Files: []warehouse.FileInfo{{Name: table.Name + "/part-00000.parquet"}}})
	}
	return out
}

func pairs(run, name string) warehouse.TableFiles {
	return warehouse.TableFiles{Table: "records/pair", Run: run, Files: []warehouse.FileInfo{{Name: "records/pair/" + name}}}
}

// Files that a kept run borrows from a removed one stay; all else of it goes.
func TestFilesThatLaterRunsNeedStay(t *testing.T) {
	out := t.TempDir()
	fake(t, out, "a", "", append(all(t), pairs("", "part-00000.parquet"), warehouse.TableFiles{Table: "records/link", Files: []warehouse.FileInfo{{Name: "records/link/part-00000.parquet"}}})...)
	fake(t, out, "b", "a", all(t)...)
	fake(t, out, "c", "b", append(all(t), pairs("a", "part-00000.parquet"))...)
	if err := runs.SetCurrent(out, "c"); err != nil {
		t.Fatal(err)
	}
	removed, err := Collect(out, 1, false)
	if err != nil || len(removed) != 2 || removed[0].RunID != "a" || removed[0].Kept != 1 || removed[1].RunID != "b" {
		t.Fatalf("removed %+v, %v", removed, err)
	}
	a := runs.Layout{Out: out, RunID: "a"}
	if _, err := os.Stat(filepath.Join(a.Dir(), "records/pair/part-00000.parquet")); err != nil {
		t.Errorf("the borrowed file: %v", err)
	}
	for _, gone := range []string{a.Table("customers"), a.Records("link"), a.Job("identity.score"), (runs.Layout{Out: out, RunID: "b"}).Dir()} {
		if _, err := os.Stat(gone); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there: %v", gone, err)
		}
	}
	if again, err := Collect(out, 1, false); err != nil || len(again) != 0 {
		t.Errorf("a second time removes %+v, %v", again, err)
	}
}

// A run at work is not disturbed.
func TestNothingIsRemovedWhileARunIsAtWork(t *testing.T) {
	out := t.TempDir()
	fake(t, out, "a", "", all(t)...)
	fake(t, out, "b", "a", all(t)...)
	if err := runs.SetCurrent(out, "b"); err != nil {
		t.Fatal(err)
	}
	lock, err := runs.Acquire(out)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release() //nolint:errcheck // the end of the test
	if _, err := Collect(out, 1, false); !errors.Is(err, runs.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
}

const shop = `project: shop
as_of: 2026-01-31
timezone: UTC
currency: EUR
output: {path: out}
sources:
  - {name: people, namespace: shop, path: people.csv, mapping: {record: party, key: id, fields: {full_name: name, email: mail}}}
`

// DuckDB reads the views of a run, empty tables among them.
func TestDuckDBReadsTheViewsOfARun(t *testing.T) {
	dir := t.TempDir()
	pipetest.DuckDB(t, dir, "select 1") // skips before the work
	t.Setenv("TRIBUTARY_SALT", "a salt for tests")
	pipetest.Write(t, dir, map[string]string{"shop.yaml": shop, "people.csv": "id,name,mail\n1,Ada Example,ada@example.com\n2,Grace Sample,grace@example.com\n"})
	env := pipetest.Run(t, filepath.Join(dir, "shop.yaml"), "report")
	tables, err := pipewarehouse.Tables(env.Layout)
	if err != nil {
		t.Fatal(err)
	}
	var sql strings.Builder
	if err := duckdb.WriteViews(&sql, env.Layout.Dir(), `a "schema"`, tables, true); err != nil {
		t.Fatal(err)
	}
	sql.WriteString(`select (select count(*) from "a ""schema""".customers), (select count(*) from "a ""schema""".next_best_product), count(*) from duckdb_views() where schema_name = 'a "schema"'`)
	if got := pipetest.DuckDB(t, dir, sql.String()); len(got) != 1 || got[0][0] != "2" || got[0][1] != "0" || got[0][2] != strconv.Itoa(len(schemas.Tables())) {
		t.Errorf("rows of customers, of next_best_product, views: %v", got)
	}
}
