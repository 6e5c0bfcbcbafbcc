package kpi

import (
	"slices"
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
	return dayOf(t)
}

func order(at string, revenue int64) schemas.OrderRow {
	gross := revenue * 10000
	return schemas.OrderRow{Day: day(at), Status: schemas.OrderPaid, CountsAsRevenue: true, Revenue: gross, Gross: &gross}
}

var settings = Settings{AsOfDay: day("2026-05-15"), DataStart: day("2025-01-01")}

func TestPeriodsTouchTheDaysOfTheData(t *testing.T) {
	var names []string
	for _, p := range Periods(day("2025-11-20"), day("2026-01-31")) {
		names = append(names, p.Name+" "+date(p.First).Format("0102")+"-"+date(p.Last).Format("0102"))
	}
	want := []string{
		"all 1120-0131", "last_12m 0201-0131", "2025 0101-1231", "2026 0101-1231", "2025-Q4 1001-1231", "2026-Q1 0101-0331",
		"2025-11 1101-1130", "2025-12 1201-1231", "2026-01 0101-0131",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

// figures counts customers given by their orders and returns values by period and metric.
func figures(s Settings, customers ...[]schemas.OrderRow) map[string]*float64 {
	c := NewCounter(s)
	for _, orders := range customers {
		c.Customer(0, orders)
	}
	out := map[string]*float64{}
	for _, row := range Rows(s, c.Counts(), &Extra{}) {
		out[row.Period+" "+row.Metric] = row.Value
	}
	return out
}

func expect(t *testing.T, got map[string]*float64, want map[string]any) {
	t.Helper()
	for key, value := range want {
		v, ok := got[key]
		switch {
		case !ok:
			t.Errorf("%s is missing", key)
		case value == nil:
			if v != nil {
				t.Errorf("%s = %v, want null", key, *v)
			}
		case v == nil:
			t.Errorf("%s is null, want %v", key, value)
		case *v != value.(float64):
			t.Errorf("%s = %v, want %v", key, *v, value)
		}
	}
}

func TestFiguresOfThreeCustomers(t *testing.T) {
	got := figures(settings,
		[]schemas.OrderRow{order("2025-12-31", 100), order("2026-01-01", 50), order("2026-01-20", 30), order("2026-05-16", 999)},
		[]schemas.OrderRow{order("2025-08-01", 10), order("2026-03-31", 20)},
		nil,
	)
	expect(t, got, map[string]any{
		"all customers": 3.0, "all buyers": 2.0, "all new_buyers": 2.0, "all orders": 5.0, "all revenue": 210.0, "all average_order_value": 42.0, "all repeat_rate": 1.0,
		"2025 buyers": 2.0, "2025 revenue": 110.0, "2025 repeat_rate": 0.0, "2025 retention": nil,
		"2026 revenue": nil, "2026-05 revenue": nil, "2026-04 revenue": 0.0, "2026-04 average_order_value": nil,
		"2026-01 buyers": 1.0, "2026-01 new_buyers": 0.0, "2026-01 repeat_rate": 1.0, "2026-01 retention": 0.5, "2026-01 active_customers": 1.0,
		// 1 August is 153 days before 1 January, 183 before the end of that month
		"2026-02 retention": 0.0, "2026-02 active_customers": 1.0,
		"2026-Q1 quarterly_retention": 1.0, "2026-Q1 retention": 1.0, "2025-Q4 quarterly_retention": 0.0, "2025-Q1 quarterly_retention": nil,
		"last_12m orders": 5.0,
	})
	if _, ok := got["all retention"]; ok {
		t.Error("retention of everything")
	}
}

func TestReturnsTakeRevenueAndAnonymousOrdersCount(t *testing.T) {
	back := order("2026-02-03", -40)
	back.Status, back.Gross = schemas.OrderReturned, nil
	cancelled := order("2026-02-03", 0)
	cancelled.Status = schemas.OrderCancelled
	crm := order("2026-02-03", 70)
	crm.CountsAsRevenue = false
	c := NewCounter(settings)
	c.Customer(0, []schemas.OrderRow{order("2026-02-01", 100), back, cancelled, crm})
	anonymous := order("2026-02-05", 25)
	c.Anonymous(&anonymous)
	got := map[string]*float64{}
	for _, row := range Rows(settings, c.Counts(), &Extra{}) {
		got[row.Period+" "+row.Metric] = row.Value
	}
	expect(t, got, map[string]any{
		"2026-02 revenue": 85.0, "2026-02 gross_revenue": 125.0, "2026-02 anonymous_revenue": 25.0, "2026-02 orders": 2.0, "2026-02 buyers": 1.0, "2026-02 customers": 1.0,
	})
}

func TestCustomersAreKnownFromTheirFirstRecord(t *testing.T) {
	c := NewCounter(settings)
	c.Customer(time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC).UnixMicro(), nil)
	c.Customer(time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC).UnixMicro(), []schemas.OrderRow{order("2026-01-05", 1)})
	got := map[string]*float64{}
	for _, row := range Rows(settings, c.Counts(), &Extra{}) {
		got[row.Period+" "+row.Metric] = row.Value
	}
	expect(t, got, map[string]any{"2025-12 customers": 0.0, "2026-01 customers": 1.0, "2026-02 customers": 2.0})
}

// Parts add up to the whole, in any order.
func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole, parts := NewCounter(settings), []*Counter{NewCounter(settings), NewCounter(settings)}
		for range rapid.IntRange(0, 8).Draw(t, "customers") {
			var orders []schemas.OrderRow
			for range rapid.IntRange(0, 5).Draw(t, "orders") {
				o := order("2026-01-01", rapid.Int64Range(-3, 9).Draw(t, "revenue"))
				o.Day = rapid.Int32Range(settings.DataStart-10, settings.AsOfDay+10).Draw(t, "day")
				orders = append(orders, o)
			}
			whole.Customer(0, orders)
			parts[rapid.IntRange(0, 1).Draw(t, "part")].Customer(0, slices.Clone(orders))
		}
		want := Merge(whole.Counts())
		if diff := cmp.Diff(want, Merge(parts[0].Counts(), parts[1].Counts())); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(want, Merge(parts[1].Counts(), parts[0].Counts())); diff != "" {
			t.Fatal(diff)
		}
	})
}

// plainly counts one customer in one period by looking at every order.
func plainly(p Period, days []int32, active int32) Count {
	in := func(from, to int32) int64 {
		n := int64(0)
		for _, d := range days {
			if d >= from && d <= to {
				n++
			}
		}
		return n
	}
	yes := func(b bool) int64 {
		if b {
			return 1
		}
		return 0
	}
	n := in(p.First, p.Last)
	activeStart := in(p.First-active, p.First-1) > 0
	c := Count{
		Period: p.Name, Customers: 1, CustomersStart: 1, Orders: n, Buyers: yes(n > 0), Repeaters: yes(n > 1), NewBuyers: yes(n > 0 && in(0, p.First-1) == 0),
		ActiveStart: yes(activeStart), Retained: yes(activeStart && n > 0), ActiveEnd: yes(in(p.Last-active+1, p.Last) > 0),
	}
	if p.Kind == KindQuarter {
		before := in(p.before, p.First-1) > 0
		c.BoughtBefore, c.BoughtAgain = yes(before), yes(before && n > 0)
	}
	return c
}

func TestCountsAreThoseOfLookingAtEveryOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := settings
		s.ActiveDays = rapid.Int32Range(1, 400).Draw(t, "active")
		c := NewCounter(s)
		var orders []schemas.OrderRow
		var days []int32
		for range rapid.IntRange(1, 6).Draw(t, "orders") {
			o := order("2026-01-01", 0)
			o.Day = rapid.Int32Range(s.DataStart, s.AsOfDay+40).Draw(t, "day")
			orders = append(orders, o)
			if o.Day <= s.AsOfDay {
				days = append(days, o.Day)
			}
		}
		c.Customer(0, orders)
		var want []Count
		for _, p := range Periods(s.DataStart, s.AsOfDay) {
			want = append(want, plainly(p, days, s.ActiveDays))
		}
		if diff := cmp.Diff(want, c.Counts()); diff != "" {
			t.Fatal(diff)
		}
	})
}
