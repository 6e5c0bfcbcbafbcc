package resolve

import (
	"cmp"
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Link says that two records are one customer, by a rule.
type Link struct {
	A, B uint32
	Rule string
}

// Conflict is a link that was not made, or cut.
type Conflict struct {
	A, B        uint32
	Rule        string
	Reason      string
	Left, Right string // the values that speak against it: names, identifiers, kinds
}

// Reasons of conflicts.
const (
	ReasonNames   = "given_names_contradict"
	ReasonBirths  = "birth_dates_contradict"
	ReasonShared  = "shared_by_too_many"
	ReasonKinds   = "person_and_organization"
	ReasonSingle  = "single_valued_id"
	ReasonDecided = "decided_different"
	ReasonUnclear = "between_several_names"
)

// rank orders rules by strength.
func rank(rule string) int {
	switch rule {
	case RuleDecision:
		return 0
	case RuleReference:
		return 1
	case RuleEmail:
		return 3
	case RulePhone:
		return 4
	}
	return 2 // id.NAME
}

// IsContact tells evidence that others may share, a phone number or e-mail address, from what
// identifies by itself.
func IsContact(kind string) bool { return kind == "phone" || kind == "email" || kind == phoneMD5 }

// LinkGroup links the records that share one value.
//
// References and identifiers link all records of one kind. E-mail and phone link unless more
// than MaxShared parties have the value, records of one name counting as one party; records
// whose given names or single-valued identifiers contradict stay apart, and a record that says
// too little is linked only where one party alone comes into question. senders are the accounts
// whose phone number is that of somebody they have sent something to.
func LinkGroup(kind, value string, members []Member, s Settings) (links []Link, conflicts []Conflict, senders []uint32) {
	slices.SortFunc(members, func(a, b Member) int { return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Ordinal, b.Ordinal)) })
	members = distinct(members)
	if len(members) < 2 {
		return nil, nil, nil
	}
	if kind == "ref" {
		links, conflicts = linkReference(value, members, s)
		return links, conflicts, nil
	}
	for _, part := range byKind(members) {
		if len(part) < 2 {
			continue
		}
		var l []Link
		var c []Conflict
		switch kind {
		case "email":
			l, c = linkContact(RuleEmail, value, part, s, normalize.IsRoleEmail(value))
		case "phone", phoneMD5: // a hashed number is shared by a household as well
			var own []Member
			own, senders = withoutSenders(part, senders)
			l, c = linkContact(RulePhone, value, own, s, false)
		default:
			l = chain(kind, part)
		}
		links, conflicts = append(links, l...), append(conflicts, c...)
	}
	return links, conflicts, senders
}

func distinct(members []Member) []Member {
	out := members[:0]
	for _, m := range members {
		if n := len(out); n > 0 && out[n-1].Ordinal == m.Ordinal {
			out[n-1].Owner = out[n-1].Owner || m.Owner
			continue
		}
		out = append(out, m)
	}
	return out
}

// linkReference links what points at a record to it. Where nobody has the reference (it may
// have been an account that many share), records that point at it are one customer as far as
// their names allow.
func linkReference(value string, members []Member, s Settings) ([]Link, []Conflict) {
	var links []Link
	var conflicts []Conflict
	at := slices.IndexFunc(members, func(m Member) bool { return m.Owner })
	if at < 0 {
		for _, part := range byKind(members) {
			if len(part) > 1 {
				l, c := linkContact(RuleReference, value, part, s, false)
				links, conflicts = append(links, l...), append(conflicts, c...)
			}
		}
		return links, conflicts
	}
	first := members[at]
	for _, m := range members {
		switch {
		case m.Ordinal == first.Ordinal:
		case m.Kind != first.Kind:
			conflicts = append(conflicts, Conflict{first.Ordinal, m.Ordinal, RuleReference, ReasonKinds, first.Kind, m.Kind})
		default:
			a, b := &first, &m
			if b.Rank < a.Rank || b.Rank == a.Rank && b.Ordinal < a.Ordinal {
				a, b = b, a
			}
			links = append(links, Link{a.Ordinal, b.Ordinal, RuleReference})
		}
	}
	return links, conflicts
}

func byKind(members []Member) [][]Member {
	var persons, organizations []Member
	first := members[0].Kind
	if !slices.ContainsFunc(members, func(m Member) bool { return m.Kind != first }) {
		return [][]Member{members}
	}
	for _, m := range members {
		if m.Kind == schemas.Organization {
			organizations = append(organizations, m)
		} else {
			persons = append(persons, m)
		}
	}
	return [][]Member{persons, organizations}
}

// chain links neighbours: a tree over all of them.
func chain(rule string, members []Member) []Link {
	var links []Link
	for i := 1; i < len(members); i++ {
		links = append(links, Link{members[i-1].Ordinal, members[i].Ordinal, rule})
	}
	return links
}
