package value

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/segment"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

type applyParams struct {
	runs.Base
	AsOfEnd   int64          `json:"as_of_end"`
	Horizon   int            `json:"horizon_days"`
	Rate      float64        `json:"yearly_rate"`
	Rules     []segment.File `json:"rules"`
	Profiles  []string       `json:"profiles"` // by partition
	Loyalty   []string       `json:"loyalty"`  // by partition
	Points    bool           `json:"points"`   // some source counts points
	Values    string         `json:"values"`
	ValuesSum string         `json:"values_sum"`
	Lookup    string         `json:"lookup"` // of customers; "" without a parent
	LookupSum string         `json:"lookup_sum"`
	acquisitionParams
}

// applyWork is one part of what the parent run said.
type applyWork struct {
	Table string `json:"table"`
	Path  string `json:"path"`
}

// Tags of what the parent run said of a customer.
const (
	tagSegment uint8 = iota + 1
	tagSent
)

var (
	segmentCodec = codec.For[schemas.CustomerSegment]()
	sentCodec    = codec.For[Sent]()
)

// Profiles lie in the partitions of the customers stage. What the parent run said is shuffled
// under the same keys into the same partitions, and a reduce task joins the two in order of the
// ids: wide rows never travel. Customers who are no more come last.
var applyOp = shuffle.Define(shuffle.Op{Name: ApplyJob, Map: mapParent, Reduce: applyPartition, Finish: finishApply})

func runApply(ctx context.Context, env *runs.Env) error {
	if env.Done(ApplyJob) {
		return env.Run(ctx, runs.Job{Name: ApplyJob})
	}
	m, counts, err := inputs(env)
	if err != nil {
		return err
	}
	files, _, err := runs.Rules(env.Config)
	if err != nil {
		return err
	}
	if _, _, err := prepare(env); err != nil {
		return err
	}
	p := applyParams{
		Base: env.Base(ApplyJob), AsOfEnd: env.Config.AsOfEnd(), Horizon: env.Config.Value.HorizonDays, Rate: env.Config.Value.DiscountRate, Rules: files,
		Profiles: parts(env, m, customers.ProfileTable, counts.Partitions),
		Loyalty:  parts(env, m, "loyalty_events", counts.Partitions),
	}
	for _, path := range p.Loyalty {
		p.Points = p.Points || path != ""
	}
	if p.acquisitionParams, err = acquisitionOf(env); err != nil {
		return err
	}
	summed, err := env.Manifest(SummaryJob)
	if err != nil {
		return err
	}
	for _, small := range summed.Small {
		if filepath.Base(small.Name) == ValuesFile {
			p.Values, p.ValuesSum = filepath.Join(env.Layout.Dir(), small.Name), small.SHA256
		}
	}
	work, err := parentWork(env)
	if err != nil {
		return err
	}
	if len(work) > 0 {
		if p.Lookup, p.LookupSum, err = customers.LookupOf(env); err != nil {
			return err
		}
	}
	return env.Run(ctx, runs.Job{Name: ApplyJob, Op: applyOp, Params: p, Work: work, Partitions: counts.Partitions})
}

// parentWork lists what the parent run said of customers.
func parentWork(env *runs.Env) (work []any, err error) {
	parent, ok := env.Parent()
	if !ok {
		return nil, nil
	}
	for _, from := range []struct{ job, table string }{{ApplyJob, "customer_segment"}, {AudiencesJob, SentTable}} {
		m, err := warehouse.ReadManifest(parent.Manifest(from.job))
		if errors.Is(err, warehouse.ErrNoManifest) {
			env.Reporter.Warn(fmt.Sprintf("parent run %s has no job %s: all its segments and members count as new", parent.RunID, from.job))
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("parent run %s: %w", parent.RunID, err)
		}
		if t, ok := m.Table(from.table); ok {
			for _, file := range t.Files {
				if file.Rows > 0 {
					work = append(work, applyWork{from.table, filepath.Join(parent.Dir(), file.Name)})
				}
			}
		}
	}
	return work, nil
}

func mapParent(ctx context.Context, t *shuffle.MapTask) error {
	var p applyParams
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	var w applyWork
	if err := json.Unmarshal(t.Work, &w); err != nil {
		return err
	}
	lookup, err := resolve.LoadLookup(p.Lookup, p.LookupSum)
	if err != nil {
		return err
	}
	var key, rec []byte
	if w.Table == SentTable {
		return warehouse.Read(ctx, w.Path, nil, func(rows []Sent) error {
			for i := range rows {
				key, rec = customers.AppendKey(key[:0], lookup, rows[i].CustomerID), sentCodec.Append(rec[:0], &rows[i])
				if err := t.Emit(key, tagSent, rec); err != nil {
					return err
				}
			}
			t.Progress(len(rows))
			return nil
		})
	}
	columns := []string{"customer_id", "scheme", "segment", "since", "previous_segment"}
	return warehouse.Read(ctx, w.Path, columns, func(rows []schemas.CustomerSegment) error {
		for i := range rows {
			key = customers.AppendKey(key[:0], lookup, rows[i].CustomerID)
			rec = segmentCodec.Append(rec[:0], &rows[i])
			if err := t.Emit(key, tagSegment, rec); err != nil {
				return err
			}
		}
		t.Progress(len(rows))
		return nil
	})
}

// before is what the parent run said of one customer.
type before struct {
	segments []schemas.CustomerSegment
	sent     []string // audience/platform
}

// parent walks what the parent run said beside the profiles.
type parent struct {
	t    *shuffle.ReduceTask
	id   string // customer
	more bool
	now  before
}

func (b *parent) advance() (err error) {
	b.now.segments, b.now.sent = b.now.segments[:0], nil // sent is handed on, segments are not
	if b.more = b.t.Next(); !b.more {
		return nil
	}
	for tag, rec, ok := b.t.Record(); ok; tag, rec, ok = b.t.Record() {
		if tag == tagSegment {
			var row schemas.CustomerSegment
			if err := segmentCodec.Decode(rec, &row); err != nil {
				return err
			}
			b.id, b.now.segments = row.CustomerID, append(b.now.segments, row)
			continue
		}
		var row Sent
		if err := sentCodec.Decode(rec, &row); err != nil {
			return err
		}
		b.id, b.now.sent = row.CustomerID, append(b.now.sent, row.Audience+"/"+row.Platform)
	}
	return nil
}

// applyReport is what one partition tells Finish.
type applyReport struct {
	Files map[string]runs.PartFile `json:"files"`
	Sums  []segment.Sum            `json:"sums"`
	Worth []byte                   `json:"worth"`
}

func applyPartition(ctx context.Context, t *shuffle.ReduceTask) (err error) {
	var p applyParams
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	a, err := newApplier(ctx, &p, t.Partition)
	if err != nil {
		return err
	}
	defer func() {
		a.scorer.give(a.forecaster)
		if err != nil {
			a.tables.Abort()
		}
	}()
	old := &parent{t: t}
	if err := old.advance(); err != nil {
		return err
	}
	gone := func(until string) error { // customers of the parent run that are no more
		for old.more && (until == "" || old.id < until) {
			if err := a.gone(old.id, &old.now); err != nil {
				return err
			}
			if err := old.advance(); err != nil {
				return err
			}
		}
		return nil
	}
	if path := p.Profiles[t.Partition]; path != "" {
		nothing := &before{}
		if err := warehouse.Read(ctx, path, nil, func(rows []schemas.CustomerProfile) error {
			for i := range rows {
				if err := gone(rows[i].CustomerID); err != nil {
					return err
				}
				said, known := nothing, old.more && old.id == rows[i].CustomerID
				if known {
					said = &old.now
				}
				if err := a.customer(&rows[i], said); err != nil {
					return err
				}
				if known {
					if err := old.advance(); err != nil {
						return err
					}
				}
			}
			t.Progress(len(rows))
			return nil
		}); err != nil {
			return err
		}
	}
	if err := gone(""); err != nil {
		return err
	}
	if err := a.tables.Close(); err != nil {
		return err
	}
	data, err := json.Marshal(applyReport{Files: a.tables.Files, Sums: a.summary.Sums(), Worth: a.worth.sums.Bytes()})
	if err != nil {
		return err
	}
	t.Report(data)
	return nil
}

func finishApply(_ context.Context, raw []byte, results [][]byte) error {
	var p applyParams
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	m := &warehouse.Manifest{Job: ApplyJob, RunID: p.RunID, Inputs: []string{"jobs/" + identity.ClusterJob, "jobs/" + customers.JobName, "jobs/" + SummaryJob}}
	if p.Parent != "" {
		m.Inputs = append(m.Inputs, "../"+p.Parent+"/jobs/"+ApplyJob)
	}
	summary := segment.NewSummary()
	var worths [][]byte
	for _, result := range results {
		var r applyReport
		if err := json.Unmarshal(result, &r); err != nil {
			return err
		}
		runs.AddTo(m, r.Files)
		summary.Merge(r.Sums...)
		worths = append(worths, r.Worth)
	}
	rules, err := CompileRules(p.Rules)
	if err != nil {
		return err
	}
	if err := runs.WriteTable(&p.Base, m, "segment_summary", rules.SummaryRows(summary.Sums()), func(r *schemas.SegmentSummary) *schemas.RunColumns { return &r.RunColumns }); err != nil {
		return err
	}
	s, err := scorerOf(&p)
	if err != nil {
		return err
	}
	if err := writeAcquisition(&p, m, worths, s.basis); err != nil {
		return err
	}
	ofIdentity, err := identity.ModelRows(p.Layout())
	if err != nil {
		return err
	}
	if err := runs.WriteTable(&p.Base, m, "model_run", append(ofIdentity, modelRows(s)...), func(r *schemas.ModelRun) *schemas.RunColumns { return &r.RunColumns }); err != nil {
		return err
	}
	for _, name := range []string{CutsFile, ModelFile} {
		data, err := os.ReadFile(filepath.Join(p.Layout().Job(ApplyJob), name))
		if err != nil {
			return err
		}
		m.Small = append(m.Small, runs.SmallInfo(filepath.Join("jobs", ApplyJob, name), data))
	}
	scorers.Delete(p.Dir + p.ValuesSum)
	return warehouse.WriteManifest(p.Layout().Manifest(ApplyJob), m)
}
