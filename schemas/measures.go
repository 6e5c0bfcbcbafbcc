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
		Code: "churn_rate", Name: Label{"Churn rate", "流失率"}, Unit: "share",
		Meaning: Label{"1 - retention: customers active at the start of the period who do not order in it, over those active at its start", "1减留存率：期初活跃但期间内未下单的客户占比"},
		Where:   []string{"kpi:churn_rate"}, Package: "transforms/kpi",
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
		Meaning: Label{"prospect: no order; left: silence above 2 and more than 60 days; decline: silence above 1; reactivated: the last order ended a silence like that of left; acquisition: one order day; growth: up to three more, or more orders in 90 days than in the 90 before; maturity: all others. Left and decline are left a tenth lower than they are entered", "潜在：无订单；流失：沉默倍数大于2且超过60天；衰退：大于1；重新激活：末单结束了流失级别的沉默；新获取：仅一个下单日；成长：再购不足三次或近90天订单增加；成熟：其余。流失与衰退的退出阈值低一成"},
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
	{
		Code: "customer_growth", Name: Label{"Customer growth", "客户增长率"}, Unit: "share",
		Meaning: Label{"customers known at the end of the period over those known before it, minus 1", "期末已知客户数除以期初已知客户数减1"},
		Where:   []string{"kpi:customer_growth"}, Package: "transforms/kpi",
	},
	{
		Code: "new_customer_share", Name: Label{"Share of new customers", "新客占比"}, Unit: "share",
		Meaning: Label{"new buyers over buyers of the period; null where it begins less than 30 days after the data", "期间新购买客户占购买客户比例；数据起点后30天内开始的期间为空"},
		Where:   []string{"kpi:new_customer_share"}, Package: "transforms/kpi",
	},
	{
		Code: "high_value", Name: Label{"High-value customers", "高价值客户数"}, Unit: "count",
		Meaning: Label{"customers of ABC class A by what they had brought up to the end of the period (persons and organizations apart); values that differ by less than 0.2 % share a class", "截至期末累计价值的ABC分级A类客户（个人与企业分开）；相差不足0.2%的值同级"},
		Where:   []string{"kpi:high_value_customers"}, Package: "transforms/kpi",
	},
	{
		Code: "high_value_growth", Name: Label{"Growth of high value", "高价值客户增长率"}, Unit: "share",
		Meaning: Label{"customers of class A at the end of the period over those at its start, minus 1", "期末A类客户数除以期初A类客户数减1"},
		Where:   []string{"kpi:high_value_growth"}, Package: "transforms/kpi",
	},
	{
		Code: "high_value_retention", Name: Label{"Retention of high value", "高价值客户留存率"}, Unit: "share",
		Meaning: Label{"customers of class A at the start of the period who order in it, over those of class A at its start", "期初A类客户中期间内再次下单的比例"},
		Where:   []string{"kpi:high_value_retention"}, Package: "transforms/kpi",
	},
	{
		Code: "repeat_gain", Name: Label{"What 5 % more repeat purchase is worth", "复购提升5%的价值"}, Unit: "money",
		Meaning: Label{"5 % of the revenue of the period's orders that are not their customer's first", "期间非首单订单净收入的5%"},
		Where:   []string{"kpi:repeat_gain"}, Package: "transforms/kpi",
	},
	{
		Code: "market_share", Name: Label{"Market share", "市场份额"}, Unit: "share",
		Meaning: Label{"revenue over the size of the market that the rules give for the period", "净收入除以规则给定的市场规模"},
		Where:   []string{"kpi:market_share"}, Package: "transforms/kpi",
	},
	{
		Code: "acquisition_channel", Name: Label{"Acquisition channel", "获客渠道"}, Unit: "class",
		Meaning: Label{"the channel that the costs of the acquisition campaign are booked on, else the first touch; in lower case, unknown where there is none", "获客活动成本所属渠道，否则为首次触达渠道；小写，无则为unknown"},
		Where:   []string{"channel_performance.channel", "cohort_retention.channel", "channel_need.channel"}, Package: "transforms/acquisition",
	},
	{
		Code: "acquisition_cost", Name: Label{"Cost of acquisition", "获客投入"}, Unit: "money",
		Meaning: Label{"cost of all campaigns but those that keep customers, which rules tell by words of their names; null unless every month of the period has costs and none of them is unknown", "除留存活动（规则按名称判定）外的活动成本；期间任一月份成本缺失则为空"},
		Where:   []string{"kpi:acquisition_cost", "channel_performance.cost"}, Package: "transforms/kpi",
	},
	{
		Code: "cac", Name: Label{"Cost per new buyer (CAC)", "获客成本"}, Unit: "money",
		Meaning: Label{"cost of acquisition over new buyers: of all channels in table kpi, of a channel, campaign and month elsewhere. A cost that is not known is null, never 0; the months where the data begin have none", "获客投入除以新购买客户数；成本未知为空而非0；数据起始月份为空"},
		Where:   []string{"kpi:cac", "channel_performance.cac", "customer_clv.cac"}, Package: "transforms/acquisition",
	},
	{
		Code: "cac_share", Name: Label{"CAC share", "获客成本占客单价"}, Unit: "share",
		Meaning: Label{"CAC over average order value", "获客成本除以客单价"},
		Where:   []string{"kpi:cac_share"}, Package: "transforms/kpi",
	},
	{
		Code: "retention_cost", Name: Label{"Cost of retention", "留存投入"}, Unit: "money",
		Meaning: Label{"cost of the campaigns that keep customers", "留存活动成本"},
		Where:   []string{"kpi:retention_cost"}, Package: "transforms/kpi",
	},
	{
		Code: "retention_cost_per_customer", Name: Label{"Cost per retained customer", "单客留存成本"}, Unit: "money",
		Meaning: Label{"cost of retention over retained customers", "留存投入除以留存客户数"},
		Where:   []string{"kpi:retention_cost_per_customer"}, Package: "transforms/kpi",
	},
	{
		Code: "acquisition_to_retention_cost", Name: Label{"Acquisition against retention", "获客与留存成本比"}, Unit: "ratio",
		Meaning: Label{"CAC over cost per retained customer: how many times more a new buyer costs", "获客成本除以单客留存成本"},
		Where:   []string{"kpi:acquisition_to_retention_cost"}, Package: "transforms/kpi",
	},
	{
		Code: "retention_90d", Name: Label{"Retention at 90 days", "90天留存"}, Unit: "share",
		Meaning: Label{"new buyers who order again on a later day within 90 days of their first order; null until the 90 days of all of them are over", "首单后90天内再次下单的新客占比；全部满90天前为空"},
		Where:   []string{"channel_performance.retention_90d", "channel_need.retention"}, Package: "transforms/acquisition",
	},
	{
		Code: "ltv", Name: Label{"LTV of a channel", "渠道终身价值"}, Unit: "money",
		Meaning: Label{"mean lifetime value of the buyers: what there is to date and what is expected, by margin where that of every buyer is known, else revenue", "购买客户终身价值均值（毛利已知则按毛利，否则按净收入）"},
		Where:   []string{"channel_performance.ltv", "channel_need.ltv"}, Package: "transforms/acquisition",
	},
	{
		Code: "payback", Name: Label{"Payback", "回本天数"}, Unit: "days",
		Meaning: Label{"days since the first order, in steps of 30, until the new buyers of a month have earned what their campaign cost in it; null while they have not", "自首单起（按30天步长）新客累计价值达到当月活动成本的天数；未回本为空"},
		Where:   []string{"channel_performance.payback_days"}, Package: "transforms/acquisition",
	},
	{
		Code: "cohort_retention", Name: Label{"Retention of a cohort", "同期群留存率"}, Unit: "share",
		Meaning: Label{"customers with their first order in a month who order in the n-th calendar month after it, over all of them; null for a month that is not over", "首购月客户在其后第n个自然月下单的比例；未结束月份为空"},
		Where:   []string{"cohort_retention.retention"}, Package: "transforms/acquisition",
	},
	{
		Code: "response_in_time", Name: Label{"Answered in time", "24小时响应率"}, Unit: "share",
		Meaning: Label{"tickets, calls, chats and e-mails answered by a person within 24 hours, over those where it can be told: an open one beyond the limit is late, a young one and one whose times contradict each other are left out", "24小时内人工响应的服务请求占可判定请求比例；超时未响应计为超时，未到时限及时间矛盾者不计"},
		Where:   []string{"kpi:response_in_time", "feedback.responded_in_time", "feedback_summary.response_in_time", "owner_performance.response_in_time"}, Package: "transforms/service",
	},
	{
		Code: "resolved_in_time", Name: Label{"Resolved in time", "48小时解决率"}, Unit: "share",
		Meaning: Label{"likewise resolved within 48 hours", "同上，48小时内解决"},
		Where:   []string{"kpi:resolved_in_time", "feedback.resolved_in_time", "feedback_summary.resolved_in_time", "owner_performance.resolved_in_time"}, Package: "transforms/service",
	},
	{
		Code: "net_promoter_score", Name: Label{"Net promoter score", "净推荐值"}, Unit: "score",
		Meaning: Label{"answers of 9 and 10 less those of 0 to 6, over all whole answers from 0 to 10, times 100", "9至10分占比减0至6分占比，乘100"},
		Where:   []string{"kpi:nps", "feedback_summary.nps", "owner_performance.nps"}, Package: "transforms/service",
	},
	{
		Code: "csat", Name: Label{"Satisfaction of the period", "期间满意度"}, Unit: "share",
		Meaning: Label{"mean of the csat and rating answers of the period, each as a share of its scale", "期间满意度与评分均值（折算为0到1）"},
		Where:   []string{"kpi:csat", "feedback_summary.csat"}, Package: "transforms/service",
	},
	{
		Code: "pain_point", Name: Label{"Pain point", "痛点"}, Unit: "rank",
		Meaning: Label{"feedback of the last 365 days about products and service of severity 2 or more, by touchpoint and topic: frequency times mean severity decides the rank", "近365天严重程度2及以上的产品与服务反馈，按触点与主题：频次乘平均严重程度排序"},
		Where:   []string{"pain_point.rank", "pain_point.impact"}, Package: "transforms/service",
	},
	{
		Code: "conversion", Name: Label{"Conversion of a path", "路径转化率"}, Unit: "share",
		Meaning: Label{"of the customers whose stages before a first purchase (or up to as_of) are those of the path, the share that bought", "首购前（或截至统计日）阶段序列为该路径的客户中购买的比例"},
		Where:   []string{"journey_path.conversion"}, Package: "transforms/journey",
	},
	{
		Code: "win_rate", Name: Label{"Win rate", "赢单率"}, Unit: "share",
		Meaning: Label{"opportunities won over those closed in the period", "期间赢单数占关闭商机数比例"},
		Where:   []string{"kpi:win_rate", "owner_performance.win_rate"}, Package: "transforms/sales",
	},
	{
		Code: "pipeline", Name: Label{"Pipeline", "在途商机金额"}, Unit: "money",
		Meaning: Label{"amount of the opportunities that are open at as_of", "统计日在途商机金额"},
		Where:   []string{"kpi:pipeline", "owner_performance.pipeline"}, Package: "transforms/sales",
	},
	{
		Code: "pipeline_weighted", Name: Label{"Weighted pipeline", "加权商机金额"}, Unit: "money",
		Meaning: Label{"likewise, amount times probability", "在途商机金额乘赢率"},
		Where:   []string{"kpi:pipeline_weighted", "opportunities.weighted_amount"}, Package: "transforms/sales",
	},
	{
		Code: "mrr", Name: Label{"Monthly recurring revenue", "月经常性收入"}, Unit: "money",
		Meaning: Label{"monthly amounts of the subscriptions that pay at the end of the period: before it + new + reactivated + expansion - contraction - churned = after it, customer by customer and month by month. Trials pay nothing", "期末付费订阅月费合计：期初+新增+恢复+扩张-收缩-流失=期末；试用不计"},
		Where:   []string{"kpi:mrr", "kpi:mrr_new", "kpi:mrr_reactivated", "kpi:mrr_expansion", "kpi:mrr_contraction", "kpi:mrr_churned", "subscriptions.mrr"}, Package: "transforms/sales",
	},
	{
		Code: "renewals_due", Name: Label{"Renewals due", "待续约金额"}, Unit: "money",
		Meaning: Label{"monthly amount of running subscriptions whose term ends within 90 days after as_of", "统计日后90天内到期的在约订阅月费"},
		Where:   []string{"kpi:renewals_due", "subscriptions.renewal_due"}, Package: "transforms/sales",
	},
}
