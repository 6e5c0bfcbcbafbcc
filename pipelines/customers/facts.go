package customers

import (
	"sort"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/golden"
	"github.com/tributary-cdp/tributary/transforms/journey"
)

// ruleSameSale links two orders of one customer with the same revenue within a day.
const ruleSameSale = "same_customer_amount_day"

// amounts are the goods of an order after discount, without tax and shipping, and what of
// them was given back. A refund that includes shipping or tax ends at the goods.
func amounts(o *schemas.Order) (goods, refund *int64) {
	switch {
	case o.Net != nil:
		goods = o.Net
	case o.Total != nil && o.Gross != nil && *o.Total-value(o.Shipping)-value(o.Tax) <= *o.Gross && o.Discount == nil && o.Status != schemas.OrderCreated:
		v := *o.Total - value(o.Shipping) - value(o.Tax) // what was paid says the discount
		goods = &v
	case o.Gross != nil:
		v := *o.Gross - value(o.Discount)
		goods = &v
	case o.Total != nil:
		v := *o.Total - value(o.Shipping) - value(o.Tax)
		goods = &v
	}
	if o.Refund == nil {
		return goods, nil
	}
	back := *o.Refund
	if goods != nil && *goods > 0 && back > *goods {
		back = *goods
	}
	return goods, &back
}

func value(v *int64) int64 {
	if v == nil {
		return 0
	}
	return *v
}

// revenueOf is what counts: the net of orders paid, shipped or completed, and of returns, from
// sources that are sales, once for each sale.
func revenueOf(row *schemas.OrderRow) int64 {
	if !row.CountsAsRevenue {
		return 0
	}
	switch row.Status {
	case schemas.OrderPaid, schemas.OrderShipped, schemas.OrderCompleted, schemas.OrderReturned:
		return value(row.Net)
	}
	return 0
}

// secondSights finds one sale that two systems show without naming each other: the same
// customer and revenue within a day, in two namespaces. The earlier order counts. It returns
// the rule by order key.
func secondSights(rows []schemas.OrderRow) map[string]string {
	if oneSystem(rows) {
		return nil
	}
	rules := map[string]string{}
	used := map[int]bool{}
	for i := range rows {
		a := &rows[i]
		if a.Revenue <= 0 || a.PrimaryOrderKey != "" {
			continue
		}
		for j := i + 1; j < len(rows) && rows[j].Day <= a.Day+1; j++ {
			b := &rows[j]
			if used[j] || b.System == a.System || b.Revenue != a.Revenue || b.PrimaryOrderKey != "" || used[i] {
				continue
			}
			b.PrimaryOrderKey, b.CountsAsRevenue, b.Revenue, b.Margin = a.OrderKey, false, 0, nil
			rules[b.OrderKey] = ruleSameSale
			used[i], used[j] = true, true
		}
	}
	return rules
}

func oneSystem(rows []schemas.OrderRow) bool {
	for i := range rows {
		if rows[i].System != rows[0].System {
			return false
		}
	}
	return true
}

// known is nil for an unknown time.
func known(micros int64) *int64 {
	if micros == 0 {
		return nil
	}
	return &micros
}

func knownDay(day int32) *int32 {
	if day == 0 {
		return nil
	}
	return &day
}

func (r *reducer) interactionFacts(id string, g *group) error {
	r.interactRows = r.interactRows[:0]
	if len(g.interactions) > 1 {
		sort.SliceStable(g.interactions, func(i, j int) bool {
			a, b := &g.interactions[i], &g.interactions[j]
			if a.Time != b.Time {
				return a.Time < b.Time
			}
			return a.CompareReference(&b.Meta) < 0
		})
	}
	for i := range g.interactions {
		v := &g.interactions[i]
		row := schemas.InteractionRow{
			RunColumns: r.stamp, Key: v.Reference(), CustomerID: id, System: v.System, Source: v.Source, Kind: v.Kind, Channel: v.Channel,
			Direction: v.Direction, Time: v.Time, FirstResponse: known(v.FirstResponseTime), Resolved: known(v.ResolvedTime), Status: v.Status,
			Topic: v.Topic, Category: v.Category, Priority: v.Priority, Score: v.Score, ScoreKind: v.ScoreKind, Sentiment: v.Sentiment,
			CampaignID: v.CampaignID, Product: v.Product, Owner: v.Owner, Delivered: v.Delivered, Opened: v.Opened, Clicked: v.Clicked,
		}
		r.interactRows = append(r.interactRows, row)
		if err := r.interactions.Add(&row); err != nil {
			return err
		}
		if v.Subject != "" || v.Text != "" {
			if err := r.texts.Add(&schemas.InteractionText{Key: row.Key, Subject: v.Subject, Text: v.Text}); err != nil {
				return err
			}
		}
	}
	return nil
}

// otherFacts writes traits, products, loyalty events and consents.
func (r *reducer) otherFacts(id string, g *group, latest []schemas.Consent) error {
	for i := range g.traits {
		v := &g.traits[i]
		if err := r.traits.Add(&schemas.TraitRow{RunColumns: r.stamp, Key: v.Reference(), CustomerID: id, Name: v.Name, Value: v.Value, Source: v.Source, Time: known(v.Time)}); err != nil {
			return err
		}
	}
	for i := range g.products {
		v := &g.products[i]
		units, err := r.unitsOf(v.Currency, r.p.AsOf)
		if err != nil {
			return err
		}
		if err := r.products.Add(&schemas.ProductRow{
			RunColumns: r.stamp, Key: v.Reference(), SKU: v.SKU, Name: v.Name, Category: v.Category, Brand: v.Brand,
			UnitCost: convert(original(v.UnitCost, v.Currency), units), ListPrice: convert(original(v.ListPrice, v.Currency), units),
		}); err != nil {
			return err
		}
	}
	for i := range g.events {
		v := &g.events[i]
		if err := r.events.Add(&schemas.LoyaltyEventRow{RunColumns: r.stamp, Key: v.Reference(), CustomerID: id, Kind: v.Kind, Points: v.Points, Tier: v.Tier, Time: v.Time}); err != nil {
			return err
		}
	}
	for i := range latest {
		c := &latest[i]
		kind, identifier := c.IdentifierType, c.Identifier
		if kind == "" && identifier == "" {
			kind, identifier = "customer", c.CustomerRef // of the customer as a whole
		}
		if err := r.consents.Add(&schemas.ConsentRow{
			RunColumns: r.stamp, Key: consentRowKey(c, id), CustomerID: id,
			IdentifierType: kind, Identifier: identifier, Purpose: c.Purpose, Channel: c.Channel, Status: c.Status, Basis: c.Basis,
			TextVersion: c.TextVersion, Source: c.Source, StatedSource: c.StatedSource, Time: c.Time, Expires: known(c.Expires),
		}); err != nil {
			return err
		}
	}
	return nil
}

// consentRowKey is unique: each customer that has the identifier has a row for it, and all
// statements about an identifier that nobody has meet in one group.
func consentRowKey(c *schemas.Consent, customer string) string {
	var room [128]byte
	key := golden.AppendConsentKey(room[:0], c)
	if customer != "" {
		key = append(append(key, '|'), customer...)
	}
	return string(key)
}

func (r *reducer) unitsOf(currency string, day int32) (float64, error) {
	if currency == "" {
		return 1, nil
	}
	return r.fx.rateOf(currency, day)
}

// journey writes the customer's touchpoints in order of time.
func (r *reducer) journey(id string) error {
	r.steps = journey.Steps(r.steps, r.orderRows, r.interactRows, r.p.AsOfEnd)
	for i := range min(len(r.steps), journey.MaxSteps) {
		s := &r.steps[i]
		s.RunColumns, s.CustomerID = r.stamp, id
		if err := r.touchpoints.Add(s); err != nil {
			return err
		}
	}
	return nil
}
