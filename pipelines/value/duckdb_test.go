package value_test

import (
	"path/filepath"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
)

// fromOrders recomputes, from the orders alone, what an analyst would expect in customer_rfm.
const fromOrders = `
with buyers as (
	select customer_id, count(*) filter (status in ('paid', 'shipped', 'completed')) f, sum(revenue) m,
		date '2026-06-30' - max(day) filter (status in ('paid', 'shipped', 'completed')) r
	from 'orders/*.parquet'
	where customer_id is not null and counts_as_revenue and day <= date '2026-06-30' and status in ('paid', 'shipped', 'completed', 'returned')
	group by 1 having f > 0
), kinds as (
	select b.*, c.kind from buyers b join 'customers/*.parquet' c using (customer_id)
), cuts as (
	select kind, quantile_cont(r, [.2, .4, .6, .8]) rq, quantile_cont(f, [.2, .4, .6, .8]) fq,
		quantile_cont(m::double, [.2, .4, .6, .8]) mq, sum(m) filter (m > 0) total
	from kinds group by 1
), scored as (
	select k.customer_id, k.kind, r, f, m,
		5 - len(list_filter(rq, lambda q: r >= q)) rs,
		case when f = 1 then 1 else 1 + len(list_filter(fq, lambda q: f >= q)) end fs,
		1 + len(list_filter(mq, lambda q: m::double >= q - 1e-9)) ms,
		sum(greatest(m, 0)) over (partition by k.kind order by m desc range unbounded preceding) up_to, total,
		rank() over (partition by k.kind order by m desc) place
	from kinds k join cuts using (kind)
), classed as (
	select *, case when m <= 0 then 'C' when place = 1 or up_to * 100 <= total * 80 then 'A' when up_to * 100 <= total * 95 then 'B' else 'C' end letter
	from scored
)
`

func TestDuckDBScoresRandomCustomersTheSame(t *testing.T) {
	s, dir := newShop(260, false), t.TempDir()
	pipetest.DuckDB(t, dir, "select 1") // skips before the work
	s.write(t, dir, nil)
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stageValue)
	rows := pipetest.DuckDB(t, env.Layout.Dir(), fromOrders+`
		select count(*), count(*) filter (
			g.kind = c.kind and g.recency_days = c.r and g.frequency = c.f and g.monetary = c.m and g.r_score = c.rs and g.f_score = c.fs
			and g.m_score = c.ms and g.abc = c.letter and g.monetary_rank = c.place)
		from (select * from classed order by hash(customer_id) limit 20) c join 'customer_rfm/*.parquet' g using (customer_id)`)
	if rows[0][0] != "20" || rows[0][1] != "20" {
		t.Errorf("of %s customers %s agree", rows[0][0], rows[0][1])
	}
	rows = pipetest.DuckDB(t, env.Layout.Dir(), fromOrders+`
		select (select count(*) from classed), (select count(*) from 'customer_rfm/*.parquet'),
			(select sum(revenue) from 'customers/*.parquet') = (select sum(m) from buyers) + (select coalesce(sum(revenue), 0) from 'customers/*.parquet' where orders = 0),
			(select value from 'kpi/*.parquet' where period = 'all' and metric = 'buyers')::int,
			(select value from 'kpi/*.parquet' where period = '2026-05' and metric = 'revenue')
				= (select sum(revenue) from 'orders/*.parquet' where counts_as_revenue and day between '2026-05-01' and '2026-05-31' and status <> 'cancelled')`)
	if rows[0][0] != rows[0][1] || rows[0][2] != "true" || rows[0][3] != rows[0][0] || rows[0][4] != "true" {
		t.Errorf("buyers and sums: %v", rows[0])
	}
}
