package measure

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

// at is a local time in microseconds.
func at(text string) int64 {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, shanghai)
	if err != nil {
		panic(err)
	}
	return t.UnixMicro()
}

func TestBehaviourOfAVisitor(t *testing.T) {
	row, ok := New(settings()).Behaviour([]Event{
		{at("2026-09-30 21:40"), "add_to_cart", "lamps", "s3", "mobile"},
		{at("2026-09-30 21:30"), "page_view", "lamps", "s3", "mobile"},
		{at("2026-09-30 21:31"), "Search", "", "s3", "mobile"},
		{at("2026-08-31 08:00"), "view_item", "rugs", "", "desktop"}, // 30 days ago: no longer in 30 days
		{at("2026-08-31 08:30"), "view_item", "", "", "desktop"},     // half an hour later: the same session
		{at("2026-08-31 09:01"), "加购", "rugs", "", "desktop"},        // another one
		{at("2026-01-01 10:00"), "login", "", "s1", "tablet"},
		{at("2026-10-01 00:00"), "page_view", "lamps", "s4", "mobile"}, // after as_of
	})
	want := schemas.CustomerBehaviour{
		Events: 7, Sessions30d: 1, Sessions90d: 3, Views30d: 1, Views90d: 3, Carts30d: 1, Carts90d: 2, Searches30d: 1, Searches90d: 1,
		FirstVisit: ptr(at("2026-01-01 10:00")), LastVisit: ptr(at("2026-09-30 21:40")), LastCart: ptr(at("2026-09-30 21:40")),
		Category: "lamps", Device: "mobile", Hour: ptr(int64(21)),
	}
	if diff := cmp.Diff(want, row); diff != "" || !ok {
		t.Error(ok, diff)
	}
	if _, ok := New(settings()).Behaviour([]Event{{Time: at("2026-10-02 10:00"), Name: "page_view"}}); ok {
		t.Error("events after as_of make a row")
	}
}

func TestBehaviourDoesNotHangOnTheOrderOfEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Event {
			return Event{
				at("2026-06-01 00:00") + rapid.Int64Range(0, 130*24*60).Draw(t, "minute")*60_000_000,
				rapid.SampledFrom([]string{"page_view", "add_to_cart", "search", "login"}).Draw(t, "name"),
				rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "category"),
				rapid.SampledFrom([]string{"", "s1", "s2"}).Draw(t, "session"),
				rapid.SampledFrom([]string{"", "mobile", "desktop"}).Draw(t, "device"),
			}
		}), 0, 12).Draw(t, "events")
		m := New(settings())
		want, ok := m.Behaviour(events)
		got, again := m.Behaviour(rapid.Permutation(events).Draw(t, "order"))
		if diff := cmp.Diff(want, got); diff != "" || ok != again {
			t.Fatal(diff)
		}
		if want.Sessions30d > want.Sessions90d || want.Sessions90d > want.Events || want.Views90d+want.Carts90d+want.Searches90d > want.Events {
			t.Fatalf("%+v", want)
		}
	})
}

func TestFunnelFlagsAreDated(t *testing.T) {
	m := New(settings())
	p := schemas.CustomerProfile{FirstSeen: ptr(at("2026-02-01 09:00"))}
	m.Fill(&p, []schemas.OrderRow{order("o", "2026-03-20 10:00", 5)}, nil, []schemas.InteractionRow{
		{Key: "sent", Kind: "message", Direction: "out", Time: at("2026-02-02 10:00")},
		{Key: "clicked", Kind: "message", Direction: "out", Clicked: ptr(true), Time: at("2026-03-10 10:00")},
	})
	m.Funnel(&p, []Event{{Time: at("2026-03-14 10:00")}}, []int64{0, at("2026-05-01 10:00"), at("2026-10-05 10:00")})
	got := []*int32{p.AcquiredOn, p.ActivatedOn, p.RetainedOn, p.ConvertedOn, p.ReferredOn}
	want := []*int32{ptr(dayOf("2026-02-01")), ptr(dayOf("2026-03-10")), ptr(dayOf("2026-03-20")), ptr(dayOf("2026-03-20")), ptr(dayOf("2026-05-01"))}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if p.Referrals != 2 {
		t.Errorf("%d referrals, one of three came after as_of", p.Referrals)
	}
	m.Fill(&p, nil, nil, nil)
	if m.Funnel(&p, nil, nil); p.ActivatedOn != nil || p.RetainedOn != nil || p.ConvertedOn != nil || p.ReferredOn != nil || p.AcquiredOn == nil {
		t.Errorf("a customer who did nothing: %+v", p)
	}
}

func TestTraitsBecomeColumns(t *testing.T) {
	var p schemas.CustomerProfile
	p.Industry = "Retail"
	trait := func(name, value string, at int64) schemas.Trait {
		return schemas.Trait{Name: name, Value: value, Time: at}
	}
	New(settings()).Traits(&p, []schemas.Trait{
		trait("interest", "厨房", 1), trait("您对哪些方向感兴趣？", "书房", 0), trait("interest", "厨房", 9),
		trait("What do you need?", "more storage", 0), trait("生活方式", "极简", 0), trait("您最看重什么", "环保", 0),
		trait("年收入", "10-20万", 2), trait("年收入", "20-50万", 3), trait("行业", "Construction", 3),
		trait("interest", "call me at 13900001234 please", 0), trait("interest", "somebody@example.com", 0), trait("favourite colour of all that there are in the shop", "", 0),
		trait("tag", "VIP", 0), trait("need", "after the end", at("2026-10-02 00:00")),
	})
	want := schemas.CustomerProfile{
		Interests: []string{"书房", "厨房"}, Needs: []string{"more storage"}, Lifestyles: []string{"极简"}, Values: []string{"环保"},
		IncomeBand: "20-50万", Industry: "Retail",
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
}

func TestBrandsAndCategoriesHaveShares(t *testing.T) {
	p := fill([]schemas.OrderRow{order("a", "2026-01-01 10:00", 10), order("b", "2026-02-01 10:00", 10), order("c", "2026-03-01 10:00", 10, func(o *schemas.OrderRow) { o.Status = schemas.OrderCancelled })}, []Line{
		{OrderHash("a"), "lamps", "Linden", ptr(int64(60))},
		{OrderHash("a"), "rugs", "Oak", ptr(int64(20))},
		{OrderHash("b"), "lamps", "Linden", ptr(int64(20))},
		{OrderHash("c"), "rugs", "Oak", ptr(int64(500))},
	}, nil)
	if p.FavouriteItem != "lamps" || *p.CategoryShare != .8 || p.FavouriteBrand != "Linden" || *p.BrandShare != .8 || p.BrandOrders != 2 {
		t.Errorf("%s %v, %s %v in %d orders", p.FavouriteItem, *p.CategoryShare, p.FavouriteBrand, *p.BrandShare, p.BrandOrders)
	}
	if q := fill([]schemas.OrderRow{order("a", "2026-01-01 10:00", 10)}, []Line{{Order: OrderHash("a"), Brand: "Oak"}}, nil); q.FavouriteBrand != "Oak" || q.BrandShare != nil {
		t.Errorf("a brand without amounts has the share %v", q.BrandShare)
	}
}

func TestYearlyDaysComeAfterAsOf(t *testing.T) {
	for _, test := range []struct{ of, asOf, want string }{
		{"1990-10-01", "2026-09-30", "2026-10-01"},
		{"1990-09-30", "2026-09-30", "2027-09-30"},
		{"1992-02-29", "2026-09-30", "2027-03-01"},
		{"1992-02-29", "2027-12-31", "2028-02-29"},
		{"2026-09-15", "2026-09-30", "2027-09-15"},
	} {
		if got := NextYearly(dayOf(test.of), dayOf(test.asOf)); got != dayOf(test.want) {
			t.Errorf("%s after %s: %s, want %s", test.of, test.asOf, date(got).Format(time.DateOnly), test.want)
		}
	}
	var p schemas.CustomerProfile
	p.BirthDate = ptr(dayOf("1996-10-01"))
	New(settings()).anniversaries(&p)
	if *p.Age != 29 || *p.NextBirthday != dayOf("2026-10-01") {
		t.Errorf("age %d", *p.Age)
	}
	p.BirthDate = ptr(dayOf("1826-01-01"))
	if New(settings()).anniversaries(&p); p.Age != nil || p.NextBirthday != nil {
		t.Error("nobody is 200 years old")
	}
}

func TestCustomersAreContactedByWhatReachedThem(t *testing.T) {
	p := fill(nil, nil, []schemas.InteractionRow{
		{Key: "1", Kind: "message", Direction: "out", Time: at("2026-09-30 10:00")},
		{Key: "2", Kind: "email", Direction: "out", Delivered: ptr(false), Time: at("2026-09-30 10:00")},
		{Key: "3", Kind: "message", Direction: "out", Time: at("2026-08-31 23:59")},
		{Key: "4", Kind: "event", Time: at("2026-09-30 10:00")},
		{Key: "5", Kind: "ticket", Direction: "in", Resolved: ptr(at("2026-09-29 10:00")), Time: at("2026-09-20 10:00")},
	})
	if p.Contacts30d != 1 || p.LastResolved == nil || *p.LastResolved != at("2026-09-29 10:00") || p.OpenTickets != 0 {
		t.Errorf("%d contacts, resolved %v", p.Contacts30d, p.LastResolved)
	}
}

func TestTheNextRenewalIsThatOfAnActiveSubscription(t *testing.T) {
	var p schemas.CustomerProfile
	New(settings()).Renewal(&p, []schemas.Subscription{
		{Status: "active", Started: 1, Ends: at("2026-09-30 10:00")},
		{Status: "active", Started: 1, Ends: at("2027-01-05 10:00")},
		{Status: "cancelled", Started: 1, Ends: at("2026-10-05 10:00")},
		{Status: "active", Started: 1, Ends: at("2026-12-05 10:00")},
		{Status: "active", Started: 1},
	})
	if p.NextRenewal == nil || *p.NextRenewal != dayOf("2026-12-05") {
		t.Errorf("renewal %v", p.NextRenewal)
	}
}
