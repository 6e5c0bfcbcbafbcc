package publish

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cloud.google.com/go/bigquery"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// folder stands for an object store: gs://bucket/name is root/bucket/name.
type folder struct{ root string }

func (f folder) Put(_ context.Context, uri, file string, info warehouse.FileInfo) error {
	bucket, name, err := splitURI(uri)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	path := filepath.Join(f.root, bucket, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

func TestPartsAreCheckedBeforeAnythingIsLoaded(t *testing.T) {
	good := testRun(t, "2026-09-30-aaaaaaaaaa", 5)
	files := func(run Run) error {
		_, err := (&publisher{tables: schemas.Tables(), run: run}).files()
		return err
	}
	if err := files(good); err != nil {
		t.Fatal(err)
	}
	at := func(run Run, change func(*warehouse.TableFiles)) Run {
		run.Tables = append([]warehouse.TableFiles(nil), run.Tables...)
		for i := range run.Tables {
			if run.Tables[i].Table == "customers" {
				run.Tables[i].Files = append([]warehouse.FileInfo(nil), run.Tables[i].Files...)
				change(&run.Tables[i])
			}
		}
		return run
	}
	for name, run := range map[string]Run{
		"fewer rows":        at(good, func(f *warehouse.TableFiles) { f.Rows-- }),
		"another size":      at(good, func(f *warehouse.TableFiles) { f.Files[0].Bytes++ }),
		"fewer rows a part": at(good, func(f *warehouse.TableFiles) { f.Files[0].Rows-- }),
		"another table's part": at(good, func(f *warehouse.TableFiles) {
			orders := good.Tables[9]
			f.Files, f.Rows = orders.Files, orders.Rows
		}),
	} {
		if err := files(run); !errors.Is(err, ErrCheck) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := files(at(good, func(f *warehouse.TableFiles) { f.Table = "gone" })); err == nil {
		t.Error("a run without customers was accepted")
	}
	if err := files(at(good, func(f *warehouse.TableFiles) { f.Files[0].Name = "customers/part-00009.parquet" })); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a part that is not there: %v", err)
	}
}

func TestJobAndTableNamesAreLegal(t *testing.T) {
	legal := regexp.MustCompile(`^[A-Za-z0-9_-]{1,200}$`)
	run := Run{ID: "2026-09-30-aaaaaaaaaa"}
	for _, id := range []string{"", "a b", "a/b", "x'; DROP", strings.Repeat("a", 65)} {
		if runID.MatchString(id) {
			t.Errorf("%q was taken for a run id", id)
		}
	}
	for _, table := range schemas.Tables() {
		id := "cdp_" + table.Name + "_" + run.ID + "_" + contentHash(warehouse.TableFiles{Table: table.Name}) + "_a1_p9999"
		if !legal.MatchString(id) {
			t.Errorf("job id %s", id)
		}
	}
}

func TestSchemaKeepsModesOfTheFiles(t *testing.T) {
	for _, table := range schemas.Tables() {
		schema := Schema(schemas.Columns(table.Row))
		for _, field := range schema {
			if field.Type == "" || field.Description == "" {
				t.Errorf("%s.%s: type %q, description %q", table.Name, field.Name, field.Type, field.Description)
			}
		}
		if !schema[0].Required && !schema[1].Required {
			t.Errorf("%s: run_id and as_of must be required", table.Name)
		}
		if n := len(clustering(table, schemas.Columns(table.Row)).Fields); n < 1 || n > 4 {
			t.Errorf("%s is clustered by %d columns", table.Name, n)
		}
	}
}

func TestContactSideHasAllContactColumnsAndTheKey(t *testing.T) {
	table, _ := schemas.TableNamed("customers")
	columns := schemas.Columns(table.Row)
	bi, contact := biSide(columns), contactSide(table, columns)
	if strings.Contains(bi.names(), "`phone`") || strings.Contains(bi.names(), "`email`") {
		t.Error("the BI side has contact data")
	}
	for _, want := range []string{"`run_id`", "`as_of`", "`customer_id`", "`phone`", "`identifiers`"} {
		if !strings.Contains(contact.names(), want) {
			t.Errorf("the contact side lacks %s", want)
		}
	}
	for i, c := range bi.columns {
		if c.Name == "identifiers" && (strings.Contains(bi.selects[i], "e.`value`") || !strings.Contains(bi.selects[i], "e.`type`")) {
			t.Errorf("identifiers are selected as %s", bi.selects[i])
		}
	}
	orders, _ := schemas.TableNamed("orders")
	if len(contactSide(orders, schemas.Columns(orders.Row)).columns) > 0 {
		t.Error("orders have no contact data")
	}
}

func TestColumnsAreAddedButNeverChanged(t *testing.T) {
	text := func(name, description string) *bigquery.FieldSchema {
		return &bigquery.FieldSchema{Name: name, Type: bigquery.StringFieldType, Description: description}
	}
	have := bigquery.Schema{text("a", "old"), text("gone", "kept")}
	merged, changed, err := mergeSchemas(have, bigquery.Schema{text("b", "new"), text("a", "better")})
	if err != nil || !changed || len(merged) != 3 || merged[0].Description != "better" || merged[2].Name != "b" {
		t.Errorf("%v %v %v", merged, changed, err)
	}
	if have[0].Description != "old" {
		t.Error("the schema that was given has changed")
	}
	if _, changed, err := mergeSchemas(merged, merged); changed || err != nil {
		t.Errorf("equal schemas: %v %v", changed, err)
	}
	if _, _, err := mergeSchemas(have, bigquery.Schema{{Name: "a", Type: bigquery.IntegerFieldType}}); err == nil {
		t.Error("a column changed its type")
	}
}
