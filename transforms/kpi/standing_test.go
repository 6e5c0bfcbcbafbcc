package kpi

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/rfm"
)

// exactly counts class A of one kind by ranking every customer, and those who bought in a period.
func exactly(values []int64, bought []bool) (a, again int64) {
	h := rfm.Merge()
	var c rfm.Counter
	for _, v := range values {
		c.Add(v)
	}
	h = rfm.Merge(h, c.Histogram())
	prefixes := rfm.NewPrefixes(h)
	for i, v := range values {
		var same rfm.Values
		for _, o := range values {
			if rfm.Range(o) == rfm.Range(v) {
				same = append(same, rfm.ValueCount{Value: o, Count: 1})
			}
		}
		same = rfm.NewValues(same)
		ranks, err := rfm.RankValues(&prefixes, rfm.Range(v), same, rfm.DefaultShares)
		if err != nil {
			panic(err)
		}
		for k, one := range same {
			if one.Value == v && ranks[k].Class == rfm.ClassA {
				a++
				if bought[i] {
					again++
				}
			}
		}
	}
	return a, again
}

// Values below 1024 have a range of their own: there high value is exactly class A.
func TestHighValueIsClassAAroundThePeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Settings{AsOfDay: day("2026-03-31"), DataStart: day("2025-01-01")}.withDefaults()
		parts := []*Counter{NewCounter(s), NewCounter(s)}
		quarter := Period{First: day("2026-01-01"), Last: day("2026-03-31")}
		var before, after []int64
		var bought []bool
		n := rapid.IntRange(1, 12).Draw(t, "customers")
		for range n {
			var orders []schemas.OrderRow
			sumBefore, sumAfter, known, in := int64(0), int64(0), false, false
			for range rapid.IntRange(1, 4).Draw(t, "orders") {
				o := order("2026-01-01", 0)
				o.Day, o.Revenue = rapid.Int32Range(s.DataStart, s.AsOfDay+5).Draw(t, "day"), rapid.Int64Range(1, 200).Draw(t, "revenue")
				orders = append(orders, o)
				if o.Day < quarter.First {
					sumBefore, known = sumBefore+o.Revenue, true
				}
				if o.Day <= quarter.Last {
					sumAfter += o.Revenue
					in = in || o.Day >= quarter.First
				}
			}
			if known {
				before, bought = append(before, sumBefore), append(bought, in)
			}
			if sumAfter > 0 {
				after = append(after, sumAfter)
			}
			parts[rapid.IntRange(0, 1).Draw(t, "part")].Standing(schemas.Person, orders)
		}
		var data [][]byte
		buyers, margins := int64(0), int64(0)
		for _, p := range parts {
			d, b, m := p.Standings()
			data, buyers, margins = append(data, d), buyers+b, margins+m
		}
		slices.Reverse(data)
		all, err := HighValues(s, data, buyers, margins)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(h HighValue) bool { return h.Period == "2026-Q1" })
		start, again := exactly(before, bought)
		end, _ := exactly(after, make([]bool, len(after)))
		if got, want := all[i], (HighValue{"2026-Q1", start, end, again}); got != want {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
}

func TestTargetsSayWhatIsWrong(t *testing.T) {
	some := 1.0
	for want, target := range map[string]Target{
		`target: no metric "customer_growt"; did you mean "customer_growth"?`:                                    {Metric: "customer_growt", AtLeast: &some, Kinds: []string{"year"}},
		`target of cac: give one of at_least and at_most`:                                                        {Metric: "cac", Kinds: []string{"year"}},
		`target of cac: kinds is missing: the periods that it holds for, of month, quarter, year, last_12m, all`: {Metric: "cac", AtMost: &some},
		`target of pipeline: the metric has no value for periods of kind year`:                                   {Metric: "pipeline", AtLeast: &some, Kinds: []string{"year"}},
	} {
		if err := target.Check(); err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

func TestATargetOfAnIncompletePeriodIsNeitherMetNorMissed(t *testing.T) {
	half := 0.5
	c := NewCounter(settings)
	c.Customer(0, []schemas.OrderRow{order("2026-02-01", 1), order("2026-02-09", 1), order("2026-05-01", 1)})
	rows := Rows(settings, c.Counts(), &Extra{Targets: []Target{{Metric: "repeat_rate", AtLeast: &half, Kinds: []string{KindMonth}}}})
	seen := 0
	for _, r := range rows {
		if r.Metric != "repeat_rate" {
			continue
		}
		switch r.Period {
		case "2026-02":
			seen++
			if r.Met == nil || !*r.Met || *r.Target != half {
				t.Errorf("%+v: the target is met", r)
			}
		case "2026-05", "2026-03": // not over; nobody bought
			seen++
			if r.Value != nil || r.Met != nil || r.Target == nil {
				t.Errorf("%+v: nothing can be said", r)
			}
		case "2026":
			if r.Target != nil {
				t.Errorf("%+v: the target is one of months", r)
			}
		}
	}
	if seen != 3 {
		t.Errorf("%d of 3 months are there", seen)
	}
}

func TestCostsOfAPeriodAreKnownWhenThoseOfEveryMonthAre(t *testing.T) {
	s := NewSpending(Settings{AsOfDay: day("2026-04-10"), DataStart: day("2025-01-01")})
	ten, two := int64(10), int64(2)
	for _, month := range []string{"2025-10-01", "2025-11-01", "2025-12-01", "2026-01-31", "2026-02-28"} {
		s.Add(day(month), &ten, false)
		s.Add(day(month), &two, true)
	}
	s.Add(day("2026-03-01"), nil, false)
	s.Add(day("2026-05-01"), &ten, false) // later than as_of
	got := map[string]Spend{}
	for _, spend := range s.Spend() {
		got[spend.Period] = spend
	}
	if want := (Spend{"2025-Q4", 30, 6, true, true}); got["2025-Q4"] != want {
		t.Errorf("%+v, want %+v", got["2025-Q4"], want)
	}
	for _, period := range []string{"2025-Q3", "2026-Q1", "2026-03", "last_12m"} {
		if got[period].Known {
			t.Errorf("the costs of %s are not known", period)
		}
	}
	if NewSpending(Settings{AsOfDay: 100}).Spend() != nil {
		t.Error("no costs are costs of 0")
	}
}
