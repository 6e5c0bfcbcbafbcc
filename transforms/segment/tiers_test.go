package segment

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

func dayOf(text string) int32 {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return int32(t.Unix() / 86400)
}

func spender(revenue int64) *schemas.Customer {
	c := &schemas.Customer{}
	c.Revenue12m = revenue * moneyScale
	return c
}

const programme = `tiers: {basis: revenue_12m, grace_days: 60, CYCLE levels: [{code: regular, zh: 普通会员, from: 0}, {code: silver, zh: 银卡, from: 2000}, {code: gold, zh: 金卡, from: 10000}]}`

// walk takes one customer through runs at some days with some revenue of 12 months.
func walk(t *testing.T, cycle string, runs []struct {
	day     string
	revenue int64
	tier    string
	lost    string // downgrade_on; "" = none
},
) {
	t.Helper()
	tiers := load(t, replaceCycle(cycle)).Tiers
	state := TierState{}
	for _, run := range runs {
		state = tiers.Next(spender(run.revenue), state, dayOf(run.day))
		lost := ""
		if state.DowngradeOn != 0 {
			lost = time.Unix(int64(state.DowngradeOn)*86400, 0).UTC().Format(time.DateOnly)
		}
		if state.Tier != run.tier || lost != run.lost {
			t.Errorf("%s cycle, %s with %d: tier %s, lost on %q; want %s, %q", cycle, run.day, run.revenue, state.Tier, lost, run.tier, run.lost)
		}
	}
}

func replaceCycle(cycle string) string {
	key := ""
	if cycle != "" {
		key = "cycle: " + cycle + ","
	}
	return programme[:len("tiers: {basis: revenue_12m, grace_days: 60, ")] + key + programme[len("tiers: {basis: revenue_12m, grace_days: 60, CYCLE"):]
}

type step = struct {
	day     string
	revenue int64
	tier    string
	lost    string
}

func TestTiersRiseAtOnceAndFallAtTheCyclesEndAfterTheGrace(t *testing.T) {
	walk(t, "", []step{
		{"2026-01-10", 2500, "silver", ""},
		{"2026-02-10", 12000, "gold", ""},         // at once; the cycle lasts to 9 February
		{"2026-06-10", 500, "gold", "2027-04-11"}, // 60 days after the last day of the cycle
		{"2027-02-20", 500, "gold", "2027-04-11"}, // in the grace
		{"2027-04-10", 500, "gold", "2027-04-11"}, // its last day
		{"2027-04-11", 2500, "silver", ""},        // to where the basis stands
		{"2027-05-01", 11000, "gold", ""},         // and up again
		{"2028-05-05", 11000, "gold", ""},         // renewed: the next cycle
		{"2028-06-01", 100, "gold", "2029-07-04"}, // safe until 4 May 2029
		{"2028-07-01", 20000, "gold", ""},         // recovered
		{"2029-12-01", 100, "regular", ""},        // long after cycle and grace, with no run between
		{"2029-12-02", 100, "regular", ""},
	})
	walk(t, "calendar", []step{
		{"2026-11-10", 12000, "gold", ""},
		{"2026-12-31", 500, "gold", "2027-03-02"},
		{"2027-03-01", 500, "gold", "2027-03-02"},
		{"2027-03-02", 500, "regular", ""},
	})
	walk(t, "rolling", []step{
		{"2026-01-10", 12000, "gold", ""},
		{"2026-03-01", 500, "gold", "2026-04-30"},
		{"2026-04-29", 500, "gold", "2026-04-30"},
		{"2026-04-30", 500, "regular", ""},
	})
}

func TestATierThatTheProgrammeKnowsNoMoreCountsAsNone(t *testing.T) {
	tiers := load(t, replaceCycle("")).Tiers
	if state := tiers.Next(spender(2500), TierState{Tier: "platinum", Since: 5, CycleEnd: 10}, 100); state.Tier != "silver" || state.Since != 100 {
		t.Errorf("%+v", state)
	}
}

func TestTiersNeverFallWithinTheirCycle(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tiers := load(t, replaceCycle(rapid.SampledFrom([]string{"", "calendar"}).Draw(rt, "cycle"))).Tiers
		state := TierState{}
		day := int32(20000)
		for range 20 {
			day += rapid.Int32Range(1, 200).Draw(rt, "days")
			c := spender(rapid.Int64Range(0, 12000).Draw(rt, "revenue"))
			c.Tier = state.Tier
			before, held := state, 0
			if state.Tier != "" {
				held = tiers.Level(c)
			}
			state = tiers.Next(c, before, day)
			c.Tier = state.Tier
			switch now := tiers.Level(c); {
			case now < held && day <= before.CycleEnd+int32(tiers.GraceDays):
				rt.Fatalf("lost on %d, safe until %d", day, before.CycleEnd)
			case now < tiers.Of(c):
				rt.Fatalf("an upgrade waits")
			case now > tiers.Of(c) && (state.BelowSince == 0 || state.DowngradeOn == 0):
				rt.Fatalf("below without a day: %+v", state)
			}
			if state.Since > day || state.CycleEnd < state.Since {
				rt.Fatalf("%+v on %d", state, day)
			}
		}
	})
}

func TestPointsAreSpentFromTheOldestAndExpire(t *testing.T) {
	for _, test := range []struct {
		name   string
		moves  []PointsMove
		expiry int
		want   Points
	}{
		{"none", nil, 365, Points{}},
		{"for ever", []PointsMove{{"earn", 100, 10}, {"redeem", -30, 20}}, 0, Points{Earned: 100, Spent: 30, Balance: 70}},
		{"one lot expires", []PointsMove{{"earn", 100, 10}, {"earn", 50, 700}, {"redeem", 30, 20}}, 365, Points{Earned: 150, Spent: 30, Expired: 70, Balance: 50}},
		{"expires soon", []PointsMove{{"earn", 100, 650}}, 365, Points{Earned: 100, Balance: 100, Expiring: 100}},
		{"expires today", []PointsMove{{"earn", 100, 635}}, 365, Points{Earned: 100, Expired: 100}},
		{"the source books the expiry late", []PointsMove{{"earn", 100, 300}, {"earn", 50, 666}, {"expire", -100, 670}}, 365, Points{Earned: 150, Expired: 100, Balance: 50}},
		{"the source books the expiry early", []PointsMove{{"earn", 100, 10}, {"expire", 100, 370}, {"earn", 50, 900}}, 365, Points{Earned: 150, Expired: 100, Balance: 50}},
		{"spent before the data begin", []PointsMove{{"redeem", 80, 900}, {"earn", 100, 950}}, 365, Points{Earned: 100, Spent: 80, Balance: 20}},
		{"taken back", []PointsMove{{"earn", 100, 900}, {"earn", -40, 910}, {"adjust", 5, 911}, {"adjust", -3, 912}}, 365, Points{Earned: 60, Balance: 62}},
		{"after as_of", []PointsMove{{"earn", 100, 1001}}, 365, Points{}},
	} {
		if got := PointsOf(test.moves, 1000, test.expiry); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestPointsBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moves := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) PointsMove {
			return PointsMove{rapid.SampledFrom([]string{"earn", "redeem", "expire", "adjust"}).Draw(t, "kind"), rapid.Int64Range(-50, 200).Draw(t, "points"), rapid.Int32Range(0, 1200).Draw(t, "day")}
		}), 0, 12).Draw(t, "moves")
		adjusted := int64(0)
		for _, m := range moves {
			if m.Kind == "adjust" && m.Day <= 1000 {
				adjusted += m.Points
			}
		}
		for _, expiry := range []int{0, 90, 365} {
			p := PointsOf(moves, 1000, expiry)
			if p.Balance != p.Earned-p.Spent-p.Expired+adjusted {
				t.Fatalf("expiry %d: %+v does not add up (adjusted %d)", expiry, p, adjusted)
			}
			if p.Expiring < 0 || p.Expiring > max(0, p.Balance) && p.Balance > 0 {
				t.Fatalf("%+v", p)
			}
		}
	})
}
