package segment

import (
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/kpi"
	"github.com/tributary-cdp/tributary/transforms/service"
)

// Business are the rules of business tables: what feedback is about, what key figures should
// reach, and which campaigns keep customers.
type Business struct {
	Topics         []service.Topic
	Targets        []kpi.Target
	Market         []kpi.Market
	RetentionWords []string // in names of campaigns
}

// businessDocument is a document of these rules: one of its keys is given.
type businessDocument struct {
	Topics    []service.Topic    `yaml:"topics"`
	Targets   []kpi.Target       `yaml:"targets"`
	Market    []kpi.Market       `yaml:"market"`
	Campaigns *campaignsDocument `yaml:"campaigns"`
}

type campaignsDocument struct {
	RetentionWords []string `yaml:"retention_words"`
}

func (b *businessDocument) kinds() (n int) {
	for _, present := range []bool{b.Topics != nil, b.Targets != nil, b.Market != nil, b.Campaigns != nil} {
		if present {
			n++
		}
	}
	return n
}

func (l *loader) business(b *businessDocument, line int) {
	r := &l.rules.Business
	switch {
	case b.Topics != nil:
		l.topics(b.Topics, line)
	case b.Targets != nil:
		for i := range b.Targets {
			t := b.Targets[i]
			if err := t.Check(); err != nil {
				l.fail(line, "%s", err)
			} else if l.first("target of "+t.Metric, line) {
				r.Targets = append(slices.DeleteFunc(r.Targets, func(o kpi.Target) bool { return o.Metric == t.Metric }), t)
			}
		}
	case b.Market != nil:
		for i := range b.Market {
			m := b.Market[i]
			if err := m.Check(); err != nil {
				l.fail(line, "%s", err)
			} else if l.first("market of "+m.Period, line) {
				r.Market = append(r.Market, m)
			}
		}
	case b.Campaigns != nil:
		if l.first("campaigns", line) {
			r.RetentionWords = b.Campaigns.RetentionWords
		}
	}
}

// topics adds topics. Those of a built-in code take its place; new ones are tried before all
// built-in ones, in the order given.
func (l *loader) topics(topics []service.Topic, line int) {
	var fresh []service.Topic
	for _, t := range topics {
		if err := t.Check(); err != nil {
			l.fail(line, "%s", err)
			continue
		}
		if !l.code("topic", t.Code, line) || !l.first("topic "+t.Code, line) {
			continue
		}
		if i := slices.IndexFunc(l.rules.Topics, func(o service.Topic) bool { return o.Code == t.Code }); i >= 0 {
			l.rules.Topics[i] = t
			continue
		}
		fresh = append(fresh, t)
	}
	l.rules.Topics = append(fresh, l.rules.Topics...)
}

// ForRetention tells whether a campaign of that name is for customers whom the company has.
func (b *Business) ForRetention(campaign string) bool {
	name := strings.ToLower(campaign)
	return slices.ContainsFunc(b.RetentionWords, func(word string) bool { return word != "" && strings.Contains(name, strings.ToLower(word)) })
}
