package source

import (
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// finish does what a record needs beyond its fields.
func (m *mapper) finish(plan *recordPlan, rec any, c *cells, currency string) *fault {
	switch r := rec.(type) {
	case *schemas.Party:
		return finishParty(r)
	case *schemas.Trait:
		if r.CustomerRef == "" {
			return errAnonymous
		}
	case *schemas.Order:
		r.CountsAsRevenue = plan.revenue
		r.Currency = firstOf(r.Currency, currency)
		if r.Currency == "" && !r.Deleted {
			return &fault{CodeMissing, "", "the order has no currency: give the source one"}
		}
	case *schemas.OrderLine:
		r.Currency = firstOf(r.Currency, currency)
		r.OrderObject = firstOf(r.OrderObject, schemas.KindOrder)
	case *schemas.Opportunity:
		r.Currency = firstOf(r.Currency, currency)
	case *schemas.CampaignCost:
		r.Currency = firstOf(r.Currency, currency)
	case *schemas.Product:
		r.Currency = firstOf(r.Currency, currency)
	case *schemas.Subscription:
		r.Currency = firstOf(r.Currency, currency)
	case *schemas.Interaction:
		m.finishScore(r)
	case *schemas.Consent:
		return finishConsent(r, m.regions)
	}
	return nil
}

// finishScore drops what is no score: nothing has no kind, and an NPS lies between 0 and 10.
func (m *mapper) finishScore(r *schemas.Interaction) {
	if r.Score != nil && r.ScoreKind == "nps" && (*r.Score < 0 || *r.Score > 10) {
		m.issue("score", CodeBadValue)
		r.Score = nil
	}
	if r.Score == nil {
		r.ScoreKind = ""
	}
}

func finishParty(p *schemas.Party) *fault {
	for _, name := range []*string{&p.FullName, &p.GivenName, &p.FamilyName, &p.Street} {
		if normalize.IsMasked(*name) {
			*name = ""
		}
	}
	if p.Kind == "" || p.Kind == "infer" {
		p.Kind = schemas.Person
		if normalize.LooksLikeCompany(firstOf(p.FullName, p.Company)) && p.GivenName == "" && p.FamilyName == "" && normalize.LooksLikeCompany(p.FullName) {
			p.Kind = schemas.Organization
		}
	}
	if p.Role == "" {
		p.Role = schemas.RoleContact
	}
	if code := normalize.Country(p.Country); code != "" {
		p.Country = code
	}
	if p.Province == "" && p.City == "" && p.Street != "" {
		if a := normalize.SplitAddress(p.Street); a.Province != "" || a.City != "" {
			p.Province, p.City, p.District, p.Street = a.Province, a.City, a.District, a.Street
			p.Postcode, p.Country = firstOf(p.Postcode, a.Postcode), firstOf(p.Country, a.Country)
		}
	}
	if p.FirstSeen == 0 {
		p.FirstSeen = p.RegisteredAt
	}
	if p.LastSeen == 0 {
		p.LastSeen = max(p.UpdatedAt, p.FirstSeen)
	}
	return nil
}

func finishConsent(r *schemas.Consent, regions []string) *fault {
	switch r.IdentifierType {
	case "phone":
		r.Identifier, _ = normalize.Phone(r.Identifier, regions)
	case "email":
		r.Identifier, _ = normalize.Email(r.Identifier)
	}
	if normalize.IsMasked(r.Identifier) {
		r.Identifier = ""
	}
	if r.Identifier == "" && r.CustomerRef == "" {
		return &fault{CodeMissing, "", "the consent names nobody: no readable, unmasked identifier and no customer"}
	}
	return nil
}
