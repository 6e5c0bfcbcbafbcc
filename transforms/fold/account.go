package fold

import (
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// holder is who an account's contact data are of. Shops export the recipient of each order and
// nothing else of the account, so that an order sent to somebody else shows that person's name,
// phone and address. The holder is the name that most orders show; where two persons' names
// are level, it is open, and nobody's contact data are the account's.
type holder struct {
	name normalize.Name
	text name
	rows int64 // different rows that show the holder
	open bool
}

// name is a name as rows have it.
type name struct{ full, given, family string }

func nameOf(p *schemas.Party) name { return name{p.FullName, p.GivenName, p.FamilyName} }

func (n name) parse() normalize.Name { return normalize.ParseName(n.full, n.given, n.family) }

// namesCounted bounds the names of one account that are compared; others are recipients'.
const namesCounted = 32

// holderOf finds the holder of an account of a person, from views as Parties arranges them. The
// name of the system's own row is the holder's.
func holderOf(versions []*schemas.Party) holder {
	if !versions[0].Derived {
		return holder{text: nameOf(versions[0]), name: nameOf(versions[0]).parse()}
	}
	type candidate struct {
		holder
		orders, agreeing int
	}
	var all []candidate
	var seen hashes // the same order again is no further evidence
	for _, v := range versions {
		text := nameOf(v)
		if !v.Derived || text == (name{}) || !seen.first(v.ContentHash) {
			continue
		}
		at := slices.IndexFunc(all, func(c candidate) bool { return c.text == text })
		if at < 0 {
			if len(all) == namesCounted {
				continue
			}
			at = len(all)
			all = append(all, candidate{holder: holder{text: text, name: text.parse()}})
		}
		all[at].orders++
	}
	best := -1
	for i := range all {
		for j := range all {
			if i == j || normalize.CompareGiven(all[i].name, all[j].name) == normalize.Agree {
				all[i].agreeing += all[j].orders
			}
		}
		if best < 0 || all[i].agreeing > all[best].agreeing {
			best = i
		}
	}
	if best < 0 {
		return holder{}
	}
	found := all[best].holder
	found.rows = int64(all[best].agreeing)
	found.open = slices.ContainsFunc(all, func(c candidate) bool {
		return c.agreeing == all[best].agreeing && normalize.CompareGiven(c.name, found.name) == normalize.Contradict
	})
	return found
}

// shows tells whether a view shows the holder, as far as its name tells.
func (h *holder) shows(v *schemas.Party) bool {
	text := nameOf(v)
	switch {
	case text == (name{}) || text == h.text:
		return text == (name{}) || !h.open
	case h.open:
		return false
	}
	return normalize.CompareGiven(text.parse(), h.name) != normalize.Contradict
}

// hashes are those that were met.
type hashes struct {
	few  []uint64
	many map[uint64]bool
}

// fewHashes is how many hashes are sooner looked through than found in a map.
const fewHashes = 24

// first tells whether a hash is met for the first time.
func (h *hashes) first(hash uint64) bool {
	if h.many == nil {
		if slices.Contains(h.few, hash) {
			return false
		}
		if len(h.few) < fewHashes {
			h.few = append(h.few, hash)
			return true
		}
		h.many = map[uint64]bool{}
		for _, old := range h.few {
			h.many[old] = true
		}
	}
	met := h.many[hash]
	h.many[hash] = true
	return !met
}

// recipient leaves of a view what is the account's whoever the goods went to: its identifiers
// and e-mail addresses. The recipient's phone numbers stay readable, as no evidence.
func recipient(v *schemas.Party) *schemas.Party {
	out := &schemas.Party{
		Meta: v.Meta, Kind: v.Kind, Role: v.Role, Emails: v.Emails, IDs: v.IDs, Texts: v.Texts,
		CustomerRef: v.CustomerRef, AcquisitionChannel: v.AcquisitionChannel, CampaignID: v.CampaignID, ReferrerRef: v.ReferrerRef,
		Owner: v.Owner, Tier: v.Tier, Language: v.Language, RegisteredAt: v.RegisteredAt, FirstSeen: v.FirstSeen, LastSeen: v.LastSeen,
		OptOutEmail: v.OptOutEmail, OptOutPhone: v.OptOutPhone, Country: v.Country,
	}
	for _, phone := range v.Phones {
		if phone.Status == schemas.ContactValid {
			phone.Status = schemas.ContactRecipient
		}
		out.Phones = append(out.Phones, phone)
	}
	return out
}

// setRecipients takes from the views of an account whatever is of recipients, and puts views of
// the holder first among the derived ones. It keeps the order else.
func setRecipients(versions []*schemas.Party) {
	if len(versions) < 2 || versions[0].Kind != schemas.Person || !versions[len(versions)-1].Derived {
		return
	}
	h := holderOf(versions)
	if h.text == (name{}) {
		return
	}
	var others []*schemas.Party
	own := versions[:0]
	for _, v := range versions {
		if !v.Derived || h.shows(v) {
			own = append(own, v)
		} else {
			others = append(others, recipient(v))
		}
	}
	dropRarePhones(own)
	copy(versions[len(own):], others)
	if versions[0].Derived {
		versions[0].Shown = h.rows
	}
}

// dropRarePhones sets apart numbers that an account's holder shows once while another is shown
// more often: a namesake's, or lent for one delivery.
func dropRarePhones(own []*schemas.Party) {
	if !twoPhones(own) {
		return
	}
	rows, most := map[string]int{}, 0
	var seen hashes
	for _, v := range own {
		if !v.Derived || !seen.first(v.ContentHash) {
			continue
		}
		for _, phone := range v.Phones {
			if phone.Status == schemas.ContactValid {
				rows[phone.Value]++
				most = max(most, rows[phone.Value])
			}
		}
	}
	if len(rows) < 2 || most < 2 {
		return
	}
	for _, v := range own {
		for j := range v.Phones {
			if phone := &v.Phones[j]; v.Derived && phone.Status == schemas.ContactValid && rows[phone.Value] == 1 {
				phone.Status = schemas.ContactRecipient
			}
		}
	}
}

// twoPhones tells whether derived views show two numbers: most accounts have one.
func twoPhones(own []*schemas.Party) bool {
	first, any := "", false
	for _, v := range own {
		for _, phone := range v.Phones {
			switch {
			case !v.Derived || phone.Status != schemas.ContactValid:
			case !any:
				first, any = phone.Value, true
			case phone.Value != first:
				return true
			}
		}
	}
	return false
}
