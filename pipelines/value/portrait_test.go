package value_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

// whose are the customers that each scheme of one segment a customer is about.
var whose = map[string]func(*schemas.Customer) bool{
	"lifecycle": func(*schemas.Customer) bool { return true }, "funnel": func(*schemas.Customer) bool { return true },
	"tier":          func(c *schemas.Customer) bool { return c.Tier != "" },
	"rfm":           func(c *schemas.Customer) bool { return c.Orders > 0 },
	"rfm_cn":        func(c *schemas.Customer) bool { return c.Orders > 0 },
	"abc":           func(c *schemas.Customer) bool { return c.Orders > 0 },
	"churn":         func(c *schemas.Customer) bool { return c.Orders > 0 },
	"value_matrix":  func(c *schemas.Customer) bool { return c.Orders > 0 },
	"target_fit":    func(c *schemas.Customer) bool { return c.Kind == schemas.Person },
	"behavioural":   func(c *schemas.Customer) bool { return c.LastVisit != nil },
	"brand_loyalty": func(c *schemas.Customer) bool { return c.BrandShare != nil },
}

// checkSchemes holds customer_segment against customers: each customer of a scheme is in one of
// its segments, and segment_summary sums to all of them.
func checkSchemes(t *testing.T, env *runs.Env) {
	t.Helper()
	customers := pipetest.Table[schemas.Customer](t, env, "customers")
	counts := map[string]map[string]int{}
	for _, row := range pipetest.Table[schemas.CustomerSegment](t, env, "customer_segment") {
		if counts[row.Scheme] == nil {
			counts[row.Scheme] = map[string]int{}
		}
		counts[row.Scheme][row.CustomerID]++
	}
	summed := map[string]int64{}
	for _, row := range pipetest.Table[schemas.SegmentSummary](t, env, "segment_summary") {
		summed[row.Scheme] += row.Customers
	}
	for scheme, of := range whose {
		n := int64(0)
		for i := range customers {
			want := 0
			if of(&customers[i]) {
				want, n = 1, n+1
			}
			if got := counts[scheme][customers[i].CustomerID]; got != want {
				t.Errorf("%s: a customer (%s, %d orders) is in %d segments, want %d", scheme, customers[i].Kind, customers[i].Orders, got, want)
			}
		}
		if summed[scheme] != n {
			t.Errorf("%s sums to %d customers of %d", scheme, summed[scheme], n)
		}
	}
}

// checkMoves holds segment_migration against the segments of two runs.
func checkMoves(t *testing.T, before, after *runs.Env) {
	t.Helper()
	count := func(env *runs.Env) map[string]int64 {
		out := map[string]int64{}
		if env == nil {
			return out
		}
		for _, row := range pipetest.Table[schemas.CustomerSegment](t, env, "customer_segment") {
			out[row.Scheme+":"+row.Segment]++
		}
		return out
	}
	was, now := count(before), count(after)
	from, to, stayed := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for _, row := range pipetest.Table[schemas.SegmentMigration](t, after, "segment_migration") {
		a, b := row.Scheme+":"+row.From, row.Scheme+":"+row.To
		from[a] += row.Customers
		to[b] += row.Customers
		if a == b {
			stayed[a] += row.Customers
		}
	}
	for _, row := range pipetest.Table[schemas.SegmentSummary](t, after, "segment_summary") {
		key := row.Scheme + ":" + row.Segment
		if from[key] != was[key] || to[key] != now[key] {
			t.Errorf("%s: %d of %d customers left or stayed, %d of %d came or stayed", key, from[key], was[key], to[key], now[key])
		}
		if was[key]+row.Entered-row.Left != now[key] || row.Entered != to[key]-stayed[key] || row.Left != from[key]-stayed[key] {
			t.Errorf("%s: before %d + in %d - out %d is not after %d", key, was[key], row.Entered, row.Left, now[key])
		}
	}
}

const tierRules = `
tiers: {basis: revenue_12m, points_per_unit: 1, expiry_days: 365, grace_days: 60, cycle: calendar, levels: [{code: regular, zh: 普通会员, from: 0}, {code: silver, zh: 银卡, from: 40}, {code: gold, zh: 金卡, from: 100}]}
`

// Three runs of one company: the second in the grace of no tier, the third long after cycle and
// grace; between them two customers turn out to be one.
func TestTiersHistoryAndMovesOverThreeRuns(t *testing.T) {
	s, dir := newShop(80, false), t.TempDir()
	s.write(t, dir, map[string]string{"rules/tiers.yaml": tierRules})
	file := filepath.Join(dir, "tributary.yaml")
	first := pipetest.Run(t, file, stageValue)
	checkSchemes(t, first)
	checkMoves(t, nil, first)

	pipetest.Write(t, dir, map[string]string{"tributary.yaml": strings.ReplaceAll(shopConfig, "2026-06-30", "2026-12-20")})
	second := pipetest.Run(t, file, stageValue)
	checkSchemes(t, second)
	checkMoves(t, first, second)

	people, err := os.ReadFile(filepath.Join(dir, "people.csv"))
	if err != nil {
		t.Fatal(err)
	}
	one := strings.NewReplacer("Given2 Family2,c2@", "Given1 Family1,c1@").Replace(string(people))
	pipetest.Write(t, dir, map[string]string{"people.csv": one, "tributary.yaml": strings.ReplaceAll(shopConfig, "2026-06-30", "2027-03-31")})
	third := pipetest.Run(t, file, stageValue)
	checkSchemes(t, third)
	checkMoves(t, second, third)

	checkTiers(t, first, second, third)
	checkHistory(t, first, second, third)
}

func tiersOf(t *testing.T, env *runs.Env) map[string]schemas.CustomerTier {
	out := map[string]schemas.CustomerTier{}
	for _, row := range pipetest.Table[schemas.CustomerTier](t, env, "customer_tier") {
		out[row.CustomerID] = row
	}
	return out
}

// level is the programme's answer to an amount, in ten-thousandths.
func level(revenue int64) string {
	switch {
	case revenue >= 100_0000:
		return "gold"
	case revenue >= 40_0000:
		return "silver"
	}
	return "regular"
}

var ranks = []string{"regular", "silver", "gold"}

func checkTiers(t *testing.T, first, second, third *runs.Env) {
	t.Helper()
	a, b, c := tiersOf(t, first), tiersOf(t, second), tiersOf(t, third)
	for id, row := range a {
		if row.Change != "" || *row.CycleEnd != day("2026-12-31") || row.Since != day("2026-06-30") {
			t.Fatalf("first run: %+v", row)
		}
		_ = id
	}
	kept, lost := 0, 0
	for _, customer := range pipetest.Table[schemas.Customer](t, second, "customers") {
		now, was := b[customer.CustomerID], a[customer.CustomerID]
		if slices.Index(ranks, now.Tier) < slices.Index(ranks, was.Tier) {
			t.Errorf("tier %s lost within the cycle", was.Tier)
		}
		if earned := level(customer.Revenue12m); earned != now.Tier {
			kept++
			if *now.DowngradeOn != day("2027-03-02") || *now.BelowSince != day("2026-12-20") || now.Change != segment.TierSame {
				t.Errorf("below: %+v", now)
			}
		} else if now.DowngradeOn != nil || now.BelowSince != nil {
			t.Errorf("not below: %+v", now)
		}
	}
	for _, customer := range pipetest.Table[schemas.Customer](t, third, "customers") {
		now := c[customer.CustomerID]
		if now.Tier != level(customer.Revenue12m) {
			t.Errorf("after the grace: %s with %d", now.Tier, customer.Revenue12m)
		}
		if now.Change == segment.TierDown {
			lost++
			if now.Since != day("2027-03-31") || *now.CycleEnd != day("2027-12-31") {
				t.Errorf("%+v", now)
			}
		}
		if now.Earned != now.Balance+now.Expired || now.Balance > customer.Revenue12m/10000+1 || now.Expiring > now.Balance {
			t.Errorf("points %+v of revenue %d in 12 months", now, customer.Revenue12m)
		}
	}
	if kept < 5 || lost < 5 {
		t.Errorf("%d kept their tier in the cycle, %d lost it after the grace: the test shows nothing", kept, lost)
	}
}

func checkHistory(t *testing.T, first, second, third *runs.Env) {
	t.Helper()
	months := func(env *runs.Env) map[string]schemas.CustomerHistory {
		out := map[string]schemas.CustomerHistory{}
		for _, row := range pipetest.Table[schemas.CustomerHistory](t, env, "customer_history") {
			key := row.CustomerID + " " + row.Month
			if _, twice := out[key]; twice {
				t.Errorf("month %s of a customer is there twice", row.Month)
			}
			out[key] = row
		}
		return out
	}
	a, b, c := months(first), months(second), months(third)
	current := map[string]bool{}
	for _, row := range pipetest.Table[schemas.Customer](t, third, "customers") {
		current[row.CustomerID] = true
		h := c[row.CustomerID+" 2027-03"]
		if h.Tier != row.Tier || h.Lifecycle != row.Lifecycle || h.Revenue != row.RevenueMonth || len(h.Segments) != len(row.Segments) || h.RunID != third.Layout.RunID {
			t.Errorf("this month: %+v", h)
		}
	}
	ids := owners(t, third)
	survivor := ids["p1"]
	if ids["p2"] != survivor {
		t.Fatal("two records of one address did not become one customer")
	}
	gone := 0
	for key, row := range a {
		if diff := cmp.Diff(row, b[key]); diff != "" {
			t.Errorf("a month of the first run changed in the second: %s", diff)
		}
		if !current[row.CustomerID] {
			gone++
			merged := c[survivor+" 2026-06"]
			if own := a[survivor+" 2026-06"]; merged.Revenue != own.Revenue+row.Revenue || merged.Tier != own.Tier || merged.RunID != first.Layout.RunID {
				t.Errorf("the merged customer's month: %+v", merged)
			}
			continue
		}
		if row.CustomerID != survivor {
			if diff := cmp.Diff(row, c[key]); diff != "" {
				t.Errorf("a month of the first run changed in the third: %s", diff)
			}
		}
	}
	if gone != 1 || len(c) != 3*len(current) {
		t.Errorf("%d customers are gone, %d rows of %d customers in 3 months", gone, len(c), len(current))
	}
}

func TestTheLastRunOfAMonthWinsInHistory(t *testing.T) {
	s, dir := newShop(20, false), t.TempDir()
	s.write(t, dir, nil)
	file := filepath.Join(dir, "tributary.yaml")
	for _, asOf := range []string{"2026-06-10", "2026-06-30"} {
		pipetest.Write(t, dir, map[string]string{"tributary.yaml": strings.ReplaceAll(shopConfig, "2026-06-30", asOf)})
		env := pipetest.Run(t, file, stageValue)
		rows := pipetest.Table[schemas.CustomerHistory](t, env, "customer_history")
		if len(rows) != s.customers {
			t.Fatalf("%s: %d rows of %d customers", asOf, len(rows), s.customers)
		}
		for _, row := range rows {
			if row.Month != "2026-06" || row.RunID != env.Layout.RunID {
				t.Fatalf("%s: %+v", asOf, row)
			}
		}
	}
}

const firmConfig = `
project: invented
as_of: 2026-06-30
timezone: UTC
currency: CNY
sources:
  - {name: firms, namespace: crm, path: firms.csv, mapping: {record: party, object: account, key: id, fields: {kind: {const: organization}, full_name: name, industry: industry, company_size: size, account_ref: {column: parent, object: account}, registered_at: since}}}
  - {name: people, namespace: crm, path: people.csv, mapping: {record: party, key: id, fields: {full_name: name, email: mail, birth_date: born, account_ref: {column: firm, object: account}, referrer_ref: {column: by, object: party}, registered_at: since}}}
  - {name: sales, namespace: crm, path: sales.csv, mapping: {record: order, key: id, fields: {customer_ref: {column: who, object: party}, time: day, net: net}}}
  - {name: firm_sales, namespace: crm, path: firm_sales.csv, mapping: {record: order, object: firm_order, key: id, fields: {customer_ref: {column: who, object: account}, time: day, net: net}}}
  - {name: lines, namespace: crm, path: lines.csv, mapping: {record: order_line, key: id, fields: {order_id: order, sku: sku, category: category, brand: brand, amount: amount}}}
  - {name: goods, namespace: crm, path: goods.csv, mapping: {record: product, key: sku, fields: {sku: sku, name: name, category: category}}}
  - {name: web, namespace: crm, path: web.csv, mapping: {record: behaviour, key: id, fields: {customer_ref: {column: who, object: party}, time: at, name: name, page: page, session: session, device: device}}}
  - {name: tags, namespace: crm, path: tags.csv, mapping: {record: trait, key: id, fields: {customer_ref: {column: who, object: party}, name: name, value: value}}}
  - {name: card, namespace: crm, path: card.csv, mapping: {record: loyalty_event, key: id, fields: {customer_ref: {column: who, object: party}, kind: kind, points: points, tier: tier, time: day}}}
output: {path: out}
`

var firmFiles = map[string]string{
	"tributary.yaml": firmConfig,
	"firms.csv": `id,name,industry,size,parent,since
a1,Linden Holding Ltd,Retail,500-999人,,2020-01-01
a2,Linden Shops Ltd,Retail,45,a1,2021-05-01
`,
	"people.csv": `id,name,mail,born,firm,by,since
p1,Ann Oak,ann@example.com,1990-07-01,a2,,2024-02-01
p2,Bob Elm,bob@example.com,,a2,p1,2024-03-01
p3,Cyd Ash,cyd@example.com,,,p1,2024-01-15
p4,Dee Fir,dee@example.com,,,,2026-06-29
`,
	"sales.csv": `id,who,day,net
o1,p1,2026-01-10,100
o2,p1,2026-03-10,50
o3,p2,2026-05-05,30
o4,p3,2026-06-29,7
`,
	"firm_sales.csv": `id,who,day,net
f1,a2,2026-04-01,1000
`,
	"lines.csv": `id,order,sku,category,brand,amount
l1,o1,LMP-1,lamps,Oak,100
l2,o2,RUG-1,rugs,Elm,50
`,
	"goods.csv": `sku,name,category
LMP-1,Lamp,lamps
RUG-1,Rug,rugs
`,
	"web.csv": `id,who,at,name,page,session,device
w1,p1,2026-06-28T20:00:00Z,page_view,https://shop.example.com/RUG-1,s1,mobile
w2,p1,2026-06-28T20:05:00Z,add_to_cart,https://shop.example.com/RUG-1?x=1,s1,mobile
w3,p1,2026-04-20T20:05:00Z,search,https://shop.example.com/find,s0,desktop
w4,,2026-06-28T20:05:00Z,page_view,https://shop.example.com/LMP-1,s2,desktop
`,
	"tags.csv": `id,who,name,value
t1,p1,interest,lamps
t2,p1,What do you need?,storage
t3,p3,lifestyle,minimal
`,
	"card.csv": `id,who,kind,points,tier,day
c1,p1,earn,100,,2026-01-10
c2,p1,redeem,-40,,2026-02-10
c3,p1,tier,,silver,2026-02-11
c4,p1,tier,,gold,2026-03-11
`,
}

func TestContactsRollUpToAccounts(t *testing.T) {
	dir := t.TempDir()
	pipetest.Write(t, dir, firmFiles)
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stageValue)
	ids := map[string]string{} // by record
	for _, row := range pipetest.Table[schemas.IdentityMap](t, env, "identity_map") {
		ids[row.SourceID] = row.CustomerID
	}
	names := map[string]string{}
	for record, id := range ids {
		names[id] = record
	}
	var relations []string
	for _, row := range pipetest.Table[schemas.CustomerRelation](t, env, "customer_relation") {
		relations = append(relations, fmt.Sprintf("%s %s %s %d", names[row.From], row.Relation, names[row.To], *row.Since))
	}
	slices.Sort(relations)
	want := []string{
		fmt.Sprint("a2 subsidiary_of a1 ", day("2021-05-01")), fmt.Sprint("p1 referred p2 ", day("2024-03-01")), fmt.Sprint("p1 referred p3 ", day("2024-01-15")),
		fmt.Sprint("p1 works_at a2 ", day("2024-02-01")), fmt.Sprint("p2 works_at a2 ", day("2024-03-01")),
	}
	if diff := cmp.Diff(want, relations); diff != "" {
		t.Error(diff)
	}
	customers := map[string]schemas.Customer{}
	for _, row := range pipetest.Table[schemas.Customer](t, env, "customers") {
		customers[names[row.CustomerID]] = row
	}
	shops, holding, ann := customers["a2"], customers["a1"], customers["p1"]
	if shops.AccountContacts != 2 || shops.AccountOrders != 4 || shops.AccountRevenue != 1180_0000 || shops.Revenue != 1000_0000 || *shops.AccountLastOrder != day("2026-05-05") {
		t.Errorf("the account: %d contacts, %d orders, revenue %d", shops.AccountContacts, shops.AccountOrders, shops.AccountRevenue)
	}
	if holding.AccountContacts != 0 || holding.AccountRevenue != 0 || ann.AccountRevenue != 0 || ann.AccountID != ids["a2"] {
		t.Errorf("holding %d, contact %d of account %s", holding.AccountRevenue, ann.AccountRevenue, ann.AccountID)
	}
	if ann.Referrals != 2 || *ann.ReferredOn != day("2024-01-15") || ann.Funnel != "referred" || customers["p4"].Funnel != "acquired" || customers["p3"].Funnel != "converted" {
		t.Errorf("%d referrals since %v, funnel %s", ann.Referrals, ann.ReferredOn, ann.Funnel)
	}
	if *ann.Age != 35 || *ann.NextBirthday != day("2026-07-01") || ann.FavouriteBrand != "Oak" || ann.FavouriteItem != "lamps" {
		t.Errorf("age %d, birthday %d, brand %s", *ann.Age, *ann.NextBirthday, ann.FavouriteBrand)
	}
	for _, label := range []string{"psychographic:interest/lamps", "need:storage", "behavioural:cart_waiting", "brand_loyalty:switcher", "tier:gold"} {
		if !slices.Contains(ann.Segments, label) {
			t.Errorf("%s is missing in %v", label, ann.Segments)
		}
	}
	if !slices.Contains(shops.Segments, "firmographic:size/10_49") || !slices.Contains(holding.Segments, "firmographic:size/250_999") || slices.Contains(shops.Segments, "target_fit:unknown") {
		t.Errorf("%v", shops.Segments)
	}
	tier := tiersOf(t, env)[ids["p1"]]
	if tier.Tier != "gold" || tier.Earned != 100 || tier.Spent != 40 || tier.Balance != 60 || *ann.Points != 60 {
		t.Errorf("%+v", tier)
	}
	behaviour := pipetest.Table[schemas.CustomerBehaviour](t, env, "customer_behaviour")
	if len(behaviour) != 1 || behaviour[0].CustomerID != ids["p1"] || behaviour[0].Category != "rugs" || behaviour[0].Device != "mobile" || *behaviour[0].Hour != 20 ||
		behaviour[0].Views30d != 1 || behaviour[0].Carts30d != 1 || behaviour[0].Searches30d != 0 || behaviour[0].Searches90d != 1 || behaviour[0].Sessions30d != 1 || behaviour[0].Sessions90d != 2 {
		t.Errorf("%+v", behaviour)
	}
	checkSchemes(t, env)
}
