package audience

import "strings"

// google is Customer Match: a CSV file with English headers. E-mails, phones and names are
// hashed with SHA-256, country and postcode stay plain. In Europe both ad_user_data and
// ad_personalization must be granted, see law.go.
var google = Platform{
	Name: "google", Purpose: PurposeShareAds, Channels: []string{"ads_google"}, Identifiers: []string{TypeEmail, TypePhone}, Minimum: 100,
	Form: func(id Identifier) string {
		if id.Type == TypePhone {
			return phoneForm(id.Value)
		}
		return googleEmail(id.Value)
	},
	Hash:    sha256Contacts,
	Consent: europeanPersonalization,
	Parts:   []Part{{Extension: "csv", Format: CSV, Header: []string{"Email", "Phone", "First Name", "Last Name", "Country", "Zip"}, Rows: googleRows}},
}

// googleEmail brings an address into the form that Customer Match hashes: lower case, no
// blanks, for gmail.com and googlemail.com without dots and plus suffix before the @. It
// returns "" for what is no plain address.
func googleEmail(email string) string {
	s := emailForm(email)
	local, domain, _ := strings.Cut(s, "@")
	if domain == "gmail.com" || domain == "googlemail.com" {
		local, _, _ = strings.Cut(local, "+")
		local = strings.ReplaceAll(local, ".", "")
	}
	if local == "" {
		return ""
	}
	return local + "@" + domain
}

// hashName is the SHA-256 of a name in lower case without outer blanks; "" for none.
func hashName(name string) string {
	s := strings.ToLower(strings.TrimSpace(name))
	if s == "" || looksHashed(s) {
		return ""
	}
	return sha256Hex(s)
}

// googleRows shows the name only where first name, last name, country and postcode are all
// known, since it matches only together. Further e-mails and phones of a person take lines
// of their own.
func googleRows(p *Person, _ List) (rows [][]string) {
	emails, phones := p.of(TypeEmail), p.of(TypePhone)
	for i := range max(len(emails), len(phones)) {
		row := []string{at(emails, i), at(phones, i), "", "", "", ""}
		given, family := hashName(p.GivenName), hashName(p.FamilyName)
		country, postcode := strings.ToUpper(strings.TrimSpace(p.Country)), strings.TrimSpace(p.Postcode)
		if i == 0 && given != "" && family != "" && len(country) == 2 && postcode != "" {
			row[2], row[3], row[4], row[5] = given, family, guard(country), guard(postcode)
		}
		rows = append(rows, row)
	}
	return rows
}
