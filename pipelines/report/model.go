package report

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/transforms/report"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// What the page shows of the model.
const (
	shownLevels = 6  // of a comparison: the most frequent among pairs of one customer
	shownBlocks = 8  // rules with the largest blocks
	shownDoubts = 10 // customers
)

// model gathers what the model of identity has learned and done.
func (s *stage) model(ctx context.Context, f *facts, known map[uint64]struct{}) error {
	m, err := s.env.Manifest(identity.ClusterJob)
	if err != nil {
		return err
	}
	id := &f.identity
	notes(m, id)
	if id.Weights, err = s.weights(); err != nil {
		return err
	}
	plan, err := identity.ReadBlockPlan(s.env.Layout)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a pinned model has none
		return fmt.Errorf("reading the plan of blocks: %w", err)
	}
	if err == nil {
		id.Blocks = blocks(plan)
	}
	if err := s.bands(ctx, id); err != nil {
		return err
	}
	return s.doubtful(ctx, id, known)
}

func notes(m *warehouse.Manifest, id *report.Identity) {
	id.Merges = m.Counters["model_merges"]
	id.Threshold, _ = strconv.ParseFloat(m.Notes[identity.ThresholdNote], 64)
	id.ExpectedFalse, _ = strconv.ParseFloat(m.Notes["expected_false"], 64)
	id.Chosen = m.Notes["threshold_chosen"] == "true"
}

// unusedColumn is the comparison of a free column that the data do not have.
var unusedColumn = regexp.MustCompile(`^text\d+$`)

// weights reads the weights of the run's model, comparison by comparison.
func (s *stage) weights() ([]report.ComparisonWeights, error) {
	data, err := os.ReadFile(filepath.Join(s.env.Layout.Job(identity.ScoreJob), identity.ModelFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var file struct {
		Comparisons map[string]map[string]struct {
			M float64 `json:"m"`
			U float64 `json:"u"`
		} `json:"comparisons"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", identity.ModelFile, err)
	}
	var out []report.ComparisonWeights
	for _, name := range slices.Sorted(maps.Keys(file.Comparisons)) {
		if unusedColumn.MatchString(name) {
			continue
		}
		c := report.ComparisonWeights{Name: name}
		levels := file.Comparisons[name]
		for _, level := range slices.Sorted(maps.Keys(levels)) {
			c.Levels = append(c.Levels, report.LevelWeight{Level: level, Bits: math.Log2(levels[level].M / levels[level].U), Share: levels[level].M})
		}
		slices.SortStableFunc(c.Levels, func(a, b report.LevelWeight) int { return cmp.Compare(b.Share, a.Share) })
		c.Levels = c.Levels[:min(len(c.Levels), shownLevels)]
		slices.SortStableFunc(c.Levels, func(a, b report.LevelWeight) int { return cmp.Compare(b.Bits, a.Bits) })
		out = append(out, c)
	}
	return out, nil
}

// blocks are the chosen rules with the largest blocks.
func blocks(plan *identity.BlockPlan) []report.Block {
	var out []report.Block
	for i := range plan.Rules {
		if r := &plan.Rules[i]; r.Chosen {
			out = append(out, report.Block{Rule: r.Name, Pairs: int64(math.Round(r.Pairs)), Matches: int64(math.Round(r.Matches)), Largest: int64(r.LargestBlock)})
		}
	}
	slices.SortStableFunc(out, func(a, b report.Block) int { return cmp.Compare(b.Largest, a.Largest) })
	return out[:min(len(out), shownBlocks)]
}

// bands counts the pairs that were compared by their probability.
func (s *stage) bands(ctx context.Context, id *report.Identity) error {
	type row struct {
		Accepted    bool     `parquet:"accepted"`
		Probability *float64 `parquet:"probability,optional"`
	}
	parts, err := scan(ctx, s.tables, "identity_link", nil, func(p *[report.Bands][2]int64, r *row) {
		if r.Probability == nil {
			return
		}
		side := 1
		if r.Accepted {
			side = 0
		}
		p[report.Band(*r.Probability)][side]++
	})
	if err != nil {
		return err
	}
	id.Bands = make([][2]int64, report.Bands)
	for _, p := range parts {
		for i := range p {
			id.Bands[i][0] += p[i][0]
			id.Bands[i][1] += p[i][1]
		}
	}
	return nil
}

// doubtful finds the customers with the least sure links.
func (s *stage) doubtful(ctx context.Context, id *report.Identity, known map[uint64]struct{}) error {
	type row struct {
		CustomerID  string   `parquet:"customer_id"`
		Probability *float64 `parquet:"match_probability,optional"`
	}
	type least map[string]float64
	parts, err := scan(ctx, s.tables, "identity_map", nil, func(p *least, r *row) {
		if r.Probability == nil {
			return
		}
		if _, ok := known[xxh3.HashStringSeed(r.CustomerID, 0)]; !ok {
			return // deleted
		}
		if *p == nil {
			*p = least{}
		}
		if before, ok := (*p)[r.CustomerID]; !ok || *r.Probability < before {
			(*p)[string([]byte(r.CustomerID))] = *r.Probability
		}
	})
	if err != nil {
		return err
	}
	all := least{}
	for _, p := range parts {
		for customer, probability := range p {
			if before, ok := all[customer]; !ok || probability < before {
				all[customer] = probability
			}
		}
	}
	var doubts []report.Doubt
	for _, customer := range slices.Sorted(maps.Keys(all)) {
		doubts = append(doubts, report.Doubt{CustomerID: customer, Probability: all[customer]})
	}
	slices.SortStableFunc(doubts, func(a, b report.Doubt) int { return cmp.Compare(a.Probability, b.Probability) })
	id.Doubtful = doubts[:min(len(doubts), shownDoubts)]
	at := map[string]int{}
	for i := range id.Doubtful {
		at[id.Doubtful[i].CustomerID] = i
	}
	counts, err := scan(ctx, s.tables, "identity_map", nil, func(p *[shownDoubts]int64, r *row) {
		if i, ok := at[r.CustomerID]; ok {
			p[i]++
		}
	})
	for _, p := range counts {
		for i := range id.Doubtful {
			id.Doubtful[i].Records += p[i]
		}
	}
	return err
}
