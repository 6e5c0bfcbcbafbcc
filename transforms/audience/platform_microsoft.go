package audience

// microsoft is customer match: a list of hashed e-mails for the web pages, and the same as
// records of a bulk file, whose action follows from the list.
var microsoft = Platform{
	Name: "microsoft", Purpose: PurposeShareAds, Channels: []string{"ads_microsoft"}, Identifiers: []string{TypeEmail}, Minimum: 300,
	Form: func(id Identifier) string { return emailForm(id.Value) },
	Hash: sha256Contacts,
	Parts: []Part{
		{Extension: "csv", Format: CSV, Header: []string{"Email"}, Rows: func(p *Person, _ List) (rows [][]string) {
			for _, email := range p.of(TypeEmail) {
				rows = append(rows, []string{email})
			}
			return rows
		}},
		{Suffix: "bulk", Extension: "csv", Format: CSVWithHead(microsoftHead), Header: microsoftHeader, Rows: microsoftRows},
	},
}

var microsoftHeader = []string{"Type", "Status", "Id", "Parent Id", "Client Id", "Modified Time", "Name", "Description", "Scope", "Audience", "Action Type", "Sub Type", "Text"}

// newList is the id by which the file's own records refer to the list: Microsoft takes negative
// ids for what the same file creates. Whoever updates a list puts its id in this one place.
const newList = "-1"

// microsoftActions are what becomes of the list.
var microsoftActions = [ListCount]string{ListFull: "Replace", ListAdd: "Add", ListRemove: "Remove"}

// microsoftHead are the records before the first item: the version of the format, and the list.
func microsoftHead(name string, list List) [][]string {
	return [][]string{
		{"Format Version", "", "", "", "", "", "6.0", "", "", "", "", "", ""},
		{"Customer List", "Active", newList, "", "", "", "", "", "Account", name, microsoftActions[list], "", ""},
	}
}

func microsoftRows(p *Person, _ List) (rows [][]string) {
	for _, email := range p.of(TypeEmail) {
		rows = append(rows, []string{"Customer List Item", "", "", newList, "", "", "", "", "", "", "", "Email", email})
	}
	return rows
}
