package acquisition

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

func day(text string) int32 {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return int32(t.Unix() / 86400)
}

func order(at string, units int64) schemas.OrderRow {
	return schemas.OrderRow{Day: day(at), Status: schemas.OrderPaid, CountsAsRevenue: true, Revenue: units * 10000}
}

func buyer(channel, campaign string, orders ...schemas.OrderRow) (*schemas.CustomerProfile, []schemas.OrderRow) {
	p := &schemas.CustomerProfile{FirstChannel: channel, Campaign: campaign}
	for i := range orders {
		if d := orders[i].Day; p.FirstOrderDay == nil || d < *p.FirstOrderDay {
			p.FirstOrderDay = &d
		}
	}
	return p, orders
}

func units(v int64) *int64 {
	v *= 10000
	return &v
}

func TestACohortOfOneAndAMonthThatIsNotOver(t *testing.T) {
	l := NewLedger(Settings{AsOfDay: day("2026-03-15"), DataStart: day("2025-01-01")})
	l.Customer(buyer("Web", "", order("2026-01-31", 100), order("2026-02-01", 50), order("2026-02-20", 50), order("2026-03-02", 10), order("2026-04-01", 10)))
	var got []schemas.CohortRetention
	for _, row := range l.CohortRows() {
		if row.Channel == "web" {
			got = append(got, row)
		}
	}
	one, whole := int64(1), 1.0
	want := []schemas.CohortRetention{
		{Cohort: "2026-01", Channel: "web", Customers: 1, Active: &one, Retention: &whole, Revenue: units(100), LTV: units(100)},
		{Cohort: "2026-01", Channel: "web", MonthsSince: 1, Customers: 1, Active: &one, Retention: &whole, Revenue: units(100), LTV: units(200)},
		{Cohort: "2026-01", Channel: "web", MonthsSince: 2, Customers: 1}, // March is not over
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if rows := NewLedger(Settings{AsOfDay: day("2026-03-15")}).CohortRows(); len(rows) != 0 {
		t.Errorf("%d cohorts without customers", len(rows))
	}
}

// costs of one campaign, in units of the reporting currency by month.
func costs(rows ...MonthCost) Costs {
	for i := range rows {
		rows[i].Cost *= 10000
		rows[i].Known = rows[i].Known || rows[i].Cost > 0
	}
	c := Costs(rows)
	c.Settle()
	return c
}

func january(year int) int32 { return int32((year - 1970) * 12) }

func TestCostsWithoutCustomersAndCustomersWithoutCosts(t *testing.T) {
	l := NewLedger(Settings{AsOfDay: day("2026-06-30"), DataStart: day("2025-01-01"), Costs: costs(
		MonthCost{Channel: "ads", CampaignID: "A", Month: january(2026), Cost: 120},
		MonthCost{Channel: "ads", CampaignID: "A", Month: january(2026) + 1},           // the export states none
		MonthCost{Channel: "ads", CampaignID: "A", Month: january(2026) + 2, Cost: 50}, // brought nobody
		MonthCost{Channel: "ads", CampaignID: "free", Month: january(2026), Known: true},
		MonthCost{Channel: "ads", CampaignID: "K", Month: january(2026), Cost: 70, Retention: true},
	)})
	l.Customer(buyer("Shop", "A", order("2026-01-05", 50), order("2026-01-25", 30)))
	l.Customer(buyer("Ads", "A", order("2026-01-09", 40)))
	l.Customer(buyer("ads", "A", order("2026-02-09", 40)))
	l.Customer(buyer("ads", "K", order("2026-01-09", 40)))
	l.Customer(buyer("ads", "free", order("2026-01-09", 40)))
	l.Customer(buyer("", "", order("2026-01-09", 40)))
	w := NewWorth(l.settings.Costs)
	p, _ := buyer("Shop", "A", order("2026-01-05", 50))
	w.Customer(p, units(600))
	type line struct {
		Key            string
		New            int64
		Cost, CAC, LTV *int64
		Ratio          *float64
		Payback        *int64
		Retention90    *float64
	}
	ratio, thirty, none, half, zero := 10.0, int64(30), int64(0), 0.5, 0.0
	var got []line
	for _, r := range l.ChannelRows(w, "revenue") {
		got = append(got, line{r.Channel + " " + r.CampaignID + " " + r.Month + " " + r.Purpose, r.NewCustomers, r.Cost, r.CAC, r.LTV, r.LTVToCAC, r.PaybackDays, r.Retention90d})
	}
	want := []line{
		{"ads A 2026-01 acquisition", 2, units(120), units(60), units(600), &ratio, &thirty, &half},
		{"ads A 2026-02 acquisition", 1, nil, nil, nil, nil, nil, &zero},
		{"ads A 2026-03 acquisition", 0, units(50), nil, nil, nil, nil, nil},
		{"ads K 2026-01 retention", 1, units(70), nil, nil, nil, nil, &zero},
		{"ads free 2026-01 acquisition", 1, units(0), units(0), nil, nil, &none, &zero},
		{"unknown  2026-01 ", 1, nil, nil, nil, nil, nil, &zero},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if cac := l.CAC().Of(p); cac == nil || *cac != 600_000 {
		t.Errorf("a buyer of January cost %v, want 60", cac)
	}
}

func TestWhereTheDataBeginNobodyKnowsWhoIsNew(t *testing.T) {
	l := NewLedger(Settings{AsOfDay: day("2026-06-30"), DataStart: day("2026-01-01"), Costs: costs(
		MonthCost{Channel: "ads", CampaignID: "A", Month: january(2026), Cost: 10},
		MonthCost{Channel: "ads", CampaignID: "A", Month: january(2026) + 5, Cost: 10},
	)})
	first, orders := buyer("ads", "A", order("2026-01-05", 50))
	first.FirstCensored = true
	l.Customer(first, orders)
	l.Customer(buyer("ads", "A", order("2026-06-05", 50)))
	rows := l.ChannelRows(NewWorth(nil), "revenue")
	if rows[0].CAC != nil || rows[0].Censored != 1 || rows[1].CAC == nil {
		t.Errorf("cost per buyer %v in the month in which the data begin, %v in a later one", rows[0].CAC, rows[1].CAC)
	}
	if rows[1].Retention90d != nil {
		t.Error("the 90 days of June are not over")
	}
}

func TestACampaignOfTwoChannelsIsInNoneOfThemAlone(t *testing.T) {
	c := costs(MonthCost{Channel: "a", CampaignID: "X", Month: 1, Cost: 1}, MonthCost{Channel: "b", CampaignID: "X", Month: 2, Cost: 1}, MonthCost{Channel: "b", CampaignID: "Y", Month: 2, Cost: 1})
	if diff := cmp.Diff(map[string]string{"Y": "b"}, c.Campaigns()); diff != "" {
		t.Error(diff)
	}
}

// A cost that is stated on some days only is not known; the order of rows does not matter.
func TestCostsAddUpInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type entry struct {
			channel, id string
			day         int32
			cost        *int64
		}
		var entries []entry
		for range rapid.IntRange(0, 12).Draw(t, "rows") {
			e := entry{rapid.SampledFrom([]string{"A ", "a", "B"}).Draw(t, "channel"), rapid.SampledFrom([]string{"x", "y"}).Draw(t, "id"), 20000 + rapid.Int32Range(0, 60).Draw(t, "day"), nil}
			if v := rapid.Int64Range(0, 9).Draw(t, "cost"); v > 0 {
				e.cost = &v
			}
			entries = append(entries, e)
		}
		sum := func(list []entry) Costs {
			var c Costs
			for _, e := range list {
				c.Add(e.channel, e.id, "", e.day, e.cost, false)
			}
			c.Settle()
			return c
		}
		shuffled := rapid.Permutation(entries).Draw(t, "shuffled")
		if diff := cmp.Diff(sum(entries), sum(shuffled)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestNeedsByChannelAreSharesOfWhoStatesAny(t *testing.T) {
	l := NewLedger(Settings{AsOfDay: day("2026-06-30"), DataStart: day("2025-01-01")})
	p, orders := buyer("web", "", order("2026-01-05", 50), order("2026-02-05", 50))
	p.Needs, p.Interests = []string{"study"}, []string{"study", "garden"}
	l.Customer(p, orders)
	l.Customer(&schemas.CustomerProfile{FirstChannel: "web", Needs: []string{"garden"}}, nil)
	l.Customer(&schemas.CustomerProfile{FirstChannel: "web"}, nil)
	whole := 1.0
	want := []schemas.ChannelNeed{
		{Channel: "web", Need: "garden", Customers: 2, Share: 1, Buyers: 1, Retention: &whole},
		{Channel: "web", Need: "study", Customers: 1, Share: .5, Buyers: 1, Retention: &whole},
	}
	if diff := cmp.Diff(want, l.NeedRows(NewWorth(nil))); diff != "" {
		t.Error(diff)
	}
}
