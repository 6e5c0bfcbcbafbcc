package sales

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

type utc struct{}

func (utc) Day(micros int64) int32 { return int32(micros / 86_400_000_000) }

// months of 30 days are as good as others.
func month(day int32) int32      { return day / 30 }
func firstDay(month int32) int32 { return month * 30 }

func moment(day int64) *int64 {
	v := day * 86_400_000_000
	return &v
}

func TestTermsEndWhereTheSourceSaysSo(t *testing.T) {
	amount := int64(100)
	for name, c := range map[string]struct {
		row  schemas.SubscriptionRow
		want Term
		ok   bool
	}{
		"active":                        {schemas.SubscriptionRow{Status: "active"}, Term{10, openEnd, 100}, true},
		"active after its end: renewed": {schemas.SubscriptionRow{Status: "active", Ends: moment(20)}, Term{10, openEnd, 100}, true},
		"after a trial":                 {schemas.SubscriptionRow{Status: "active", TrialEnd: moment(24)}, Term{24, openEnd, 100}, true},
		"in a trial":                    {schemas.SubscriptionRow{Status: "trial"}, Term{}, false},
		"cancelled":                     {schemas.SubscriptionRow{Status: "cancelled", CancelledAt: moment(30), Ends: moment(40)}, Term{10, 30, 100}, true},
		"cancelled to its end":          {schemas.SubscriptionRow{Status: "cancelled", Ends: moment(40)}, Term{10, 40, 100}, true},
		"cancelled, nobody knows when":  {schemas.SubscriptionRow{Status: "cancelled"}, Term{}, false},
		"cancelled within its trial":    {schemas.SubscriptionRow{Status: "cancelled", TrialEnd: moment(24), CancelledAt: moment(20)}, Term{24, 20, 100}, false},
	} {
		c.row.Started, c.row.AmountPerMonth = *moment(10), &amount
		got, ok := TermOf(&c.row, utc{})
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%s: %+v %v, want %+v %v", name, got, ok, c.want, c.ok)
		}
	}
	if _, ok := TermOf(&schemas.SubscriptionRow{Started: 1, Status: "active"}, utc{}); ok {
		t.Error("a subscription without an amount brings something")
	}
}

func TestMovementsAreNamed(t *testing.T) {
	l := NewLedger(200, month, firstDay)
	l.Customer([]Term{{From: 5, Until: 70, Amount: 10}, {From: 40, Until: 100, Amount: 5}, {From: 150, Until: openEnd, Amount: 7}})
	var got []Movement
	for _, row := range l.Months() {
		got = append(got, row.Value)
	}
	want := []Movement{
		{New: 10, End: 10, Subscribers: 1},
		{Start: 10, Expansion: 5, End: 15, Subscribers: 1},
		{Start: 15, Contraction: 10, End: 5, Subscribers: 1},
		{Start: 5, Churned: 5},
		{},
		{Reactivated: 7, End: 7, Subscribers: 1},
		{Start: 7, End: 7, Subscribers: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMovementsBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := NewLedger(400, month, firstDay)
		for range rapid.IntRange(1, 5).Draw(t, "customers") {
			var terms []Term
			for range rapid.IntRange(0, 4).Draw(t, "terms") {
				from := rapid.Int32Range(0, 390).Draw(t, "from")
				terms = append(terms, Term{from, from + rapid.Int32Range(1, 300).Draw(t, "days"), rapid.Int64Range(1, 9).Draw(t, "amount")})
			}
			l.Customer(terms)
		}
		last := int64(0)
		for i, row := range l.Months() {
			m := row.Value
			if i > 0 && m.Start != last {
				t.Fatalf("month %d begins with %d, the one before ended with %d", row.Key.Month, m.Start, last)
			}
			if m.Start+m.New+m.Reactivated+m.Expansion-m.Contraction-m.Churned != m.End {
				t.Fatalf("%+v does not balance", m)
			}
			last = m.End
		}
	})
}

func TestDealsAreAsOfTheDay(t *testing.T) {
	yes, no := true, false
	amount, chance := int64(1000), .25
	day := func(text string) int32 {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return int32(at.Unix() / 86400)
	}
	past, soon, weighted := day("2026-05-01"), day("2026-07-15"), int64(250)
	asOf := day("2026-06-20")
	for name, c := range map[string]struct {
		row    schemas.OpportunityRow
		closed int32
		want   Deal
	}{
		"open":                           {schemas.OpportunityRow{Amount: &amount, Probability: &chance, ExpectedClose: &soon}, 0, Deal{State: StateOpen, Weighted: &weighted}},
		"open and overdue":               {schemas.OpportunityRow{ExpectedClose: &past}, 0, Deal{State: StateOpen, Overdue: true}},
		"won yesterday":                  {schemas.OpportunityRow{Won: &yes}, asOf - 1, Deal{State: StateWon, Closed: asOf - 1, Handover: true}},
		"won long ago":                   {schemas.OpportunityRow{Won: &yes}, asOf - 30, Deal{State: StateWon, Closed: asOf - 30}},
		"won later: open still":          {schemas.OpportunityRow{Won: &yes, Amount: &amount, Probability: &chance}, asOf + 1, Deal{State: StateOpen, Weighted: &weighted}},
		"lost, without a day of its own": {schemas.OpportunityRow{Won: &no, ExpectedClose: &past}, 0, Deal{State: StateLost, Closed: past}},
		"won before it was expected":     {schemas.OpportunityRow{Won: &yes, ExpectedClose: &soon}, 0, Deal{State: StateWon, Closed: asOf, Handover: true}},
	} {
		if diff := cmp.Diff(c.want, DealOf(&c.row, c.closed, asOf)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
