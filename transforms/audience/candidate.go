package audience

import (
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

// Subject is a customer as audiences see one.
type Subject struct {
	CustomerID string
	Value      int64    // expected value of 12 months: a limit keeps the highest
	Matched    []string // codes of the audiences whose rule takes the customer
	Minor      bool
	Contacts   int64 // within 30 days
	Country    string
	IDs        []Identifier
	Names      Names
	Facts      Facts // for the company's own systems; zero if no audience goes there
}

// Names are what files show of a customer beside the identifiers.
type Names struct {
	Name       string
	GivenName  string
	FamilyName string
	Province   string
	City       string
	Postcode   string
}

// Candidate is a customer who matches an audience. Its fields are plain, so that candidates
// can travel through a shuffle keyed by the audience; the id comes first, so that sorted bytes
// are in order of the customers.
type Candidate struct {
	CustomerID string
	Value      int64
	Held       []string // by platform of the audience: why it gets nothing; empty = may get the identifiers of Allowed
	Allowed    []uint64 // by identifier: bits of the platforms that may get it
	Country    string
	IDs        []Identifier
	Names      Names
	Facts      Facts
}

// Entry is a candidate and the audience.
type Entry struct {
	Audience string
	Candidate
}

// Evaluator finds the audiences of customers.
type Evaluator struct {
	audiences   []segment.Audience
	platforms   [][]*Platform // by audience; nil for a platform that nobody knows
	suppression *Suppression
	settings    Settings
	at          int64
}

// NewEvaluator returns an evaluator at a moment (microseconds): the end of as_of.
func NewEvaluator(audiences []segment.Audience, suppression *Suppression, settings Settings, at int64) *Evaluator {
	e := &Evaluator{audiences: audiences, suppression: suppression, settings: settings, at: at}
	for i := range audiences {
		e.platforms = append(e.platforms, platformsOf(audiences[i].Platforms))
	}
	return e
}

func platformsOf(names []string) []*Platform {
	out := make([]*Platform, len(names))
	for i, name := range names {
		out[i], _ = PlatformNamed(name)
	}
	return out
}

// Candidates are the customer's, one for each audience that matches. consents are the
// customer's. A customer who matches several audiences with a priority goes to the first of
// them that may get anything.
func (e *Evaluator) Candidates(s *Subject, consents []schemas.ConsentRow) []Entry {
	var out []Entry
	known := NewConsents(consents, e.at)
	var countries []string
	for i := range e.audiences {
		if slices.Contains(s.Matched, e.audiences[i].Code) {
			if out == nil {
				countries = Countries(s.Country, s.IDs)
			}
			out = append(out, Entry{e.audiences[i].Code, e.candidate(i, s, known, countries)})
		}
	}
	e.settle(out)
	return out
}

func (e *Evaluator) candidate(audience int, s *Subject, consents Consents, countries []string) Candidate {
	platforms := e.platforms[audience]
	out := Candidate{
		CustomerID: s.CustomerID, Value: s.Value, Held: make([]string, len(platforms)), Allowed: make([]uint64, len(s.IDs)),
		Country: s.Country, IDs: s.IDs, Names: s.Names,
	}
	for p, platform := range platforms {
		if platform == nil {
			out.Held[p] = HeldNoConsent // a platform that nobody knows gets nothing
			continue
		}
		if platform.Facts {
			out.Facts = s.Facts
		}
		allowed, held := e.allowed(platform, s, consents, countries)
		out.Held[p] = held
		for _, id := range allowed {
			for k := range s.IDs {
				if s.IDs[k] == id {
					out.Allowed[k] |= 1 << p
				}
			}
		}
	}
	return out
}

// allowed are the identifiers that a platform may get, or why it gets none. What is asked comes
// in this order: age, consent, where the data may go, how often the customer was contacted,
// and suppression last: whatever was granted, who is suppressed stays out.
func (e *Evaluator) allowed(p *Platform, s *Subject, consents Consents, countries []string) ([]Identifier, string) {
	if s.Minor {
		return nil, HeldMinor
	}
	allowed, held := consents.Allowed(p, s.IDs, countries)
	if held != "" {
		return nil, held
	}
	if !e.settings.Residency[p.Name].Allow(countries) {
		return nil, HeldResidency
	}
	if limit := e.settings.ContactCap; limit > 0 && p.Purpose == PurposeMarketing && s.Contacts >= limit {
		return nil, HeldCapped
	}
	if e.suppression.Holds(s.CustomerID, s.IDs, p.Channels) {
		return nil, HeldSuppressed
	}
	return allowed, ""
}

// settle gives a customer of several audiences with a priority to the first.
func (e *Evaluator) settle(entries []Entry) {
	first, lowest := -1, int64(0)
	for i := range entries {
		priority := e.priority(entries[i].Audience)
		if priority > 0 && entries[i].free() != 0 && (first < 0 || priority < lowest) {
			first, lowest = i, priority
		}
	}
	for i := range entries {
		if i == first || first < 0 || e.priority(entries[i].Audience) == 0 {
			continue
		}
		entries[i].hold(HeldOtherAudience)
	}
}

func (e *Evaluator) priority(code string) int64 {
	for i := range e.audiences {
		if e.audiences[i].Code == code {
			return e.audiences[i].Priority
		}
	}
	return 0
}

// free are the bits of the platforms that may get the customer.
func (c *Candidate) free() (bits uint64) {
	for p, held := range c.Held {
		if held == "" {
			bits |= 1 << p
		}
	}
	return bits
}

// hold holds a candidate back from all platforms that have no other reason to.
func (c *Candidate) hold(reason string) {
	for p := range c.Held {
		if c.Held[p] == "" {
			c.Held[p] = reason
		}
	}
}

// Identifiers of a customer, without doubles: the golden e-mail and phone first.
func Identifiers(email, phone string, all []schemas.CustomerIdentifier) []Identifier {
	out := make([]Identifier, 0, 2+len(all))
	add := func(kind, value string) {
		id := Identifier{kind, value}
		if value != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	add(TypeEmail, email)
	add(TypePhone, phone)
	for i := range all {
		add(all[i].Type, all[i].Value)
	}
	return out
}

// AddRecords gives a candidate its records in a CRM that the audience updates; without any,
// the CRM has nothing to update.
func (c *Candidate) AddRecords(platforms []*Platform, system string, records []Identifier) {
	for place, p := range platforms {
		if p == nil || !p.CRM || p.Name != system {
			continue
		}
		usable := false
		for _, r := range records {
			if p.takes(r.Type) {
				c.IDs, c.Allowed = append(c.IDs[:len(c.IDs):len(c.IDs)], r), append(c.Allowed, 1<<place)
				usable = true
			}
		}
		if !usable && c.Held[place] == "" {
			c.Held[place] = HeldNoIdentifier
		}
	}
}

// person is the customer as a platform (by its place in the audience) may see it, and how
// many granted identifiers it could not match.
func (c *Candidate) person(platform *Platform, place int) (Person, int) {
	p := Person{
		CustomerID: c.CustomerID, Name: c.Names.Name, GivenName: c.Names.GivenName, FamilyName: c.Names.FamilyName,
		Country: c.Country, Province: c.Names.Province, City: c.Names.City, Postcode: c.Names.Postcode,
	}
	if platform.Facts {
		p.Facts = c.Facts
	}
	refused := 0
	for i, id := range c.IDs {
		if !platform.takes(id.Type) || c.Allowed[i]&(1<<place) == 0 {
			continue
		}
		if shown, ok := platform.shown(id); ok {
			if !slices.Contains(p.Shown, shown) {
				p.Shown = append(p.Shown, shown)
			}
		} else {
			refused++
		}
	}
	return p, refused
}
