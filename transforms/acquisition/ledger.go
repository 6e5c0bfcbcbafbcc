package acquisition

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/aggregate"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/measure"
)

// Settings fix what is counted.
type Settings struct {
	AsOfDay   int32 // nothing later is seen
	DataStart int32 // first day with an order in any source; 0 = none
	Costs     Costs
}

// RetentionDays is how soon a new buyer must buy again to count as retained.
const RetentionDays = 90

// StepDays is the grain of payback.
const StepDays = 30

// cohortKey is a first-purchase month and the channel that brought its customers.
type cohortKey struct {
	Month   int32
	Channel string
}

// cohort are the customers of a first-purchase month.
type cohort struct {
	Customers, Censored int64
	Active              []int64 // by calendar months since
	Revenue             []int64 // likewise; returns of earlier sales are in month 0
}

func (c *cohort) Add(o *cohort) {
	c.Customers += o.Customers
	c.Censored += o.Censored
	c.Active = aggregate.AddTo(c.Active, o.Active)
	c.Revenue = aggregate.AddTo(c.Revenue, o.Revenue)
}

// sourceKey is what brought new buyers in a month.
type sourceKey struct {
	Channel, Campaign string
	Month             int32
}

// buyers are the new buyers of one source.
type buyers struct {
	Customers, Censored int64
	Returned            int64   // bought again within RetentionDays
	Revenue             []int64 // by steps of StepDays since the first order: on its day, within 30 days, within 60 ...
	Margin              []int64 // likewise, of orders whose margin is known
}

func (b *buyers) Add(o *buyers) {
	b.Customers += o.Customers
	b.Censored += o.Censored
	b.Returned += o.Returned
	b.Revenue = aggregate.AddTo(b.Revenue, o.Revenue)
	b.Margin = aggregate.AddTo(b.Margin, o.Margin)
}

// needKey is a need of customers from a channel. An empty need counts who states any.
type needKey struct{ Channel, Need string }

type needers struct {
	Customers, Buyers int64
	Due, Returned     int64 // buyers whose RetentionDays are over, and of these who bought again
}

func (n *needers) Add(o *needers) {
	n.Customers += o.Customers
	n.Buyers += o.Buyers
	n.Due += o.Due
	n.Returned += o.Returned
}

type (
	cohorts = aggregate.Sums[cohortKey, cohort, *cohort]
	sources = aggregate.Sums[sourceKey, buyers, *buyers]
	needs   = aggregate.Sums[needKey, needers, *needers]
)

// Ledger counts customers by where they came from. Not for use by two goroutines at a time.
type Ledger struct {
	settings  Settings
	campaigns map[string]string
	cohorts   *cohorts
	sources   *sources
	needs     *needs
	days      []int32
}

// NewLedger returns an empty ledger.
func NewLedger(s Settings) *Ledger {
	return &Ledger{
		settings: s, campaigns: s.Costs.Campaigns(),
		cohorts: aggregate.New[cohortKey, cohort, *cohort](func(a, b cohortKey) int {
			return cmp.Or(cmp.Compare(a.Month, b.Month), strings.Compare(a.Channel, b.Channel))
		}),
		sources: aggregate.New[sourceKey, buyers, *buyers](func(a, b sourceKey) int {
			return cmp.Or(strings.Compare(a.Channel, b.Channel), strings.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Month, b.Month))
		}),
		needs: aggregate.New[needKey, needers, *needers](func(a, b needKey) int {
			return cmp.Or(strings.Compare(a.Channel, b.Channel), strings.Compare(a.Need, b.Need))
		}),
	}
}

// Customer counts a customer whose profile is measured, with all orders in any order.
func (l *Ledger) Customer(p *schemas.CustomerProfile, orders []schemas.OrderRow) {
	channel, campaign := Origin(l.campaigns, p)
	buyer := p.FirstOrderDay != nil
	due, returned := false, false
	if buyer {
		first := *p.FirstOrderDay
		due, returned = first+RetentionDays <= l.settings.AsOfDay, l.boughtAgain(orders, first)
		l.cohort(cohortKey{Month(first), channel}, p, orders)
		l.source(sourceKey{channel, campaign, Month(first)}, p, orders, returned)
	}
	stated := Needs(p)
	if len(stated) == 0 {
		return
	}
	for _, need := range append([]string{""}, stated...) {
		n := l.needs.At(needKey{channel, need})
		n.Customers++
		if !buyer {
			continue
		}
		n.Buyers++
		if due {
			n.Due++
			if returned {
				n.Returned++
			}
		}
	}
}

// boughtAgain tells whether an order follows the first one on a later day within RetentionDays.
func (l *Ledger) boughtAgain(orders []schemas.OrderRow, first int32) bool {
	for i := range orders {
		if o := &orders[i]; o.Day > first && o.Day <= first+RetentionDays && o.Day <= l.settings.AsOfDay && measure.Counting(o) {
			return true
		}
	}
	return false
}

func (l *Ledger) cohort(key cohortKey, p *schemas.CustomerProfile, orders []schemas.OrderRow) {
	c := l.cohorts.At(key)
	c.Customers++
	if p.FirstCensored {
		c.Censored++
	}
	l.days = l.days[:0] // months with an order
	for i := range orders {
		o := &orders[i]
		if o.Day > l.settings.AsOfDay || !measure.Earning(o) {
			continue
		}
		since := max(0, Month(o.Day)-key.Month)
		c.Revenue = aggregate.Grow(c.Revenue, int(since)+1)
		c.Revenue[since] += o.Revenue
		if measure.Counting(o) && !slices.Contains(l.days, since) {
			l.days = append(l.days, since)
			c.Active = aggregate.Grow(c.Active, int(since)+1)
			c.Active[since]++
		}
	}
}

func (l *Ledger) source(key sourceKey, p *schemas.CustomerProfile, orders []schemas.OrderRow, returned bool) {
	b := l.sources.At(key)
	b.Customers++
	if p.FirstCensored {
		b.Censored++
	}
	if returned {
		b.Returned++
	}
	first := *p.FirstOrderDay
	for i := range orders {
		o := &orders[i]
		if o.Day > l.settings.AsOfDay || !measure.Earning(o) {
			continue
		}
		step := int(max(0, o.Day-first)+StepDays-1) / StepDays
		b.Revenue = aggregate.Grow(b.Revenue, step+1)
		b.Revenue[step] += o.Revenue
		if o.Margin != nil {
			b.Margin = aggregate.Grow(b.Margin, step+1)
			b.Margin[step] += *o.Margin
		}
	}
}

// parts are the sums of a ledger on their way.
type parts struct{ Cohorts, Sources, Needs []byte }

var partsCodec = codec.For[parts]()

// Bytes are the counts of a part: equal counts give equal bytes.
func (l *Ledger) Bytes() []byte {
	return partsCodec.Append(nil, &parts{l.cohorts.Bytes(), l.sources.Bytes(), l.needs.Bytes()})
}

// Merge adds the counts of another part, as Bytes gave them. data must not change afterwards.
func (l *Ledger) Merge(data []byte) error {
	var p parts
	if err := partsCodec.Decode(data, &p); err != nil {
		return err
	}
	return cmp.Or(l.cohorts.Merge(p.Cohorts), l.sources.Merge(p.Sources), l.needs.Merge(p.Needs))
}
