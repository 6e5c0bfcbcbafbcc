package measure

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// Event is one event of a web site, app or mini-program, as far as it is measured.
type Event struct {
	Time     int64
	Name     string
	Category string // of its product, where that is known
	Session  string
	Device   string
}

// SessionGap ends a session that the source does not name: half an hour without an event, as
// web analytics count.
const SessionGap = 30 * 60 * 1_000_000

// Kinds of events.
const (
	eventOther = iota
	eventView
	eventCart
	eventSearch
)

// eventKinds are the names that GA4, mini-programs and apps give their events.
var eventKinds = map[string]int{
	"page_view": eventView, "view_item": eventView, "view_item_list": eventView, "screen_view": eventView, "pageview": eventView, "view": eventView,
	"product_view": eventView, "browse": eventView, "浏览": eventView, "浏览商品": eventView, "页面浏览": eventView, "商品浏览": eventView,
	"add_to_cart": eventCart, "addtocart": eventCart, "add_cart": eventCart, "cart_add": eventCart, "加购": eventCart, "加入购物车": eventCart,
	"search": eventSearch, "view_search_results": eventSearch, "site_search": eventSearch, "搜索": eventSearch, "站内搜索": eventSearch,
}

func eventKind(name string) int { return eventKinds[strings.ToLower(strings.TrimSpace(name))] }

// Behaviour sums up the events of one customer, which may come in any order, but for the run's
// columns and the id. ok is false where there are none up to as_of.
func (m *Measurer) Behaviour(events []Event) (row schemas.CustomerBehaviour, ok bool) {
	m.events = m.events[:0]
	for i := range events {
		if events[i].Time < m.settings.AsOfEnd {
			m.events = append(m.events, &events[i])
		}
	}
	if len(m.events) == 0 {
		return row, false
	}
	slices.SortFunc(m.events, func(a, b *Event) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), strings.Compare(a.Session, b.Session), strings.Compare(a.Name, b.Name),
			strings.Compare(a.Category, b.Category), strings.Compare(a.Device, b.Device))
	})
	first, last := m.events[0].Time, m.events[len(m.events)-1].Time
	row.Events, row.FirstVisit, row.LastVisit = int64(len(m.events)), &first, &last
	m.countEvents(&row)
	m.countSessions(&row)
	m.habits(&row)
	return row, true
}

// ago is how many days before as_of an event was.
func (m *Measurer) ago(e *Event) int32 { return m.settings.AsOfDay - m.zone.Day(e.Time) }

func (m *Measurer) countEvents(row *schemas.CustomerBehaviour) {
	for _, e := range m.events {
		count := func(days30, days90 *int64) {
			if m.ago(e) < 30 {
				*days30++
			}
			if m.ago(e) < 90 {
				*days90++
			}
		}
		switch eventKind(e.Name) {
		case eventView:
			count(&row.Views30d, &row.Views90d)
		case eventSearch:
			count(&row.Searches30d, &row.Searches90d)
		case eventCart:
			count(&row.Carts30d, &row.Carts90d)
			at := e.Time
			row.LastCart = &at
		}
	}
}

// countSessions counts sessions by the day of their last event: those that the source names, and
// runs of events without a name that SessionGap parts.
func (m *Measurer) countSessions(row *schemas.CustomerBehaviour) {
	ended := func(e *Event) {
		if m.ago(e) < 30 {
			row.Sessions30d++
		}
		if m.ago(e) < 90 {
			row.Sessions90d++
		}
	}
	var unnamed *Event // the latest one
	named := m.tally[:0]
	for i, e := range m.events {
		if e.Session == "" {
			if unnamed != nil && e.Time-unnamed.Time > SessionGap {
				ended(unnamed)
			}
			unnamed = e
			continue
		}
		at := slices.IndexFunc(named, func(t tallied) bool { return t.name == e.Session })
		if at < 0 {
			at = len(named)
			named = append(named, tallied{name: e.Session})
		}
		named[at].first = int64(i)
	}
	if unnamed != nil {
		ended(unnamed)
	}
	for _, session := range named {
		ended(m.events[session.first])
	}
	m.tally = named
}

// habits fills category, device and hour of most events; among equals the later one wins, then
// the smaller name.
func (m *Measurer) habits(row *schemas.CustomerBehaviour) {
	most := func(of func(*Event) string) string {
		m.tally = m.tally[:0]
		for i, e := range m.events {
			if v := of(e); v != "" {
				before := int64(0)
				if at := slices.IndexFunc(m.tally, func(t tallied) bool { return t.name == v }); at >= 0 {
					before = m.tally[at].second
				}
				m.tally.add(v, 1, int64(i)-before)
			}
		}
		return m.tally.winner()
	}
	row.Category = most(func(e *Event) string { return e.Category })
	row.Device = most(func(e *Event) string { return e.Device })
	var hours [24]int64
	clocked := false
	for _, e := range m.events {
		if hour, ok := m.hour(e.Time); ok {
			hours[hour]++
			clocked = true
		}
	}
	if clocked {
		best := int64(0)
		for hour, n := range hours {
			if n > hours[best] {
				best = int64(hour)
			}
		}
		row.Hour = &best
	}
}

// Visits fills the columns of a profile that rules see from the customer's behaviour.
func Visits(p *schemas.CustomerProfile, b *schemas.CustomerBehaviour) {
	p.LastVisit, p.LastCart = b.LastVisit, b.LastCart
	p.Sessions30d, p.Sessions90d, p.Carts30d = b.Sessions30d, b.Sessions90d, b.Carts30d
}
