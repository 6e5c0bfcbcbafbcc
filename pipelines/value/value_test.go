package value_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/pipelines/value"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/clv"
	"github.com/tributary-cdp/tributary/transforms/rfm"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

const stageValue = "value"

func day(text string) int32 {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return int32(t.Unix() / 86400)
}

// sale is one invented order of one invented customer.
type sale struct {
	customer int
	day      int32
	status   string
	cents    int64 // net; below 0 for a return
	cost     int64
}

// shop is an invented business: the truth that the pipeline must find again.
type shop struct {
	customers int // every tenth is an organization, every seventh has two records
	sales     []sale
	costs     bool
}

func organization(i int) bool { return i%10 == 3 }

// newShop makes sales by a plain congruential sequence: no two platforms differ.
func newShop(customers int, costs bool) *shop {
	s := &shop{customers: customers, costs: costs}
	state := uint32(1)
	next := func(n int) int {
		state = state*1664525 + 1013904223
		return int(state>>8) % n
	}
	for i := range customers {
		if i%9 == 8 {
			continue // never buys
		}
		at := day("2025-01-05") + int32(next(400))
		for range 1 + next(3)*next(4) {
			if at > day("2026-07-10") {
				break
			}
			one := sale{customer: i, day: at, status: "completed", cents: int64(100 * (1 + next(60)))}
			one.cost = one.cents * int64(30+next(50)) / 100
			switch next(12) {
			case 0:
				one.status = "cancelled"
			case 1:
				one.status, one.cents, one.cost = "returned", -int64(100*(1+next(70))), 0
			}
			s.sales = append(s.sales, one)
			at += int32(next(90))
		}
	}
	return s
}

const shopConfig = `
project: invented
as_of: 2026-06-30
timezone: UTC
currency: CNY
sources:
  - name: people
    namespace: shop
    path: people.csv
    mapping: {record: party, key: id, fields: {kind: kind, full_name: name, email: email, province: province, registered_at: registered}}
  - name: sales
    namespace: shop
    path: sales.csv
    mapping: {record: order, key: id, fields: {customer_ref: {column: person, object: party}, time: day, status: status, net: net, cost: cost}}
rules: rules
output: {path: out}
`

func (s *shop) write(t testing.TB, dir string, extra map[string]string) {
	var people, sales strings.Builder
	people.WriteString("id,kind,name,email,province,registered\n")
	for i := range s.customers {
		kind, name := "person", fmt.Sprintf("Given%d Family%d", i, i)
		if organization(i) {
			kind, name = "organization", fmt.Sprintf("Firm %d Ltd", i)
		}
		fmt.Fprintf(&people, "p%d,%s,%s,c%d@example.com,Zhejiang,2025-01-01\n", i, kind, name, i)
		if i%7 == 0 {
			fmt.Fprintf(&people, "q%d,%s,%s,C%d@example.com,,\n", i, kind, name, i)
		}
	}
	sales.WriteString("id,person,day,status,net,cost\n")
	for n, one := range s.sales {
		record := "p"
		if one.customer%7 == 0 && n%2 == 0 {
			record = "q"
		}
		cost := ""
		if s.costs {
			cost = fmt.Sprintf("%d.%02d", one.cost/100, one.cost%100)
		}
		fmt.Fprintf(&sales, "o%d,%s%d,%s,%s,%.2f,%s\n", n, record, one.customer, time.Unix(int64(one.day)*86400, 0).UTC().Format(time.DateOnly), one.status, float64(one.cents)/100, cost)
	}
	files := map[string]string{"tributary.yaml": shopConfig, "people.csv": people.String(), "sales.csv": sales.String(), "rules/empty.yaml": ""}
	for name, text := range extra {
		files[name] = text
	}
	pipetest.Write(t, dir, files)
}

// truth is one customer, counted by hand.
type truth struct {
	orders, revenue, margin int64
	last                    int32
	days                    []int32
}

func (s *shop) truths(asOf int32) []truth {
	out := make([]truth, s.customers)
	for _, one := range s.sales {
		c := &out[one.customer]
		if one.day > asOf || one.status == "cancelled" {
			continue
		}
		c.revenue += one.cents * 100
		c.margin += (one.cents - one.cost) * 100
		if one.status == "completed" {
			c.orders++
			c.last = max(c.last, one.day)
			c.days = append(c.days, one.day)
		}
	}
	return out
}

// score counts the type-7 quintile cuts that a value reaches, in whole fifths.
func score(values []int64, v int64) int64 {
	values = slices.Clone(values)
	slices.Sort(values)
	out := int64(1)
	for k := 1; k <= 4; k++ {
		h := (len(values) - 1) * k
		low, high := values[h/5], values[(h+4)/5]
		if 5*v >= 5*low+int64(h%5)*(high-low) {
			out++
		}
	}
	return out
}

// class walks the values from the highest: A while customer and equals included they stay
// within 80 %, B within 95 %.
func class(values []int64, v int64) (string, int64, float64) {
	var total, upTo, above int64
	for _, w := range values {
		total += max(0, w)
		if w >= v {
			upTo += max(0, w)
		}
		if w > v {
			above++
		}
	}
	rank := above + 1
	switch {
	case v <= 0:
		return "C", rank, 1
	case above == 0 || upTo*100 <= total*80:
		return "A", rank, float64(upTo) / float64(total)
	case upTo*100 <= total*95:
		return "B", rank, float64(upTo) / float64(total)
	}
	return "C", rank, float64(upTo) / float64(total)
}

// owners gives the customer_id of every invented customer.
func owners(t testing.TB, env *runs.Env) map[string]string {
	out := map[string]string{}
	for _, row := range pipetest.Table[schemas.IdentityMap](t, env, "identity_map") {
		out[row.SourceID] = row.CustomerID
	}
	return out
}

func TestScoresAndClassesAreThoseOfPlainCounting(t *testing.T) {
	for _, costs := range []bool{false, true} {
		t.Run(fmt.Sprintf("costs=%v", costs), func(t *testing.T) {
			s, dir := newShop(260, costs), t.TempDir()
			s.write(t, dir, nil)
			env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stageValue)
			asOf := day("2026-06-30")
			truths, ids := s.truths(asOf), owners(t, env)
			got := map[string]schemas.CustomerRFM{}
			for _, row := range pipetest.Table[schemas.CustomerRFM](t, env, "customer_rfm") {
				got[row.CustomerID] = row
			}
			buyers := 0
			for _, kind := range []string{schemas.Person, schemas.Organization} {
				var recency, frequency, monetary, values []int64
				value := func(c *truth) int64 {
					if costs {
						return c.margin
					}
					return c.revenue
				}
				mine := func(i int) bool {
					return (kind == schemas.Organization) == organization(i) && truths[i].orders > 0
				}
				for i := range truths {
					if c := &truths[i]; mine(i) {
						recency, frequency = append(recency, int64(asOf-c.last)), append(frequency, c.orders)
						monetary, values = append(monetary, c.revenue), append(values, value(c))
					}
				}
				for i := range truths {
					c := &truths[i]
					if !mine(i) {
						continue
					}
					buyers++
					scores := rfm.Scores{R: int8(6 - score(recency, int64(asOf-c.last))), F: int8(score(frequency, c.orders)), M: int8(score(monetary, c.revenue))}
					if c.orders == 1 {
						scores.F = 1
					}
					want := schemas.CustomerRFM{
						RunColumns: schemas.RunColumns{RunID: env.Layout.RunID, AsOf: asOf}, CustomerID: ids[fmt.Sprintf("p%d", i)], Kind: kind,
						RecencyDays: int64(asOf - c.last), Frequency: c.orders, Monetary: c.revenue, RScore: int64(scores.R), FScore: int64(scores.F), MScore: int64(scores.M),
						Segment: rfm.TenCell(scores).Code, SegmentZH: rfm.EightCell(scores).Code, Basis: "revenue",
					}
					if costs {
						want.Basis = "margin"
					}
					want.ABC, want.Rank, want.CumulativeShare = class(values, value(c))
					if diff := cmp.Diff(want, got[want.CustomerID]); diff != "" {
						t.Fatalf("customer %d: %s", i, diff)
					}
				}
			}
			if len(got) != buyers || buyers < 150 {
				t.Errorf("%d customers are scored, %d bought", len(got), buyers)
			}
		})
	}
}

func TestOneUnknownMarginMakesRevenueTheBasisOfAll(t *testing.T) {
	s, dir := newShop(60, true), t.TempDir()
	s.write(t, dir, nil)
	path := filepath.Join(dir, "sales.csv")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pipetest.Write(t, dir, map[string]string{"sales.csv": string(data) + "late,p8,2026-06-29,completed,12.00,\n"})
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stageValue)
	for _, row := range pipetest.Table[schemas.CustomerRFM](t, env, "customer_rfm") {
		if row.Basis != "revenue" {
			t.Fatalf("basis %s", row.Basis)
		}
	}
}

func TestFiguresAreThoseOfPlainCounting(t *testing.T) {
	s, dir := newShop(120, false), t.TempDir()
	s.write(t, dir, nil)
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stageValue)
	got := map[string]float64{}
	for _, row := range pipetest.Table[schemas.KPI](t, env, "kpi") {
		if row.Value != nil {
			got[row.Period+" "+row.Metric] = *row.Value
		}
	}
	asOf := day("2026-06-30")
	in := func(c *truth, from, to int32) bool {
		return slices.ContainsFunc(c.days, func(d int32) bool { return d >= from && d <= to })
	}
	truths := s.truths(asOf)
	want := map[string]float64{"all customers": float64(s.customers), "all orders": 0, "all revenue": 0, "all buyers": 0, "2026-Q2 buyers": 0, "2026-05 buyers": 0, "2026-05 new_buyers": 0, "2026-Q2 active_customers": 0}
	var before, again, activeBefore, retained float64
	for i := range truths {
		c := &truths[i]
		want["all revenue"] += float64(c.revenue) / 10000
		want["all orders"] += float64(c.orders)
		add := func(key string, yes bool) {
			if yes {
				want[key]++
			}
		}
		add("all buyers", c.orders > 0)
		add("2026-Q2 buyers", in(c, day("2026-04-01"), asOf))
		add("2026-05 buyers", in(c, day("2026-05-01"), day("2026-05-31")))
		add("2026-05 new_buyers", in(c, day("2026-05-01"), day("2026-05-31")) && !in(c, 0, day("2026-04-30")))
		add("2026-Q2 active_customers", in(c, asOf-179, asOf))
		if in(c, day("2026-01-01"), day("2026-03-31")) {
			before++
			if in(c, day("2026-04-01"), asOf) {
				again++
			}
		}
		if in(c, day("2026-04-01")-180, day("2026-03-31")) {
			activeBefore++
			if in(c, day("2026-04-01"), asOf) {
				retained++
			}
		}
	}
	want["2026-Q2 quarterly_retention"], want["2026-Q2 retention"] = again/before, retained/activeBefore
	for key, v := range want {
		if math.Abs(got[key]-v) > 1e-9*math.Abs(v) {
			t.Errorf("%s = %v, want %v", key, got[key], v)
		}
	}
}

func TestTablesOfACustomerAgree(t *testing.T) {
	s, dir := newShop(260, false), t.TempDir()
	s.write(t, dir, map[string]string{"rules/tiers.yaml": `
tiers: {basis: revenue, points_per_unit: 2, levels: [{code: regular, zh: 普通会员, from: 0}, {code: gold, zh: 金卡, from: 60}]}
---
segment: {scheme: mine, code: big, name: {en: Big, zh: 大客户}, when: revenue >= 60 && tier == "gold"}
`})
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stageValue)
	customers := pipetest.Table[schemas.Customer](t, env, "customers")
	if len(customers) != s.customers {
		t.Fatalf("%d customers, want %d", len(customers), s.customers)
	}
	values, risks, tiers := map[string]schemas.CustomerCLV{}, map[string]schemas.CustomerChurn{}, map[string]schemas.CustomerTier{}
	for _, row := range pipetest.Table[schemas.CustomerCLV](t, env, "customer_clv") {
		values[row.CustomerID] = row
	}
	for _, row := range pipetest.Table[schemas.CustomerChurn](t, env, "customer_churn") {
		risks[row.CustomerID] = row
	}
	for _, row := range pipetest.Table[schemas.CustomerTier](t, env, "customer_tier") {
		tiers[row.CustomerID] = row
	}
	segments := map[string][]string{}
	for _, row := range pipetest.Table[schemas.CustomerSegment](t, env, "customer_segment") {
		segments[row.CustomerID] = append(segments[row.CustomerID], row.Scheme+":"+row.Segment)
	}
	for _, c := range customers {
		clv, isBuyer := values[c.CustomerID]
		if isBuyer != (c.Orders > 0) || isBuyer != (c.CLV12m != nil) || isBuyer != (c.RScore != nil) || isBuyer != (c.ChurnState != "never") {
			t.Fatalf("customer with %d orders: value %v, churn %s", c.Orders, isBuyer, c.ChurnState)
		}
		if isBuyer && (*c.CLV12m != clv.CLV12m || *c.ChurnProbability != *risks[c.CustomerID].Probability) {
			t.Errorf("columns of the customer table differ from the tables")
		}
		if tier := tiers[c.CustomerID]; tier.Tier != c.Tier || (c.Tier == "gold") != (c.Revenue >= 600000) || c.Points == nil || *c.Points != max(0, c.Revenue*2/10000) {
			t.Errorf("revenue %d: tier %s and %s, points %v", c.Revenue, c.Tier, tier.Tier, c.Points)
		}
		own := slices.Clone(c.Segments)
		slices.Sort(own)
		rows := segments[c.CustomerID]
		slices.Sort(rows)
		if diff := cmp.Diff(own, rows); diff != "" {
			t.Fatal(diff)
		}
		if slices.Contains(rows, "mine:big") != (c.Revenue >= 600000) {
			t.Errorf("rule of the user: %v at revenue %d", rows, c.Revenue)
		}
	}
	for _, sum := range pipetest.Table[schemas.SegmentSummary](t, env, "segment_summary") {
		n := int64(0)
		for _, rows := range segments {
			if slices.Contains(rows, sum.Scheme+":"+sum.Segment) {
				n++
			}
		}
		if n != sum.Customers || n != sum.Entered || sum.Left != 0 {
			t.Errorf("%s:%s sums %d customers, %d entered, %d left; %d have it", sum.Scheme, sum.Segment, sum.Customers, sum.Entered, sum.Left, n)
		}
	}
	models := map[string]bool{}
	for _, row := range pipetest.Table[schemas.ModelRun](t, env, "model_run") {
		models[row.Model] = models[row.Model] || row.Chosen
		if row.Reason == "" {
			t.Errorf("model %s says nothing about why", row.Model)
		}
	}
	chosen := 0
	for _, name := range clv.OrderModels {
		if models[name] {
			chosen++
		}
	}
	if chosen != 1 || !models["identity"] || models["pooled_rate"] {
		t.Errorf("models chosen: %v", models)
	}
}

func TestSegmentsRememberSinceAndPrevious(t *testing.T) {
	s, dir := newShop(80, false), t.TempDir()
	// Order lines are written by map tasks, which are no partitions of customers.
	withLines := strings.ReplaceAll(shopConfig, "rules: rules", `  - {name: lines, namespace: shop, path: lines.csv, mapping: {record: order_line, key: id, fields: {order_id: order, sku: sku, amount: amount}}}
rules: rules`)
	s.write(t, dir, map[string]string{"tributary.yaml": withLines, "lines.csv": "id,order,sku,amount\nl1,o1,cup,1.00\nl2,o2,cup,2.00\n"})
	first := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stageValue)
	pipetest.Write(t, dir, map[string]string{"tributary.yaml": strings.ReplaceAll(withLines, "2026-06-30", "2026-09-30")})
	second := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stageValue)
	if second.Inputs.Parent != first.Layout.RunID {
		t.Fatalf("parent %q", second.Inputs.Parent)
	}
	key := func(r *schemas.CustomerSegment) string { return r.CustomerID + "|" + r.Scheme + "|" + r.Segment }
	before, lifecycle := map[string]schemas.CustomerSegment{}, map[string]string{}
	for _, row := range pipetest.Table[schemas.CustomerSegment](t, first, "customer_segment") {
		if row.Since != day("2026-06-30") || row.Previous != "" {
			t.Fatalf("first run: since %d, previous %q", row.Since, row.Previous)
		}
		before[key(&row)] = row
		if row.Scheme == segment.SchemeLifecycle {
			lifecycle[row.CustomerID] = row.Segment
		}
	}
	moved, kept := 0, 0
	for _, row := range pipetest.Table[schemas.CustomerSegment](t, second, "customer_segment") {
		if _, had := before[key(&row)]; had {
			kept++
			if row.Since != day("2026-06-30") {
				t.Errorf("%s:%s kept, but since %d", row.Scheme, row.Segment, row.Since)
			}
			continue
		}
		if row.Since != day("2026-09-30") {
			t.Errorf("%s:%s is new, but since %d", row.Scheme, row.Segment, row.Since)
		}
		if row.Scheme == segment.SchemeLifecycle {
			moved++
			if row.Previous != lifecycle[row.CustomerID] {
				t.Errorf("previous %q, was %q", row.Previous, lifecycle[row.CustomerID])
			}
		}
	}
	if moved < 5 || kept < 50 {
		t.Errorf("%d moved, %d kept: the test shows nothing", moved, kept)
	}
	var entered, left int64
	for _, sum := range pipetest.Table[schemas.SegmentSummary](t, second, "segment_summary") {
		if sum.Scheme == segment.SchemeLifecycle {
			entered, left = entered+sum.Entered, left+sum.Left
		}
	}
	if entered != int64(moved) || left != entered {
		t.Errorf("%d entered and %d left lifecycle stages, %d moved", entered, left, moved)
	}
}

func TestTheSameBytesWithAnyNumberOfBranches(t *testing.T) {
	s, dir := newShop(60, false), t.TempDir()
	s.write(t, dir, nil)
	file := filepath.Join(dir, "tributary.yaml")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want map[string]string
	for _, cores := range []int{1, 3} { // a branch for each
		runtime.GOMAXPROCS(cores)
		if err := os.RemoveAll(filepath.Join(dir, "out")); err != nil {
			t.Fatal(err)
		}
		got := pipetest.Hashes(t, pipetest.Run(t, file, stageValue))
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d branches: %s", cores, diff)
		}
	}
}

func TestTheSameBytesAgainAndAfterEachJobIsLost(t *testing.T) {
	s, dir := newShop(120, true), t.TempDir()
	s.write(t, dir, nil)
	file := filepath.Join(dir, "tributary.yaml")
	env := pipetest.Run(t, file, stageValue)
	want := pipetest.Hashes(t, env)
	for _, lost := range []func() error{
		func() error { return os.Remove(env.Layout.Manifest(value.ApplyJob)) }, // the fit is there already
		func() error { return env.Forget(value.ApplyJob) },
		func() error { return env.Forget(value.SummaryJob, value.ApplyJob) },
	} {
		if err := lost(); err != nil {
			t.Fatal(err)
		}
		pipetest.Stages(t, env, stageValue)
		if diff := cmp.Diff(want, pipetest.Hashes(t, env)); diff != "" {
			t.Fatal(diff)
		}
	}
}
