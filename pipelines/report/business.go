package report

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	pipewarehouse "github.com/tributary-cdp/tributary/pipelines/warehouse"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/report"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// business reads what management, marketing and service look at: tables that are small for any
// number of customers.
func (s *stage) business(ctx context.Context, f *facts, _ map[uint64]struct{}) (err error) {
	if f.cohorts, err = s.cohorts(ctx); err != nil {
		return err
	}
	if f.channelRows, err = all[channelRow](ctx, s.tables, "channel_performance"); err != nil {
		return err
	}
	if f.journeys, err = all[journeyRow](ctx, s.tables, "journey_path"); err != nil {
		return err
	}
	slices.SortStableFunc(f.journeys, func(a, b journeyRow) int {
		return cmp.Or(cmp.Compare(b.Customers, a.Customers), cmp.Compare(a.Path, b.Path))
	})
	if f.feedback, err = all[feedbackRow](ctx, s.tables, "feedback_summary"); err != nil {
		return err
	}
	if f.pains, err = all[painRow](ctx, s.tables, "pain_point"); err != nil {
		return err
	}
	if f.moves, err = all[moveRow](ctx, s.tables, "segment_migration"); err != nil {
		return err
	}
	if err := s.events(ctx, f); err != nil {
		return err
	}
	f.before, err = s.parent(ctx)
	return err
}

// cohorts reads the cohorts of all channels together.
func (s *stage) cohorts(ctx context.Context) ([]report.CohortMonth, error) {
	type row struct {
		Cohort    string   `parquet:"cohort,dict"`
		Channel   string   `parquet:"channel,dict"`
		Since     int64    `parquet:"months_since"`
		Customers int64    `parquet:"customers"`
		Retention *float64 `parquet:"retention,optional"`
		LTV       *int64   `parquet:"cumulative_ltv,optional"`
	}
	parts, err := scan(ctx, s.tables, "cohort_retention", nil, func(rows *[]report.CohortMonth, r *row) {
		if r.Channel == report.AllChannels {
			*rows = append(*rows, report.CohortMonth(*r))
		}
	})
	return slices.Concat(parts...), err
}

// events counts the changes of ids that this run made; the table carries those of earlier runs.
func (s *stage) events(ctx context.Context, f *facts) error {
	type row struct {
		RunID string `parquet:"run_id,dict"`
		Event string `parquet:"event,dict"`
	}
	run := s.env.Layout.RunID
	parts, err := scan(ctx, s.tables, "identity_event", nil, func(p *ownerPart, r *row) {
		if r.RunID == run {
			p.name(r.Event)
		}
	})
	if err != nil {
		return err
	}
	names := map[string]int64{}
	for _, p := range parts {
		for name, n := range p.names {
			names[name] += n
		}
	}
	f.events = counts(names)
	return nil
}

// parent reads the key figures of the run before; nil where there is none, or its tables are gone.
func (s *stage) parent(ctx context.Context) (*report.Before, error) {
	if s.env.Inputs.Parent == "" {
		return nil, nil
	}
	layout := runs.Layout{Out: s.env.Layout.Out, RunID: s.env.Inputs.Parent}
	in, err := runs.ReadInputs(layout)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	before := &report.Before{RunID: layout.RunID}
	if before.AsOf, err = runs.Day(in.AsOf); err != nil {
		return nil, err
	}
	written, err := pipewarehouse.Tables(layout)
	if err != nil {
		return nil, err
	}
	old := &tables{dir: layout.Dir(), byName: map[string]*warehouse.TableFiles{}}
	for i := range written {
		old.byName[written[i].Table] = &written[i]
	}
	// Only what the page needs: a run of an older program may lack the other columns.
	parts, err := scan(ctx, old, "kpi", []string{"period", "metric", "unit", "value"}, func(rows *[]schemas.KPI, row *schemas.KPI) { *rows = append(*rows, *row) })
	before.KPI = slices.Concat(parts...)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // old runs are removed
	}
	return before, err
}
