package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"unicode"

	"github.com/tributary-cdp/tributary/schemas"
)

func TestTablesPageIsFresh(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "tables.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, tablesPage()) {
		t.Error("docs/tables.md is out of date: run make generate")
	}
}

func TestEveryTableIsDescribedInBothLanguages(t *testing.T) {
	tables := map[string]bool{}
	for _, table := range schemas.Tables() {
		if tables[table.Name] {
			t.Errorf("table %s is listed twice", table.Name)
		}
		tables[table.Name] = true
		described(t, table.Name, table.Grain)
		columns := schemas.Columns(table.Row)
		checkColumns(t, table.Name, columns)
		if len(table.Key) == 0 {
			t.Errorf("%s has no key", table.Name)
		}
		for _, want := range append([]string{"run_id", "as_of"}, table.Key...) {
			if !slices.ContainsFunc(columns, func(c schemas.Column) bool { return c.Name == want }) {
				t.Errorf("%s has no column %s", table.Name, want)
			}
		}
	}
}

// BigQuery's rule for column names that work everywhere.
var columnName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,127}$`)

func checkColumns(t *testing.T, table string, columns []schemas.Column) {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range columns {
		name := table + "." + c.Name
		if !columnName.MatchString(c.Name) {
			t.Errorf("%s is not a snake_case name", name)
		}
		if seen[c.Name] {
			t.Errorf("%s is there twice", name)
		}
		seen[c.Name] = true
		described(t, name, c.Description)
		checkColumns(t, name, c.Fields)
	}
}

func described(t *testing.T, name string, label schemas.Label) {
	t.Helper()
	if label.EN == "" {
		t.Errorf("%s has no English description", name)
	}
	chinese := false
	for _, r := range label.ZH {
		chinese = chinese || unicode.Is(unicode.Han, r)
	}
	if !chinese && label.ZH != "NPS" {
		t.Errorf("%s has no Chinese description: %q", name, label.ZH)
	}
}
