package audience

// tiktok is a customer file: each header at most three times. Its own pages disagree about the
// form of phones; E.164 with its plus is what the older two name and the newest takes, too.
var tiktok = Platform{
	Name: "tiktok", Purpose: PurposeShareAds, Channels: []string{"ads_tiktok"}, Identifiers: []string{TypeEmail, TypePhone, TypeIDFA, TypeGAID}, Minimum: 1000,
	Form: func(id Identifier) string {
		switch id.Type {
		case TypeEmail:
			return emailForm(id.Value)
		case TypePhone:
			return phoneForm(id.Value)
		}
		return deviceForm(id)
	},
	Hash: func(identifierType, form string) string { return sha256Hex(form) },
	Parts: []Part{{
		Extension: "csv", Format: CSV, Rows: tiktokRows,
		Header: []string{"Email_SHA256", "Email_SHA256", "Email_SHA256", "Phone_SHA256", "Phone_SHA256", "Phone_SHA256", "MAID_SHA256"},
	}},
}

const tiktokColumns = 3 // of e-mails, and of phones

func tiktokRows(p *Person, _ List) (rows [][]string) {
	emails, phones := p.of(TypeEmail), p.of(TypePhone)
	devices := append(p.of(TypeIDFA), p.of(TypeGAID)...)
	for i := 0; i*tiktokColumns < max(len(emails), len(phones)) || i < len(devices); i++ {
		var row []string
		for _, values := range [][]string{emails, phones} {
			for k := range tiktokColumns {
				row = append(row, at(values, i*tiktokColumns+k))
			}
		}
		rows = append(rows, append(row, at(devices, i)))
	}
	return rows
}
