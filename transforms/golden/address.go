package golden

import (
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// address takes the parts of one record's address together: the strongest with a street, else
// with a city.
func (m *merger) address() {
	p := m.profile
	p.Country = m.pick("country", false, func(r *witness) string { return r.Country })
	best := m.fullestAddress()
	if best == nil {
		p.Province = m.pick("province", false, func(r *witness) string { return r.Province })
		return
	}
	p.Street, p.District, p.Postcode = best.Street, best.District, best.Postcode
	p.City, p.Province = normalize.CityName(best.City), normalize.ProvinceName(best.Province)
	if best.Country != "" {
		p.Country = best.Country
	}
	if p.Country == "" && (normalize.HasHan(p.City) || normalize.HasHan(p.Province)) {
		p.Country = "CN"
	}
	p.CityTier = normalize.CityTier(p.City, p.Province, p.Country)
	if p.CityTier == "third_and_below" && normalize.Rural(best.District+best.Street) {
		p.CityTier = normalize.TierRural
	}
	m.noteAddress(best)
}

// fullestAddress is the strongest record with the most of city, street and postcode.
func (m *merger) fullestAddress() *witness {
	var best *witness
	bestParts := 0
	for i := range m.records {
		r := &m.records[i]
		if m.silent(r) || r.Role == schemas.RoleRecipient {
			continue
		}
		parts := 0
		for _, v := range [...]string{r.City, r.Street, r.Postcode} {
			if v != "" {
				parts++
			}
		}
		if parts > bestParts {
			best, bestParts = r, parts
		}
	}
	return best
}

// noteAddress keeps the addresses that lost. Most records have one and the same, which is put
// together once.
func (m *merger) noteAddress(best *witness) {
	var last *witness
	line := ""
	candidates := m.gather(func(r *witness) string {
		if last == nil || !sameAddress(last, r) {
			last, line = r, addressOf(r)
		}
		return line
	})
	for _, c := range candidates {
		if c.record == best {
			m.note("address", c, candidates)
			return
		}
	}
	m.fold()
	m.note("address", candidate{addressOf(best), normalize.Fold(addressOf(best)), best}, candidates)
}

func sameAddress(a, b *witness) bool {
	return a.Street == b.Street && a.District == b.District && a.Postcode == b.Postcode && a.City == b.City && a.Province == b.Province
}

// addressOf is an address in one line.
func addressOf(r *witness) string {
	var parts [5]string
	n := 0
	for _, part := range [...]string{r.Street, r.District, r.Postcode, r.City, r.Province} {
		if part != "" {
			parts[n] = part
			n++
		}
	}
	return strings.Join(parts[:n], ", ")
}
