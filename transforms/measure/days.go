package measure

import (
	"time"

	"github.com/tributary-cdp/tributary/schemas"
)

func date(day int32) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }

func dayNumber(t time.Time) int32 { return int32(t.Unix() / 86400) }

// NextYearly is the first day after asOf with the month and day of a date; of 29 February it is
// 1 March in years without one.
func NextYearly(of, asOf int32) int32 {
	month, day := date(of).Month(), date(of).Day()
	for year := date(asOf).Year(); ; year++ {
		if next := dayNumber(time.Date(year, month, day, 0, 0, 0, 0, time.UTC)); next > asOf && next > of {
			return next
		}
	}
}

// years between two days, in completed years.
func years(from, to int32) int64 {
	a, b := date(from), date(to)
	n := b.Year() - a.Year()
	if b.Month() < a.Month() || b.Month() == a.Month() && b.Day() < a.Day() {
		n--
	}
	return int64(n)
}

// maxAge is the oldest that a person is believed to be.
const maxAge = 120

// anniversaries fills age, birthday and the anniversary of the first order. A birth date that
// makes nobody's age says nothing.
func (m *Measurer) anniversaries(p *schemas.CustomerProfile) {
	p.Age, p.NextBirthday, p.NextAnniversary = nil, nil, nil
	asOf := m.settings.AsOfDay
	if p.BirthDate != nil && p.Kind != schemas.Organization {
		if age := years(*p.BirthDate, asOf); age >= 0 && age <= maxAge {
			next := NextYearly(*p.BirthDate, asOf)
			p.Age, p.NextBirthday = &age, &next
		}
	}
	if p.FirstOrderDay != nil {
		next := NextYearly(*p.FirstOrderDay, asOf)
		p.NextAnniversary = &next
	}
}

// Renewal fills the first day after as_of on which an active subscription ends.
func (m *Measurer) Renewal(p *schemas.CustomerProfile, subscriptions []schemas.Subscription) {
	p.NextRenewal = nil
	for i := range subscriptions {
		s := &subscriptions[i]
		if s.Status != "active" || s.Ends == 0 || s.Started >= m.settings.AsOfEnd {
			continue
		}
		if day := m.zone.Day(s.Ends); day > m.settings.AsOfDay && (p.NextRenewal == nil || day < *p.NextRenewal) {
			p.NextRenewal = &day
		}
	}
}

// PointsRevenue is the revenue of the last days (0 = of all time), and of that what is so old that
// it leaves them within soon days. It looks at the orders of the last Fill.
func (m *Measurer) PointsRevenue(days, soon int) (alive, leaving int64) {
	for _, o := range m.orders {
		ago := int(m.settings.AsOfDay - o.Day)
		if !Earning(o) || days > 0 && ago >= days {
			continue
		}
		alive += o.Revenue
		if days > 0 && ago >= days-soon {
			leaving += o.Revenue
		}
	}
	return alive, leaving
}
