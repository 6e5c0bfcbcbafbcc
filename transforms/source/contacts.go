package source

import (
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// contacts reads phones or e-mail addresses out of one or several cells.
func (m *mapper) contacts(f *fieldPlan, at *[]schemas.Contact, c *cells) *fault {
	for _, column := range f.columns {
		if c.bad[column] != "" {
			m.issue(m.layout.columns[column], c.bad[column])
			continue
		}
		for _, part := range m.parts(f, c.values[column]) {
			text, problem := f.cell.refine(part)
			if problem != nil || text == "" {
				continue
			}
			contact := schemas.Contact{Raw: text}
			if f.kind == fieldPhones {
				contact.Value, contact.Status = normalize.Phone(text, m.regionsOf(f, text, c))
			} else {
				contact.Value, contact.Status = normalize.Email(text)
			}
			if contact.Status == schemas.ContactInvalid {
				m.issue(m.layout.columns[column], "not_a_"+f.name)
			}
			if !hasContact(*at, contact) {
				*at = append(*at, contact)
			}
		}
	}
	return nil
}

// regionsOf are the regions that a phone number may be of: first of all the country that the
// record itself is of, where it is written without a country code.
func (m *mapper) regionsOf(f *fieldPlan, text string, c *cells) []string {
	if f.country == nil || text[0] == '+' || !f.country.when.holds(c.values) {
		return m.regions
	}
	name, problem := m.text(f.country, c)
	if problem != nil || name == "" {
		return m.regions
	}
	code := normalize.Country(name)
	if code == "" || len(m.regions) > 0 && m.regions[0] == code {
		return m.regions
	}
	m.local = append(append(m.local[:0], code), m.regions...)
	return m.local
}

func hasContact(list []schemas.Contact, c schemas.Contact) bool {
	for i := range list {
		if list[i].Raw == c.Raw || (c.Value != "" && list[i].Value == c.Value) {
			return true
		}
	}
	return false
}

// named reads id.NAME and text.NAME.
func (m *mapper) named(f *fieldPlan, at *[]schemas.NameValue, c *cells) *fault {
	text, problem := m.text(f, c)
	if problem != nil {
		return problem
	}
	if text == "" || normalize.IsMasked(text) {
		return nil
	}
	_, name, _ := strings.Cut(f.name, ".")
	for _, part := range m.parts(f, text) {
		if part != "" {
			*at = append(*at, schemas.NameValue{Name: name, Value: part})
		}
	}
	return nil
}
