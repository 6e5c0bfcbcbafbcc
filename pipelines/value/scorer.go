package value

import (
	"fmt"
	"path/filepath"
	"sort"
	"sync"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/churn"
	"github.com/tributary-cdp/tributary/transforms/clv"
	"github.com/tributary-cdp/tributary/transforms/rfm"
)

// scorer ranks and forecasts. All tasks of a process share one.
type scorer struct {
	model *clv.Model
	basis string
	churn churn.Settings
	kinds [2]kindScorer // persons, organizations

	settings clv.Settings
	mutex    sync.Mutex
	first    *clv.Forecaster
	idle     []*clv.Forecaster // a forecaster serves one task at a time and remembers much
}

type kindScorer struct {
	recency, frequency map[int64]int8
	revenue, value     *ranking
}

// ranking knows the rank of every distinct value.
type ranking struct {
	total  int64
	values rfm.Values
	ranks  []rfm.Rank
}

// newRanking ranks the values range by range.
func newRanking(p *rfm.Prefixes, values rfm.Values) (*ranking, error) {
	r := &ranking{total: p.Total, values: values, ranks: make([]rfm.Rank, 0, len(values))}
	for start := 0; start < len(values); {
		at := rfm.Range(values[start].Value)
		end := start
		for end < len(values) && rfm.Range(values[end].Value) == at {
			end++
		}
		ranks, err := rfm.RankValues(p, at, values[start:end], rfm.DefaultShares)
		if err != nil {
			return nil, err
		}
		r.ranks = append(r.ranks, ranks...)
		start = end
	}
	return r, nil
}

func (r *ranking) of(value int64) (rfm.Rank, error) {
	i := sort.Search(len(r.values), func(i int) bool { return r.values[i].Value >= value })
	if i == len(r.values) || r.values[i].Value != value {
		return rfm.Rank{}, fmt.Errorf("a customer's value was not there when %s counted: profiles changed after it", SummaryJob)
	}
	return r.ranks[i], nil
}

var scorers sync.Map // by folder and hash of the values

func scorerOf(p *applyParams) (*scorer, error) {
	key := p.Dir + p.ValuesSum
	made, _ := scorers.LoadOrStore(key, sync.OnceValues(func() (*scorer, error) { return newScorer(p) }))
	s, err := made.(func() (*scorer, error))()
	if err != nil {
		scorers.Delete(key)
	}
	return s, err
}

func newScorer(p *applyParams) (*scorer, error) {
	s := &scorer{model: &clv.Model{}, settings: clv.Settings{HorizonDays: p.Horizon, YearlyRate: p.Rate}}
	dir := p.Layout().Job(ApplyJob)
	var cut cuts
	for name, v := range map[string]any{ModelFile: s.model, CutsFile: &cut} {
		if ok, err := readJSON(filepath.Join(dir, name), v); err != nil || !ok {
			return nil, fmt.Errorf("job %s: %s is missing (%w)", ApplyJob, name, err)
		}
	}
	var d distributions
	if err := readValues(p.Values, &d); err != nil {
		return nil, err
	}
	s.basis = cut.Basis
	s.churn = churn.Settings{AsOfDay: p.AsOf, HorizonDays: p.Horizon, PopulationGap: cut.PopulationGap}
	for i, kind := range []string{schemas.Person, schemas.Organization} {
		c, v := cut.of(kind), d.of(kind)
		k := kindScorer{recency: c.Recency.Scores(), frequency: c.Frequency.Scores()}
		var err error
		if k.revenue, err = newRanking(&c.Revenue, v.Revenue); err != nil {
			return nil, err
		}
		if k.value, err = newRanking(&c.Value, v.byBasis(cut.Basis)); err != nil {
			return nil, err
		}
		s.kinds[i] = k
	}
	return s, nil
}

func (s *scorer) of(kind string) *kindScorer {
	if kind == schemas.Organization {
		return &s.kinds[1]
	}
	return &s.kinds[0]
}

// take lends a forecaster; give takes it back.
func (s *scorer) take() *clv.Forecaster {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if n := len(s.idle); n > 0 {
		f := s.idle[n-1]
		s.idle = s.idle[:n-1]
		return f
	}
	if s.first == nil {
		s.first = clv.NewForecaster(s.model, s.settings)
		return s.first
	}
	return s.first.Twin()
}

func (s *scorer) give(f *clv.Forecaster) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.idle = append(s.idle, f)
}

// rfmRow scores and classes a buyer.
func (s *scorer) rfmRow(p *schemas.CustomerProfile) (schemas.CustomerRFM, error) {
	k := s.of(p.Kind)
	revenue, err := k.revenue.of(p.Revenue)
	if err != nil {
		return schemas.CustomerRFM{}, err
	}
	value := p.Revenue
	if s.basis == clv.BasisMargin {
		value = *p.Margin
	}
	rank, err := k.value.of(value)
	if err != nil {
		return schemas.CustomerRFM{}, err
	}
	recency := *p.RecencyDays
	scores := rfm.Scores{
		R: rfm.RecencyScore(k.recency[recency]), F: rfm.FrequencyScore(k.frequency[p.Orders], p.Orders), M: revenue.Score,
	}
	return schemas.CustomerRFM{
		CustomerID: p.CustomerID, Kind: p.Kind, RecencyDays: recency, Frequency: p.Orders, Monetary: p.Revenue,
		RScore: int64(scores.R), FScore: int64(scores.F), MScore: int64(scores.M),
		Segment: rfm.TenCell(scores).Code, SegmentZH: rfm.EightCell(scores).Code, ABC: rank.Class, Basis: s.basis,
		Rank: k.value.total - rank.AtMost + 1, CumulativeShare: rank.CumulativeShare,
	}, nil
}
