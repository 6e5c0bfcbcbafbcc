package report_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/transforms/demo"
)

var question = regexp.MustCompile(`(?m)^-- ([0-9]+)\. `)

// questions are the queries of docs/queries.sql by number.
func questions(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "queries.sql"))
	if err != nil {
		t.Fatal(err)
	}
	at, out := question.FindAllSubmatchIndex(text, -1), map[string]string{}
	for i, place := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		_, query, _ := strings.Cut(string(text[place[0]:end]), "\n")
		out[string(text[place[2]:place[3]])] = strings.TrimSpace(query)
	}
	if len(out) != 15 {
		t.Fatalf("%d questions, want 15", len(out))
	}
	return out
}

func TestTheAnalystsGuideShowsTheQueriesAsTheyAre(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "guide-analyst.md"))
	if err != nil {
		t.Fatal(err)
	}
	for number, query := range questions(t) {
		if !strings.Contains(string(guide), query) {
			t.Errorf("query %s of docs/queries.sql is not in docs/guide-analyst.md as it is", number)
		}
	}
}

// docs/queries.sql promises an answer to every question.
func TestAnalystsQuestionsHaveAnswersOnTheDemo(t *testing.T) {
	dir := t.TempDir()
	pipetest.DuckDB(t, dir, "select 1") // skips before the work
	if _, err := demo.Write(dir, demo.Params{Customers: 1500, Seed: 7, AsOf: "2026-09-30"}); err != nil {
		t.Fatal(err)
	}
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), "report")
	for number, query := range questions(t) {
		t.Run(number, func(t *testing.T) {
			if rows := pipetest.DuckDB(t, env.Layout.Dir(), query); len(rows) == 0 {
				t.Error("no answer")
			}
		})
	}
}
