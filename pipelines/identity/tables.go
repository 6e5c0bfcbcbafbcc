package identity

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// ThresholdNote is the note of the cluster job that says from which probability on clusters were joined.
const ThresholdNote = "threshold"

// mapRows is how many rows one part of identity_map holds.
const mapRows = 500_000

// writeIdentity writes the identity tables, the small files and the manifest.
func writeIdentity(ctx context.Context, p *clusterParams, people *population, o *outcome) error {
	c, a := o.clusters, o.assigned
	m := &warehouse.Manifest{Job: ClusterJob, RunID: p.RunID, Inputs: []string{"jobs/" + ingest.JobName, "jobs/" + ScoreJob}, Counters: map[string]int64{}}
	stamp := p.Stamp()
	if err := writeMap(p, m, stamp, people, o); err != nil {
		return err
	}
	if err := writeLinks(p, m, stamp, people, o); err != nil {
		return err
	}
	if err := writeReview(ctx, p, m, stamp, people, o); err != nil {
		return err
	}
	if err := writeConflicts(ctx, p, m, stamp, people, c); err != nil {
		return err
	}
	if err := writeHistory(ctx, p, m, stamp, a); err != nil {
		return err
	}
	present := presentCustomers(people, a)
	if err := writeRelations(ctx, p, m, stamp, people, o, present); err != nil {
		return err
	}
	if err := writeSmall(p, m, people, a, present); err != nil {
		return err
	}
	for _, here := range present {
		if here {
			m.Counters["customers"]++
		}
	}
	for _, customer := range a.Customer {
		if !present[customer] {
			m.Counters[AbsentParties]++
		}
	}
	m.Counters["parties"] = int64(people.len())
	m.Counters["model_merges"] = int64(o.merged.Merges)
	m.Counters["bonds_dropped"] = int64(o.merged.Dropped)
	m.Notes = map[string]string{
		ThresholdNote:      strconv.FormatFloat(resolve.Probability(o.merged.Accept), 'g', 6, 64),
		"expected_false":   strconv.FormatFloat(o.merged.Expected, 'g', 6, 64),
		"threshold_chosen": strconv.FormatBool(o.accepted == thresholdChosen),
		thresholdNote:      o.accepted,
	}
	if err := writeModel(&p.Base, m, o); err != nil {
		return err
	}
	return warehouse.WriteManifest(p.Layout().Manifest(ClusterJob), m)
}

// writeModel leaves the model together with the threshold: what a later run can be pinned to.
func writeModel(p *runs.Base, m *warehouse.Manifest, o *outcome) error {
	model := *o.merging.Model
	model.Accept = &o.merged.Accept
	data, err := resolve.MarshalModel(&model, o.plan)
	if err != nil {
		return err
	}
	return runs.AddSmall(p, m, ModelFile, data)
}

// tableWriters is how many parts of a table are written at a time.
const tableWriters = 2

// writeTable writes rows as one or several parts and adds them to the manifest. row may be
// called for several rows at once.
func writeTable[T any](p *runs.Base, m *warehouse.Manifest, table string, n int, row func(int) T) error {
	parts := max(1, (n+mapRows-1)/mapRows)
	infos := make([]warehouse.FileInfo, parts)
	errs := make([]error, parts)
	var wait sync.WaitGroup
	slots := make(chan struct{}, tableWriters)
	for part := range parts {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			infos[part], errs[part] = writePart(p, table, part, part*mapRows, min(n, (part+1)*mapRows), row)
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	m.Add(table, warehouse.SchemaHash[T](), infos...)
	return nil
}

func writePart[T any](p *runs.Base, table string, part, start, end int, row func(int) T) (warehouse.FileInfo, error) {
	w, err := warehouse.Create[T](p.Dir, table, part)
	if err != nil {
		return warehouse.FileInfo{}, err
	}
	for i := start; i < end; i++ {
		r := row(i)
		if err := w.Add(&r); err != nil {
			w.Abort()
			return warehouse.FileInfo{}, err
		}
	}
	return w.Close()
}

// ruleModel is the rule of what the model has joined.
const ruleModel = "model"

func writeMap(p *clusterParams, m *warehouse.Manifest, stamp schemas.RunColumns, people *population, o *outcome) error {
	c, a := o.clusters, o.assigned
	return writeTable(&p.Base, m, "identity_map", people.len(), func(i int) schemas.IdentityMap {
		from := &people.origins[people.origin[i]]
		row := schemas.IdentityMap{
			RunColumns: stamp, Source: from.source, Object: from.object, SourceID: people.ref(uint32(i))[len(from.space)+len(from.object)+2:], System: from.system,
			Namespace: from.space, CustomerID: a.ID(uint32(i)), Rule: c.Rules[i], FirstRunID: a.FirstRun[i],
		}
		if odds, ok := o.merged.Odds[o.ruled[i]]; ok && row.Rule == "" {
			probability := resolve.Probability(odds)
			row.Rule, row.MatchProbability = ruleModel, &probability
		}
		return row
	})
}

// writeLinks writes what rules have linked and the pairs that were scored, of which those that
// say nothing were left out.
func writeLinks(p *clusterParams, m *warehouse.Manifest, stamp schemas.RunColumns, people *population, o *outcome) error {
	links, c, a := o.links, o.clusters, o.assigned
	slices.SortFunc(links, func(x, y resolve.Link) int {
		return cmp.Or(cmp.Compare(uint64(x.A)<<32|uint64(x.B), uint64(y.A)<<32|uint64(y.B)), cmp.Compare(x.Rule, y.Rule))
	})
	links = slices.Compact(links) // a number and its hash say the same
	names := resolve.NewWeightReader(o.merging.Model)
	return writeTable(&p.Base, m, "identity_link", len(links)+len(o.pairs.scored), func(i int) schemas.IdentityLink {
		if i < len(links) {
			l := links[i]
			return schemas.IdentityLink{
				RunColumns: stamp, LeftRef: people.ref(l.A), RightRef: people.ref(l.B), Rule: l.Rule,
				Accepted: c.Root[l.A] == c.Root[l.B], CustomerID: a.ID(l.A),
			}
		}
		pair := o.pairs.scored[i-len(links)]
		odds, weights := people.explain(o, i-len(links), names)
		probability := resolve.Probability(odds)
		return schemas.IdentityLink{
			RunColumns: stamp, LeftRef: people.ref(pair.A), RightRef: people.ref(pair.B), Rule: ruleModel, Probability: &probability, Weights: weights,
			Accepted: c.Root[pair.A] == c.Root[pair.B], CustomerID: a.ID(pair.A),
		}
	})
}

// explain is the waterfall of a scored pair, and its odds with what is known by now.
func (p *population) explain(o *outcome, i int, names *resolve.WeightReader) (odds float64, weights []schemas.Weight) {
	pair := o.pairs.scored[i]
	var found []resolve.Weight
	if o.merging.Borrowed[pair.A] || o.merging.Borrowed[pair.B] { // which scoring did not know
		found = p.waterfall(o, pair.A, pair.B)
	}
	if found == nil {
		var room [weightsRoom]resolve.Weight
		return float64(pair.Odds), weightRows(names.Read(o.pairs.weightsOf(i), room[:0]))
	}
	for _, w := range found {
		odds += w.Log2
	}
	return odds, weightRows(found)
}

// weightsRoom is how many weights a pair hardly ever has more of.
const weightsRoom = 20

// weightRows are weights as tables have them.
func weightRows(weights []resolve.Weight) []schemas.Weight {
	rows := make([]schemas.Weight, 0, len(weights))
	for _, w := range weights {
		rows = append(rows, schemas.Weight{Comparison: w.Comparison, Level: w.Level, Log2: math.Round(100*w.Log2) / 100})
	}
	return rows
}

func writeConflicts(ctx context.Context, p *clusterParams, m *warehouse.Manifest, stamp schemas.RunColumns, people *population, c *resolve.Clusters) error {
	all := slices.Clone(c.Cut)
	if err := eachRow(ctx, p.Conflicts, func(r *conflictRow) {
		all = append(all, resolve.Conflict{
			A: uint32(r.A), B: uint32(r.B), Rule: strings.Clone(r.Rule), Reason: strings.Clone(r.Reason), Left: strings.Clone(r.Left), Right: strings.Clone(r.Right),
		})
	}); err != nil {
		return err
	}
	slices.SortFunc(all, func(x, y resolve.Conflict) int {
		return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B), cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Reason, y.Reason), cmp.Compare(x.Left, y.Left), cmp.Compare(x.Right, y.Right))
	})
	all = slices.Compact(all) // a number and its hash say the same
	m.Counters["conflicts"] = int64(len(all))
	return writeTable(&p.Base, m, "identity_conflict", len(all), func(i int) schemas.IdentityConflict {
		x := all[i]
		return schemas.IdentityConflict{
			RunColumns: stamp, LeftRef: people.ref(x.A), RightRef: people.ref(x.B), Rule: x.Rule, Reason: x.Reason, LeftValue: x.Left, RightValue: x.Right,
		}
	})
}

// writeHistory writes events and redirects; the parent's rows are carried over.
func writeHistory(ctx context.Context, p *clusterParams, m *warehouse.Manifest, stamp schemas.RunColumns, a *resolve.Assignment) error {
	var events []schemas.IdentityEvent
	if p.Parent != "" {
		layout := runs.Layout{Out: p.Out, RunID: p.Parent}
		parent, err := warehouse.ReadManifest(layout.Manifest(ClusterJob))
		if err != nil {
			return err
		}
		if err := eachPart(ctx, layout, parent, "identity_event", nil, func(rows []schemas.IdentityEvent) error {
			events = append(events, rows...)
			return nil
		}); err != nil {
			return err
		}
	}
	for _, e := range a.Events {
		events = append(events, schemas.IdentityEvent{RunColumns: stamp, Event: e.Event, CustomerID: e.CustomerID, OtherCustomerID: e.Other, Record: e.Record, Cause: e.Cause})
	}
	if err := writeTable(&p.Base, m, "identity_event", len(events), func(i int) schemas.IdentityEvent { return events[i] }); err != nil {
		return err
	}
	old := make([]string, 0, len(a.Redirects))
	for id := range a.Redirects {
		old = append(old, id)
	}
	sort.Strings(old)
	return writeTable(&p.Base, m, "customer_id_redirect", len(old), func(i int) schemas.CustomerIDRedirect {
		return schemas.CustomerIDRedirect{RunColumns: stamp, OldCustomerID: old[i], CustomerID: a.Redirects[old[i]]}
	})
}

// AbsentParties is the counter of records whose customers no other table knows.
const AbsentParties = "absent_parties"

// Absent stands in OrdinalFile for the customer of such a record.
const Absent = math.MaxUint32

// presentCustomers tells which customers have a record that is neither deleted nor an account
// that many share. The others keep their ids and their rows in identity_map, but are no
// customers: what refers to them is nobody's.
func presentCustomers(people *population, a *resolve.Assignment) []bool {
	present := make([]bool, len(a.IDs))
	for record, customer := range a.Customer {
		present[customer] = present[customer] || people.present[record]
	}
	return present
}

func writeSmall(p *clusterParams, m *warehouse.Manifest, people *population, a *resolve.Assignment, present []bool) error {
	records := make([]uint32, 0, len(a.Customer))
	ordinals := make([]byte, 0, 4*len(a.Customer))
	for record, customer := range a.Customer {
		if !present[customer] {
			ordinals = binary.LittleEndian.AppendUint32(ordinals, Absent)
			continue
		}
		records = append(records, uint32(record))
		ordinals = binary.LittleEndian.AppendUint32(ordinals, customer)
	}
	lookup, err := resolve.BuildLookup(a.IDs, len(records), func(i int) (string, uint32) { return people.ref(records[i]), a.Customer[records[i]] })
	if err != nil {
		return err
	}
	for _, small := range []struct {
		name string
		data []byte
	}{{LookupFile, lookup}, {OrdinalFile, ordinals}} {
		name := filepath.Join("jobs", ClusterJob, small.name)
		if err := runs.WriteFile(filepath.Join(p.Dir, name), small.data); err != nil {
			return err
		}
		sum := sha256.Sum256(small.data)
		m.Small = append(m.Small, warehouse.FileInfo{Name: filepath.ToSlash(name), Bytes: int64(len(small.data)), SHA256: hex.EncodeToString(sum[:])})
	}
	return nil
}
