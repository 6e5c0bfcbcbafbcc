package schemas

// CustomerIdentifier is one identifier of a customer.
type CustomerIdentifier struct {
	Type      string `parquet:"type,dict" en:"phone, email, unionid, loyalty ..." zh:"类型"`
	Value     string `parquet:"value" en:"normalised value" zh:"值" contact:"true"`
	Source    string `parquet:"source,dict" en:"source that showed it last" zh:"来源"`
	FirstSeen int64  `parquet:"first_seen,timestamp(microsecond)" en:"first time seen" zh:"首次出现"`
	LastSeen  int64  `parquet:"last_seen,timestamp(microsecond)" en:"last time seen" zh:"最近出现"`
}

// CustomerConsent is a customer's consent for one purpose and channel.
type CustomerConsent struct {
	Purpose string `parquet:"purpose,dict" en:"marketing, profiling, share_ads" zh:"目的"`
	Channel string `parquet:"channel,dict" en:"email, sms, phone, wechat ...; all" zh:"渠道"`
	Status  string `parquet:"status,dict" en:"granted, denied, withdrawn: the most restrictive of all identifiers" zh:"状态"`
}

// FieldSource says which source a field of the golden record came from.
type FieldSource struct {
	Field  string `parquet:"field,dict" en:"column" zh:"字段"`
	Source string `parquet:"source,dict" en:"source that won" zh:"胜出来源"`
	Losing string `parquet:"losing" en:"values that lost, joined by a bar" zh:"落选值" contact:"true"`
}

// CustomerProfile is the golden record of a customer with its facts: who, and what has happened.
// Money is NUMERIC in the reporting currency.
type CustomerProfile struct {
	CustomerID      string               `parquet:"customer_id" en:"opaque id of the unified customer" zh:"客户编号"`
	Kind            string               `parquet:"kind,dict" en:"person or organization" zh:"客户类型"`
	DisplayName     string               `parquet:"display_name,optional" en:"name to show" zh:"显示名称" contact:"true"`
	GivenName       string               `parquet:"given_name,optional" en:"given name" zh:"名" contact:"true"`
	FamilyName      string               `parquet:"family_name,optional" en:"family name" zh:"姓" contact:"true"`
	Gender          string               `parquet:"gender,optional,dict" en:"female, male, other" zh:"性别"`
	BirthDate       *int32               `parquet:"birth_date,optional,date" en:"birth date" zh:"出生日期" contact:"true"`
	AgeBand         string               `parquet:"age_band,optional,dict" en:"age band at as_of" zh:"年龄段"`
	Phone           string               `parquet:"phone,optional" en:"best phone number, E.164" zh:"电话" contact:"true"`
	Email           string               `parquet:"email,optional" en:"best e-mail address" zh:"电子邮箱" contact:"true"`
	Street          string               `parquet:"street,optional" en:"street and number" zh:"街道地址" contact:"true"`
	District        string               `parquet:"district,optional,dict" en:"district or county" zh:"区县"`
	City            string               `parquet:"city,optional,dict" en:"city" zh:"城市"`
	Province        string               `parquet:"province,optional,dict" en:"province or state" zh:"省份"`
	Postcode        string               `parquet:"postcode,optional" en:"postcode" zh:"邮编" contact:"true"`
	Country         string               `parquet:"country,optional,dict" en:"ISO 3166 code" zh:"国家"`
	CityTier        string               `parquet:"city_tier,optional,dict" en:"first, new_first, second, third_and_below, rural; null outside China" zh:"城市级别"`
	Language        string               `parquet:"language,optional,dict" en:"language" zh:"语言"`
	Company         string               `parquet:"company,optional" en:"company that the person works for" zh:"公司"`
	Industry        string               `parquet:"industry,optional,dict" en:"industry" zh:"行业"`
	CompanySize     string               `parquet:"company_size,optional,dict" en:"company size" zh:"公司规模"`
	Occupation      string               `parquet:"occupation,optional" en:"occupation" zh:"职业"`
	IncomeBand      string               `parquet:"income_band,optional,dict" en:"income band" zh:"收入水平"`
	SourceTier      string               `parquet:"source_tier,optional,dict" en:"tier that a loyalty system states" zh:"来源系统会员等级"`
	Owner           string               `parquet:"owner,optional,dict" en:"responsible employee" zh:"负责人"`
	AccountID       string               `parquet:"account_id,optional" en:"customer id of the organization that a contact belongs to" zh:"所属企业客户编号"`
	Identifiers     []CustomerIdentifier `parquet:"identifiers" en:"identifiers of the customer" zh:"标识"`
	Sources         []string             `parquet:"sources" en:"sources that know the customer" zh:"来源列表"`
	RecordCount     int64                `parquet:"record_count" en:"source records" zh:"源记录数"`
	FirstSeen       *int64               `parquet:"first_seen,optional,timestamp(microsecond)" en:"first time seen in any source" zh:"首次出现"`
	LastSeen        *int64               `parquet:"last_seen,optional,timestamp(microsecond)" en:"last time seen in any source" zh:"最近出现"`
	FirstChannel    string               `parquet:"first_channel,optional,dict" en:"first touch with a channel" zh:"首次触达渠道"`
	Campaign        string               `parquet:"acquisition_campaign,optional,dict" en:"campaign of the first touch" zh:"获客活动"`
	Consents        []CustomerConsent    `parquet:"consents" en:"consents by purpose and channel" zh:"授权"`
	FieldSources    []FieldSource        `parquet:"field_sources" en:"which source each field came from" zh:"字段来源"`
	QualityScore    float64              `parquet:"quality_score" en:"share of important fields that are filled and agreed, 0 to 1" zh:"资料质量分"`
	Orders          int64                `parquet:"orders" en:"counting orders, F" zh:"订单数"`
	Revenue         int64                `parquet:"revenue,decimal(4:18)" en:"net revenue of all counting orders, M" zh:"净收入"`
	Gross           int64                `parquet:"gross,decimal(4:18)" en:"gross revenue before refunds" zh:"总收入"`
	Refunds         int64                `parquet:"refunds,decimal(4:18)" en:"money given back" zh:"退款"`
	Margin          *int64               `parquet:"margin,optional,decimal(4:18)" en:"revenue less cost; null where cost is unknown" zh:"毛利"`
	AverageOrder    *int64               `parquet:"average_order_value,optional,decimal(4:18)" en:"revenue per order" zh:"客单价"`
	FirstOrderDay   *int32               `parquet:"first_order_day,optional,date" en:"day of the first order" zh:"首单日期"`
	LastOrderDay    *int32               `parquet:"last_order_day,optional,date" en:"day of the last order" zh:"末单日期"`
	FirstCensored   bool                 `parquet:"first_order_censored" en:"the files may begin later than the customer" zh:"首单可能早于数据"`
	RecencyDays     *int64               `parquet:"recency_days,optional" en:"days since the last order, R" zh:"距末单天数"`
	Orders30d       int64                `parquet:"orders_30d" en:"orders in the last 30 days" zh:"近30天订单"`
	Orders90d       int64                `parquet:"orders_90d" en:"orders in the last 90 days" zh:"近90天订单"`
	OrdersPrev90d   int64                `parquet:"orders_prev_90d" en:"orders in the 90 days before those" zh:"前90天订单"`
	Orders12m       int64                `parquet:"orders_12m" en:"orders in the last 365 days" zh:"近12个月订单"`
	Revenue12m      int64                `parquet:"revenue_12m,decimal(4:18)" en:"net revenue of the last 365 days" zh:"近12个月收入"`
	RepeatDays      int64                `parquet:"repeat_days" en:"days with an order after the first one, x" zh:"复购天数"`
	RepeatSpanDays  int64                `parquet:"repeat_span_days" en:"days from first to last order, t_x" zh:"首末单间隔"`
	AgeDays         int64                `parquet:"age_days" en:"days from first order to as_of, T" zh:"客户龄"`
	RepeatSpend     *int64               `parquet:"repeat_spend,optional,decimal(4:18)" en:"mean spend of a repeat day" zh:"复购日均消费"`
	GapP95Days      *float64             `parquet:"gap_p95_days,optional" en:"95th percentile of the customer's own gaps between order days" zh:"个人购买间隔95分位"`
	MedianGapDays   *float64             `parquet:"median_gap_days,optional" en:"median gap between order days" zh:"个人购买间隔中位数"`
	FavouriteItem   string               `parquet:"favourite_category,optional,dict" en:"category with most revenue" zh:"偏好品类"`
	FavouriteChan   string               `parquet:"favourite_channel,optional,dict" en:"channel with most orders" zh:"偏好渠道"`
	FavouriteHour   *int64               `parquet:"favourite_hour,optional" en:"hour of day with most orders" zh:"偏好时段"`
	Tickets         int64                `parquet:"support_contacts" en:"tickets, calls and chats" zh:"客服联系次数"`
	OpenTickets     int64                `parquet:"open_tickets" en:"tickets that are not resolved" zh:"未结工单"`
	LastNPS         *float64             `parquet:"last_nps,optional" en:"last answer to the 0-10 question" zh:"最近NPS"`
	Satisfaction    *float64             `parquet:"satisfaction,optional" en:"mean satisfaction, 0 to 1" zh:"满意度"`
	Interactions    int64                `parquet:"interactions" en:"all interactions" zh:"互动次数"`
	LastInteraction *int64               `parquet:"last_interaction,optional,timestamp(microsecond)" en:"last interaction" zh:"最近互动"`
	LastResolved    *int64               `parquet:"last_ticket_resolved,optional,timestamp(microsecond)" en:"when the last ticket was resolved" zh:"最近工单解决时间"`
	Contacts30d     int64                `parquet:"contacts_30d" en:"messages, e-mails and calls to the customer in the last 30 days" zh:"近30天触达次数"`
	Age             *int64               `parquet:"age,optional" en:"completed years at as_of" zh:"年龄"`
	NextBirthday    *int32               `parquet:"next_birthday,optional,date" en:"first birthday after as_of" zh:"下一个生日" contact:"true"`
	NextAnniversary *int32               `parquet:"next_anniversary,optional,date" en:"first anniversary of the first order after as_of" zh:"下一个首购周年日"`
	NextRenewal     *int32               `parquet:"next_renewal,optional,date" en:"first end of an active subscription after as_of" zh:"下一个续订日"`
	Interests       []string             `parquet:"interests" en:"interests that tags, answers and forms state" zh:"兴趣"`
	Needs           []string             `parquet:"needs" en:"needs that tags, answers and forms state" zh:"需求"`
	Lifestyles      []string             `parquet:"lifestyles" en:"life styles that tags, answers and forms state" zh:"生活方式"`
	Values          []string             `parquet:"personal_values" en:"what the customer holds dear, as tags, answers and forms state" zh:"价值观"`
	Margin12m       *int64               `parquet:"margin_12m,optional,decimal(4:18)" en:"margin of the last 365 days; null where cost is unknown" zh:"近12个月毛利"`
	RevenueMonth    int64                `parquet:"revenue_month,decimal(4:18)" en:"net revenue of the calendar month of as_of, to date" zh:"当月收入"`
	LastGapDays     *int64               `parquet:"last_gap_days,optional" en:"days between the last two order days" zh:"最近一次购买间隔"`
	GapP95Before    *float64             `parquet:"gap_p95_before_last,optional" en:"95th percentile of the gaps before the last one" zh:"此前购买间隔95分位"`
	CategoryShare   *float64             `parquet:"favourite_category_share,optional" en:"share of the favourite category in the spend of known category" zh:"偏好品类占比"`
	FavouriteBrand  string               `parquet:"favourite_brand,optional,dict" en:"brand with most revenue" zh:"偏好品牌"`
	BrandShare      *float64             `parquet:"favourite_brand_share,optional" en:"share of the favourite brand in the spend of known brand" zh:"偏好品牌占比"`
	BrandOrders     int64                `parquet:"favourite_brand_orders" en:"orders with the favourite brand" zh:"偏好品牌订单数"`
	LastVisit       *int64               `parquet:"last_visit,optional,timestamp(microsecond)" en:"last visit to web site, app or mini-program" zh:"最近访问"`
	Sessions30d     int64                `parquet:"sessions_30d" en:"sessions in the last 30 days" zh:"近30天会话"`
	Sessions90d     int64                `parquet:"sessions_90d" en:"sessions in the last 90 days" zh:"近90天会话"`
	Carts30d        int64                `parquet:"carts_30d" en:"products put into a cart in the last 30 days" zh:"近30天加购"`
	LastCart        *int64               `parquet:"last_cart,optional,timestamp(microsecond)" en:"last time something was put into a cart" zh:"最近加购"`
	Referrals       int64                `parquet:"referrals" en:"customers whom this one has referred" zh:"推荐客户数"`
	AcquiredOn      *int32               `parquet:"acquired_on,optional,date" en:"funnel: first day known" zh:"获取日期"`
	ActivatedOn     *int32               `parquet:"activated_on,optional,date" en:"funnel: first day with an act of the customer's own (visit, question, answer, click, order)" zh:"激活日期"`
	RetainedOn      *int32               `parquet:"retained_on,optional,date" en:"funnel: first such day at least 7 days after the first" zh:"留存日期"`
	ConvertedOn     *int32               `parquet:"converted_on,optional,date" en:"funnel: day of the first order" zh:"转化日期"`
	ReferredOn      *int32               `parquet:"referred_on,optional,date" en:"funnel: day of the first referral" zh:"推荐日期"`
}

// Customer is one row of the one customer table: the profile and what follows from it.
type Customer struct {
	RunColumns
	CustomerProfile
	RScore           *int64   `parquet:"r_score,optional" en:"recency score, 5 = most recent" zh:"R分"`
	FScore           *int64   `parquet:"f_score,optional" en:"frequency score" zh:"F分"`
	MScore           *int64   `parquet:"m_score,optional" en:"monetary score" zh:"M分"`
	RFMSegment       string   `parquet:"rfm_segment,optional,dict" en:"ten-cell segment" zh:"RFM十格分群"`
	RFMSegmentZH     string   `parquet:"rfm_segment_cn,optional,dict" en:"eight-cell segment used in China" zh:"RFM八格分群"`
	ABC              string   `parquet:"abc,optional,dict" en:"class by cumulative margin, else revenue" zh:"ABC分级"`
	Lifecycle        string   `parquet:"lifecycle,optional,dict" en:"lifecycle stage" zh:"生命周期阶段"`
	LifecycleBefore  string   `parquet:"lifecycle_previous,optional,dict" en:"lifecycle stage in the last run" zh:"上期生命周期阶段"`
	PatienceDays     *float64 `parquet:"patience_days,optional" en:"days of silence that the customer's own cadence allows: its 95th-percentile gap, with few gaps the population's" zh:"个人容忍间隔天数"`
	SilenceBefore    *float64 `parquet:"silence_before,optional" en:"the silence that the last order ended, over what the cadence before it allowed" zh:"回购前沉默倍数"`
	Silence          *float64 `parquet:"silence,optional" en:"days since the last order over patience_days: above 1 is longer than usual" zh:"沉默倍数"`
	Funnel           string   `parquet:"funnel,optional,dict" en:"funnel stage" zh:"漏斗阶段"`
	Tier             string   `parquet:"tier,optional,dict" en:"tier by the rules, else as a source states it" zh:"等级"`
	Points           *int64   `parquet:"points,optional" en:"points" zh:"积分"`
	CLV12m           *int64   `parquet:"clv_12m,optional,decimal(4:18)" en:"expected discounted margin or revenue of the next 12 months" zh:"未来12个月价值"`
	CLVLifetime      *int64   `parquet:"clv_lifetime,optional,decimal(4:18)" en:"revenue to date and expected residual" zh:"终身价值"`
	PAlive           *float64 `parquet:"p_alive,optional" en:"probability that the customer still buys" zh:"活跃概率"`
	ChurnProbability *float64 `parquet:"churn_probability,optional" en:"probability of no order in the horizon" zh:"流失概率"`
	ChurnBand        string   `parquet:"churn_band,optional,dict" en:"low, medium, high" zh:"流失风险等级"`
	ChurnState       string   `parquet:"churn_state,optional,dict" en:"eligible, lapsed, never" zh:"流失状态"`
	ValueAtRisk      *int64   `parquet:"value_at_risk,optional,decimal(4:18)" en:"churn probability times expected value in the horizon" zh:"风险价值"`
	NextOrderDay     *int32   `parquet:"expected_next_order_date,optional,date" en:"expected day of the next order" zh:"预计下单日"`
	NextBestProduct  string   `parquet:"next_best_product,optional" en:"product to offer next" zh:"推荐商品"`
	Segments         []string `parquet:"segments" en:"scheme:code of all segments" zh:"分群列表"`
	Value12m         *int64   `parquet:"value_12m,optional,decimal(4:18)" en:"margin or revenue of the last 365 days: the same basis as clv_12m" zh:"近12个月价值"`
	AccountContacts  int64    `parquet:"account_contacts" en:"of an organization: persons who work there" zh:"企业联系人数"`
	AccountOrders    int64    `parquet:"account_orders" en:"of an organization: orders of its own and of its contacts" zh:"企业合计订单数"`
	AccountRevenue   int64    `parquet:"account_revenue,decimal(4:18)" en:"of an organization: net revenue of its own and of its contacts" zh:"企业合计收入"`
	AccountLastOrder *int32   `parquet:"account_last_order_day,optional,date" en:"of an organization: last order of its own or of a contact" zh:"企业末单日期"`
}
