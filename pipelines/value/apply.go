package value

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
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
	Lookup    string         `json:"lookup"` // of customers
	LookupSum string         `json:"lookup_sum"`
	Redirects []string       `json:"redirects"` // parts of customer_id_redirect
	acquisitionParams
}

// Profiles lie in the partitions of the customers stage. What the parent run said is shuffled
// under the same keys into the same partitions, and a reduce task joins the two in order of the
// ids: wide rows never travel. Customers who are no more come last.
var applyOp = shuffle.Define(shuffle.Op{Name: ApplyJob, Map: mapToCustomers, Reduce: applyPartition, Finish: finishApply})

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
	work, err := applyWorks(env, p.Profiles)
	if err != nil {
		return err
	}
	if p.Lookup, p.LookupSum, err = customers.LookupOf(env); err != nil {
		return err
	}
	if p.Redirects, err = redirectParts(env); err != nil {
		return err
	}
	return env.Run(ctx, runs.Job{Name: ApplyJob, Op: applyOp, Params: p, Work: work, Partitions: counts.Partitions})
}

// applyReport is what one partition tells Finish.
type applyReport struct {
	Files map[string]runs.PartFile `json:"files"`
	Sums  []segment.Sum            `json:"sums"`
	Moves []segment.Move           `json:"moves"`
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
			a.gone(&old.now)
			if err := old.advance(); err != nil {
				return err
			}
		}
		return nil
	}
	if path := p.Profiles[t.Partition]; path != "" {
		nothing := &before{}
		if err := warehouse.Read(ctx, path, nil, func(rows []customers.Profile) error {
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
	data, err := json.Marshal(applyReport{Files: a.tables.Files, Sums: a.summary.Sums(), Moves: a.summary.Moves(), Worth: a.worth.sums.Bytes()})
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
	rules, err := CompileRules(p.Rules)
	if err != nil {
		return err
	}
	summary := segment.NewSummary(rules)
	var moves []segment.Move
	var worths [][]byte
	for _, result := range results {
		var r applyReport
		if err := json.Unmarshal(result, &r); err != nil {
			return err
		}
		runs.AddTo(m, r.Files)
		summary.Merge(r.Sums...)
		moves = append(moves, r.Moves...)
		worths = append(worths, r.Worth)
	}
	if err := runs.WriteTable(&p.Base, m, "segment_migration", segment.MigrationRows(moves), func(r *schemas.SegmentMigration) *schemas.RunColumns { return &r.RunColumns }); err != nil {
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
