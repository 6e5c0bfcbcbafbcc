package value

import (
	"context"
	"fmt"
	"sync"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/churn"
	"github.com/tributary-cdp/tributary/transforms/clv"
	"github.com/tributary-cdp/tributary/transforms/golden"
	"github.com/tributary-cdp/tributary/transforms/segment"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// applier writes the tables of one partition.
type applier struct {
	p          *applyParams
	stamp      schemas.RunColumns
	scorer     *scorer
	forecaster *clv.Forecaster
	rules      *segment.Rules
	summary    *segment.Summary
	moves      map[string][]segment.PointsMove
	tables     *runs.Outputs
	customers  *runs.Output[schemas.Customer]
	rfm        *runs.Output[schemas.CustomerRFM]
	clv        *runs.Output[schemas.CustomerCLV]
	churn      *runs.Output[schemas.CustomerChurn]
	segments   *runs.Output[schemas.CustomerSegment]
	tiers      *runs.Output[schemas.CustomerTier]
	matches    *runs.Output[Match]
	worth      *worth
	row        schemas.Customer
	assigned   []segment.Assignment
	rows       []schemas.CustomerSegment
}

var compiled sync.Map // rules by their text, for all tasks of a process

// CompileRules compiles the rules of a run once for all tasks of a process.
func CompileRules(files []segment.File) (*segment.Rules, error) {
	key := ""
	for _, f := range files {
		key += f.Name + "\x00" + string(f.Data) + "\x00"
	}
	made, _ := compiled.LoadOrStore(key, sync.OnceValues(func() (*segment.Rules, error) {
		rules, mistakes := segment.Load(files, audience.Platforms())
		if len(mistakes) > 0 {
			return nil, mistakes[0]
		}
		return rules, nil
	}))
	return made.(func() (*segment.Rules, error))()
}

func newApplier(ctx context.Context, p *applyParams, partition int) (*applier, error) {
	rules, err := CompileRules(p.Rules)
	if err != nil {
		return nil, err
	}
	s, err := scorerOf(p)
	if err != nil {
		return nil, err
	}
	moves, err := readMoves(ctx, p.Loyalty[partition], p.AsOfEnd)
	if err != nil {
		return nil, err
	}
	o := runs.NewOutputs(p.Dir, partition)
	return &applier{
		p: p, stamp: p.Stamp(), scorer: s, forecaster: s.take(), rules: rules, summary: segment.NewSummary(), moves: moves, worth: newWorth(p),
		tables:    o,
		customers: runs.NewOutput[schemas.Customer](o, "customers"),
		rfm:       runs.NewOutput[schemas.CustomerRFM](o, "customer_rfm"),
		clv:       runs.NewOutput[schemas.CustomerCLV](o, "customer_clv"),
		churn:     runs.NewOutput[schemas.CustomerChurn](o, "customer_churn"),
		segments:  runs.NewOutput[schemas.CustomerSegment](o, "customer_segment"),
		tiers:     runs.NewOutput[schemas.CustomerTier](o, "customer_tier"),
		matches:   runs.NewOutput[Match](o, MatchTable),
	}, nil
}

// readMoves reads the movements of points of the partition's customers up to as_of.
func readMoves(ctx context.Context, path string, asOfEnd int64) (map[string][]segment.PointsMove, error) {
	if path == "" {
		return nil, nil
	}
	moves := map[string][]segment.PointsMove{}
	err := warehouse.Read(ctx, path, []string{"customer_id", "kind", "points", "time"}, func(rows []schemas.LoyaltyEventRow) error {
		for _, r := range rows {
			if r.CustomerID != "" && r.Points != nil && r.Time < asOfEnd {
				moves[r.CustomerID] = append(moves[r.CustomerID], segment.PointsMove{Kind: r.Kind, Points: *r.Points, Day: int32(r.Time / microsPerDay)})
			}
		}
		return nil
	})
	return moves, err
}

const microsPerDay = 86_400_000_000

// customer writes all rows of one customer.
func (a *applier) customer(p *schemas.CustomerProfile, said *before) error {
	c := &a.row
	*c = schemas.Customer{RunColumns: a.stamp, CustomerProfile: *p, ChurnState: churn.StateNever}
	if p.Orders > 0 {
		if err := a.score(c); err != nil {
			return err
		}
	}
	points := a.points(c)
	a.assigned = a.rules.ApplyTo(a.assigned[:0], c)
	a.rows = segment.RowsTo(a.rows, p.CustomerID, a.assigned, said.segments, a.p.AsOf)
	for i := range a.rows {
		a.rows[i].RunColumns = a.stamp
		if err := a.segments.Add(&a.rows[i]); err != nil {
			return err
		}
	}
	a.summary.Add(c, a.assigned, said.segments)
	if err := a.tier(c, points, said); err != nil {
		return err
	}
	if err := a.match(c, said.sent); err != nil {
		return err
	}
	return a.customers.Add(c)
}

// score writes the rows of a buyer and fills in the buyer's columns.
func (a *applier) score(c *schemas.Customer) error {
	p := &c.CustomerProfile
	r, err := a.scorer.rfmRow(p)
	if err != nil {
		return fmt.Errorf("customer %s: %w", p.CustomerID, err)
	}
	r.RunColumns = a.stamp
	if err := a.rfm.Add(&r); err != nil {
		return err
	}
	c.RScore, c.FScore, c.MScore = &r.RScore, &r.FScore, &r.MScore
	c.RFMSegment, c.RFMSegmentZH, c.ABC = r.Segment, r.SegmentZH, r.ABC

	value, forecast, _ := a.forecaster.Row(p)
	value.RunColumns = a.stamp
	a.worth.customer(p, &value)
	if err := a.clv.Add(&value); err != nil {
		return err
	}
	c.CLV12m, c.CLVLifetime, c.PAlive = &value.CLV12m, value.CLVLifetime, value.PAlive

	risk := a.scorer.churn.Row(p, a.scorer.model, forecast)
	risk.RunColumns = a.stamp
	if err := a.churn.Add(&risk); err != nil {
		return err
	}
	c.ChurnProbability, c.ChurnBand, c.ChurnState = risk.Probability, risk.Band, risk.State
	c.ValueAtRisk, c.NextOrderDay = risk.ValueAtRisk, risk.NextOrder
	return nil
}

// points fills in the points of a customer whom a loyalty system or the rules count.
func (a *applier) points(c *schemas.Customer) segment.Points {
	var p segment.Points
	switch {
	case a.p.Points:
		moves := a.moves[c.CustomerID]
		if len(moves) == 0 {
			return p
		}
		expiry := 0
		if a.rules.Tiers != nil {
			expiry = a.rules.Tiers.ExpiryDays
		}
		p = segment.PointsOf(moves, a.p.AsOf, expiry)
	case a.rules.Tiers != nil && a.rules.Tiers.PointsPerUnit > 0:
		p.Earned = a.rules.Tiers.Earns(c.Revenue)
		p.Balance = p.Earned
	default:
		return p
	}
	c.Points = &p.Balance
	return p
}

// tier writes the tier of a customer who has one.
func (a *applier) tier(c *schemas.Customer, points segment.Points, said *before) error {
	if c.Tier == "" {
		return nil
	}
	row := schemas.CustomerTier{RunColumns: a.stamp, CustomerID: c.CustomerID, Tier: c.Tier, Earned: points.Earned, Spent: points.Spent, Expiring: points.Expiring}
	if a.rules.Tiers != nil {
		if next, missing, ok := a.rules.Tiers.Missing(c, a.rules.Tiers.Of(c)); ok {
			amount := clv.Money(missing)
			row.NextTier, row.Missing = next.Code, &amount
		}
	}
	for _, s := range said.segments {
		if s.Scheme == segment.SchemeTier {
			row.Change = a.rules.TierChange(s.Segment, c.Tier)
		}
	}
	return a.tiers.Add(&row)
}

// match hands a customer whom audiences concern to the next stage.
func (a *applier) match(c *schemas.Customer, was []string) error {
	var matched []string
	for i := range a.rules.Audiences {
		if a.rules.Audiences[i].When.Match(c) {
			matched = append(matched, a.rules.Audiences[i].Code)
		}
	}
	if len(matched) == 0 && len(was) == 0 {
		return nil
	}
	row := Match{
		CustomerID: c.CustomerID, Matched: matched, Was: was, GivenName: c.GivenName, FamilyName: c.FamilyName,
		Country: c.Country, Postcode: c.Postcode, Email: c.Email, Phone: c.Phone, Identifiers: c.Identifiers,
	}
	for _, consent := range c.Consents {
		if consent.Status == golden.Granted {
			continue // an identifier is exported under its own grant only
		}
		if consent.Channel == golden.AllChannels {
			consent.Channel = ""
		}
		row.Refusals = append(row.Refusals, consent)
	}
	if c.CLV12m != nil {
		row.Value = *c.CLV12m
	}
	return a.matches.Add(&row)
}

// gone counts a customer of the parent run who is no more: merged into another, or erased.
func (a *applier) gone(id string, said *before) error {
	a.summary.Add(&schemas.Customer{}, nil, said.segments)
	if len(said.sent) == 0 {
		return nil
	}
	return a.matches.Add(&Match{CustomerID: id, Was: said.sent})
}
