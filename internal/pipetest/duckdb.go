package pipetest

import (
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// DuckDB runs a query in another engine, in a folder, and returns its rows as text. The test
// is skipped unless TRIBUTARY_TEST_ENGINES is set; then the engine must be there.
func DuckDB(t testing.TB, dir, query string) [][]string {
	t.Helper()
	if os.Getenv("TRIBUTARY_TEST_ENGINES") == "" {
		t.Skip("TRIBUTARY_TEST_ENGINES is not set (make test-all sets it)")
	}
	cache := os.Getenv("TRIBUTARY_CACHE")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(home, ".cache", "tributary")
	}
	command := exec.Command(filepath.Join(cache, "bin", "duckdb"), "-csv", "-noheader", "-c", query)
	command.Dir = dir
	var mistakes strings.Builder
	command.Stderr = &mistakes
	out, err := command.Output()
	if err != nil {
		t.Fatalf("duckdb: %v: %s", err, mistakes.String())
	}
	rows, err := csv.NewReader(strings.NewReader(string(out))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
