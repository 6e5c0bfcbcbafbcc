-- Every figure of the report, recomputed from the tables of the run: key and value.
-- PARENT is the folder of the run before, RUN this run's id, ASOF its day.
with
n as (select count(*) as customers from 'customers/*.parquet'),
rfm as (select *, monetary::double as m from 'customer_rfm/*.parquet'),
buyers as (select count(*) as n, sum(m) as m from rfm),
parties as (select count(*) as n from 'identity_map/*.parquet'),
mine as (select * from 'orders/*.parquet' where day <= date 'ASOF' and counts_as_revenue),
names as (select * from (values ('lapsed'), ('low'), ('medium'), ('high'), ('unknown')) t(band)),

tiles as (
	select 'customers' as key, customers::double as value from n
	union all select 'persons', count(*) from 'customers/*.parquet' where kind = 'person'
	union all select 'organizations', count(*) from 'customers/*.parquet' where kind = 'organization'
	union all select 'parties', n from parties
	union all select 'match_rate', sum(records) filter (records > 1) / max(parties.n)
		from (select customer_id, count(*) as records from 'identity_map/*.parquet' group by 1) join 'customers/*.parquet' using (customer_id), parties
	union all select 'buyers', n from buyers
	union all select 'buyers/share', buyers.n / n.customers from buyers, n
	union all select 'revenue', sum(revenue) from mine where customer_id is not null
	union all select 'revenue/anonymous', sum(revenue) from mine where customer_id is null
	union all select 'orders', count(*) from 'orders/*.parquet'
	union all select 'orders/counting', count(*) from mine where customer_id is not null and status in ('paid', 'shipped', 'completed')
	union all select 'clv', sum(clv_12m) from 'customer_clv/*.parquet'
	union all select 'clv/customers', count(*) from 'customer_clv/*.parquet'
),

kpis as (select 'kpi/' || period || '/' || metric, value from 'kpi/*.parquet'),
pairs as (
	select a.metric, a.unit, b.value as before, a.value as now from 'kpi/*.parquet' a join 'PARENT/kpi/*.parquet' b using (period, metric)
	where period = 'last_12m' and a.value is not null and b.value is not null
),
changes as (
	select 'change/' || metric || '/before', before from pairs
	union all select 'change/' || metric || '/now', now from pairs
	union all select 'change/' || metric || '/difference', now - before from pairs
	union all select 'change/' || metric || '/relative', (now - before) / before from pairs where before <> 0 and unit <> 'share'
),
kinds as (
	select *, case when period = 'all' then 4 when period = 'last_12m' then 0 when length(period) = 4 then 1 when period like '%Q%' then 2 else 3 end as kind
	from 'kpi/*.parquet' where target is not null
),
aimed as (select *, row_number() over (partition by metric order by (value is null), kind, period desc) as place from kinds),
trends as (select metric, max(kind) as kind from (select metric, kind from kinds where kind in (1, 2, 3) group by 1, 2 having count(*) > 1 and count(value) > 0) group by 1),
latest as (select metric, arg_max(value, period) as value from kinds join trends using (metric, kind) where value is not null group by 1),
targets as (
	select 'target/' || metric || '/value', value from aimed where place = 1
	union all select 'target/' || metric || '/target', target from aimed where place = 1
	union all select 'target/' || metric || '/latest', value from latest
),
events as (select 'event/' || event, count(*) from 'identity_event/*.parquet' where run_id = 'RUN' group by 1),

-- Segments are counted from the customers that are in them.
members as (
	select s.scheme, s.segment, count(m.customer_id) as customers, coalesce(sum(c.revenue), 0) as revenue
	from 'segment_summary/*.parquet' s
	left join 'customer_segment/*.parquet' m using (scheme, segment) left join 'customers/*.parquet' c on c.customer_id = m.customer_id
	group by 1, 2
),
segments as (
	select 'segment/' || scheme || '/' || segment || '/customers', members.customers from members
	union all select 'segment/' || scheme || '/' || segment || '/share', members.customers / n.customers from members, n
	union all select 'segment/' || scheme || '/' || segment || '/revenue', revenue from members
),
movers as (
	select 'mover/' || scheme || '/' || segment || '/customers', customers from members
	union all select 'mover/' || scheme || '/' || segment || '/entered', entered from 'segment_summary/*.parquet'
	union all select 'mover/' || scheme || '/' || segment || '/left', left_segment from 'segment_summary/*.parquet'
	union all select 'mover/' || scheme || '/' || segment || '/balance', entered - left_segment from 'segment_summary/*.parquet'
),
moves as (select scheme, from_segment as f, to_segment as t, customers from 'segment_migration/*.parquet'),
ends as (select scheme, f as segment from moves union select scheme, t from moves),
balance as (
	select e.scheme, e.segment, coalesce(sum(customers) filter (f = e.segment), 0) as before, coalesce(sum(customers) filter (t = e.segment and f <> t), 0) as come,
		coalesce(sum(customers) filter (f = e.segment and f <> t), 0) as gone, coalesce(sum(customers) filter (t = e.segment), 0) as after
	from ends e join moves m on m.scheme = e.scheme group by 1, 2
),
flows as (
	select 'flow/' || scheme || '/stayed', coalesce(sum(customers) filter (f = t), 0) from moves group by scheme
	union all select 'flow/' || scheme || '/moved', coalesce(sum(customers) filter (f <> t), 0) from moves group by scheme
	union all select 'flow/' || scheme || '/' || segment || '/before', before from balance
	union all select 'flow/' || scheme || '/' || segment || '/in', come from balance
	union all select 'flow/' || scheme || '/' || segment || '/out', gone from balance
	union all select 'flow/' || scheme || '/' || segment || '/after', after from balance
),

steps as (select unnest(range(1, 6)) as i),
places as (select a.i as r, b.i as f from steps a cross join steps b),
grid as (
	select 'rfm/r' || r || 'f' || f, count(customer_id) from places left join rfm on r_score = r and f_score = f group by r, f
),
cells as (
	select 'rfm/' || segment || '/buyers', count(*) from rfm group by segment
	union all select 'rfm/' || segment || '/share', count(*) / max(buyers.n) from rfm, buyers group by segment
	union all select 'rfm/' || segment || '/revenue_share', sum(rfm.m) / max(buyers.m) from rfm, buyers group by segment
),
classes as (
	select 'abc/' || abc || '/buyers', count(*) from rfm group by abc
	union all select 'abc/' || abc || '/share', count(*) / max(buyers.n) from rfm, buyers group by abc
	union all select 'abc/' || abc || '/revenue', sum(monetary) from rfm group by abc
	union all select 'abc/' || abc || '/revenue_share', sum(rfm.m) / max(buyers.m) from rfm, buyers group by abc
),
ranked as (select monetary, row_number() over (order by monetary desc) as place from rfm),
largest as (
	select p, count(*) as buyers, sum(monetary) as revenue from range(1, 101) x(p), ranked, buyers where place <= (buyers.n * p + 99) // 100 group by p
),
concentration as (
	select 'concentration/' || p || '/buyers', buyers from largest
	union all select 'concentration/' || p || '/revenue', revenue from largest
	union all select 'concentration/' || p || '/share', revenue / buyers.m from largest, buyers
),
bands as (
	select customer_id, value_at_risk, case when churn_state = 'lapsed' then 'lapsed' when churn_band is null then 'unknown' else churn_band end as band from 'customer_churn/*.parquet'
),
churn as (
	select 'churn/' || band || '/customers', count(*) from bands group by band
	union all select 'churn/' || band || '/share', count(*) / (select count(*) from bands) from bands group by band
	union all select 'churn/' || band || '/value_at_risk', sum(value_at_risk) from bands group by band
),
risk as (
	select 'risk/' || x.abc || '/' || names.band || '/customers', count(b.customer_id)
		from (values ('A'), ('B'), ('C')) x(abc) cross join names left join (select * from bands join rfm using (customer_id)) b on b.abc = x.abc and b.band = names.band group by x.abc, names.band
	union all select 'risk/' || x.abc || '/' || names.band || '/value_at_risk', coalesce(sum(b.value_at_risk), 0)
		from (values ('A'), ('B'), ('C')) x(abc) cross join names left join (select * from bands join rfm using (customer_id)) b on b.abc = x.abc and b.band = names.band group by x.abc, names.band
),
worth as (
	select clv_12m, (row_number() over (order by clv_12m desc) - 1) * 10 // count(*) over () + 1 as decile, sum(clv_12m) over () as total from 'customer_clv/*.parquet'
),
deciles as (
	select 'clv/decile/' || decile || '/customers', count(*) from worth group by decile
	union all select 'clv/decile/' || decile || '/value', sum(clv_12m) from worth group by decile
	union all select 'clv/decile/' || decile || '/mean', ((sum(clv_12m) * 10000)::hugeint // count(*)) / 10000 from worth group by decile
	union all select 'clv/decile/' || decile || '/share', sum(clv_12m)::double / max(total)::double from worth group by decile
),

cohort as (select * from 'cohort_retention/*.parquet' where channel = 'all' and months_since <= 12),
cohorts as (
	select 'cohort/' || cohort || '/customers', max(customers) from cohort group by cohort
	union all select 'cohort/' || cohort || '/' || months_since, retention from cohort
	union all select 'cohort/' || cohort || '/value', arg_max(cumulative_ltv, months_since) from cohort where retention is not null group by cohort
),
channel as (select *, new_customers::double as w from 'channel_performance/*.parquet'),
channels as (
	select 'channel/' || channel || '/new_customers', sum(new_customers) from channel group by channel
	union all select 'channel/' || channel || '/cost', sum(cost) filter (cac is not null) from channel group by channel
	union all select 'channel/' || channel || '/cac', round(sum(cost) filter (cac is not null)::double / sum(w) filter (cac is not null), 4) from channel group by channel
	union all select 'channel/' || channel || '/ltv', round(sum(ltv::double * w) / sum(w) filter (ltv is not null), 4) from channel group by channel
	union all select 'channel/' || channel || '/retention_90d', sum(retention_90d * w) / sum(w) filter (retention_90d is not null) from channel group by channel
	union all select 'channel/' || channel || '/payback_days', sum(payback_days * w) / sum(w) filter (payback_days is not null) from channel group by channel
	union all select 'channel/' || channel || '/ltv_to_cac', sum(ltv::double * w) filter (cac is not null) / sum(cost::double) filter (cac is not null and ltv is not null) from channel group by channel
),
journeys as (
	select 'journey/' || path || '/customers', customers from 'journey_path/*.parquet'
	union all select 'journey/' || path || '/conversion', conversion from 'journey_path/*.parquet'
	union all select 'journey/' || path || '/median_days', median_days from 'journey_path/*.parquet'
),
fed as (select * from 'feedback_summary/*.parquet' where month in (select distinct month from 'feedback_summary/*.parquet' order by month desc limit 36)),
feedback as (
	select 'feedback/' || month || '/' || c, coalesce(sum(items) filter (category = c), 0) from fed cross join (values ('product'), ('service'), ('need'), ('other')) x(c) group by month, c
	union all select 'department/' || department || '/items', sum(items) from fed group by department
	union all select 'department/' || department || '/late', sum(late) from fed group by department
	union all select 'department/' || department || '/late_share', sum(late) / sum(items) from fed group by department
),
pains as (
	select 'pain/' || touchpoint || '/' || topic || '/rank', rank from 'pain_point/*.parquet'
	union all select 'pain/' || touchpoint || '/' || topic || '/frequency', frequency from 'pain_point/*.parquet'
	union all select 'pain/' || touchpoint || '/' || topic || '/impact', impact from 'pain_point/*.parquet'
),

lists as (select 'audience/' || audience || '/' || platform || '/' as k, * from 'audience/*.parquet'),
audiences as (
	select k || 'matched', matched from lists union all select k || 'members', members from lists union all select k || 'no_consent', held_no_consent from lists
	union all select k || 'suppressed', held_suppressed from lists union all select k || 'control', held_control from lists union all select k || 'capped', held_capped from lists
	union all select k || 'other', greatest(0, held - held_no_consent - held_suppressed - held_control - held_capped) from lists
	union all select k || 'added', added from lists union all select k || 'removed', removed from lists
),

sizes as (select record_count as size, count(*) as customers, row_number() over (order by record_count) as place, count(*) over () as kinds from 'customers/*.parquet' group by 1),
shown as (select case when place >= 12 and kinds > 12 then 'more' else size::varchar end as size, sum(customers) as customers from sizes group by 1),
identity as (
	select 'identity/size/' || size, shown.customers from shown
	union all select 'identity/size/' || size || '/share', shown.customers / n.customers from shown, n
	union all select 'identity/rule/' || coalesce(rule, ''), count(*) from 'identity_map/*.parquet' group by rule
	union all select 'identity/rule/' || coalesce(rule, '') || '/share', count(*) / max(parties.n) from 'identity_map/*.parquet', parties group by rule
	union all select 'identity/conflict/' || reason, count(*) from 'identity_conflict/*.parquet' group by reason
	union all select 'identity/conflict/' || reason || '/share', count(*) / (select count(*) from 'identity_conflict/*.parquet') from 'identity_conflict/*.parquet' group by reason
),

doubts as (
	select 'doubt/' || customer_id || '/probability', min(match_probability) from 'identity_map/*.parquet' group by customer_id
	union all select 'doubt/' || customer_id || '/records', count(*) from 'identity_map/*.parquet' group by customer_id
),

accounts as (
	select 'recon/source/' || source || '/' || month || '/' as k, * from 'revenue_reconciliation/*.parquet'
	union all select 'recon/source/' || source || '/', * from 'revenue_reconciliation/*.parquet'
	union all select 'recon/total/', * from 'revenue_reconciliation/*.parquet'
),
recon as (
	select k || 'orders', sum(orders) from accounts group by k union all select k || 'export_total', sum(export_total) from accounts group by k
	union all select k || 'not_counted', sum(not_counted) from accounts group by k union all select k || 'open', sum(open) from accounts group by k
	union all select k || 'cancelled', sum(cancelled) from accounts group by k union all select k || 'refunded', sum(refunded) from accounts group by k
	union all select k || 'after_as_of', sum(after_as_of) from accounts group by k union all select k || 'anonymous', sum(anonymous) from accounts group by k
	union all select k || 'counted', sum(counted) from accounts group by k union all select k || 'difference', sum(difference) from accounts group by k
),

reads as (
	select substr(table_name, 9) as source, sum(files) as files, sum(rows) as rows from 'run_log/*.parquet' where direction = 'in' group by 1
),
findings as (select *, split_part(table_name, '/', 1) as source, split_part(check_name, ':', 1) as kind, substr(check_name, instr(check_name, ':') + 1) as code from 'data_quality/*.parquet'),
refused as (select source, count(*) as rejected from 'reject/*.parquet' group by 1),
sums as (select source, sum(measured) filter (kind = 'skips') as skipped, sum(measured) filter (kind = 'issues') as issues from findings group by 1),
told as (
	select source, files, rows, coalesce(skipped, 0) as skipped, coalesce(rejected, 0) as rejected, coalesce(issues, 0) as issues
	from reads left join sums using (source) left join refused using (source)
),
sources as (
	select 'source/' || source || '/files', files from told union all select 'source/' || source || '/accepted', rows - skipped - rejected from told
	union all select 'source/' || source || '/skipped', skipped from told union all select 'source/' || source || '/rejected', rejected from told
	union all select 'source/' || source || '/issues', issues from told
	union all select 'sources/files', sum(files) from told union all select 'sources/accepted', sum(rows - skipped - rejected) from told
	union all select 'sources/skipped', sum(skipped) from told union all select 'sources/rejected', sum(rejected) from told union all select 'sources/issues', sum(issues) from told
),
total as (select sum(rows) as rows from told),
quality as (
	select 'rejects/' || code, count(*) from 'reject/*.parquet' group by code
	union all select 'rejects/' || code || '/share', count(*) / max(total.rows) from 'reject/*.parquet', total group by code
	union all select 'skips/' || code, sum(measured) from findings where kind = 'skips' group by code
	union all select 'skips/' || code || '/share', sum(measured) / max(total.rows) from findings, total where kind = 'skips' group by code
	union all select 'issue/' || table_name || '/' || column_name || '|' || code, measured from findings where kind = 'issues'
	union all select 'issue/' || table_name || '/' || column_name || '|' || code || '/share', measured from findings where kind = 'issue_share'
	union all select 'quality/' || table_name || '/' || coalesce(column_name, '') || '/' || check_name, measured from findings where not passed
	union all select 'checks', count(*) from findings where bound is not null
	union all select 'checks/passed', count(*) from findings where bound is not null and passed
)

select key, value::double from (
	from tiles union all from kpis union all from changes union all from targets union all from events union all from segments union all from movers union all from flows union all from grid union all from cells
	union all from classes union all from concentration union all from churn union all from risk union all from deciles union all from cohorts union all from channels union all from journeys
	union all from feedback union all from pains union all from audiences union all from identity union all from doubts union all from recon union all from sources union all from quality TABLES
)
