package review_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/review"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

const settings = `project: p
as_of: 2026-01-31
currency: EUR
sources:
  - {name: crm, path: crm.csv, mapping: {record: party, key: id, fields: {full_name: name}}}
identity: {decisions: decisions.csv}
output: {path: out}
`

// company writes a config and a current run in doubt about two pairs.
func company(t *testing.T, pairs ...schemas.IdentityReview) *config.Config {
	t.Helper()
	dir := t.TempDir()
	pipetest.Write(t, dir, map[string]string{"tributary.yaml": settings})
	c, err := config.Load(filepath.Join(dir, "tributary.yaml"), config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	layout := runs.Layout{Out: c.Output.Path, RunID: "2026-01-31-aaaaaaaaaa"}
	w, err := warehouse.Create[schemas.IdentityReview](layout.Dir(), "identity_review", 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range pairs {
		if err := w.Add(&pairs[i]); err != nil {
			t.Fatal(err)
		}
	}
	info, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	m := &warehouse.Manifest{Job: "identity.cluster", RunID: layout.RunID}
	m.Add("identity_review", warehouse.SchemaHash[schemas.IdentityReview](), info)
	if err := warehouse.WriteManifest(layout.Manifest(m.Job), m); err != nil {
		t.Fatal(err)
	}
	if err := runs.SetCurrent(layout.Out, layout.RunID); err != nil {
		t.Fatal(err)
	}
	return c
}

func doubts() []schemas.IdentityReview {
	return []schemas.IdentityReview{
		{LeftRef: "crm:party:1", RightRef: "crm:party:2", Probability: .4, Gain: 1, Weights: []schemas.Weight{{Comparison: "name", Log2: 3}}},
		{LeftRef: "crm:party:3", RightRef: "crm:party:=4,\"x\"", Probability: .6, Gain: 2},
	}
}

// fill exports as CSV and writes decisions into its rows.
func fill(t *testing.T, c *config.Config, decisions ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "reviewed.csv")
	if _, err := review.Export(context.Background(), c.Output.Path, file, 0); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\r\n")
	for i, d := range decisions {
		lines[i+1] = d + lines[i+1]
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\r\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestDecisionsAreAppendedOnceAndNothingElseChanges(t *testing.T) {
	c := company(t, doubts()...)
	file := fill(t, c, "相同", "different")
	imported, err := review.Import(c, file)
	if err != nil || imported.Decided != 2 || imported.Added != 2 {
		t.Fatalf("%+v, %v", imported, err)
	}
	want := "left,right,decision\ncrm:party:3,\"crm:party:=4,\"\"x\"\"\",same\ncrm:party:1,crm:party:2,different\n"
	if got := read(t, c.Identity.Decisions); got != want {
		t.Errorf("decisions:\n%s", got)
	}
	if imported, err = review.Import(c, file); err != nil || imported.Added != 0 {
		t.Errorf("a second import: %+v, %v", imported, err)
	}
	// What people keep in the file stays as it is, further columns and a missing last line end, too.
	mine := "left,right,decision,by\ncrm:party:2,crm:party:1,different,Ann"
	pipetest.Write(t, filepath.Dir(c.File()), map[string]string{"decisions.csv": mine})
	if imported, err = review.Import(c, file); err != nil || imported.Added != 1 {
		t.Errorf("beside others: %+v, %v", imported, err)
	}
	if got := read(t, c.Identity.Decisions); got != mine+"\ncrm:party:3,\"crm:party:=4,\"\"x\"\"\",same\n" {
		t.Errorf("decisions:\n%s", got)
	}
}

func TestAContradictionChangesNothing(t *testing.T) {
	c := company(t, doubts()...)
	mine := "left,right,decision\n\ncrm:party:1,crm:party:9,same\ncrm:party:9,crm:party:2,same\n"
	pipetest.Write(t, filepath.Dir(c.File()), map[string]string{"decisions.csv": mine})
	_, err := review.Import(c, fill(t, c, "same", "different"))
	wantMistake(t, err, "reviewed.csv:3: column decision: says different, and the two are the same by decisions.csv:4, decisions.csv:3")
	if got := read(t, c.Identity.Decisions); got != mine {
		t.Errorf("decisions:\n%s", got)
	}
}

func wantMistake(t *testing.T, err error, want string) {
	t.Helper()
	var coded *runs.CodedError
	if !errors.As(err, &coded) || coded.Code != runs.ExitConfig || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWhatCannotBeExportedOrImported(t *testing.T) {
	ctx := context.Background()
	c := company(t, doubts()...)
	file := fill(t, c, "same")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the file: %v, %v", info.Mode(), err)
	}
	_, err := review.Export(ctx, c.Output.Path, file, 0)
	wantMistake(t, err, "is there already, perhaps with decisions in it")
	_, err = review.Export(ctx, c.Output.Path, file+".ods", 0)
	wantMistake(t, err, "must end in .xlsx or .csv")
	_, err = review.Export(ctx, t.TempDir(), filepath.Join(t.TempDir(), "a.csv"), 0)
	wantMistake(t, err, "has no finished run")
	_, err = review.Import(c, file+".csv")
	wantMistake(t, err, "reviewed.csv.csv")
	c.Identity.Decisions = ""
	_, err = review.Import(c, file)
	wantMistake(t, err, "the config has no identity.decisions")

	none := company(t)
	target := filepath.Join(t.TempDir(), "a.xlsx")
	exported, err := review.Export(ctx, none.Output.Path, target, 0)
	if err != nil || exported.All != 0 {
		t.Errorf("%+v, %v", exported, err)
	}
	if _, err := os.Stat(target); err == nil {
		t.Error("no pairs, and a file")
	}
}
