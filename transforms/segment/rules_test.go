package segment

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/schemas"
)

func ptr[T any](v T) *T { return &v }

var platforms = []string{"google", "csv", "tencent", "wecom", "sms"}

func load(t *testing.T, text string) *Rules {
	t.Helper()
	rules, mistakes := Load([]File{{"rules/a.yaml", []byte(text)}}, platforms)
	for _, m := range mistakes {
		t.Error(m)
	}
	if rules == nil {
		t.FailNow()
	}
	return rules
}

// The examples of the contract, word by word.
const contractExamples = `segment: {scheme: value, code: high_value_at_risk, name: {en: High value at risk, zh: 高价值流失风险}, when: abc == "A" && churn_probability >= 0.5, strategy: {en: Call within two days, zh: 两日内客户经理致电}}
---
tiers: {basis: revenue_12m, points_per_unit: 1, expiry_days: 365, grace_days: 60, levels: [{code: regular, zh: 普通会员, from: 0}, {code: silver, zh: 银卡, from: 2000}, {code: gold, zh: 金卡, from: 10000}, {code: diamond, zh: 钻石, from: 50000}]}
---
lifecycle: [{code: growth, zh: 发展, when: orders_90d >= 2 && orders_90d > orders_prev_90d}]
---
audience: {code: win_back_gold, when: tier == "gold" && churn_band == "high", platforms: [tencent, google, wecom, sms], control: 0.10, priority: 20, limit: 50000}
`

// gold is a fading customer of class A.
func gold() *schemas.Customer {
	c := &schemas.Customer{ABC: "A", ChurnProbability: ptr(.8), ChurnBand: "high", RFMSegment: "at_risk", RFMSegmentZH: "key_keep", MScore: ptr(int64(5)), CLV12m: ptr(int64(5000_0000))}
	c.CustomerID, c.Kind, c.Orders, c.Revenue12m, c.RecencyDays = "c_1", schemas.Person, 7, 10000_0000, ptr(int64(200))
	c.Country, c.Gender, c.Age = "CN", "female", ptr(int64(50))
	c.PatienceDays, c.Silence, c.RepeatDays, c.Value12m = ptr(80.0), ptr(2.5), 6, ptr(int64(10000_0000))
	c.AsOf = 20000
	return c
}

func TestTheContractsExamples(t *testing.T) {
	rules := load(t, contractExamples)
	c := gold()
	assigned := rules.Apply(c)
	if c.Tier != "gold" || c.Lifecycle != "left" || c.Funnel != "converted" {
		t.Errorf("tier %q, lifecycle %q, funnel %q", c.Tier, c.Lifecycle, c.Funnel)
	}
	want := []string{
		"geographic:country/CN", "demographic:gender/female", "rfm:at_risk", "rfm_cn:key_keep", "abc:a", "lifecycle:left", "tier:gold", "churn:high",
		"funnel:converted", "target_fit:outside", "value_matrix:high_current_low_potential", "value:high_value_at_risk",
	}
	if diff := cmp.Diff(want, c.Segments); diff != "" {
		t.Error(diff)
	}
	if len(assigned) != len(want) {
		t.Errorf("%d assignments", len(assigned))
	}
	if len(rules.Audiences) != 1 || !rules.Audiences[0].When.Match(c) || rules.Audiences[0].Control != .1 {
		t.Errorf("audiences %+v", rules.Audiences)
	}
	c.Orders90d, c.OrdersPrev90d, c.Silence = 3, 1, ptr(.5)
	if rules.Apply(c); c.Lifecycle != "growth" {
		t.Errorf("lifecycle %q", c.Lifecycle)
	}
	if len(rules.Lifecycle) != 7 || rules.Lifecycle[5].Name != (Name{"Growing", "发展"}) || rules.Lifecycle[5].Strategy.ZH == "" {
		t.Errorf("the user's stage does not take the place of the built-in one: %+v", rules.Lifecycle[5])
	}
}

func TestBuiltinRulesCompileToClosures(t *testing.T) {
	rules := load(t, "")
	for _, r := range rules.Segments {
		if !r.When.fast {
			t.Errorf("%s:%s is interpreted", r.Scheme, r.Code)
		}
		if r.Name.EN == "" || r.Name.ZH == "" {
			t.Errorf("%s:%s has no name", r.Scheme, r.Code)
		}
		if r.Strategy.EN == "" || r.Strategy.ZH == "" {
			t.Errorf("%s:%s has no strategy", r.Scheme, r.Code)
		}
	}
	for _, s := range rules.Lifecycle {
		if !s.When.fast {
			t.Errorf("stage %s is interpreted", s.Code)
		}
	}
	for _, p := range rules.Plays {
		if !p.When.fast || p.Name.EN == "" || p.Name.ZH == "" || p.Reason.ZH == "" {
			t.Errorf("play %s is interpreted or has no name", p.Code)
		}
	}
}

func TestTiersStartFromTheirBounds(t *testing.T) {
	rules := load(t, contractExamples)
	for revenue, want := range map[int64]string{-5_0000: "regular", 0: "regular", 1999_9999: "regular", 2000_0000: "silver", 49999_9999: "gold", 50000_0000: "diamond"} {
		c := &schemas.Customer{}
		c.Revenue12m = revenue
		if rules.Apply(c); c.Tier != want {
			t.Errorf("%d: %q, want %q", revenue, c.Tier, want)
		}
	}
	c := &schemas.Customer{}
	c.Revenue12m = 1500_0000
	if next, missing, ok := rules.Tiers.Missing(c, 0); !ok || next.Code != "silver" || missing != 500 {
		t.Errorf("%v %v %v", next, missing, ok)
	}
	c.SourceTier = "vip"
	if load(t, "").Apply(c); c.Tier != "vip" {
		t.Errorf("without a programme the tier is %q", c.Tier)
	}
}

func TestMistakesHaveLinesAndNearestNames(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"unknown column", "segment:\n  scheme: mine\n  code: x\n  when: abd == \"A\"", `rules/a.yaml:4: when: unknown column "abd"; did you mean "abc"?`},
		{"line of a block", "segment:\n  scheme: mine\n  code: x\n  when: |\n    orders > 2 &&\n    ordes > 3", `rules/a.yaml:6: when: unknown column "ordes"; did you mean "orders"?`},
		{"types", "segment: {scheme: mine, code: x, when: abc > 3}", "rules/a.yaml:1: when: > does not go with (text, number)"},
		{"not a condition", "segment: {scheme: mine, code: x, when: orders + 1}", "must be true or false, but is a number"},
		{"syntax", "segment: {scheme: mine, code: x, when: orders >}", "rules/a.yaml:1: when: Syntax error"},
		{"function", "segment: {scheme: mine, code: x, when: foo(orders)}", "unknown function 'foo'"},
		{"unknown key", "segment:\n  schema: mine", `rules/a.yaml:2: unknown key "schema" in segment; did you mean "scheme"?`},
		{"two kinds", "segment: {scheme: a, code: b, when: \"true\"}\nlifecycle: [{code: a, when: \"true\"}]", "holds 2"},
		{"nothing", "{}", "holds 0"},
		{"no condition", "segment: {scheme: a, code: b}", "rules/a.yaml:1: when is missing"},
		{"code", "segment: {scheme: a, code: B c, when: \"true\"}", `code "B c": only a-z`},
		{"reserved", "segment: {scheme: abc, code: b, when: \"true\"}", `scheme "abc" is computed`},
		{"twice", "segment: {scheme: a, code: b, when: \"true\"}\n---\nsegment: {scheme: a, code: b, when: \"true\"}", "rules/a.yaml:3: segment a:b is defined twice (first in rules/a.yaml:1)"},
		{"platform", "audience: {code: b, when: \"true\", platforms: [googel]}", `unknown platform "googel"; did you mean "google"?`},
		{"no platform", "audience: {code: b, when: \"true\"}", "names no platforms"},
		{"control", "audience: {code: b, when: \"true\", platforms: [csv], control: 1}", "control 1 must be a share"},
		{"basis", "tiers: {basis: revenue_12, levels: [{code: a, from: 0}]}", `did you mean "revenue_12m"?`},
		{"levels", "tiers: {basis: orders, levels: [{code: a, from: 0}, {code: b, from: 0}]}", "not above the level before it"},
		{"first level", "tiers: {basis: orders, levels: [{code: a, from: 5}]}", "must start from 0"},
		{"type", "audience: {code: b, when: \"true\", platforms: [csv], limit: many}", "rules/a.yaml:1: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, mistakes := Load([]File{{"rules/a.yaml", []byte(test.text)}}, platforms)
			var all []string
			for _, m := range mistakes {
				all = append(all, m.Error())
			}
			if !strings.Contains(strings.Join(all, "\n"), test.want) {
				t.Errorf("mistakes %q, want %q", all, test.want)
			}
		})
	}
}

func TestAllMistakesAreReportedAtOnce(t *testing.T) {
	_, mistakes := Load([]File{
		{"b.yaml", []byte("segment: {scheme: a, code: b, when: nope > 1}")},
		{"a.yaml", []byte("segment: {scheme: a, code: b, when: abc > 1 && orders == \"x\"}\n---\nsegment: {x: 1}")},
	}, platforms)
	if len(mistakes) < 4 {
		t.Errorf("%v", mistakes)
	}
	for i := 1; i < len(mistakes); i++ {
		if mistakes[i].File < mistakes[i-1].File {
			t.Errorf("files out of order: %v", mistakes)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(contractExamples))
	f.Add([]byte("segment: {scheme: a, code: b, when: segments.exists(s, s == \"x\")}"))
	f.Add([]byte("lifecycle: [{code: x, when: as_of - first_order_day > days(3)}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rules, mistakes := Load([]File{{"x.yaml", data}}, platforms)
		if (rules == nil) == (len(mistakes) == 0) {
			t.Fatalf("rules %v, mistakes %v", rules, mistakes)
		}
		if rules != nil {
			rules.Apply(gold())
			rules.Apply(&schemas.Customer{})
		}
	})
}
