package schemas

// OrderRow is one order. Amounts without "original" are in the reporting currency.
type OrderRow struct {
	RunColumns
	OrderKey        string `parquet:"order_key" en:"namespace:object:key of the order" zh:"订单键"`
	CustomerID      string `parquet:"customer_id,optional" en:"customer; null = anonymous" zh:"客户编号"`
	System          string `parquet:"system,dict" en:"system" zh:"系统"`
	Source          string `parquet:"source,dict" en:"source" zh:"来源"`
	Time            int64  `parquet:"time,timestamp(microsecond)" en:"time of the order" zh:"下单时间"`
	Day             int32  `parquet:"day,date" en:"day in the config's time zone" zh:"日期"`
	Status          string `parquet:"status,dict" en:"created, paid, shipped, completed, cancelled, returned" zh:"状态"`
	CountsAsRevenue bool   `parquet:"counts_as_revenue" en:"counts as a sale (false also for the second sight of one sale)" zh:"计入收入"`
	PrimaryOrderKey string `parquet:"primary_order_key,optional" en:"order that this one is a second sight of" zh:"主订单键"`
	Gross           *int64 `parquet:"gross,optional,decimal(4:18)" en:"goods before refunds" zh:"总额"`
	Refund          *int64 `parquet:"refund,optional,decimal(4:18)" en:"given back" zh:"退款"`
	Net             *int64 `parquet:"net,optional,decimal(4:18)" en:"goods after discount and refunds" zh:"净额"`
	Revenue         int64  `parquet:"revenue,decimal(4:18)" en:"what counts as revenue" zh:"收入"`
	Margin          *int64 `parquet:"margin,optional,decimal(4:18)" en:"revenue less cost; null where cost is unknown" zh:"毛利"`
	Currency        string `parquet:"currency,dict" en:"currency of the original amounts" zh:"币种"`
	GrossOriginal   *int64 `parquet:"gross_original,optional,decimal(4:18)" en:"gross in the original currency" zh:"原币总额"`
	RefundOriginal  *int64 `parquet:"refund_original,optional,decimal(4:18)" en:"refund in the original currency" zh:"原币退款"`
	NetOriginal     *int64 `parquet:"net_original,optional,decimal(4:18)" en:"net in the original currency" zh:"原币净额"`
	Channel         string `parquet:"channel,optional,dict" en:"sales channel" zh:"渠道"`
	CampaignID      string `parquet:"campaign_id,optional,dict" en:"campaign" zh:"活动"`
	File            string `parquet:"file,dict" en:"file of the export" zh:"文件"`
	Row             int64  `parquet:"row" en:"row of the file" zh:"行号"`
}

// OrderLineRow is one line of an order.
type OrderLineRow struct {
	RunColumns
	Key        string   `parquet:"order_line_key" en:"reference of the line" zh:"明细键"`
	OrderKey   string   `parquet:"order_key" en:"order" zh:"订单键"`
	CustomerID string   `parquet:"customer_id,optional" en:"customer; null = anonymous" zh:"客户编号"`
	Source     string   `parquet:"source,dict" en:"source" zh:"来源"`
	Time       *int64   `parquet:"time,optional,timestamp(microsecond)" en:"time of the order" zh:"下单时间"`
	SKU        string   `parquet:"sku,optional" en:"stock keeping unit" zh:"货号"`
	Product    string   `parquet:"product,optional,dict" en:"product name" zh:"商品"`
	Category   string   `parquet:"category,optional,dict" en:"category" zh:"品类"`
	Brand      string   `parquet:"brand,optional,dict" en:"brand" zh:"品牌"`
	Quantity   *float64 `parquet:"quantity,optional" en:"pieces" zh:"数量"`
	Returned   *float64 `parquet:"returned_quantity,optional" en:"pieces given back" zh:"退货数量"`
	UnitPrice  *int64   `parquet:"unit_price,optional,decimal(4:18)" en:"price of one piece" zh:"单价"`
	Amount     *int64   `parquet:"amount,optional,decimal(4:18)" en:"amount after discount" zh:"金额"`
	Currency   string   `parquet:"currency,optional,dict" en:"currency of the export" zh:"币种"`
}

// ProductRow is one product.
type ProductRow struct {
	RunColumns
	Key       string `parquet:"product_key" en:"reference" zh:"商品键"`
	SKU       string `parquet:"sku" en:"stock keeping unit" zh:"货号"`
	Name      string `parquet:"name,optional" en:"name" zh:"名称"`
	Category  string `parquet:"category,optional,dict" en:"category" zh:"品类"`
	Brand     string `parquet:"brand,optional,dict" en:"brand" zh:"品牌"`
	UnitCost  *int64 `parquet:"unit_cost,optional,decimal(4:18)" en:"cost of one piece" zh:"单位成本"`
	ListPrice *int64 `parquet:"list_price,optional,decimal(4:18)" en:"list price" zh:"标价"`
}

// OrderLink says that an order is the second sight of one sale.
type OrderLink struct {
	RunColumns
	OrderKey        string `parquet:"order_key" en:"the second sight" zh:"订单键"`
	PrimaryOrderKey string `parquet:"primary_order_key" en:"the order that counts" zh:"主订单键"`
	Rule            string `parquet:"rule,dict" en:"cross_ref or same_customer_amount_day" zh:"规则"`
}

// OpportunityRow is one opportunity.
type OpportunityRow struct {
	RunColumns
	Key           string   `parquet:"opportunity_key" en:"reference" zh:"商机键"`
	CustomerID    string   `parquet:"customer_id,optional" en:"customer" zh:"客户编号"`
	Source        string   `parquet:"source,dict" en:"source" zh:"来源"`
	Name          string   `parquet:"name,optional" en:"name" zh:"名称"`
	Stage         string   `parquet:"stage,optional,dict" en:"stage" zh:"阶段"`
	Amount        *int64   `parquet:"amount,optional,decimal(4:18)" en:"amount in reporting currency" zh:"金额"`
	Probability   *float64 `parquet:"probability,optional" en:"probability of winning" zh:"赢率"`
	ExpectedClose *int32   `parquet:"expected_close,optional,date" en:"expected close" zh:"预计成交"`
	ClosedAt      *int64   `parquet:"closed_at,optional,timestamp(microsecond)" en:"closed at" zh:"关闭时间"`
	Won           *bool    `parquet:"won,optional" en:"won; null while open" zh:"赢单"`
	Owner         string   `parquet:"owner,optional,dict" en:"owner" zh:"负责人"`
	Channel       string   `parquet:"channel,optional,dict" en:"channel" zh:"渠道"`
	CampaignID    string   `parquet:"campaign_id,optional,dict" en:"campaign" zh:"活动"`
	Need          string   `parquet:"need,optional" en:"need of the deal, else what the customer states" zh:"需求"`
	State         string   `parquet:"state,dict" en:"open, won, lost as of the run's day" zh:"状态"`
	Weighted      *int64   `parquet:"weighted_amount,optional,decimal(4:18)" en:"of open ones: amount times probability" zh:"加权金额"`
	Overdue       bool     `parquet:"overdue" en:"open though its expected close is over" zh:"逾期"`
	Handover      bool     `parquet:"handover" en:"won in the last 30 days: sales hands the customer over to service" zh:"待交接"`
	Orders        *int64   `parquet:"customer_orders,optional" en:"orders of the customer to date" zh:"客户订单数"`
	Revenue       *int64   `parquet:"customer_revenue,optional,decimal(4:18)" en:"net revenue of the customer to date" zh:"客户净收入"`
	OpenTickets   *int64   `parquet:"customer_open_tickets,optional" en:"open tickets of the customer" zh:"客户未结工单"`
	LastNPS       *float64 `parquet:"customer_last_nps,optional" en:"last answer of the customer to the 0-10 question" zh:"客户最近NPS"`
	LastContact   *int64   `parquet:"customer_last_interaction,optional,timestamp(microsecond)" en:"last interaction of the customer" zh:"客户最近互动"`
}

// SubscriptionRow is one subscription.
type SubscriptionRow struct {
	RunColumns
	Key            string `parquet:"subscription_key" en:"reference" zh:"订阅键"`
	CustomerID     string `parquet:"customer_id,optional" en:"customer" zh:"客户编号"`
	Plan           string `parquet:"plan,optional,dict" en:"plan" zh:"套餐"`
	Status         string `parquet:"status,dict" en:"trial, active, paused, cancelled" zh:"状态"`
	Started        int64  `parquet:"started,timestamp(microsecond)" en:"start" zh:"开始"`
	TrialEnd       *int64 `parquet:"trial_end,optional,timestamp(microsecond)" en:"end of the trial" zh:"试用结束"`
	Ends           *int64 `parquet:"ends,optional,timestamp(microsecond)" en:"end of the term" zh:"到期"`
	CancelledAt    *int64 `parquet:"cancelled_at,optional,timestamp(microsecond)" en:"cancelled at" zh:"取消时间"`
	AmountPerMonth *int64 `parquet:"amount_per_month,optional,decimal(4:18)" en:"amount per month" zh:"月费"`
	MRR            int64  `parquet:"mrr,decimal(4:18)" en:"what it adds to the monthly recurring revenue at as_of" zh:"月经常性收入"`
	RenewalDue     *int32 `parquet:"renewal_due,optional,date" en:"end of the term of one that runs, within 90 days after as_of" zh:"续约到期日"`
}

// LoyaltyEventRow is one movement of points or change of tier.
type LoyaltyEventRow struct {
	RunColumns
	Key        string `parquet:"loyalty_event_key" en:"reference" zh:"积分事件键"`
	CustomerID string `parquet:"customer_id,optional" en:"customer" zh:"客户编号"`
	Kind       string `parquet:"kind,dict" en:"earn, redeem, expire, adjust, tier" zh:"类型"`
	Points     *int64 `parquet:"points,optional" en:"points" zh:"积分"`
	Tier       string `parquet:"tier,optional,dict" en:"tier" zh:"等级"`
	Time       int64  `parquet:"time,timestamp(microsecond)" en:"time" zh:"时间"`
}

// TraitRow is one statement about a customer.
type TraitRow struct {
	RunColumns
	Key        string `parquet:"trait_key" en:"reference" zh:"特征键"`
	CustomerID string `parquet:"customer_id,optional" en:"customer" zh:"客户编号"`
	Name       string `parquet:"name,dict" en:"interest, need, lifestyle, value ..." zh:"特征"`
	Value      string `parquet:"value" en:"value" zh:"值"`
	Source     string `parquet:"source,dict" en:"source" zh:"来源"`
	Time       *int64 `parquet:"time,optional,timestamp(microsecond)" en:"time" zh:"时间"`
}

// InteractionRow is one interaction, without its texts.
type InteractionRow struct {
	RunColumns
	Key           string   `parquet:"interaction_key" en:"reference" zh:"互动键"`
	CustomerID    string   `parquet:"customer_id,optional" en:"customer" zh:"客户编号"`
	System        string   `parquet:"system,dict" en:"system" zh:"系统"`
	Source        string   `parquet:"source,dict" en:"source" zh:"来源"`
	Kind          string   `parquet:"kind,dict" en:"ticket, call, chat, survey, comment, lead ..." zh:"类型"`
	Channel       string   `parquet:"channel,optional,dict" en:"channel" zh:"渠道"`
	Direction     string   `parquet:"direction,optional,dict" en:"in or out" zh:"方向"`
	Time          int64    `parquet:"time,timestamp(microsecond)" en:"created" zh:"创建时间"`
	FirstResponse *int64   `parquet:"first_response_time,optional,timestamp(microsecond)" en:"first answer by a person" zh:"首次响应"`
	Resolved      *int64   `parquet:"resolved_time,optional,timestamp(microsecond)" en:"resolved" zh:"解决时间"`
	Status        string   `parquet:"status,optional,dict" en:"status" zh:"状态"`
	Topic         string   `parquet:"topic,optional,dict" en:"topic" zh:"主题"`
	Category      string   `parquet:"category,optional,dict" en:"category" zh:"分类"`
	Priority      string   `parquet:"priority,optional,dict" en:"priority" zh:"优先级"`
	Score         *float64 `parquet:"score,optional" en:"score" zh:"评分"`
	ScoreKind     string   `parquet:"score_kind,optional,dict" en:"nps, csat, rating" zh:"评分类型"`
	Sentiment     string   `parquet:"sentiment,optional,dict" en:"sentiment as the source gives it" zh:"情感"`
	CampaignID    string   `parquet:"campaign_id,optional,dict" en:"campaign" zh:"活动"`
	Product       string   `parquet:"product,optional,dict" en:"product" zh:"商品"`
	Owner         string   `parquet:"owner,optional,dict" en:"owner" zh:"负责人"`
	Delivered     *bool    `parquet:"delivered,optional" en:"delivered" zh:"送达"`
	Opened        *bool    `parquet:"opened,optional" en:"opened" zh:"打开"`
	Clicked       *bool    `parquet:"clicked,optional" en:"clicked" zh:"点击"`
}

// InteractionText holds the texts of interactions; it lies in the restricted folder.
type InteractionText struct {
	Key     string `parquet:"interaction_key"`
	Subject string `parquet:"subject,optional"`
	Text    string `parquet:"text,optional"`
}

// Touchpoint is one step of a customer's journey in time order.
type Touchpoint struct {
	RunColumns
	CustomerID string `parquet:"customer_id" en:"customer" zh:"客户编号"`
	Step       int64  `parquet:"step" en:"number of the step, from 1" zh:"步骤"`
	Time       int64  `parquet:"time,timestamp(microsecond)" en:"time" zh:"时间"`
	Stage      string `parquet:"stage,dict" en:"awareness, consideration, purchase, service, advocacy; purchase = an order that counts" zh:"阶段"`
	Channel    string `parquet:"channel,optional,dict" en:"channel" zh:"渠道"`
	Kind       string `parquet:"kind,dict" en:"order, ticket, lead ..." zh:"类型"`
	Reference  string `parquet:"reference" en:"reference of the record" zh:"引用"`
	DaysSince  int64  `parquet:"days_since_first" en:"days since the first touch" zh:"距首次触达天数"`
}

// ConsentRow is the statement about one identifier, purpose and channel that holds: the latest.
// Each customer that has the identifier has a row for it; an identifier that nobody has, has one
// without a customer.
type ConsentRow struct {
	RunColumns
	Key            string `parquet:"consent_key" en:"identifier, purpose, channel and customer" zh:"授权键" contact:"true"`
	CustomerID     string `parquet:"customer_id,optional" en:"customer: one row for each that has the identifier; null if nobody has it" zh:"客户编号"`
	IdentifierType string `parquet:"identifier_type,dict" en:"phone, email, unionid, loyalty ...; customer = the customer as a whole" zh:"标识类型"`
	Identifier     string `parquet:"identifier" en:"normalised identifier; of a customer the reference" zh:"标识" contact:"true"`
	Purpose        string `parquet:"purpose,dict" en:"marketing, profiling, share_ads" zh:"目的"`
	Channel        string `parquet:"channel,optional,dict" en:"channel; null = all" zh:"渠道"`
	Status         string `parquet:"status,dict" en:"granted, denied, withdrawn" zh:"状态"`
	Basis          string `parquet:"basis,optional,dict" en:"legal basis" zh:"依据"`
	TextVersion    string `parquet:"text_version,optional,dict" en:"version of the text" zh:"文本版本"`
	Source         string `parquet:"source,dict" en:"source" zh:"来源"`
	StatedSource   string `parquet:"stated_source,optional,dict" en:"where the person said so" zh:"声明来源"`
	Time           int64  `parquet:"time,timestamp(microsecond)" en:"time" zh:"时间"`
	Expires        *int64 `parquet:"expires,optional,timestamp(microsecond)" en:"expires" zh:"到期"`
}
