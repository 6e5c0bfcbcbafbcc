package measure

import (
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// service fills the measures of support and surveys: contacts are tickets, calls and chats;
// a ticket is open while it has no time of resolution by as_of and no closed status.
func (m *Measurer) service(p *schemas.CustomerProfile) {
	p.Tickets, p.OpenTickets, p.Interactions = 0, 0, int64(len(m.touches))
	p.LastNPS, p.Satisfaction, p.LastInteraction, p.LastResolved, p.Contacts30d = nil, nil, nil, nil, 0
	var satisfied float64
	answers := 0
	for _, c := range m.touches {
		switch c.Kind {
		case "ticket":
			p.Tickets++
			if m.open(c) {
				p.OpenTickets++
			} else if c.Resolved != nil && (p.LastResolved == nil || *c.Resolved > *p.LastResolved) {
				resolved := *c.Resolved
				p.LastResolved = &resolved
			}
		case "call", "chat":
			p.Tickets++
		}
		if toCustomer(c) && c.Time >= m.settings.AsOfEnd-30*microsPerDay {
			p.Contacts30d++
		}
		if c.Score == nil {
			continue
		}
		switch c.ScoreKind {
		case "nps":
			score := *c.Score
			p.LastNPS = &score
		case "csat", "rating":
			if share, ok := ShareOf(c.ScoreKind, *c.Score); ok {
				satisfied += share
				answers++
			}
		}
	}
	if answers > 0 {
		mean := satisfied / float64(answers)
		p.Satisfaction = &mean
	}
	if n := len(m.touches); n > 0 {
		last := m.touches[n-1].Time
		p.LastInteraction = &last
	}
}

// toCustomer tells whether the business has contacted the customer by an interaction. What was
// not delivered has not.
func toCustomer(c *schemas.InteractionRow) bool {
	if c.Direction != "out" || c.Delivered != nil && !*c.Delivered {
		return false
	}
	switch c.Kind {
	case "message", "email", "call", "chat":
		return true
	}
	return false
}

func (m *Measurer) open(c *schemas.InteractionRow) bool {
	if c.Resolved != nil && *c.Resolved != 0 {
		return *c.Resolved >= m.settings.AsOfEnd
	}
	return !Closed(c.Status)
}

// Closed tells whether a status says that nothing more is to be done.
func Closed(status string) bool {
	switch strings.ToLower(status) {
	case "closed", "solved", "resolved", "cancelled", "deleted", "done", "已解决", "已关闭", "已完成", "已结束":
		return true
	}
	return false
}

// ShareOf brings a satisfaction to 0..1 from the usual scales: shares, five stars, ten
// points, percent. A rating has at least one star, which is no satisfaction at all; a csat of 1
// is the share that profiles store. Other numbers say nothing.
func ShareOf(kind string, score float64) (float64, bool) {
	switch {
	case !(score >= 0):
		return 0, false
	case kind == "rating" && score >= 1 && score <= 5:
		return (score - 1) / 4, true
	case score <= 1:
		return score, true
	case score <= 5:
		return score / 5, true
	case score <= 10:
		return score / 10, true
	case score <= 100:
		return score / 100, true
	}
	return 0, false
}

// firstTouch fills the first channel and its campaign: of the first interaction with a
// channel in the AttributionDays before the first order, else what the sources state (already
// in p), else of the first order. For a customer without orders it is the first interaction
// with a channel, unless a source states one.
func (m *Measurer) firstTouch(p *schemas.CustomerProfile) {
	var first *schemas.OrderRow
	for _, o := range m.orders {
		if Counting(o) {
			first = o
			break
		}
	}
	if first == nil && p.FirstChannel != "" {
		return
	}
	for _, c := range m.touches {
		if c.Channel == "" {
			continue
		}
		if first == nil || c.Time <= first.Time && c.Time >= first.Time-AttributionDays*microsPerDay {
			p.FirstChannel, p.Campaign = c.Channel, c.CampaignID
			return
		}
	}
	if p.FirstChannel == "" && first != nil {
		p.FirstChannel, p.Campaign = first.Channel, first.CampaignID
	}
}
