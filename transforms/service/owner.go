package service

import (
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/aggregate"
	"github.com/tributary-cdp/tributary/transforms/measure"
)

type ownerKey struct{ Owner string }

// owner is what one sales or service owner achieved.
type owner struct {
	Customers, Buyers, Revenue int64
	ActiveBefore, Retained     int64 // customers active YearDays ago, and of these who ordered since
	Scores                     Scores
	Contacts                   int64
	InTime                     InTime
	Open, Won                  int64 // amounts of opportunities
	OpenDeals, WonDeals, Lost  int64
}

func (o *owner) Add(other *owner) {
	o.Customers += other.Customers
	o.Buyers += other.Buyers
	o.Revenue += other.Revenue
	o.ActiveBefore += other.ActiveBefore
	o.Retained += other.Retained
	o.Scores.Add(&other.Scores)
	o.Contacts += other.Contacts
	o.InTime.Add(&other.InTime)
	o.Open += other.Open
	o.Won += other.Won
	o.OpenDeals += other.OpenDeals
	o.WonDeals += other.WonDeals
	o.Lost += other.Lost
}

// Owned counts a customer for the one who is responsible: what was bought and said in the last
// YearDays.
func (l *Ledger) Owned(p *schemas.CustomerProfile, orders []schemas.OrderRow, items []Item) {
	if p.Owner == "" {
		return
	}
	o := l.owners.At(ownerKey{p.Owner})
	o.Customers++
	o.Revenue += p.Revenue12m
	first := l.settings.AsOfDay - YearDays + 1 // of the year
	bought, active := false, false
	for i := range orders {
		switch day := orders[i].Day; {
		case day > l.settings.AsOfDay || !measure.Counting(&orders[i]):
		case day >= first:
			bought = true
		case first-day <= l.settings.Active:
			active = true
		}
	}
	if bought {
		o.Buyers++
	}
	if active {
		o.ActiveBefore++
		if bought {
			o.Retained++
		}
	}
	for _, item := range items {
		if item.Day >= first {
			o.Scores.Count(item.ScoreKind, item.Score)
		}
	}
}

// Deal counts an opportunity for its owner. closed is the day on which it was closed.
func (l *Ledger) Deal(name string, amount *int64, won *bool, closed int32) {
	if name == "" {
		return
	}
	value := int64(0)
	if amount != nil {
		value = *amount
	}
	if won == nil {
		o := l.owners.At(ownerKey{name})
		o.OpenDeals++
		o.Open += value
		return
	}
	if closed > l.settings.AsOfDay || l.settings.AsOfDay-closed >= YearDays {
		return
	}
	o := l.owners.At(ownerKey{name})
	if *won {
		o.WonDeals++
		o.Won += value
	} else {
		o.Lost++
	}
}

// OwnerRows are the rows of table owner_performance, but for the run's columns. Retention is
// null where the data begin too late for it.
func (l *Ledger) OwnerRows() []schemas.OwnerPerformance {
	var out []schemas.OwnerPerformance
	for _, row := range l.owners.Rows() {
		o := &row.Value
		r := schemas.OwnerPerformance{
			Owner: row.Key.Owner, Customers: o.Customers, Buyers: o.Buyers, Revenue: o.Revenue, Contacts: o.Contacts,
			InTime: aggregate.Share(o.InTime.AnsweredInTime, o.InTime.Answered), Solved: aggregate.Share(o.InTime.ResolvedInTime, o.InTime.Resolved),
			NPS: o.Scores.NPS(), WinRate: aggregate.Share(o.WonDeals, o.WonDeals+o.Lost),
		}
		if l.settings.AsOfDay-YearDays+1-l.settings.Active >= l.settings.DataStart {
			r.Retention = aggregate.Share(o.Retained, o.ActiveBefore)
		}
		if o.OpenDeals+o.WonDeals+o.Lost > 0 {
			r.Pipeline, r.Won = &o.Open, &o.Won
		}
		out = append(out, r)
	}
	return out
}
