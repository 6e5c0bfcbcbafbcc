package audience

import (
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

// Subject is a customer as audiences see one.
type Subject struct {
	CustomerID string
	Value      int64    // expected value of 12 months: a limit keeps the highest
	Matched    []string // codes of the audiences whose rule takes the customer now
	Was        []string // audience/platform that had the customer in the last run
	GivenName  string
	FamilyName string
	Country    string
	Postcode   string
	IDs        []Identifier
}

// Candidate is a customer who matches an audience now, or was a member in the last run. Its
// fields are plain, so that candidates can travel through a shuffle keyed by the audience,
// in order of the customers.
type Candidate struct {
	CustomerID string
	Value      int64
	Matched    bool     // by the rule, now
	Was        uint64   // bits of the platforms that had the customer in the last run
	Held       []string // by platform of the audience: why it gets nothing; empty = may get the identifiers of Allowed
	Allowed    []uint64 // by identifier: bits of the platforms that may get it
	GivenName  string
	FamilyName string
	Country    string
	Postcode   string
	IDs        []Identifier
}

// Entry is a candidate and the audience.
type Entry struct {
	Audience string
	Candidate
}

// wasElsewhere marks a member on a platform that the audience no longer names.
const wasElsewhere = 1 << 63

// Evaluator finds the audiences of customers.
type Evaluator struct {
	audiences   []segment.Audience
	suppression *Suppression
	at          int64
}

// NewEvaluator returns an evaluator at a moment (microseconds): the end of as_of.
func NewEvaluator(audiences []segment.Audience, suppression *Suppression, at int64) *Evaluator {
	return &Evaluator{audiences, suppression, at}
}

// Retired stands for an audience that has no rule any more: it takes nobody, and all
// platforms are told to forget those whom they got.
func Retired(code string) *segment.Audience {
	return &segment.Audience{Code: code, Platforms: Platforms()}
}

// Candidates are the customer's, one for each audience that matches or that had the customer
// in the last run. consents are the customer's. A customer who matches several audiences with
// a priority goes to the first of them that may get anything.
func (e *Evaluator) Candidates(s *Subject, consents []schemas.ConsentRow) []Entry {
	var out []Entry
	known := NewConsents(consents, e.at)
	for i := range e.audiences {
		a := &e.audiences[i]
		matched, was := slices.Contains(s.Matched, a.Code), wasOn(a, s.Was)
		if matched || was != 0 {
			out = append(out, Entry{a.Code, e.candidate(a, s, known, matched, was)})
		}
	}
	for _, code := range e.retired(s.Was) {
		a := Retired(code)
		out = append(out, Entry{code, e.candidate(a, s, known, false, wasOn(a, s.Was))})
	}
	e.settle(out)
	return out
}

// wasOn are the platforms of an audience that had the customer.
func wasOn(a *segment.Audience, was []string) (bits uint64) {
	for _, w := range was {
		code, platform, _ := strings.Cut(w, "/")
		if code != a.Code {
			continue
		}
		if p := slices.Index(a.Platforms, platform); p >= 0 {
			bits |= 1 << p
		} else {
			bits |= wasElsewhere
		}
	}
	return bits
}

// retired are the codes among was that no rule has any more.
func (e *Evaluator) retired(was []string) []string {
	var out []string
	for _, w := range was {
		code, _, _ := strings.Cut(w, "/")
		known := slices.ContainsFunc(e.audiences, func(a segment.Audience) bool { return a.Code == code })
		if !known && !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

func (e *Evaluator) candidate(a *segment.Audience, s *Subject, consents Consents, matched bool, was uint64) Candidate {
	out := Candidate{
		CustomerID: s.CustomerID, Value: s.Value, Matched: matched, Was: was,
		Held: make([]string, len(a.Platforms)), Allowed: make([]uint64, len(s.IDs)),
		GivenName: s.GivenName, FamilyName: s.FamilyName, Country: s.Country, Postcode: s.Postcode, IDs: s.IDs,
	}
	for p, name := range a.Platforms {
		platform, ok := PlatformNamed(name)
		if !ok {
			out.Held[p] = HeldNoConsent // a platform that nobody knows gets nothing
			continue
		}
		allowed, held := consents.Allowed(platform, s.CustomerID, s.IDs, e.suppression)
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

// settle gives a customer of several audiences with a priority to the first.
func (e *Evaluator) settle(entries []Entry) {
	first, lowest := -1, int64(0)
	for i := range entries {
		priority := e.priority(entries[i].Audience)
		if priority > 0 && entries[i].Matched && entries[i].free() != 0 && (first < 0 || priority < lowest) {
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

// person is the customer as a platform (by its place in the audience) may see it. For a
// removal all identifiers are shown that the platform knows: it must be told whom to forget.
func (c *Candidate) person(platform Platform, place int, removal bool) Person {
	p := Person{CustomerID: c.CustomerID, GivenName: c.GivenName, FamilyName: c.FamilyName, Country: c.Country, Postcode: c.Postcode}
	for i, id := range c.IDs {
		if !platform.takes(id.Type) || !removal && c.Allowed[i]&(1<<place) == 0 {
			continue
		}
		switch id.Type {
		case TypeEmail:
			p.Emails = append(p.Emails, id.Value)
		case TypePhone:
			p.Phones = append(p.Phones, id.Value)
		default:
			p.IDs = append(p.IDs, id)
		}
	}
	return p
}
