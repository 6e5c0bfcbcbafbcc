package value_test

import (
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
)

// The cohorts and key figures of a year of a British wholesaler (UCI Online Retail) are those of
// SQL over the orders.
func TestOnlineRetailHasTheCohortsOfSQL(t *testing.T) {
	pipetest.DuckDB(t, t.TempDir(), "select 1") // skips before the work
	env := onlineRetail(t)
	const facts = `with counting as (
		select * from 'orders/*.parquet' where counts_as_revenue and status in ('paid', 'shipped', 'completed') and day <= date '2011-12-10' and customer_id is not null
	), buyers as (select customer_id, min(day) as first from counting group by 1
	), earning as (
		select o.* from 'orders/*.parquet' o join buyers using (customer_id) where counts_as_revenue and status in ('paid', 'shipped', 'completed', 'returned') and day <= date '2011-12-10'
	)`
	for name, query := range map[string]string{
		"cohorts": facts + `, sizes as (select date_trunc('month', first) as cohort, count(*) as n from buyers group by 1
			), grid as (select * from sizes, range(0, 13) r(since) where cohort + to_months(since::int) <= date '2011-12-10'
			), seen as (select date_trunc('month', first) as cohort, datediff('month', first, day) as since, count(distinct customer_id) as active from counting join buyers using (customer_id) group by 1, 2
			), money as (select date_trunc('month', first) as cohort, greatest(datediff('month', first, day), 0) as since, sum(revenue) as revenue from earning join buyers using (customer_id) group by 1, 2
			), want as (select *, sum(coalesce(revenue, 0)) over (partition by cohort order by since) / n as ltv from grid left join seen using (cohort, since) left join money using (cohort, since))
			select w.*, g.* from want w full join (from 'cohort_retention/*.parquet' where channel = 'all') g on strftime(w.cohort, '%Y-%m') = g.cohort and w.since = g.months_since
			where w.n is distinct from g.customers or case when w.cohort + to_months(w.since::int) < date '2011-12-01'
				then coalesce(w.active, 0) is distinct from g.active or coalesce(w.active, 0) / w.n is distinct from g.retention or coalesce(w.revenue, 0) is distinct from g.revenue or abs(w.ltv - g.cumulative_ltv) > .0001
				else g.active is not null or g.retention is not null or g.revenue is not null end`,
		"retention": facts + `, quarters as (select '2011-Q' || q as period, make_date(2011, q * 3 - 2, 1) as first, last_day(make_date(2011, q * 3, 1)) as last from range(2, 4) r(q)
			), want as (unpivot (select period,
				(select count(distinct b.customer_id) from counting b join counting c using (customer_id) where b.day between q.first - interval 3 month and q.first - 1 and c.day between q.first and last)
					/ (select count(distinct customer_id) from counting b where b.day between q.first - interval 3 month and q.first - 1) as quarterly_retention,
				(select count(distinct b.customer_id) from counting b join counting c using (customer_id) where b.day between q.first - 180 and q.first - 1 and c.day between q.first and last)
					/ (select count(distinct customer_id) from counting b where b.day between q.first - 180 and q.first - 1) as retention
				from quarters q) on columns(* exclude period) into name metric value value)
			select * from want w join 'kpi/*.parquet' g using (period, metric) where w.value is distinct from g.value and not (metric = 'retention' and period = '2011-Q2' and g.value is null)`,
	} {
		if rows := pipetest.DuckDB(t, env.Layout.Dir(), query); len(rows) > 0 {
			t.Errorf("%s: %d rows differ, such as %v", name, len(rows), rows[:min(3, len(rows))])
		}
	}
	rows := pipetest.DuckDB(t, env.Layout.Dir(), `select count(distinct cohort), any_value(customers) filter (cohort = '2010-12'), max(active) filter (cohort = '2010-12' and months_since = 11), count(*) filter (retention is null),
		(select count(*) from 'kpi/*.parquet' where metric = 'quarterly_retention' and value is not null) from 'cohort_retention/*.parquet' where channel = 'all'`)
	t.Logf("cohorts, customers of the first, active after 11 months, months that are not over, quarters: %v", rows[0])
	if rows[0][0] != "13" || rows[0][3] != "13" {
		t.Errorf("13 cohorts have 13 months that are not over, not %v", rows[0])
	}
}
