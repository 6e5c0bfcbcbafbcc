package schemas

// IdentityMap says for every source record which customer it belongs to. A customer all of whose
// records are deleted, or accounts that many share, is in no other table.
type IdentityMap struct {
	RunColumns
	Source           string   `parquet:"source,dict" en:"name of the source" zh:"来源"`
	Object           string   `parquet:"object,dict" en:"contact, account, lead, user ..." zh:"对象"`
	SourceID         string   `parquet:"source_id" en:"key as in the export, after unquoting; list keys joined by a bar" zh:"源记录编号"`
	System           string   `parquet:"system,dict" en:"system that made the export" zh:"系统"`
	Namespace        string   `parquet:"namespace,dict" en:"namespace of the reference" zh:"命名空间"`
	CustomerID       string   `parquet:"customer_id" en:"customer" zh:"客户编号"`
	MatchProbability *float64 `parquet:"match_probability,optional" en:"probability of the link; null for rules" zh:"匹配概率"`
	Rule             string   `parquet:"rule,optional,dict" en:"rule that joined the record to its customer" zh:"关联规则"`
	FirstRunID       string   `parquet:"first_run_id,dict" en:"run that first put the record there" zh:"首次运行编号"`
}

// Weight is what one comparison adds to the evidence.
type Weight struct {
	Comparison string  `parquet:"comparison,dict" en:"comparison" zh:"比较项"`
	Level      string  `parquet:"level,dict" en:"level of agreement" zh:"一致程度"`
	Log2       float64 `parquet:"log2" en:"match weight in bits" zh:"权重"`
}

// IdentityLink is a pair of records that was compared.
type IdentityLink struct {
	RunColumns
	LeftRef     string   `parquet:"left_ref" en:"reference of one record" zh:"左记录"`
	RightRef    string   `parquet:"right_ref" en:"reference of the other" zh:"右记录"`
	Rule        string   `parquet:"rule,dict" en:"rule or model" zh:"规则"`
	Accepted    bool     `parquet:"accepted" en:"the link was used" zh:"采用"`
	Probability *float64 `parquet:"probability,optional" en:"probability; null for rules" zh:"概率"`
	Weights     []Weight `parquet:"weights" en:"weight of each comparison" zh:"各项权重"`
	CustomerID  string   `parquet:"customer_id,optional" en:"customer of the left record" zh:"客户编号"`
}

// IdentityConflict is a link that was cut or vetoed.
type IdentityConflict struct {
	RunColumns
	LeftRef    string `parquet:"left_ref" en:"reference of one record" zh:"左记录"`
	RightRef   string `parquet:"right_ref" en:"reference of the other" zh:"右记录"`
	Rule       string `parquet:"rule,dict" en:"rule that would have linked them" zh:"规则"`
	Reason     string `parquet:"reason,dict" en:"why not" zh:"原因"`
	LeftValue  string `parquet:"left_value,optional" en:"value of one side" zh:"左值" contact:"true"`
	RightValue string `parquet:"right_value,optional" en:"value of the other" zh:"右值" contact:"true"`
}

// IdentityReview is a pair for people to decide: of two customers that may be one, or of two
// parts of a customer that may be two, the likeliest pair of records.
type IdentityReview struct {
	RunColumns
	LeftRef     string   `parquet:"left_ref" en:"reference of one record" zh:"左记录"`
	RightRef    string   `parquet:"right_ref" en:"reference of the other" zh:"右记录"`
	Probability float64  `parquet:"probability" en:"that the two customers are one, with all their records and all others that come into question" zh:"为同一客户的概率"`
	Merged      bool     `parquet:"merged" en:"the two are one customer so far" zh:"目前已合并"`
	Gain        float64  `parquet:"expected_gain" en:"what a decision is worth: the smaller of probability and 1 - probability, times the pairs of records that it joins or parts" zh:"期望收益：概率与1-概率中较小者×决定所合并或拆分的记录对数"`
	Weights     []Weight `parquet:"weights" en:"weight of each comparison of the two records; customers: what their other records and other customers add" zh:"各项权重"`
	LeftFields  string   `parquet:"left_fields" en:"fields of one record, a JSON object" zh:"左记录字段（JSON）" contact:"true"`
	RightFields string   `parquet:"right_fields" en:"fields of the other, a JSON object" zh:"右记录字段（JSON）" contact:"true"`
}

// CustomerIDRedirect leads any id that was ever given out to the current one.
type CustomerIDRedirect struct {
	RunColumns
	OldCustomerID string `parquet:"old_customer_id" en:"id that was given out" zh:"旧客户编号"`
	CustomerID    string `parquet:"customer_id,optional" en:"current id; null when retired" zh:"当前客户编号"`
}

// IdentityEvent is a change of customer ids.
type IdentityEvent struct {
	RunColumns
	Event           string `parquet:"event,dict" en:"created, merged, split, moved, retired" zh:"事件"`
	CustomerID      string `parquet:"customer_id" en:"id concerned" zh:"客户编号"`
	OtherCustomerID string `parquet:"other_customer_id,optional" en:"id that was merged, split off or left" zh:"另一客户编号"`
	Record          string `parquet:"record,optional" en:"reference of the record that moved" zh:"记录"`
	Cause           string `parquet:"cause,dict" en:"what led to it" zh:"原因"`
}

// CustomerRelation is a relation between two customers:
//   - household: two persons whose records share a phone number or street, whom the model takes
//     rather for two of one household than for one person or for strangers; a pair is there once,
//     the smaller id first;
//   - works_at: a person and the organization that a record of the person belongs to;
//   - subsidiary_of: an organization and the one above it;
//   - referred: a customer and the one who came by their recommendation.
type CustomerRelation struct {
	RunColumns
	From     string `parquet:"from_customer_id" en:"customer" zh:"客户编号"`
	Relation string `parquet:"relation,dict" en:"works_at, household, subsidiary_of, referred" zh:"关系"`
	To       string `parquet:"to_customer_id" en:"other customer" zh:"对方客户编号"`
	Since    *int32 `parquet:"since,optional,date" en:"first day known: of the record that states it" zh:"起始日期"`
}

// CustomerHistory is a customer at the end of a month, as the last run of the month saw it. Rows of
// earlier months are carried over from run to run; months without a run have none.
type CustomerHistory struct {
	RunColumns
	CustomerID string   `parquet:"customer_id" en:"customer" zh:"客户编号"`
	Month      string   `parquet:"month,dict" en:"YYYY-MM" zh:"月份"`
	Tier       string   `parquet:"tier,optional,dict" en:"tier" zh:"等级"`
	Lifecycle  string   `parquet:"lifecycle,optional,dict" en:"lifecycle stage" zh:"生命周期"`
	Segments   []string `parquet:"segments" en:"segment codes" zh:"分群"`
	Revenue    int64    `parquet:"revenue,decimal(4:18)" en:"revenue of the month" zh:"当月收入"`
	CLV        *int64   `parquet:"clv_12m,optional,decimal(4:18)" en:"CLV at month's end" zh:"终身价值"`
	Churn      *float64 `parquet:"churn_probability,optional" en:"churn probability at month's end" zh:"流失概率"`
}
