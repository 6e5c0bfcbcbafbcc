package customers

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/acquisition"
	"github.com/tributary-cdp/tributary/transforms/journey"
	"github.com/tributary-cdp/tributary/transforms/kpi"
	"github.com/tributary-cdp/tributary/transforms/sales"
	"github.com/tributary-cdp/tributary/transforms/segment"
	"github.com/tributary-cdp/tributary/transforms/service"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Business tables that sum over customers and facts are counted here, where everything of a
// customer is together: each reduce task keeps books, which travel as bytes and are added up at
// the end. Those that need what a customer is worth follow in value.apply.

// acquisitionFile is the small file with which the value stage goes on with the books.
const acquisitionFile = "acquisition.bin"

// bookParams are what the books are kept by.
type bookParams struct {
	Costs   acquisition.Costs `json:"costs"`
	Spend   []kpi.Spend       `json:"spend"`
	Topics  []service.Topic   `json:"topics"`
	Targets []kpi.Target      `json:"targets"`
	Market  []kpi.Market      `json:"market"`
}

// readBooks reads the costs of campaigns, and what rules say.
func readBooks(ctx context.Context, env *runs.Env, records *warehouse.Manifest, p *params) (b bookParams, err error) {
	_, rules, err := runs.Rules(env.Config)
	if err != nil {
		return b, err
	}
	b.Topics, b.Targets, b.Market = rules.Topics, rules.Targets, rules.Market
	t, ok := records.Table("records/" + schemas.KindCampaignCost)
	if !ok {
		return b, nil
	}
	fx, err := newExchange(p)
	if err != nil {
		return b, err
	}
	spending := kpi.NewSpending(kpiSettings(p))
	for _, file := range t.Files {
		if file.Rows == 0 {
			continue
		}
		if err := warehouse.Read(ctx, filepath.Join(env.Layout.Dir(), file.Name), nil, func(rows []schemas.CampaignCost) error {
			for i := range rows {
				if err := b.cost(&rows[i], fx, &rules.Business, spending, p.AsOf); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return b, err
		}
	}
	b.Costs.Settle()
	b.Spend = spending.Spend()
	return b, nil
}

// cost books one day of one campaign.
func (b *bookParams) cost(row *schemas.CampaignCost, fx *exchange, rules *segment.Business, spending *kpi.Spending, asOf int32) error {
	if row.Deleted || row.Day > asOf || row.Day == 0 {
		return nil
	}
	cost := original(row.Cost, row.Currency)
	if cost != nil {
		units, err := fx.rateOf(row.Currency, row.Day)
		if err != nil {
			return err
		}
		cost = convert(cost, units)
	}
	retention := rules.ForRetention(row.Campaign)
	b.Costs.Add(row.Channel, row.CampaignID, row.Campaign, row.Day, cost, retention)
	spending.Add(row.Day, cost, retention)
	return nil
}

// books are what one reduce task counts.
type books struct {
	stamp       schemas.RunColumns
	r           *reducer
	classifier  *service.Classifier
	acquisition *acquisition.Ledger
	service     *service.Ledger
	journey     *journey.Ledger
	recurring   *sales.Ledger
	pipeline    kpi.Pipeline
	renewals    int64
	deals, subs bool // there are any
	feedback    *runs.Output[schemas.Feedback]
	items       []service.Item
	rows        []schemas.Feedback
	terms       []sales.Term
}

func newBooks(r *reducer) *books {
	return &books{
		stamp: r.stamp, r: r, classifier: service.NewClassifier(r.p.Books.Topics),
		acquisition: acquisition.NewLedger(acquisitionSettings(r.p)), service: service.NewLedger(serviceSettings(r.p)), journey: journey.NewLedger(),
		recurring: newRecurring(r.p.AsOf),
		feedback:  runs.NewOutput[schemas.Feedback](r.tables, "feedback"),
	}
}

func acquisitionSettings(p *params) acquisition.Settings {
	return acquisition.Settings{AsOfDay: p.AsOf, DataStart: p.DataStart, Costs: p.Books.Costs}
}

func serviceSettings(p *params) service.Settings {
	return service.Settings{AsOfDay: p.AsOf, DataStart: p.DataStart, Active: p.Active}
}

func newRecurring(asOf int32) *sales.Ledger {
	return sales.NewLedger(asOf, acquisition.Month, acquisition.FirstDay)
}

// customer books one customer, or records that belong to nobody: profile is nil then.
func (b *books) customer(profile *schemas.CustomerProfile, id string, g *group) error {
	if err := b.voice(profile, g); err != nil {
		return err
	}
	if err := b.sales(profile, id, g); err != nil {
		return err
	}
	if profile == nil {
		b.service.Feedback(b.items, false, 0)
		return nil
	}
	b.service.Feedback(b.items, true, profile.Revenue12m)
	b.service.Owned(profile, b.r.orderRows, b.items)
	b.journey.Customer(b.r.steps)
	b.r.kpi.Standing(profile.Kind, b.r.orderRows)
	b.acquisition.Customer(profile, b.r.orderRows)
	return nil
}

// voice writes what somebody told the company, in order of time.
func (b *books) voice(profile *schemas.CustomerProfile, g *group) error {
	b.items, b.rows = b.items[:0], b.rows[:0]
	for i := range b.r.interactRows {
		v := &b.r.interactRows[i] // beside g.interactions
		row, ok := b.classifier.Feedback(v, g.interactions[i].Subject, g.interactions[i].Text, b.r.p.AsOfEnd)
		if !ok {
			continue
		}
		row.RunColumns = b.stamp
		b.rows = append(b.rows, row)
	}
	for i := range b.rows {
		row := &b.rows[i]
		day := b.r.days.Day(row.Time)
		b.items = append(b.items, service.Item{Feedback: row, Day: day, Month: acquisition.Month(day)})
		b.r.kpi.Feedback(day, row)
		if err := b.feedback.Add(row); err != nil {
			return err
		}
	}
	return nil
}

// bookBytes are the books of one reduce task on their way.
type bookBytes struct {
	Acquisition []byte       `json:"acquisition"`
	Service     []byte       `json:"service"`
	Journey     []byte       `json:"journey"`
	Recurring   []byte       `json:"recurring"`
	Standings   []byte       `json:"standings"`
	Buyers      int64        `json:"buyers"`
	WithMargin  int64        `json:"with_margin"`
	Pipeline    kpi.Pipeline `json:"pipeline"`
	Renewals    int64        `json:"renewals"`
	Deals       bool         `json:"deals"`
	Subs        bool         `json:"subscriptions"`
}

func (b *books) bytes() *bookBytes {
	out := &bookBytes{
		Acquisition: b.acquisition.Bytes(), Service: b.service.Bytes(), Journey: b.journey.Bytes(), Recurring: b.recurring.Bytes(),
		Pipeline: b.pipeline, Renewals: b.renewals, Deals: b.deals, Subs: b.subs,
	}
	out.Standings, out.Buyers, out.WithMargin = b.r.kpi.Standings()
	return out
}

// closing adds the books of all reduce tasks up.
type closing struct {
	p           *params
	acquisition *acquisition.Ledger
	service     *service.Ledger
	journey     *journey.Ledger
	recurring   *sales.Ledger
	standings   [][]byte
	sum         bookBytes
}

func newClosing(p *params) *closing {
	return &closing{
		p: p, acquisition: acquisition.NewLedger(acquisitionSettings(p)), service: service.NewLedger(serviceSettings(p)),
		journey: journey.NewLedger(), recurring: newRecurring(p.AsOf),
	}
}

func (c *closing) add(b *bookBytes) error {
	for _, merge := range []func() error{
		func() error { return c.acquisition.Merge(b.Acquisition) },
		func() error { return c.service.Merge(b.Service) },
		func() error { return c.journey.Merge(b.Journey) },
		func() error { return c.recurring.Merge(b.Recurring) },
	} {
		if err := merge(); err != nil {
			return err
		}
	}
	c.standings = append(c.standings, b.Standings)
	c.sum.Buyers += b.Buyers
	c.sum.WithMargin += b.WithMargin
	c.sum.Pipeline.Deals += b.Pipeline.Deals
	c.sum.Pipeline.Amount += b.Pipeline.Amount
	c.sum.Pipeline.Weighted += b.Pipeline.Weighted
	c.sum.Renewals += b.Renewals
	c.sum.Deals, c.sum.Subs = c.sum.Deals || b.Deals, c.sum.Subs || b.Subs
	return nil
}

// write writes the tables that are complete here, and what later stages go on with.
func (c *closing) write(m *warehouse.Manifest, counts *Counts) (err error) {
	base := &c.p.Base
	counts.Extra = kpi.Extra{
		Spend: c.p.Books.Spend, Movements: c.recurring.Months(), Targets: c.p.Books.Targets, Market: c.p.Books.Market,
	}
	if c.sum.Deals {
		counts.Extra.Pipeline = &c.sum.Pipeline
	}
	if c.sum.Subs {
		counts.Extra.Renewals = &c.sum.Renewals
	}
	if counts.Extra.HighValues, err = kpi.HighValues(counts.Settings, c.standings, c.sum.Buyers, c.sum.WithMargin); err != nil {
		return err
	}
	if err := runs.WriteTable(base, m, "cohort_retention", c.acquisition.CohortRows(), func(r *schemas.CohortRetention) *schemas.RunColumns { return &r.RunColumns }); err != nil {
		return err
	}
	if err := runs.WriteTable(base, m, "feedback_summary", c.service.SummaryRows(acquisition.MonthText), func(r *schemas.FeedbackSummary) *schemas.RunColumns { return &r.RunColumns }); err != nil {
		return err
	}
	if err := runs.WriteTable(base, m, "pain_point", c.service.PainRows(), func(r *schemas.PainPoint) *schemas.RunColumns { return &r.RunColumns }); err != nil {
		return err
	}
	if err := runs.WriteTable(base, m, "owner_performance", c.service.OwnerRows(), func(r *schemas.OwnerPerformance) *schemas.RunColumns { return &r.RunColumns }); err != nil {
		return err
	}
	if err := runs.WriteTable(base, m, "journey_path", c.journey.Rows(), func(r *schemas.JourneyPath) *schemas.RunColumns { return &r.RunColumns }); err != nil {
		return err
	}
	data, err := json.Marshal(acquisitionBooks{acquisitionSettings(c.p), c.acquisition.Bytes()})
	if err != nil {
		return err
	}
	return runs.AddSmall(base, m, acquisitionFile, append(data, '\n'))
}

// acquisitionBooks are the books of acquisition, for the value stage.
type acquisitionBooks struct {
	Settings acquisition.Settings `json:"settings"`
	Books    []byte               `json:"books"`
}

// ReadAcquisition reads the books of acquisition that a finished run of the stage left, and the
// costs that they were kept by.
func ReadAcquisition(l runs.Layout) (*acquisition.Ledger, acquisition.Costs, error) {
	path := filepath.Join(l.Job(JobName), acquisitionFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("job %s left no books: %w", JobName, err)
	}
	var b acquisitionBooks
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	ledger := acquisition.NewLedger(b.Settings)
	if err := ledger.Merge(b.Books); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return ledger, b.Settings.Costs, nil
}
