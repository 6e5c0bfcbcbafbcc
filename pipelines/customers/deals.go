package customers

import (
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/acquisition"
	"github.com/tributary-cdp/tributary/transforms/sales"
)

// sales writes opportunities and subscriptions, with what the next one to deal with the customer
// wants to know. profile is nil for those of nobody.
func (b *books) sales(profile *schemas.CustomerProfile, id string, g *group) error {
	if err := b.opportunities(profile, id, g); err != nil {
		return err
	}
	b.terms = b.terms[:0]
	for i := range g.subscriptions {
		v := &g.subscriptions[i]
		units, err := b.r.unitsOf(v.Currency, b.r.p.AsOf)
		if err != nil {
			return err
		}
		row := schemas.SubscriptionRow{
			RunColumns: b.stamp, Key: v.Reference(), CustomerID: id, Plan: v.Plan, Status: v.Status, Started: v.Started,
			TrialEnd: known(v.TrialEnd), Ends: known(v.Ends), CancelledAt: known(v.CancelledAt), AmountPerMonth: convert(original(v.AmountPerMonth, v.Currency), units),
		}
		b.subs = true
		row.RenewalDue = sales.Renewal(&row, b.r.days, b.r.p.AsOf)
		if term, ok := sales.TermOf(&row, b.r.days); ok {
			b.terms = append(b.terms, term)
			row.MRR = term.MRR(b.r.p.AsOf)
			if row.RenewalDue != nil {
				b.renewals += row.MRR
			}
		}
		if err := b.r.subscriptions.Add(&row); err != nil {
			return err
		}
	}
	if profile == nil { // each of nobody's has a customer of its own
		for i := range b.terms {
			b.recurring.Customer(b.terms[i : i+1])
		}
		return nil
	}
	b.recurring.Customer(b.terms)
	return nil
}

func (b *books) opportunities(profile *schemas.CustomerProfile, id string, g *group) error {
	for i := range g.opportunities {
		v := &g.opportunities[i]
		units := 1.0
		if v.Amount != nil {
			var err error
			if units, err = b.r.unitsOf(v.Currency, b.r.p.AsOf); err != nil {
				return err
			}
		}
		row := schemas.OpportunityRow{
			RunColumns: b.stamp, Key: v.Reference(), CustomerID: id, Source: v.Source, Name: v.Name, Stage: v.Stage,
			Amount: convert(original(v.Amount, v.Currency), units), Probability: v.Probability, ExpectedClose: knownDay(v.ExpectedClose), ClosedAt: known(v.ClosedAt),
			Won: v.Won, Owner: v.Owner, Channel: v.Channel, CampaignID: v.CampaignID, Need: v.Need,
		}
		closed := int32(0)
		if v.ClosedAt != 0 {
			closed = b.r.days.Day(v.ClosedAt)
		}
		deal := sales.DealOf(&row, closed, b.r.p.AsOf)
		row.State, row.Weighted, row.Overdue, row.Handover = deal.State, deal.Weighted, deal.Overdue, deal.Handover
		b.deals = true
		won := row.Won
		if deal.State == sales.StateOpen {
			won = nil
			b.pipeline.Deals++
			if row.Amount != nil {
				b.pipeline.Amount += *row.Amount
			}
			if deal.Weighted != nil {
				b.pipeline.Weighted += *deal.Weighted
			}
		} else {
			b.r.kpi.Deal(deal.Closed, *won)
		}
		b.service.Deal(row.Owner, row.Amount, won, deal.Closed)
		if profile != nil {
			if row.Need == "" {
				row.Need = strings.Join(acquisition.Needs(profile), ", ")
			}
			row.Orders, row.Revenue, row.OpenTickets = &profile.Orders, &profile.Revenue, &profile.OpenTickets
			row.LastNPS, row.LastContact = profile.LastNPS, profile.LastInteraction
		}
		if err := b.r.opportunities.Add(&row); err != nil {
			return err
		}
	}
	return nil
}
