package schemas

// ChurnDriver is one feature that goes with churn.
type ChurnDriver struct {
	RunColumns
	Feature     string  `parquet:"feature,dict" en:"feature" zh:"因素"`
	Lift        float64 `parquet:"lift" en:"churn with the feature over churn without" zh:"提升度"`
	Customers   int64   `parquet:"customers" en:"customers" zh:"客户数"`
	ValueAtRisk int64   `parquet:"value_at_risk,decimal(4:18)" en:"value at risk" zh:"风险价值"`
}

// PainPoint is a topic that hurts at a touchpoint: feedback about products and service of the
// 365 days up to as_of whose severity is 2 or more.
type PainPoint struct {
	RunColumns
	Touchpoint string  `parquet:"touchpoint,dict" en:"channel and kind of the feedback: web ticket, survey ..." zh:"触点"`
	Topic      string  `parquet:"topic,dict" en:"topic" zh:"主题"`
	Category   string  `parquet:"category,dict" en:"product or service" zh:"分类"`
	Department string  `parquet:"department,optional,dict" en:"department that owns the topic" zh:"责任部门"`
	Frequency  int64   `parquet:"frequency" en:"complaints in the last 365 days" zh:"频次"`
	Customers  int64   `parquet:"customers" en:"customers who complained" zh:"客户数"`
	Impact     float64 `parquet:"impact" en:"mean severity, 1 to 4" zh:"影响"`
	Revenue    int64   `parquet:"revenue_12m,decimal(4:18)" en:"net revenue of the last 365 days of these customers" zh:"涉及收入"`
	Rank       int64   `parquet:"rank" en:"by frequency times impact, 1 = worst" zh:"排名"`
}

// ChannelNeed is which need comes from which channel.
type ChannelNeed struct {
	RunColumns
	Channel   string   `parquet:"channel,dict" en:"acquisition channel" zh:"渠道"`
	Need      string   `parquet:"need,dict" en:"need or interest that customers state" zh:"需求"`
	Customers int64    `parquet:"customers" en:"customers of the channel who state the need" zh:"客户数"`
	Share     float64  `parquet:"share" en:"of the channel's customers who state any need" zh:"占比"`
	Buyers    int64    `parquet:"buyers" en:"of the customers those with an order" zh:"购买客户数"`
	LTV       *int64   `parquet:"ltv,optional,decimal(4:18)" en:"mean lifetime value of the buyers" zh:"终身价值"`
	Retention *float64 `parquet:"retention,optional" en:"share of the buyers who bought again within 90 days, of those whose 90 days are over" zh:"90天留存率"`
}

// OwnerPerformance is what one sales or service owner achieves in the 365 days up to as_of.
type OwnerPerformance struct {
	RunColumns
	Owner     string   `parquet:"owner,dict" en:"owner as the source names them" zh:"负责人"`
	Customers int64    `parquet:"customers" en:"customers that the owner is responsible for" zh:"客户数"`
	Buyers    int64    `parquet:"buyers" en:"of these with an order in the last 365 days" zh:"购买客户数"`
	Revenue   int64    `parquet:"revenue,decimal(4:18)" en:"net revenue of these customers in the last 365 days" zh:"收入"`
	Retention *float64 `parquet:"retention,optional" en:"of these customers active 365 days ago, the share with an order since" zh:"留存率"`
	Contacts  int64    `parquet:"service_contacts" en:"tickets, calls, chats and e-mails that the owner answered" zh:"服务次数"`
	InTime    *float64 `parquet:"response_in_time,optional" en:"share answered within 24 h" zh:"及时响应率"`
	Solved    *float64 `parquet:"resolved_in_time,optional" en:"share resolved within 48 h" zh:"及时解决率"`
	NPS       *float64 `parquet:"nps,optional" en:"net promoter score of the customers' answers" zh:"NPS"`
	Pipeline  *int64   `parquet:"pipeline,optional,decimal(4:18)" en:"amount of the owner's open opportunities" zh:"在途商机金额"`
	Won       *int64   `parquet:"won,optional,decimal(4:18)" en:"amount won in the last 365 days" zh:"赢单金额"`
	WinRate   *float64 `parquet:"win_rate,optional" en:"won over closed opportunities of the last 365 days" zh:"赢单率"`
}

// CohortRetention is how a first-purchase month goes on. What a month that is not over will
// bring is null.
type CohortRetention struct {
	RunColumns
	Cohort      string   `parquet:"cohort,dict" en:"first-purchase month, YYYY-MM" zh:"首购月"`
	Channel     string   `parquet:"channel,dict" en:"acquisition channel; all" zh:"渠道"`
	MonthsSince int64    `parquet:"months_since" en:"calendar months since, 0 = the month itself" zh:"距首购月数"`
	Customers   int64    `parquet:"customers" en:"customers of the cohort" zh:"客户数"`
	Censored    int64    `parquet:"first_order_censored" en:"of these with a first order that may not be their first: the data begin there" zh:"首单可能早于数据"`
	Active      *int64   `parquet:"active,optional" en:"customers with an order in the month" zh:"活跃数"`
	Retention   *float64 `parquet:"retention,optional" en:"active over customers" zh:"留存率"`
	Revenue     *int64   `parquet:"revenue,optional,decimal(4:18)" en:"net revenue of the month" zh:"收入"`
	LTV         *int64   `parquet:"cumulative_ltv,optional,decimal(4:18)" en:"net revenue up to the month's end per customer of the cohort" zh:"累计价值"`
}

// ChannelPerformance is what acquisition by one channel costs and brings, by month of the first
// order. A cost that is not known is null.
type ChannelPerformance struct {
	RunColumns
	Channel      string   `parquet:"channel,dict" en:"acquisition channel, lower case: the campaign's where costs name it, else of the first touch" zh:"渠道"`
	CampaignID   string   `parquet:"campaign_id,dict" en:"acquisition campaign; empty = none" zh:"活动"`
	Month        string   `parquet:"month,dict" en:"YYYY-MM of the first order, and of the cost" zh:"月份"`
	Campaign     string   `parquet:"campaign,optional,dict" en:"name of the campaign" zh:"活动名称"`
	Purpose      string   `parquet:"purpose,optional,dict" en:"what the cost is for: acquisition or retention" zh:"目的"`
	NewCustomers int64    `parquet:"new_customers" en:"new buyers" zh:"新客数"`
	Censored     int64    `parquet:"first_order_censored" en:"of these with a first order that may not be their first: the data begin there" zh:"首单可能早于数据"`
	Cost         *int64   `parquet:"cost,optional,decimal(4:18)" en:"cost; null where unknown" zh:"成本"`
	CAC          *int64   `parquet:"cac,optional,decimal(4:18)" en:"cost of acquisition per new buyer; null without cost, buyers or the whole month" zh:"获客成本"`
	Retention90d *float64 `parquet:"retention_90d,optional" en:"share that bought again within 90 days; null until the 90 days of all are over" zh:"90天留存"`
	Basis        string   `parquet:"basis,dict" en:"of LTV and payback: margin or revenue" zh:"口径"`
	LTV          *int64   `parquet:"ltv,optional,decimal(4:18)" en:"mean lifetime value of the new buyers" zh:"终身价值"`
	LTVToCAC     *float64 `parquet:"ltv_to_cac,optional" en:"lifetime value over acquisition cost" zh:"价值成本比"`
	PaybackDays  *int64   `parquet:"payback_days,optional" en:"days, in steps of 30, until the buyers have earned the cost; null while they have not" zh:"回本天数"`
}

// Feedback is one thing that somebody told the company: a ticket, call, chat, e-mail, survey
// answer, comment or review.
type Feedback struct {
	RunColumns
	Key        string   `parquet:"feedback_key" en:"reference of the interaction" zh:"反馈键"`
	CustomerID string   `parquet:"customer_id,optional" en:"customer" zh:"客户编号"`
	Kind       string   `parquet:"kind,dict" en:"ticket, call, chat, email, survey, comment, review" zh:"类型"`
	Channel    string   `parquet:"channel,optional,dict" en:"channel" zh:"渠道"`
	Time       int64    `parquet:"time,timestamp(microsecond)" en:"created" zh:"创建时间"`
	Category   string   `parquet:"category,dict" en:"product, service, need, other" zh:"分类"`
	Topic      string   `parquet:"topic,optional,dict" en:"topic by the rules, else as the source states it" zh:"主题"`
	Severity   int64    `parquet:"severity" en:"1 (remark) to 4 (urgent)" zh:"严重程度"`
	Department string   `parquet:"department,optional,dict" en:"department that owns the topic" zh:"责任部门"`
	Owner      string   `parquet:"owner,optional,dict" en:"who answers" zh:"负责人"`
	Score      *float64 `parquet:"score,optional" en:"score" zh:"评分"`
	ScoreKind  string   `parquet:"score_kind,optional,dict" en:"nps, csat, rating" zh:"评分类型"`
	Responded  *bool    `parquet:"responded_in_time,optional" en:"answered by a person within 24 h; null where it cannot be told or is too early" zh:"24小时响应"`
	Resolved   *bool    `parquet:"resolved_in_time,optional" en:"resolved within 48 h; null where it cannot be told or is too early" zh:"48小时解决"`
}

// FeedbackSummary sums up feedback by month.
type FeedbackSummary struct {
	RunColumns
	Month      string   `parquet:"month,dict" en:"YYYY-MM" zh:"月份"`
	Category   string   `parquet:"category,dict" en:"product, service, need, other" zh:"分类"`
	Department string   `parquet:"department,dict" en:"department; empty = none" zh:"部门"`
	Items      int64    `parquet:"items" en:"items" zh:"条数"`
	Late       int64    `parquet:"late" en:"items answered or resolved late" zh:"超时条数"`
	Responded  *float64 `parquet:"response_in_time,optional" en:"share answered within 24 h, of those where it can be told" zh:"及时响应率"`
	Resolved   *float64 `parquet:"resolved_in_time,optional" en:"share resolved within 48 h, of those where it can be told" zh:"及时解决率"`
	NPS        *float64 `parquet:"nps,optional" en:"net promoter score, -100 to 100" zh:"NPS"`
	CSAT       *float64 `parquet:"csat,optional" en:"mean satisfaction, 0 to 1" zh:"满意度"`
	Topics     []string `parquet:"top_topics" en:"the three topics with most items" zh:"热门主题"`
}

// JourneyPath is one path of stages that customers take before their first purchase, stages that
// follow themselves counted once.
type JourneyPath struct {
	RunColumns
	Path       string   `parquet:"path" en:"stages in order; direct = the first touch is the purchase" zh:"路径"`
	Steps      int64    `parquet:"steps" en:"stages of the path before the purchase" zh:"步数"`
	Customers  int64    `parquet:"customers" en:"customers who took the path" zh:"客户数"`
	Converted  int64    `parquet:"converted" en:"of these, customers who bought at its end" zh:"转化客户数"`
	Conversion *float64 `parquet:"conversion,optional" en:"share that bought" zh:"转化率"`
	MedianDays *float64 `parquet:"median_days,optional" en:"median days from first touch to first purchase" zh:"中位天数"`
}

// ModelRun is one parameter or measure of one fitted model.
type ModelRun struct {
	RunColumns
	Model     string   `parquet:"model,dict" en:"model" zh:"模型"`
	Parameter string   `parquet:"parameter,dict" en:"parameter or measure" zh:"参数"`
	Value     *float64 `parquet:"value,optional" en:"value" zh:"值"`
	StdErr    *float64 `parquet:"standard_error,optional" en:"standard error" zh:"标准误"`
	Chosen    bool     `parquet:"chosen" en:"the model was used" zh:"采用"`
	Reason    string   `parquet:"reason,optional" en:"why or why not" zh:"原因"`
}

// RejectRow is one source row that was not accepted. Its original text lies in the restricted folder.
type RejectRow struct {
	RunColumns
	Source     string `parquet:"source,dict" en:"source" zh:"来源"`
	File       string `parquet:"file,dict" en:"file" zh:"文件"`
	Row        int64  `parquet:"row" en:"data row, from 1; 0 = the file" zh:"行号"`
	ByteOffset int64  `parquet:"byte_offset" en:"first byte of the row; -1 = unknown" zh:"字节偏移"`
	Column     string `parquet:"column_name,optional,dict" en:"column" zh:"列"`
	Code       string `parquet:"code,dict" en:"code" zh:"代码"`
	Message    string `parquet:"message" en:"what is wrong" zh:"说明"`
}

// RejectOriginal is the text of a refused row; it lies in the restricted folder.
type RejectOriginal struct {
	Source   string `parquet:"source,dict"`
	File     string `parquet:"file,dict"`
	Row      int64  `parquet:"row"`
	Original string `parquet:"original"`
}

// DataQuality is one measured property of a table, column or file.
type DataQuality struct {
	RunColumns
	Table    string   `parquet:"table_name,dict" en:"table, or source/file" zh:"表"`
	Column   string   `parquet:"column_name,optional,dict" en:"column" zh:"列"`
	Check    string   `parquet:"check_name,dict" en:"check" zh:"检查项"`
	Measured float64  `parquet:"measured" en:"measured value" zh:"测得值"`
	Bound    *float64 `parquet:"bound,optional" en:"bound" zh:"界限"`
	Passed   bool     `parquet:"passed" en:"passed" zh:"通过"`
}

// RunLog is one source that a job read or one table that it wrote. Times are in run.json: they
// differ between equal runs. The table run_log itself is not in it.
type RunLog struct {
	RunColumns
	Job         string `parquet:"job,dict" en:"job" zh:"作业"`
	Table       string `parquet:"table_name,dict" en:"table or records; exports/SOURCE for what ingest read" zh:"表"`
	Direction   string `parquet:"direction,dict" en:"in: exports that were read; out: a table that was written" zh:"方向"`
	Inputs      string `parquet:"inputs,optional,dict" en:"jobs whose tables the job read, joined by a comma" zh:"输入作业"`
	Files       int64  `parquet:"files" en:"files" zh:"文件数"`
	Rows        int64  `parquet:"rows" en:"rows" zh:"行数"`
	Bytes       int64  `parquet:"bytes" en:"bytes: of exports decoded, of tables on disk" zh:"字节数"`
	Fingerprint string `parquet:"fingerprint" en:"hash of the files' names and hashes" zh:"指纹"`
}

// RevenueReconciliation leads from an export's own total to what counts, to the cent.
type RevenueReconciliation struct {
	RunColumns
	Source     string `parquet:"source,dict" en:"source" zh:"来源"`
	Month      string `parquet:"month,dict" en:"YYYY-MM" zh:"月份"`
	Orders     int64  `parquet:"orders" en:"orders" zh:"订单数"`
	Total      int64  `parquet:"export_total,decimal(4:18)" en:"goods of all orders as the export states them" zh:"导出总额"`
	NotCounted int64  `parquet:"not_counted,decimal(4:18)" en:"of sources that are no sales, and second sights" zh:"不计收入"`
	Open       int64  `parquet:"open,decimal(4:18)" en:"of orders that are not paid yet" zh:"未付款"`
	Cancelled  int64  `parquet:"cancelled,decimal(4:18)" en:"of cancelled orders" zh:"取消"`
	Refunded   int64  `parquet:"refunded,decimal(4:18)" en:"given back" zh:"退款"`
	Future     int64  `parquet:"after_as_of,decimal(4:18)" en:"of orders after as_of" zh:"统计日之后"`
	Anonymous  int64  `parquet:"anonymous,decimal(4:18)" en:"revenue of orders without a customer" zh:"匿名收入"`
	Counted    int64  `parquet:"counted,decimal(4:18)" en:"revenue of customers" zh:"客户收入"`
	Difference int64  `parquet:"difference,decimal(4:18)" en:"what is left: must be 0" zh:"差额"`
}

// DimDate is one day. The fiscal year is the calendar year; fiscal week 1 holds January 1, and
// weeks begin on Monday.
type DimDate struct {
	RunColumns
	Day        int32  `parquet:"day,date" en:"day" zh:"日期"`
	Year       int64  `parquet:"year" en:"year" zh:"年"`
	Quarter    string `parquet:"quarter,dict" en:"YYYY-Qn" zh:"季度"`
	Month      string `parquet:"month,dict" en:"YYYY-MM" zh:"月"`
	ISOWeek    string `parquet:"iso_week,dict" en:"YYYY-Www" zh:"ISO周"`
	FiscalYear int64  `parquet:"fiscal_year" en:"fiscal year: the calendar year" zh:"财年"`
	FiscalQtr  string `parquet:"fiscal_quarter,dict" en:"YYYY-FQn: quarter of the fiscal year" zh:"财季"`
	FiscalWeek string `parquet:"fiscal_week,dict" en:"YYYY-Fww: week of the fiscal year" zh:"财年周"`
	Weekday    int64  `parquet:"weekday" en:"1 = Monday" zh:"星期"`
	Weekend    bool   `parquet:"weekend" en:"Saturday or Sunday" zh:"周末"`
	Holiday    string `parquet:"holiday,optional,dict" en:"holiday: spring_festival, christmas ..." zh:"节假日代码"`
	HolidayZH  string `parquet:"holiday_cn,optional,dict" en:"Chinese name of the holiday" zh:"节假日"`
	Festival   string `parquet:"shopping_festival,optional,dict" en:"shopping festival: 618, 11.11, black_friday ..." zh:"购物节代码"`
	FestivalZH string `parquet:"shopping_festival_cn,optional,dict" en:"Chinese name of the shopping festival" zh:"购物节"`
}

// DimChannel is one channel.
type DimChannel struct {
	RunColumns
	Channel string `parquet:"channel,dict" en:"channel" zh:"渠道"`
	Group   string `parquet:"channel_group,dict" en:"shop, social, advertising, direct, partner, service" zh:"渠道组"`
	Paid    bool   `parquet:"paid" en:"paid advertising" zh:"付费"`
	Online  bool   `parquet:"online" en:"online" zh:"线上"`
}
