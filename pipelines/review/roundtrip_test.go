package review_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/review"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/demo"
)

// What people decide about the pairs of a run is obeyed by the next one, which does not ask
// about them again.
func TestTheNextRunObeysWhatPeopleDecided(t *testing.T) {
	dir := t.TempDir()
	if _, err := demo.Write(dir, demo.Params{Customers: 200, Seed: 7, AsOf: "2026-09-30"}); err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(dir, "tributary.yaml")
	env := pipetest.Run(t, settings, "identity")
	before := customersOf(t, env)
	asked := pipetest.Table[schemas.IdentityReview](t, env, "identity_review")
	checkReview(t, asked, before)

	// Two pairs that are apart become one, two that were merged come apart: all against the model.
	var same, different []schemas.IdentityReview
	for _, row := range asked {
		switch {
		case !row.Merged && len(same) < 2:
			same = append(same, row)
		case row.Merged && len(different) < 2:
			different = append(different, row)
		}
	}
	if len(same) < 2 || len(different) < 2 {
		t.Fatalf("%d pairs in doubt: too few to decide", len(asked))
	}
	file := filepath.Join(t.TempDir(), "reviewed.csv")
	if _, err := review.Export(context.Background(), env.Config.Output.Path, file, 0); err != nil {
		t.Fatal(err)
	}
	decide(t, file, same, different)
	imported, err := review.Import(env.Config, file)
	if err != nil || imported.Added != 4 {
		t.Fatalf("%+v, %v", imported, err)
	}

	env = pipetest.Run(t, settings, "identity")
	after := customersOf(t, env)
	for _, row := range same {
		left, right := after[row.LeftRef], after[row.RightRef]
		if left != right {
			t.Errorf("%s and %s were decided to be the same", row.LeftRef, row.RightRef)
		}
		if left != before[row.LeftRef] && left != before[row.RightRef] {
			t.Error("the customer of a decided pair has neither of the ids that its records had")
		}
	}
	for _, row := range different {
		left, right := after[row.LeftRef], after[row.RightRef]
		if left == right {
			t.Errorf("%s and %s were decided to be different", row.LeftRef, row.RightRef)
		}
		if old := before[row.LeftRef]; left != old && right != old {
			t.Error("no part of a customer keeps its id")
		}
	}
	decided := map[[2]string]bool{}
	for _, row := range append(same, different...) {
		decided[pairOf(after[row.LeftRef], after[row.RightRef])] = true
	}
	again := pipetest.Table[schemas.IdentityReview](t, env, "identity_review")
	checkReview(t, again, after)
	for _, row := range again {
		if !row.Merged && decided[pairOf(after[row.LeftRef], after[row.RightRef])] {
			t.Errorf("%s and %s: the run asks about customers that people decided on", row.LeftRef, row.RightRef)
		}
		for _, old := range append(same, different...) {
			if row.LeftRef == old.LeftRef && row.RightRef == old.RightRef {
				t.Errorf("%s and %s: the run asks again", row.LeftRef, row.RightRef)
			}
		}
	}
}

func customersOf(t *testing.T, env *runs.Env) map[string]string {
	out := map[string]string{}
	for _, row := range pipetest.Table[schemas.IdentityMap](t, env, "identity_map") {
		out[row.Namespace+":"+row.Object+":"+row.SourceID] = row.CustomerID
	}
	return out
}

func pairOf(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

// checkReview checks what every identity_review promises.
func checkReview(t *testing.T, rows []schemas.IdentityReview, customers map[string]string) {
	t.Helper()
	pairs := map[[2]string]bool{}
	for i, row := range rows {
		if i > 0 && row.Gain > rows[i-1].Gain {
			t.Errorf("row %d is worth more than the one before", i)
		}
		if row.Merged != (customers[row.LeftRef] == customers[row.RightRef]) {
			t.Errorf("row %d: merged %v, and the customers are %s and %s", i, row.Merged, customers[row.LeftRef], customers[row.RightRef])
		}
		if pair := pairOf(customers[row.LeftRef], customers[row.RightRef]); !row.Merged {
			if pairs[pair] {
				t.Errorf("row %d: a pair of customers is there twice", i)
			}
			pairs[pair] = true
		}
		if row.Probability < .05 || row.Merged && row.Probability > .99 || row.Gain < min(row.Probability, 1-row.Probability) {
			t.Errorf("row %d: probability %.3f, gain %.3f", i, row.Probability, row.Gain)
		}
		if !strings.HasPrefix(row.LeftFields, "{\"kind\"") || !strings.HasPrefix(row.RightFields, "{\"kind\"") || len(row.Weights) < 2 {
			t.Errorf("row %d: nothing to decide by: %d weights", i, len(row.Weights))
		}
	}
}

// decide fills in the decisions of an exported file.
func decide(t *testing.T, file string, same, different []schemas.IdentityReview) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	answers := map[[2]string]string{}
	for _, row := range same {
		answers[[2]string{row.LeftRef, row.RightRef}] = "same"
	}
	for _, row := range different {
		answers[[2]string{row.LeftRef, row.RightRef}] = "different"
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for _, row := range rows {
		n := len(row)
		if answer, ok := answers[[2]string{row[n-3], row[n-2]}]; ok {
			row[0] = answer
		}
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
