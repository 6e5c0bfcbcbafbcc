package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/iterator"

	"github.com/tributary-cdp/tributary/internal/emulator"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/pipelines/warehouse"
	"github.com/tributary-cdp/tributary/transforms/publish"
	files "github.com/tributary-cdp/tributary/transforms/warehouse"
)

func TestADemoCompanyIsPublished(t *testing.T) {
	endpoint, _ := emulator.BigQuery(t)
	t.Setenv("TRIBUTARY_SALT", "a salt for tests")
	folder := filepath.Join(t.TempDir(), "company")
	tributary := func(args ...string) string {
		t.Helper()
		var out, err bytes.Buffer
		if code := execute(args, &streams{&out, &err, context.Background()}); code != 0 {
			t.Fatalf("%v: exit code %d\n%s%s", args, code, &out, &err)
		}
		return out.String()
	}
	tributary("demo", folder, "--customers=100")
	text, err := os.ReadFile(filepath.Join(folder, "tributary.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const output = "output: {path: out/}"
	if !strings.Contains(string(text), output) {
		t.Fatalf("the config of the demo has no %q", output)
	}
	file := filepath.Join(folder, "published.yaml")
	target := fmt.Sprintf("output: {path: out/, bigquery: {project: %s, dataset: demo, endpoint: %q}}", emulator.Project, endpoint)
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), output, target, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	tributary("run", "--config", file)
	id, err := runs.Current(filepath.Join(folder, "out"))
	if err != nil {
		t.Fatal(err)
	}
	if text := tributary("publish", "--config", file); !strings.Contains(text, "run "+id+" is published in "+emulator.Project+".demo") || strings.Contains(text, " 0 tables loaded now") {
		t.Errorf("publish says: %s", text)
	}
	if text := tributary("publish", "--config", file); !strings.Contains(text, " 0 tables loaded now") {
		t.Errorf("publishing again says: %s", text)
	}

	client, err := publish.Connect(t.Context(), emulator.Project, endpoint)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	tables, err := warehouse.Tables(runs.Layout{Out: filepath.Join(folder, "out"), RunID: id})
	if err != nil {
		t.Fatal(err)
	}
	filled, counts := 0, countAll(t, client, tables)
	for _, table := range tables {
		if got, ok := counts[table.Table]; !ok || got != table.Rows {
			t.Errorf("table %s has %d rows in BigQuery, %d in the manifest", table.Table, got, table.Rows)
		}
		if table.Rows > 0 {
			filled++
		}
	}
	if filled < 25 {
		t.Errorf("only %d of %d tables have rows", filled, len(tables))
	}
}

// countAll counts the rows that readers see, in one query: the emulator takes long for each.
func countAll(t *testing.T, client *bigquery.Client, tables []files.TableFiles) map[string]int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	queries := make([]string, len(tables))
	for i, table := range tables {
		queries[i] = fmt.Sprintf("SELECT '%[1]s', COUNT(*) FROM demo.%[1]s", table.Table)
	}
	it, err := client.Query(strings.Join(queries, " UNION ALL ")).Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int64{}
	for {
		var row []bigquery.Value
		err := it.Next(&row)
		if errors.Is(err, iterator.Done) {
			return counts
		}
		if err != nil {
			t.Fatal(err)
		}
		name, _ := row[0].(string)
		counts[name], _ = row[1].(int64)
	}
}
