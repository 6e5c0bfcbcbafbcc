package evaluate_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/evaluate"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/demo"
	measures "github.com/tributary-cdp/tributary/transforms/evaluate"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// The truth of the demo company is a file of labels as it is: it also names orders and survey
// answers, which are no parties. What comes out is what another engine finds.
func TestTheDemosTruthIsAFileOfLabels(t *testing.T) {
	dir := t.TempDir()
	if _, err := demo.Write(dir, demo.Params{Customers: 200, Seed: 7, AsOf: "2026-09-30"}); err != nil {
		t.Fatal(err)
	}
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), "identity")
	got, err := evaluate.Identity(context.Background(), evaluate.Request{
		Out: env.Layout.Out, Labels: filepath.Join(dir, "truth", "identity.csv"), Tags: filepath.Join(dir, "truth", "identity_tags.csv"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.RunID != env.Layout.RunID || *got.Entities != 200 || got.Pairwise.Precision < .9 || got.Pairwise.Recall < .5 {
		t.Errorf("%+v", got)
	}
	found := false
	for _, tag := range got.Tags {
		found = found || tag.Tag == "phone_form" && tag.Records > 50 && tag.Pairs.True > tag.Pairs.Right && tag.Pairs.Right > 0
	}
	if !found {
		t.Errorf("tags %+v", got.Tags)
	}
	for _, u := range got.Labels.Unmatched {
		if u.Object != "order" && u.Object != "interaction" {
			t.Errorf("%d labels of %s %s have no record", u.Labels, u.Source, u.Object)
		}
	}
	rows := pipetest.DuckDB(t, dir, `
with m as (select * from read_parquet('out/runs/*/identity_map/*.parquet')),
l as (select source, object, source_id, entity_id from read_csv('truth/identity.csv', all_varchar = true)),
u as (select customer_id as c, entity_id as e from l join m using (source, object, source_id)),
cell as (select c, e, count(*) as n from u group by all),
cs as (select c, sum(n) as n, count(*) as es from cell group by all),
es as (select e, sum(n) as n, count(*) as cs, any_value(c) as c from cell group by all)
select (select sum(n * (n - 1)) from cell) / (select sum(n * (n - 1)) from cs), (select sum(n * (n - 1)) from cell) / (select sum(n * (n - 1)) from es),
  (select sum(cell.n * cell.n / cs.n) / sum(cell.n) from cell join cs using (c)), (select sum(cell.n * cell.n / es.n) / sum(cell.n) from cell join es using (e)),
  (select count(*) from cs), (select count(*) from es), (select count(*) from es join cs using (c) where es.cs = 1 and cs.es = 1), (select max(n) from cs), (select sum(es - 1) from cs)`)
	want := make([]float64, len(rows[0]))
	for i, text := range rows[0] {
		if want[i], err = strconv.ParseFloat(text, 64); err != nil {
			t.Fatal(err)
		}
	}
	have := []float64{
		got.Pairwise.Precision, got.Pairwise.Recall, got.BCubed.Precision, got.BCubed.Recall,
		float64(*got.Clusters), float64(*got.Entities), float64(*got.Exact), float64(*got.Largest), float64(*got.FalseMerges),
	}
	for i := range want {
		if math.Abs(have[i]-want[i]) > 1e-9 { // the sums are of some hundred terms in another order
			t.Errorf("measure %d is %v, DuckDB says %v", i, have[i], want[i])
		}
	}
}

func probability(p float64) *float64 { return &p }

// writeRun writes the identity tables of a run as a scoring resolver leaves them: two scored
// links of which one was too weak, one by rule, one refused.
func writeRun(t *testing.T) (out string) {
	t.Helper()
	out = t.TempDir()
	layout := runs.Layout{Out: out, RunID: "2026-01-31-aaaaaaaaaa"}
	m := &warehouse.Manifest{Job: identity.ClusterJob, RunID: layout.RunID, Notes: map[string]string{identity.ThresholdNote: "0.93"}}
	table(t, layout, m, "identity_map", []schemas.IdentityMap{
		{Source: "crm", Object: "lead", SourceID: "1", Namespace: "n", CustomerID: "c_1"},
		{Source: "crm", Object: "lead", SourceID: "2", Namespace: "n", CustomerID: "c_1"},
		{Source: "crm", Object: "lead", SourceID: "3", Namespace: "n", CustomerID: "c_2"},
		{Source: "web", Object: "user", SourceID: "1", Namespace: "w", CustomerID: "c_1"},
		{Source: "web", Object: "user", SourceID: "2", Namespace: "w", CustomerID: "c_3"},
	})
	table(t, layout, m, "identity_link", []schemas.IdentityLink{
		{LeftRef: "n:lead:1", RightRef: "n:lead:2", Rule: "email", Accepted: true},
		{LeftRef: "n:lead:1", RightRef: "w:user:1", Rule: "model", Accepted: true, Probability: probability(.97), Weights: []schemas.Weight{{Comparison: "name", Log2: 3}, {Comparison: "phone", Log2: 9}}},
		{LeftRef: "n:lead:2", RightRef: "n:lead:3", Rule: "model", Probability: probability(.6)},
	})
	table(t, layout, m, "identity_conflict", []schemas.IdentityConflict{{LeftRef: "n:lead:3", RightRef: "w:user:2", Rule: "phone", Reason: "given_names_contradict"}})
	if err := warehouse.WriteManifest(layout.Manifest(identity.ClusterJob), m); err != nil {
		t.Fatal(err)
	}
	if err := runs.SetCurrent(out, layout.RunID); err != nil {
		t.Fatal(err)
	}
	return out
}

func table[T any](t *testing.T, layout runs.Layout, m *warehouse.Manifest, name string, rows []T) {
	t.Helper()
	w, err := warehouse.Create[T](layout.Dir(), name, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := w.Add(&rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	info, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	m.Add(name, warehouse.SchemaHash[T](), info)
}

func labels(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "labels.csv")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestScoredLinksMakeACurveAndCauses(t *testing.T) {
	out := writeRun(t)
	got, err := evaluate.Identity(context.Background(), evaluate.Request{Out: out, Labels: labels(t, "source,source_id,entity_id\ncrm,1,p\ncrm,2,p\ncrm,3,p\nweb,1,q\nweb,2,p\n")})
	if err != nil {
		t.Fatal(err)
	}
	if got.Threshold == nil || *got.Threshold != .93 {
		t.Errorf("threshold %v", got.Threshold)
	}
	// Together: 1-2, 1-w1, 2-w1 of which 1-2 is right; true are the six pairs of 1, 2, 3, w2.
	if got.Pairs != (measures.Pairs{True: 6, Together: 3, Right: 1}) || *got.FalseMerges != 1 || got.CandidateRecall != 2.0/6 {
		t.Errorf("%+v", got)
	}
	causes := func(list []measures.Cause) string {
		var b strings.Builder
		for _, c := range list {
			b.WriteString(strings.TrimSpace(c.Cause+" "+c.Evidence) + " " + strconv.FormatInt(c.Pairs, 10) + ";")
		}
		return b.String()
	}
	// Between c_1 and c_2 lie two pairs, between c_1 and c_3 two, between c_2 and c_3 one.
	if f, l := causes(got.FalsePairs), causes(got.LostPairs); f != "model phone 2;" || l != "below_threshold 2;never_compared 2;conflict:given_names_contradict 1;" {
		t.Errorf("false %s lost %s", f, l)
	}
	first, last := got.Curve[0], got.Curve[len(got.Curve)-1]
	if first.Threshold != 0 || first.Precision != .5 || first.Recall != .5 || last.Threshold != 1 || last.Precision != 1 || last.Recall != 1.0/6 {
		t.Errorf("curve from %+v to %+v", first, last)
	}
}

func TestLabelsThatNameNobodyAreAMistake(t *testing.T) {
	out := writeRun(t)
	for _, test := range []struct{ out, run, labels, want string }{
		{out, "", "source,source_id,entity_id\ncrn,1,p\n", `none of the records of labels.csv is in run 2026-01-31-aaaaaaaaaa; the run has no source "crn"; did you mean "crm"?`},
		{out, "", "source,source_id,entity_id,object\ncrm,1,p,contact\n", "source_id is the key as in the export"},
		{out, "", "source,source_id,entity\n", "labels.csv:1: column 3"},
		{out, "", "source_a,id_a,object_a,source_b,id_b,same\ncrm,1,,crm,2,yes\ncrm,1,lead,crm,2,no\n", "labels.csv:3: column same: contradicts line 2"},
		{out, "2026-01-31-bbbbbbbbbb", "source,source_id,entity_id\ncrm,1,p\n", "there is no run 2026-01-31-bbbbbbbbbb in "},
		{t.TempDir(), "", "source,source_id,entity_id\ncrm,1,p\n", "has no finished run"},
	} {
		_, err := evaluate.Identity(context.Background(), evaluate.Request{Out: test.out, RunID: test.run, Labels: labels(t, test.labels)})
		var coded *runs.CodedError
		if !errors.As(err, &coded) || coded.Code != runs.ExitConfig || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}
