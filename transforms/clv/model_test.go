package clv

import (
	"encoding/json"
	"errors"
	"math"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRefusalsSayWhy(t *testing.T) {
	some := func(n int64, c Pattern) Count { return Count{c, n} }
	for _, test := range []struct {
		name   string
		counts []Count
		want   string
	}{
		{"nobody", nil, "0 buyers"},
		{"few", []Count{some(99, Pattern{1, 10, 100})}, "99 buyers"},
		{"nobody came back", []Count{some(500, Pattern{0, 0, 100})}, "0 buyers came back"},
		{"three weeks", []Count{some(500, Pattern{1, 10, 21})}, "span 21 days"},
		{"impossible", []Count{some(500, Pattern{0, 10, 100})}, "impossible pattern"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := FitBGNBD(test.counts)
			if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
	if _, err := FitGammaGamma([]Spend{{1, 5}}); !errors.Is(err, ErrRefused) {
		t.Error(err)
	}
}

func TestTheFallbackForecastsWithoutAModel(t *testing.T) {
	model := Fit([]Count{{Pattern{1, 70, 140}, 2}, {Pattern{0, 0, 140}, 2}}, []Spend{{1, 10}, {1, 30}}, "revenue")
	if model.Name() != ModelRate || model.OrdersReason == "" || model.SpendReason == "" {
		t.Fatalf("%+v", model)
	}
	// 2 repeats in 80 weeks: .025 a week. x=1, T=20: 2/(20+40).
	f := NewForecaster(&model, Settings{HorizonDays: 84, YearlyRate: 0}).Customer(Pattern{1, 70, 140}, 1, 10)
	near(t, "orders in 12 weeks", f.OrdersHorizon, 12*2.0/60, 1e-12)
	near(t, "P(no order)", f.PNoOrder, math.Exp(-.4), 1e-12)
	near(t, "spend", f.Spend, 15, 1e-12)
	near(t, "CLV", f.CLV12(), 15*2.0/60*12*WeeksPerMonth, 1e-9)
	if !math.IsNaN(f.PAlive) {
		t.Errorf("P(alive) %v", f.PAlive)
	}
}

func TestForecastsAgreeWithTheModel(t *testing.T) {
	model := Model{Orders: publishedFit(), Spend: &GammaGammaFit{GammaGamma: GammaGamma{6.25, 3.74, 15.44}}}
	c := Pattern{2, 213, 272}
	f := NewForecaster(&model, Settings{HorizonDays: 273, YearlyRate: 0.1}).Customer(c, 2, 40)
	near(t, "12 months", f.Orders12, published.Expected(c, 365.25/7), 1e-12)
	near(t, "horizon", f.OrdersHorizon, published.Expected(c, 39), 1e-12)
	near(t, "spend", f.Spend, 39.14042, 2e-2)
	if f.DiscountedOrders >= f.Orders12 || f.DiscountedOrders < f.Orders12/1.1 {
		t.Errorf("%v discounted, %v not", f.DiscountedOrders, f.Orders12)
	}
	if f.ResidualOrders <= f.DiscountedOrders || f.ResidualOrders >= f.OrdersLifetime {
		t.Errorf("residual %v", f.ResidualOrders)
	}
	if low, high := f.Interval(); low > f.CLV12() || high < f.CLV12() {
		t.Errorf("CLV %v outside %v to %v", f.CLV12(), low, high)
	}
}

func TestModelsSurviveJSON(t *testing.T) {
	model := Model{Orders: publishedFit(), Basis: "revenue", PooledRate: .1}
	text, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	var back Model
	if err := json.Unmarshal(text, &back); err != nil || back.Orders.Answers() != OrderModel(published) {
		t.Errorf("%s: %v", text, err)
	}
}

// anyParameters draws from the whole range that a fit may return.
func anyParameters(t *rapid.T) BGNBD {
	log := rapid.Float64Range(-logBound, logBound)
	return BGNBD{
		math.Exp(log.Draw(t, "ln r")), math.Exp(log.Draw(t, "ln alpha")),
		math.Exp(log.Draw(t, "ln a")), math.Exp(log.Draw(t, "ln b")),
	}
}

func anyPattern(t *rapid.T) Pattern {
	age := rapid.Int32Range(0, 4000).Draw(t, "age")
	x := rapid.Int32Range(0, min(age, 600)).Draw(t, "x")
	if x == 0 {
		return Pattern{Age: age}
	}
	return Pattern{x, rapid.Int32Range(x, age).Draw(t, "last"), age}
}

// For every parameter within bounds and every possible pattern: numbers are finite,
// probabilities are probabilities, and more time never means fewer orders.
func TestForecastsAreFiniteAndMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, c := anyParameters(t), anyPattern(t)
		weeks := rapid.Float64Range(0, 300).Draw(t, "weeks")
		alive := p.PAlive(c)
		if !(alive >= 0 && alive <= 1) {
			t.Fatalf("P(alive) %v", alive)
		}
		none := p.PNoOrder(c, weeks)
		if !(none >= 0 && none <= 1) {
			t.Fatalf("P(no order) %v", none)
		}
		e, later := p.ExpectedAlive(c, weeks), p.ExpectedAlive(c, weeks+10)
		most := (p.R + float64(c.X)) * weeks / (p.Alpha + Weeks(c.Age))
		if !(e >= 0 && e <= most*(1+1e-9)) || math.IsInf(e, 0) {
			t.Fatalf("E %v of at most %v", e, most)
		}
		if later < e*(1-1e-5) { // what the quadrature keeps to
			t.Fatalf("E %v in %v weeks, %v in 10 more", e, weeks, later)
		}
		// an order is at least as likely as Markov's inequality allows
		if 1-p.PSilent(c, weeks) > e*(1+1e-6)+1e-12 {
			t.Fatalf("P(order) %v exceeds the expected number %v", 1-p.PSilent(c, weeks), e)
		}
	})
}

// The series and the quadrature are two roads to one number.
func TestSeriesEqualsQuadrature(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log, far := rapid.Float64Range(-2.5, 2.5), rapid.Float64Range(-2.5, 8)
		p := BGNBD{math.Exp(log.Draw(t, "ln r")), math.Exp(log.Draw(t, "ln alpha")), math.Exp(far.Draw(t, "ln a")), math.Exp(far.Draw(t, "ln b"))}
		if rapid.Bool().Draw(t, "a is 1") {
			p.A = 1
		}
		c := anyPattern(t)
		weeks := rapid.Float64Range(0.1, 200).Draw(t, "weeks")
		a, b := p.ExpectedAlive(c, weeks), p.expectedByQuadrature(c, weeks)
		if math.Abs(a-b) > 1e-6*b {
			t.Fatalf("series %v, quadrature %v for %+v %+v", a, b, p, c)
		}
	})
}

func TestGradientsAreSlopes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := rapid.Float64Range(-2, 2)
		p := []float64{math.Exp(log.Draw(t, "ln r")), math.Exp(log.Draw(t, "ln alpha")), math.Exp(log.Draw(t, "ln a")), math.Exp(log.Draw(t, "ln b"))}
		f := objectiveOf(ModelBGNBD, 1)([]Count{{anyPattern(t), 3}, {anyPattern(t), 1}})
		check := func(f objective, p []float64) {
			g, scratch := make([]float64, len(p)), make([]float64, len(p))
			f(p, g)
			for i := range p {
				h := p[i] * 1e-5
				up, down := append([]float64{}, p...), append([]float64{}, p...)
				up[i] += h
				down[i] -= h
				slope := (f(up, scratch) - f(down, scratch)) / (2 * h)
				if math.Abs(slope-g[i]) > 1e-5*(1+math.Abs(slope))+1e-3*math.Abs(g[i]) {
					t.Fatalf("parameter %d: gradient %v, difference %v", i, g[i], slope)
				}
			}
		}
		check(f, p)
		spends := []Spend{{rapid.Int32Range(1, 50).Draw(t, "x"), rapid.Float64Range(.1, 1000).Draw(t, "mean")}}
		check(func(p, g []float64) float64 {
			ll, d := GammaGamma{p[0], p[1], p[2]}.evaluate(spends, 10)
			copy(g, d[:])
			return ll
		}, p[:3])
	})
}

// FuzzFit: whatever the counts, a fit ends, and a forecast from it is finite.
func FuzzFit(f *testing.F) {
	f.Add([]byte{3, 20, 40, 100, 0, 0, 9, 200})
	f.Add([]byte{1, 1, 1, 255, 200, 250, 250, 255, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		var counts []Count
		var spends []Spend
		for i := 0; i+4 <= len(data) && i < 160; i += 4 {
			c := Pattern{int32(data[i]), int32(data[i+1]) * 3, int32(data[i+2]) * 4}
			counts = append(counts, Count{c, int64(data[i+3])})
			spends = append(spends, Spend{int32(data[i]), math.Exp(float64(data[i+1])/4 - 20)})
		}
		model := Fit(counts, spends, "revenue")
		forecaster := NewForecaster(&model, Settings{HorizonDays: 180, YearlyRate: .1})
		for _, c := range []Pattern{{0, 0, 0}, {0, 0, 900}, {1, 1, 1}, {30, 700, 800}} {
			out := forecaster.Customer(c, c.X, 50)
			for _, v := range []float64{out.Orders3, out.Orders12, out.PNoOrder, out.CLV12(), out.Residual(), out.Orders12High} {
				if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
					t.Fatalf("%+v of %+v", out, model)
				}
			}
		}
	})
}

func BenchmarkForecast(b *testing.B) {
	model := Model{Orders: publishedFit(), Spend: &GammaGammaFit{GammaGamma: GammaGamma{6.25, 3.74, 15.44}}}
	f := NewForecaster(&model, Settings{HorizonDays: 180, YearlyRate: .1})
	for i := range b.N {
		age := int32(i*7919%700) + 50
		f.Customer(Pattern{int32(i % 20), 45, age}, 1, 40)
	}
}

// Above coarseAbove patterns the search begins on a part of them; it must end where the
// search over all of them ends.
func TestLargePopulationsFindTheSameSummit(t *testing.T) {
	var counts []Count
	var spends []Spend
	state := uint32(1)
	next := func(n int32) int32 {
		state = state*1664525 + 1013904223
		return int32(state>>8) % n
	}
	for range 90_000 { // invented, but spread like customers: most rarely, few often
		age := 90 + next(900)
		x := next(1+next(30)) * age / 900
		last := int32(0)
		if x > 0 {
			last = max(x, age-next(1+age/x))
			spends = append(spends, Spend{X: x, Mean: float64(20+next(400)) * float64(20+next(100)) / 50})
		}
		counts = append(counts, Count{Pattern{x, last, age}, 1})
	}
	counts = Compress(counts)
	if len(counts) <= coarseAbove {
		t.Fatalf("%d patterns", len(counts))
	}
	fit, err := FitBGNBD(counts)
	if err != nil {
		t.Fatal(err)
	}
	total := Sum(counts)
	want, err := maximize(objectiveOf(ModelBGNBD, 1)(counts), float64(total.Customers), starts(ModelBGNBD, total))
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(fit.LL-want.ll) > 1e-9*math.Abs(want.ll) || math.Abs(fit.R-want.parameters[0]) > 1e-3*fit.R {
		t.Errorf("LL %.6f r %.6f, from all starts %.6f %.6f", fit.LL, fit.R, want.ll, want.parameters[0])
	}
	sort.Slice(spends, func(i, j int) bool {
		return spends[i].X < spends[j].X || spends[i].X == spends[j].X && spends[i].Mean < spends[j].Mean
	})
	money, err := FitGammaGamma(spends)
	if err != nil {
		t.Fatal(err)
	}
	summit, err := maximize(func(p, gradient []float64) float64 {
		ll, g := GammaGamma{p[0], p[1], p[2]}.evaluate(spends, money.SampleMean)
		copy(gradient, g[:])
		return ll
	}, float64(len(spends)), [][]float64{{6, 4, 0.5}, {1, 10, 10}})
	if err != nil {
		t.Fatal(err)
	}
	if len(spends) <= coarseAbove || math.Abs(money.LL-summit.ll) > 1e-9*math.Abs(summit.ll) || math.Abs(money.P-summit.parameters[0]) > 1e-3*money.P {
		t.Errorf("%d spends: LL %.6f p %.6f, from all starts %.6f %.6f", len(spends), money.LL, money.P, summit.ll, summit.parameters[0])
	}
}
