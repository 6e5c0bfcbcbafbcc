package acquisition

import (
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/aggregate"
	"github.com/tributary-cdp/tributary/transforms/measure"
)

// BasisMargin is the basis of value where the margin of every buyer is known, else it is revenue.
const BasisMargin = "margin"

// ChannelRows are the rows of table channel_performance, but for the run's columns: every source
// of new buyers by month, and every campaign with a cost though it brought nobody.
func (l *Ledger) ChannelRows(w *Worth, basis string) []schemas.ChannelPerformance {
	costs := map[sourceKey]*MonthCost{}
	for i := range l.settings.Costs {
		c := &l.settings.Costs[i]
		key := sourceKey{c.Channel, c.CampaignID, c.Month}
		costs[key] = c
		l.sources.At(key) // costs without customers have a row
	}
	var out []schemas.ChannelPerformance
	for _, row := range l.sources.Rows() {
		b := &row.Value
		c := schemas.ChannelPerformance{
			Channel: row.Key.Channel, CampaignID: row.Key.Campaign, Month: MonthText(row.Key.Month), NewCustomers: b.Customers, Censored: b.Censored,
			Basis: basis, LTV: w.sources.Get(row.Key).mean(),
		}
		lastDay := FirstDay(row.Key.Month+1) - 1
		if lastDay+RetentionDays <= l.settings.AsOfDay {
			c.Retention90d = aggregate.Share(b.Returned, b.Customers)
		}
		if cost := costs[row.Key]; cost != nil {
			l.cost(&c, cost, b, lastDay, basis)
		}
		out = append(out, c)
	}
	return out
}

// cost fills what follows from the cost of a month. The first month of the data has no cost per
// new buyer: who buys there first may have bought before.
func (l *Ledger) cost(c *schemas.ChannelPerformance, cost *MonthCost, b *buyers, lastDay int32, basis string) {
	c.Campaign, c.Purpose = cost.Campaign, PurposeAcquisition
	if cost.Retention {
		c.Purpose = PurposeRetention
	}
	if !cost.Known {
		return
	}
	spent := cost.Cost
	c.Cost = &spent
	if cost.Retention || b.Customers == 0 || lastDay > l.settings.AsOfDay || FirstDay(cost.Month) < l.settings.DataStart+measure.CensorDays {
		return
	}
	c.CAC = aggregate.Mean(cost.Cost, b.Customers)
	if c.LTV != nil && *c.CAC > 0 {
		ratio := float64(*c.LTV) / float64(*c.CAC)
		c.LTVToCAC = &ratio
	}
	curve := b.Revenue
	if basis == BasisMargin {
		curve = b.Margin
	}
	c.PaybackDays = payback(curve, cost.Cost, int(l.settings.AsOfDay-lastDay)/StepDays)
}

// payback is the number of days after which the buyers of a month have earned its cost, in steps
// of StepDays; nil while they have not, or some of them are not seen so long yet.
func payback(curve []int64, cost int64, seen int) *int64 {
	var earned int64
	for step := 0; step < len(curve) && step <= seen; step++ {
		if earned += curve[step]; earned >= cost {
			days := int64(step * StepDays)
			return &days
		}
	}
	return nil
}

// NeedRows are the rows of table channel_need, but for the run's columns.
func (l *Ledger) NeedRows(w *Worth) []schemas.ChannelNeed {
	var out []schemas.ChannelNeed
	for _, row := range l.needs.Rows() {
		if row.Key.Need == "" {
			continue
		}
		any := l.needs.Get(needKey{row.Key.Channel, ""})
		n := schemas.ChannelNeed{
			Channel: row.Key.Channel, Need: row.Key.Need, Customers: row.Value.Customers, Buyers: row.Value.Buyers,
			LTV: w.needs.Get(row.Key).mean(), Retention: aggregate.Share(row.Value.Returned, row.Value.Due),
		}
		if share := aggregate.Share(row.Value.Customers, any.Customers); share != nil {
			n.Share = *share
		}
		out = append(out, n)
	}
	return out
}

// CAC is what a new buyer cost, by source and month: the figures of table channel_performance.
type CAC struct {
	Campaigns map[string]string `json:"campaigns"`
	Cost      map[string]int64  `json:"cost"` // by channel, campaign and month
}

// CAC finds what new buyers cost, where it is known.
func (l *Ledger) CAC() *CAC {
	out := &CAC{Campaigns: l.campaigns, Cost: map[string]int64{}}
	for _, c := range l.ChannelRows(NewWorth(nil), "") {
		if c.CAC != nil {
			out.Cost[cacKey(c.Channel, c.CampaignID, c.Month)] = *c.CAC
		}
	}
	return out
}

// Of is what a buyer cost; nil where it is not known.
func (c *CAC) Of(p *schemas.CustomerProfile) *int64 {
	if p.FirstOrderDay == nil || len(c.Cost) == 0 {
		return nil
	}
	channel, campaign := Origin(c.Campaigns, p)
	if cost, ok := c.Cost[cacKey(channel, campaign, MonthText(Month(*p.FirstOrderDay)))]; ok {
		return &cost
	}
	return nil
}

func cacKey(channel, campaign, month string) string { return channel + "|" + campaign + "|" + month }

// Needs are the needs and interests that a customer states, sorted, each once.
func Needs(p *schemas.CustomerProfile) []string {
	if len(p.Needs)+len(p.Interests) == 0 {
		return nil
	}
	out := slices.Concat(p.Needs, p.Interests)
	slices.Sort(out)
	return slices.Compact(out)
}
