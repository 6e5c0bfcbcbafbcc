package explain

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/report"
)

const microsPerDay = 86400e6

// moments puts what happened to a customer in the order of time. What a source wrote about it in
// free text is not in the tables, and so not here.
func (f *facts) moments(contacts bool) []report.Moment {
	var out []report.Moment
	stages := map[string]string{}
	for i := range f.touchpoints {
		stages[f.touchpoints[i].Reference] = f.touchpoints[i].Stage
	}
	out = append(out, f.sales(stages)...)
	known := map[string]bool{}
	for i := range f.orders {
		known[f.orders[i].OrderKey] = true
	}
	for i := range f.interactions {
		row := &f.interactions[i]
		known[row.Key] = true
		out = append(out, interactionMoment(row, stages[row.Key]))
	}
	for i := range f.touchpoints {
		if row := &f.touchpoints[i]; !known[row.Reference] {
			out = append(out, report.Moment{Time: row.Time, Kind: report.MomentTouch, What: row.Kind, Stage: row.Stage, Channel: row.Channel})
		}
	}
	out = append(out, f.pledges(contacts)...)
	out = append(out, f.business()...)
	out = append(out, f.moves()...)
	slices.SortStableFunc(out, func(a, b report.Moment) int { return cmp.Compare(a.Time, b.Time) })
	return out
}

// upTo leaves out what came after as_of, as the value tables do, but for what is expected.
func upTo(moments []report.Moment, end time.Time) []report.Moment {
	return slices.DeleteFunc(moments, func(m report.Moment) bool { return m.Note != report.NoteExpected && m.Time >= end.UnixMicro() })
}

// sales are the orders with what was in them.
func (f *facts) sales(stages map[string]string) []report.Moment {
	items := map[string][]string{}
	for i := range f.lines {
		l := &f.lines[i]
		name := cmp.Or(l.Product, l.SKU, l.Category)
		if name != "" && !slices.Contains(items[l.OrderKey], name) {
			items[l.OrderKey] = append(items[l.OrderKey], name)
		}
	}
	var out []report.Moment
	for i := range f.orders {
		o := &f.orders[i]
		m := report.Moment{
			Time: o.Time, Kind: report.MomentOrder, What: o.Status, Stage: stages[o.OrderKey], Channel: o.Channel, Campaign: o.CampaignID,
			Source: o.Source, Items: items[o.OrderKey],
		}
		if o.CountsAsRevenue {
			m.Amount = &o.Revenue
		} else {
			m.Note = report.NoteNotCounted
		}
		out = append(out, m)
	}
	return out
}

func interactionMoment(row *schemas.InteractionRow, stage string) report.Moment {
	m := report.Moment{
		Time: row.Time, Kind: report.MomentService, What: row.Kind, Stage: stage, Channel: row.Channel, Campaign: row.CampaignID, Source: row.Source,
		Items: compact(row.Topic, row.Category, row.Product, row.Status), Score: row.Score, ScoreKind: row.ScoreKind,
	}
	if row.Direction == "out" || row.Delivered != nil || row.CampaignID != "" {
		m.Kind = report.MomentSent
	}
	switch {
	case is(row.Clicked):
		m.Note = report.NoteClicked
	case is(row.Opened):
		m.Note = report.NoteOpened
	case is(row.Delivered):
		m.Note = report.NoteDelivered
	case row.Resolved != nil:
		m.Note = report.NoteResolved
		m.NoteDays = int64((float64(*row.Resolved) - float64(row.Time)) / microsPerDay)
	}
	return m
}

func is(b *bool) bool { return b != nil && *b }

// compact lists what is there, each once.
func compact(values ...string) []string {
	var out []string
	for _, v := range values {
		if v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// pledges are consents and what was told about the customer.
func (f *facts) pledges(contacts bool) []report.Moment {
	var out []report.Moment
	for i := range f.consents {
		c := &f.consents[i]
		m := report.Moment{Time: c.Time, Kind: report.MomentConsent, What: c.Status, Channel: c.Channel, Source: c.Source, Items: compact(c.Purpose, c.IdentifierType)}
		if contacts {
			m.Items = compact(c.Purpose, c.IdentifierType, c.Identifier)
		}
		out = append(out, m)
	}
	for i := range f.traits {
		if t := &f.traits[i]; t.Time != nil {
			out = append(out, report.Moment{Time: *t.Time, Kind: report.MomentTrait, What: t.Name, Source: t.Source, Items: compact(t.Value)})
		}
	}
	return out
}

// business are points, deals and subscriptions.
func (f *facts) business() []report.Moment {
	var out []report.Moment
	for i := range f.loyalty {
		e := &f.loyalty[i]
		m := report.Moment{Time: e.Time, Kind: report.MomentLoyalty, What: e.Kind, Items: compact(e.Tier), Points: e.Points}
		out = append(out, m)
	}
	for i := range f.opportunities {
		o := &f.opportunities[i]
		m := report.Moment{Kind: report.MomentDeal, What: cmp.Or(o.Stage, "open"), Channel: o.Channel, Campaign: o.CampaignID, Source: o.Source, Amount: o.Amount, Items: compact(o.Need)}
		switch {
		case o.ClosedAt != nil:
			m.Time = *o.ClosedAt
		case o.ExpectedClose != nil:
			m.Time, m.Note = int64(*o.ExpectedClose)*microsPerDay, report.NoteExpected
		default:
			continue // at no time that is known
		}
		out = append(out, m)
	}
	for i := range f.subscriptions {
		s := &f.subscriptions[i]
		out = append(out, report.Moment{Time: s.Started, Kind: report.MomentSubscription, What: "started", Items: compact(s.Plan), Amount: s.AmountPerMonth})
		if s.CancelledAt != nil {
			out = append(out, report.Moment{Time: *s.CancelledAt, Kind: report.MomentSubscription, What: "cancelled", Items: compact(s.Plan)})
		}
	}
	return out
}

// moves are the tiers and stages that changed from one month of the history to the next. A month's
// state is that of the month's last run, so a move is dated by that run's day.
func (f *facts) moves() []report.Moment {
	months := slices.Clone(f.months)
	slices.SortFunc(months, func(a, b schemas.CustomerHistory) int { return strings.Compare(a.Month, b.Month) })
	var out []report.Moment
	for i := 1; i < len(months); i++ {
		before, now := &months[i-1], &months[i]
		at := int64(now.AsOf)*microsPerDay + microsPerDay - 1 // the end of the day
		if before.Tier != now.Tier {
			out = append(out, report.Moment{Time: at, Kind: report.MomentTier, What: "tier", Items: []string{cmp.Or(before.Tier, "–"), cmp.Or(now.Tier, "–")}})
		}
		if before.Lifecycle != now.Lifecycle {
			out = append(out, report.Moment{Time: at, Kind: report.MomentTier, What: "lifecycle", Items: []string{cmp.Or(before.Lifecycle, "–"), cmp.Or(now.Lifecycle, "–")}})
		}
	}
	return out
}
