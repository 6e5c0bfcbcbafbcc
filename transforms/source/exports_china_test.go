package source

import (
	"math"
	"testing"

	"github.com/tributary-cdp/tributary/schemas"
)

// chineseExports are the public exports of Chinese shops, leads, social platforms, surveys and
// of own lists.
var chineseExports = []exportCase{
	{
		"exports/taobao_ExportOrderList_gbk.csv", "taobao",
		settings{Regions: []string{"CN"}},
		map[string]int{"order": 8, "order.completed": 3, "order.shipped": 1, "order.paid": 1, "order.created": 1, "order.cancelled": 2, "party": 5},
	},
	{
		"exports/taobao_ExportOrderDetailList_gbk.csv", "taobao",
		settings{},
		map[string]int{"order_line": 12},
	},
	{
		"exports/jd_orders_gbk.csv", "jd",
		settings{Regions: []string{"CN"}},
		map[string]int{"order": 6, "order.cancelled": 1, "order_line": 9, "party": 2},
	},
	{
		"exports/youzan_orders.csv", "youzan", // five buyers' data, one of them twice without a name; one recipient
		settings{Regions: []string{"CN"}},
		map[string]int{"order": 6, "order.completed": 2, "order.shipped": 2, "order.cancelled": 2, "party": 6},
	},
	{
		"exports/douyin_shop_orders.csv", "douyin_shop",
		settings{Regions: []string{"CN"}},
		map[string]int{"order": 5, "order.cancelled": 2, "order_line": 6, "party": 3},
	},
	{
		"exports/wechat_oa_user_info.json", "wechat_oa",
		settings{},
		map[string]int{"party": 5, "party.person": 5, "interaction": 4, "interaction.event": 4, "trait": 8, "trait.wechat_follower": 5, "trait.wechat_tag": 3},
	},
	{
		"exports/wecom_external_contact.json", "wecom",
		settings{Regions: []string{"CN"}},
		map[string]int{"party": 6, "party.person": 6, "interaction": 7, "trait": 6, "trait.interest": 3},
	},
	{
		"exports/oceanengine_clue.json", "oceanengine_leads",
		settings{Regions: []string{"CN"}},
		map[string]int{"party": 5, "interaction": 5, "interaction.lead": 5, "trait": 1, "skip.superseded": 1},
	},
	{
		"exports/tencent_leads.csv", "tencent_leads",
		settings{Regions: []string{"CN"}},
		map[string]int{"interaction": 6, "interaction.lead": 6, "party": 5, "trait": 5},
	},
	{
		"exports/facebook_lead_ads_utf16le.csv", "facebook_leads",
		settings{Regions: []string{"US"}},
		map[string]int{"interaction": 6, "interaction.lead": 6, "party": 5},
	},
	{
		"exports/social_comments.csv", "social_comments",
		settings{},
		map[string]int{"interaction": 8, "interaction.comment": 8},
	},
	{
		"exports/wjx_survey.csv", "wjx",
		settings{Regions: []string{"CN"}},
		map[string]int{"interaction": 7, "interaction.survey": 7, "party": 5, "trait": 10},
	},
	{
		"exports/loyalty_cards.csv", "loyalty",
		settings{Regions: []string{"CN", "US"}},
		map[string]int{"party": 10, "party.person": 10, "loyalty_event": 10, "loyalty_event.adjust": 10},
	},
	{
		"exports/ad_costs.csv", "ad_costs",
		settings{},
		map[string]int{"campaign_cost": 11, "skip.superseded": 1},
	},
	{
		"exports/consents.csv", "consents",
		settings{Regions: []string{"CN"}, Timezone: "Asia/Shanghai"},
		map[string]int{"consent": 12, "consent.granted": 8, "consent.withdrawn": 2, "consent.denied": 2},
	},
	{
		"exports/fxiaoke_customers.xlsx", "fxiaoke",
		settings{Regions: []string{"CN"}},
		map[string]int{"party": 7, "party.organization": 1, "party.person": 6, "party.deleted": 1, "trait": 8},
	},
	{
		"exports/kingdee_sal_saleorder.json", "kingdee",
		settings{},
		map[string]int{"order": 4, "order_line": 7, "order.created": 1, "party": 4},
	},
}

// The net promoter score of the public survey is that of its description: six scores, of which
// two promoters and three detractors.
func TestSurveyExportGivesItsNPS(t *testing.T) {
	sink := readExport(t, exportCase{"exports/wjx_survey.csv", "wjx", settings{Regions: []string{"CN"}}, nil})
	scores, promoters, detractors := 0, 0, 0
	for _, record := range sink.folded() {
		r, ok := record.(*schemas.Interaction)
		if !ok || r.Score == nil {
			continue
		}
		if r.ScoreKind != "nps" {
			t.Errorf("row %d: a score of kind %q", r.Row, r.ScoreKind)
		}
		scores++
		switch {
		case *r.Score >= 9:
			promoters++
		case *r.Score <= 6:
			detractors++
		}
	}
	nps := math.Round(1000*float64(promoters-detractors)/float64(max(scores, 1))) / 10
	if scores != 6 || promoters != 2 || detractors != 3 || nps != -16.7 {
		t.Errorf("%d scores, %d promoters, %d detractors, NPS %.1f", scores, promoters, detractors, nps)
	}
}

// An order whose amount is repeated on every line counts once: gross plus shipping of all JD
// orders is the sum of 订单金额 by order number, and of their lines and shipping.
func TestRepeatedOrderAmountsCountOnce(t *testing.T) {
	sink := readExport(t, exportCase{"exports/jd_orders_gbk.csv", "jd", settings{}, nil})
	var orders, lines, shipping int64
	for _, record := range sink.folded() {
		switch r := record.(type) {
		case *schemas.Order:
			orders += *r.Gross
			shipping += *r.Shipping
		case *schemas.OrderLine:
			lines += *r.Amount
		}
	}
	if want := int64(38500 + 39900 + 35600 + 120700 + 26900 + 23400); orders+shipping != want || orders != lines {
		t.Errorf("orders %d + shipping %d, expected %d; lines %d", orders, shipping, want, lines)
	}
}
