-- Fifteen questions of an analyst, each answered by the tables of one run. DuckDB, in the folder
-- of a run (out/latest):
--     duckdb -c ".read docs/queries.sql"        or paste one of them
-- docs/guide-analyst.md shows the answers on the demo. In BigQuery a table's name stands where the
-- path stands here.

-- 1. Which key figures miss their targets, and where do they head?
select metric, period, round(value, 4) as value, target, round(previous_value, 4) as before, trend
from 'kpi/*.parquet'
where met = false and (period = 'last_12m' or period = (select max(period) from 'kpi/*.parquet' where period like '%Q%' and value is not null))
order by metric, period;

-- 2. What does a new buyer cost by channel, against what they are worth? Months whose cost is not known are left out of the CAC.
select channel, sum(new_customers) as new_buyers, sum(cost) as cost,
    round(sum(cost) filter (cac is not null) / sum(new_customers) filter (cac is not null), 2) as cac,
    round(sum(ltv * new_customers) / sum(new_customers) filter (ltv is not null), 2) as ltv
from 'channel_performance/*.parquet'
where purpose is distinct from 'retention'
group by channel having new_buyers > 0 order by new_buyers desc, channel;

-- 3. Which campaigns earned their cost, and how soon?
select campaign, channel, count(*) as months, count(payback_days) as months_paid_back, round(avg(payback_days)) as days, round(avg(ltv_to_cac), 1) as ltv_to_cac
from 'channel_performance/*.parquet'
where cac is not null group by all order by ltv_to_cac desc;

-- 4. How many of a month's new buyers are still there 1, 3, 6 and 12 months later?
select cohort, any_value(customers) as customers, round(any_value(retention) filter (months_since = 1), 3) as month_1,
    round(any_value(retention) filter (months_since = 3), 3) as month_3, round(any_value(retention) filter (months_since = 6), 3) as month_6,
    round(any_value(retention) filter (months_since = 12), 3) as month_12
from 'cohort_retention/*.parquet'
where channel = 'all' and first_order_censored * 10 < customers group by cohort order by cohort;

-- 5. Which need comes from which channel more often than from others?
with overall as (select need, sum(customers) / sum(customers / share) as share from 'channel_need/*.parquet' group by need)
select n.need, n.channel, n.customers, round(n.share, 3) as share, round(n.share / o.share, 2) as against_all, n.ltv
from 'channel_need/*.parquet' n join overall o using (need)
where n.customers >= 5 order by against_all desc, n.customers desc, n.channel limit 10;

-- 6. What hurts customers most, and who owns it?
select rank, touchpoint, topic, department, frequency, round(impact, 2) as impact, customers, revenue_12m
from 'pain_point/*.parquet' order by rank, touchpoint, topic limit 10;

-- 7. Which causes are answered or resolved late?
select topic, department, count(*) as items, count(*) filter (responded_in_time = false) as answered_late, count(*) filter (resolved_in_time = false) as resolved_late,
    round(avg(resolved_in_time::int), 3) as resolved_in_time
from 'feedback/*.parquet'
where resolved_in_time is not null group by all order by resolved_late desc, topic;

-- 8. How do satisfaction and the net promoter score move?
select period, round(max(value) filter (where metric = 'nps'), 1) as nps, round(max(value) filter (where metric = 'csat'), 3) as csat,
    round(max(value) filter (where metric = 'response_in_time'), 3) as answered_in_time
from 'kpi/*.parquet' where regexp_full_match(period, '[0-9]{4}-Q[1-4]') group by period having nps is not null order by period;

-- 9. Which paths lead to a first purchase, and how long do they take?
select path, customers, round(conversion, 3) as conversion, median_days
from 'journey_path/*.parquet' where customers >= 3 order by customers desc, path limit 10;

-- 10. What is in the pipeline by stage, and what of it is overdue?
select stage, count(*) as deals, sum(amount) as amount, sum(weighted_amount) as weighted, count(*) filter (overdue) as overdue
from 'opportunities/*.parquet' where state = 'open' group by stage order by amount desc;

-- 11. Whom does sales hand over to service: need, history, open tickets?
select customer_id, name, amount, owner, need, customer_orders as orders, customer_revenue as revenue, customer_open_tickets as open_tickets, customer_last_interaction as last_contact
from 'opportunities/*.parquet' where handover order by amount desc, opportunity_key limit 10;

-- 12. How do owners compare?
select owner, customers, buyers, revenue, round(retention, 3) as retention, round(response_in_time, 3) as answered_in_time, round(nps, 1) as nps, won, round(win_rate, 3) as win_rate
from 'owner_performance/*.parquet' order by revenue desc, owner;

-- 13. Which high-value customers are at risk, in which segment?
select rfm_segment, count(*) as customers, sum(revenue_12m) as revenue_12m, sum(value_at_risk) as value_at_risk
from 'customers/*.parquet' where abc = 'A' and churn_probability >= 0.5 group by all order by value_at_risk desc;

-- 14. What are shopping festivals worth against other days?
select coalesce(d.shopping_festival, d.holiday, 'other days') as days, count(distinct d.day) as n, round(sum(o.revenue) / count(distinct d.day)) as revenue_per_day
from 'dim_date/*.parquet' d join 'orders/*.parquet' o on o.day = d.day
where o.counts_as_revenue and o.status in ('paid', 'shipped', 'completed', 'returned') and (d.shopping_festival in ('618', '11.11', 'black_friday') or d.holiday = 'spring_festival' or d.shopping_festival is null and d.holiday is null)
group by 1 order by revenue_per_day desc;

-- 15. Does revenue add up from the exports to the customers, to the cent?
select source, sum(export_total) as export_total, sum(not_counted) as not_counted, sum(open + cancelled + refunded + after_as_of) as not_earned, sum(anonymous) as anonymous,
    sum(counted) as counted, sum(difference) as difference
from 'revenue_reconciliation/*.parquet' group by source order by source;
