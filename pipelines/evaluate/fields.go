package evaluate

import (
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
)

// fieldColumns are the columns of a party that say who it is.
var fieldColumns = []string{
	"namespace", "object", "key", "full_name", "given_name", "family_name", "company", "birth_date", "birth_date_raw", "street", "phones", "emails", "ids",
}

// Kinds of identifying fields. The bits from idFields on are those of identifiers, which are
// compared with one another where they are of one name; names share bits by hash.
const (
	hasName uint16 = 1 << iota
	hasBirthDate
	hasStreet
	hasPhone
	hasEmail
	idFields = iota
)

// fieldsOf tells which kinds of fields a party has that could identify it.
func fieldsOf(p *schemas.Party) uint16 {
	fields := uint16(0)
	note := func(bit uint16, has bool) {
		if has {
			fields |= bit
		}
	}
	valid := func(c schemas.Contact) bool { return c.Status == schemas.ContactValid }
	note(hasName, p.FullName != "" || p.GivenName != "" || p.FamilyName != "" || p.Company != "")
	note(hasBirthDate, p.BirthDate != 0 || p.BirthDateRaw != "")
	note(hasStreet, p.Street != "")
	note(hasPhone, slices.ContainsFunc(p.Phones, valid))
	note(hasEmail, slices.ContainsFunc(p.Emails, valid))
	for _, id := range p.IDs {
		note(1<<(idFields+xxh3.HashString(id.Name)%(16-idFields)), true)
	}
	return fields
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}
