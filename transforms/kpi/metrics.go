package kpi

import "github.com/tributary-cdp/tributary/transforms/measure"

// Units of values.
const (
	UnitCount = "count"
	UnitMoney = "money" // reporting units
	UnitShare = "share" // 0 to 1; of growth: of what was there before
	UnitScore = "score" // -100 to 100
	UnitRatio = "ratio"
)

// metric is one figure: how it follows from a period's counts.
type metric struct {
	code, zh, unit string
	kinds          []string // kinds of periods that have it; nil = all
	before         func(p Period, s Settings) int32
	always         bool // follows from records that hold their own past: no order need be known
	value          func(f *ofPeriod) (numerator, denominator float64)
}

func share(a, b int64) (float64, float64) { return float64(a), float64(b) }

func whole(a int64) (float64, float64) { return float64(a), 1 }

func growth(before, after int64) (float64, float64) { return float64(after - before), float64(before) }

const moneyScale = 10000

func money(a int64) (float64, float64) { return float64(a), moneyScale }

func activeBeforeStart(p Period, s Settings) int32 { return p.First - s.ActiveDays }

func activeBeforeEnd(p Period, s Settings) int32 { return min(p.First, p.Last-s.ActiveDays+1) }

func dayBefore(p Period, _ Settings) int32 { return p.First - 1 }

// firstOrders: who buys first soon after the data begin may have bought before.
func firstOrders(p Period, _ Settings) int32 { return p.First - measure.CensorDays }

var (
	spans     = []string{KindLast12m, KindYear, KindQuarter, KindMonth}
	classes   = []string{KindLast12m, KindYear, KindQuarter}
	allOnly   = []string{KindAll}
	recurring = []string{KindAll, KindYear, KindQuarter, KindMonth}
)

// repeatGain is by how much more repeat purchase is valued.
const repeatGain = 0.05

// metrics are the figures in the order of the table. before is the first day of which the
// data must hold all orders; the period's own first day where it is not given.
var metrics = []metric{
	{code: "customers", zh: "客户数", unit: UnitCount, value: func(f *ofPeriod) (float64, float64) { return whole(f.Customers) }},
	{code: "customer_growth", zh: "客户增长率", unit: UnitShare, kinds: spans, before: dayBefore, value: func(f *ofPeriod) (float64, float64) {
		return growth(f.CustomersStart, f.Customers)
	}},
	{code: "buyers", zh: "购买客户数", unit: UnitCount, value: func(f *ofPeriod) (float64, float64) { return whole(f.Buyers) }},
	{code: "new_buyers", zh: "新购买客户数", unit: UnitCount, value: func(f *ofPeriod) (float64, float64) { return whole(f.NewBuyers) }},
	{code: "new_customer_share", zh: "新客占比", unit: UnitShare, kinds: spans, before: firstOrders, value: func(f *ofPeriod) (float64, float64) {
		return share(f.NewBuyers, f.Buyers)
	}},
	{code: "active_customers", zh: "活跃客户数", unit: UnitCount, before: activeBeforeEnd, value: func(f *ofPeriod) (float64, float64) { return whole(f.ActiveEnd) }},
	{code: "orders", zh: "订单数", unit: UnitCount, value: func(f *ofPeriod) (float64, float64) { return whole(f.Orders) }},
	{code: "revenue", zh: "净收入", unit: UnitMoney, value: func(f *ofPeriod) (float64, float64) { return money(f.Revenue) }},
	{code: "gross_revenue", zh: "总收入", unit: UnitMoney, value: func(f *ofPeriod) (float64, float64) { return money(f.Gross) }},
	{code: "anonymous_revenue", zh: "匿名收入", unit: UnitMoney, value: func(f *ofPeriod) (float64, float64) { return money(f.AnonymousSales) }},
	{code: "average_order_value", zh: "客单价", unit: UnitMoney, value: averageOrder},
	{code: "repeat_rate", zh: "复购率", unit: UnitShare, value: func(f *ofPeriod) (float64, float64) { return share(f.Repeaters, f.Buyers) }},
	{code: "repeat_gain", zh: "复购提升5%的价值", unit: UnitMoney, before: firstOrders, value: func(f *ofPeriod) (float64, float64) {
		return float64(f.RepeatRevenue) * repeatGain, moneyScale
	}},
	{code: "market_share", zh: "市场份额", unit: UnitShare, value: func(f *ofPeriod) (float64, float64) { return float64(f.Revenue), f.market * moneyScale }},
	{code: "retention", zh: "留存率", unit: UnitShare, kinds: spans, before: activeBeforeStart, value: func(f *ofPeriod) (float64, float64) { return share(f.Retained, f.ActiveStart) }},
	{code: "churn_rate", zh: "流失率", unit: UnitShare, kinds: spans, before: activeBeforeStart, value: func(f *ofPeriod) (float64, float64) {
		return share(f.ActiveStart-f.Retained, f.ActiveStart)
	}},
	{
		code: "quarterly_retention", zh: "季度留存率", unit: UnitShare, kinds: []string{KindQuarter}, before: func(p Period, _ Settings) int32 { return p.before },
		value: func(f *ofPeriod) (float64, float64) { return share(f.BoughtAgain, f.BoughtBefore) },
	},
	{code: "high_value_customers", zh: "高价值客户数", unit: UnitCount, kinds: classes, before: activeBeforeStart, value: ofHigh(func(h *HighValue) (float64, float64) { return whole(h.End) })},
	{code: "high_value_growth", zh: "高价值客户增长率", unit: UnitShare, kinds: classes, before: activeBeforeStart, value: ofHigh(func(h *HighValue) (float64, float64) {
		return growth(h.Start, h.End)
	})},
	{code: "high_value_retention", zh: "高价值客户留存率", unit: UnitShare, kinds: classes, before: activeBeforeStart, value: ofHigh(func(h *HighValue) (float64, float64) {
		return share(h.Bought, h.Start)
	})},
	{code: "acquisition_cost", zh: "获客投入", unit: UnitMoney, value: ofSpend(func(f *ofPeriod) (float64, float64) { return money(f.spend.Acquisition) })},
	{code: "cac", zh: "获客成本", unit: UnitMoney, kinds: spans, before: firstOrders, value: ofSpend(costPerBuyer)},
	{code: "cac_share", zh: "获客成本占客单价", unit: UnitShare, kinds: spans, before: firstOrders, value: ofSpend(func(f *ofPeriod) (float64, float64) {
		cost, ok := quotient(costPerBuyer(f))
		order, sold := quotient(averageOrder(f))
		if !ok || !sold {
			return 0, 0
		}
		return cost, order
	})},
	{code: "retention_cost", zh: "留存投入", unit: UnitMoney, value: ofSpend(func(f *ofPeriod) (float64, float64) {
		if !f.spend.ForRetention {
			return 0, 0
		}
		return money(f.spend.Retention)
	})},
	{code: "retention_cost_per_customer", zh: "单客留存成本", unit: UnitMoney, kinds: spans, before: activeBeforeStart, value: ofSpend(costPerRetained)},
	{code: "acquisition_to_retention_cost", zh: "获客与留存成本比", unit: UnitRatio, kinds: spans, before: activeBeforeStart, value: ofSpend(func(f *ofPeriod) (float64, float64) {
		acquired, ok := quotient(costPerBuyer(f))
		retained, has := quotient(costPerRetained(f))
		if !ok || !has {
			return 0, 0
		}
		return acquired, retained
	})},
	{code: "nps", zh: "净推荐值", unit: UnitScore, value: func(f *ofPeriod) (float64, float64) {
		return 100 * float64(f.Scores.Promoters-f.Scores.Detractors), float64(f.Scores.Answers)
	}},
	{code: "csat", zh: "满意度", unit: UnitShare, value: func(f *ofPeriod) (float64, float64) {
		return float64(f.Scores.Satisfied) / 1e6, float64(f.Scores.Rated)
	}},
	{code: "response_in_time", zh: "24小时响应率", unit: UnitShare, value: func(f *ofPeriod) (float64, float64) {
		return share(f.InTime.AnsweredInTime, f.InTime.Answered)
	}},
	{code: "resolved_in_time", zh: "48小时解决率", unit: UnitShare, value: func(f *ofPeriod) (float64, float64) {
		return share(f.InTime.ResolvedInTime, f.InTime.Resolved)
	}},
	{code: "win_rate", zh: "赢单率", unit: UnitShare, value: func(f *ofPeriod) (float64, float64) { return share(f.WonDeals, f.WonDeals+f.LostDeals) }},
	{code: "pipeline", zh: "在途商机金额", unit: UnitMoney, kinds: allOnly, value: ofPipeline(func(p *Pipeline) (float64, float64) { return money(p.Amount) })},
	{code: "pipeline_weighted", zh: "加权商机金额", unit: UnitMoney, kinds: allOnly, value: ofPipeline(func(p *Pipeline) (float64, float64) { return money(p.Weighted) })},
	{code: "mrr", zh: "月经常性收入", unit: UnitMoney, kinds: recurring, always: true, value: ofMRR(func(m *movement) int64 { return m.End })},
	{code: "mrr_new", zh: "新增月经常性收入", unit: UnitMoney, kinds: recurring, always: true, value: ofMRR(func(m *movement) int64 { return m.New })},
	{code: "mrr_reactivated", zh: "恢复月经常性收入", unit: UnitMoney, kinds: recurring, always: true, value: ofMRR(func(m *movement) int64 { return m.Reactivated })},
	{code: "mrr_expansion", zh: "扩张月经常性收入", unit: UnitMoney, kinds: recurring, always: true, value: ofMRR(func(m *movement) int64 { return m.Expansion })},
	{code: "mrr_contraction", zh: "收缩月经常性收入", unit: UnitMoney, kinds: recurring, always: true, value: ofMRR(func(m *movement) int64 { return m.Contraction })},
	{code: "mrr_churned", zh: "流失月经常性收入", unit: UnitMoney, kinds: recurring, always: true, value: ofMRR(func(m *movement) int64 { return m.Churned })},
	{code: "renewals_due", zh: "90天内待续约金额", unit: UnitMoney, kinds: allOnly, value: func(f *ofPeriod) (float64, float64) {
		if f.renewals == nil {
			return 0, 0
		}
		return money(*f.renewals)
	}},
}

func averageOrder(f *ofPeriod) (float64, float64) {
	return float64(f.Revenue), float64(f.Orders) * moneyScale
}

func costPerBuyer(f *ofPeriod) (float64, float64) {
	return float64(f.spend.Acquisition), float64(f.NewBuyers) * moneyScale
}

func costPerRetained(f *ofPeriod) (float64, float64) {
	if !f.spend.ForRetention {
		return 0, 0
	}
	return float64(f.spend.Retention), float64(f.Retained) * moneyScale
}

func quotient(numerator, denominator float64) (float64, bool) {
	if denominator == 0 {
		return 0, false
	}
	return numerator / denominator, true
}

// ofSpend is a figure of periods whose costs are known.
func ofSpend(value func(*ofPeriod) (float64, float64)) func(*ofPeriod) (float64, float64) {
	return func(f *ofPeriod) (float64, float64) {
		if f.spend == nil {
			return 0, 0
		}
		return value(f)
	}
}

func ofHigh(value func(*HighValue) (float64, float64)) func(*ofPeriod) (float64, float64) {
	return func(f *ofPeriod) (float64, float64) {
		if f.high == nil {
			return 0, 0
		}
		return value(f.high)
	}
}

func ofPipeline(value func(*Pipeline) (float64, float64)) func(*ofPeriod) (float64, float64) {
	return func(f *ofPeriod) (float64, float64) {
		if f.pipeline == nil {
			return 0, 0
		}
		return value(f.pipeline)
	}
}

func ofMRR(value func(*movement) int64) func(*ofPeriod) (float64, float64) {
	return func(f *ofPeriod) (float64, float64) {
		if f.movement == nil {
			return 0, 0
		}
		return money(value(f.movement))
	}
}
