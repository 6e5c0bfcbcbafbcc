package segment

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/schemas"
)

func consent(purpose, channel, status string) schemas.CustomerConsent {
	return schemas.CustomerConsent{Purpose: purpose, Channel: channel, Status: status}
}

// welcomed is a new customer who may be mailed.
func welcomed(change func(*schemas.Customer)) *schemas.Customer {
	c := &schemas.Customer{Lifecycle: "acquisition"}
	c.CustomerID, c.AsOf, c.Orders, c.RecencyDays = "c_1", 20000, 1, ptr(int64(3))
	c.Email, c.Phone, c.Owner = "somebody@example.com", "+8613900001234", "amy"
	c.Consents = []schemas.CustomerConsent{consent("marketing", "email", "granted")}
	if change != nil {
		change(c)
	}
	return c
}

func TestNoPlayForWhomThereMustBeNone(t *testing.T) {
	rules := load(t, "")
	if a, ok := rules.Action(welcomed(nil)); !ok || a.Play != "welcome" || a.Channel != "email" || *a.BestDay != 20001 || a.Owner != "amy" || a.ReasonZH == "" {
		t.Fatalf("%v %+v", ok, a)
	}
	for name, change := range map[string]func(*schemas.Customer){
		"open complaint":            func(c *schemas.Customer) { c.OpenTickets = 1 },
		"contacted up to the cap":   func(c *schemas.Customer) { c.Contacts30d = 4 },
		"no consent":                func(c *schemas.Customer) { c.Consents = nil },
		"withdrawn":                 func(c *schemas.Customer) { c.Consents[0].Status = "withdrawn" },
		"consent without address":   func(c *schemas.Customer) { c.Email = "" },
		"objects to all channels":   func(c *schemas.Customer) { c.Consents = append(c.Consents, consent("marketing", "all", "denied")) },
		"objects to profiling":      func(c *schemas.Customer) { c.Consents = append(c.Consents, consent("profiling", "all", "withdrawn")) },
		"consent to something else": func(c *schemas.Customer) { c.Consents[0].Purpose = "share_ads" },
	} {
		if a, ok := rules.Action(welcomed(change)); ok {
			t.Errorf("%s: play %s by %s", name, a.Play, a.Channel)
		}
	}
	if _, ok := rules.Action(welcomed(func(c *schemas.Customer) { c.Contacts30d = 3 })); !ok {
		t.Error("below the cap there is no play")
	}
	service := welcomed(func(c *schemas.Customer) { c.Consents, c.LastResolved = nil, ptr(int64(19998)*microsPerDay) })
	if a, ok := rules.Action(service); !ok || a.Play != "complaint_follow_up" || a.Channel != "phone" {
		t.Errorf("a service call needs no consent: %v %+v", ok, a)
	}
}

func TestPlaysGoByPriorityAndDay(t *testing.T) {
	rules := load(t, "")
	for name, test := range map[string]struct {
		change func(*schemas.Customer)
		play   string
		day    int32
	}{
		"birthday before welcome":  {func(c *schemas.Customer) { c.NextBirthday = ptr(int32(20005)) }, "birthday", 20005},
		"renewal, two weeks ahead": {func(c *schemas.Customer) { c.NextRenewal, c.NextBirthday = ptr(int32(20025)), ptr(int32(20005)) }, "renewal", 20011},
		"no day in the past":       {func(c *schemas.Customer) { c.NextRenewal = ptr(int32(20003)) }, "renewal", 20001},
		"second order":             {func(c *schemas.Customer) { c.RecencyDays = ptr(int64(20)) }, "second_order", 20001},
		"a priority without a channel": {func(c *schemas.Customer) {
			c.NextBirthday, c.Consents = ptr(int32(20005)), []schemas.CustomerConsent{consent("marketing", "phone", "granted")}
			c.ABC, c.Lifecycle = "A", "decline"
		}, "vip_at_risk", 20001},
	} {
		if a, ok := rules.Action(welcomed(test.change)); !ok || a.Play != test.play || *a.BestDay != test.day {
			t.Errorf("%s: %v %s on %v, want %s on %d", name, ok, a.Play, a.BestDay, test.play, test.day)
		}
	}
	for _, play := range []string{"replenishment", "cross_sell"} {
		for i := range rules.Plays {
			p := &rules.Plays[i]
			c := welcomed(func(c *schemas.Customer) { c.Lifecycle, c.NextOrderDay = "maturity", ptr(int32(20004)) })
			if p.Code != play {
				continue
			}
			if p.When.Match(c) {
				t.Errorf("%s without a next best product", play)
			}
			c.NextBestProduct = "SKU-1"
			if !p.When.Match(c) {
				t.Errorf("no %s with a next best product", play)
			}
		}
	}
}

// A tenth of a play is its control group: within 5 standard deviations of a binomial.
func TestTheControlGroupIsStableAndATenth(t *testing.T) {
	const n, share = 20000, 0.10
	control, both := 0, 0
	for i := range n {
		id := fmt.Sprintf("c_%d", i)
		in := InControl("welcome", id, share)
		if in != InControl("welcome", id, share) || in && !InControl("welcome", id, 2*share) {
			t.Fatal("another share or call moves a customer out of the group")
		}
		if in {
			control++
			if InControl("win_back", id, share) {
				both++
			}
		}
	}
	tolerance := 5 * math.Sqrt(n*share*(1-share))
	if math.Abs(float64(control)-n*share) > tolerance {
		t.Errorf("%d of %d, more than %.0f from a tenth", control, n, tolerance)
	}
	if expected := float64(control) * share; math.Abs(float64(both)-expected) > 5*math.Sqrt(expected) {
		t.Errorf("the groups of two plays share %d, expected %.0f", both, expected)
	}
}

func TestMistakesInPlaysAreNamed(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"play: {code: a, when: \"true\"}", "names no channels"},
		{"play: {code: a, when: \"true\", channels: [emial]}", `unknown channel "emial"; did you mean "email"?`},
		{"play: {code: a, when: \"true\", channels: [email], control: 1}", "control 1 must be a share"},
		{"play: {code: a, when: \"true\", channels: [email], priority: 0}", "priority must be 1 or more"},
		{"play: {code: a, when: \"true\", channels: [email], day: next_birthdy}", `did you mean "next_birthday"?`},
		{"play: {code: a, when: \"true\", channels: [email], day: orders}", `day "orders" is no column of days`},
		{"play: {code: a, when: \"true\", channels: [email], purpose: ads}", `unknown purpose "ads"`},
		{"contact: {cap_30d: 0}", "cap_30d must be 1 or more"},
		{"scheme: {code: rfm, one: true}", `scheme "rfm" is computed`},
		{"tiers: {basis: orders, cycle: yearly, levels: [{code: a, from: 0}]}", `unknown cycle "yearly"`},
	} {
		_, mistakes := Load([]File{{"a.yaml", []byte(test.text)}}, platforms)
		if len(mistakes) != 1 || !strings.Contains(mistakes[0].Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.text, mistakes, test.want)
		}
	}
	rules := load(t, "contact: {cap_30d: 2}\n---\nplay: {code: welcome, name: {en: Hello, zh: 你好}, when: orders == 1, channels: [sms], control: 0, priority: 1}")
	if rules.Cap != 2 || rules.Plays[0].Code != "welcome" || rules.Plays[0].Control != 0 || rules.Plays[0].Reason.EN != "Hello" {
		t.Errorf("the user's play does not take the place of the built-in one: %+v", rules.Plays[0])
	}
}
