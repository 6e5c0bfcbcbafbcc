package audience

// quickAudience leads to 达摩盘 and 数据银行 (Alibaba): one type of id a file, one id a line. Of
// contact data only phones may be hashed there (SHA-256), so that e-mail addresses, which would
// leave in plain text, are not sent; devices and Taobao's own ids are.
var quickAudience = Platform{
	Name: "quickaudience", Purpose: PurposeShareAds, Channels: []string{"ads_quickaudience"},
	Identifiers: []string{TypePhone, TypeIDFA, TypeIMEI, TypeTaobaoID, TypeNick},
	Form: func(id Identifier) string {
		if id.Type == TypePhone {
			return chineseMobile(id.Value)
		}
		return deviceForm(id)
	},
	Hash: sha256Contacts,
	Parts: []Part{
		{Extension: "csv", Format: CSV, Header: []string{"手机号"}, Rows: linesOf(TypePhone)},
		{Suffix: "idfa", Extension: "csv", Format: CSV, Header: []string{"IDFA"}, Rows: linesOf(TypeIDFA)},
		{Suffix: "imei", Extension: "csv", Format: CSV, Header: []string{"IMEI"}, Rows: linesOf(TypeIMEI)},
		{Suffix: "taobao_id", Extension: "csv", Format: CSV, Header: []string{"淘宝ID"}, Rows: guardedLinesOf(TypeTaobaoID)},
		{Suffix: "taobao_nick", Extension: "csv", Format: CSV, Header: []string{"淘宝昵称"}, Rows: guardedLinesOf(TypeNick)},
	},
}

// guardedLinesOf is linesOf for what people have chosen themselves.
func guardedLinesOf(identifierType string) func(*Person, List) [][]string {
	lines := linesOf(identifierType)
	return func(p *Person, list List) [][]string {
		rows := lines(p, list)
		for _, row := range rows {
			row[0] = guard(row[0])
		}
		return rows
	}
}
