package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

const ordersCSV = "order_id,buyer,time,amount\nA-1,u1,2026-02-03,11.37\nA-2,u2,2026-02-04,5\nA-3,u3,bad time,7\n"

// unreadable are files that cannot be read at all, of every format: some are found out when
// the run is planned, others only where their rows are read.
var unreadable = map[string]string{
	"cut.csv.gz":     cutGzip(),
	"not.csv.gz":     "no gzip",
	"not.zip":        "no zip",
	"cut.json":       `[{"order_id":"X-1","buyer":"u9","time":"2026-02-03","amount":1},{"order_id"`,
	"other.json":     `[{"name":"x"}]`,
	"empty.ndjson":   "not json\nnor this\n",
	"not.xlsx":       "PK\x03\x04 no workbook",
	"not.parquet":    "PAR1 no Parquet PAR1",
	"other.csv":      "employee,shift\nx,y\n",
	"old.xls":        "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 a workbook of old",
	"web.xls":        "<html><table></table></html>",
	"broken_h.csv":   "order_id,\"buyer\n1,2\n",
	"ambiguous.csv":  "order_id,buyer,time,amount,Amount\nX-2,u9,2026-02-03,1,2\n", // sound: the exact name decides
	"only_blank.csv": "\n\n",                                                       // sound: no rows
}

func cutGzip() string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(ordersCSV + strings.Repeat("X-3,u9,2026-02-03,1\n", 1000))); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()[:b.Len()-20]
}

func writeConfig(t *testing.T, optional bool) (file string) {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"good/orders.csv": ordersCSV}
	for name, text := range unreadable {
		files["bad/"+name] = text
	}
	mapping := `
      record: order
      key: order_id
      fields: {customer_ref: buyer, time: time, net: amount, currency: {const: CNY}, status: {const: paid}}`
	files["tributary.yaml"] = fmt.Sprintf(`project: optional
as_of: 2026-09-30
timezone: UTC
currency: CNY
sources:
  - name: good
    path: good/*.csv
    mapping:%s
  - name: bad
    path: bad/*
    optional: %v
    mapping:%s
output: {path: out/}
`, mapping, optional, mapping)
	pipetest.Write(t, dir, files)
	return filepath.Join(dir, "tributary.yaml")
}

// Files that cannot be read are named, one reject each, and the rest of an optional source and
// of the run is right.
func TestUnreadableFilesOfAnOptionalSource(t *testing.T) {
	env := pipetest.Prepare(t, writeConfig(t, true))
	if err := env.Inputs.Write(env.Layout); err != nil {
		t.Fatal(err)
	}
	if err := ingest.Run(context.Background(), env); err != nil {
		t.Fatal(err)
	}
	m, err := warehouse.ReadManifest(env.Layout.Manifest(ingest.JobName))
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{}
	for _, r := range pipetest.Table[schemas.Reject](t, env, "records/reject") {
		if r.Code == "unreadable_file" {
			if r.Source != "bad" || r.Row != 0 || !strings.HasPrefix(r.Message, r.File) || given[r.File] {
				t.Errorf("reject of a file: %+v", r)
			}
			given[r.File] = true
			if m.Notes["unread:bad/"+r.File] != r.Message {
				t.Errorf("the manifest says of %s: %q", r.File, m.Notes["unread:bad/"+r.File])
			}
		}
	}
	want := map[string]bool{}
	for name := range unreadable {
		if name != "ambiguous.csv" && name != "only_blank.csv" {
			want[name] = true
		}
	}
	if diff := cmp.Diff(want, given); diff != "" || m.Counters["unreadable_files"] != int64(len(want)) {
		t.Errorf("%d unreadable files (-want +got):\n%s", m.Counters["unreadable_files"], diff)
	}
	var orders []string
	for _, o := range pipetest.Table[schemas.Order](t, env, "records/order") {
		orders = append(orders, fmt.Sprintf("%s %s %d", o.Source, o.Key, *o.Net))
	}
	if diff := cmp.Diff([]string{"bad X-2 100", "good A-1 1137", "good A-2 500"}, slices.Sorted(slices.Values(orders))); diff != "" {
		t.Errorf("orders (-want +got):\n%s", diff)
	}
	accounts, err := ingest.Accounts(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range accounts {
		if !c.Balanced() {
			t.Errorf("%s does not add up: %+v", c.File, c)
		}
	}
	if m.Counters["rows_accepted"] != 3 || m.Counters["rows_rejected"] != 1 {
		t.Errorf("counters %v", m.Counters)
	}
}

// Where a source is not optional, an unreadable file fails the run as a failed data check.
func TestUnreadableFileFailsTheRun(t *testing.T) {
	env := pipetest.Prepare(t, writeConfig(t, false))
	if err := env.Inputs.Write(env.Layout); err != nil {
		t.Fatal(err)
	}
	err := ingest.Run(context.Background(), env)
	var coded interface{ ExitCode() int }
	if !errors.As(err, &coded) || coded.ExitCode() != runs.ExitData || !strings.Contains(err.Error(), "optional: true") {
		t.Errorf("got %v", err)
	}
	if _, err := warehouse.ReadManifest(env.Layout.Manifest(ingest.JobName)); !errors.Is(err, warehouse.ErrNoManifest) {
		t.Errorf("the failed job counts as done: %v", err)
	}
}

// Also a file that is found out only where its rows are read fails it.
func TestUnreadableDocumentFailsTheRun(t *testing.T) {
	dir := t.TempDir()
	pipetest.Write(t, dir, map[string]string{"cut.json": unreadable["cut.json"], "tributary.yaml": `project: optional
as_of: 2026-09-30
timezone: UTC
currency: CNY
sources:
  - {name: bad, path: cut.json, mapping: {record: order, key: order_id, fields: {customer_ref: buyer, time: time, net: amount, status: {const: paid}, currency: {const: CNY}}}}
output: {path: out/}
`})
	env := pipetest.Prepare(t, filepath.Join(dir, "tributary.yaml"))
	if err := env.Inputs.Write(env.Layout); err != nil {
		t.Fatal(err)
	}
	err := ingest.Run(context.Background(), env)
	var coded interface{ ExitCode() int }
	if !errors.As(err, &coded) || coded.ExitCode() != runs.ExitData || !strings.Contains(err.Error(), "cut.json") {
		t.Errorf("got %v", err)
	}
}
