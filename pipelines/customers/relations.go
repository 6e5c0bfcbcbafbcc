package customers

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Relations beside identity.RelationHousehold.
const (
	relationWorksAt    = "works_at"
	relationSubsidiary = "subsidiary_of"
	relationReferred   = "referred"

	relationAccount = "account" // of a note: works_at of a person, subsidiary_of of an organization
)

// relationNote says to a customer that a relation leads from them to another.
type relationNote struct {
	Relation string
	To       string // customer id
	Since    int64  // first time that the record knows of; 0 = unknown
	Moment   int64  // when the record was last known to be right
}

// relate sends what a party record says about other customers: the organization above it to its
// own customer, who recommended it to that one.
func relate(s *sender, f *finder, customer int64, v *schemas.Party) error {
	if v.AccountRef == "" && v.ReferrerRef == "" || v.Deleted {
		return nil
	}
	since := v.RegisteredAt
	if since == 0 {
		since = v.FirstSeen
	}
	if account := f.customer(v.AccountRef); account >= 0 && account != customer {
		note := relationNote{relationAccount, f.lookup.Customer(uint32(account)), since, max(v.UpdatedAt, v.LastSeen)}
		if err := send(s, customer, &v.Meta, tagRelation, relationCodec, &note); err != nil {
			return err
		}
	}
	if referrer := f.customer(v.ReferrerRef); referrer >= 0 && referrer != customer {
		note := relationNote{relationReferred, f.lookup.Customer(uint32(customer)), since, 0}
		return send(s, referrer, &v.Meta, tagRelation, relationCodec, &note)
	}
	return nil
}

// mapHouseholds sends who lives together to the first of the two.
func mapHouseholds(ctx context.Context, s *sender, path string, f *finder) error {
	return warehouse.Read(ctx, path, []string{"from_customer_id", "to_customer_id"}, func(rows []schemas.CustomerRelation) error {
		for i := range rows {
			index, ok := f.lookup.IndexOf(rows[i].From)
			if !ok {
				continue
			}
			note := relationNote{Relation: identity.RelationHousehold, To: rows[i].To}
			if err := send(s, int64(index), &schemas.Meta{}, tagRelation, relationCodec, &note); err != nil {
				return err
			}
		}
		s.t.Progress(len(rows))
		return nil
	})
}

// relationFacts writes a customer's relations, each once, and returns when those came whom the
// customer has recommended. The account of a profile is the one that the latest record states.
func (r *reducer) relationFacts(p *schemas.CustomerProfile, g *group) (referred []int64, err error) {
	slices.SortFunc(g.relations, func(a, b relationNote) int {
		return cmp.Or(cmp.Compare(a.Relation, b.Relation), cmp.Compare(a.To, b.To), cmp.Compare(unknownLast(a.Since), unknownLast(b.Since)), cmp.Compare(b.Moment, a.Moment))
	})
	p.AccountID = ""
	var account int64
	for i := range g.relations {
		n := &g.relations[i]
		if n.Relation == relationAccount && p.Kind != schemas.Organization && (p.AccountID == "" || n.Moment > account) {
			p.AccountID, account = n.To, n.Moment
		}
		if i > 0 && g.relations[i-1].Relation == n.Relation && g.relations[i-1].To == n.To {
			continue // a second record says the same, not earlier
		}
		row := schemas.CustomerRelation{RunColumns: r.stamp, From: p.CustomerID, Relation: n.Relation, To: n.To}
		if n.Relation == relationAccount {
			row.Relation = relationWorksAt
			if p.Kind == schemas.Organization {
				row.Relation = relationSubsidiary
			}
		}
		if n.Since != 0 {
			day := r.days.Day(n.Since)
			row.Since = &day
		}
		if n.Relation == relationReferred {
			referred = append(referred, n.Since)
		}
		if err := r.relations.Add(&row); err != nil {
			return nil, err
		}
	}
	return referred, nil
}

// unknownLast puts an unknown time behind all others.
func unknownLast(micros int64) int64 {
	if micros == 0 {
		return math.MaxInt64
	}
	return micros
}
