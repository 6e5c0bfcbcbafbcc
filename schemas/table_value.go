package schemas

// CustomerRFM holds the RFM scores and the ABC class of one buyer.
type CustomerRFM struct {
	RunColumns
	CustomerID      string  `parquet:"customer_id" en:"customer" zh:"客户编号"`
	Kind            string  `parquet:"kind,dict" en:"person or organization: scored apart" zh:"客户类型"`
	RecencyDays     int64   `parquet:"recency_days" en:"days since the last order" zh:"距末单天数"`
	Frequency       int64   `parquet:"frequency" en:"counting orders" zh:"订单数"`
	Monetary        int64   `parquet:"monetary,decimal(4:18)" en:"net revenue" zh:"净收入"`
	RScore          int64   `parquet:"r_score" en:"1 to 5, 5 = most recent" zh:"R分"`
	FScore          int64   `parquet:"f_score" en:"1 to 5" zh:"F分"`
	MScore          int64   `parquet:"m_score" en:"1 to 5" zh:"M分"`
	Segment         string  `parquet:"segment,dict" en:"ten-cell segment of recency and frequency" zh:"十格分群"`
	SegmentZH       string  `parquet:"segment_cn,dict" en:"eight-cell segment used in China" zh:"八格分群"`
	ABC             string  `parquet:"abc,dict" en:"A, B, C by cumulative margin, else revenue" zh:"ABC分级"`
	Basis           string  `parquet:"abc_basis,dict" en:"margin or revenue" zh:"ABC依据"`
	Rank            int64   `parquet:"monetary_rank" en:"rank by the basis, 1 = largest" zh:"价值排名"`
	CumulativeShare float64 `parquet:"cumulative_share" en:"share of this customer and all larger ones" zh:"累计占比"`
}

// CustomerCLV is what a customer is expected to be worth.
type CustomerCLV struct {
	RunColumns
	CustomerID  string   `parquet:"customer_id" en:"customer" zh:"客户编号"`
	Model       string   `parquet:"model,dict" en:"model that was used" zh:"模型"`
	Basis       string   `parquet:"basis,dict" en:"margin or revenue" zh:"口径"`
	YearlyRate  float64  `parquet:"yearly_rate" en:"discount rate per year" zh:"年折现率"`
	PAlive      *float64 `parquet:"p_alive,optional" en:"probability that the customer still buys" zh:"活跃概率"`
	Orders3m    float64  `parquet:"expected_orders_3m" en:"expected order days in 3 months" zh:"3个月期望订单"`
	Orders6m    float64  `parquet:"expected_orders_6m" en:"expected order days in 6 months" zh:"6个月期望订单"`
	Orders12m   float64  `parquet:"expected_orders_12m" en:"expected order days in 12 months" zh:"12个月期望订单"`
	Spend       int64    `parquet:"expected_spend,decimal(4:18)" en:"expected spend of an order day" zh:"期望单次消费"`
	CLV12m      int64    `parquet:"clv_12m,decimal(4:18)" en:"expected discounted value of the next 12 months" zh:"12个月价值"`
	CLVLow      *int64   `parquet:"clv_12m_low,optional,decimal(4:18)" en:"lower end of the 80 % interval" zh:"区间下限"`
	CLVHigh     *int64   `parquet:"clv_12m_high,optional,decimal(4:18)" en:"upper end of the 80 % interval" zh:"区间上限"`
	CLVLifetime *int64   `parquet:"clv_lifetime,optional,decimal(4:18)" en:"to date and expected residual" zh:"终身价值"`
	CAC         *int64   `parquet:"cac,optional,decimal(4:18)" en:"acquisition cost; null where unknown" zh:"获客成本"`
	CLVToCAC    *float64 `parquet:"clv_to_cac,optional" en:"value over acquisition cost" zh:"价值成本比"`
}

// Reason is one reason of a score.
type Reason struct {
	Feature string  `parquet:"feature,dict" en:"feature" zh:"因素"`
	Effect  float64 `parquet:"effect" en:"sign and size of its effect" zh:"影响"`
	Text    string  `parquet:"text,dict" en:"sentence" zh:"说明"`
}

// CustomerChurn is a customer's risk to buy no more.
type CustomerChurn struct {
	RunColumns
	CustomerID  string   `parquet:"customer_id" en:"customer" zh:"客户编号"`
	Model       string   `parquet:"model,dict" en:"model that was used" zh:"模型"`
	HorizonDays int64    `parquet:"horizon_days" en:"horizon" zh:"预测期天数"`
	Probability *float64 `parquet:"churn_probability,optional" en:"probability of no counting order in the horizon" zh:"流失概率"`
	Band        string   `parquet:"churn_band,optional,dict" en:"low, medium, high" zh:"风险等级"`
	Calibrated  bool     `parquet:"calibrated" en:"the probability was calibrated on a holdout" zh:"已校准"`
	State       string   `parquet:"churn_state,dict" en:"eligible, or lapsed: beyond the customer's own 95th-percentile gap" zh:"状态"`
	Reasons     []Reason `parquet:"reasons" en:"top reasons" zh:"主要原因"`
	ValueAtRisk *int64   `parquet:"value_at_risk,optional,decimal(4:18)" en:"probability times expected value in the horizon" zh:"风险价值"`
	NextOrder   *int32   `parquet:"expected_next_order_date,optional,date" en:"expected day of the next order" zh:"预计下单日"`
}

// CustomerSegment puts a customer into one segment of one scheme.
type CustomerSegment struct {
	RunColumns
	CustomerID string `parquet:"customer_id" en:"customer" zh:"客户编号"`
	Scheme     string `parquet:"scheme,dict" en:"geographic, demographic, value, rfm, abc, lifecycle, rules of the user ..." zh:"分群方案"`
	Segment    string `parquet:"segment,dict" en:"segment" zh:"分群"`
	Since      int32  `parquet:"since,date" en:"as_of of the first run with this segment" zh:"起始日期"`
	Previous   string `parquet:"previous_segment,optional,dict" en:"segment of the last run" zh:"上期分群"`
}

// SegmentSummary sums up one segment.
type SegmentSummary struct {
	RunColumns
	Scheme     string   `parquet:"scheme,dict" en:"scheme" zh:"分群方案"`
	Segment    string   `parquet:"segment,dict" en:"segment" zh:"分群"`
	NameEN     string   `parquet:"name,optional,dict" en:"name" zh:"名称"`
	NameZH     string   `parquet:"name_cn,optional,dict" en:"Chinese name" zh:"中文名称"`
	Customers  int64    `parquet:"customers" en:"customers" zh:"客户数"`
	Revenue    int64    `parquet:"revenue,decimal(4:18)" en:"net revenue" zh:"收入"`
	CLV12m     int64    `parquet:"clv_12m,decimal(4:18)" en:"expected value of the next 12 months" zh:"12个月价值"`
	MeanChurn  *float64 `parquet:"mean_churn_probability,optional" en:"mean churn probability" zh:"平均流失概率"`
	Entered    int64    `parquet:"entered" en:"customers that were not in it in the last run" zh:"新进入"`
	Left       int64    `parquet:"left_segment" en:"customers that left it since the last run" zh:"离开"`
	StrategyEN string   `parquet:"strategy,optional" en:"what to do" zh:"策略"`
	StrategyZH string   `parquet:"strategy_cn,optional" en:"what to do, Chinese" zh:"中文策略"`
}

// KPI is one figure of one period.
type KPI struct {
	RunColumns
	Period   string   `parquet:"period,dict" en:"all, YYYY, YYYY-Qn, YYYY-MM, last_12m ..." zh:"期间"`
	Metric   string   `parquet:"metric,dict" en:"metric" zh:"指标"`
	MetricZH string   `parquet:"metric_cn,dict" en:"Chinese name" zh:"指标中文名"`
	Unit     string   `parquet:"unit,dict" en:"count, money, share, score, ratio" zh:"单位"`
	Value    *float64 `parquet:"value,optional" en:"value; null for incomplete periods" zh:"值"`
	Target   *float64 `parquet:"target,optional" en:"target" zh:"目标"`
	Met      *bool    `parquet:"met,optional" en:"target met" zh:"达标"`
	Previous *float64 `parquet:"previous_value,optional" en:"value of the calendar period before" zh:"上期值"`
	Trend    string   `parquet:"trend,optional,dict" en:"up, flat or down against the period before" zh:"趋势"`
}

// Audience is one list of customers for platforms.
type Audience struct {
	RunColumns
	Audience     string `parquet:"audience,dict" en:"code" zh:"人群包"`
	Platform     string `parquet:"platform,dict" en:"platform" zh:"平台"`
	Matched      int64  `parquet:"matched" en:"customers that the rule takes" zh:"命中"`
	Members      int64  `parquet:"members" en:"delivered to the platform" zh:"成员"`
	Held         int64  `parquet:"held" en:"held back" zh:"保留"`
	NoIdentifier int64  `parquet:"held_no_identifier" en:"held: nothing by which the platform could match" zh:"无可用标识"`
	NoConsent    int64  `parquet:"held_no_consent" en:"held for want of consent, or opted out" zh:"无授权"`
	Minor        int64  `parquet:"held_minor" en:"held: under 18" zh:"未成年人"`
	Residency    int64  `parquet:"held_residency" en:"held: the data may not go to this platform's country" zh:"数据出境限制"`
	Suppressed   int64  `parquet:"held_suppressed" en:"on the suppression list" zh:"屏蔽"`
	Other        int64  `parquet:"held_other_audience" en:"held: in an audience that goes first" zh:"归属其他人群包"`
	Control      int64  `parquet:"held_control" en:"control group" zh:"对照组"`
	Capped       int64  `parquet:"held_capped" en:"contacted often enough, or beyond the limit" zh:"超上限"`
	Refused      int64  `parquet:"identifiers_refused" en:"identifiers of members that are granted but cannot be matched (hashed already, malformed)" zh:"不可用标识数"`
	TooSmall     bool   `parquet:"too_small" en:"below the platform's minimum: no file is written" zh:"低于最小规模"`
	Added        int64  `parquet:"added" en:"new against the last run" zh:"新增"`
	Removed      int64  `parquet:"removed" en:"gone against the last run" zh:"移除"`
	Files        int64  `parquet:"files" en:"files written" zh:"文件数"`
}

// AudienceMember is one customer of one audience.
type AudienceMember struct {
	RunColumns
	Audience   string `parquet:"audience,dict" en:"audience" zh:"人群包"`
	CustomerID string `parquet:"customer_id" en:"customer" zh:"客户编号"`
	Status     string `parquet:"status,dict" en:"member, held, left" zh:"状态"`
	HeldReason string `parquet:"held_reason,optional,dict" en:"no_identifier, no_consent, opted_out, minor, residency, capped, suppressed, other_audience, control, too_small" zh:"保留原因"`
	Change     string `parquet:"change,optional,dict" en:"added, kept, removed" zh:"变化"`
}

// CustomerBehaviour sums up what a customer did on web, app and mini-program.
type CustomerBehaviour struct {
	RunColumns
	CustomerID  string `parquet:"customer_id" en:"customer" zh:"客户编号"`
	Events      int64  `parquet:"events" en:"events up to as_of" zh:"事件数"`
	Sessions30d int64  `parquet:"sessions_30d" en:"sessions in 30 days" zh:"近30天会话"`
	Sessions90d int64  `parquet:"sessions_90d" en:"sessions in 90 days" zh:"近90天会话"`
	Views30d    int64  `parquet:"views_30d" en:"page views in 30 days" zh:"近30天浏览"`
	Views90d    int64  `parquet:"views_90d" en:"page views in 90 days" zh:"近90天浏览"`
	Carts30d    int64  `parquet:"carts_30d" en:"carts in 30 days" zh:"近30天加购"`
	Carts90d    int64  `parquet:"carts_90d" en:"carts in 90 days" zh:"近90天加购"`
	Searches30d int64  `parquet:"searches_30d" en:"searches in 30 days" zh:"近30天搜索"`
	Searches90d int64  `parquet:"searches_90d" en:"searches in 90 days" zh:"近90天搜索"`
	FirstVisit  *int64 `parquet:"first_visit,optional,timestamp(microsecond)" en:"first visit" zh:"首次访问"`
	LastVisit   *int64 `parquet:"last_visit,optional,timestamp(microsecond)" en:"last visit" zh:"最近访问"`
	LastCart    *int64 `parquet:"last_cart,optional,timestamp(microsecond)" en:"last time something was put into a cart" zh:"最近加购"`
	Category    string `parquet:"favourite_category,optional,dict" en:"category of most events on products whose category is known" zh:"偏好品类"`
	Device      string `parquet:"device,optional,dict" en:"device of most events" zh:"设备"`
	Hour        *int64 `parquet:"favourite_hour,optional" en:"hour of day with most events, in the config's time zone" zh:"偏好时段"`
}

// CustomerAction is the play that fits a customer.
type CustomerAction struct {
	RunColumns
	CustomerID string `parquet:"customer_id" en:"customer" zh:"客户编号"`
	Play       string `parquet:"play,dict" en:"play" zh:"动作"`
	Reason     string `parquet:"reason,dict" en:"reason" zh:"原因"`
	ReasonZH   string `parquet:"reason_cn,optional,dict" en:"reason, Chinese" zh:"中文原因"`
	Channel    string `parquet:"channel,optional,dict" en:"channel that the customer may be reached by" zh:"渠道"`
	BestDay    *int32 `parquet:"best_day,optional,date" en:"best day" zh:"最佳日期"`
	Owner      string `parquet:"owner,optional,dict" en:"owner" zh:"负责人"`
	Priority   int64  `parquet:"priority" en:"priority, 1 first" zh:"优先级"`
	Control    bool   `parquet:"control" en:"in the control group: not to be contacted" zh:"对照组"`
}

// CustomerTier is a customer's tier and points.
type CustomerTier struct {
	RunColumns
	CustomerID  string `parquet:"customer_id" en:"customer" zh:"客户编号"`
	Tier        string `parquet:"tier,dict" en:"tier" zh:"等级"`
	Since       int32  `parquet:"since,date" en:"day since when the tier is held" zh:"起始日期"`
	Earned      int64  `parquet:"points_earned" en:"points earned" zh:"获得积分"`
	Spent       int64  `parquet:"points_spent" en:"points spent" zh:"消耗积分"`
	Expired     int64  `parquet:"points_expired" en:"points expired" zh:"过期积分"`
	Balance     int64  `parquet:"points_balance" en:"points that can be spent" zh:"积分余额"`
	Expiring    int64  `parquet:"points_expiring" en:"points that expire in the next 30 days" zh:"即将过期积分"`
	NextTier    string `parquet:"next_tier,optional,dict" en:"next tier" zh:"下一等级"`
	Missing     *int64 `parquet:"missing,optional,decimal(4:18)" en:"what is missing to it, in units of the basis" zh:"升级差额"`
	CycleEnd    *int32 `parquet:"cycle_end,optional,date" en:"end of the cycle in which the tier is safe" zh:"等级周期截止日"`
	BelowSince  *int32 `parquet:"below_since,optional,date" en:"as_of of the first run in which the basis was too low for the tier" zh:"低于门槛起始日"`
	DowngradeOn *int32 `parquet:"downgrade_on,optional,date" en:"day on which the tier is lost unless the basis recovers: end of the grace" zh:"降级日"`
	Change      string `parquet:"change,optional,dict" en:"change since the last run: up, down, same, changed" zh:"变化"`
}

// NextBestProduct is a product to offer a customer.
type NextBestProduct struct {
	RunColumns
	CustomerID string  `parquet:"customer_id" en:"customer" zh:"客户编号"`
	Rank       int64   `parquet:"rank" en:"rank" zh:"排名"`
	SKU        string  `parquet:"product" en:"product" zh:"商品"`
	Score      float64 `parquet:"score" en:"score" zh:"得分"`
	Reason     string  `parquet:"reason,dict" en:"bought together, similar buyers ..." zh:"原因"`
}

// ProductAffinity is how often two products are bought together.
type ProductAffinity struct {
	RunColumns
	Product    string  `parquet:"product" en:"product" zh:"商品"`
	Other      string  `parquet:"other_product" en:"other product" zh:"关联商品"`
	Support    float64 `parquet:"support" en:"share of orders with both" zh:"支持度"`
	Confidence float64 `parquet:"confidence" en:"share of orders with the product that have the other" zh:"置信度"`
	Lift       float64 `parquet:"lift" en:"confidence over the other's share" zh:"提升度"`
}

// SegmentMigration counts where the customers of a segment were in the last run. Those who
// stayed are there too (from = to), so that the rows of a segment sum up to its customers before
// and after.
type SegmentMigration struct {
	RunColumns
	Scheme    string `parquet:"scheme,dict" en:"scheme" zh:"分群方案"`
	From      string `parquet:"from_segment,dict" en:"segment of the last run; (none) = in no such segment" zh:"原分群"`
	To        string `parquet:"to_segment,dict" en:"segment of this run; (none) = in no such segment any more" zh:"现分群"`
	Customers int64  `parquet:"customers" en:"customers" zh:"客户数"`
}

// InterventionEffect is what a campaign, audience or play did: customers who were reached beside
// those who were held back by chance, over the same days after each one's own beginning.
type InterventionEffect struct {
	RunColumns
	Kind          string   `parquet:"kind,dict" en:"campaign, audience or play" zh:"类型"`
	Audience      string   `parquet:"audience,dict" en:"campaign, audience or play" zh:"活动或人群包"`
	From          int32    `parquet:"from_day,date" en:"first day on which a customer was reached or held back" zh:"开始日期"`
	To            int32    `parquet:"to_day,date" en:"last such day" zh:"最晚开始日期"`
	WindowDays    int64    `parquet:"window_days" en:"days after it that count" zh:"观察天数"`
	Treated       int64    `parquet:"treated" en:"customers who were reached and whose days are over" zh:"触达人数"`
	Control       int64    `parquet:"control" en:"customers who were held back and whose days are over" zh:"对照人数"`
	Waiting       int64    `parquet:"waiting" en:"customers whose days are not over yet" zh:"观察期未满人数"`
	Mixed         int64    `parquet:"mixed" en:"customers in both groups, left out: their records were joined later" zh:"剔除人数"`
	OrdersTreated *float64 `parquet:"orders_treated,optional" en:"orders per customer who was reached" zh:"触达组人均订单"`
	OrdersControl *float64 `parquet:"orders_control,optional" en:"orders per customer who was held back" zh:"对照组人均订单"`
	Orders        *float64 `parquet:"order_difference,optional" en:"difference in orders per customer" zh:"订单差异"`
	Low           *float64 `parquet:"low,optional" en:"lower end of its 95 % interval" zh:"区间下限"`
	High          *float64 `parquet:"high,optional" en:"upper end of its 95 % interval" zh:"区间上限"`
	Revenue       *float64 `parquet:"revenue_difference,optional" en:"difference in net revenue per customer, reporting currency" zh:"收入差异"`
	RevenueLow    *float64 `parquet:"revenue_low,optional" en:"lower end of its 95 % interval" zh:"收入区间下限"`
	RevenueHigh   *float64 `parquet:"revenue_high,optional" en:"upper end of its 95 % interval" zh:"收入区间上限"`
	Margin        *float64 `parquet:"margin_difference,optional" en:"difference in margin per customer, reporting currency; null unless all margins are known" zh:"毛利差异"`
	MarginLow     *float64 `parquet:"margin_low,optional" en:"lower end of its 95 % interval" zh:"毛利区间下限"`
	MarginHigh    *float64 `parquet:"margin_high,optional" en:"upper end of its 95 % interval" zh:"毛利区间上限"`
	Power         *float64 `parquet:"power,optional" en:"chance to find an effect of a tenth of the control group's orders" zh:"检验功效"`
	Detectable    *float64 `parquet:"detectable,optional" en:"smallest difference in orders that is found with a chance of 80 %" zh:"最小可检测差异"`
	Before        *float64 `parquet:"before_difference,optional" en:"difference in orders per customer in as many days before" zh:"前期订单差异"`
	BeforeLow     *float64 `parquet:"before_low,optional" en:"lower end of its 95 % interval" zh:"前期区间下限"`
	BeforeHigh    *float64 `parquet:"before_high,optional" en:"upper end of its 95 % interval" zh:"前期区间上限"`
	Balanced      *bool    `parquet:"balanced,optional" en:"the groups were alike before: that interval holds 0" zh:"前期均衡"`
}
