package value_test

// businessFacts are what the queries below begin with: facts up to as_of, and who came from where.
const businessFacts = `
with counting as (
	select * from 'orders/*.parquet'
	where counts_as_revenue and status in ('paid', 'shipped', 'completed') and day <= date '2026-06-20' and customer_id is not null
), earning as (
	select * from 'orders/*.parquet'
	where counts_as_revenue and status in ('paid', 'shipped', 'completed', 'returned') and day <= date '2026-06-20' and customer_id is not null
), data_start as (select min(day) as day from 'orders/*.parquet'
), days_cost as (
	select lower(channel) as channel, campaign_id, campaign, date '1970-01-01' + day as day,
		cost / 100.0 * case currency when 'USD' then 7.1 else 1 end as cost, campaign ilike '%retarget%' as retention
	from 'records/campaign_cost/*.parquet'
), costs as (
	select channel, campaign_id, strftime(day, '%Y-%m') as month, min(campaign) as campaign,
		case when count(cost) = count(*) then sum(cost) end as cost, bool_or(retention) as retention
	from days_cost group by 1, 2, 3
), origin as (
	select c.*, coalesce(k.channel, lower(trim(c.first_channel)), 'unknown') as channel, coalesce(c.acquisition_campaign, '') as campaign
	from 'customers/*.parquet' c left join (select distinct campaign_id, channel from costs) k on k.campaign_id = c.acquisition_campaign
), buyers as (
	select customer_id, min(day) as first from counting group by 1
), returned as (
	select customer_id, bool_or(c.day > b.first and c.day <= b.first + 90) as again from buyers b join counting c using (customer_id) group by 1
), wishes as (
	select customer_id, unnest(list_distinct(list_concat(needs, interests))) as need from 'customers/*.parquet'
), items as (
	select *, (time::timestamp + interval 8 hour)::date as local_day from 'feedback/*.parquet'
)
`

// businessQueries give the rows in which a table and its recomputation differ. The data begin in
// the first days of 2025, so that the first quarter is not complete.
var businessQueries = map[string]string{
	"attribution": `, touches as (
	select i.customer_id, i.channel, i.campaign_id, row_number() over (partition by i.customer_id order by i.time, i.interaction_key) as n
	from 'interactions/*.parquet' i join (select customer_id, min(time) as first from counting group by 1) b using (customer_id)
	where i.channel is not null and i.time <= b.first and i.time >= b.first - interval 90 day
)
select c.customer_id, c.first_channel, t.channel from touches t join 'customers/*.parquet' c using (customer_id)
where n = 1 and (c.first_channel is distinct from t.channel or c.acquisition_campaign is distinct from t.campaign_id)`,

	"cohort_retention": `, cohort as (
	select customer_id, first, strftime(first, '%Y-%m') as cohort, channel, first_order_censored::int as censored from buyers join origin using (customer_id)
), both_ways as (from cohort union all select * replace ('all' as channel) from cohort
), grid as (
	select cohort, channel, since, count(*) as n, sum(censored) as censored, any_value(date_trunc('month', first) + to_months(since::int + 1)) <= timestamp '2026-06-21' as over
	from both_ways, range(0, 24) r(since) where date_trunc('month', first) + to_months(since::int) <= date '2026-06-20' group by 1, 2, 3
), seen as (
	select b.cohort, b.channel, datediff('month', first, c.day) as since, count(distinct customer_id) as active
	from both_ways b join counting c using (customer_id) group by 1, 2, 3
), money as (
	select b.cohort, b.channel, greatest(datediff('month', first, e.day), 0) as since, sum(e.revenue) as revenue
	from both_ways b join earning e using (customer_id) group by 1, 2, 3
), want as (
	select cohort, channel, since, n, censored, over, coalesce(active, 0) as active, coalesce(revenue, 0) as revenue,
		sum(coalesce(revenue, 0)) over (partition by cohort, channel order by since) / n as ltv
	from grid left join seen using (cohort, channel, since) left join money using (cohort, channel, since)
)
select * from want w full join 'cohort_retention/*.parquet' g on w.cohort = g.cohort and w.channel = g.channel and w.since = g.months_since
where w.n is distinct from g.customers or w.censored is distinct from g.first_order_censored
	or (case when over then w.active end) is distinct from g.active or (case when over then w.active / n end) is distinct from g.retention
	or (case when over then w.revenue end) is distinct from g.revenue
	or (case when over then abs(w.ltv - g.cumulative_ltv) > .0001 else g.cumulative_ltv is not null end) is not false`,

	"channel_performance": `, brought as (
	select channel, campaign, strftime(first, '%Y-%m') as month, count(*) as n, sum(first_order_censored::int) as censored,
		sum(again::int) as again, avg(v.clv_lifetime) as ltv
	from buyers join origin using (customer_id) join returned using (customer_id) join 'customer_clv/*.parquet' v using (customer_id) group by 1, 2, 3
), curve as (
	select origin.channel, origin.campaign, strftime(first, '%Y-%m') as month, ceil(greatest(e.day - first, 0) / 30.0) as step, sum(e.revenue) as revenue
	from buyers join origin using (customer_id) join earning e using (customer_id) group by 1, 2, 3, 4
), earned as (
	select c.channel, c.campaign, c.month, s.step, sum(c.revenue) filter (c.step <= s.step) as so_far
	from curve c, range(0, 20) s(step) where c.step <= s.step group by 1, 2, 3, 4
), joined as (
	select coalesce(b.channel, k.channel) as channel, coalesce(b.campaign, k.campaign_id) as campaign, coalesce(b.month, k.month) as month,
		coalesce(n, 0) as n, coalesce(censored, 0) as censored, again, ltv, cost, retention, last_day(strptime(coalesce(b.month, k.month) || '-01', '%Y-%m-%d')) as until
	from brought b full join costs k on b.channel = k.channel and b.campaign = k.campaign_id and b.month = k.month
), want as (
	select *, case when cost is not null and not retention and n > 0 and until <= date '2026-06-20'
		and date_trunc('month', until) >= (select day + 30 from data_start) then cost / n end as cac
	from joined
), paid as (
	select w.channel, w.campaign, w.month, min(e.step) * 30 as payback
	from want w join earned e on e.channel = w.channel and e.campaign = w.campaign and e.month = w.month
	where w.cac is not null and e.so_far >= w.cost and w.until + e.step::int * 30 <= date '2026-06-20' group by 1, 2, 3
)
select * from want w full join 'channel_performance/*.parquet' g on w.channel = g.channel and w.campaign = g.campaign_id and w.month = g.month
left join paid p on p.channel = w.channel and p.campaign = w.campaign and p.month = w.month
where w.n is distinct from g.new_customers or w.censored is distinct from g.first_order_censored or abs(w.cost - g.cost) > .0001 or (w.cost is null) <> (g.cost is null)
	or abs(w.cac - g.cac) > .0001 or (w.cac is null) <> (g.cac is null) or p.payback is distinct from g.payback_days
	or (case when until + 90 <= date '2026-06-20' and n > 0 then again / n end) is distinct from g.retention_90d
	or abs(w.ltv - g.ltv) > .0001 or (w.ltv is null) <> (g.ltv is null) or abs(w.ltv / w.cac - g.ltv_to_cac) > .01 or g.basis <> 'revenue'
	or (case when w.retention then 'retention' when w.retention is not null then 'acquisition' end) is distinct from g.purpose`,

	"customer_clv.cac": `
select * from 'customer_clv/*.parquet' v join origin o using (customer_id) join buyers b using (customer_id)
left join 'channel_performance/*.parquet' p on p.channel = o.channel and p.campaign_id = o.campaign and p.month = strftime(b.first, '%Y-%m')
where v.cac is distinct from p.cac`,

	"channel_need": `, stated as (
	select o.channel, w.need, o.customer_id, b.first, b.first + 90 <= date '2026-06-20' as due, r.again, v.clv_lifetime
	from wishes w join origin o using (customer_id) left join buyers b using (customer_id) left join returned r using (customer_id)
	left join 'customer_clv/*.parquet' v using (customer_id)
), want as (
	select channel, need, count(*) as n, count(first) as buyers, avg(clv_lifetime) as ltv,
		count(*) filter (due and again) / nullif(count(*) filter (due), 0) as retention
	from stated group by 1, 2
), whole as (select channel, count(distinct customer_id) as n from stated group by 1)
select * from (select w.*, w.n / a.n as share from want w join whole a using (channel)) w
full join 'channel_need/*.parquet' g on w.channel = g.channel and w.need = g.need
where w.n is distinct from g.customers or w.buyers is distinct from g.buyers or w.share is distinct from g.share or w.retention is distinct from g.retention
	or abs(w.ltv - g.ltv) > .0001 or (w.ltv is null) <> (g.ltv is null)`,

	"feedback": `, want as (
	select i.*, timestamp '2026-06-20 16:00:00' as as_of_end, kind in ('ticket', 'chat', 'call', 'email') as request,
		case when first_response_time < timestamp '2026-06-20 16:00:00' then first_response_time end as answer,
		case when resolved_time < timestamp '2026-06-20 16:00:00' then resolved_time end as solution,
		kind = 'ticket' and status <> 'solved' or status in ('open', 'pending') as waits
	from 'interactions/*.parquet' i where kind not in ('message') and time < timestamp '2026-06-20 16:00:00'
), judged as (
	select *, case when not request then null
			when answer < time then null when answer is not null then answer - time <= interval 24 hour
			when solution < time then null when solution is not null then case when solution - time <= interval 24 hour then true end
			when waits and as_of_end - time > interval 24 hour then false end as responded,
		case when not request then null when solution < time then null when solution is not null then solution - time <= interval 48 hour
			when waits and as_of_end - time > interval 48 hour then false end as resolved
	from want
)
select * from judged w full join 'feedback/*.parquet' g on w.interaction_key = g.feedback_key
where w.responded is distinct from g.responded_in_time or w.resolved is distinct from g.resolved_in_time or w.customer_id is distinct from g.customer_id`,

	"feedback_summary": `, want as (
	select strftime(local_day, '%Y-%m') as month, category, coalesce(department, '') as department, count(*) as n,
		count(*) filter (responded_in_time is false or resolved_in_time is false) as late,
		avg(responded_in_time::int) as responded, avg(resolved_in_time::int) as resolved,
		100.0 * (count(*) filter (score_kind = 'nps' and score in (9, 10)) - count(*) filter (score_kind = 'nps' and score <= 6))
			/ nullif(count(*) filter (score_kind = 'nps' and score <= 10), 0) as nps,
		avg(score) filter (score_kind = 'csat') as csat
	from items group by 1, 2, 3
)
select * from want w full join 'feedback_summary/*.parquet' g on w.month = g.month and w.category = g.category and w.department = g.department
where w.n is distinct from g.items or w.late is distinct from g.late or abs(w.responded - g.response_in_time) > 1e-9 or abs(w.resolved - g.resolved_in_time) > 1e-9
	or (w.responded is null) <> (g.response_in_time is null) or (w.resolved is null) <> (g.resolved_in_time is null)
	or (w.nps is null) <> (g.nps is null) or abs(w.nps - g.nps) > 1e-9 or (w.csat is null) <> (g.csat is null) or abs(w.csat - g.csat) > 1e-6`,

	"pain_point": `, said as (
	select case when channel = kind then kind else trim(coalesce(channel, '') || ' ' || kind) end as touchpoint, topic, category, customer_id, severity
	from items where local_day > date '2026-06-20' - 365 and severity >= 2 and category in ('product', 'service') and topic is not null
), want as (
	select touchpoint, topic, category, count(*) as n, count(distinct customer_id) as customers, sum(severity) / count(*) as impact, sum(severity) as weight
	from said group by 1, 2, 3
), money as (
	select touchpoint, topic, sum(c.revenue_12m) as revenue
	from (select distinct touchpoint, topic, customer_id from said) join 'customers/*.parquet' c using (customer_id) group by 1, 2
)
select * from (select *, rank() over (order by weight desc) as place from want) w join money using (touchpoint, topic)
full join 'pain_point/*.parquet' g on w.touchpoint = g.touchpoint and w.topic = g.topic and w.category = g.category
where w.n is distinct from g.frequency or w.customers is distinct from g.customers or w.impact is distinct from g.impact or w.place is distinct from g.rank
	or money.revenue is distinct from g.revenue_12m`,

	"owner_performance": `, year as (select date '2026-06-20' - 364 as first
), per_customer as (
	select c.owner, c.customer_id, c.revenue_12m, bool_or(o.day >= first) as bought, bool_or(o.day < first and first - o.day <= 180) as before
	from 'customers/*.parquet' c cross join year left join counting o using (customer_id) where c.owner is not null group by 1, 2, 3
), customers as (
	select owner, count(*) as n, sum(revenue_12m) as revenue, count(*) filter (bought) as buyers, count(*) filter (before) as active, count(*) filter (before and bought) as retained
	from per_customer group by 1
), service as (
	select owner, count(*) as n, avg(responded_in_time::int) as responded, avg(resolved_in_time::int) as resolved
	from items, year where owner is not null and local_day >= first and kind in ('ticket', 'call', 'chat', 'email') group by 1
), answers as (
	select c.owner, 100.0 * (count(*) filter (score >= 9) - count(*) filter (score <= 6)) / count(*) as nps
	from items i cross join year join 'customers/*.parquet' c using (customer_id) where score_kind = 'nps' and score <= 10 and local_day >= first and c.owner is not null group by 1
), closed as (
	select owner, state, amount, (closed_at::timestamp + interval 8 hour)::date as local, expected_close from 'opportunities/*.parquet'
), sold as (
	select owner, count(*) filter (state = 'open') as open_deals, coalesce(sum(amount) filter (state = 'open'), 0) as pipeline,
		coalesce(sum(amount) filter (state = 'won' and day >= first), 0) as won,
		count(*) filter (state = 'won' and day >= first) as wins, count(*) filter (state = 'lost' and day >= first) as losses
	from (select *, coalesce(local, least(expected_close, date '2026-06-20')) as day from closed), year group by 1
)
select * from (from customers full join service using (owner) full join answers using (owner) full join sold using (owner)) w
full join 'owner_performance/*.parquet' g on w.owner = g.owner
where coalesce(w.n, 0) is distinct from g.customers or coalesce(w.buyers, 0) is distinct from g.buyers or coalesce(w.revenue, 0) is distinct from g.revenue
	or coalesce(w.n_1, 0) is distinct from g.service_contacts or abs(w.responded - g.response_in_time) > 1e-9 or abs(w.resolved - g.resolved_in_time) > 1e-9
	or (w.nps is null) <> (g.nps is null) or abs(w.nps - g.nps) > 1e-9 or g.retention is not null
	or w.wins / nullif(w.wins + w.losses, 0) is distinct from g.win_rate or (g.pipeline is not null and (w.pipeline <> g.pipeline or w.won <> g.won))`,

	"touchpoints": `, want as (
	select customer_id, order_key as reference, time, case when counts_as_revenue and status in ('paid', 'shipped', 'completed') then 'purchase' when status = 'returned' then 'service' else 'consideration' end as stage
	from 'orders/*.parquet' where customer_id is not null and primary_order_key is null and time < timestamp '2026-06-20 16:00:00'
	union all
	select customer_id, interaction_key, time, case when kind = 'survey' then 'advocacy' when kind = 'message' then 'consideration' else 'service' end
	from 'interactions/*.parquet' where customer_id is not null and time < timestamp '2026-06-20 16:00:00'
), steps as (select *, row_number() over (partition by customer_id order by time, reference) as step, min(time) over (partition by customer_id) as first from want)
select * from steps w full join 'touchpoints/*.parquet' g on w.customer_id = g.customer_id and w.step = g.step
where w.reference is distinct from g.reference or w.stage is distinct from g.stage or floor(epoch(w.time - w.first) / 86400) is distinct from g.days_since_first`,

	"journey_path": `, bought as (
	select customer_id, min(step) filter (stage = 'purchase') as place, arg_min(days_since_first, step) filter (stage = 'purchase') as days from 'touchpoints/*.parquet' group by 1
), before as (
	select customer_id, step, stage, lag(stage) over (partition by customer_id order by step) as last from 'touchpoints/*.parquet' join bought using (customer_id)
	where place is null or step < place
), stages as (select customer_id, list(stage order by step) as list from before where stage is distinct from last group by 1
), paths as (
	select customer_id, place is not null as converted, days,
		case when list is null then 'direct' when len(list) <= 6 then array_to_string(list, ' > ') else array_to_string(list[1:6], ' > ') || ' > ...' end as path
	from bought left join stages using (customer_id)
), want as (select path, count(*) as n, count(*) filter (converted) as converted, median(days) filter (converted) as days from paths group by 1)
select * from want w full join 'journey_path/*.parquet' g on w.path = g.path
where w.n is distinct from g.customers or w.converted is distinct from g.converted or w.converted / w.n is distinct from g.conversion or w.days is distinct from g.median_days`,

	"kpi": `, quarters as (
	select '2025-Q' || q as period, date_trunc('quarter', make_date(2025, q * 3 - 2, 1))::date as first, last_day(make_date(2025, q * 3, 1)) as last from range(1, 5) r(q)
	union all select '2026-Q1', date '2026-01-01', date '2026-03-31'
), first_orders as (select customer_id, arg_min(order_key, (time, order_key)) as first_key from counting group by 1
), per_quarter as (
	select period, first, last,
		(select count(distinct customer_id) from counting where day between first and last) as buyers,
		(select count(*) from buyers b where b.first between q.first and last) as new_buyers,
		(select sum(revenue) from 'orders/*.parquet' where counts_as_revenue and status in ('paid', 'shipped', 'completed', 'returned') and day between first and last) as revenue,
		(select count(*) from 'orders/*.parquet' where counts_as_revenue and status in ('paid', 'shipped', 'completed') and day between first and last) as orders,
		(select sum(revenue) from counting e join first_orders f using (customer_id) where e.order_key <> f.first_key and e.day between first and last) as again,
		(select case when count(distinct date_trunc('month', day)) = 3 and count(cost) = count(*) then sum(cost) filter (not retention) end from days_cost where day between first and last) as spent,
		(select case when count(distinct date_trunc('month', day)) = 3 and count(cost) = count(*) then sum(cost) filter (retention) end from days_cost where day between first and last) as kept,
		(select 100.0 * (count(*) filter (score >= 9) - count(*) filter (score <= 6)) / count(*) from items where score_kind = 'nps' and score <= 10 and local_day between first and last) as nps,
		(select avg(responded_in_time::int) from items where local_day between first and last) as responded,
		(select avg(resolved_in_time::int) from items where local_day between first and last) as resolved,
		(select count(distinct b.customer_id) from counting b where b.day < q.first and b.day >= q.first - 180) as active,
		(select count(distinct b.customer_id) from counting b join counting c using (customer_id) where b.day < q.first and b.day >= q.first - 180 and c.day between q.first and last) as retained
	from quarters q
), want as (
	unpivot (
		select period, new_buyers / buyers as new_customer_share, again::double * .05 as repeat_gain, spent / new_buyers as cac, spent / new_buyers / (revenue / orders) as cac_share,
			nps, responded as response_in_time, resolved as resolved_in_time, 1 - retained / active as churn_rate, kept / retained as retention_cost_per_customer,
			case when period = '2026-Q1' then revenue::double / 5000000 end as market_share
		from per_quarter
	) on columns(* exclude period) into name metric value value
)
select * from want w join 'kpi/*.parquet' g using (period, metric)
where abs(w.value - g.value) > 1e-6 * abs(w.value) + 1e-9
	or g.value is null and w.value is not null and not (g.period = '2025-Q1'
		or g.period in ('2025-Q2', '2025-Q3') and metric in ('churn_rate', 'retention_cost_per_customer'))`,

	"kpi: recurring revenue": `, terms as (
	select customer_id, amount_per_month as amount, greatest((started::timestamp + interval 8 hour)::date, coalesce((trial_end::timestamp + interval 8 hour)::date, date '1970-01-01')) as first,
		case when status = 'active' then date '2100-01-01' else coalesce((cancelled_at::timestamp + interval 8 hour)::date, (ends::timestamp + interval 8 hour)::date) end as until
	from 'subscriptions/*.parquet'
	where status <> 'trial'
), months as (
	select strftime(d, '%Y-%m') as period, last_day(d) as last from (select unnest(range(date '2024-12-01', date '2026-06-01', interval 1 month))::date as d)
), standing as (
	select period, last, customer_id, coalesce(sum(amount) filter (first <= last and until > last), 0) as mrr
	from months, terms where until is not null and customer_id is not null group by 1, 2, 3
), moved as (
	select *, lag(mrr, 1, 0) over w as before, max(mrr) over (partition by customer_id order by last rows between unbounded preceding and 1 preceding) > 0 as ever from standing window w as (partition by customer_id order by last)
), want as (
	unpivot (
		select period, sum(mrr)::double as mrr, coalesce(sum(mrr) filter (before = 0 and ever is not true), 0)::double as mrr_new, coalesce(sum(mrr) filter (before = 0 and ever), 0)::double as mrr_reactivated,
			coalesce(sum(mrr - before) filter (before > 0 and mrr > before), 0)::double as mrr_expansion, coalesce(sum(before - mrr) filter (mrr > 0 and mrr < before), 0)::double as mrr_contraction,
			coalesce(sum(before) filter (mrr = 0), 0)::double as mrr_churned
		from moved where period >= '2025-01' group by 1
	) on columns(* exclude period) into name metric value value
)
select * from want w join 'kpi/*.parquet' g using (period, metric) where w.value is distinct from g.value`,

	"opportunities": `
select * from (select *, (closed_at::timestamp + interval 8 hour)::date as local from 'opportunities/*.parquet')
join (select customer_id, orders, revenue from 'customers/*.parquet') c using (customer_id)
where state is distinct from (case when won is null or coalesce(local, expected_close) > date '2026-06-20' and local is not null then 'open' when won then 'won' else 'lost' end)
	or (state = 'open') <> (weighted_amount is not null) or abs(weighted_amount - amount * probability) > .0001
	or handover <> (state = 'won' and coalesce(local, least(expected_close, date '2026-06-20')) > date '2026-06-20' - 30)
	or overdue <> (won is null and expected_close < date '2026-06-20') or customer_orders <> orders or customer_revenue <> revenue`,
}

// businessSense holds for any company.
var businessSense = map[string]string{
	"every buyer is in one cohort": `select (select sum(customers) from 'cohort_retention/*.parquet' where channel = 'all' and months_since = 0) = (select count(*) from 'customers/*.parquet' where orders > 0)`,
	"channels add up to all": `select bool_and(a.active is not distinct from b.active and a.revenue is not distinct from b.revenue) from (from 'cohort_retention/*.parquet' where channel = 'all') a
		join (select cohort, months_since, sum(active) as active, sum(revenue) as revenue from 'cohort_retention/*.parquet' where channel <> 'all' group by 1, 2) b using (cohort, months_since)`,
	"every buyer is new once": `select (select sum(new_customers) from 'channel_performance/*.parquet') = (select count(*) from 'customers/*.parquet' where orders > 0)`,
	"recurring revenue balances": `select bool_and(abs(last + n + r + e - c - d - m) < 1e-6) from (
		select period, lag(m, 1, 0) over (order by period) as last, m, n, r, e, c, d from (
			pivot (from 'kpi/*.parquet' where metric like 'mrr%' and length(period) = 7 and value is not null and period not like '%Q%') on metric in ('mrr' as m, 'mrr_new' as n, 'mrr_reactivated' as r, 'mrr_expansion' as e, 'mrr_contraction' as c, 'mrr_churned' as d) using any_value(value) group by period))`,
	"revenue adds up":                              `select bool_and(difference = 0) and sum(counted) = (select sum(revenue) from 'customers/*.parquet') from 'revenue_reconciliation/*.parquet'`,
	"a period that is not over has no value":       `select count(*) > 0 and bool_and(value is null) from 'kpi/*.parquet' where period in ('2026-06', '2026-Q2', '2026') and metric <> 'mrr_reactivated'`,
	"the rules' target takes the place":            `select bool_and(target = .04 and (value is null or met = (value <= .04))) from 'kpi/*.parquet' where metric = 'cac_share' and period like '%Q%'`,
	"a month of cost without a customer has a row": `select count(*) > 10 and bool_and(new_customers = 0 and cac is null) from 'channel_performance/*.parquet' where campaign_id = 'L9'`,
	"a cost that is not known is null":             `select count(*) = 1 and bool_and(cost is null and cac is null) from 'channel_performance/*.parquet' where campaign_id = 'F1' and month = '2025-08'`,
}
