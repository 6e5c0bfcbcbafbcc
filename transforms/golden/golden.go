// Package golden chooses, field by field, what is known of one customer from all the records
// that speak of it (survivorship), and keeps who won and what lost.
//
// Rules of a field, in this order:
//   - a record of the customer's own comes before one derived from an order or ticket, and
//     neither a recipient's nor a deleted record supplies contact data;
//   - names, birth date and gender: the value that most records agree on;
//   - else the latest: the record updated or seen last;
//   - else the more complete (longer) value, at last the smaller reference.
package golden

import (
	"sort"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// candidate is one value of a field.
type candidate struct {
	value string
	key   string // form in which values are compared
	party *schemas.Party
}

// Profile merges the records of one customer. records must not be empty; their order does not
// matter. asOfDay is the day that ages are counted to.
func Profile(customerID string, records []schemas.Party, asOfDay int32) schemas.CustomerProfile {
	sort.Slice(records, func(i, j int) bool { return stronger(&records[i], &records[j]) })
	p := schemas.CustomerProfile{CustomerID: customerID, Kind: records[0].Kind, RecordCount: int64(len(records))}
	m := merger{records: records, profile: &p}
	m.name()
	m.attributes()
	m.contacts()
	m.address()
	m.seen()
	if day := m.birthDate(); day != 0 {
		p.BirthDate = &day
		p.AgeBand = normalize.AgeBand(years(day, asOfDay))
	}
	p.QualityScore = quality(&p)
	return p
}

// stronger orders records: living before deleted, own before derived, later before earlier.
func stronger(a, b *schemas.Party) bool {
	if a.Deleted != b.Deleted {
		return !a.Deleted
	}
	if (a.Role == schemas.RoleRecipient) != (b.Role == schemas.RoleRecipient) {
		return b.Role == schemas.RoleRecipient
	}
	if a.Derived != b.Derived {
		return !a.Derived
	}
	if x, y := moment(a), moment(b); x != y {
		return x > y
	}
	return a.Reference() < b.Reference()
}

// moment is when a record was last known to be right.
func moment(p *schemas.Party) int64 { return max(p.UpdatedAt, p.LastSeen) }

type merger struct {
	records []schemas.Party
	profile *schemas.CustomerProfile
}

// gather lists the values of a field in order of the records' strength.
func (m *merger) gather(value func(*schemas.Party) string) []candidate {
	var out []candidate
	for i := range m.records {
		r := &m.records[i]
		if r.Deleted && len(m.records) > 1 || r.Role == schemas.RoleRecipient && len(out) > 0 {
			continue
		}
		if v := strings.TrimSpace(value(r)); v != "" {
			out = append(out, candidate{v, normalize.Fold(v), r})
		}
	}
	return out
}

// pick sets a field from its candidates and keeps the losers. majority lets the value that
// most records agree on win.
func (m *merger) pick(field string, majority bool, value func(*schemas.Party) string) string {
	candidates := m.gather(value)
	if len(candidates) == 0 {
		return ""
	}
	winner := candidates[0]
	if majority && len(candidates) > 2 {
		votes := map[string]int{}
		for _, c := range candidates {
			votes[c.key]++
		}
		for _, c := range candidates {
			if votes[c.key] > votes[winner.key] {
				winner = c
			}
		}
	}
	m.note(field, winner, candidates)
	return winner.value
}

// losingKept bounds the losing values of one field.
const losingKept = 5

func (m *merger) note(field string, winner candidate, all []candidate) {
	var losing []string
	seen := map[string]bool{winner.key: true}
	for _, c := range all {
		if !seen[c.key] && len(losing) < losingKept {
			seen[c.key] = true
			losing = append(losing, c.value)
		}
	}
	m.profile.FieldSources = append(m.profile.FieldSources, schemas.FieldSource{Field: field, Source: winner.party.Source, Losing: strings.Join(losing, "|")})
}

// name chooses one record's whole name, so that parts of different names never mix.
func (m *merger) name() {
	p := m.profile
	whole := func(r *schemas.Party) string {
		if r.FullName != "" {
			return r.FullName
		}
		if normalize.HasHan(r.FamilyName + r.GivenName) {
			return r.FamilyName + r.GivenName
		}
		return strings.TrimSpace(r.GivenName + " " + r.FamilyName)
	}
	candidates := m.gather(whole)
	if len(candidates) == 0 {
		return
	}
	if p.Kind == schemas.Organization {
		m.note("display_name", candidates[0], candidates)
		p.DisplayName = candidates[0].value
		return
	}
	// A full name beats a part of one; equal names in any order vote together.
	best, bestScore := 0, -1
	votes := map[string]int{}
	keys := make([]string, len(candidates))
	full := make([]bool, len(candidates))
	for i, c := range candidates {
		n := normalize.ParseName(c.party.FullName, c.party.GivenName, c.party.FamilyName)
		tokens := append([]string{}, n.Tokens...)
		sort.Strings(tokens)
		keys[i] = strings.Join(tokens, "")
		full[i] = n.Family != "" && n.Given != "" && len(n.Given) > 1
		votes[keys[i]]++
	}
	for i := range candidates {
		score := votes[keys[i]]
		if full[i] {
			score += 1000
		}
		if score > bestScore {
			best, bestScore = i, score
		}
	}
	winner := candidates[best]
	m.note("display_name", winner, candidates)
	n := normalize.ParseName(winner.party.FullName, winner.party.GivenName, winner.party.FamilyName)
	p.GivenName, p.FamilyName = winner.party.GivenName, winner.party.FamilyName
	if p.GivenName == "" && p.FamilyName == "" && n.Han {
		p.GivenName, p.FamilyName = n.Given, n.Family
	}
	p.DisplayName = winner.value
	if n.Han && n.Family+n.Given != "" {
		p.DisplayName = n.Family + n.Given
	}
}

func (m *merger) attributes() {
	p := m.profile
	p.Gender = m.pick("gender", true, func(r *schemas.Party) string { return r.Gender })
	p.Language = m.pick("language", false, func(r *schemas.Party) string { return r.Language })
	p.Company = m.pick("company", false, func(r *schemas.Party) string { return r.Company })
	p.Industry = m.pick("industry", false, func(r *schemas.Party) string { return r.Industry })
	p.CompanySize = m.pick("company_size", false, func(r *schemas.Party) string { return r.CompanySize })
	p.Occupation = m.pick("occupation", false, func(r *schemas.Party) string { return r.Occupation })
	p.IncomeBand = m.pick("income_band", false, func(r *schemas.Party) string { return r.IncomeBand })
	p.SourceTier = m.pick("source_tier", false, func(r *schemas.Party) string { return r.Tier })
	p.Owner = m.pick("owner", false, func(r *schemas.Party) string { return r.Owner })
	p.FirstChannel = m.pick("first_channel", false, func(r *schemas.Party) string { return r.AcquisitionChannel })
	p.Campaign = m.pick("acquisition_campaign", false, func(r *schemas.Party) string { return r.CampaignID })
}

// contacts lists all identifiers and chooses the number and address that most records and the
// latest ones show.
func (m *merger) contacts() {
	p := m.profile
	var list []schemas.CustomerIdentifier
	counts := map[string]int{}
	add := func(r *schemas.Party, kind, value string) {
		key := kind + "\x00" + value
		counts[key]++
		for i := range list {
			if list[i].Type == kind && list[i].Value == value {
				if r.FirstSeen != 0 && (list[i].FirstSeen == 0 || r.FirstSeen < list[i].FirstSeen) {
					list[i].FirstSeen = r.FirstSeen
				}
				if m := moment(r); m > list[i].LastSeen {
					list[i].LastSeen = m
				}
				return
			}
		}
		list = append(list, schemas.CustomerIdentifier{Type: kind, Value: value, Source: r.Source, FirstSeen: r.FirstSeen, LastSeen: moment(r)})
	}
	for i := range m.records {
		r := &m.records[i]
		if r.Deleted {
			continue
		}
		for _, c := range r.Emails {
			if c.Status == schemas.ContactValid {
				add(r, "email", c.Value)
			}
		}
		for _, id := range r.IDs {
			add(r, id.Name, id.Value)
		}
		if r.Role == schemas.RoleRecipient {
			continue
		}
		for _, c := range r.Phones {
			if c.Status == schemas.ContactValid {
				add(r, "phone", c.Value)
			}
		}
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		if a.Type != b.Type {
			return a.Type < b.Type
		}
		x, y := counts[a.Type+"\x00"+a.Value], counts[b.Type+"\x00"+b.Value]
		if x != y {
			return x > y
		}
		if a.LastSeen != b.LastSeen {
			return a.LastSeen > b.LastSeen
		}
		return a.Value < b.Value
	})
	for _, id := range list {
		switch {
		case id.Type == "phone" && p.Phone == "":
			p.Phone = id.Value
			p.FieldSources = append(p.FieldSources, schemas.FieldSource{Field: "phone", Source: id.Source, Losing: others(list, "phone", id.Value)})
		case id.Type == "email" && p.Email == "" && !normalize.IsRoleEmail(id.Value):
			p.Email = id.Value
			p.FieldSources = append(p.FieldSources, schemas.FieldSource{Field: "email", Source: id.Source, Losing: others(list, "email", id.Value)})
		}
	}
	if p.Email == "" {
		for _, id := range list {
			if id.Type == "email" {
				p.Email = id.Value
				break
			}
		}
	}
	p.Identifiers = list
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

// address takes the parts of one record's address together: the strongest with a street, else
// with a city.
func (m *merger) address() {
	p := m.profile
	var best *schemas.Party
	bestParts := 0
	for i := range m.records {
		r := &m.records[i]
		if r.Deleted && len(m.records) > 1 || r.Role == schemas.RoleRecipient {
			continue
		}
		parts := 0
		for _, v := range []string{r.City, r.Street, r.Postcode} {
			if v != "" {
				parts++
			}
		}
		if parts > bestParts {
			best, bestParts = r, parts
		}
	}
	p.Country = m.pick("country", false, func(r *schemas.Party) string { return r.Country })
	if best == nil {
		p.Province = m.pick("province", false, func(r *schemas.Party) string { return r.Province })
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
	p.FieldSources = append(p.FieldSources, schemas.FieldSource{Field: "address", Source: best.Source})
}

func (m *merger) seen() {
	p := m.profile
	sources := map[string]bool{}
	for i := range m.records {
		r := &m.records[i]
		if !sources[r.Source] {
			sources[r.Source] = true
			p.Sources = append(p.Sources, r.Source)
		}
		if first := r.FirstSeen; first != 0 && (p.FirstSeen == nil || first < *p.FirstSeen) {
			p.FirstSeen = &first
		}
		if last := moment(r); last != 0 && (p.LastSeen == nil || last > *p.LastSeen) {
			p.LastSeen = &last
		}
	}
	sort.Strings(p.Sources)
}

// placeholders are birth dates that forms and systems fill in.
var placeholders = map[int32]bool{0: true, -25567: true, -25568: true}

// birthDate is the day that most records agree on, then the strongest record's.
func (m *merger) birthDate() int32 {
	votes := map[int32]int{}
	best := int32(0)
	var source string
	for i := range m.records {
		r := &m.records[i]
		if r.Deleted || placeholders[r.BirthDate] {
			continue
		}
		votes[r.BirthDate]++
	}
	for i := range m.records {
		r := &m.records[i]
		if votes[r.BirthDate] > votes[best] {
			best, source = r.BirthDate, r.Source
		}
	}
	if best != 0 {
		m.profile.FieldSources = append(m.profile.FieldSources, schemas.FieldSource{Field: "birth_date", Source: source})
	}
	return best
}

// years between two days since 1970, in completed years of 365.2425 days.
func years(from, to int32) int { return int(float64(to-from) / 365.2425) }

// quality is the mean of eight questions: is there a name, a phone, an e-mail address, a city,
// a country, a birth date (persons) or industry (organizations), more than one source, and no
// losing name.
func quality(p *schemas.CustomerProfile) float64 {
	points := 0.0
	ask := func(yes bool) {
		if yes {
			points++
		}
	}
	ask(p.DisplayName != "")
	ask(p.Phone != "")
	ask(p.Email != "")
	ask(p.City != "")
	ask(p.Country != "")
	ask(p.BirthDate != nil || p.Kind == schemas.Organization && p.Industry != "")
	ask(len(p.Sources) > 1)
	agreed := p.DisplayName != ""
	for _, f := range p.FieldSources {
		if f.Field == "display_name" && f.Losing != "" {
			agreed = false
		}
	}
	ask(agreed)
	return points / 8
}
