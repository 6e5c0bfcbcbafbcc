package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/schemas"
)

func TestMeasuresPageIsFresh(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "measures.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, measuresPage()) {
		t.Error("docs/measures.md is out of date: run make generate")
	}
}

// A definition that names a column or package that is not there defines nothing.
func TestMeasuresNameColumnsAndPackagesThatExist(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]bool{}
	for _, table := range schemas.Tables() {
		for _, c := range schemas.Columns(table.Row) {
			columns[table.Name+"."+c.Name] = true
		}
	}
	var codes []string
	for _, m := range schemas.Measures() {
		if slices.Contains(codes, m.Code) {
			t.Errorf("measure %s is defined twice", m.Code)
		}
		codes = append(codes, m.Code)
		described(t, "measure "+m.Code, m.Name)
		described(t, "meaning of "+m.Code, m.Meaning)
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(m.Package))); err != nil {
			t.Errorf("measure %s: no package %s", m.Code, m.Package)
		}
		for _, place := range m.Where {
			if !columns[place] && !strings.HasPrefix(place, "kpi:") {
				t.Errorf("measure %s: no column %s", m.Code, place)
			}
		}
	}
}
