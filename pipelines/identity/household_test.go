package identity_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/demo"
)

// Customers who live together in truth, and few others, are households.
func TestHouseholdsAreThoseOfTheTruth(t *testing.T) {
	dir := t.TempDir()
	if _, err := demo.Write(dir, demo.Params{Customers: 600, Seed: 7, AsOf: "2026-09-30"}); err != nil {
		t.Fatal(err)
	}
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stage)
	entity := map[string]string{}
	for _, file := range []string{"identity.csv", "accounts.csv"} {
		for _, row := range truth(t, dir, file) {
			entity[row[0]+" "+row[3]+" "+row[1]] = row[2]
		}
	}
	persons := map[string]map[string]bool{} // of a customer
	for _, row := range pipetest.Table[schemas.IdentityMap](t, env, "identity_map") {
		if e := entity[row.Source+" "+row.Object+" "+row.SourceID]; e != "" {
			if persons[row.CustomerID] == nil {
				persons[row.CustomerID] = map[string]bool{}
			}
			persons[row.CustomerID][e] = true
		}
	}
	homes := map[[2]string]bool{}
	for _, row := range truth(t, dir, "relations.csv") {
		if row[0] == "household" {
			homes[[2]string{row[1], row[2]}], homes[[2]string{row[2], row[1]}] = true, true
		}
	}
	right := 0
	rows := pipetest.Table[schemas.CustomerRelation](t, env, identity.HouseholdTable)
	for i, row := range rows {
		if row.Relation != "household" || row.From >= row.To || row.Since != nil {
			t.Errorf("relation %+v", row)
		}
		if i > 0 && rows[i-1].From == row.From && rows[i-1].To >= row.To {
			t.Errorf("row %d is not behind the one before", i)
		}
		found := false
		for a := range persons[row.From] {
			for b := range persons[row.To] {
				found = found || homes[[2]string{a, b}]
			}
		}
		if found {
			right++
		}
	}
	// On 20,000 customers nine in ten are right and seven in ten of the truth are found; here are few.
	if len(rows) < len(homes)/2/3 || right < len(rows)*3/4 {
		t.Errorf("%d households, of which %d are true; in truth there are %d", len(rows), right, len(homes)/2)
	}
}

func truth(t *testing.T, dir, file string) [][]string {
	t.Helper()
	in, err := os.Open(filepath.Join(dir, "truth", file))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}
