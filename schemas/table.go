package schemas

import (
	"reflect"
	"strings"
)

// RunColumns are in every output table.
type RunColumns struct {
	RunID string `parquet:"run_id,dict" en:"run that made the row" zh:"运行编号"`
	AsOf  int32  `parquet:"as_of,date" en:"day that the run looks back from" zh:"统计日期"`
}

// Table describes one output table.
type Table struct {
	Name  string
	Grain Label // what one row is
	Key   []string
	Row   reflect.Type // struct with parquet, en and zh tags
	Empty bool         // written with its schema but without rows so far
}

// Column is one column of a table.
type Column struct {
	Name        string
	Type        string // STRING, INT64, NUMERIC, FLOAT64, BOOL, DATE, TIMESTAMP, RECORD
	Mode        string // REQUIRED, NULLABLE, REPEATED
	Description Label
	Contact     bool // holds contact data: kept out of the dataset for BI
	Fields      []Column
}

// Columns lists the columns of a row type, embedded structs flattened.
func Columns(t reflect.Type) []Column {
	var out []Column
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Anonymous {
			out = append(out, Columns(field.Type)...)
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		if name == "" {
			continue
		}
		column := Column{Name: name, Mode: "REQUIRED", Description: Label{field.Tag.Get("en"), field.Tag.Get("zh")}, Contact: field.Tag.Get("contact") == "true"}
		if strings.Contains(","+options+",", ",optional,") {
			column.Mode = "NULLABLE"
		}
		kind := field.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if kind.Kind() == reflect.Slice {
			column.Mode, kind = "REPEATED", kind.Elem()
		}
		if kind.Kind() == reflect.Struct {
			column.Type, column.Fields = "RECORD", Columns(kind)
		} else {
			column.Type = columnType(kind.Kind(), options)
		}
		out = append(out, column)
	}
	return out
}

func columnType(kind reflect.Kind, options string) string {
	switch {
	case strings.Contains(options, "decimal"):
		return "NUMERIC"
	case strings.Contains(options, "timestamp"):
		return "TIMESTAMP"
	case strings.Contains(options, "date"):
		return "DATE"
	}
	switch kind {
	case reflect.String:
		return "STRING"
	case reflect.Bool:
		return "BOOL"
	case reflect.Float64:
		return "FLOAT64"
	}
	return "INT64"
}

// TableNamed finds a table.
func TableNamed(name string) (Table, bool) {
	for _, t := range Tables() {
		if t.Name == name {
			return t, true
		}
	}
	return Table{}, false
}

func table[T any](name, en, zh string, key ...string) Table {
	return Table{Name: name, Grain: Label{en, zh}, Key: key, Row: reflect.TypeFor[T]()}
}

func empty[T any](name, en, zh string, key ...string) Table {
	t := table[T](name, en, zh, key...)
	t.Empty = true
	return t
}

// Tables lists all output tables in the order of the documentation.
func Tables() []Table {
	return []Table{
		table[Customer]("customers", "unified customer: the one customer table", "统一客户（客户主表）", "customer_id"),
		table[IdentityMap]("identity_map", "source record", "源记录", "source", "object", "source_id"),
		table[IdentityLink]("identity_link", "accepted or rejected pair that was compared", "比对过的记录对", "left_ref", "right_ref", "rule"),
		table[IdentityConflict]("identity_conflict", "cut or vetoed link", "被否决的关联", "left_ref", "right_ref", "rule", "reason"),
		table[IdentityReview]("identity_review", "pair in the grey zone, for people to decide", "待人工复核的记录对", "left_ref", "right_ref"),
		table[CustomerIDRedirect]("customer_id_redirect", "customer id that was ever given out", "历史客户编号指向", "old_customer_id"),
		table[IdentityEvent]("identity_event", "customer id created, merged, split, moved or retired", "客户编号变更事件", "run_id", "event", "customer_id", "record"),
		table[CustomerRelation]("customer_relation", "relation between two customers", "客户关系", "from_customer_id", "relation", "to_customer_id"),
		table[CustomerHistory]("customer_history", "customer and month", "客户月度历史", "customer_id", "month"),
		table[OrderRow]("orders", "order", "订单", "order_key"),
		table[OrderLineRow]("order_lines", "order line", "订单明细", "order_line_key"),
		table[ProductRow]("products", "product", "商品", "product_key"),
		table[OrderLink]("order_link", "order seen in a second system", "跨系统重复订单", "order_key"),
		table[OpportunityRow]("opportunities", "opportunity", "商机", "opportunity_key"),
		table[SubscriptionRow]("subscriptions", "subscription", "订阅", "subscription_key"),
		table[LoyaltyEventRow]("loyalty_events", "movement of points or change of tier", "积分与等级变动", "loyalty_event_key"),
		table[CustomerBehaviour]("customer_behaviour", "customer", "客户行为汇总", "customer_id"),
		table[TraitRow]("traits", "statement about a customer", "客户特征", "trait_key"),
		table[InteractionRow]("interactions", "ticket, call, chat, survey answer, comment or lead", "客户互动", "interaction_key"),
		table[Touchpoint]("touchpoints", "step of a customer's journey", "触点", "customer_id", "step"),
		table[ConsentRow]("consents", "customer, identifier, purpose and channel", "授权同意", "consent_key"),
		table[CustomerRFM]("customer_rfm", "buyer", "RFM与ABC", "customer_id"),
		table[CustomerCLV]("customer_clv", "customer with orders", "客户终身价值", "customer_id"),
		table[CustomerChurn]("customer_churn", "customer with orders", "流失风险", "customer_id"),
		table[CustomerSegment]("customer_segment", "customer, scheme and segment", "客户分群", "customer_id", "scheme", "segment"),
		table[CustomerAction]("customer_action", "customer and play", "客户行动建议", "customer_id", "play"),
		table[CustomerTier]("customer_tier", "customer", "会员等级", "customer_id"),
		empty[NextBestProduct]("next_best_product", "customer and rank", "推荐商品", "customer_id", "rank"),
		empty[ProductAffinity]("product_affinity", "pair of products", "商品关联", "product", "other_product"),
		table[SegmentSummary]("segment_summary", "scheme and segment", "分群汇总", "scheme", "segment"),
		table[SegmentMigration]("segment_migration", "scheme, from and to", "分群迁移", "scheme", "from_segment", "to_segment"),
		table[InterventionEffect]("intervention_effect", "campaign, audience or play", "干预效果", "kind", "audience"),
		empty[ChurnDriver]("churn_driver", "feature", "流失驱动因素", "feature"),
		table[PainPoint]("pain_point", "touchpoint and topic", "痛点", "touchpoint", "topic"),
		table[ChannelNeed]("channel_need", "channel and need", "渠道需求", "channel", "need"),
		table[OwnerPerformance]("owner_performance", "sales or service owner", "负责人业绩", "owner"),
		table[CohortRetention]("cohort_retention", "first-purchase month, channel and months since", "同期群留存", "cohort", "channel", "months_since"),
		table[ChannelPerformance]("channel_performance", "acquisition channel, campaign and month", "渠道效果", "channel", "campaign_id", "month"),
		table[KPI]("kpi", "period and metric", "关键指标", "period", "metric"),
		table[Feedback]("feedback", "feedback item", "客户反馈", "feedback_key"),
		table[FeedbackSummary]("feedback_summary", "month, category and department", "反馈汇总", "month", "category", "department"),
		table[JourneyPath]("journey_path", "path of stages", "旅程路径", "path"),
		table[Audience]("audience", "audience and platform", "人群包与平台", "audience", "platform"),
		table[AudienceMember]("audience_member", "audience and customer", "人群包成员", "audience", "customer_id"),
		table[ModelRun]("model_run", "model and fit", "模型拟合记录", "model", "parameter"),
		table[RejectRow]("reject", "source row not accepted", "被拒绝的行", "source", "file", "row"),
		table[DataQuality]("data_quality", "table or file, column and check", "数据质量", "table_name", "column_name", "check_name"),
		table[RunLog]("run_log", "job and table: what it read and wrote", "运行日志", "job", "table_name"),
		table[RevenueReconciliation]("revenue_reconciliation", "source and month", "收入对账", "source", "month"),
		table[DimDate]("dim_date", "day", "日期维度", "day"),
		table[DimChannel]("dim_channel", "channel", "渠道维度", "channel"),
	}
}
