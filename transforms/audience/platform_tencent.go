package audience

// tencent are number packages (广点通 号码包): text files with one id a line, one type a file.
// Phones are the MD5 of the eleven digits of a Chinese mobile number (HASH_MOBILE_PHONE).
var tencent = Platform{
	Name: "tencent", Purpose: PurposeShareAds, Channels: []string{"ads_tencent"},
	Identifiers: []string{TypePhone, TypeIDFA, TypeIMEI, TypeOAID, TypeOpenID, TypeUnionID},
	Form: func(id Identifier) string {
		if id.Type == TypePhone {
			return chineseMobile(id.Value)
		}
		return deviceForm(id)
	},
	Hash: func(identifierType, form string) string {
		if identifierType == TypePhone {
			return md5Hex(form)
		}
		return form
	},
	Parts: []Part{
		{Extension: "txt", Format: Text, Rows: linesOf(TypePhone)},
		{Suffix: "idfa", Extension: "txt", Format: Text, Rows: linesOf(TypeIDFA)},
		{Suffix: "imei", Extension: "txt", Format: Text, Rows: linesOf(TypeIMEI)},
		{Suffix: "oaid", Extension: "txt", Format: Text, Rows: linesOf(TypeOAID)},
		{Suffix: "wechat_openid", Extension: "txt", Format: Text, Rows: linesOf(TypeOpenID)},
		{Suffix: "wechat_unionid", Extension: "txt", Format: Text, Rows: linesOf(TypeUnionID)},
	},
}

// linesOf shows the ids of one type, one a line.
func linesOf(identifierType string) func(*Person, List) [][]string {
	return func(p *Person, _ List) (rows [][]string) {
		for _, id := range p.Shown {
			if id.Type == identifierType {
				rows = append(rows, []string{id.Value})
			}
		}
		return rows
	}
}
