package publish

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdp/tributary/schemas"
)

// few are tables of every kind: with contact data, with lists, without rows.
func few() []schemas.Table {
	var out []schemas.Table
	for _, name := range []string{"customers", "orders", "consents", "customer_action", "kpi"} {
		t, _ := schemas.TableNamed(name)
		out = append(out, t)
	}
	return out
}

func TestEveryTableIsPublished(t *testing.T) {
	client, _ := connected(t)
	target := Target{Project: emulatorProject, Dataset: "acme_cdp"}
	report, err := Publish(t.Context(), client, nil, target, testRun(t, "2026-09-30-aaaaaaaaaa", 40), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Tables) != len(schemas.Tables()) {
		t.Fatalf("%d tables were published", len(report.Tables))
	}
	for _, table := range report.Tables {
		if got := one(t, client, "SELECT COUNT(*) FROM acme_cdp."+table.Table); got != table.Rows {
			t.Errorf("%s shows %v rows, want %d", table.Table, got, table.Rows)
		}
	}
}

func TestPublishShowsARunWhole(t *testing.T) {
	client, _ := connected(t)
	target := Target{Project: emulatorProject, Dataset: "acme_cdp"}
	opts := Options{StagingExpire: time.Now().Add(24 * time.Hour), KeepRuns: 2}
	first := testRun(t, "2026-09-30-aaaaaaaaaa", 40)
	report, err := publishTables(t.Context(), few(), client, nil, target, first, opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range report.Tables {
		if got := one(t, client, "SELECT COUNT(*) FROM acme_cdp."+table.Table); got != table.Rows {
			t.Errorf("%s shows %v rows, want %d", table.Table, got, table.Rows)
		}
		if table.Present {
			t.Errorf("%s was there before", table.Table)
		}
	}
	if got := one(t, client, "SELECT run_id FROM acme_cdp_meta.published_run"); got != first.ID {
		t.Errorf("the published run is %v", got)
	}

	t.Run("again loads nothing", func(t *testing.T) {
		report, err := publishTables(t.Context(), few(), client, nil, target, first, opts)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range report.Tables {
			if !table.Present {
				t.Errorf("%s was loaded again", table.Table)
			}
		}
	})
	t.Run("another run replaces it, and back", func(t *testing.T) {
		second := testRun(t, "2026-10-31-bbbbbbbbbb", 25)
		if _, err := publishTables(t.Context(), few(), client, nil, target, second, opts); err != nil {
			t.Fatal(err)
		}
		if got := one(t, client, "SELECT COUNT(*) FROM acme_cdp.customers"); got != int64(50) {
			t.Errorf("customers shows %v rows of the second run, want 50", got)
		}
		if err := rollback(t.Context(), len(few()), client, target, first.ID, opts); err != nil {
			t.Fatal(err)
		}
		if got := one(t, client, "SELECT COUNT(*) FROM acme_cdp.customers"); got != int64(80) {
			t.Errorf("customers shows %v rows after the way back, want 80", got)
		}
		third := testRun(t, "2026-11-30-cccccccccc", 10)
		report, err := publishTables(t.Context(), few(), client, nil, target, third, opts)
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Pruned) != 1 || report.Pruned[0] != first.ID {
			t.Errorf("removed %v, want the oldest run", report.Pruned)
		}
		if got := one(t, client, "SELECT COUNT(DISTINCT run_id) FROM acme_cdp.customers_runs"); got != int64(2) {
			t.Errorf("%v runs are kept, want 2", got)
		}
		if err := rollback(t.Context(), len(few()), client, target, first.ID, opts); err == nil {
			t.Error("a run that is gone was shown again")
		}
	})
}

func TestContactDataStayInTheirDataset(t *testing.T) {
	client, _ := connected(t)
	target := Target{Project: emulatorProject, Dataset: "acme"}
	run := testRun(t, "2026-09-30-aaaaaaaaaa", 15)
	if _, err := publishTables(t.Context(), few(), client, nil, target, run, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, table := range few() {
		meta, err := client.Dataset("acme").Table(table.Name).Metadata(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		shown := map[string]bool{}
		for _, field := range meta.Schema {
			shown[field.Name] = true
			for _, inner := range field.Schema {
				shown[field.Name+"."+inner.Name] = true
			}
		}
		for _, column := range schemas.Columns(table.Row) {
			if shown[column.Name] == column.Contact {
				t.Errorf("%s.%s: shown %v, contact %v", table.Name, column.Name, shown[column.Name], column.Contact)
			}
			for _, inner := range column.Fields {
				if name := column.Name + "." + inner.Name; inner.Contact && shown[name] {
					t.Errorf("%s.%s is shown", table.Name, name)
				}
			}
		}
	}
	if got := one(t, client, "SELECT COUNT(*) FROM acme.customers AS b JOIN acme_contact.customers AS c USING (customer_id) WHERE c.phone IS NOT NULL"); got.(int64) == 0 {
		t.Error("no contact data beside the customers")
	}
	// Lists without their contact fields keep length and order.
	if got := one(t, client, `SELECT COUNT(*) FROM acme.customers AS b JOIN acme_contact.customers AS c USING (customer_id)
		WHERE ARRAY_LENGTH(b.identifiers) != ARRAY_LENGTH(c.identifiers)
		OR (ARRAY_LENGTH(b.identifiers) > 0 AND b.identifiers[OFFSET(0)].type != c.identifiers[OFFSET(0)].type)`); got != int64(0) {
		t.Errorf("%v customers have other identifiers in the two datasets", got)
	}
}

func TestObjectsTravelThroughTheBucket(t *testing.T) {
	client, root := connected(t)
	target := Target{Project: emulatorProject, Dataset: "viabucket", Bucket: "gs://b/cdp"}
	run := testRun(t, "2026-09-30-aaaaaaaaaa", 12)
	report, err := publishTables(t.Context(), few(), client, folder{root}, target, run, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range report.Tables {
		if len(table.Jobs) > 1 {
			t.Errorf("%s took %d jobs", table.Table, len(table.Jobs))
		}
	}
	if got := one(t, client, "SELECT COUNT(*) FROM viabucket.customers"); got != int64(24) {
		t.Errorf("customers shows %v rows, want 24", got)
	}
	if _, err := os.Stat(filepath.Join(root, "b", "cdp", "runs", run.ID, "customers", "part-00001.parquet")); err != nil {
		t.Error(err)
	}
}

func TestAnInterruptedPublishGoesOn(t *testing.T) {
	client, _ := connected(t)
	target := Target{Project: emulatorProject, Dataset: "interrupted"}
	run := testRun(t, "2026-09-30-aaaaaaaaaa", 8)
	p := &publisher{tables: few(), client: client, target: target, run: run, opts: Options{}.withDefaults()}
	if err := p.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := p.files()
	if err != nil {
		t.Fatal(err)
	}
	// The first try loads the staging table and dies.
	staging, jobs, err := p.stage(t.Context(), files[0])
	if err != nil {
		t.Fatal(err)
	}
	// The second finds the jobs done and waits for them.
	again, sameJobs, err := p.stage(t.Context(), files[0])
	if err != nil || again != staging || strings.Join(jobs, " ") != strings.Join(sameJobs, " ") {
		t.Fatalf("%s %v, then %s %v: %v", staging, jobs, again, sameJobs, err)
	}
	// When the staging table has expired since, the ids are spent.
	if err := client.Dataset("interrupted_contact").Table(staging).Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	third, _, err := p.stage(t.Context(), files[0])
	if err != nil || third == staging {
		t.Fatalf("the staging table was not made anew: %s: %v", third, err)
	}
	if _, err := publishTables(t.Context(), few(), client, nil, target, run, Options{}); err != nil {
		t.Fatal(err)
	}
}

func TestARunThatIsNotWhatItsManifestSaysIsNotPublished(t *testing.T) {
	client, _ := connected(t)
	target := Target{Project: emulatorProject, Dataset: "wrong"}
	run := testRun(t, "2026-09-30-aaaaaaaaaa", 8)
	other := run
	other.ID = "2026-09-30-zzzzzzzzzz" // the rows are of another run
	if _, err := publishTables(t.Context(), few(), client, nil, target, other, Options{}); !errors.Is(err, ErrCheck) {
		t.Errorf("rows of another run: %v", err)
	}
	twice := run
	for i := range twice.Tables {
		if twice.Tables[i].Table == "customers" {
			files := &twice.Tables[i]
			files.Files = append(files.Files[:1:1], files.Files[0])
			files.Rows = 2 * files.Files[0].Rows
		}
	}
	if _, err := publishTables(t.Context(), few(), client, nil, target, twice, Options{}); !errors.Is(err, ErrCheck) || !strings.Contains(err.Error(), "more than once") {
		t.Errorf("keys that are there twice: %v", err)
	}
	if got := one(t, client, "SELECT COUNT(*) FROM wrong_meta.published_run"); got != int64(0) {
		t.Errorf("%v runs are published", got)
	}
}
