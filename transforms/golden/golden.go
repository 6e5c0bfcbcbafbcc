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

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

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

// Profile merges the records of one customer. records must not be empty; their order does not
// matter.
func Profile(customerID string, records []schemas.Party, s Settings) schemas.CustomerProfile {
	m := merger{settings: s, records: make([]witness, len(records))}
	for i := range records {
		m.records[i] = witnessOf(&records[i], s)
	}
	slices.SortFunc(m.records, compare)
	p := schemas.CustomerProfile{CustomerID: customerID, Kind: m.records[0].Kind, RecordCount: int64(len(records))}
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

// merger merges the records of one customer.
type merger struct {
	settings Settings
	records  []witness // strongest first
	profile  *schemas.CustomerProfile
	found    []candidate // of one field at a time
}

// witness is a record with what its strength hangs on.
type witness struct {
	*schemas.Party
	class    int
	priority int
	moment   int64
	order    int
}

func witnessOf(p *schemas.Party, s Settings) witness {
	trust := s.Sources[p.Source]
	if trust.Priority == 0 {
		trust.Priority = math.MaxInt
	}
	return witness{p, class(p), trust.Priority, moment(p), trust.Order}
}

// compare orders records by strength, the strongest first.
func compare(a, b witness) int {
	if c := strength(&a, &b); c != 0 {
		return c
	}
	if c := cmp.Compare(a.order, b.order); c != 0 {
		return c
	}
	return cmp.Or(a.CompareReference(&b.Meta), cmp.Compare(a.ContentHash, b.ContentHash))
}

// strength is compare as far as it outweighs how complete a value is.
func strength(a, b *witness) int {
	if c := cmp.Compare(a.class, b.class); c != 0 {
		return c
	}
	if c := cmp.Compare(a.priority, b.priority); c != 0 {
		return c
	}
	return cmp.Compare(b.moment, a.moment)
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

// silent tells whether a record has no say: it is deleted, and others live.
func (m *merger) silent(r *witness) bool { return r.Deleted && !m.records[0].Deleted }

func (m *merger) attributes() {
	p := m.profile
	p.Gender = m.pick("gender", true, func(r *witness) string { return r.Gender })
	p.Language = m.pick("language", false, func(r *witness) string { return r.Language })
	p.Company = m.pick("company", false, func(r *witness) string { return r.Company })
	p.Industry = m.pick("industry", false, func(r *witness) string { return r.Industry })
	p.CompanySize = m.pick("company_size", false, func(r *witness) string { return r.CompanySize })
	p.Occupation = m.pick("occupation", false, func(r *witness) string { return r.Occupation })
	p.IncomeBand = m.pick("income_band", false, func(r *witness) string { return r.IncomeBand })
	p.SourceTier = m.pick("source_tier", false, func(r *witness) string { return r.Tier })
	p.Owner = m.pick("owner", false, func(r *witness) string { return r.Owner })
	p.FirstChannel = m.earliest("first_channel", func(r *witness) string { return r.AcquisitionChannel })
	p.Campaign = m.earliest("acquisition_campaign", func(r *witness) string { return r.CampaignID })
}

// seen notes where and when the customer was seen.
func (m *merger) seen() {
	p := m.profile
	var first, last int64
	for i := range m.records {
		r := &m.records[i]
		if !slices.Contains(p.Sources, r.Source) {
			p.Sources = append(p.Sources, r.Source)
		}
		if r.FirstSeen != 0 && (first == 0 || r.FirstSeen < first) {
			first = r.FirstSeen
		}
		if r.moment != 0 && (last == 0 || r.moment > last) {
			last = r.moment
		}
	}
	if first != 0 {
		p.FirstSeen = &first
	}
	if last != 0 {
		p.LastSeen = &last
	}
	slices.Sort(p.Sources)
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
