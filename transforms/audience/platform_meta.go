package audience

import (
	"strings"
	"unicode"
)

// meta is a Custom Audience: a CSV file in which up to three e-mails and phones of a person
// share a line. All but ids of devices is hashed, the country too. Birth date and gender
// would match, but e-mail or phone are there: what is not needed is not sent.
var meta = Platform{
	Name: "meta", Purpose: PurposeShareAds, Channels: []string{"ads_meta"}, Identifiers: []string{TypeEmail, TypePhone, TypeIDFA, TypeGAID}, Minimum: 100, Places: true,
	Form: func(id Identifier) string {
		switch id.Type {
		case TypeEmail:
			return emailForm(id.Value)
		case TypePhone:
			return strings.TrimPrefix(phoneForm(id.Value), "+") // E.164 has no leading zeros
		}
		return deviceForm(id)
	},
	Hash: sha256Contacts,
	Parts: []Part{{
		Extension: "csv", Format: CSV, Rows: metaRows,
		Header: []string{"email", "email", "email", "phone", "phone", "phone", "madid", "fn", "ln", "ct", "st", "zip", "country"},
	}},
}

const metaColumns = 3 // of e-mails, and of phones

func metaRows(p *Person, list List) (rows [][]string) {
	emails, phones := p.of(TypeEmail), p.of(TypePhone)
	devices := append(p.of(TypeIDFA), p.of(TypeGAID)...)
	for i := 0; i*metaColumns < max(len(emails), len(phones)) || i < len(devices); i++ {
		var row []string
		for _, values := range [][]string{emails, phones} {
			for k := range metaColumns {
				row = append(row, at(values, i*metaColumns+k))
			}
		}
		row = append(row, at(devices, i), hashName(lettersOfName(p.GivenName)), hashName(lettersOfName(p.FamilyName)),
			hashName(lettersOf(p.City)), hashName(lettersOf(p.Province)), hashName(strings.NewReplacer(" ", "", "-", "").Replace(p.Postcode)), hashName(p.Country))
		rows = append(rows, row)
	}
	return rows
}

// lettersOfName is a name without ASCII punctuation.
func lettersOfName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			return -1
		}
		return r
	}, name)
}

// lettersOf is a city or state: letters alone.
func lettersOf(place string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			return -1
		}
		return r
	}, place)
}
