package segment

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

const twoSchemes = `scheme: {code: size, name: {en: Size, zh: 规模}, one: true}
---
segment: {scheme: size, code: big, name: {en: Big, zh: 大}, when: orders >= 5}
---
segment: {scheme: size, code: middle, name: {en: Middle, zh: 中}, when: orders >= 3}
---
segment: {scheme: tags, code: many, when: orders >= 4}
---
segment: {scheme: tags, code: some, when: orders >= 2}
---
segment: {scheme: funnel, code: vip, when: orders >= 5}
`

func TestOneSegmentOfASchemeThatHasOne(t *testing.T) {
	rules := load(t, twoSchemes)
	c := &schemas.Customer{}
	c.Orders = 6
	rules.Apply(c)
	has := func(label string) bool {
		for _, s := range c.Segments {
			if s == label {
				return true
			}
		}
		return false
	}
	if !has("size:big") || has("size:middle") || !has("tags:many") || !has("tags:some") {
		t.Errorf("%v", c.Segments)
	}
	if c.Funnel != "vip" || has("funnel:converted") {
		t.Errorf("a rule of the user comes after the built-in ones: %v", c.Segments)
	}
}

// In every segment: before + in - out = after, and of a scheme of one segment a customer nobody
// is counted twice.
func TestMovesBalance(t *testing.T) {
	rules := load(t, twoSchemes)
	rapid.Check(t, func(t *rapid.T) {
		summary := NewSummary(rules)
		before, after := map[Assignment]int64{}, map[Assignment]int64{}
		var moves []Move
		for i := range rapid.IntRange(1, 30).Draw(t, "customers") {
			assigned := func(name string) []Assignment {
				c := &schemas.Customer{}
				c.Orders = rapid.Int64Range(0, 7).Draw(t, name)
				c.Country = rapid.SampledFrom([]string{"", "CN", "DE"}).Draw(t, name+" country")
				c.CityTier = rapid.SampledFrom([]string{"", "first", "second"}).Draw(t, name+" city tier")
				c.Interests = rapid.SampledFrom([][]string{nil, {"a"}, {"a", "b"}}).Draw(t, name+" interests")
				if rapid.IntRange(0, 9).Draw(t, name+" is there") == 0 {
					return nil
				}
				return rules.Apply(c)
			}
			was := Rows(fmt.Sprint(i), assigned("before"), nil, 1)
			now := assigned("after")
			for _, row := range was {
				before[Assignment{row.Scheme, row.Segment}]++
			}
			for _, a := range now {
				after[a]++
			}
			summary.Add(&schemas.Customer{}, now, was)
			if i%7 == 6 { // another part
				moves = append(moves, summary.Moves()...)
				summary = NewSummary(rules)
			}
		}
		moves = append(moves, summary.Moves()...)
		from, to := map[Assignment]int64{}, map[Assignment]int64{}
		for _, m := range MigrationRows(moves) {
			from[Assignment{m.Scheme, m.From}] += m.Customers
			to[Assignment{m.Scheme, m.To}] += m.Customers
			if m.From == None && m.To == None || m.Customers <= 0 {
				t.Fatalf("%+v", m)
			}
		}
		for a := range before {
			if from[a] != before[a] {
				t.Fatalf("%v: %d left or stayed, %d were there", a, from[a], before[a])
			}
		}
		for a := range after {
			if to[a] != after[a] {
				t.Fatalf("%v: %d came or stayed, %d are there", a, to[a], after[a])
			}
		}
	})
}

func TestLifecycleIsLeftLaterThanEntered(t *testing.T) {
	rules := load(t, "")
	stage := func(before string, change func(*schemas.Customer)) string {
		c := &schemas.Customer{LifecycleBefore: before, Silence: ptr(.2)}
		c.RecencyDays, c.LastGapDays = ptr(int64(90)), ptr(int64(90))
		c.Orders, c.RepeatDays = 9, 8
		change(c)
		rules.Apply(c)
		return c.Lifecycle
	}
	silent := func(v float64) func(*schemas.Customer) { return func(c *schemas.Customer) { c.Silence = &v } }
	paces := func(now, before int64) func(*schemas.Customer) {
		return func(c *schemas.Customer) { c.Orders90d, c.OrdersPrev90d = now, before }
	}
	for _, test := range []struct {
		name, before string
		change       func(*schemas.Customer)
		want         string
	}{
		{"no order", "", func(c *schemas.Customer) { c.Orders, c.Silence = 0, nil }, "prospect"},
		{"first order", "", func(c *schemas.Customer) { c.RepeatDays = 0 }, "acquisition"},
		{"few orders", "", func(c *schemas.Customer) { c.RepeatDays = 2 }, "growth"},
		{"as ever", "", paces(2, 2), "maturity"},
		{"faster", "", paces(3, 2), "growth"},
		{"no longer faster, but it was", "growth", paces(2, 2), "growth"},
		{"slower", "growth", paces(2, 3), "maturity"},
		{"longer than usual", "", silent(1.01), "decline"},
		{"just within, but it was longer", "decline", silent(.95), "decline"},
		{"within", "decline", silent(.85), "maturity"},
		{"twice as long", "", silent(2.01), "left"},
		{"a little less, but it was", "left", silent(1.9), "left"},
		{"a little less", "decline", silent(1.9), "decline"},
		{"twice as long, but two weeks only", "", func(c *schemas.Customer) { c.Silence, c.RecencyDays = ptr(2.5), ptr(int64(14)) }, "decline"},
		{"back from that", "", func(c *schemas.Customer) { c.SilenceBefore, c.LastGapDays = ptr(2.5), ptr(int64(14)) }, "maturity"},
		{"back from there", "left", func(c *schemas.Customer) { c.SilenceBefore = ptr(2.5) }, "reactivated"},
	} {
		if got := stage(test.before, test.change); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestCompanySizesHaveBands(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "8": SizeMicro, "11-50": SizeSmall, "20-99人": SizeSmall, "51-200 employees": SizeMedium, "1,200": SizeHuge, "500+": SizeLarge,
		"少于50人": SizeSmall, "1000人以上": SizeHuge, "<10": SizeMicro, "large": "large", "250": SizeLarge, "0": "0",
	} {
		if got := SizeBand(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
