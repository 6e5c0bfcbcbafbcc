package measure

import (
	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
)

// Line is what favourites are counted from: an order line whose category or brand is known.
type Line struct {
	Order    uint64 // OrderHash of its order
	Category string
	Brand    string
	Amount   *int64 // ten-thousandths of the reporting currency
}

// OrderHash stands for the key of an order.
func OrderHash(key string) uint64 { return xxh3.HashString(key) }

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

// share is the winner's part of what is above 0 in all; nil where that is nothing.
func (t tally) share(winner string) *float64 {
	var all, won int64
	for _, c := range t {
		all += max(0, c.first)
		if c.name == winner {
			won = max(0, c.first)
		}
	}
	if all == 0 {
		return nil
	}
	share := float64(won) / float64(all)
	return &share
}

// favourites fills the category and the brand with most revenue (then most lines), with their
// shares, the channel with most orders (then most revenue) and the hour with most orders (then
// the earliest); among equals the smaller name wins.
func (m *Measurer) favourites(p *schemas.CustomerProfile, lines []Line) {
	p.FavouriteItem, p.FavouriteChan, p.FavouriteHour = "", "", nil
	p.CategoryShare, p.FavouriteBrand, p.BrandShare, p.BrandOrders = nil, "", nil, 0
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
	m.goods(p, lines)
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

// goods fills the favourite category and brand, of counting orders alone.
func (m *Measurer) goods(p *schemas.CustomerProfile, lines []Line) {
	if len(lines) == 0 {
		return
	}
	clear(m.counted)
	for _, o := range m.orders {
		if Counting(o) {
			m.counted[OrderHash(o.OrderKey)] = true
		}
	}
	p.FavouriteItem, p.CategoryShare = m.favourite(lines, func(l *Line) string { return l.Category })
	p.FavouriteBrand, p.BrandShare = m.favourite(lines, func(l *Line) string { return l.Brand })
	if p.FavouriteBrand == "" {
		return
	}
	clear(m.branded)
	for i := range lines {
		if l := &lines[i]; l.Brand == p.FavouriteBrand && m.counted[l.Order] {
			m.branded[l.Order] = true
		}
	}
	p.BrandOrders = int64(len(m.branded))
}

// favourite is the name that most is spent on, and its share of what is spent on names.
func (m *Measurer) favourite(lines []Line, name func(*Line) string) (string, *float64) {
	m.tally = m.tally[:0]
	for i := range lines {
		l := &lines[i]
		if name(l) == "" || !m.counted[l.Order] {
			continue
		}
		amount := int64(0)
		if l.Amount != nil {
			amount = *l.Amount
		}
		m.tally.add(name(l), amount, 1)
	}
	winner := m.tally.winner()
	return winner, m.tally.share(winner)
}
