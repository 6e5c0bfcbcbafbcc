package schemas

// ChurnDriver is one feature that goes with churn.
type ChurnDriver struct {
	RunColumns
	Feature     string  `parquet:"feature,dict" en:"feature" zh:"因素"`
	Lift        float64 `parquet:"lift" en:"churn with the feature over churn without" zh:"提升度"`
	Customers   int64   `parquet:"customers" en:"customers" zh:"客户数"`
	ValueAtRisk int64   `parquet:"value_at_risk,decimal(4:18)" en:"value at risk" zh:"风险价值"`
}

// PainPoint is a topic that hurts at a touchpoint.
type PainPoint struct {
	RunColumns
	Touchpoint string  `parquet:"touchpoint,dict" en:"touchpoint" zh:"触点"`
	Topic      string  `parquet:"topic,dict" en:"topic" zh:"主题"`
	Frequency  int64   `parquet:"frequency" en:"times" zh:"频次"`
	Impact     float64 `parquet:"impact" en:"impact" zh:"影响"`
	Rank       int64   `parquet:"rank" en:"rank" zh:"排名"`
}

// ChannelNeed is which need comes from which channel.
type ChannelNeed struct {
	RunColumns
	Channel   string   `parquet:"channel,dict" en:"channel" zh:"渠道"`
	Need      string   `parquet:"need,dict" en:"need" zh:"需求"`
	Customers int64    `parquet:"customers" en:"customers" zh:"客户数"`
	Share     float64  `parquet:"share" en:"share" zh:"占比"`
	LTV       *int64   `parquet:"ltv,optional,decimal(4:18)" en:"lifetime value" zh:"终身价值"`
	Retention *float64 `parquet:"retention,optional" en:"retention" zh:"留存率"`
}

// OwnerPerformance is what one sales or service owner achieves.
type OwnerPerformance struct {
	RunColumns
	Owner     string   `parquet:"owner,dict" en:"owner" zh:"负责人"`
	Customers int64    `parquet:"customers" en:"customers" zh:"客户数"`
	Revenue   int64    `parquet:"revenue,decimal(4:18)" en:"revenue" zh:"收入"`
	Retention *float64 `parquet:"retention,optional" en:"retention" zh:"留存率"`
	InTime    *float64 `parquet:"response_in_time,optional" en:"share answered in time" zh:"及时响应率"`
	NPS       *float64 `parquet:"nps,optional" en:"net promoter score" zh:"NPS"`
}

// CohortRetention is how a first-purchase month goes on.
type CohortRetention struct {
	RunColumns
	Cohort      string   `parquet:"cohort,dict" en:"first-purchase month" zh:"首购月"`
	Channel     string   `parquet:"channel,dict" en:"acquisition channel; all" zh:"渠道"`
	MonthsSince int64    `parquet:"months_since" en:"months since" zh:"距首购月数"`
	Customers   int64    `parquet:"customers" en:"customers of the cohort" zh:"客户数"`
	Active      int64    `parquet:"active" en:"active customers" zh:"活跃数"`
	Retention   *float64 `parquet:"retention,optional" en:"retention" zh:"留存率"`
	Revenue     int64    `parquet:"revenue,decimal(4:18)" en:"revenue" zh:"收入"`
	LTV         int64    `parquet:"cumulative_ltv,decimal(4:18)" en:"cumulative revenue per customer" zh:"累计价值"`
}

// ChannelPerformance is what acquisition by one channel costs and brings.
type ChannelPerformance struct {
	RunColumns
	Channel      string   `parquet:"channel,dict" en:"channel" zh:"渠道"`
	CampaignID   string   `parquet:"campaign_id,dict" en:"campaign" zh:"活动"`
	Month        string   `parquet:"month,dict" en:"YYYY-MM" zh:"月份"`
	NewCustomers int64    `parquet:"new_customers" en:"new buyers" zh:"新客数"`
	Cost         *int64   `parquet:"cost,optional,decimal(4:18)" en:"cost; null where unknown" zh:"成本"`
	CAC          *int64   `parquet:"cac,optional,decimal(4:18)" en:"cost per new buyer" zh:"获客成本"`
	Retention90d *float64 `parquet:"retention_90d,optional" en:"retention at 90 days" zh:"90天留存"`
	LTV          *int64   `parquet:"ltv,optional,decimal(4:18)" en:"lifetime value" zh:"终身价值"`
	LTVToCAC     *float64 `parquet:"ltv_to_cac,optional" en:"lifetime value over cost" zh:"价值成本比"`
	PaybackDays  *int64   `parquet:"payback_days,optional" en:"days until the cost is earned" zh:"回本天数"`
}

// Feedback is one feedback item.
type Feedback struct {
	RunColumns
	Key        string `parquet:"feedback_key" en:"reference" zh:"反馈键"`
	CustomerID string `parquet:"customer_id,optional" en:"customer" zh:"客户编号"`
	Category   string `parquet:"category,dict" en:"product, service, need, other" zh:"分类"`
	Topic      string `parquet:"topic,optional,dict" en:"topic" zh:"主题"`
	Severity   int64  `parquet:"severity" en:"severity" zh:"严重程度"`
	Department string `parquet:"department,optional,dict" en:"department" zh:"部门"`
	Responded  *bool  `parquet:"responded_in_time,optional" en:"answered within 24 h" zh:"24小时响应"`
	Resolved   *bool  `parquet:"resolved_in_time,optional" en:"resolved within 48 h" zh:"48小时解决"`
}

// FeedbackSummary sums up feedback by month.
type FeedbackSummary struct {
	RunColumns
	Month      string   `parquet:"month,dict" en:"YYYY-MM" zh:"月份"`
	Category   string   `parquet:"category,dict" en:"category" zh:"分类"`
	Department string   `parquet:"department,dict" en:"department" zh:"部门"`
	Items      int64    `parquet:"items" en:"items" zh:"条数"`
	Late       int64    `parquet:"late" en:"late items" zh:"超时条数"`
	NPS        *float64 `parquet:"nps,optional" en:"net promoter score" zh:"NPS"`
	Topics     []string `parquet:"top_topics" en:"top topics" zh:"热门主题"`
}

// JourneyPath is one path that customers take.
type JourneyPath struct {
	RunColumns
	Path       string   `parquet:"path" en:"stages in order" zh:"路径"`
	Customers  int64    `parquet:"customers" en:"customers" zh:"客户数"`
	Conversion *float64 `parquet:"conversion,optional" en:"share that buys" zh:"转化率"`
	MedianDays *float64 `parquet:"median_days,optional" en:"median days" zh:"中位天数"`
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
