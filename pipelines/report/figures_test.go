package report_test

import (
	"fmt"
	"html"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/demo"
)

var figurePattern = regexp.MustCompile(`<data data-figure="([^"]*)" value="([^"]*)">`)

// Numbers in tables are figures, but for the sizes of files, which no table has.
var (
	cellPattern = regexp.MustCompile(`<td class="n[^>]*>(.*?)</td>`)
	sizePattern = regexp.MustCompile(`^[0-9.]+ [kMG]?B$`)
)

// figuresOf reads a page as a program would. Empty values are NaN.
func figuresOf(t *testing.T, page string) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	for _, m := range figurePattern.FindAllStringSubmatch(page, -1) {
		key, value := html.UnescapeString(m[1]), math.NaN()
		if m[2] != "" {
			var err error
			if value, err = strconv.ParseFloat(m[2], 64); err != nil {
				t.Fatalf("figure %s: %v", key, err)
			}
		}
		if before, twice := out[key]; twice && before != value && !math.IsNaN(value) {
			t.Errorf("figure %s is %v in one place and %v in another", key, before, value)
		}
		out[key] = value
	}
	return out
}

// recomputed runs testdata/figures.sql on the tables of a run.
func recomputed(t *testing.T, env *runs.Env) map[string]float64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "figures.sql"))
	if err != nil {
		t.Fatal(err)
	}
	var tables strings.Builder
	for _, table := range schemas.Tables() {
		fmt.Fprintf(&tables, "\n\tunion all select 'table/%s', count(*) from '%s/*.parquet'", table.Name, table.Name)
	}
	query := strings.NewReplacer(
		"PARENT", filepath.Join("..", env.Inputs.Parent), "RUN", env.Layout.RunID, "ASOF", env.Inputs.AsOf, "TABLES", tables.String(),
	).Replace(string(text))
	out := map[string]float64{}
	for _, row := range pipetest.DuckDB(t, env.Layout.Dir(), query) {
		value := math.NaN()
		if row[1] != "NULL" {
			if value, err = strconv.ParseFloat(row[1], 64); err != nil {
				t.Fatal(err)
			}
		}
		out[row[0]] = value
	}
	return out
}

// near allows for sums of floats in another order: of 10,000 numbers, each step rounding by 2^-53.
func near(a, b float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.IsNaN(a) && math.IsNaN(b)
	}
	return math.Abs(a-b) <= 1e4*0x1p-53*math.Max(1, math.Max(math.Abs(a), math.Abs(b)))
}

func TestEveryFigureOfThePageFollowsFromTheTables(t *testing.T) {
	dir := t.TempDir()
	pipetest.DuckDB(t, dir, "select 1") // skips before the work
	if _, err := demo.Write(dir, demo.Params{Customers: 300, Seed: 7, AsOf: "2026-09-30"}); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "tributary.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	earlier := strings.Replace(string(text), "as_of: 2026-09-30", "as_of: 2026-08-31", 1)
	if earlier == string(text) {
		t.Fatal("the demo's as_of is not where it was")
	}
	pipetest.Write(t, dir, map[string]string{"tributary.yaml": earlier})
	pipetest.Run(t, config, "report")
	pipetest.Write(t, dir, map[string]string{"tributary.yaml": string(text)})
	env := pipetest.Run(t, config, "report")
	page, err := os.ReadFile(env.Layout.Report())
	if err != nil {
		t.Fatal(err)
	}

	shown, want := figuresOf(t, string(page)), recomputed(t, env)
	families := map[string]int{}
	for _, key := range slices.Sorted(maps.Keys(shown)) {
		value, ok := want[key]
		if !ok {
			t.Errorf("figure %s = %v does not follow from the tables", key, shown[key])
		} else if !near(value, shown[key]) {
			t.Errorf("figure %s is %v, the tables say %v", key, shown[key], value)
		}
		family, _, _ := strings.Cut(key, "/")
		families[family]++
	}
	for _, family := range []string{
		"customers", "match_rate", "revenue", "orders", "clv", "change", "mover", "kpi", "rfm", "abc", "concentration", "churn", "risk", "segment", "audience",
		"identity", "recon", "source", "sources", "checks", "table",
	} {
		if families[family] == 0 {
			t.Errorf("the page has no figure %s", family)
		}
	}
	for _, cell := range cellPattern.FindAllStringSubmatch(string(page), -1) {
		if text := cell[1]; strings.ContainsAny(text, "0123456789") && !strings.Contains(text, "data-figure") && !sizePattern.MatchString(text) {
			t.Errorf("the number %s in a table is no figure", text)
		}
	}
	t.Logf("%d figures", len(shown))
}
