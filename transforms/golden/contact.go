package golden

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// shown is an identifier and how often records show it.
type shown struct {
	schemas.CustomerIdentifier
	count int
}

// identifiers are those of one customer.
type identifiers []shown

func (l *identifiers) add(r *witness, kind, value string) {
	for i := range *l {
		s := &(*l)[i]
		if s.Value != value || s.Type != kind {
			continue
		}
		s.count++
		if r.FirstSeen != 0 && (s.FirstSeen == 0 || r.FirstSeen < s.FirstSeen) {
			s.FirstSeen = r.FirstSeen
		}
		if r.moment > s.LastSeen {
			s.LastSeen, s.Source = r.moment, r.Source
		}
		return
	}
	*l = append(*l, shown{schemas.CustomerIdentifier{Type: kind, Value: value, Source: r.Source, FirstSeen: r.FirstSeen, LastSeen: r.moment}, 1})
}

// contacts lists all identifiers and chooses the number and address that most records and the
// latest ones show.
func (m *merger) contacts() {
	var all identifiers
	for i := range m.records {
		r := &m.records[i]
		if r.Deleted {
			continue
		}
		for _, c := range r.Emails {
			if c.Status == schemas.ContactValid {
				all.add(r, "email", c.Value)
			}
		}
		for _, id := range r.IDs {
			all.add(r, id.Name, id.Value)
		}
		if r.Role == schemas.RoleRecipient {
			continue
		}
		for _, c := range r.Phones {
			if c.Status == schemas.ContactValid {
				all.add(r, "phone", c.Value)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b shown) int {
		if c := strings.Compare(a.Type, b.Type); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(b.LastSeen, a.LastSeen), strings.Compare(a.Value, b.Value))
	})
	var list []schemas.CustomerIdentifier
	for i := range all {
		list = append(list, all[i].CustomerIdentifier)
	}
	p := m.profile
	p.Phone = m.contact(list, "phone", nil)
	p.Email = m.contact(list, "email", normalize.IsRoleEmail)
	p.Identifiers = list
}

// contact takes the first identifier of a kind, one that second thoughts speak against only
// where there is no other.
func (m *merger) contact(list []schemas.CustomerIdentifier, kind string, second func(string) bool) string {
	at := slices.IndexFunc(list, func(id schemas.CustomerIdentifier) bool {
		return id.Type == kind && (second == nil || !second(id.Value))
	})
	if at < 0 {
		at = slices.IndexFunc(list, func(id schemas.CustomerIdentifier) bool { return id.Type == kind })
	}
	if at < 0 {
		return ""
	}
	m.profile.FieldSources = append(m.profile.FieldSources, schemas.FieldSource{Field: kind, Source: list[at].Source, Losing: others(list, kind, list[at].Value)})
	return list[at].Value
}

func others(list []schemas.CustomerIdentifier, kind, winner string) string {
	var values []string
	for _, id := range list {
		if id.Type == kind && id.Value != winner && len(values) < losingKept {
			values = append(values, id.Value)
		}
	}
	return strings.Join(values, "|")
}
