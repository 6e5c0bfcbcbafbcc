package fold

import (
	"cmp"
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
)

func partyMeta(p *schemas.Party) *schemas.Meta { return &p.Meta }

// Parties folds all views of one reference. The system's own rows come before rows derived
// from orders, tickets and the like, which only fill nulls, the last seen first; so do other
// files' views of the same version, where the system gives no time of change. A one-time
// account gets a reference that no order has: its buyers are not one person. Contact data of a
// recipient who is not the account's holder are no evidence of the account.
func Parties(views []schemas.Party) (*schemas.Party, Losers) {
	var l Losers
	winner := &views[0]
	shared := winner.Role == schemas.RoleOneTime
	if len(views) > 1 {
		versions := pointers(views)
		arrange(versions, partyMeta, stronger)
		setRecipients(versions)
		winner = versions[0]
		shared = winner.Role == schemas.RoleOneTime
		for _, v := range versions[1:] {
			shared = shared || v.Role == schemas.RoleOneTime
			if v.FirstSeen != 0 && (winner.FirstSeen == 0 || v.FirstSeen < winner.FirstSeen) {
				winner.FirstSeen = v.FirstSeen
			}
			winner.LastSeen = max(winner.LastSeen, v.LastSeen)
			otherView := !v.Derived && v.UpdatedAt == winner.UpdatedAt && v.File != winner.File
			if v.Derived || otherView {
				fillNulls(winner, v)
				continue
			}
			l.lose(&winner.Meta, &v.Meta)
		}
	}
	if shared {
		winner.Role, winner.Object = schemas.RoleOneTime, schemas.ObjectOneTime
	}
	return winner, l
}

// stronger ranks views: own rows before derived ones, these by when they were last seen.
func stronger(a, b *schemas.Party) int {
	switch {
	case a.Derived != b.Derived && a.Derived:
		return 1
	case a.Derived != b.Derived:
		return -1
	case a.Derived && a.LastSeen != b.LastSeen:
		return cmp.Compare(b.LastSeen, a.LastSeen)
	}
	return newer(&a.Meta, &b.Meta)
}

// fillNulls takes from v what winner lacks. Contact data are added to a derived winner: an
// account of a shop shows a new phone with a new order.
func fillNulls(winner, v *schemas.Party) {
	for _, pair := range [][2]*string{
		{&winner.FullName, &v.FullName},
		{&winner.GivenName, &v.GivenName},
		{&winner.FamilyName, &v.FamilyName},
		{&winner.Gender, &v.Gender},
		{&winner.Street, &v.Street},
		{&winner.District, &v.District},
		{&winner.City, &v.City},
		{&winner.Province, &v.Province},
		{&winner.Postcode, &v.Postcode},
		{&winner.Country, &v.Country},
		{&winner.Company, &v.Company},
		{&winner.Industry, &v.Industry},
		{&winner.CompanySize, &v.CompanySize},
		{&winner.Department, &v.Department},
		{&winner.Occupation, &v.Occupation},
		{&winner.IncomeBand, &v.IncomeBand},
		{&winner.Language, &v.Language},
		{&winner.AcquisitionChannel, &v.AcquisitionChannel},
		{&winner.CampaignID, &v.CampaignID},
		{&winner.ReferrerRef, &v.ReferrerRef},
		{&winner.Owner, &v.Owner},
		{&winner.AccountRef, &v.AccountRef},
		{&winner.CustomerRef, &v.CustomerRef},
		{&winner.Tier, &v.Tier},
		{&winner.BirthDateRaw, &v.BirthDateRaw},
	} {
		if *pair[0] == "" {
			*pair[0] = *pair[1]
		}
	}
	if winner.BirthDate == 0 {
		winner.BirthDate = v.BirthDate
	}
	if winner.RegisteredAt == 0 {
		winner.RegisteredAt = v.RegisteredAt
	}
	if len(winner.Phones) == 0 || winner.Derived {
		winner.Phones = addContacts(winner.Phones, v.Phones)
	}
	if len(winner.Emails) == 0 || winner.Derived {
		winner.Emails = addContacts(winner.Emails, v.Emails)
	}
	for _, id := range v.IDs {
		if !slices.Contains(winner.IDs, id) {
			winner.IDs = append(winner.IDs, id)
		}
	}
	for _, text := range v.Texts {
		if !slices.Contains(winner.Texts, text) {
			winner.Texts = append(winner.Texts, text)
		}
	}
}

// maxContacts bounds how many numbers one derived party gathers.
const maxContacts = 8

func addContacts(list, more []schemas.Contact) []schemas.Contact {
	for _, c := range more {
		if len(list) >= maxContacts {
			break
		}
		if !slices.ContainsFunc(list, func(o schemas.Contact) bool {
			return o.Value == c.Value && o.Raw == c.Raw || c.Value != "" && o.Value == c.Value
		}) {
			list = append(list, c)
		}
	}
	return list
}
