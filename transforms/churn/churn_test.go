package churn

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/clv"
)

func ptr[T any](v T) *T { return &v }

// model has the published CDNOW parameters.
func model() *clv.Model {
	return &clv.Model{
		Basis:  clv.BasisRevenue,
		Orders: &clv.OrderFit{Model: clv.ModelBGNBD, Parameters: clv.Parameters{R: .2425945, Alpha: 4.4136019, A: .7929199, B: 2.4258881}},
		Spend:  &clv.GammaGammaFit{GammaGamma: clv.GammaGamma{P: 6.25, Q: 3.74, Gamma: 15.44}},
	}
}

const asOf = int32(20000)

// profile is a customer with x repeat days, evenly spread over span days, silent for some.
func profile(x, span, silent int64) *schemas.CustomerProfile {
	p := &schemas.CustomerProfile{
		CustomerID: "c", Orders: x + 1, RepeatDays: x, RepeatSpanDays: span, AgeDays: span + silent,
		RecencyDays: ptr(silent), LastOrderDay: ptr(asOf - int32(silent)), Revenue: 500000,
	}
	if x > 0 {
		p.RepeatSpend = ptr(int64(400000))
		p.GapP95Days, p.MedianGapDays = ptr(float64(span)/float64(x)), ptr(float64(span)/float64(x))
	}
	return p
}

func row(p *schemas.CustomerProfile, s Settings) schemas.CustomerChurn {
	_, forecast, _ := clv.NewForecaster(model(), clv.Settings{HorizonDays: s.HorizonDays, YearlyRate: .1}).Row(p)
	return s.Row(p, model(), forecast)
}

func TestStateComparesSilenceWithTheOwnRhythm(t *testing.T) {
	s := Settings{AsOfDay: asOf, HorizonDays: 180, PopulationGap: 60}
	for _, test := range []struct {
		name            string
		x, span, silent int64
		want            string
	}{
		{"own rhythm of 10 days", 10, 100, 10, StateEligible},
		{"own rhythm of 10 days, silent for 11", 10, 100, 11, StateLapsed},
		{"one gap of 10 days, the population's 60", 1, 10, 60, StateEligible},
		{"one gap of 100 days", 1, 100, 100, StateEligible},
		{"one order", 0, 0, 60, StateEligible},
		{"one order long ago", 0, 0, 61, StateLapsed},
	} {
		if got := s.State(profile(test.x, test.span, test.silent)); got != test.want {
			t.Errorf("%s: %s", test.name, got)
		}
	}
	if got := s.State(&schemas.CustomerProfile{}); got != StateNever {
		t.Error(got)
	}
	if got := (Settings{HorizonDays: 180}).State(profile(0, 0, 180)); got != StateEligible {
		t.Errorf("without a population gap: %s", got)
	}
}

func TestBandsMeetAtTheirBounds(t *testing.T) {
	for p, want := range map[float64]string{0: BandLow, .39999: BandLow, .4: BandMedium, .69999: BandMedium, .7: BandHigh, 1: BandHigh} {
		if got := Band(p); got != want {
			t.Errorf("%v: %s", p, got)
		}
	}
}

func TestTheProbabilityIsTheModels(t *testing.T) {
	s := Settings{AsOfDay: asOf, HorizonDays: 273}
	r := row(profile(2, 213, 59), s)
	want := model().Orders.PNoOrder(clv.Pattern{X: 2, Last: 213, Age: 272}, 39)
	if *r.Probability != want || math.Abs(want-.4453926) > 1e-3 || r.Band != BandMedium {
		t.Errorf("%v, want %v", *r.Probability, want)
	}
	// p times what a retained customer brings: at least one order day
	if *r.ValueAtRisk < clv.Money(want*39.1) {
		t.Errorf("value at risk %d", *r.ValueAtRisk)
	}
}

func TestTheNextOrderFollowsTheOwnRhythm(t *testing.T) {
	s := Settings{AsOfDay: asOf, HorizonDays: 180, PopulationGap: 60}
	if r := row(profile(10, 100, 4), s); r.NextOrder == nil || *r.NextOrder != asOf+6 {
		t.Errorf("next order %v", r.NextOrder)
	}
	if r := row(profile(10, 100, 10), s); r.NextOrder == nil || *r.NextOrder != asOf+1 {
		t.Errorf("an overdue order is expected %v", r.NextOrder)
	}
	if r := row(profile(10, 100, 50), s); r.NextOrder != nil || r.State != StateLapsed {
		t.Errorf("a lapsed customer has %v", *r.NextOrder)
	}
}

// Reasons add up to the difference from a beginner, whatever the customer.
func TestReasonsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Int64Range(0, 40).Draw(t, "x")
		span := int64(0)
		if x > 0 {
			span = rapid.Int64Range(x, 700).Draw(t, "span")
		}
		s := Settings{AsOfDay: asOf, HorizonDays: rapid.IntRange(1, 700).Draw(t, "horizon")}
		r := row(profile(x, span, rapid.Int64Range(0, 700).Draw(t, "silent")), s)
		sum := model().Orders.PNoOrder(clv.Pattern{}, float64(s.HorizonDays)/7)
		for i, reason := range r.Reasons {
			sum += reason.Effect
			if i > 0 && math.Abs(reason.Effect) > math.Abs(r.Reasons[i-1].Effect) {
				t.Fatal("reasons are not sorted by size")
			}
		}
		if math.Abs(sum-*r.Probability) > 1e-12 || *r.Probability < 0 || *r.Probability > 1 || *r.ValueAtRisk < 0 {
			t.Fatalf("%+v adds up to %v", r, sum)
		}
	})
}

func TestPopulationGapCovers95Percent(t *testing.T) {
	if got := PopulationGap([]int32{5, 30, 90}, []int64{50, 45, 5}); got != 30 {
		t.Error(got)
	}
	if got := PopulationGap(nil, nil); got != 0 {
		t.Error(got)
	}
}
