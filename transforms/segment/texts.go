package segment

// strategies say what to do with the cells of the two RFM grids.
var strategies = map[string]Name{
	"champions":           {"Reward them; show new products first; ask for referrals", "优先尝新，专属礼遇，邀请转介绍"},
	"loyal":               {"Offer products of higher value; ask for reviews", "推荐更高价值产品，邀请评价"},
	"potential_loyalists": {"Offer membership; recommend related products", "引导入会，关联推荐"},
	"new":                 {"Welcome them; win the second order within 30 days", "欢迎礼，30天内促成第二单"},
	"promising":           {"Build awareness; small offers", "加强认知，小额优惠"},
	"need_attention":      {"Limited offers by past purchases", "基于历史购买的限时优惠"},
	"about_to_sleep":      {"Reconnect with popular products or a discount", "热销推荐或优惠唤醒"},
	"cant_lose":           {"Personal contact; win back before competitors do", "专人联系，重点挽回"},
	"at_risk":             {"Personal messages, renewal offers, useful content", "个性化触达，回归优惠"},
	"hibernating":         {"Low-cost reactivation; leave out of paid media", "低成本唤醒，减少付费投放"},
	"key_value":           {"Keep: VIP service", "重点维护，VIP服务"},
	"key_develop":         {"Raise frequency: cross-sell, membership", "提升频次，交叉销售与会员权益"},
	"key_keep":            {"Bring back: contact before they leave", "主动联系，防止流失"},
	"key_win_back":        {"Win back by personal contact", "专人挽留"},
	"general_value":       {"Raise the value of an order", "提升客单价"},
	"general_develop":     {"Grow: first repeat purchase", "培育复购"},
	"general_keep":        {"Remind from time to time", "适度提醒"},
	"general_win_back":    {"Low-cost channels only", "低成本触达"},
}

// fixedNames are the names of segments that follow from columns.
var fixedNames = map[Assignment]Name{
	{SchemeABC, "a"}:                                {"Class A", "A类客户"},
	{SchemeABC, "b"}:                                {"Class B", "B类客户"},
	{SchemeABC, "c"}:                                {"Class C", "C类客户"},
	{SchemeChurn, "low"}:                            {"Low churn risk", "低流失风险"},
	{SchemeChurn, "medium"}:                         {"Medium churn risk", "中流失风险"},
	{SchemeChurn, "high"}:                           {"High churn risk", "高流失风险"},
	{SchemeGeographic, "city_tier/first"}:           {"First-tier cities", "一线城市"},
	{SchemeGeographic, "city_tier/new_first"}:       {"New first-tier cities", "新一线城市"},
	{SchemeGeographic, "city_tier/second"}:          {"Second-tier cities", "二线城市"},
	{SchemeGeographic, "city_tier/third_and_below"}: {"Third-tier cities and below", "三线及以下城市"},
	{SchemeGeographic, "city_tier/rural"}:           {"Villages", "乡村"},
	{SchemeDemographic, "age/under_18"}:             {"Under 18", "18岁以下"},
	{SchemeDemographic, "age/18_24"}:                {"18 to 24", "18至24岁"},
	{SchemeDemographic, "age/25_34"}:                {"25 to 34", "25至34岁"},
	{SchemeDemographic, "age/35_44"}:                {"35 to 44", "35至44岁"},
	{SchemeDemographic, "age/45_54"}:                {"45 to 54", "45至54岁"},
	{SchemeDemographic, "age/55_64"}:                {"55 to 64", "55至64岁"},
	{SchemeDemographic, "age/65_plus"}:              {"65 and above", "65岁及以上"},
	{SchemeFirmographic, "size/" + SizeMicro}:       {"Up to 9 employees", "9人及以下"},
	{SchemeFirmographic, "size/" + SizeSmall}:       {"10 to 49 employees", "10至49人"},
	{SchemeFirmographic, "size/" + SizeMedium}:      {"50 to 249 employees", "50至249人"},
	{SchemeFirmographic, "size/" + SizeLarge}:       {"250 to 999 employees", "250至999人"},
	{SchemeFirmographic, "size/" + SizeHuge}:        {"1,000 employees and more", "1000人及以上"},
	{SchemeDemographic, "gender/female"}:            {"Women", "女性"},
	{SchemeDemographic, "gender/male"}:              {"Men", "男性"},
	{SchemeDemographic, "gender/other"}:             {"Other gender", "其他性别"},
}

// fixedStrategies say what to do with segments that follow from columns.
var fixedStrategies = map[Assignment]Name{
	{SchemeABC, "a"}:        {"Best service and a person in charge; a plan for each", "专人服务，一客一策"},
	{SchemeABC, "b"}:        {"Develop towards A: cross-selling, membership", "交叉销售与会员权益，培育为A类"},
	{SchemeABC, "c"}:        {"Serve by standard processes at low cost", "标准化、低成本服务"},
	{SchemeChurn, "low"}:    {"Keep the rhythm; no discount is needed", "保持节奏，无需优惠"},
	{SchemeChurn, "medium"}: {"Remind before the expected day of the next order", "在预计下单日前提醒"},
	{SchemeChurn, "high"}:   {"Act by value: call the valuable ones, low-cost channels for the others", "按价值挽留：高价值致电，其余低成本触达"},
}
