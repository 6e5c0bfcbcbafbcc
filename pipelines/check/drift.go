package check

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/source"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Bounds of drift against the last run, in shares of rows. A sample of 1,000 rows tells a share
// within 3 points (95 %), so these are well beyond chance.
const (
	MaxEmptyDrift  = 0.20 // share of empty cells of a column that the layout uses
	MaxRejectDrift = 0.05 // share of rejected rows
	minDriftRows   = 30   // fewer rows tell nothing about shares
)

// history is what the last run read, by source and layout.
type history map[string]*past

type past struct {
	counts source.Counts
	always []string // columns of every file
}

func layoutKey(c *source.Counts) string { return c.Source + "\x00" + c.Layout }

// lastRun reads the accounts of the current run; none is an empty history.
func lastRun(out string) (history, string, error) {
	id, err := runs.Current(out)
	if err != nil || id == "" {
		return nil, "", err
	}
	m, err := warehouse.ReadManifest(runs.Layout{Out: out, RunID: id}.Manifest(ingest.JobName))
	if errors.Is(err, warehouse.ErrNoManifest) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	files, err := ingest.Accounts(m)
	if err != nil {
		return nil, "", err
	}
	h := history{}
	for i := range files {
		c := &files[i]
		if h[layoutKey(c)] == nil {
			h[layoutKey(c)] = &past{always: c.Columns}
		}
		p := h[layoutKey(c)]
		p.always = slices.DeleteFunc(slices.Clone(p.always), func(name string) bool { return !slices.Contains(c.Columns, name) })
		columns := append(slices.Clone(p.counts.Columns), c.Columns...)
		p.counts.Add(c)
		p.counts.Columns = columns
	}
	return h, id, nil
}

// compare notes how a sample differs from the same layout in the last run.
func (h history) compare(f *File, now *source.Counts) {
	p := h[layoutKey(now)]
	if p == nil || len(now.Columns) == 0 || len(p.counts.Columns) == 0 {
		return
	}
	for _, name := range now.Columns {
		if name != "" && !slices.Contains(p.counts.Columns, name) {
			f.Notes = append(f.Notes, fmt.Sprintf("column %q is new", name))
		}
	}
	for _, name := range p.always {
		if name != "" && !slices.Contains(now.Columns, name) {
			f.Notes = append(f.Notes, fmt.Sprintf("column %q is gone", name))
		}
	}
	rows, before := read(now), read(&p.counts)
	if rows == 0 || before == 0 {
		return
	}
	enough := rows >= minDriftRows && before >= minDriftRows
	for _, column := range slices.Sorted(maps.Keys(union(now.Empty, p.counts.Empty))) {
		a, b := share(p.counts.Empty[column], before), share(now.Empty[column], rows)
		if delta := b - a; b == 1 && a < 1-MaxEmptyDrift || enough && (delta > MaxEmptyDrift || delta < -MaxEmptyDrift) {
			f.fail("column %q: %s of the cells are empty, %s in the last run (bound %s)", column, percent(b), percent(a), percent(MaxEmptyDrift))
		}
	}
	a, b := share(p.counts.Rejected.Rows, before), share(now.Rejected.Rows, rows)
	if enough && b-a > MaxRejectDrift {
		f.fail("%s of the rows would be rejected, %s in the last run (bound %s more)", percent(b), percent(a), percent(MaxRejectDrift))
	}
}

// read are the rows that came as far as their cells: blank lines and rows that another version
// replaced are left out.
func read(c *source.Counts) int64 {
	n := c.Accepted.Rows + c.Rejected.Rows + c.Skipped.Rows
	return n - c.Reasons[source.SkipBlank] - c.Reasons[source.SkipFooter]
}

func union(a, b map[string]int64) map[string]int64 {
	out := map[string]int64{}
	for key := range a {
		out[key] = 0
	}
	for key := range b {
		out[key] = 0
	}
	return out
}

func share(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", share*100) }

func (f *File) fail(format string, args ...any) {
	f.Failures = append(f.Failures, fmt.Sprintf(format, args...))
}
