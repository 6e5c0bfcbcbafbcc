package audience

import "strings"

// calls is a list for people who call: a workbook, the most valuable customer first, with what
// the caller should know and room for what came of the call.
var calls = Platform{
	Name: "calls", Purpose: PurposeMarketing, Channels: []string{"phone"}, Identifiers: []string{TypePhone}, Facts: true,
	Form: func(id Identifier) string { return phoneForm(id.Value) },
	Parts: []Part{{Extension: "xlsx", Format: CallSheet, MaxRows: 1<<20 - 1, Rows: callRows, Header: []string{
		"customer_id 客户编号", "name 姓名", "phone 电话", "further phones 其他电话", "language 语言", "country 国家", "owner 负责人", "tier 等级", "last order 末单日期",
		"expected value, 12 months 未来12个月价值", "churn risk 流失风险", "value at risk 风险价值", "offer 推荐商品", "result 结果", "note 备注",
	}}},
}

func callRows(p *Person, _ List) [][]string {
	phones := p.of(TypePhone)
	f := &p.Facts
	return [][]string{{
		p.CustomerID, guard(p.Name), first(phones), strings.Join(phones[min(1, len(phones)):], ", "), f.Language, p.Country, guard(f.Owner), guard(f.Tier), dayText(f.LastOrderDay),
		moneyText(f.CLV12m), f.ChurnBand, moneyText(f.ValueAtRisk), guard(f.NextBestProduct), "", "",
	}}
}
