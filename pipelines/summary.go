package pipelines

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/report"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Fact is one line of a run's summary.
type Fact struct{ Name, Value string }

// Summary tells what a run holds so far and where to look. It names no row's content.
func Summary(env *runs.Env) ([]Fact, error) {
	t, err := totalsOf(env)
	if err != nil {
		return nil, err
	}
	var facts []Fact
	add := func(name, format string, args ...any) {
		for i, arg := range args {
			if n, ok := arg.(int64); ok {
				args[i] = report.Count(n)
			}
		}
		facts = append(facts, Fact{name, fmt.Sprintf(format, args...)})
	}
	counts, rows := t.counters, t.rows
	if t.done[ingest.JobName] {
		add("rows", "%v accepted, %v skipped, %v rejected", counts["rows_accepted"], counts["rows_skipped"], counts["rows_rejected"])
	}
	if _, ok := rows["identity_map"]; ok {
		add("identity", "%v source records -> %v customers", rows["identity_map"], max(rows["customers"], rows["records/customer_profile"], counts["customers"]))
	}
	if _, ok := rows["orders"]; ok {
		add("facts", "%v orders, %v order lines, %v interactions", rows["orders"], rows["order_lines"], rows["interactions"])
	}
	if _, ok := rows["customer_rfm"]; ok {
		add("value", "%v buyers scored, %v in %v segments", rows["customer_rfm"], plural(rows["customer_segment"], "membership"), rows["segment_summary"])
	}
	if _, ok := rows["audience"]; ok {
		add("audiences", "%s on %s", plural(counts["audience_members"], "member"), plural(rows["audience"], "list"))
	}
	if n := counts["checks"]; n > 0 {
		if failed := counts["checks_failed"]; failed > 0 {
			add("data quality", "%v of %v checks out of bounds: table data_quality", failed, n)
		} else {
			add("data quality", "%v checks, all within their bounds", n)
		}
	}
	for _, name := range t.unread {
		add("unreadable", "%s (its source is optional)", name)
	}
	base, current := env.Layout.Dir(), false
	if id, err := runs.Current(env.Layout.Out); err == nil && id == env.Layout.RunID {
		base, current = filepath.Join(env.Layout.Out, "latest"), true
	}
	if counts["rows_rejected"] > 0 {
		add("rejected rows", "%s", filepath.Join(base, "reject"))
		add("", "their text: %s", filepath.Join(base, filepath.FromSlash(ingest.RejectOriginals)))
	}
	if current {
		add("report", "%s", filepath.Join(base, "report", "index.html"))
	}
	add("tables", "%s", filepath.Join(base, "<table>", "part-*.parquet"))
	if !current {
		add("current", "not yet: stages of this run are left to do")
	}
	return facts, nil
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return report.Count(n) + " " + what + "s"
}

// totals are the rows and counters of all finished jobs of a run.
type totals struct {
	rows, counters map[string]int64
	done           map[string]bool
	unread         []string // files that were given up, source/file
}

func totalsOf(env *runs.Env) (*totals, error) {
	t := &totals{rows: map[string]int64{}, counters: map[string]int64{}, done: map[string]bool{}}
	for _, job := range before("") {
		m, err := env.Manifest(job)
		if errors.Is(err, warehouse.ErrNoManifest) {
			continue
		}
		if err != nil {
			return nil, err
		}
		t.done[job] = true
		for _, table := range m.Tables {
			t.rows[table.Table] += table.Rows
		}
		for name, n := range m.Counters {
			t.counters[name] += n
		}
		for _, name := range slices.Sorted(maps.Keys(m.Notes)) {
			if file, ok := strings.CutPrefix(name, "unread:"); ok {
				t.unread = append(t.unread, file)
			}
		}
	}
	return t, nil
}
