package report

import (
	"context"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/churn"
	"github.com/tributary-cdp/tributary/transforms/report"
)

type rfmPart struct {
	ownerPart
	rfm     report.RFM
	bases   map[string]bool
	amounts []int64
}

// scores reads what the value stage computed for each buyer.
func (s *stage) scores(ctx context.Context, f *facts, known map[uint64]struct{}) error {
	if err := s.rfm(ctx, f, known); err != nil {
		return err
	}
	if err := s.churn(ctx, f, known); err != nil {
		return err
	}
	if err := s.risk(ctx, f); err != nil {
		return err
	}
	return s.clv(ctx, f, known)
}

func (s *stage) rfm(ctx context.Context, f *facts, known map[uint64]struct{}) error {
	type row struct {
		CustomerID string `parquet:"customer_id"`
		Monetary   int64  `parquet:"monetary"`
		R          int64  `parquet:"r_score"`
		F          int64  `parquet:"f_score"`
		ABC        string `parquet:"abc,dict"`
		Basis      string `parquet:"abc_basis,dict"`
	}
	parts, err := scan(ctx, s.tables, "customer_rfm", nil, func(p *rfmPart, r *row) {
		if p.bases == nil {
			p.bases = map[string]bool{}
		}
		p.add(r.CustomerID)
		p.owner(r.CustomerID, known)
		p.bases[r.Basis] = true
		p.rfm.Total.Add(r.Monetary)
		p.amounts = append(p.amounts, r.Monetary)
		if r.R >= 1 && r.R <= 5 && r.F >= 1 && r.F <= 5 {
			p.rfm.Grid[r.R-1][r.F-1].Add(r.Monetary)
		}
		if i := strings.Index("ABC", r.ABC); i >= 0 && len(r.ABC) == 1 {
			p.rfm.ABC[i].Add(r.Monetary)
		}
	})
	if err != nil {
		return err
	}
	owners := make([]ownerPart, len(parts))
	bases := map[string]bool{}
	var amounts []int64
	for i, p := range parts {
		owners[i] = p.ownerPart
		amounts = append(amounts, p.amounts...)
		f.rfm.Total.Merge(p.rfm.Total)
		for r := range p.rfm.Grid {
			for c := range p.rfm.Grid[r] {
				f.rfm.Grid[r][c].Merge(p.rfm.Grid[r][c])
			}
		}
		for c := range p.rfm.ABC {
			f.rfm.ABC[c].Merge(p.rfm.ABC[c])
		}
		for basis := range p.bases {
			bases[basis] = true
		}
	}
	f.rfm.Basis = joined(bases)
	descending(amounts)
	f.concentration = report.Concentrate(amounts)
	f.owned("customer_rfm", "customer_id", false, owners)
	return nil
}

// descending sorts from the largest.
func descending(values []int64) {
	slices.Sort(values)
	slices.Reverse(values)
}

// joined lists names in order.
func joined(names map[string]bool) string {
	var list []string
	for name := range names {
		if name != "" {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return strings.Join(list, " or ")
}

type churnPart struct {
	ownerPart
	bands map[string]report.ChurnBand
}

func (s *stage) churn(ctx context.Context, f *facts, known map[uint64]struct{}) error {
	type row struct {
		CustomerID  string `parquet:"customer_id"`
		Band        string `parquet:"churn_band,optional,dict"`
		State       string `parquet:"churn_state,dict"`
		ValueAtRisk *int64 `parquet:"value_at_risk,optional"`
	}
	parts, err := scan(ctx, s.tables, "customer_churn", nil, func(p *churnPart, r *row) {
		if p.bands == nil {
			p.bands = map[string]report.ChurnBand{}
		}
		p.add(r.CustomerID)
		p.owner(r.CustomerID, known)
		band := bandOf(r.State, r.Band)
		sum := p.bands[band]
		sum.Customers++
		if r.ValueAtRisk != nil {
			sum.ValueAtRisk += *r.ValueAtRisk
		}
		p.bands[band] = sum
	})
	if err != nil {
		return err
	}
	owners := make([]ownerPart, len(parts))
	for i, p := range parts {
		owners[i] = p.ownerPart
	}
	for _, band := range report.ChurnBands {
		sum := report.ChurnBand{Band: band}
		for _, p := range parts {
			sum.Customers += p.bands[band].Customers
			sum.ValueAtRisk += p.bands[band].ValueAtRisk
		}
		if sum.Customers > 0 {
			f.churn = append(f.churn, sum)
		}
	}
	f.owned("customer_churn", "customer_id", false, owners)
	return nil
}

// bandOf is the band that the page shows: who has left by their own cadence is in none of the
// model's.
func bandOf(state, band string) string {
	switch {
	case state == churn.StateLapsed:
		return "lapsed"
	case band == "":
		return "unknown"
	}
	return band
}

// riskPart sums what may be lost up by band and ABC class.
type riskPart map[string]*[3]report.RiskSum

// risk holds the classes by value against the bands of churn.
func (s *stage) risk(ctx context.Context, f *facts) error {
	type row struct {
		ABC         string `parquet:"abc,optional,dict"`
		Band        string `parquet:"churn_band,optional,dict"`
		State       string `parquet:"churn_state,optional,dict"`
		ValueAtRisk *int64 `parquet:"value_at_risk,optional"`
	}
	parts, err := scan(ctx, s.tables, "customers", nil, func(p *riskPart, r *row) {
		class := strings.Index("ABC", r.ABC)
		if r.ABC == "" || class < 0 {
			return // no buyer
		}
		if *p == nil {
			*p = riskPart{}
		}
		band := bandOf(r.State, r.Band)
		if (*p)[band] == nil {
			(*p)[band] = &[3]report.RiskSum{}
		}
		sum := &(*p)[band][class]
		sum.Customers++
		if r.ValueAtRisk != nil {
			sum.ValueAtRisk += *r.ValueAtRisk
		}
	})
	if err != nil {
		return err
	}
	for i := range f.churn {
		for _, p := range parts {
			if sums := p[f.churn[i].Band]; sums != nil {
				for class := range sums {
					f.churn[i].ByClass[class].Customers += sums[class].Customers
					f.churn[i].ByClass[class].ValueAtRisk += sums[class].ValueAtRisk
				}
			}
		}
	}
	return nil
}

type clvPart struct {
	ownerPart
	values        []int64
	models, bases map[string]bool
}

func (s *stage) clv(ctx context.Context, f *facts, known map[uint64]struct{}) error {
	type row struct {
		CustomerID string `parquet:"customer_id"`
		Model      string `parquet:"model,dict"`
		Basis      string `parquet:"basis,dict"`
		CLV12m     int64  `parquet:"clv_12m"`
	}
	parts, err := scan(ctx, s.tables, "customer_clv", nil, func(p *clvPart, r *row) {
		if p.models == nil {
			p.models, p.bases = map[string]bool{}, map[string]bool{}
		}
		p.add(r.CustomerID)
		p.owner(r.CustomerID, known)
		p.models[r.Model], p.bases[r.Basis] = true, true
		p.values = append(p.values, r.CLV12m)
	})
	if err != nil {
		return err
	}
	owners := make([]ownerPart, len(parts))
	models, bases := map[string]bool{}, map[string]bool{}
	var values []int64
	for i, p := range parts {
		owners[i] = p.ownerPart
		values = append(values, p.values...)
		for name := range p.models {
			models[name] = true
		}
		for name := range p.bases {
			bases[name] = true
		}
	}
	descending(values)
	f.clv = report.CLV{Model: joined(models), Basis: joined(bases), Deciles: report.Deciles(values)}
	for _, d := range f.clv.Deciles {
		f.clv.Total.Merge(d)
	}
	f.owned("customer_clv", "customer_id", false, owners)
	return nil
}

// small reads the tables that are small for any number of customers.
func (s *stage) small(ctx context.Context, f *facts, _ map[uint64]struct{}) (err error) {
	if f.kpi, err = all[kpiRow](ctx, s.tables, "kpi"); err != nil {
		return err
	}
	if f.segments, err = all[segmentRow](ctx, s.tables, "segment_summary"); err != nil {
		return err
	}
	if f.revenue, err = all[revenueRow](ctx, s.tables, "revenue_reconciliation"); err != nil {
		return err
	}
	f.audiences, err = all[audienceRow](ctx, s.tables, "audience")
	return err
}
