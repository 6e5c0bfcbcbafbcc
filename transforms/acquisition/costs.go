// Package acquisition follows customers from the channel that brought them: what a channel and
// its campaigns cost and bring, how first-purchase months go on, which need comes from where.
//
// All figures are whole numbers that add up (transforms/aggregate): a customer is counted where
// all of the customer's facts are together. Months are months since January 1970 in the config's
// time zone, money is ten-thousandths of the reporting currency.
package acquisition

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/schemas"
)

// Purposes of a campaign.
const (
	PurposeAcquisition = "acquisition"
	PurposeRetention   = "retention"
)

// Unknown is the channel of a customer without any.
const Unknown = "unknown"

// MonthCost is what one campaign cost in one month.
type MonthCost struct {
	Channel    string `json:"channel"` // as ChannelName gives it
	CampaignID string `json:"campaign_id"`
	Campaign   string `json:"campaign"` // name
	Month      int32  `json:"month"`
	Retention  bool   `json:"retention,omitempty"` // no acquisition: for customers whom the company has
	Known      bool   `json:"known"`               // false: some row of the month states no cost
	Cost       int64  `json:"cost"`
}

// Costs are all costs up to as_of, in order of channel, campaign and month.
type Costs []MonthCost

// ChannelName is how acquisition tables spell a channel: sources write one channel in upper and
// lower case.
func ChannelName(name string) string {
	if name = strings.ToLower(strings.TrimSpace(name)); name == "" {
		return Unknown
	}
	return name
}

// Add adds the cost of one day, nil where the source states none.
func (c *Costs) Add(channel, id, name string, day int32, cost *int64, retention bool) {
	row := MonthCost{Channel: ChannelName(channel), CampaignID: id, Campaign: name, Month: Month(day), Retention: retention, Known: cost != nil}
	if cost != nil {
		row.Cost = *cost
	}
	*c = append(*c, row)
}

// Settle sorts the costs and adds the days of a month up. Of several names of one campaign the
// first in the order of texts stays. A campaign is for retention if any of its rows is.
func (c *Costs) Settle() {
	slices.SortFunc(*c, func(a, b MonthCost) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.CampaignID, b.CampaignID), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Campaign, b.Campaign))
	})
	out := (*c)[:0]
	for _, row := range *c {
		if n := len(out); n > 0 && out[n-1].Channel == row.Channel && out[n-1].CampaignID == row.CampaignID && out[n-1].Month == row.Month {
			sum := &out[n-1]
			sum.Cost += row.Cost
			sum.Known = sum.Known && row.Known
			sum.Retention = sum.Retention || row.Retention
			continue
		}
		out = append(out, row)
	}
	*c = out
}

// Campaigns leads from a campaign to the one channel that its costs are booked on. A campaign
// that several channels carry is in none of them alone.
func (c Costs) Campaigns() map[string]string {
	out := map[string]string{}
	for _, row := range c {
		if row.CampaignID == "" {
			continue
		}
		if before, ok := out[row.CampaignID]; ok && before != row.Channel {
			out[row.CampaignID] = ""
			continue
		}
		out[row.CampaignID] = row.Channel
	}
	for id, channel := range out {
		if channel == "" {
			delete(out, id)
		}
	}
	return out
}

// Origin is where a customer came from: the channel that the costs of the acquisition campaign
// are booked on, else the channel of the first touch, with the campaign.
func Origin(campaigns map[string]string, p *schemas.CustomerProfile) (channel, campaign string) {
	if channel, ok := campaigns[p.Campaign]; ok && p.Campaign != "" {
		return channel, p.Campaign
	}
	return ChannelName(p.FirstChannel), p.Campaign
}

// Month gives the months from January 1970 to a day.
func Month(day int32) int32 {
	t := time.Unix(int64(day)*86400, 0).UTC()
	return int32((t.Year()-1970)*12 + int(t.Month()) - 1)
}

// FirstDay is the first day of a month; FirstDay(m+1)-1 is the last one.
func FirstDay(month int32) int32 {
	return int32(time.Date(1970, time.Month(month+1), 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// MonthText is a month as tables have it.
func MonthText(month int32) string {
	return time.Date(1970, time.Month(month+1), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}
