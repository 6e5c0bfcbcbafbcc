package value_test

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/demo"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

// Each query recomputes columns from facts and counts the customers, and those of whom the tables
// say something else.
var portraitQueries = []struct{ name, query string }{
	{"customer_behaviour", `
with own as (
	select m.customer_id, b.name, b.session, b.device, b.time t, date '2026-09-30' - cast(to_timestamp(b.time / 1e6 + 8 * 3600) at time zone 'UTC' as date) ago,
		hour(to_timestamp(b.time / 1e6 + 8 * 3600) at time zone 'UTC') clock
	from 'records/behaviour/*.parquet' b join 'identity_map/*.parquet' m on b.customer_ref = m.namespace || ':' || m.object || ':' || m.source_id
	where not b.deleted and b.time < epoch_us(timestamp '2026-09-30 16:00:00')
), sessions as (
	select customer_id, count(*) filter (ago < 30) s30, count(*) filter (ago < 90) s90
	from (select customer_id, session, min(ago) ago from own group by all) group by 1
), hours as (
	select customer_id, arg_max(clock, n * 100 - clock) clock from (select customer_id, clock, count(*) n from own group by all) group by 1
), sums as (
	select customer_id, count(*) events,
		count(*) filter (ago < 30 and name in ('page_view', 'view_item')) v30, count(*) filter (ago < 90 and name in ('page_view', 'view_item')) v90,
		count(*) filter (ago < 30 and name = 'add_to_cart') c30, count(*) filter (ago < 90 and name = 'add_to_cart') c90,
		count(*) filter (ago < 30 and name = 'view_search_results') q30, count(*) filter (ago < 90 and name = 'view_search_results') q90,
		min(t) t_first, max(t) t_last, max(t) filter (name = 'add_to_cart') cart
	from own group by 1
)
select count(*), count(*) filter (g.customer_id is null or g.events <> s.events or g.views_30d <> v30 or g.views_90d <> v90 or g.carts_30d <> c30 or g.carts_90d <> c90
	or g.searches_30d <> q30 or g.searches_90d <> q90 or g.sessions_30d <> s30 or g.sessions_90d <> s90 or g.favourite_hour <> clock
	or epoch_us(g.first_visit) <> s.t_first or epoch_us(g.last_visit) <> s.t_last or epoch_us(g.last_cart) is distinct from s.cart)
from sums s join sessions using (customer_id) join hours using (customer_id) full join 'customer_behaviour/*.parquet' g using (customer_id)`},

	{"funnel flags", `
with acts as (
	select customer_id, epoch_us(time) t, counts_as_revenue and status in ('paid', 'shipped', 'completed') own, counts_as_revenue and status in ('paid', 'shipped', 'completed') bought
	from 'orders/*.parquet' where customer_id is not null and day <= date '2026-09-30'
	union all
	select customer_id, epoch_us(time), coalesce(clicked, false) or coalesce(direction, '') = 'in' or direction is null and kind in ('ticket', 'call', 'chat', 'visit', 'survey', 'comment', 'review', 'social', 'lead'), false
	from 'interactions/*.parquet' where customer_id is not null
	union all
	select m.customer_id, b.time, true, false
	from 'records/behaviour/*.parquet' b join 'identity_map/*.parquet' m on b.customer_ref = m.namespace || ':' || m.object || ':' || m.source_id where not b.deleted
	union all
	select customer_id, epoch_us(first_seen), false, false from 'customers/*.parquet' where first_seen is not null
), days as (
	select customer_id, cast(to_timestamp(t / 1e6 + 8 * 3600) at time zone 'UTC' as date) d, own, bought from acts where t < epoch_us(timestamp '2026-09-30 16:00:00')
), flags as (
	select customer_id, min(d) acquired, min(d) filter (own) activated, min(d) filter (bought) converted from days group by 1
), retained as (
	select customer_id, min(d) filter (own and d >= activated + 7) retained from days join flags using (customer_id) group by 1
)
select count(*), count(*) filter (c.acquired_on is distinct from acquired or c.activated_on is distinct from activated or c.converted_on is distinct from converted
	or c.retained_on is distinct from retained
	or c.funnel <> case when c.referrals > 0 then 'referred' when converted is not null then 'converted' when retained is not null then 'retained' when activated is not null then 'activated' else 'acquired' end)
from 'customers/*.parquet' c left join flags using (customer_id) left join retained using (customer_id)`},

	{"cadence and lifecycle", `
with days as (
	select distinct customer_id, day from 'orders/*.parquet'
	where customer_id is not null and counts_as_revenue and status in ('paid', 'shipped', 'completed') and day <= date '2026-09-30'
), gaps as (
	select customer_id, day, day - lag(day) over w gap, row_number() over (partition by customer_id order by day desc) nth from days window w as (partition by customer_id order by day)
), cadence as (
	select customer_id, count(gap) n, max(gap) filter (nth = 1) last_gap, quantile_cont(gap, .95) p95, quantile_cont(gap, .95) filter (nth > 1) p95_before, date '2026-09-30' - max(day) silent
	from gaps group by 1
), population as (
	select max(patience_days) p from 'customers/*.parquet' where orders > 0 and gap_p95_days is null
), said as (
	select c.*, n, last_gap, p95, p95_before, silent,
		silent / greatest(1, case when n = 0 then p when n < 3 then greatest(p95, p) else p95 end) silence_now,
		last_gap / greatest(1, case when n < 2 then p when n < 4 then greatest(p95_before, p) else p95_before end) silence_then
	from 'customers/*.parquet' c left join cadence using (customer_id), population
)
select count(*), count(*) filter (last_gap_days is distinct from last_gap or abs(gap_p95_before_last - p95_before) > 1e-9 or (gap_p95_before_last is null) <> (p95_before is null)
	or abs(silence - silence_now) > 1e-9 or (silence is null) <> (silence_now is null) or abs(silence_before - silence_then) > 1e-9 or (silence_before is null) <> (silence_then is null)
	or lifecycle <> case when orders = 0 then 'prospect' when silence_now > 2 and silent > 60 then 'left' when silence_now > 1 then 'decline' when silence_then > 2 and last_gap > 60 then 'reactivated'
		when n = 0 then 'acquisition' when n < 3 or orders_90d >= 2 and orders_90d > orders_prev_90d then 'growth' else 'maturity' end)
from said`},

	{"value, tiers and history", `
with sums as (
	select customer_id, sum(revenue) filter (day > date '2026-09-30' - 365) of_year, sum(revenue) filter (day >= date '2026-09-01') in_month
	from 'orders/*.parquet'
	where customer_id is not null and counts_as_revenue and status in ('paid', 'shipped', 'completed', 'returned') and day <= date '2026-09-30' group by 1
), said as (
	select c.*, coalesce(of_year, 0) of_year, coalesce(in_month, 0) in_month, t.tier given, t.next_tier, t.missing, h.revenue of_month, h.tier of_tier, h.month when_
	from 'customers/*.parquet' c left join sums using (customer_id) left join 'customer_tier/*.parquet' t using (customer_id) left join 'customer_history/*.parquet' h using (customer_id)
)
select count(*), count(*) filter (revenue_12m <> of_year or revenue_month <> in_month or of_month is distinct from in_month or of_tier is distinct from tier or when_ <> '2026-09'
	or given <> case when of_year >= 50000 then 'diamond' when of_year >= 10000 then 'gold' when of_year >= 2000 then 'silver' else 'regular' end or given <> tier
	or missing is distinct from case when of_year >= 50000 then null when of_year >= 10000 then 50000 - of_year when of_year >= 2000 then 10000 - of_year else 2000 - of_year end
	or (abc = 'A' and churn_probability >= 0.5) <> list_contains(segments, 'value:high_value_at_risk'))
from said`},

	{"segment_summary and migration", `
with counted as (
	select scheme, segment, count(*) n, sum(c.revenue) r from 'customer_segment/*.parquet' s join 'customers/*.parquet' c using (customer_id) group by all
), moved as (
	select scheme, to_segment segment, sum(customers) m from 'segment_migration/*.parquet' where from_segment = '(none)' group by all
)
select count(*), count(*) filter (s.customers <> coalesce(n, 0) or s.revenue <> coalesce(r, 0) or s.entered <> s.customers or coalesce(m, 0) <> s.customers or s.name is null or s.name_cn is null)
from 'segment_summary/*.parquet' s full join counted using (scheme, segment) full join moved using (scheme, segment)`},

	{"customer_action", `
with refused as (
	select distinct customer_id from 'consents/*.parquet' where status <> 'granted' and (purpose = 'profiling' or purpose = 'marketing' and channel is null)
), granted as (
	select distinct customer_id, channel from 'consents/*.parquet' where purpose = 'marketing' and status = 'granted'
), contacted as (
	select customer_id, count(*) n from 'interactions/*.parquet'
	where direction = 'out' and coalesce(delivered, true) and kind in ('message', 'email', 'call', 'chat') and time >= timestamp '2026-08-31 16:00:00' and time < timestamp '2026-09-30 16:00:00' group by 1
)
select count(*), count(*) filter (c.open_tickets > 0 or r.customer_id is not null or coalesce(n, 0) >= 4 or coalesce(n, 0) <> c.contacts_30d or a.best_day <= date '2026-09-30'
	or a.play <> 'complaint_follow_up' and g.customer_id is null or a.play in ('replenishment', 'cross_sell') and c.next_best_product is null
	or a.play = 'birthday' and not (month(c.birth_date) in (9, 10)) or a.play = 'second_order' and c.orders <> 1 or a.play = 'vip_at_risk' and c.abc <> 'A')
from 'customer_action/*.parquet' a join 'customers/*.parquet' c using (customer_id) left join refused r using (customer_id) left join contacted using (customer_id)
left join granted g on g.customer_id = a.customer_id and g.channel = a.channel`},
}

func TestDuckDBPaintsTheSamePortrait(t *testing.T) {
	dir := t.TempDir()
	pipetest.DuckDB(t, dir, "select 1") // skips before the work
	if _, err := demo.Write(dir, demo.Params{Customers: 1000, Seed: 7, AsOf: "2026-09-30"}); err != nil {
		t.Fatal(err)
	}
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stageValue)
	for _, q := range portraitQueries {
		rows := pipetest.DuckDB(t, env.Layout.Dir(), q.query)
		if rows[0][0] == "0" || rows[0][1] != "0" {
			t.Errorf("%s: of %s rows %s differ", q.name, rows[0][0], rows[0][1])
		}
	}
	checkControls(t, env)
}

// checkControls draws the control group of every play from all buyers: on average they are worth
// what the others are, within 4 standard errors of the difference of two means.
func checkControls(t *testing.T, env *runs.Env) {
	t.Helper()
	var sums, squares, n [2]float64
	for _, c := range pipetest.Table[schemas.Customer](t, env, "customers") {
		for _, play := range []string{"welcome", "second_order", "birthday", "vip_at_risk", "win_back"} {
			if c.Orders == 0 {
				continue
			}
			group, value := 0, float64(c.Revenue)/10000
			if segment.InControl(play, c.CustomerID, segment.DefaultControl) {
				group = 1
			}
			n[group]++
			sums[group] += value
			squares[group] += value * value
		}
	}
	var mean, variance [2]float64
	for g := range n {
		mean[g] = sums[g] / n[g]
		variance[g] = (squares[g]/n[g] - mean[g]*mean[g]) / n[g]
	}
	if tolerance := 4 * math.Sqrt(variance[0]+variance[1]); n[1] < 100 || math.Abs(mean[0]-mean[1]) > tolerance {
		t.Errorf("%.0f in control groups with %.2f on average, the others with %.2f: more than %.2f apart", n[1], mean[1], mean[0], tolerance)
	}
	for _, action := range pipetest.Table[schemas.CustomerAction](t, env, "customer_action") {
		if action.Control != segment.InControl(action.Play, action.CustomerID, segment.DefaultControl) {
			t.Errorf("play %s: control %v", action.Play, action.Control)
		}
	}
}
