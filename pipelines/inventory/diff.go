package inventory

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	pipewarehouse "github.com/tributary-cdp/tributary/pipelines/warehouse"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Difference is what one run has otherwise than another.
type Difference struct {
	From     string        `json:"from"`
	To       string        `json:"to"`
	Why      []string      `json:"why"` // how the inputs differ, in words
	Tables   []RowChange   `json:"tables"`
	Events   []EventCount  `json:"identity_events"` // of the runs after From up to To; none when From is no ancestor of To
	Related  bool          `json:"related"`         // From is an ancestor of To
	Segments []RowChange   `json:"segments"`        // customers, by scheme/segment
	KPI      []ValueChange `json:"kpi"`
	Members  []RowChange   `json:"audience_members"` // by audience/platform
}

// RowChange is a number of rows before and after.
type RowChange struct {
	Name   string `json:"name"`
	Before int64  `json:"before"`
	After  int64  `json:"after"`
}

// EventCount counts events of identity by their kind.
type EventCount struct {
	Event string `json:"event"`
	Count int64  `json:"count"`
}

// ValueChange is a key figure before and after; nil where a run does not have it.
type ValueChange struct {
	Period string   `json:"period"`
	Metric string   `json:"metric"`
	Unit   string   `json:"unit"`
	Before *float64 `json:"before"`
	After  *float64 `json:"after"`
}

// side is what is compared of one run.
type side struct {
	layout   runs.Layout
	inputs   *runs.Inputs
	tables   map[string]warehouse.TableFiles
	rows     map[string]int64
	segments map[string]int64
	members  map[string]int64
	kpi      map[[2]string]schemas.KPI
}

// Diff compares two runs of an output folder by what their tables say. Equal figures are left out.
func Diff(ctx context.Context, out, from, to string) (*Difference, error) {
	a, err := read(ctx, runs.Layout{Out: out, RunID: from})
	if err != nil {
		return nil, err
	}
	b, err := read(ctx, runs.Layout{Out: out, RunID: to})
	if err != nil {
		return nil, err
	}
	d := &Difference{From: from, To: to, Why: runs.Differences(a.inputs, b.inputs)}
	d.Tables, d.Segments, d.Members = changes(a.rows, b.rows), changes(a.segments, b.segments), changes(a.members, b.members)
	for key := range merged(a.kpi, b.kpi) {
		before, hadBefore := a.kpi[key]
		after, hasAfter := b.kpi[key]
		if hadBefore && hasAfter && equal(before.Value, after.Value) || before.Value == nil && after.Value == nil {
			continue
		}
		d.KPI = append(d.KPI, ValueChange{key[0], key[1], cmp.Or(after.Unit, before.Unit), before.Value, after.Value})
	}
	slices.SortFunc(d.KPI, func(x, y ValueChange) int {
		return cmp.Or(cmp.Compare(x.Period, y.Period), cmp.Compare(x.Metric, y.Metric))
	})
	later, related, err := between(out, from, to)
	if err != nil || !related {
		return d, err
	}
	d.Related = true
	d.Events, err = events(ctx, b, later)
	return d, err
}

func equal(a, b *float64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// merged holds the keys of both.
func merged[K comparable, V any](a, b map[K]V) map[K]struct{} {
	out := make(map[K]struct{}, len(b))
	for k := range a {
		out[k] = struct{}{}
	}
	for k := range b {
		out[k] = struct{}{}
	}
	return out
}

func changes(a, b map[string]int64) []RowChange {
	out := []RowChange{}
	for name := range merged(a, b) {
		if a[name] != b[name] {
			out = append(out, RowChange{name, a[name], b[name]})
		}
	}
	slices.SortFunc(out, func(x, y RowChange) int { return cmp.Compare(x.Name, y.Name) })
	return out
}

func read(ctx context.Context, l runs.Layout) (*side, error) {
	s := &side{layout: l, tables: map[string]warehouse.TableFiles{}, rows: map[string]int64{}, segments: map[string]int64{}, members: map[string]int64{}, kpi: map[[2]string]schemas.KPI{}}
	var err error
	s.inputs, err = runs.ReadInputs(l)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, runs.ConfigError("there is no run %s in %s (tributary runs lists them)", l.RunID, l.Out)
	}
	if err != nil {
		return nil, err
	}
	tables, err := pipewarehouse.Tables(l)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		s.tables[t.Table], s.rows[t.Table] = t, t.Rows
	}
	err = visit(ctx, s, "segment_summary", []string{"scheme", "segment", "customers"}, func(r *schemas.SegmentSummary) {
		s.segments[r.Scheme+"/"+r.Segment] = r.Customers
	})
	if err != nil {
		return nil, err
	}
	err = visit(ctx, s, "audience", []string{"audience", "platform", "members"}, func(r *schemas.Audience) {
		s.members[r.Audience+"/"+r.Platform] = r.Members
	})
	if err != nil {
		return nil, err
	}
	err = visit(ctx, s, "kpi", []string{"period", "metric", "unit", "value"}, func(r *schemas.KPI) {
		if r.Period == "all" || r.Period == "last_12m" {
			s.kpi[[2]string{r.Period, r.Metric}] = *r
		}
	})
	return s, err
}

// visit hands every row of a table of a side to each.
func visit[T any](ctx context.Context, s *side, table string, columns []string, each func(*T)) error {
	files := s.tables[table]
	return runs.EachRow(ctx, s.layout, &files, columns, func(row *T) error {
		each(row)
		return nil
	})
}

// between lists the runs after from that lead to to.
func between(out, from, to string) (later map[string]bool, related bool, err error) {
	later = map[string]bool{}
	for id := to; id != "" && !later[id]; {
		if id == from {
			return later, true, nil
		}
		later[id] = true
		in, err := runs.ReadInputs(runs.Layout{Out: out, RunID: id})
		if errors.Is(err, fs.ErrNotExist) {
			return nil, false, nil // removed: nothing tells what was before it
		}
		if err != nil {
			return nil, false, err
		}
		id = in.Parent
	}
	return nil, false, nil
}

// events counts what happened to customer ids in some runs.
func events(ctx context.Context, s *side, of map[string]bool) ([]EventCount, error) {
	counts := map[string]int64{}
	err := visit(ctx, s, "identity_event", []string{"run_id", "event"}, func(r *schemas.IdentityEvent) {
		if of[r.RunID] {
			counts[r.Event]++
		}
	})
	out := []EventCount{}
	for _, event := range []string{resolve.EventCreated, resolve.EventMerged, resolve.EventSplit, resolve.EventMoved, resolve.EventRetired} {
		if n := counts[event]; n > 0 {
			out = append(out, EventCount{event, n})
		}
	}
	return out, err
}
