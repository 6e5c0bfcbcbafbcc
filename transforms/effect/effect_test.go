package effect

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/zeebo/xxh3"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

func utc() *normalize.Zone { return &normalize.Zone{Location: time.UTC} }

// The ten patients of Student's sleep data, as R's t.test(extra ~ group) compares them by
// default: means 0.75 and 2.33, 95 % interval -3.3654832 to 0.2054832.
func TestDifferenceAgreesWithWelch(t *testing.T) {
	var s Sum
	for _, v := range []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2} {
		s.Treated.Add(Outcome{Margin: int64(math.Round(v * moneyUnits)), MarginKnown: true})
	}
	for _, v := range []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4} {
		s.Control.Add(Outcome{Margin: int64(math.Round(v * moneyUnits)), MarginKnown: true})
	}
	row := s.Row()
	for _, c := range []struct {
		what      string
		got       *float64
		want, tol float64
	}{{"difference", row.Margin, -1.58, 1e-9}, {"low", row.MarginLow, -3.3654832, 5e-8}, {"high", row.MarginHigh, 0.2054832, 5e-8}} {
		if c.got == nil || math.Abs(*c.got-c.want) > c.tol {
			t.Errorf("%s is %v, want %v", c.what, c.got, c.want)
		}
	}
}

func TestWhatCannotBeToldIsNull(t *testing.T) {
	one, two := Outcome{Orders: 1, MarginKnown: true}, Outcome{Orders: 2, MarginKnown: true}
	for _, c := range []struct {
		why              string
		treated, control []Outcome
		told, margin     bool
	}{
		{"nobody", nil, nil, false, false},
		{"a control group of one", []Outcome{one, two}, []Outcome{one}, false, false},
		{"no control group", []Outcome{one, two}, nil, false, false},
		{"all did the same", []Outcome{one, one}, []Outcome{one, one}, false, false},
		{"two on each side", []Outcome{one, two}, []Outcome{one, two}, true, false}, // no margin differs
		{"a margin that nobody knows", []Outcome{{Orders: 1}, two}, []Outcome{one, two}, true, false},
		{"margins", []Outcome{{Margin: 1, MarginKnown: true}, {Margin: 2, MarginKnown: true}}, []Outcome{one, two}, true, true},
	} {
		var s Sum
		for _, o := range c.treated {
			s.Treated.Add(o)
		}
		for _, o := range c.control {
			s.Control.Add(o)
		}
		row := s.Row()
		if (row.Orders != nil) != c.told || (row.Low != nil) != c.told || (row.Power != nil) != c.told || (row.Margin != nil) != c.margin {
			t.Errorf("%s: %+v", c.why, row)
		}
		if row.Treated != int64(len(c.treated)) || row.Control != int64(len(c.control)) {
			t.Errorf("%s: %d treated, %d control", c.why, row.Treated, row.Control)
		}
	}
}

// The interval holds the true effect in 95 of 100 trials: of 1,000 independent trials 950, with
// a standard deviation of 7; five of them either way.
func TestIntervalHoldsTheTruth(t *testing.T) {
	const trials, lift = 1000, 0.06
	uniform := func(trial, customer, what int) float64 {
		var b [24]byte
		for i, v := range []int{trial, customer, what} {
			binary.LittleEndian.PutUint64(b[8*i:], uint64(v))
		}
		return float64(xxh3.Hash(b[:])>>11) / (1 << 53)
	}
	held, detected := 0, 0
	var power float64
	for trial := range trials {
		var s Sum
		for i := range 1100 {
			o := Outcome{MarginKnown: true}
			for k := range 4 { // orders of their own: 4 chances of 0.15
				if uniform(trial, i, k) < 0.15 {
					o.Orders++
				}
			}
			if i%11 == 0 {
				s.Control.Add(o)
				continue
			}
			if uniform(trial, i, 9) < lift {
				o.Orders++
			}
			s.Treated.Add(o)
		}
		row := s.Row()
		if *row.Low <= lift && lift <= *row.High {
			held++
		}
		if *row.Low > 0 {
			detected++
		}
		power += *row.Power
	}
	if held < 915 || held > 985 {
		t.Errorf("the interval holds the truth in %d of %d trials", held, trials)
	}
	// The true lift is a tenth of 0.6 orders, which power is stated for. Detections are binomial:
	// five standard deviations of 1,000 trials.
	expected := power / trials
	if got := float64(detected) / trials; math.Abs(got-expected) > 5*math.Sqrt(expected*(1-expected)/trials) {
		t.Errorf("%.3f of the trials find the effect, the power is said to be %.3f", got, expected)
	}
}

func TestPartsMergeToTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.IntRange(1, 4).Draw(t, "parts")
		whole := NewCounter(100, 101*86_400_000_000, utc())
		var sums []Sum
		counters := make([]*Counter, parts)
		for i := range counters {
			counters[i] = NewCounter(100, 101*86_400_000_000, utc())
		}
		for range rapid.IntRange(0, 20).Draw(t, "customers") {
			name := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name")
			treated := rapid.Bool().Draw(t, "treated")
			since := rapid.Int32Range(60, 100).Draw(t, "since")
			margin := rapid.Int64Range(-1<<60, 1<<60).Draw(t, "margin")
			orders := []schemas.OrderRow{{Day: since + 1, Status: schemas.OrderPaid, CountsAsRevenue: true, Revenue: 1, Margin: &margin}}
			for _, c := range []*Counter{whole, counters[rapid.IntRange(0, parts-1).Draw(t, "part")]} {
				c.Exposed(KindAudience, name, treated, since)
				c.Customer(orders)
			}
		}
		for i := len(counters) - 1; i >= 0; i-- {
			sums = append(sums, counters[i].Sums()...)
		}
		if diff := cmp.Diff(Merge(whole.Sums()), Merge(sums)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestWhoIsReachedAndWhoIsHeldBack(t *testing.T) {
	at := func(day int64) int64 { return day * 86_400_000_000 }
	sent := schemas.InteractionRow{CampaignID: "spring", Direction: "out", Kind: "message", Time: at(10)}
	again := sent
	again.Time = at(19)
	control := schemas.InteractionRow{CampaignID: "spring", Category: "Control", Kind: "event", Time: at(10)}
	reply := schemas.InteractionRow{CampaignID: "spring", Direction: "in", Kind: "lead", Time: at(10)}
	late := sent
	late.Time = at(60)
	order := func(day int32, status string) schemas.OrderRow {
		return schemas.OrderRow{Day: day, Status: status, CountsAsRevenue: true}
	}
	// The beginning's own day does not count; the days 11 to 38 and -18 to 9 do.
	orders := []schemas.OrderRow{
		order(-19, schemas.OrderPaid), order(-18, schemas.OrderPaid), order(9, schemas.OrderPaid), order(10, schemas.OrderPaid), order(11, schemas.OrderPaid),
		order(20, schemas.OrderCancelled), order(38, schemas.OrderPaid), order(39, schemas.OrderPaid),
	}
	for _, c := range []struct {
		why                              string
		rows                             []schemas.InteractionRow
		treated, control, waiting, mixed int64
	}{
		{"sent twice is reached once, from the first day", []schemas.InteractionRow{again, sent}, 1, 0, 0, 0},
		{"a control row holds back", []schemas.InteractionRow{control}, 0, 1, 0, 0},
		{"who answers was not sent anything", []schemas.InteractionRow{reply}, 0, 0, 0, 0},
		{"both is neither", []schemas.InteractionRow{sent, control}, 0, 0, 0, 1},
		{"days that are not over", []schemas.InteractionRow{late}, 0, 0, 1, 0},
	} {
		counter := NewCounter(70, at(71), utc())
		counter.Interactions(c.rows)
		counter.Customer(orders)
		counter.Customer(orders) // nothing is known of the next customer
		var s Sum
		if sums := counter.Sums(); len(sums) > 0 {
			s = sums[0]
		}
		if s.Treated.Customers != c.treated || s.Control.Customers != c.control || s.Waiting != c.waiting || s.Mixed != c.mixed {
			t.Errorf("%s: %+v", c.why, s)
		}
		for _, g := range []Group{s.Treated, s.Control} {
			if g.Customers > 0 && (g.Orders.Sum != 2 || g.Before.Sum != 2) {
				t.Errorf("%s: %d orders, %d before", c.why, g.Orders.Sum, g.Before.Sum)
			}
		}
	}
}
