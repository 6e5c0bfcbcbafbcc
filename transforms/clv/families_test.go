package clv

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// slopesAgree compares a gradient with central differences. The tolerance is the rounding of
// the likelihood over the step, and the curvature times its square.
func slopesAgree(t *rapid.T, what string, f objective, p []float64) {
	g, scratch := make([]float64, len(p)), make([]float64, len(p))
	ll := f(p, g)
	for i := range p {
		h := p[i] * 1e-4
		up, down := append([]float64{}, p...), append([]float64{}, p...)
		up[i] += h
		down[i] -= h
		slope := (f(up, scratch) - f(down, scratch)) / (2 * h)
		if !(math.Abs(slope-g[i]) <= 1e-5*math.Abs(g[i])+1e-10*(1+math.Abs(ll))/h+1e-5) {
			t.Fatalf("%s %v, parameter %d: gradient %v, difference %v", what, p, i, g[i], slope)
		}
	}
}

func TestGradientsOfAllModelsAreSlopes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := rapid.Float64Range(-2, 2)
		draw := func(n int) []float64 {
			out := make([]float64, n)
			for i := range out {
				out[i] = math.Exp(log.Draw(t, "ln parameter"))
			}
			return out
		}
		counts := []Count{{anyPattern(t), 3}, {anyPattern(t), 1}}
		for _, name := range OrderModels {
			k := rapid.IntRange(1, 5).Draw(t, "k")
			slopesAgree(t, name, objectiveOf(name, k)(counts), draw(len(registry[name].names)))
		}
		n := rapid.Int32Range(2, 9).Draw(t, "occasions")
		last := rapid.Int32Range(0, n).Draw(t, "last")
		x := rapid.Int32Range(min(last, 1), last).Draw(t, "x")
		slopesAgree(t, "BG/BB", bgbbObjective([]Occasions{{x, last, n, 2}}), draw(4))
		cohort := []Cohort{{1000, 700, 500, 450, 450, 300}, {300, 280, 279}}
		slopesAgree(t, "sBG", sbgObjective(cohort), draw(2))
		slopesAgree(t, "BdW", bdwObjective(cohort), draw(3))
	})
}

// Whatever the parameters within bounds and the pattern: probabilities are probabilities, and
// the parts of the forecast agree with each other.
func TestAllModelsAgreeWithThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := rapid.Float64Range(-4, 5)
		v := make([]float64, 4)
		for i := range v {
			v[i] = math.Exp(log.Draw(t, "ln parameter"))
		}
		c := anyPattern(t)
		weeks := rapid.Float64Range(0.1, 150).Draw(t, "weeks")
		for _, name := range OrderModels {
			m := registry[name].of(v, rapid.IntRange(1, 4).Draw(t, "k"))
			alive, silent, e := m.PAlive(c), m.PSilent(c, weeks), m.ExpectedAlive(c, weeks)
			if !(alive >= 0 && alive <= 1 && silent >= 0 && silent <= 1 && e >= 0) || math.IsInf(e, 0) {
				t.Fatalf("%s: alive %v, silent %v, expected %v", name, alive, silent, e)
			}
			if e > 100 || (v[0]+float64(c.X)*4)*weeks/(v[1]+Weeks(c.Age)) > 500 {
				continue // a tail long enough would be slow
			}
			tail := m.Tail(c, weeks, 20000)
			if math.Abs(1-tail[1]-silent) > 1e-6 {
				t.Fatalf("%s: P(none) %v by the distribution, %v by itself", name, 1-tail[1], silent)
			}
			var sum float64
			for _, p := range tail[1:] {
				sum += p
			}
			// What is beyond the last term falls like a geometric series: a heavy tail has a share there.
			if last, before := tail[len(tail)-1], tail[len(tail)-2]; last > 1e-12 && last < before {
				sum += last * last / (before - last)
			}
			if math.Abs(sum-e) > 1e-5*(e+1e-2) {
				t.Fatalf("%s %v %+v %v weeks: E %v, sum of the distribution %v", name, v, c, weeks, e, sum)
			}
		}
	})
}

// Parameters at their bounds are what a fit may return: nothing may be NaN, infinite, or
// below zero there.
func TestAllModelsAreFiniteAtTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := rapid.Float64Range(-logBound, logBound)
		v := make([]float64, 4)
		for i := range v {
			v[i] = math.Exp(log.Draw(t, "ln parameter"))
		}
		c := anyPattern(t)
		weeks := rapid.Float64Range(0, 300).Draw(t, "weeks")
		name := rapid.SampledFrom(OrderModels).Draw(t, "model")
		k := rapid.IntRange(1, MaxK).Draw(t, "k")
		m := registry[name].of(v, k)
		for what, got := range map[string]float64{
			"P(alive)": m.PAlive(c), "P(none)": m.PSilent(c, weeks), "E": m.ExpectedAlive(c, weeks), "P(2)": m.Tail(c, weeks, 2)[2],
		} {
			if !(got >= 0) || math.IsInf(got, 0) || what[0] == 'P' && got > 1 {
				t.Fatalf("%s %v: %s %v", name, v, what, got)
			}
		}
		gradient := make([]float64, len(registry[name].names))
		if ll := objectiveOf(name, k)([]Count{{c, 1}})(v[:len(gradient)], gradient); math.IsNaN(ll) || math.IsInf(ll, 0) {
			t.Fatalf("%s %v %+v: log-likelihood %v", name, v, c, ll)
		}
	})
}

// gamma draws from Gamma(shape, rate) by Marsaglia and Tsang.
func gamma(r *rand.Rand, shape, rate float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1, rate) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	for {
		x := r.NormFloat64()
		v := math.Pow(1+x/math.Sqrt(9*d), 3)
		if v > 0 && math.Log(r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v / rate
		}
	}
}

func beta(r *rand.Rand, a, b float64) float64 {
	x, y := gamma(r, a, 1), gamma(r, b, 1)
	return x / (x + y)
}

// simulate draws customers of a model. The models count time continuously: days here are so
// short (a week is 700 of them, alpha in weeks of 7 is 100 times as large) that no two orders
// fall on one.
func simulate(name string, v []float64, k, customers int) ([]Count, Gaps) {
	r := rand.New(rand.NewPCG(7, uint64(k)))
	const scale = 100 // of the unit of time
	var counts []Count
	var gaps Gaps
	for range customers {
		age := 7 * scale * (30 + 40*r.Float64()) // days
		lambda := gamma(r, v[0], v[1]*7*scale)   // per day
		leave, death := 0.0, math.Inf(1)
		switch name {
		case ModelPareto:
			death = r.ExpFloat64() / gamma(r, v[2], v[3]*7*scale)
		case ModelNBD:
		default:
			leave = beta(r, v[2], v[3])
		}
		modified := name == ModelMBGNBD || name == ModelMBGCNBDk
		p, now, last := Pattern{Age: int32(age)}, 0.0, 0.0
		for here := !modified || r.Float64() >= leave; here; here = r.Float64() >= leave {
			for range k {
				now += r.ExpFloat64() / lambda
			}
			if now > math.Min(age, death) {
				break
			}
			if int32(now) > int32(last) {
				p.X++
				p.Last = int32(now)
				gaps.Count++
				gaps.LogSum += math.Log(float64(int32(now)-int32(last)) / 7)
				last = now
			}
		}
		counts = append(counts, Count{p, 1})
	}
	return Compress(counts), gaps
}

// Parameters come back within 3.5 standard errors (one of 100 draws of some twenty would lie
// beyond by chance; the seed is fixed).
func TestSimulatedParametersAreRecovered(t *testing.T) {
	for _, test := range []struct {
		model      string
		parameters []float64
		k          int
	}{
		{ModelNBD, []float64{.8, 9}, 1},
		{ModelBGNBD, []float64{.5, 5, .8, 2.5}, 1},
		{ModelMBGNBD, []float64{.6, 6, .9, 2}, 1},
		{ModelPareto, []float64{.8, 9, .7, 12}, 1},
		{ModelBGCNBDk, []float64{.8, 4, .8, 3}, 2},
		{ModelMBGCNBDk, []float64{.9, 2, .7, 3}, 3},
	} {
		counts, gaps := simulate(test.model, test.parameters, test.k, 6000)
		fit, err := FitOrders(test.model, counts, gaps)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range fit.List()[:len(test.parameters)] {
			value, stdErr := p.Value, p.StdErr
			if p.Name == "alpha" || p.Name == "beta" {
				value, stdErr = value/100, stdErr/100
			}
			if !(math.Abs(value-test.parameters[i]) < 3.5*stdErr) {
				t.Errorf("%s %s: %v +- %v, simulated with %v", test.model, p.Name, value, stdErr, test.parameters[i])
			}
		}
		if max(fit.K, 1) != test.k {
			t.Errorf("%s: k %d, simulated with %d", test.model, fit.K, test.k)
		}
	}
}

// FuzzFitOrders: whatever the counts, each model is refused with a reason or ends in finite
// numbers, and so do the forecasts from it.
func FuzzFitOrders(f *testing.F) {
	f.Add([]byte{3, 20, 40, 100, 0, 0, 9, 200})
	f.Add([]byte{1, 1, 1, 255, 200, 250, 250, 255, 0, 0, 0, 1})
	f.Add([]byte{0, 0, 200, 255, 0, 0, 100, 255, 1, 200, 201, 60})
	f.Fuzz(func(t *testing.T, data []byte) {
		var counts []Count
		var gaps Gaps
		for i := 0; i+4 <= len(data) && i < 80; i += 4 {
			c := Pattern{int32(data[i]), int32(data[i+1]) * 3, int32(data[i+2]) * 4}
			counts = append(counts, Count{c, int64(data[i+3])})
			gaps.Count += int64(c.X) * int64(data[i+3])
		}
		if len(data) > 0 {
			gaps.LogSum = float64(gaps.Count) * (float64(data[0]) - 100) / 50
		}
		counts = Compress(counts)
		for _, name := range OrderModels {
			fit, err := FitOrders(name, counts, gaps)
			if err != nil {
				if !errors.Is(err, ErrRefused) {
					t.Fatal(err)
				}
				continue
			}
			values := []float64{fit.LL, fit.NBDLL, fit.Slope, fit.DropoutShown()}
			for _, p := range fit.List() {
				values = append(values, p.Value, p.StdErr)
			}
			for _, c := range []Pattern{{0, 0, 0}, {0, 0, 900}, {1, 1, 1}, {30, 700, 800}} {
				values = append(values, fit.Expected(c, 52), fit.PAlive(c), fit.PNoOrder(c, 26), fit.PCount(c, 2, 26))
			}
			for _, v := range values {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%s: %v from %+v", name, values, fit)
				}
			}
		}
	})
}

// FuzzContracts: sBG, BdW and BG/BB likewise.
func FuzzContracts(f *testing.F) {
	f.Add([]byte{250, 200, 150, 100, 90})
	f.Add([]byte{255, 255, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		var cohort Cohort
		var patterns []Occasions
		for i, b := range data[:min(len(data), 30)] {
			cohort = append(cohort, 10*float64(b))
			last := int32(b % 8)
			patterns = append(patterns, Occasions{min(last, 1+int32(b>>5)), last, 8, 1 + int64(i)*9})
		}
		var values []float64
		if fit, err := FitSBG(cohort); err == nil {
			values = append(values, fit.LL, fit.Alpha, fit.Beta, SBG{fit.Alpha, fit.Beta}.Survival(30))
		} else if !errors.Is(err, ErrRefused) {
			t.Fatal(err)
		}
		if fit, err := FitBdW(cohort); err == nil {
			values = append(values, fit.LL, fit.Alpha, fit.Beta, fit.C, BdW{fit.Alpha, fit.Beta, fit.C}.Survival(30))
		} else if !errors.Is(err, ErrRefused) {
			t.Fatal(err)
		}
		if fit, err := FitBGBB(patterns); err == nil {
			values = append(values, fit.LL, fit.Alpha, fit.Expected(patterns[0], 5), fit.Discounted(patterns[0], .1), fit.PAlive(patterns[0]))
		} else if !errors.Is(err, ErrRefused) {
			t.Fatal(err)
		}
		for _, v := range values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatal(values)
			}
		}
	})
}
