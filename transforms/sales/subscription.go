package sales

import (
	"cmp"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/aggregate"
)

// RenewalDays is how far ahead renewals are looked for.
const RenewalDays = 90

// Term is when a subscription brings its monthly amount: from the first day to the one before
// Until. A trial brings nothing.
type Term struct {
	From, Until int32 // days; Until = open end: math.MaxInt32
	Amount      int64 // ten-thousandths per month
}

// Zone tells the day of a moment.
type Zone interface{ Day(micros int64) int32 }

const openEnd = 1<<31 - 1

// TermOf is the paid term of a subscription; false when it has none, or nobody can tell when it
// ended. One that a source shows active after its end was renewed. Who never left a trial pays
// nothing.
func TermOf(s *schemas.SubscriptionRow, days Zone) (Term, bool) {
	if s.Started == 0 || s.AmountPerMonth == nil || s.Status == "trial" {
		return Term{}, false
	}
	t := Term{From: days.Day(s.Started), Until: openEnd, Amount: *s.AmountPerMonth}
	if s.TrialEnd != nil {
		t.From = max(t.From, days.Day(*s.TrialEnd))
	}
	if s.Status != "active" {
		switch {
		case s.CancelledAt != nil:
			t.Until = days.Day(*s.CancelledAt)
		case s.Ends != nil:
			t.Until = days.Day(*s.Ends)
		default:
			return Term{}, false
		}
	}
	return t, t.Until > t.From
}

// on is the amount on a day.
func (t Term) on(day int32) int64 {
	if day >= t.From && day < t.Until {
		return t.Amount
	}
	return 0
}

// MRR is what the term adds to the monthly recurring revenue at the end of a day.
func (t Term) MRR(day int32) int64 { return t.on(day) }

// Renewal is the day on which a running subscription must be renewed, within RenewalDays after
// asOf; nil for others.
func Renewal(s *schemas.SubscriptionRow, days Zone, asOf int32) *int32 {
	if s.Status != "active" || s.Ends == nil {
		return nil
	}
	if day := days.Day(*s.Ends); day > asOf && day <= asOf+RenewalDays {
		return &day
	}
	return nil
}

// Movement is how the monthly recurring revenue moved in a month:
// Start + New + Reactivated + Expansion - Contraction - Churned = End.
type Movement struct {
	Start, New, Reactivated, Expansion, Contraction, Churned, End int64 // ten-thousandths
	Subscribers                                                   int64 // customers with a subscription that pays at its end
}

// Add adds another month or part.
func (m *Movement) Add(o *Movement) {
	m.Start += o.Start
	m.New += o.New
	m.Reactivated += o.Reactivated
	m.Expansion += o.Expansion
	m.Contraction += o.Contraction
	m.Churned += o.Churned
	m.End += o.End
	m.Subscribers += o.Subscribers
}

// MonthKey is a month since January 1970.
type MonthKey struct{ Month int32 }

// Ledger adds movements up by month. Not for use by two goroutines at a time.
type Ledger struct {
	asOf      int32
	firstDay  func(month int32) int32
	month     func(day int32) int32
	movements *aggregate.Sums[MonthKey, Movement, *Movement]
}

// NewLedger returns an empty ledger. month and firstDay lead from days to months and back.
func NewLedger(asOf int32, month, firstDay func(int32) int32) *Ledger {
	return &Ledger{
		asOf: asOf, month: month, firstDay: firstDay,
		movements: aggregate.New[MonthKey, Movement, *Movement](func(a, b MonthKey) int { return cmp.Compare(a.Month, b.Month) }),
	}
}

// Customer counts the terms of one customer in every month up to as_of.
func (l *Ledger) Customer(terms []Term) {
	if len(terms) == 0 {
		return
	}
	first := int32(openEnd)
	for _, t := range terms {
		first = min(first, t.From)
	}
	total := func(day int32) (sum int64) {
		for _, t := range terms {
			sum += t.on(day)
		}
		return sum
	}
	before, ever := int64(0), false
	for month := l.month(first); month <= l.month(l.asOf); month++ {
		after := total(min(l.firstDay(month+1)-1, l.asOf))
		m := l.movements.At(MonthKey{month})
		m.Start += before
		m.End += after
		switch {
		case before == 0 && after > 0 && ever:
			m.Reactivated += after
		case before == 0 && after > 0:
			m.New += after
		case before > 0 && after == 0:
			m.Churned += before
		case after > before:
			m.Expansion += after - before
		default:
			m.Contraction += before - after
		}
		if after > 0 {
			m.Subscribers++
			ever = true
		}
		before = after
	}
}

// Bytes are the movements of a part.
func (l *Ledger) Bytes() []byte { return l.movements.Bytes() }

// Merge adds the movements of another part, as Bytes gave them. data must not change afterwards.
func (l *Ledger) Merge(data []byte) error { return l.movements.Merge(data) }

// Months are the movements by month, ascending.
func (l *Ledger) Months() []aggregate.Row[MonthKey, Movement] { return l.movements.Rows() }
