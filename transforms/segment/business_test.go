package segment

import (
	"strings"
	"testing"
)

func TestTheUsersTopicsAndTargetsComeFirst(t *testing.T) {
	rules, mistakes := Load([]File{{Name: "mine.yaml", Data: []byte(`
topics:
  - {code: gift, category: product, department: gifts, severity: 2, words: [gift box, 礼盒]}
  - {code: delivery, category: service, department: depot, severity: 3, words: [late]}
---
targets: [{metric: cac_share, at_most: 0.1, kinds: [year]}]
---
market: [{period: "2026", size: 100}]
---
campaigns: {retention_words: [Old Friends]}
`)}}, nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	if rules.Topics[0].Code != "gift" || rules.Topics[1].Code != "safety" {
		t.Errorf("topics begin with %s, %s", rules.Topics[0].Code, rules.Topics[1].Code)
	}
	for _, topic := range rules.Topics {
		if topic.Code == "delivery" && topic.Department != "depot" {
			t.Error("the user's topic did not take the place of the built-in one")
		}
	}
	targets := 0
	for _, target := range rules.Targets {
		if target.Metric == "cac_share" {
			targets++
			if *target.AtMost != 0.1 {
				t.Error("the user's target did not take the place of the built-in one")
			}
		}
	}
	if targets != 1 || len(rules.Market) != 1 || !rules.ForRetention("our old friends 2026") || rules.ForRetention("Retargeting") {
		t.Errorf("%d targets, market %v, words %v", targets, rules.Market, rules.RetentionWords)
	}
}

func TestMistakesInBusinessRulesNameTheirFile(t *testing.T) {
	_, mistakes := Load([]File{{Name: "mine.yaml", Data: []byte(`topics: [{code: a, category: x, severity: 1, words: [word]}]
---
targets: [{metric: revenu, at_least: 1, kinds: [year]}]
---
market: [{period: "2026", size: -1}]
---
topics: [{code: b, category: need, severity: 1, words: [word]}]
targets: []
`)}, {Name: "other.yaml", Data: []byte("topic: []")}}, nil)
	var all []string
	for _, m := range mistakes {
		all = append(all, m.Error())
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{`mine.yaml:1: topic "a": category "x"`, `mine.yaml:3: target: no metric "revenu"; did you mean "revenue"?`, "mine.yaml:5: market: expected", `unknown key "topic"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
