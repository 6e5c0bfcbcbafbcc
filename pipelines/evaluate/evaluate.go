// Package evaluate holds the identity tables of a run against labels.
package evaluate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/evaluate"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Request names what to evaluate and against what.
type Request struct {
	Out      string // output folder
	RunID    string // empty = the current run
	Labels   string // file of labels
	LeaveOut bool   // what labels contradict each other about is left out
	Tags     string // file of tags; optional
}

// Identity evaluates a run. A mistake in the labels or tags, or labels of which no record is
// there, are errors of the arguments.
func Identity(ctx context.Context, request Request) (*evaluate.Result, error) {
	labels, err := readLabels(request.Labels, func(name string, in io.Reader) (*evaluate.Labels, error) {
		return evaluate.ParseLabels(name, in, request.LeaveOut)
	})
	if err != nil {
		return nil, err
	}
	var tags *evaluate.Labels
	if request.Tags != "" {
		if labels.ByPair() {
			return nil, runs.ConfigError("tags need labels of records, and %s holds labelled pairs", labels.File)
		}
		if tags, err = readLabels(request.Tags, evaluate.ParseTags); err != nil {
			return nil, err
		}
	}
	layout, err := layoutOf(request.Out, request.RunID)
	if err != nil {
		return nil, err
	}
	manifest, err := warehouse.ReadManifest(layout.Manifest(identity.ClusterJob))
	if errors.Is(err, warehouse.ErrNoManifest) {
		return nil, runs.ConfigError("run %s of %s has not come to identity yet: tributary run goes on with it", layout.RunID, request.Out)
	}
	if err != nil {
		return nil, err
	}
	r := &reader{layout: layout, manifest: manifest, names: map[string]uint16{}}
	if err := r.records(ctx, labels, tags); err != nil {
		return nil, err
	}
	if err := r.links(ctx); err != nil {
		return nil, err
	}
	if err := r.conflicts(ctx); err != nil {
		return nil, err
	}
	if err := r.fields(ctx); err != nil {
		return nil, err
	}
	r.run.Evidence = func(links []int) ([]string, error) { return r.evidence(ctx, links) }
	result, err := evaluate.Evaluate(labels, &r.run)
	var mistake *evaluate.LabelError
	if errors.As(err, &mistake) {
		return nil, runs.ConfigError("labels: %w", err)
	}
	if err != nil {
		return nil, err
	}
	result.RunID = layout.RunID
	if tags != nil {
		result.Tags = r.run.ByTag(tags)
	}
	if threshold, err := strconv.ParseFloat(manifest.Notes[identity.ThresholdNote], 64); err == nil {
		result.Threshold = &threshold
	}
	return &result, nil
}

func readLabels(path string, parse func(string, io.Reader) (*evaluate.Labels, error)) (*evaluate.Labels, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, runs.ConfigError("labels: %w", err)
	}
	defer file.Close()
	labels, err := parse(filepath.Base(path), file)
	if err != nil {
		return nil, runs.ConfigError("labels: %w", err)
	}
	return labels, nil
}

func layoutOf(out, runID string) (runs.Layout, error) {
	if runID == "" {
		current, err := runs.Current(out)
		if err != nil {
			return runs.Layout{}, err
		}
		if current == "" {
			return runs.Layout{}, runs.ConfigError("%s has no finished run: tributary run comes first", out)
		}
		return runs.Layout{Out: out, RunID: current}, nil
	}
	layout := runs.Layout{Out: out, RunID: runID}
	if _, err := os.Stat(layout.Dir()); err != nil || strings.ContainsAny(runID, `/\`) {
		return layout, runs.ConfigError("there is no run %s in %s", runID, out)
	}
	return layout, nil
}

// reader turns the tables of a run into numbers.
type reader struct {
	layout   runs.Layout
	manifest *warehouse.Manifest
	run      evaluate.Run
	ordinal  map[xxh3.Uint128]uint32 // of a record's reference
	names    map[string]uint16       // of rules and reasons
}

func (r *reader) table(name string) (*warehouse.TableFiles, error) {
	t, ok := r.manifest.Table(name)
	if !ok {
		return nil, fmt.Errorf("job %s of run %s wrote no table %s", r.manifest.Job, r.layout.RunID, name)
	}
	return t, nil
}

// records numbers the records and their customers, and matches labels and tags, if there are any.
func (r *reader) records(ctx context.Context, labels, tags *evaluate.Labels) error {
	t, err := r.table("identity_map")
	if err != nil {
		return err
	}
	r.ordinal = make(map[xxh3.Uint128]uint32, t.Rows)
	r.run.Cluster = make([]uint32, 0, t.Rows)
	customers := make(map[string]uint32, t.Rows/2)
	sources := map[string]bool{}
	var reference []byte
	columns := []string{"source", "object", "source_id", "namespace", "customer_id"}
	if err := runs.EachRow(ctx, r.layout, t, columns, func(m *schemas.IdentityMap) error {
		ordinal := uint32(len(r.run.Cluster))
		reference = append(append(append(append(append(reference[:0], m.Namespace...), ':'), m.Object...), ':'), m.SourceID...)
		r.ordinal[xxh3.Hash128(reference)] = ordinal
		customer, known := customers[m.CustomerID]
		if !known {
			customer = uint32(len(customers))
			customers[m.CustomerID] = customer
		}
		r.run.Cluster = append(r.run.Cluster, customer)
		if !sources[m.Source] {
			sources[strings.Clone(m.Source)] = true
		}
		if err := labels.Match(m.Source, m.Object, m.SourceID, ordinal); err != nil {
			return runs.ConfigError("labels: %w", err)
		}
		if tags == nil {
			return nil
		}
		if err := tags.Match(m.Source, m.Object, m.SourceID, ordinal); err != nil {
			return runs.ConfigError("tags: %w", err)
		}
		return nil
	}); err != nil {
		return err
	}
	if found, missing := labels.Missing(); found == 0 {
		return runs.ConfigError("labels: none of the records of %s is in run %s; %s", labels.File, r.layout.RunID, hint(missing, sources))
	}
	r.run.Entity = labels.EntityOf(len(r.run.Cluster))
	return nil
}

// hint says what may be wrong with labels none of which matches.
func hint(missing []evaluate.Unmatched, sources map[string]bool) string {
	var names []string
	for name := range sources {
		names = append(names, name)
	}
	for _, m := range missing {
		if !sources[m.Source] {
			return fmt.Sprintf("the run has no source %q%s", m.Source, strictyaml.Suggest(m.Source, sorted(names)))
		}
	}
	return "source_id is the key as in the export, object the one of identity_map"
}

func (r *reader) name(name string) uint16 {
	n, known := r.names[name]
	if !known {
		n = uint16(len(r.run.Names))
		name = strings.Clone(name)
		r.names[name] = n
		r.run.Names = append(r.run.Names, name)
	}
	return n
}

func (r *reader) pair(left, right string) (a, b uint32, known bool) {
	a, knownA := r.ordinal[xxh3.HashString128(left)]
	b, knownB := r.ordinal[xxh3.HashString128(right)]
	return a, b, knownA && knownB
}

func (r *reader) links(ctx context.Context) error {
	t, err := r.table("identity_link")
	if err != nil {
		return err
	}
	r.run.Links = make([]evaluate.Link, 0, t.Rows)
	columns := []string{"left_ref", "right_ref", "rule", "accepted", "probability"}
	return runs.EachRow(ctx, r.layout, t, columns, func(l *schemas.IdentityLink) error {
		a, b, known := r.pair(l.LeftRef, l.RightRef)
		if !known {
			return runs.DataError("identity_link of run %s names a record that identity_map does not have", r.layout.RunID)
		}
		link := evaluate.Link{A: a, B: b, Probability: evaluate.NoProbability(), Accepted: l.Accepted, Rule: r.name(l.Rule)}
		if l.Probability != nil {
			link.Probability = *l.Probability
		}
		r.run.Links = append(r.run.Links, link)
		return nil
	})
}

// evidence finds the comparison with the highest weight of some links, which are rows of
// identity_link in its order.
func (r *reader) evidence(ctx context.Context, links []int) ([]string, error) {
	t, err := r.table("identity_link")
	if err != nil {
		return nil, err
	}
	at := make(map[int]int, len(links))
	for n, row := range links {
		at[row] = n
	}
	out := make([]string, len(links))
	row := -1
	return out, runs.EachRow(ctx, r.layout, t, []string{"weights"}, func(l *schemas.IdentityLink) error {
		row++
		n, wanted := at[row]
		if !wanted {
			return nil
		}
		most := 0.0
		for _, w := range l.Weights {
			if w.Log2 > most {
				most, out[n] = w.Log2, w.Comparison
			}
		}
		return nil
	})
}

func (r *reader) conflicts(ctx context.Context) error {
	t, err := r.table("identity_conflict")
	if err != nil {
		return err
	}
	columns := []string{"left_ref", "right_ref", "reason"}
	return runs.EachRow(ctx, r.layout, t, columns, func(c *schemas.IdentityConflict) error {
		if a, b, known := r.pair(c.LeftRef, c.RightRef); known {
			r.run.Conflicts = append(r.run.Conflicts, evaluate.Conflict{A: a, B: b, Reason: r.name(c.Reason)})
		}
		return nil
	})
}

// fields finds out which kinds of identifying fields each record has. A run whose records were
// removed is evaluated without.
func (r *reader) fields(ctx context.Context) error {
	m, err := warehouse.ReadManifest(r.layout.Manifest(ingest.JobName))
	if errors.Is(err, warehouse.ErrNoManifest) {
		return nil
	}
	if err != nil {
		return err
	}
	t, ok := m.Table("records/" + schemas.KindParty)
	if !ok {
		return nil
	}
	fields := make([]uint16, len(r.run.Cluster))
	var reference []byte
	err = runs.EachRow(ctx, r.layout, t, fieldColumns, func(p *schemas.Party) error {
		reference = append(append(append(append(append(reference[:0], p.Namespace...), ':'), p.Object...), ':'), p.Key...)
		if ordinal, known := r.ordinal[xxh3.Hash128(reference)]; known {
			fields[ordinal] |= fieldsOf(p)
		}
		return nil
	})
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	r.run.Fields = fields
	return err
}
