package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/churn"
	"github.com/tributary-cdp/tributary/transforms/clv"
	"github.com/tributary-cdp/tributary/transforms/rfm"
)

// Small files of value.apply, made by the driver before the job.
const (
	ModelFile = "model.json"
	CutsFile  = "cuts.json"
)

// cuts are what scores and classes follow from.
type cuts struct {
	Basis         string   `json:"basis"`          // of ABC and CLV: margin or revenue
	PopulationGap float64  `json:"population_gap"` // days within which 95 % of repeaters come back
	Persons       kindCuts `json:"persons"`
	Organizations kindCuts `json:"organizations"`
}

// kindCuts are the cuts of one kind of customers.
type kindCuts struct {
	Recency   rfm.Values   `json:"recency"`
	Frequency rfm.Values   `json:"frequency"`
	Revenue   rfm.Prefixes `json:"revenue"`
	Value     rfm.Prefixes `json:"value"` // by the basis
}

func (c *cuts) of(kind string) *kindCuts {
	if kind == schemas.Organization {
		return &c.Organizations
	}
	return &c.Persons
}

// byBasis are the values that ABC ranks.
func (p *population) byBasis(basis string) rfm.Values {
	if basis == clv.BasisMargin {
		return p.Margin
	}
	return p.Revenue
}

// findCuts finds the cuts of the distributions.
func findCuts(s *summary, d *distributions) *cuts {
	c := &cuts{Basis: clv.BasisOf(s.Buyers, s.WithMargin)}
	for _, kind := range []string{schemas.Person, schemas.Organization} {
		p := d.of(kind)
		*c.of(kind) = kindCuts{
			Recency: p.Recency, Frequency: p.Frequency,
			Revenue: rfm.NewPrefixes(p.Revenue.Histogram()),
			Value:   rfm.NewPrefixes(p.byBasis(c.Basis).Histogram()),
		}
	}
	days, repeaters := make([]int32, len(s.Gaps)), make([]int64, len(s.Gaps))
	for i, gap := range s.Gaps {
		days[i], repeaters[i] = int32(gap.Value), gap.Count
	}
	c.PopulationGap = churn.PopulationGap(days, repeaters)
	return c
}

// fitModel fits the lifetime value models.
func fitModel(s *summary, basis string, asOf int32) *clv.Model {
	spends := make([]clv.Spend, len(s.Spends))
	for i, one := range s.Spends {
		spends[i] = clv.Spend{X: one.X, Mean: one.Revenue}
		if basis == clv.BasisMargin {
			spends[i].Mean = one.Margin
		}
	}
	model := clv.FitHistories(s.Patterns, spends, basis, s.book(basis), asOf)
	return &model
}

// prepare makes the model and the cuts unless their files are there: what a killed run left
// is what this one would make again.
func prepare(env *runs.Env) (*clv.Model, *cuts, error) {
	dir := env.Layout.Job(ApplyJob)
	model, cut := &clv.Model{}, &cuts{}
	haveModel, err := readJSON(filepath.Join(dir, ModelFile), model)
	if err != nil {
		return nil, nil, err
	}
	haveCuts, err := readJSON(filepath.Join(dir, CutsFile), cut)
	if err != nil || haveModel && haveCuts {
		return model, cut, err
	}
	s, d, err := readSummary(env.Layout)
	if err != nil {
		return nil, nil, err
	}
	cut = findCuts(s, d)
	model = fitModel(s, cut.Basis, env.Config.AsOfDay())
	if err := writeJSON(filepath.Join(dir, CutsFile), cut); err != nil {
		return nil, nil, err
	}
	return model, cut, writeJSON(filepath.Join(dir, ModelFile), model)
}

func readSummary(l runs.Layout) (*summary, *distributions, error) {
	s, d := &summary{}, &distributions{}
	path := filepath.Join(l.Job(SummaryJob), SummaryFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("job %s left no summary: %w", SummaryJob, err)
	}
	if err := summaryCodec.Decode(data, s); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, d, readValues(filepath.Join(l.Job(SummaryJob), ValuesFile), d)
}

func readValues(path string, d *distributions) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("job %s left no values: %w", SummaryJob, err)
	}
	if err := valuesCodec.Decode(data, d); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func writeJSON(path string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return runs.WriteFile(path, append(data, '\n'))
}

// readJSON tells whether the file is there.
func readJSON(path string, v any) (bool, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	return true, nil
}
