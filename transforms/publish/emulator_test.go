package publish

import (
	"context"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"

	"github.com/tributary-cdp/tributary/internal/emulator"
)

const emulatorProject = emulator.Project

// connected gives a client of a new emulator and the folder that stands for gs://.
func connected(t *testing.T) (client *bigquery.Client, gcsRoot string) {
	t.Helper()
	endpoint, gcsRoot := emulator.BigQuery(t)
	client, err := Connect(t.Context(), emulatorProject, endpoint)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client, gcsRoot
}

// one runs a query that gives one value.
func one(t *testing.T, client *bigquery.Client, sql string) any {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	it, err := client.Query(sql).Read(ctx)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	var row []bigquery.Value
	if err := it.Next(&row); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return row[0]
}
