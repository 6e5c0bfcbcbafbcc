package schemas

// Measure is a figure that has one meaning everywhere: in columns, rules, key figures and the report.
type Measure struct {
	Code    string
	Name    Label
	Meaning Label
	Unit    string   // as in table kpi, or days, score 1-5, class ...
	Where   []string // table.column, or kpi:metric
	Package string   // that computes it
}

// Measures are the definitions behind docs/measures.md, in the order of the page.
func Measures() []Measure { return measures }

var measures = []Measure{
	{
		Code: "revenue", Name: Label{"Net revenue", "净收入"}, Unit: "money",
		Meaning: Label{
			"net of cancellations, refunds and discount, without tax and shipping, of orders paid, shipped or completed and of what returns take away, from sources that count as revenue. One sale that two systems show counts once, in the first. Key figures by period include anonymous orders, a customer's revenue does not",
			"已付款、已发货、已完成订单的净额（扣除取消、退款、折扣，不含税和运费），仅计入计收入的来源；同一笔交易只计一次。按期间的指标含匿名订单",
		},
		Where:   []string{"orders.revenue", "customers.revenue", "customer_rfm.monetary", "kpi:revenue"},
		Package: "pipelines/customers",
	},
	{
		Code: "gross", Name: Label{"Gross revenue", "总收入"}, Unit: "money",
		Meaning: Label{"goods of the same orders before refunds and discount, without tax and shipping", "同口径订单的商品金额，未扣退款和折扣"},
		Where:   []string{"orders.gross", "customers.gross", "kpi:gross_revenue"}, Package: "pipelines/customers",
	},
	{
		Code: "anonymous_revenue", Name: Label{"Anonymous revenue", "匿名收入"}, Unit: "money",
		Meaning: Label{"revenue of orders whose buyer is not known; part of revenue by period", "买家未知的订单收入，计入期间净收入"},
		Where:   []string{"kpi:anonymous_revenue", "revenue_reconciliation.anonymous"}, Package: "transforms/kpi",
	},
	{
		Code: "margin", Name: Label{"Margin", "毛利"}, Unit: "money",
		Meaning: Label{"revenue minus cost; null unless the cost of every order with revenue is known", "净收入减成本；有任一收入订单成本未知时为空"},
		Where:   []string{"orders.margin", "customers.margin"}, Package: "transforms/measure",
	},
	{
		Code: "orders", Name: Label{"Orders", "订单数"}, Unit: "count",
		Meaning: Label{"orders paid, shipped or completed, from sources that count as revenue, once for each sale. An order of 0 is one; a return is none", "计收入来源中已付款、已发货或已完成的订单；零元订单计入，退货单不计"},
		Where:   []string{"customers.orders", "customer_rfm.frequency", "kpi:orders"}, Package: "transforms/measure",
	},
	{
		Code: "average_order_value", Name: Label{"Average order value", "客单价"}, Unit: "money",
		Meaning: Label{"revenue over orders", "净收入除以订单数"},
		Where:   []string{"customers.average_order_value", "kpi:average_order_value"}, Package: "transforms/measure",
	},
	{
		Code: "customers", Name: Label{"Customers", "客户数"}, Unit: "count",
		Meaning: Label{"customers who were known by the end of the period", "期末已知的客户"},
		Where:   []string{"kpi:customers"}, Package: "transforms/kpi",
	},
	{
		Code: "buyers", Name: Label{"Buyers", "购买客户数"}, Unit: "count",
		Meaning: Label{"customers with at least one order in the period", "期间内至少一单的客户"},
		Where:   []string{"kpi:buyers"}, Package: "transforms/kpi",
	},
	{
		Code: "new_buyers", Name: Label{"New buyers", "新购买客户数"}, Unit: "count",
		Meaning: Label{"customers whose first order lies in the period; first_order_censored tells whose first order may lie before the data begin", "首单在期间内的客户；first_order_censored 表示首单可能早于数据起点"},
		Where:   []string{"kpi:new_buyers", "customers.first_order_censored"}, Package: "transforms/kpi",
	},
	{
		Code: "active", Name: Label{"Active customers", "活跃客户数"}, Unit: "count",
		Meaning: Label{"customers with an order in the value.active_days (180) days up to the end of the period", "期末前 value.active_days（默认180）天内有订单的客户"},
		Where:   []string{"kpi:active_customers"}, Package: "transforms/kpi",
	},
	{
		Code: "repeat_rate", Name: Label{"Repeat rate", "复购率"}, Unit: "share",
		Meaning: Label{"buyers of the period with two or more orders in it, over its buyers", "期间内两单及以上客户占购买客户比例"},
		Where:   []string{"kpi:repeat_rate"}, Package: "transforms/kpi",
	},
	{
		Code: "retention", Name: Label{"Retention", "留存率"}, Unit: "share",
		Meaning: Label{"customers active at the start of the period who order in it, over those active at its start", "期初活跃且期间内再次下单的客户占期初活跃客户比例"},
		Where:   []string{"kpi:retention"}, Package: "transforms/kpi",
	},
	{
		Code: "quarterly_retention", Name: Label{"Quarterly retention", "季度留存率"}, Unit: "share",
		Meaning: Label{"buyers of the quarter before who order in the quarter, over the buyers of the quarter before", "上季度购买客户中本季度再次购买的比例"},
		Where:   []string{"kpi:quarterly_retention"}, Package: "transforms/kpi",
	},
	{
		Code: "recency", Name: Label{"Recency", "最近一次购买"}, Unit: "days",
		Meaning: Label{"days from the last order to as_of; buyers only", "距最近一单的天数，仅购买客户"},
		Where:   []string{"customers.recency_days", "customer_rfm.recency_days"}, Package: "transforms/measure",
	},
	{
		Code: "rfm_scores", Name: Label{"R, F and M scores", "R、F、M分"}, Unit: "1 to 5",
		Meaning: Label{"fifths of recency, orders and net revenue among buyers, 5 is best; persons and organizations apart; one order is F = 1 whatever the fifths say", "购买客户按最近购买、订单数、净收入五等分，5为最佳；个人与企业分开；仅一单者F=1"},
		Where:   []string{"customer_rfm.r_score", "customer_rfm.f_score", "customer_rfm.m_score", "customers.r_score", "customers.f_score", "customers.m_score"},
		Package: "transforms/rfm",
	},
	{
		Code: "rfm_segment", Name: Label{"RFM segments", "RFM分群"}, Unit: "class",
		Meaning: Label{"ten cells of R and F; eight cells of R, F and M above or below the middle, as is usual in China", "R×F十格分群；R、F、M高低八格分群"},
		Where:   []string{"customer_rfm.segment", "customer_rfm.segment_cn", "customers.rfm_segment", "customers.rfm_segment_cn"}, Package: "transforms/rfm",
	},
	{
		Code: "abc", Name: Label{"ABC class", "ABC分级"}, Unit: "class",
		Meaning: Label{"customers from the largest margin (else revenue) down: A to 80 % of the sum, B to 95 %, C the rest; at or below 0 is C; equal values share a class", "按毛利（无则净收入）从高到低累计：A至80%，B至95%，其余C；零或负值为C"},
		Where:   []string{"customer_rfm.abc", "customers.abc"}, Package: "transforms/rfm",
	},
	{
		Code: "clv", Name: Label{"Customer lifetime value", "客户终身价值"}, Unit: "money",
		Meaning: Label{"expected margin (else revenue) of the next 12 months, each month discounted at value.discount_rate: order days by BG/NBD, spend by Gamma-Gamma. Lifetime adds what there is to date to five years to come", "未来12个月期望毛利（无则净收入）现值：BG/NBD预测订单日、Gamma-Gamma预测金额；终身价值为至今加未来五年"},
		Where:   []string{"customer_clv.clv_12m", "customer_clv.clv_lifetime", "customers.clv_12m", "customers.clv_lifetime"}, Package: "transforms/clv",
	},
	{
		Code: "p_alive", Name: Label{"Probability alive", "活跃概率"}, Unit: "share",
		Meaning: Label{"probability that the customer still buys, by BG/NBD; 1 for who has ordered on one day only, which is why churn is not its complement", "客户仍会购买的概率；仅一个购买日者为1，因此流失概率不是其补数"},
		Where:   []string{"customer_clv.p_alive", "customers.p_alive"}, Package: "transforms/clv",
	},
	{
		Code: "churn", Name: Label{"Churn probability", "流失概率"}, Unit: "share",
		Meaning: Label{"probability of no order in the value.horizon_days (180) after as_of. Bands: low below 0.40, high from 0.70", "as_of之后 value.horizon_days（默认180）天内无订单的概率；低于0.40为低，0.70起为高"},
		Where:   []string{"customer_churn.churn_probability", "customer_churn.churn_band", "customers.churn_probability", "customers.churn_band"}, Package: "transforms/churn",
	},
	{
		Code: "churn_state", Name: Label{"Churn state", "流失状态"}, Unit: "class",
		Meaning: Label{"eligible while the silence is no longer than the customer's own 95th-percentile gap (with fewer than three gaps no less than the population's), else lapsed", "沉默时长不超过本人第95百分位间隔为可预测，否则为已流失"},
		Where:   []string{"customer_churn.churn_state", "customers.churn_state"}, Package: "transforms/churn",
	},
	{
		Code: "value_at_risk", Name: Label{"Value at risk", "风险价值"}, Unit: "money",
		Meaning: Label{"churn probability times the value expected in the horizon if the customer stays", "流失概率乘以留存时预测期内的期望价值"},
		Where:   []string{"customer_churn.value_at_risk", "customers.value_at_risk"}, Package: "transforms/churn",
	},
	{
		Code: "first_touch", Name: Label{"First touch", "首次触达渠道"}, Unit: "class",
		Meaning: Label{"channel of the first touch within 90 days before the first order, for those who never ordered of the first touch; without one what the earliest record names, else the channel of the first order", "首单前90天内首个触点的渠道；未下单者取首个触点；均无则取最早记录所示渠道，再取首单渠道"},
		Where:   []string{"customers.first_channel", "customers.acquisition_campaign"}, Package: "transforms/measure",
	},
	{
		Code: "nps", Name: Label{"NPS answer", "NPS评分"}, Unit: "score",
		Meaning: Label{"last answer to the question who would recommend the company, 0 to 10", "最近一次推荐意愿评分，0到10"},
		Where:   []string{"customers.last_nps"}, Package: "transforms/measure",
	},
	{
		Code: "satisfaction", Name: Label{"Satisfaction", "满意度"}, Unit: "share",
		Meaning: Label{"mean of csat and rating answers, each as a share of the scale that it fits: up to 1, 5, 10 or 100", "满意度与评分的均值（按所属量表1、5、10或100折算为0到1）"},
		Where:   []string{"customers.satisfaction"}, Package: "transforms/measure",
	},
	{
		Code: "quality_score", Name: Label{"Quality of the profile", "档案完整度"}, Unit: "share",
		Meaning: Label{"share of eight questions that are answered well: name, phone, e-mail, city, country, birth date or industry, more than one source, no losing name", "八项检查的达标比例：姓名、电话、邮箱、城市、国家、生日或行业、多来源、姓名无冲突"},
		Where:   []string{"customers.quality_score"}, Package: "transforms/golden",
	},
	{
		Code: "silence", Name: Label{"Silence", "沉默倍数"}, Unit: "ratio",
		Meaning: Label{"days since the last order over the 95th percentile of the customer's own gaps between order days; with fewer than three gaps over the population's, if that is larger. Above 1 is longer than usual", "距末单天数除以个人购买间隔95分位（间隔少于3个时取与总体分位的较大者）；大于1表示超出惯常"},
		Where:   []string{"customers.silence", "customers.patience_days"}, Package: "transforms/churn",
	},
	{
		Code: "lifecycle", Name: Label{"Lifecycle stage", "生命周期阶段"}, Unit: "class",
		Meaning: Label{"prospect: no order; left: silence above 2; decline: above 1; reactivated: the last order ended a silence above 2; acquisition: one order day; growth: up to three more, or more orders in 90 days than in the 90 before; maturity: all others. Left and decline are left a tenth lower than they are entered", "潜在：无订单；流失：沉默倍数大于2；衰退：大于1；重新激活：末单结束了大于2的沉默；新获取：仅一个下单日；成长：再购不足三次或近90天订单增加；成熟：其余。流失与衰退的退出阈值低一成"},
		Where:   []string{"customers.lifecycle", "customer_history.lifecycle"}, Package: "transforms/segment",
	},
	{
		Code: "funnel", Name: Label{"Funnel stage", "漏斗阶段"}, Unit: "class",
		Meaning: Label{"the furthest of acquired (first day known), activated (first act of the customer's own: visit, question, answer, click, order), retained (such an act at least 7 days later), converted (first order), referred (first customer who came by them)", "最远到达：获取（首次可知）、激活（首次主动行为）、留存（7天后再次主动行为）、转化（首单）、推荐（首个被推荐客户）"},
		Where:   []string{"customers.funnel", "customers.acquired_on", "customers.activated_on", "customers.retained_on", "customers.converted_on", "customers.referred_on"}, Package: "transforms/measure",
	},
	{
		Code: "tier", Name: Label{"Tier", "会员等级"}, Unit: "class",
		Meaning: Label{"highest level that the basis reaches; a lower one only after the end of the cycle and the grace; without a programme as a source states it", "按依据达到的最高等级；周期与宽限期结束后才降级；无规则时取来源等级"},
		Where:   []string{"customers.tier", "customer_tier.tier", "customer_history.tier"}, Package: "transforms/segment",
	},
	{
		Code: "contacts_30d", Name: Label{"Contacts in 30 days", "近30天触达"}, Unit: "count",
		Meaning: Label{"messages, e-mails, calls and chats from the business to the customer in the last 30 days that were not undelivered", "近30天企业发出的消息、邮件、电话与会话（不含未送达）"},
		Where:   []string{"customers.contacts_30d"}, Package: "transforms/measure",
	},
	{
		Code: "account_revenue", Name: Label{"Revenue of an account", "企业合计收入"}, Unit: "money",
		Meaning: Label{"of an organization: its own revenue and that of the persons who work there", "企业自身及其联系人的净收入合计"},
		Where:   []string{"customers.account_revenue"}, Package: "pipelines/value",
	},
	{
		Code: "consent", Name: Label{"Consent", "授权同意"}, Unit: "class",
		Meaning: Label{"the latest statement for each identifier, purpose and channel up to as_of; for a customer the most restrictive wins, an objection to all channels ends all, an expired grant is a withdrawal, no statement is no consent", "每个标识、目的、渠道以最新声明为准；客户层面取最严；无声明即无授权"},
		Where:   []string{"consents.status", "customers.consents"}, Package: "transforms/golden",
	},
}
