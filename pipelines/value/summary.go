package value

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/clv"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/kpi"
	"github.com/tributary-cdp/tributary/transforms/rfm"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Small files that value.summary leaves.
const (
	SummaryFile = "summary.bin" // what the fits need
	ValuesFile  = "values.bin"  // the distributions of what is ranked
)

// maxSpends bounds the sample of customers that the spend model is fitted on.
const maxSpends = 200_000

// population are the distributions of one kind of customers, of buyers only.
type population struct {
	Recency   rfm.Values // days
	Frequency rfm.Values // orders
	Revenue   rfm.Values // ten-thousandths
	Margin    rfm.Values // of buyers whose margin is known
}

// spend is what one repeater brings on a repeat order day, under either basis.
type spend struct {
	Hash            uint64 // of the id: what the sample goes by
	X               int32
	Revenue, Margin float64
}

// summary adds customers up. Summaries of parts merge to the same in any order.
type summary struct {
	Buyers        int64
	WithMargin    int64 // buyers whose margin is known
	Patterns      []clv.Count
	Spends        []spend
	Gaps          rfm.Values // median gaps of repeaters, whole days
	Distributions distributions
	Events        []event // of a sample of customers, see maxEvents
	Beyond        uint64  // hash from which on customers are not in the sample; 0 = all are
}

type distributions struct{ Persons, Organizations population }

var (
	summaryCodec = codec.For[summary]()
	valuesCodec  = codec.For[distributions]()
)

type summaryParams struct {
	runs.Base
	Settings kpi.Settings `json:"kpi"`
	Periods  []kpi.Count  `json:"periods"`
	Extra    kpi.Extra    `json:"extra"`
}

var summaryOp = shuffle.Define(shuffle.Op{Name: SummaryJob, Map: summarise, Finish: finishSummary})

// summaryColumns are the columns that summarise reads.
var summaryColumns = []string{
	"customer_id", "kind", "orders", "revenue", "margin", "recency_days", "repeat_days", "repeat_span_days", "age_days", "repeat_spend", "median_gap_days",
}

func runSummary(ctx context.Context, env *runs.Env) error {
	if env.Done(SummaryJob) {
		return env.Run(ctx, runs.Job{Name: SummaryJob})
	}
	m, counts, err := inputs(env)
	if err != nil {
		return err
	}
	p := summaryParams{Base: env.Base(SummaryJob), Settings: counts.Settings, Periods: counts.Periods, Extra: counts.Extra}
	var work []any
	orders := parts(env, m, "orders", counts.Partitions) // in the partitions of their customers
	for i, path := range parts(env, m, customers.ProfileTable, counts.Partitions) {
		if path != "" {
			work = append(work, summaryWork{path, orders[i], p.AsOf})
		}
	}
	return env.Run(ctx, runs.Job{Name: SummaryJob, Op: summaryOp, Params: p, Work: work, Partitions: 1})
}

// summaryWork is one partition.
type summaryWork struct {
	Profiles string `json:"profiles"`
	Orders   string `json:"orders"`
	AsOf     int32  `json:"as_of"`
}

// summarise adds one part up.
func summarise(ctx context.Context, t *shuffle.MapTask) error {
	var w summaryWork
	if err := json.Unmarshal(t.Work, &w); err != nil {
		return err
	}
	var s summary
	if err := s.readEvents(ctx, w.Orders, w.AsOf); err != nil {
		return err
	}
	if err := warehouse.Read(ctx, w.Profiles, summaryColumns, func(rows []schemas.CustomerProfile) error {
		for i := range rows {
			s.add(&rows[i])
		}
		t.Progress(len(rows))
		return nil
	}); err != nil {
		return err
	}
	s.settle()
	t.Report(summaryCodec.Append(nil, &s))
	return nil
}

func (d *distributions) of(kind string) *population {
	if kind == schemas.Organization {
		return &d.Organizations
	}
	return &d.Persons
}

func (s *summary) add(p *schemas.CustomerProfile) {
	pattern, buyer := clv.PatternOf(p)
	if !buyer {
		return
	}
	s.Buyers++
	all := s.Distributions.of(p.Kind)
	one := func(list *rfm.Values, v int64) { *list = append(*list, rfm.ValueCount{Value: v, Count: 1}) }
	if p.Margin != nil {
		s.WithMargin++
		one(&all.Margin, *p.Margin)
	}
	one(&all.Revenue, p.Revenue)
	one(&all.Frequency, p.Orders)
	if p.RecencyDays != nil {
		one(&all.Recency, *p.RecencyDays)
	}
	s.Patterns = append(s.Patterns, clv.Count{Pattern: pattern, N: 1})
	if revenue := clv.SpendOf(p, clv.BasisRevenue); revenue.X > 0 {
		margin := clv.SpendOf(p, clv.BasisMargin)
		s.Spends = append(s.Spends, spend{xxh3.HashString(p.CustomerID), revenue.X, revenue.Mean, margin.Mean})
	}
	if p.MedianGapDays != nil {
		one(&s.Gaps, int64(math.Ceil(*p.MedianGapDays)))
	}
}

// settle sorts and adds up.
func (s *summary) settle() {
	for _, p := range []*population{&s.Distributions.Persons, &s.Distributions.Organizations} {
		for _, v := range []*rfm.Values{&p.Recency, &p.Frequency, &p.Revenue, &p.Margin} {
			*v = rfm.NewValues(*v)
		}
	}
	s.Gaps = rfm.NewValues(s.Gaps)
	s.Patterns = clv.Compress(s.Patterns)
	slices.SortFunc(s.Spends, func(a, b spend) int {
		return cmp.Or(cmp.Compare(a.Hash, b.Hash), cmp.Compare(a.X, b.X), cmp.Compare(a.Revenue, b.Revenue), cmp.Compare(a.Margin, b.Margin))
	})
	s.Spends = s.Spends[:min(len(s.Spends), maxSpends)]
	s.settleEvents()
}

// merge adds another summary; settle must follow.
func (s *summary) merge(o *summary) {
	s.Buyers += o.Buyers
	s.WithMargin += o.WithMargin
	for _, kind := range []string{schemas.Person, schemas.Organization} {
		a, b := s.Distributions.of(kind), o.Distributions.of(kind)
		a.Recency, a.Frequency = append(a.Recency, b.Recency...), append(a.Frequency, b.Frequency...)
		a.Revenue, a.Margin = append(a.Revenue, b.Revenue...), append(a.Margin, b.Margin...)
	}
	s.Patterns = append(s.Patterns, o.Patterns...)
	s.Spends = append(s.Spends, o.Spends...)
	s.Gaps = append(s.Gaps, o.Gaps...)
	s.Events = append(s.Events, o.Events...)
	if s.Beyond == 0 || o.Beyond != 0 && o.Beyond < s.Beyond {
		s.Beyond = o.Beyond
	}
}

// finishSummary merges the parts and writes the summary and table kpi.
func finishSummary(_ context.Context, raw []byte, results [][]byte) error {
	var p summaryParams
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	var all summary
	for _, result := range results {
		var s summary
		if err := summaryCodec.Decode(result, &s); err != nil {
			return err
		}
		all.merge(&s)
	}
	all.settle()
	m := &warehouse.Manifest{Job: SummaryJob, RunID: p.RunID, Inputs: []string{"jobs/" + customers.JobName}, Counters: map[string]int64{"buyers": all.Buyers}}
	if err := runs.AddSmall(&p.Base, m, ValuesFile, valuesCodec.Append(nil, &all.Distributions)); err != nil {
		return err
	}
	all.Distributions = distributions{}
	if err := runs.AddSmall(&p.Base, m, SummaryFile, summaryCodec.Append(nil, &all)); err != nil {
		return err
	}
	if err := runs.WriteTable(&p.Base, m, "kpi", kpi.Rows(p.Settings, p.Periods, &p.Extra), func(r *schemas.KPI) *schemas.RunColumns { return &r.RunColumns }); err != nil {
		return err
	}
	return warehouse.WriteManifest(p.Layout().Manifest(SummaryJob), m)
}
