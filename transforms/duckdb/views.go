// Package duckdb writes SQL for DuckDB: a view for each table of a run, with what its columns
// mean in English and Chinese.
package duckdb

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// WriteViews writes the statements that make a view of each table in schema, over the Parquet
// files below dir. Without contacts, columns with contact data are left out. Views read their
// files when they are asked, so nothing is copied.
func WriteViews(w io.Writer, dir, schema string, tables []warehouse.TableFiles, contacts bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "create schema if not exists %s;\n", identifier(schema))
	for _, files := range tables {
		t, ok := schemas.TableNamed(files.Table)
		if !ok {
			continue
		}
		name := identifier(schema) + "." + identifier(t.Name)
		columns := schemas.Columns(t.Row)
		fmt.Fprintf(&b, "\ncreate or replace view %s as select %s\n  from read_parquet(%s);\n", name, selected(columns, contacts), text(filepath.Join(dir, t.Name, "*.parquet")))
		fmt.Fprintf(&b, "comment on view %s is %s;\n", name, text("one row per "+t.Grain.EN+" · "+t.Grain.ZH+"; key: "+strings.Join(t.Key, ", ")))
		for _, c := range columns {
			if contacts || !hidden(&c) {
				fmt.Fprintf(&b, "comment on column %s.%s is %s;\n", name, identifier(c.Name), text(c.Description.EN+" · "+c.Description.ZH))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// selected lists the columns of a view.
func selected(columns []schemas.Column, contacts bool) string {
	var out []string
	for i := range columns {
		if contacts || !hidden(&columns[i]) {
			out = append(out, identifier(columns[i].Name))
		}
	}
	return strings.Join(out, ", ")
}

// hidden tells whether a column holds contact data, itself or in one of its fields.
func hidden(c *schemas.Column) bool {
	if c.Contact {
		return true
	}
	for i := range c.Fields {
		if hidden(&c.Fields[i]) {
			return true
		}
	}
	return false
}

func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func text(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }
