package audience

// csvList is a list for people and other tools: plain values, one line a customer, further
// e-mails and phones left out.
var csvList = Platform{
	Name: "csv", Purpose: PurposeMarketing, Channels: []string{"email", "sms", "phone"}, Identifiers: []string{TypeEmail, TypePhone},
	Form: func(id Identifier) string {
		if id.Type == TypePhone {
			return phoneForm(id.Value)
		}
		return emailForm(id.Value)
	},
	Parts: []Part{{
		Extension: "csv", Format: CSV, Header: []string{"customer_id", "first_name", "last_name", "email", "phone", "country"},
		Rows: func(p *Person, _ List) [][]string {
			return [][]string{{guard(p.CustomerID), guard(p.GivenName), guard(p.FamilyName), guard(first(p.of(TypeEmail))), phoneCell(first(p.of(TypePhone))), guard(p.Country)}}
		},
	}},
}
