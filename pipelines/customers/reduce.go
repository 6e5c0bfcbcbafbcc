package customers

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/effect"
	"github.com/tributary-cdp/tributary/transforms/fold"
	"github.com/tributary-cdp/tributary/transforms/golden"
	"github.com/tributary-cdp/tributary/transforms/kpi"
	"github.com/tributary-cdp/tributary/transforms/measure"
	"github.com/tributary-cdp/tributary/transforms/normalize"
	"github.com/tributary-cdp/tributary/transforms/segment"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
)

// group is everything of one customer.
type group struct {
	parties       []schemas.Party
	orders        []sale
	notes         []measure.Line
	interactions  []schemas.Interaction
	traits        []schemas.Trait
	products      []schemas.Product
	opportunities []schemas.Opportunity
	subscriptions []schemas.Subscription
	events        []schemas.LoyaltyEvent
	consents      []schemas.Consent
	exposed       []Exposed
	visits        []measure.Event
	relations     []relationNote
	byTime        []*sale
}

func (g *group) reset() {
	g.parties, g.orders, g.notes, g.interactions, g.traits = g.parties[:0], g.orders[:0], g.notes[:0], g.interactions[:0], g.traits[:0]
	g.products, g.opportunities, g.subscriptions, g.events, g.consents = g.products[:0], g.opportunities[:0], g.subscriptions[:0], g.events[:0], g.consents[:0]
	g.exposed = g.exposed[:0]
	g.visits, g.relations = g.visits[:0], g.relations[:0]
}

func (g *group) take(tag uint8, rec []byte) error {
	switch tag {
	case tagParty:
		return decode(&g.parties, partyCodec, rec)
	case tagOrder:
		return decode(&g.orders, saleCodec, rec)
	case tagOrderLine:
		return decode(&g.notes, lineNoteCodec, rec)
	case tagInteraction:
		return decode(&g.interactions, interactionCodec, rec)
	case tagTrait:
		return decode(&g.traits, traitCodec, rec)
	case tagProduct:
		return decode(&g.products, productCodec, rec)
	case tagOpportunity:
		return decode(&g.opportunities, opportunityCodec, rec)
	case tagSubscription:
		return decode(&g.subscriptions, subscriptionCodec, rec)
	case tagLoyaltyEvent:
		return decode(&g.events, loyaltyEventCodec, rec)
	case tagExposed:
		return decode(&g.exposed, exposedCodec, rec)
	case tagBehaviour:
		return decode(&g.visits, eventCodec, rec)
	case tagRelation:
		return decode(&g.relations, relationCodec, rec)
	}
	return decode(&g.consents, consentCodec, rec)
}

// sales are the orders in order of time.
func (g *group) sales() []*sale {
	g.byTime = g.byTime[:0]
	for i := range g.orders {
		g.byTime = append(g.byTime, &g.orders[i])
	}
	slices.SortStableFunc(g.byTime, func(a, b *sale) int {
		if c := cmp.Compare(a.Time, b.Time); c != 0 {
			return c
		}
		return strings.Compare(a.OrderKey, b.OrderKey)
	})
	return g.byTime
}

func decode[T any](list *[]T, c *codec.Codec[T], rec []byte) error {
	n := len(*list)
	if n < cap(*list) {
		*list = (*list)[:n+1]
	} else {
		var zero T
		*list = append(*list, zero)
	}
	return c.Decode(rec, &(*list)[n])
}

// reducer writes the tables of one partition.
type reducer struct {
	p             *params
	stamp         schemas.RunColumns
	days          *normalize.Zone
	fx            *exchange
	measurer      *measure.Measurer
	kpi           *kpi.Counter
	effects       *effect.Counter
	revenue       reconciliation
	tables        *runs.Outputs
	profiles      *runs.Output[Profile]
	orders        *runs.Output[schemas.OrderRow]
	links         *runs.Output[schemas.OrderLink]
	interactions  *runs.Output[schemas.InteractionRow]
	texts         *runs.Output[schemas.InteractionText]
	traits        *runs.Output[schemas.TraitRow]
	products      *runs.Output[schemas.ProductRow]
	opportunities *runs.Output[schemas.OpportunityRow]
	subscriptions *runs.Output[schemas.SubscriptionRow]
	events        *runs.Output[schemas.LoyaltyEventRow]
	consents      *runs.Output[schemas.ConsentRow]
	touchpoints   *runs.Output[schemas.Touchpoint]
	behaviour     *runs.Output[schemas.CustomerBehaviour]
	relations     *runs.Output[schemas.CustomerRelation]
	orderRows     []schemas.OrderRow
	interactRows  []schemas.InteractionRow
	steps         []schemas.Touchpoint
	amounts       amountStore // of orderRows
	books         *books
}

func newReducer(p *params, partition int) (*reducer, error) {
	days, err := calendarOf(p.Timezone)
	if err != nil {
		return nil, err
	}
	fx, err := newExchange(p)
	if err != nil {
		return nil, err
	}
	o := runs.NewOutputs(p.Dir, partition)
	if p.NoLines {
		runs.NewOutput[schemas.OrderLineRow](o, lineTable) // for its schema
	}
	r := &reducer{
		p: p, stamp: p.Stamp(), days: days, fx: fx, tables: o, revenue: reconciliation{},
		measurer:      measure.New(measure.Settings{AsOfDay: p.AsOf, AsOfEnd: p.AsOfEnd, Location: days.Location, DataStart: p.DataStart}),
		kpi:           kpi.NewCounter(kpiSettings(p)),
		effects:       effect.NewCounter(p.AsOf, p.AsOfEnd, days),
		profiles:      runs.NewOutput[Profile](o, ProfileTable),
		orders:        runs.NewOutput[schemas.OrderRow](o, "orders"),
		links:         runs.NewOutput[schemas.OrderLink](o, "order_link"),
		interactions:  runs.NewOutput[schemas.InteractionRow](o, "interactions"),
		texts:         runs.NewOutput[schemas.InteractionText](o, "restricted/interaction_text"),
		traits:        runs.NewOutput[schemas.TraitRow](o, "traits"),
		products:      runs.NewOutput[schemas.ProductRow](o, "products"),
		opportunities: runs.NewOutput[schemas.OpportunityRow](o, "opportunities"),
		subscriptions: runs.NewOutput[schemas.SubscriptionRow](o, "subscriptions"),
		events:        runs.NewOutput[schemas.LoyaltyEventRow](o, "loyalty_events"),
		consents:      runs.NewOutput[schemas.ConsentRow](o, "consents"),
		touchpoints:   runs.NewOutput[schemas.Touchpoint](o, "touchpoints"),
		behaviour:     runs.NewOutput[schemas.CustomerBehaviour](o, "customer_behaviour"),
		relations:     runs.NewOutput[schemas.CustomerRelation](o, "customer_relation"),
	}
	r.books = newBooks(r)
	return r, nil
}

func reducePartition(ctx context.Context, t *shuffle.ReduceTask) (err error) {
	var p params
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	f, err := finderOf(ctx, &p)
	if err != nil {
		return err
	}
	r, err := newReducer(&p, t.Partition)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			r.tables.Abort()
		}
	}()
	var g group
	for t.Next() {
		g.reset()
		for tag, rec, ok := t.Record(); ok; tag, rec, ok = t.Record() {
			if err := g.take(tag, rec); err != nil {
				return err
			}
		}
		if err := r.customer(f.idOf(t.Key()), &g); err != nil {
			return err
		}
	}
	if err := r.tables.Close(); err != nil {
		return err
	}
	data, err := json.Marshal(report{Partition: true, Files: r.tables.Files, Revenue: r.revenue.rows(), KPI: r.kpi.Counts(), Books: r.books.bytes(), Effects: r.effects.Sums()})
	if err != nil {
		return err
	}
	t.Report(data)
	return nil
}

// customer writes all rows of one customer, or of records that belong to nobody.
func (r *reducer) customer(id string, g *group) error {
	if err := r.orderFacts(id, g); err != nil {
		return err
	}
	if err := r.interactionFacts(id, g); err != nil {
		return err
	}
	latest := golden.LatestConsents(g.consents, r.p.AsOfEnd)
	if err := r.otherFacts(id, g, latest); err != nil {
		return err
	}
	if id == "" || len(g.parties) == 0 {
		for i := range r.orderRows {
			r.kpi.Anonymous(&r.orderRows[i])
		}
		return r.books.customer(nil, id, g)
	}
	if err := r.journey(id); err != nil {
		return err
	}
	profile := golden.Profile(id, g.parties, golden.Settings{AsOf: r.p.AsOf, Sources: r.p.Trust})
	profile.Consents = golden.CustomerConsents(latest, g.parties)
	r.measurer.Fill(&profile, r.orderRows, g.notes, r.interactRows)
	if err := r.portrait(&profile, g); err != nil {
		return err
	}
	r.kpi.Customer(value(profile.FirstSeen), r.orderRows)
	r.countEffects(g)
	row := Profile{CustomerProfile: profile}
	row.PointsRevenue, row.PointsExpiring = r.measurer.PointsRevenue(r.p.PointsDays, segment.ExpiringDays)
	if err := r.books.customer(&row.CustomerProfile, id, g); err != nil {
		return err
	}
	return r.profiles.Add(&row)
}

// orderFacts writes orders in order of time.
func (r *reducer) orderFacts(id string, g *group) error {
	r.orderRows = r.orderRows[:0]
	r.amounts.reset()
	for _, s := range g.sales() {
		row, err := r.orderRow(id, s)
		if err != nil {
			return err
		}
		r.orderRows = append(r.orderRows, row)
	}
	var rules map[string]string
	if id != "" {
		rules = secondSights(r.orderRows)
	}
	for i := range r.orderRows {
		row := &r.orderRows[i]
		if row.PrimaryOrderKey != "" {
			rule := rules[row.OrderKey]
			if rule == "" {
				rule = fold.RuleCrossRef
			}
			if err := r.links.Add(&schemas.OrderLink{RunColumns: r.stamp, OrderKey: row.OrderKey, PrimaryOrderKey: row.PrimaryOrderKey, Rule: rule}); err != nil {
				return err
			}
		}
		r.revenue.order(row, r.p.AsOf)
		if err := r.orders.Add(row); err != nil {
			return err
		}
	}
	return nil
}
