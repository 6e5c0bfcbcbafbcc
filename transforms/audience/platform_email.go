package audience

// email is a list for an e-mail tool: one address a line, with the customer's id beside it, by
// which the tool's report of what was sent comes back.
var email = Platform{
	Name: "email", Purpose: PurposeMarketing, Channels: []string{"email"}, Identifiers: []string{TypeEmail},
	Form:  func(id Identifier) string { return emailForm(id.Value) },
	Parts: []Part{{Extension: "csv", Format: CSV, Header: []string{"customer_id", TypeEmail}, Rows: listOf(TypeEmail)}},
}

// listOf shows the identifiers of one type beside the customer's id.
func listOf(identifierType string) func(*Person, List) [][]string {
	return func(p *Person, _ List) (rows [][]string) {
		for _, value := range p.of(identifierType) {
			rows = append(rows, []string{guard(p.CustomerID), phoneCell(value)})
		}
		return rows
	}
}
