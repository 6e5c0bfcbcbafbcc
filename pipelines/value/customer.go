package value

import (
	"context"
	"fmt"
	"sync"

	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/churn"
	"github.com/tributary-cdp/tributary/transforms/clv"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

// applier writes the tables of one partition.
type applier struct {
	p          *applyParams
	stamp      schemas.RunColumns
	scorer     *scorer
	forecaster *clv.Forecaster
	rules      *segment.Rules
	summary    *segment.Summary
	loyalty    map[string]*loyalty
	month      string // of as_of
	tables     *runs.Outputs
	customers  *runs.Output[schemas.Customer]
	rfm        *runs.Output[schemas.CustomerRFM]
	clv        *runs.Output[schemas.CustomerCLV]
	churn      *runs.Output[schemas.CustomerChurn]
	segments   *runs.Output[schemas.CustomerSegment]
	tiers      *runs.Output[schemas.CustomerTier]
	history    *runs.Output[schemas.CustomerHistory]
	actions    *runs.Output[schemas.CustomerAction]
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
	known, err := readLoyalty(ctx, p.Loyalty[partition], p.AsOfEnd)
	if err != nil {
		return nil, err
	}
	o := runs.NewOutputs(p.Dir, partition)
	return &applier{
		p: p, stamp: p.Stamp(), scorer: s, forecaster: s.take(), rules: rules, summary: segment.NewSummary(rules), loyalty: known,
		month: monthOf(p.AsOf), worth: newWorth(p),
		tables:    o,
		customers: runs.NewOutput[schemas.Customer](o, "customers"),
		rfm:       runs.NewOutput[schemas.CustomerRFM](o, "customer_rfm"),
		clv:       runs.NewOutput[schemas.CustomerCLV](o, "customer_clv"),
		churn:     runs.NewOutput[schemas.CustomerChurn](o, "customer_churn"),
		segments:  runs.NewOutput[schemas.CustomerSegment](o, segmentTable),
		tiers:     runs.NewOutput[schemas.CustomerTier](o, tierTable),
		history:   runs.NewOutput[schemas.CustomerHistory](o, historyTable),
		actions:   runs.NewOutput[schemas.CustomerAction](o, "customer_action"),
		matches:   runs.NewOutput[Match](o, MatchTable),
	}, nil
}

const microsPerDay = 86_400_000_000

// customer writes all rows of one customer.
func (a *applier) customer(p *customers.Profile, said *before) error {
	c := &a.row
	*c = schemas.Customer{RunColumns: a.stamp, CustomerProfile: p.CustomerProfile, ChurnState: churn.StateNever}
	if objectsToProfiling(&c.CustomerProfile) {
		c.ChurnState = ""
	} else if p.Orders > 0 {
		if err := a.score(c); err != nil {
			return err
		}
	}
	rollUp(c, said.contacts)
	c.LifecycleBefore = said.segment(segment.SchemeLifecycle)
	points := a.points(c, p)
	var state segment.TierState
	a.assigned, state = a.rules.ApplyTo(a.assigned[:0], c, said.tier)
	a.rows = segment.RowsTo(a.rows, p.CustomerID, a.assigned, said.segments, a.p.AsOf)
	for i := range a.rows {
		a.rows[i].RunColumns = a.stamp
		if err := a.segments.Add(&a.rows[i]); err != nil {
			return err
		}
	}
	a.summary.Add(c, a.assigned, said.segments)
	if err := a.tier(c, points, state, said.tier.Tier); err != nil {
		return err
	}
	if err := a.remember(c, said.history); err != nil {
		return err
	}
	if action, ok := a.rules.Action(c); ok {
		action.RunColumns = a.stamp
		if err := a.actions.Add(&action); err != nil {
			return err
		}
	}
	if err := a.match(c); err != nil {
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
	c.Value12m = &p.Revenue12m
	if value.Basis == clv.BasisMargin {
		c.Value12m = p.Margin12m
	}
	a.silence(c)
	return nil
}

// silence holds the time since the last order, and the time before it, against what the
// customer's cadence allows.
func (a *applier) silence(c *schemas.Customer) {
	patience := a.scorer.churn.Patience(c.RepeatDays, c.GapP95Days)
	c.PatienceDays = &patience
	if c.RecencyDays != nil {
		c.Silence = over(*c.RecencyDays, patience)
	}
	if c.LastGapDays != nil {
		c.SilenceBefore = over(*c.LastGapDays, a.scorer.churn.Patience(c.RepeatDays-1, c.GapP95Before))
	}
}

// over is a silence over what is allowed; less than a day is a day.
func over(days int64, patience float64) *float64 {
	ratio := float64(days) / max(1, patience)
	return &ratio
}

// match hands a customer whom audiences concern to the next stage.
func (a *applier) match(c *schemas.Customer) error {
	row, ok := MatchOf(a.rules, c)
	if !ok {
		return nil
	}
	return a.matches.Add(&row)
}

// gone counts a customer of the parent run who is no more: merged into another, or erased.
func (a *applier) gone(said *before) {
	a.summary.Add(&schemas.Customer{}, nil, said.segments)
}
