package audience

import (
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

// Candidate is a customer who matches an audience now, or was a member in the last run. Its
// fields are plain, so that candidates can travel through a shuffle keyed by the audience.
type Candidate struct {
	Audience   string
	CustomerID string
	Value      int64    // expected value of 12 months: the limit keeps the highest
	Matched    bool     // by the rule, now
	WasMember  bool     // in the last run
	Held       []string // by platform of the audience: why it gets nothing; empty = may get the identifiers of Allowed
	Allowed    []uint64 // by identifier: bits of the platforms that may get it
	GivenName  string
	FamilyName string
	Country    string
	Postcode   string
	IDs        []Identifier
}

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

// Candidates are the customer's, one for each audience that matches or that the customer was
// a member of. consents are the customer's; was holds the codes of audiences with the customer
// as a member in the last run. A customer who matches several audiences with a priority goes
// to the first of them that may get anything.
func (e *Evaluator) Candidates(c *schemas.Customer, consents []schemas.ConsentRow, was map[string]bool) []Candidate {
	var out []Candidate
	var known Consents
	var ids []Identifier
	for i := range e.audiences {
		a := &e.audiences[i]
		matched := a.When.Match(c)
		if !matched && !was[a.Code] {
			continue
		}
		if ids == nil {
			known, ids = NewConsents(consents, e.at), identifiers(c)
		}
		out = append(out, e.candidate(a, c, known, ids, matched, was[a.Code]))
	}
	e.settle(out)
	return out
}

func (e *Evaluator) candidate(a *segment.Audience, c *schemas.Customer, consents Consents, ids []Identifier, matched, was bool) Candidate {
	out := Candidate{
		Audience: a.Code, CustomerID: c.CustomerID, Matched: matched, WasMember: was,
		Held: make([]string, len(a.Platforms)), Allowed: make([]uint64, len(ids)),
		GivenName: c.GivenName, FamilyName: c.FamilyName, Country: c.Country, Postcode: c.Postcode, IDs: ids,
	}
	if c.CLV12m != nil {
		out.Value = *c.CLV12m
	}
	for p, name := range a.Platforms {
		platform, ok := PlatformNamed(name)
		if !ok {
			out.Held[p] = HeldNoConsent // a platform that nobody knows gets nothing
			continue
		}
		allowed, held := consents.Allowed(platform, c.CustomerID, ids, e.suppression)
		out.Held[p] = held
		for _, id := range allowed {
			for k := range ids {
				if ids[k] == id {
					out.Allowed[k] |= 1 << p
				}
			}
		}
	}
	return out
}

// settle gives a customer of several audiences with a priority to the first.
func (e *Evaluator) settle(candidates []Candidate) {
	first, lowest := -1, int64(0)
	for i := range candidates {
		priority := e.priority(candidates[i].Audience)
		if priority > 0 && candidates[i].Matched && candidates[i].free() && (first < 0 || priority < lowest) {
			first, lowest = i, priority
		}
	}
	for i := range candidates {
		if i == first || first < 0 || e.priority(candidates[i].Audience) == 0 {
			continue
		}
		for p := range candidates[i].Held {
			if candidates[i].Held[p] == "" {
				candidates[i].Held[p] = HeldOtherAudience
			}
		}
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

// free tells whether any platform may get the customer.
func (c *Candidate) free() bool {
	for _, held := range c.Held {
		if held == "" {
			return true
		}
	}
	return false
}

// identifiers of a customer, without doubles: the golden phone and e-mail first.
func identifiers(c *schemas.Customer) []Identifier {
	out := make([]Identifier, 0, 2+len(c.Identifiers))
	add := func(kind, value string) {
		id := Identifier{kind, value}
		if value == "" {
			return
		}
		for _, known := range out {
			if known == id {
				return
			}
		}
		out = append(out, id)
	}
	add(TypeEmail, c.Email)
	add(TypePhone, c.Phone)
	for i := range c.Identifiers {
		add(c.Identifiers[i].Type, c.Identifiers[i].Value)
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
