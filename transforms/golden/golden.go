// Package golden chooses, field by field, what is known of one customer from all the records
// that speak of it (survivorship), and keeps who won and what lost.
//
// Rules of a field, in this order:
//   - a living record comes before a deleted one, a customer's own record before one derived
//     from an order or ticket, and neither a recipient's nor a deleted record supplies contact data;
//   - names, birth date and gender: the value that most records agree on;
//   - the source with the smaller `priority` in the config; sources without one come after;
//   - the latest: the record updated or seen last;
//   - the more complete (longer) value;
//   - the source that comes first in the config, at last the smaller reference.
//
// Where a channel or campaign first won the customer, the earliest record decides.
package golden

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// candidate is one value of a field.
type candidate struct {
	value string
	key   string // form in which values are compared
	party *schemas.Party
}

// Trust is how far a source is believed.
type Trust struct {
	Priority int `json:"priority"` // the smallest wins; 0 = none, comes last
	Order    int `json:"order"`    // place in the config
}

// Settings steer survivorship.
type Settings struct {
	AsOf    int32            // day that ages are counted to
	Sources map[string]Trust // by source name
}

// Profile merges the records of one customer. records must not be empty; they are sorted, and
// their order does not matter.
func Profile(customerID string, records []schemas.Party, s Settings) schemas.CustomerProfile {
	m := merger{settings: s, records: records}
	slices.SortFunc(records, func(a, b schemas.Party) int { return m.compare(&a, &b) })
	p := schemas.CustomerProfile{CustomerID: customerID, Kind: records[0].Kind, RecordCount: int64(len(records))}
	m.profile = &p
	m.name()
	m.attributes()
	m.contacts()
	m.address()
	m.seen()
	if day := m.birthDate(); day != 0 {
		p.BirthDate = &day
		p.AgeBand = normalize.AgeBand(years(day, s.AsOf))
	}
	p.QualityScore = quality(&p)
	return p
}

// compare orders records by strength, the strongest first.
func (m *merger) compare(a, b *schemas.Party) int {
	return cmp.Or(m.strength(a, b),
		cmp.Compare(m.settings.Sources[a.Source].Order, m.settings.Sources[b.Source].Order),
		cmp.Compare(a.Reference(), b.Reference()), cmp.Compare(a.ContentHash, b.ContentHash))
}

// strength is compare as far as it outweighs how complete a value is.
func (m *merger) strength(a, b *schemas.Party) int {
	if c := cmp.Compare(class(a), class(b)); c != 0 {
		return c
	}
	if c := cmp.Compare(m.priority(a), m.priority(b)); c != 0 {
		return c
	}
	return cmp.Compare(moment(b), moment(a))
}

func (m *merger) priority(p *schemas.Party) int {
	if priority := m.settings.Sources[p.Source].Priority; priority != 0 {
		return priority
	}
	return math.MaxInt
}

// class: living before deleted, anybody before a recipient, own before derived.
func class(p *schemas.Party) int {
	c := 0
	if p.Deleted {
		c += 4
	}
	if p.Role == schemas.RoleRecipient {
		c += 2
	}
	if p.Derived {
		c++
	}
	return c
}

// moment is when a record was last known to be right.
func moment(p *schemas.Party) int64 { return max(p.UpdatedAt, p.LastSeen) }

type merger struct {
	settings Settings
	records  []schemas.Party // strongest first
	profile  *schemas.CustomerProfile
}

// silent tells whether a record has no say: it is deleted, and others live.
func (m *merger) silent(r *schemas.Party) bool { return r.Deleted && !m.records[0].Deleted }

// gather lists the values of a field in order of the records' strength.
func (m *merger) gather(value func(*schemas.Party) string) []candidate {
	var out []candidate
	for i := range m.records {
		r := &m.records[i]
		if m.silent(r) || r.Role == schemas.RoleRecipient && len(out) > 0 {
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
	winner := m.fullest(candidates)
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

// fullest is the longest of the values that are as strong as the first.
func (m *merger) fullest(candidates []candidate) candidate {
	winner := candidates[0]
	for _, c := range candidates[1:] {
		if m.strength(candidates[0].party, c.party) == 0 && utf8.RuneCountInString(c.value) > utf8.RuneCountInString(winner.value) {
			winner = c
		}
	}
	return winner
}

// earliest sets a field from the record that knew the customer first.
func (m *merger) earliest(field string, value func(*schemas.Party) string) string {
	candidates := m.gather(value)
	if len(candidates) == 0 {
		return ""
	}
	winner := candidates[0]
	for _, c := range candidates[1:] {
		if first := beginning(c.party); first != 0 && (beginning(winner.party) == 0 || first < beginning(winner.party)) {
			winner = c
		}
	}
	m.note(field, winner, candidates)
	return winner.value
}

// beginning is when a record's customer was first known, 0 = unknown.
func beginning(p *schemas.Party) int64 {
	if p.RegisteredAt != 0 && (p.FirstSeen == 0 || p.RegisteredAt < p.FirstSeen) {
		return p.RegisteredAt
	}
	return p.FirstSeen
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
		winner := m.fullest(candidates)
		m.note("display_name", winner, candidates)
		p.DisplayName = winner.value
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
	p.FirstChannel = m.earliest("first_channel", func(r *schemas.Party) string { return r.AcquisitionChannel })
	p.Campaign = m.earliest("acquisition_campaign", func(r *schemas.Party) string { return r.CampaignID })
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
				if at := moment(r); at > list[i].LastSeen {
					list[i].LastSeen, list[i].Source = at, r.Source
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

// address takes the parts of one record's address together: the strongest with a street, else
// with a city.
func (m *merger) address() {
	p := m.profile
	var best *schemas.Party
	bestParts := 0
	for i := range m.records {
		r := &m.records[i]
		if m.silent(r) || r.Role == schemas.RoleRecipient {
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
	winner := candidate{addressOf(best), normalize.Fold(addressOf(best)), best}
	m.note("address", winner, m.gather(addressOf))
}

// addressOf is an address in one line.
func addressOf(r *schemas.Party) string {
	var parts []string
	for _, part := range []string{r.Street, r.District, r.Postcode, r.City, r.Province} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
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
	var winner candidate
	votes := map[string]int{}
	days := map[string]int32{}
	candidates := m.gather(func(r *schemas.Party) string {
		if placeholders[r.BirthDate] || r.BirthDate > m.settings.AsOf || r.Deleted {
			return ""
		}
		text := dayText(r.BirthDate)
		days[text] = r.BirthDate
		return text
	})
	for _, c := range candidates {
		votes[c.value]++
	}
	for _, c := range candidates {
		if votes[c.value] > votes[winner.value] {
			winner = c
		}
	}
	if winner.value == "" {
		return 0
	}
	m.note("birth_date", winner, candidates)
	return days[winner.value]
}

func dayText(day int32) string { return date(day).Format(time.DateOnly) }

func date(day int32) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }

// years between two days since 1970, in completed years. Who was born on 29 February has a
// birthday on 1 March.
func years(from, to int32) int {
	a, b := date(from), date(to)
	n := b.Year() - a.Year()
	if b.Month() < a.Month() || b.Month() == a.Month() && b.Day() < a.Day() {
		n--
	}
	return n
}

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
