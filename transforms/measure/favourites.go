package measure

import (
	"github.com/tributary-cdp/tributary/schemas"
)

// tally sums few names; a slice is faster than a map for that and keeps no order of its own.
type tally []tallied

type tallied struct {
	name   string
	first  int64 // what decides
	second int64 // what decides between equals; then the smaller name wins
}

func (t *tally) add(name string, first, second int64) {
	for i := range *t {
		if (*t)[i].name == name {
			(*t)[i].first += first
			(*t)[i].second += second
			return
		}
	}
	*t = append(*t, tallied{name, first, second})
}

func (t tally) winner() string {
	best := -1
	for i, c := range t {
		if best < 0 || c.first > t[best].first ||
			c.first == t[best].first && (c.second > t[best].second || c.second == t[best].second && c.name < t[best].name) {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	return t[best].name
}

// favourites fills the category with most revenue (then most lines), the channel with most
// orders (then most revenue) and the hour with most orders (then the earliest); among equals
// the smaller name wins.
func (m *Measurer) favourites(p *schemas.CustomerProfile, lines []schemas.OrderLineRow) {
	p.FavouriteItem, p.FavouriteChan, p.FavouriteHour = "", "", nil
	m.tally = m.tally[:0]
	var hours [24]int64
	clocked := false
	for _, o := range m.orders {
		if !Counting(o) {
			continue
		}
		if o.Channel != "" {
			m.tally.add(o.Channel, 1, o.Revenue)
		}
		if hour, ok := m.hour(o.Time); ok {
			hours[hour]++
			clocked = true
		}
	}
	p.FavouriteChan = m.tally.winner()
	if clocked {
		best := int64(0)
		for hour, n := range hours {
			if n > hours[best] {
				best = int64(hour)
			}
		}
		p.FavouriteHour = &best
	}
	p.FavouriteItem = m.favouriteCategory(lines)
}

// hour is the local hour of a time. Exactly midnight is what sources write that know only
// the day: it says nothing about the hour.
func (m *Measurer) hour(micros int64) (int64, bool) {
	local := m.zone.Local(micros) % microsPerDay
	if local < 0 {
		local += microsPerDay
	}
	return local / (microsPerDay / 24), local != 0
}

func (m *Measurer) favouriteCategory(lines []schemas.OrderLineRow) string {
	if len(lines) == 0 {
		return ""
	}
	clear(m.counted)
	for _, o := range m.orders {
		if Counting(o) {
			m.counted[o.OrderKey] = true
		}
	}
	m.tally = m.tally[:0]
	for i := range lines {
		l := &lines[i]
		if l.Category == "" || !m.counted[l.OrderKey] {
			continue
		}
		amount := int64(0)
		if l.Amount != nil {
			amount = *l.Amount
		}
		m.tally.add(l.Category, amount, 1)
	}
	return m.tally.winner()
}
