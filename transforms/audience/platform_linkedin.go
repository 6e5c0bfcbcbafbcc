package audience

import "strings"

// linkedin is a contact list in the columns of LinkedIn's template, which must not change. Only
// the hashed e-mail is filled in: the template takes names, job and employer in plain text
// alone, and an audience has what may be hashed. A list holds 300,000 records and 20 MB.
var linkedin = Platform{
	Name: "linkedin", Purpose: PurposeShareAds, Channels: []string{"ads_linkedin"}, Identifiers: []string{TypeEmail, TypeGAID}, Minimum: 300,
	Form: func(id Identifier) string {
		if id.Type == TypeGAID {
			return strings.ToLower(deviceForm(id))
		}
		return emailForm(id.Value)
	},
	Hash: sha256Contacts,
	Parts: []Part{{
		Extension: "csv", Format: CSV, MaxRows: 300_000, MaxBytes: 20_000_000, Rows: linkedinRows,
		Header: []string{"email", "firstname", "lastname", "jobtitle", "employeecompany", "country", "googleaid"},
	}},
}

func linkedinRows(p *Person, _ List) (rows [][]string) {
	emails, devices := p.of(TypeEmail), p.of(TypeGAID)
	for i := range max(len(emails), len(devices)) {
		rows = append(rows, []string{at(emails, i), "", "", "", "", "", at(devices, i)})
	}
	return rows
}
