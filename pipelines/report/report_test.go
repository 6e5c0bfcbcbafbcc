package report_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/report"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

const configText = `project: fixture
as_of: 2026-01-31
timezone: UTC
currency: EUR
sources:
  - {name: shop, profile: shopify, path: "*.csv"}
output: {path: out}
`

// run is a run whose other jobs are done: three parties of two customers, three orders.
type run struct {
	t         *testing.T
	env       *runs.Env
	parties   []schemas.Party
	mapped    []schemas.IdentityMap
	customers []schemas.Customer
	orders    []schemas.OrderRow
	rejects   []schemas.Reject
	twice     bool // a second job writes orders, too
}

func newRun(t *testing.T) *run {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "tributary.yaml")
	if err := os.WriteFile(file, []byte(configText), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file, config.Options{Now: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	in := &runs.Inputs{RunID: "2026-01-31-aaaaaaaaaa", AsOf: "2026-01-31", Files: []runs.InputFile{{Source: "shop", Name: "orders.csv", Bytes: 90, SHA256: "00"}}}
	customer := func(id string, records, revenue int64) schemas.Customer {
		return schemas.Customer{CustomerProfile: schemas.CustomerProfile{
			CustomerID: id, Kind: "person", DisplayName: "Ada Example", Email: "ada@example.com", FirstChannel: "web", RecordCount: records, Revenue: revenue,
		}}
	}
	order := func(key, customer string, day int32, counts bool, revenue int64) schemas.OrderRow {
		return schemas.OrderRow{OrderKey: key, CustomerID: customer, Day: day, Status: schemas.OrderPaid, CountsAsRevenue: counts, Revenue: revenue, Channel: "web"}
	}
	asOf := c.AsOfDay()
	return &run{
		t: t, env: &runs.Env{Config: c, Layout: runs.Layout{Out: c.Output.Path, RunID: in.RunID}, Inputs: in, Reporter: runs.Silent{}},
		parties:   make([]schemas.Party, 3),
		mapped:    []schemas.IdentityMap{{Source: "shop", SourceID: "1", CustomerID: "c_1"}, {Source: "shop", SourceID: "2", CustomerID: "c_1", Rule: "email"}, {Source: "shop", SourceID: "3", CustomerID: "c_2"}},
		customers: []schemas.Customer{customer("c_1", 2, 150_000), customer("c_2", 1, 0)},
		orders: []schemas.OrderRow{
			order("o1", "c_1", asOf-400, true, 100_000), order("o2", "c_1", asOf, true, 50_000), order("o3", "", asOf, true, 70_000),
			order("o4", "c_2", asOf, false, 0),          // seen twice
			order("o5", "c_2", asOf+1, true, 9_900_000), // after as_of
		},
		rejects: []schemas.Reject{{Source: "shop", File: "orders.csv", Row: 7, ByteOffset: 80, Code: "ragged_row", Message: "orders.csv:7: 3 columns, expected 4"}},
	}
}

func put[T any](r *run, m *warehouse.Manifest, table string, rows []T) {
	r.t.Helper()
	w, err := warehouse.Create[T](r.env.Layout.Dir(), table, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := w.Write(rows...); err != nil {
		r.t.Fatal(err)
	}
	info, err := w.Close()
	if err != nil {
		r.t.Fatal(err)
	}
	m.Add(table, warehouse.SchemaHash[T](), info)
}

func (r *run) job(name string, fill func(m *warehouse.Manifest)) {
	r.t.Helper()
	m := &warehouse.Manifest{Job: name, RunID: r.env.Layout.RunID}
	fill(m)
	if err := warehouse.WriteManifest(r.env.Layout.Manifest(name), m); err != nil {
		r.t.Fatal(err)
	}
}

// report writes the tables of the other jobs and runs the stage.
func (r *run) report() error {
	r.t.Helper()
	r.job("ingest", func(m *warehouse.Manifest) {
		put(r, m, "records/party", r.parties)
		put(r, m, "records/reject", r.rejects)
		m.Notes = map[string]string{
			"file:shop/orders.csv": `{"source":"shop","file":"orders.csv","bytes":90,"header_bytes":10,"accepted":{"rows":6,"bytes":70},"rejected":{"rows":1,"bytes":10},` +
				`"rejects":{"ragged_row":1},"issues":{"Email|bad_value":2}}`,
			"unread:shop/broken.csv": "truncated",
		}
	})
	r.job("identity.cluster", func(m *warehouse.Manifest) { put(r, m, "identity_map", r.mapped) })
	r.job("customers", func(m *warehouse.Manifest) { put(r, m, "orders", r.orders) })
	r.job("value.apply", func(m *warehouse.Manifest) {
		put(r, m, "customers", r.customers)
		if r.twice {
			put(r, m, "orders", r.orders)
		}
	})
	return report.Run(context.Background(), r.env)
}

func (r *run) sums() map[string]string {
	sums := map[string]string{}
	if err := filepath.WalkDir(r.env.Layout.Dir(), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		sums[strings.TrimPrefix(path, r.env.Layout.Dir())] = hex.EncodeToString(sum[:])
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return sums
}

func readTable[T any](r *run, table string) []T {
	r.t.Helper()
	var out []T
	path := filepath.Join(r.env.Layout.Table(table), warehouse.PartName(0))
	if err := warehouse.Read(context.Background(), path, nil, func(rows []T) error {
		out = append(out, rows...)
		return nil
	}); err != nil {
		r.t.Fatal(err)
	}
	return out
}

func TestEveryTableOfTheCatalogueIsThereWithItsColumns(t *testing.T) {
	r := newRun(t)
	if err := r.report(); err != nil {
		t.Fatal(err)
	}
	for _, table := range schemas.Tables() {
		path := filepath.Join(r.env.Layout.Table(table.Name), warehouse.PartName(0))
		if err := warehouse.SchemaCheck(path, schemas.Columns(table.Row)); err != nil {
			t.Error(err)
		}
	}
	if !r.env.Done(report.JobName) {
		t.Error("the stage is not done")
	}
}

func TestOperationalTablesSayWhatIngestFound(t *testing.T) {
	r := newRun(t)
	if err := r.report(); err != nil {
		t.Fatal(err)
	}
	rejects := readTable[schemas.RejectRow](r, "reject")
	if len(rejects) != 1 || rejects[0].Row != 7 || rejects[0].Code != "ragged_row" || rejects[0].RunID != r.env.Layout.RunID {
		t.Errorf("reject: %+v", rejects)
	}
	quality := map[string]schemas.DataQuality{}
	for _, row := range readTable[schemas.DataQuality](r, "data_quality") {
		key := row.Table + " " + row.Column + " " + row.Check
		if _, twice := quality[key]; twice {
			t.Errorf("%s is measured twice", key)
		}
		quality[key] = row
	}
	for key, want := range map[string]float64{
		"shop/orders.csv  rejects:ragged_row": 1, "shop/orders.csv Email issues:bad_value": 2, "shop/orders.csv  reject_share": 1.0 / 7,
		"shop/broken.csv  rejects:unreadable_file": 1, "orders customer_id missing_share": 0.2, "customers customer_id repeated_keys": 0,
		"customers revenue revenue_against_orders": 0,
	} {
		if row, ok := quality[key]; !ok || row.Measured != want {
			t.Errorf("%s: %+v, want %v", key, row, want)
		}
	}
	days := readTable[schemas.DimDate](r, "dim_date")
	if first, last := days[0], days[len(days)-1]; first.Month != "2024-01" || last.Month != "2026-12" {
		t.Errorf("dim_date goes from %s to %s, want the years of the first order and of as_of", first.Month, last.Month)
	}
	if channels := readTable[schemas.DimChannel](r, "dim_channel"); len(channels) != 1 || channels[0].Channel != "web" {
		t.Errorf("dim_channel: %+v", channels)
	}
	log := map[string]schemas.RunLog{}
	for _, row := range readTable[schemas.RunLog](r, "run_log") {
		log[row.Job+" "+row.Table] = row
	}
	if row := log["ingest exports/shop"]; row.Direction != "in" || row.Rows != 7 || row.Bytes != 90 {
		t.Errorf("run_log of what was read: %+v", row)
	}
	if row := log["customers orders"]; row.Direction != "out" || row.Rows != 5 {
		t.Errorf("run_log of orders: %+v", row)
	}
	if _, ok := log["report data_quality"]; !ok {
		t.Error("run_log leaves the tables of the report out")
	}
}

func TestPageHoldsNoContactData(t *testing.T) {
	r := newRun(t)
	if err := r.report(); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(r.env.Layout.Report())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Ada", "example.com", r.env.Layout.Out} {
		if strings.Contains(string(page), secret) {
			t.Errorf("the page holds %q", secret)
		}
	}
	if !strings.Contains(string(page), "66.7 %") { // two of three records share a customer
		t.Error("the page does not show the match rate")
	}
}

func TestEqualRunsGiveEqualBytes(t *testing.T) {
	a, b := newRun(t), newRun(t)
	if err := errors.Join(a.report(), b.report()); err != nil {
		t.Fatal(err)
	}
	if x, y := a.sums(), b.sums(); !maps.Equal(x, y) {
		for name := range x {
			if x[name] != y[name] {
				t.Errorf("%s differs", name)
			}
		}
	}
}

func TestAFailedCheckEndsTheRunWithTheCodeOfADataCheck(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*run)
		says  string
	}{
		"a party without a customer": {func(r *run) { r.mapped = r.mapped[:2] }, "parties_without_row"},
		"revenue out of nowhere":     {func(r *run) { r.customers[0].Revenue++ }, "revenue_against_orders of table customers: measured 1"},
		"an order of nobody known":   {func(r *run) { r.orders[0].CustomerID = "c_9" }, "unknown_customers of table orders"},
		"an order twice":             {func(r *run) { r.orders[3].OrderKey = "o1" }, "repeated_keys of table orders"},
		"a table of two jobs":        {func(r *run) { r.twice = true }, "one_job_per_table: table orders is in the manifests of 2 jobs [customers value.apply]"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t)
			test.spoil(r)
			err := r.report()
			var coded *runs.CodedError
			if !errors.As(err, &coded) || coded.Code != runs.ExitData {
				t.Fatalf("got %v, want the exit code of a data check", err)
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v does not name %s", err, test.says)
			}
			if r.env.Done(report.JobName) {
				t.Error("the stage counts as done")
			}
			if _, err := os.Stat(r.env.Layout.Report()); err != nil {
				t.Error("there is no page to look at")
			}
		})
	}
}
