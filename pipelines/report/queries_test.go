package report_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/transforms/demo"
)

var question = regexp.MustCompile(`(?m)^-- ([0-9]+)\. `)

// docs/queries.sql promises an answer to every question.
func TestAnalystsQuestionsHaveAnswersOnTheDemo(t *testing.T) {
	dir := t.TempDir()
	pipetest.DuckDB(t, dir, "select 1") // skips before the work
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "queries.sql"))
	if err != nil {
		t.Fatal(err)
	}
	at := question.FindAllSubmatchIndex(text, -1)
	if len(at) != 15 {
		t.Fatalf("%d questions, want 15", len(at))
	}
	if _, err := demo.Write(dir, demo.Params{Customers: 1500, Seed: 7, AsOf: "2026-09-30"}); err != nil {
		t.Fatal(err)
	}
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), "report")
	for i, place := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		t.Run(string(text[place[2]:place[3]]), func(t *testing.T) {
			if rows := pipetest.DuckDB(t, env.Layout.Dir(), string(text[place[0]:end])); len(rows) == 0 {
				t.Error("no answer")
			}
		})
	}
}
