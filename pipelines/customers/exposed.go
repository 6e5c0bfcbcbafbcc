package customers

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/effect"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// audiencesJob is the job of the parent run that wrote ExposedTable.
const audiencesJob = "audiences"

const kindExposed = "exposed"

var exposedCodec = codec.For[Exposed]()

// ExposedTable is who was reached by an audience or play, or held back in its control group:
// from one run's audiences to the next run, which sees what they did afterwards.
const ExposedTable = "records/audience_exposed"

// PlayPrefix marks a play among the audiences of Exposed.
const PlayPrefix = "play:"

// Exposed is one customer of one audience or play. The customer comes first, so that sorted
// bytes are in order of the customers.
type Exposed struct {
	CustomerID string `parquet:"customer_id"`
	Audience   string `parquet:"audience,dict"`
	Treated    bool   `parquet:"treated"`
	Since      int32  `parquet:"since,date"`
}

// exposedWorks are the parts of the parent run's ExposedTable, and the job that wrote it.
func exposedWorks(env *runs.Env) (works []any, inputs []string, err error) {
	parent, ok := env.Parent()
	if !ok {
		return nil, nil, nil
	}
	m, err := warehouse.ReadManifest(parent.Manifest(audiencesJob))
	if errors.Is(err, warehouse.ErrNoManifest) {
		return nil, nil, nil // the audiences stage says so
	}
	if err != nil {
		return nil, nil, err
	}
	if t, ok := m.Table(ExposedTable); ok {
		for i, file := range t.Files {
			if file.Rows > 0 {
				works = append(works, work{kindExposed, filepath.Join(parent.Dir(), filepath.FromSlash(file.Name)), 0, i})
			}
		}
	}
	return works, []string{"../" + parent.RunID + "/jobs/" + audiencesJob}, nil
}

// mapExposed sends those of customers that this run knows. One who was merged into another is
// not counted: what the two did is one customer's.
func mapExposed(ctx context.Context, s *sender, path string, f *finder) error {
	return warehouse.Read(ctx, path, nil, func(rows []Exposed) error {
		for i := range rows {
			index, ok := f.lookup.IndexOf(rows[i].CustomerID)
			if !ok {
				continue
			}
			s.key, s.rec = appendKey(s.key[:0], index), exposedCodec.Append(s.rec[:0], &rows[i])
			if err := s.t.Emit(s.key, tagExposed, s.rec); err != nil {
				return err
			}
		}
		s.t.Progress(len(rows))
		return nil
	})
}

// countEffects counts what the customer did after being reached or held back.
func (r *reducer) countEffects(g *group) {
	r.effects.Interactions(r.interactRows)
	for i := range g.exposed {
		e := &g.exposed[i]
		kind, name := effect.KindAudience, e.Audience
		if play, ok := strings.CutPrefix(name, PlayPrefix); ok {
			kind, name = effect.KindPlay, play
		}
		r.effects.Exposed(kind, name, e.Treated, e.Since)
	}
	r.effects.Customer(r.orderRows)
}

// writeEffects writes table intervention_effect.
func writeEffects(p *runs.Base, m *warehouse.Manifest, sums []effect.Sum) error {
	var rows []schemas.InterventionEffect
	for _, s := range effect.Merge(sums) {
		rows = append(rows, s.Row())
	}
	return runs.WriteTable(p, m, "intervention_effect", rows, func(r *schemas.InterventionEffect) *schemas.RunColumns { return &r.RunColumns })
}
