package service

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/aggregate"
	"github.com/tributary-cdp/tributary/transforms/codec"
)

// Settings fix what is counted.
type Settings struct {
	AsOfDay   int32
	DataStart int32 // first day with an order; 0 = none
	Active    int32 // active(h): an order within so many days
}

// YearDays is how far pain points and owners look back.
const YearDays = 365

type summaryKey struct {
	Month                int32 // since January 1970
	Category, Department string
}

type summary struct {
	Items  int64
	InTime InTime
	Scores Scores
	Topics []TopicCount // by name
}

// TopicCount is a number of items about a topic.
type TopicCount struct {
	Topic string
	Items int64
}

func (s *summary) Add(o *summary) {
	s.Items += o.Items
	s.InTime.Add(&o.InTime)
	s.Scores.Add(&o.Scores)
	for _, t := range o.Topics {
		s.topic(t.Topic, t.Items)
	}
}

func (s *summary) topic(name string, items int64) {
	i, found := slices.BinarySearchFunc(s.Topics, name, func(t TopicCount, name string) int { return strings.Compare(t.Topic, name) })
	if !found {
		s.Topics = slices.Insert(s.Topics, i, TopicCount{Topic: name})
	}
	s.Topics[i].Items += items
}

type painKey struct{ Touchpoint, Topic, Category, Department string }

type pain struct{ Items, Severity, Customers, Revenue int64 }

func (p *pain) Add(o *pain) {
	p.Items += o.Items
	p.Severity += o.Severity
	p.Customers += o.Customers
	p.Revenue += o.Revenue
}

// Ledger counts feedback. Not for use by two goroutines at a time.
type Ledger struct {
	settings  Settings
	summaries *aggregate.Sums[summaryKey, summary, *summary]
	pains     *aggregate.Sums[painKey, pain, *pain]
	owners    *aggregate.Sums[ownerKey, owner, *owner]
	hurt      []painKey // of the customer
}

// NewLedger returns an empty ledger.
func NewLedger(s Settings) *Ledger {
	return &Ledger{
		settings: s,
		summaries: aggregate.New[summaryKey, summary, *summary](func(a, b summaryKey) int {
			return cmp.Or(cmp.Compare(a.Month, b.Month), strings.Compare(a.Category, b.Category), strings.Compare(a.Department, b.Department))
		}),
		pains: aggregate.New[painKey, pain, *pain](func(a, b painKey) int {
			return cmp.Or(strings.Compare(a.Touchpoint, b.Touchpoint), strings.Compare(a.Topic, b.Topic), strings.Compare(a.Category, b.Category), strings.Compare(a.Department, b.Department))
		}),
		owners: aggregate.New[ownerKey, owner, *owner](func(a, b ownerKey) int { return strings.Compare(a.Owner, b.Owner) }),
	}
}

// Item is one feedback with the day and month of its creation in the config's time zone.
type Item struct {
	*schemas.Feedback
	Day, Month int32
}

// Feedback counts the items of one customer; revenue is the customer's of the last YearDays,
// and nobody has none. Items are sorted by time.
func (l *Ledger) Feedback(items []Item, somebody bool, revenue int64) {
	l.hurt = l.hurt[:0]
	for _, item := range items {
		s := l.summaries.At(summaryKey{item.Month, item.Category, item.Department})
		s.Items++
		s.InTime.Count(item.Responded, item.Resolved)
		s.Scores.Count(item.ScoreKind, item.Score)
		if item.Topic != "" {
			s.topic(item.Topic, 1)
		}
		if l.settings.AsOfDay-item.Day >= YearDays {
			continue
		}
		if item.Owner != "" && IsRequest(item.Kind) {
			o := l.owners.At(ownerKey{item.Owner})
			o.Contacts++
			o.InTime.Count(item.Responded, item.Resolved)
		}
		if item.Topic == "" || item.Severity < SeverityTrouble || item.Category != CategoryProduct && item.Category != CategoryService {
			continue
		}
		key := painKey{strings.TrimSpace(item.Channel + " " + item.Kind), item.Topic, item.Category, item.Department}
		if item.Channel == item.Kind {
			key.Touchpoint = item.Kind
		}
		p := l.pains.At(key)
		p.Items++
		p.Severity += item.Severity
		if somebody && !slices.Contains(l.hurt, key) {
			l.hurt = append(l.hurt, key)
			p.Customers++
			p.Revenue += revenue
		}
	}
}

type ledgerParts struct{ Summaries, Pains, Owners []byte }

var ledgerCodec = codec.For[ledgerParts]()

// Bytes are the counts of a part: equal counts give equal bytes.
func (l *Ledger) Bytes() []byte {
	return ledgerCodec.Append(nil, &ledgerParts{l.summaries.Bytes(), l.pains.Bytes(), l.owners.Bytes()})
}

// Merge adds the counts of another part, as Bytes gave them. data must not change afterwards.
func (l *Ledger) Merge(data []byte) error {
	var p ledgerParts
	if err := ledgerCodec.Decode(data, &p); err != nil {
		return err
	}
	return cmp.Or(l.summaries.Merge(p.Summaries), l.pains.Merge(p.Pains), l.owners.Merge(p.Owners))
}

// topTopics is how many topics a row of feedback_summary names.
const topTopics = 3

// SummaryRows are the rows of table feedback_summary, but for the run's columns. month writes a
// month as tables have it.
func (l *Ledger) SummaryRows(month func(int32) string) []schemas.FeedbackSummary {
	var out []schemas.FeedbackSummary
	for _, row := range l.summaries.Rows() {
		s := &row.Value
		topics := slices.Clone(s.Topics)
		slices.SortStableFunc(topics, func(a, b TopicCount) int { return cmp.Compare(b.Items, a.Items) })
		r := schemas.FeedbackSummary{
			Month: month(row.Key.Month), Category: row.Key.Category, Department: row.Key.Department, Items: s.Items, Late: s.InTime.Late,
			Responded: aggregate.Share(s.InTime.AnsweredInTime, s.InTime.Answered), Resolved: aggregate.Share(s.InTime.ResolvedInTime, s.InTime.Resolved),
			NPS: s.Scores.NPS(), CSAT: s.Scores.CSAT(),
		}
		for _, t := range topics[:min(len(topics), topTopics)] {
			r.Topics = append(r.Topics, t.Topic)
		}
		out = append(out, r)
	}
	return out
}

// PainRows are the rows of table pain_point, but for the run's columns, the worst first: by
// frequency times impact, which is the sum of the severities.
func (l *Ledger) PainRows() []schemas.PainPoint {
	rows := l.pains.Rows()
	slices.SortStableFunc(rows, func(a, b aggregate.Row[painKey, pain]) int { return cmp.Compare(b.Value.Severity, a.Value.Severity) })
	var out []schemas.PainPoint
	for i, row := range rows {
		p := schemas.PainPoint{
			Touchpoint: row.Key.Touchpoint, Topic: row.Key.Topic, Category: row.Key.Category, Department: row.Key.Department,
			Frequency: row.Value.Items, Customers: row.Value.Customers, Impact: float64(row.Value.Severity) / float64(row.Value.Items),
			Revenue: row.Value.Revenue, Rank: int64(i + 1),
		}
		if i > 0 && rows[i-1].Value.Severity == row.Value.Severity {
			p.Rank = out[i-1].Rank
		}
		out = append(out, p)
	}
	return out
}
