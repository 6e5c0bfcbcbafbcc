package report

import (
	"cmp"
	"html/template"
	"maps"
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
)

// channelRow is one acquisition channel over all its months and campaigns.
type channelRow struct {
	Name                                        string
	New, Cost, CAC, Retention, LTV, Ratio, Pays template.HTML
	Width                                       string // of the new buyers
	Class                                       string // of the ratio: good, poor or none
}

// maxChannels bounds the table of channels.
const maxChannels = 14

// Bounds of lifetime value over cost: below the first a channel does not pay, from the second on it
// pays well, as is usual.
const (
	poorRatio = 1
	goodRatio = 3
)

// channelSum adds rows of one channel up. A mean goes by new customers, over the rows that have it;
// what acquisition costs is taken from the rows that have a cost per new customer, since the others
// are months that are not over, or costs of something else.
type channelSum struct {
	buyers                        int64
	cost, paid                    int64 // paid: new customers of the rows with a cost
	ltv, retained, payback, worth float64
	withLTV, withRetained, repaid int64
	worthCost                     int64 // of the rows with lifetime value and cost
}

func (s *channelSum) add(row *schemas.ChannelPerformance) {
	n := row.NewCustomers
	s.buyers += n
	if row.LTV != nil {
		s.ltv, s.withLTV = s.ltv+float64(*row.LTV)*float64(n), s.withLTV+n
	}
	if row.Cost != nil && row.CAC != nil {
		s.cost, s.paid = s.cost+*row.Cost, s.paid+n
		if row.LTV != nil {
			s.worth, s.worthCost = s.worth+float64(*row.LTV)*float64(n), s.worthCost+*row.Cost
		}
	}
	if row.Retention90d != nil {
		s.retained, s.withRetained = s.retained+*row.Retention90d*float64(n), s.withRetained+n
	}
	if row.PaybackDays != nil {
		s.payback, s.repaid = s.payback+float64(*row.PaybackDays)*float64(n), s.repaid+n
	}
}

// mean is nil where nothing was added.
func mean(sum float64, n int64) *float64 {
	if n == 0 {
		return nil
	}
	m := sum / float64(n)
	return &m
}

// channels sums channel_performance up by channel.
func (v *view) channels() {
	byChannel := map[string]*channelSum{}
	for i := range v.Channels {
		row := &v.Channels[i]
		if byChannel[row.Channel] == nil {
			byChannel[row.Channel] = &channelSum{}
		}
		byChannel[row.Channel].add(row)
	}
	names := slices.Sorted(maps.Keys(byChannel))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(byChannel[b].buyers, byChannel[a].buyers) })
	if len(names) > maxChannels {
		v.MoreChannels = len(names) - maxChannels
		names = names[:maxChannels]
	}
	for _, name := range names {
		v.ChannelRows = append(v.ChannelRows, channelRowOf(name, byChannel[name], byChannel[names[0]].buyers))
	}
}

func channelRowOf(name string, s *channelSum, most int64) channelRow {
	key := []string{"channel", name}
	amount := func(v float64, key ...string) template.HTML { return figureMoney(int64(roundHalfAway(v)), key...) }
	cac, ltv := mean(float64(s.cost), s.paid), mean(s.ltv, s.withLTV)
	row := channelRow{
		Name: name, New: figureCount(s.buyers, append(key, "new_customers")...), Cost: figure("", Missing, append(key, "cost")...),
		CAC: orMissing(cac, amount, append(key, "cac")...), LTV: orMissing(ltv, amount, append(key, "ltv")...),
		Retention: orMissing(mean(s.retained, s.withRetained), figureShare, append(key, "retention_90d")...),
		Pays:      orMissing(mean(s.payback, s.repaid), figureNumber, append(key, "payback_days")...), Width: widthOf(s.buyers, most),
	}
	if s.paid > 0 {
		row.Cost = figureMoney(s.cost, append(key, "cost")...)
	}
	ratio := mean(s.worth, s.worthCost)
	switch {
	case ratio == nil:
	case *ratio < poorRatio:
		row.Class = "no"
	case *ratio >= goodRatio:
		row.Class = "ok"
	}
	row.Ratio = orMissing(ratio, figureNumber, append(key, "ltv_to_cac")...)
	return row
}
