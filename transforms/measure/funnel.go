package measure

import (
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
)

// RetainedAfterDays is how long after the first act of their own a customer must act again to
// count as retained: what happens within the week is one visit in several sittings.
const RetainedAfterDays = 7

// Funnel fills the dated flags of a profile whose other measures are filled: acquired, activated,
// retained, converted, referred. It looks at the orders and interactions of the last Fill;
// visits are times of the customer's events, referred the times at which customers came whom this
// one had recommended.
func (m *Measurer) Funnel(p *schemas.CustomerProfile, visits []Event, referred []int64) {
	p.AcquiredOn, p.ActivatedOn, p.RetainedOn, p.ConvertedOn, p.ReferredOn, p.Referrals = nil, nil, nil, p.FirstOrderDay, nil, 0
	m.acts = m.acts[:0]
	first := int64(0)
	note := func(at int64, own bool) {
		if at == 0 || at >= m.settings.AsOfEnd {
			return
		}
		if first == 0 || at < first {
			first = at
		}
		if own {
			m.acts = append(m.acts, at)
		}
	}
	if p.FirstSeen != nil {
		note(*p.FirstSeen, false)
	}
	for _, o := range m.orders {
		note(o.Time, Counting(o))
	}
	for _, c := range m.touches {
		note(c.Time, ownAct(c))
	}
	for i := range visits {
		note(visits[i].Time, true)
	}
	if first != 0 {
		p.AcquiredOn = m.dayOf(first)
	}
	if len(m.acts) > 0 {
		slices.Sort(m.acts)
		p.ActivatedOn = m.dayOf(m.acts[0])
		for _, at := range m.acts {
			if day := m.zone.Day(at); day >= *p.ActivatedOn+RetainedAfterDays {
				p.RetainedOn = &day
				break
			}
		}
	}
	m.referrals(p, referred)
}

func (m *Measurer) dayOf(micros int64) *int32 {
	day := m.zone.Day(micros)
	return &day
}

// referrals counts who came by as_of; who came at an unknown time counts, but dates nothing.
func (m *Measurer) referrals(p *schemas.CustomerProfile, referred []int64) {
	first := int64(0)
	for _, at := range referred {
		if at >= m.settings.AsOfEnd {
			continue
		}
		p.Referrals++
		if at != 0 && (first == 0 || at < first) {
			first = at
		}
	}
	if first != 0 {
		p.ReferredOn = m.dayOf(first)
	}
}

// ownAct tells whether an interaction is something that the customer did: a question, an answer, a
// click, and not what was sent to them.
func ownAct(c *schemas.InteractionRow) bool {
	if c.Clicked != nil && *c.Clicked {
		return true
	}
	switch c.Direction {
	case "in":
		return true
	case "out":
		return false
	}
	switch c.Kind {
	case "ticket", "call", "chat", "visit", "survey", "comment", "review", "social", "lead":
		return true
	}
	return false
}
