package measure

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

var shanghai = func() *time.Location {
	location, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return location
}()

func dayOf(text string) int32 {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return int32(t.Unix() / 86400)
}

func settings() Settings {
	return Settings{
		AsOfDay:   dayOf("2026-09-30"),
		AsOfEnd:   time.Date(2026, 10, 1, 0, 0, 0, 0, shanghai).UnixMicro(),
		Location:  shanghai,
		DataStart: dayOf("2024-10-01"),
	}
}

// order is a counting order at a local time.
func order(key, at string, revenue int64, change ...func(*schemas.OrderRow)) schemas.OrderRow {
	t, err := time.ParseInLocation("2006-01-02 15:04", at, shanghai)
	if err != nil {
		panic(err)
	}
	o := schemas.OrderRow{
		OrderKey: key, Time: t.UnixMicro(), Day: dayOf(at[:10]), Status: schemas.OrderCompleted,
		CountsAsRevenue: true, Revenue: revenue * 10000, Gross: ptr(revenue * 10000),
	}
	for _, f := range change {
		f(&o)
	}
	return o
}

func ptr[T any](v T) *T { return &v }

func fill(orders []schemas.OrderRow, lines []Line, interactions []schemas.InteractionRow) schemas.CustomerProfile {
	var p schemas.CustomerProfile
	New(settings()).Fill(&p, orders, lines, interactions)
	return p
}

func TestMeasuresOfABuyer(t *testing.T) {
	returned := func(o *schemas.OrderRow) {
		o.Status, o.Gross, o.Refund = schemas.OrderReturned, nil, ptr(int64(200000))
	}
	p := fill([]schemas.OrderRow{
		order("c", "2026-09-30 23:59", 30, func(o *schemas.OrderRow) { o.Channel = "tmall" }),
		order("a", "2026-01-01 10:00", 100, func(o *schemas.OrderRow) { o.Channel = "store" }),
		order("b", "2026-01-01 22:00", 50, func(o *schemas.OrderRow) { o.Channel = "store" }),
		order("d", "2026-05-01 10:30", 61),
		order("e", "2026-05-02 09:00", -20, returned),
		order("late", "2026-10-01 00:00", 999),
		order("cancelled", "2026-02-01 10:00", 0, func(o *schemas.OrderRow) { o.Status = schemas.OrderCancelled }),
		order("crm", "2026-02-01 10:00", 77, func(o *schemas.OrderRow) { o.CountsAsRevenue = false }),
	}, nil, nil)
	want := schemas.CustomerProfile{
		Orders: 4, Revenue: 2210000, Gross: 2410000, Refunds: 200000, AverageOrder: ptr(int64(552500)),
		FirstOrderDay: ptr(dayOf("2026-01-01")), LastOrderDay: ptr(dayOf("2026-09-30")), RecencyDays: ptr(int64(0)),
		Orders30d: 1, Orders90d: 1, OrdersPrev90d: 1, Orders12m: 4, Revenue12m: 2210000, RevenueMonth: 300000,
		RepeatDays: 2, RepeatSpanDays: 272, AgeDays: 272, RepeatSpend: ptr(int64(455000)),
		GapP95Days: ptr(120 + .95*32), MedianGapDays: ptr(136.0), LastGapDays: ptr(int64(152)), GapP95Before: ptr(120.0), NextAnniversary: ptr(dayOf("2027-01-01")),
		FavouriteChan: "store", FavouriteHour: ptr(int64(10)), FirstChannel: "store",
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
}

// 5 May (d) has gone back in part: the windows are inclusive of as_of and of 30, 90, 365 days.
func TestWindowsEndAtAsOf(t *testing.T) {
	for _, test := range []struct {
		day                 string
		d30, d90, prev, m12 int64
	}{
		{"2026-09-30", 1, 1, 0, 1},
		{"2026-09-01", 1, 1, 0, 1},
		{"2026-08-31", 0, 1, 0, 1},
		{"2026-07-03", 0, 1, 0, 1},
		{"2026-07-02", 0, 0, 1, 1},
		{"2026-04-04", 0, 0, 1, 1},
		{"2026-04-03", 0, 0, 0, 1},
		{"2025-10-01", 0, 0, 0, 1},
		{"2025-09-30", 0, 0, 0, 0},
	} {
		p := fill([]schemas.OrderRow{order("o", test.day+" 12:00", 1)}, nil, nil)
		if p.Orders30d != test.d30 || p.Orders90d != test.d90 || p.OrdersPrev90d != test.prev || p.Orders12m != test.m12 {
			t.Errorf("%s: %d %d %d %d", test.day, p.Orders30d, p.Orders90d, p.OrdersPrev90d, p.Orders12m)
		}
	}
}

func TestMarginIsNullUnlessEveryCostIsKnown(t *testing.T) {
	cost := func(o *schemas.OrderRow) { o.Margin = ptr(o.Revenue / 4) }
	known := fill([]schemas.OrderRow{order("a", "2026-01-01 10:00", 100, cost), order("b", "2026-01-02 10:00", 60, cost)}, nil, nil)
	if known.Margin == nil || *known.Margin != 400000 {
		t.Errorf("margin %v", known.Margin)
	}
	if p := fill([]schemas.OrderRow{order("a", "2026-01-01 10:00", 100, cost), order("b", "2026-01-02 10:00", 60)}, nil, nil); p.Margin != nil {
		t.Errorf("margin %v without one cost", *p.Margin)
	}
	if p := fill(nil, nil, nil); p.Margin != nil || p.RecencyDays != nil || p.AverageOrder != nil {
		t.Errorf("a customer without orders has %+v", p)
	}
}

func TestFirstOrdersNearTheBeginningOfTheDataAreCensored(t *testing.T) {
	early := fill([]schemas.OrderRow{order("a", "2024-10-30 10:00", 1)}, nil, nil)
	late := fill([]schemas.OrderRow{order("a", "2024-10-31 10:00", 1)}, nil, nil)
	if !early.FirstCensored || late.FirstCensored {
		t.Errorf("early %v, late %v", early.FirstCensored, late.FirstCensored)
	}
	known := schemas.CustomerProfile{FirstSeen: ptr(time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro())}
	New(settings()).Fill(&known, []schemas.OrderRow{order("a", "2025-10-31 10:00", 1)}, nil, nil)
	if !known.FirstCensored {
		t.Error("known before the data begin, but not censored")
	}
}

func TestFavouriteCategoryFollowsCountingRevenue(t *testing.T) {
	orders := []schemas.OrderRow{
		order("usd", "2026-01-01 10:00", 700),
		order("cny", "2026-01-02 10:00", 300),
		order("void", "2026-01-03 10:00", 0, func(o *schemas.OrderRow) { o.Status = schemas.OrderCancelled }),
	}
	p := fill(orders, []Line{
		{Order: OrderHash("usd"), Category: "shoes", Amount: ptr(int64(7000000))},
		{Order: OrderHash("cny"), Category: "books", Amount: ptr(int64(3000000))},
		{Order: OrderHash("void"), Category: "tents", Amount: ptr(int64(90000000))},
	}, nil)
	if p.FavouriteItem != "shoes" {
		t.Errorf("favourite %q", p.FavouriteItem)
	}
	tie := fill(orders[1:2], []Line{{Order: OrderHash("cny"), Category: "b", Amount: ptr(int64(5))}, {Order: OrderHash("cny"), Category: "a", Amount: ptr(int64(5))}}, nil)
	if tie.FavouriteItem != "a" {
		t.Errorf("tie goes to %q", tie.FavouriteItem)
	}
}

func TestMidnightIsNoHour(t *testing.T) {
	if p := fill([]schemas.OrderRow{order("a", "2026-01-01 00:00", 1)}, nil, nil); p.FavouriteHour != nil {
		t.Errorf("hour %d", *p.FavouriteHour)
	}
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	m := New(Settings{Location: newYork})
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.Int64Range(-4e15, 4e15).Draw(t, "time")
		if hour, ok := m.hour(micros); ok && hour != int64(time.UnixMicro(micros).In(newYork).Hour()) {
			t.Fatalf("hour %d of %s", hour, time.UnixMicro(micros).In(newYork))
		}
	})
}

func touch(key, kind, channel, at string) schemas.InteractionRow {
	t, err := time.ParseInLocation("2006-01-02 15:04", at, shanghai)
	if err != nil {
		panic(err)
	}
	return schemas.InteractionRow{Key: key, Kind: kind, Channel: channel, Time: t.UnixMicro()}
}

func TestFirstTouchWithin90DaysOfTheFirstOrder(t *testing.T) {
	first := order("a", "2026-06-01 10:00", 1, func(o *schemas.OrderRow) { o.Channel = "tmall" })
	for _, test := range []struct {
		name    string
		stated  string
		orders  []schemas.OrderRow
		touches []schemas.InteractionRow
		want    string
	}{
		{"in time", "ads", []schemas.OrderRow{first}, []schemas.InteractionRow{touch("2", "chat", "wechat", "2026-05-20 10:00"), touch("1", "lead", "douyin", "2026-05-01 10:00")}, "douyin"},
		{"too early", "ads", []schemas.OrderRow{first}, []schemas.InteractionRow{touch("1", "lead", "douyin", "2026-01-01 10:00")}, "ads"},
		{"after", "", []schemas.OrderRow{first}, []schemas.InteractionRow{touch("1", "chat", "douyin", "2026-06-02 10:00")}, "tmall"},
		{"no order", "", nil, []schemas.InteractionRow{touch("1", "chat", "", "2026-01-01 10:00"), touch("2", "chat", "douyin", "2026-01-02 10:00")}, "douyin"},
		{"no order, stated", "ads", nil, []schemas.InteractionRow{touch("2", "chat", "douyin", "2026-01-02 10:00")}, "ads"},
		{"nothing", "", nil, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := schemas.CustomerProfile{FirstChannel: test.stated}
			New(settings()).Fill(&p, test.orders, nil, test.touches)
			if p.FirstChannel != test.want {
				t.Errorf("first channel %q, want %q", p.FirstChannel, test.want)
			}
		})
	}
}

func TestServiceMeasures(t *testing.T) {
	answer := func(kind string, score float64, at string) schemas.InteractionRow {
		row := touch("s"+at, "survey", "wjx", at)
		row.Score, row.ScoreKind = &score, kind
		return row
	}
	open, closed, later := touch("1", "ticket", "email", "2026-02-01 10:00"), touch("2", "ticket", "email", "2026-02-02 10:00"), touch("3", "ticket", "email", "2026-09-30 23:00")
	closed.Status = "Solved"
	later.Resolved = ptr(settings().AsOfEnd + 5)
	p := fill(nil, nil, []schemas.InteractionRow{
		later, open, closed, touch("4", "call", "phone", "2026-03-01 10:00"), touch("5", "visit", "", "2026-10-01 00:00"),
		answer("nps", 9, "2026-04-01 10:00"), answer("nps", 3, "2026-05-01 10:00"), answer("csat", 4, "2026-05-02 10:00"), answer("csat", 1, "2026-05-03 10:00"), answer("csat", -1, "2026-05-04 10:00"),
	})
	if p.Tickets != 4 || p.OpenTickets != 2 || p.Interactions != 9 || *p.LastNPS != 3 || *p.Satisfaction != .9 || *p.LastInteraction != later.Time {
		t.Errorf("%+v nps %v satisfaction %v", p, *p.LastNPS, *p.Satisfaction)
	}
}

// The same rows in any order give the same measures, and a Measurer forgets the customer before.
func TestMeasuresDoNotDependOnTheOrderOfRows(t *testing.T) {
	reused := New(settings())
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "orders")
		var orders []schemas.OrderRow
		var lines []Line
		var touches []schemas.InteractionRow
		for i := range n {
			day := rapid.Int32Range(settings().AsOfDay-500, settings().AsOfDay+20).Draw(t, "day")
			key := string(rune('a' + i))
			orders = append(orders, schemas.OrderRow{
				OrderKey: key, Day: day, Time: int64(day)*microsPerDay + rapid.Int64Range(0, 3).Draw(t, "hour")*3600e6,
				Status:          rapid.SampledFrom([]string{schemas.OrderPaid, schemas.OrderReturned, schemas.OrderCancelled}).Draw(t, "status"),
				CountsAsRevenue: rapid.Bool().Draw(t, "counts"), Revenue: rapid.Int64Range(-50, 100).Draw(t, "revenue"),
				Channel: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "channel"),
			})
			lines = append(lines, Line{Order: OrderHash(key), Category: rapid.SampledFrom([]string{"", "p", "q"}).Draw(t, "category"), Amount: ptr(int64(10))})
			touches = append(touches, schemas.InteractionRow{Key: key, Kind: "ticket", Channel: "z", Time: orders[i].Time})
		}
		want := fill(orders, lines, touches)
		shuffled := rapid.Permutation(orders).Draw(t, "order")
		var got schemas.CustomerProfile
		reused.Fill(&got, shuffled, rapid.Permutation(lines).Draw(t, "lines"), rapid.Permutation(touches).Draw(t, "touches"))
		if !reflect.DeepEqual(got, want) {
			t.Fatal(cmp.Diff(want, got))
		}
		if got.RepeatDays > 0 && (got.RepeatSpanDays > got.AgeDays || got.RepeatDays > got.RepeatSpanDays) {
			t.Fatalf("impossible pattern %+v", got)
		}
	})
}

func TestOneStarIsNoSatisfaction(t *testing.T) {
	for _, c := range []struct {
		kind  string
		score float64
		want  float64
		ok    bool
	}{{"rating", 1, 0, true}, {"rating", 5, 1, true}, {"csat", 1, 1, true}, {"csat", 4, 0.8, true}, {"csat", 90, 0.9, true}, {"rating", 8, 0.8, true}, {"csat", -1, 0, false}, {"csat", 1000, 0, false}} {
		if got, ok := ShareOf(c.kind, c.score); got != c.want || ok != c.ok {
			t.Errorf("%s %v: %v %v", c.kind, c.score, got, ok)
		}
	}
}
