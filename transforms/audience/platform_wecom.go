package audience

// weCom is a list for 企业微信: the ids by which WeCom and WeChat know a customer, for a mass
// message to external contacts.
var weCom = Platform{
	Name: "wecom", Purpose: PurposeMarketing, Channels: []string{"wechat", "wecom"}, Identifiers: []string{TypeExternalUserID, TypeUnionID},
	Parts: []Part{{Extension: "csv", Format: CSV, Header: []string{"customer_id", "id_type", "id"}, Rows: func(p *Person, _ List) (rows [][]string) {
		for _, id := range p.Shown {
			rows = append(rows, []string{guard(p.CustomerID), id.Type, guard(id.Value)})
		}
		return rows
	}}},
}
