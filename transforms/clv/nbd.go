package clv

import "math"

// NBD are the parameters of the NBD model (Ehrenberg 1959; Schmittlein, Morrison, Colombo
// 1987, equation 2): orders at rate lambda ~ Gamma(R, rate Alpha), and nobody ever leaves.
// Every dropout model contains it; it is what they are tested against.
type NBD struct{ R, Alpha float64 }

func nbdObjective(counts []Count) objective {
	maxX, maxDay := extent(counts)
	var t tables
	return func(p, gradient []float64) float64 {
		t.fill(betaGeometric{R: p[0], Alpha: p[1], A: 1, B: 1, K: 1}, maxX, maxDay)
		var ll, dR, dAlpha float64
		for i := range counts {
			c := &counts[i]
			n, x := float64(c.N), float64(c.X)
			ll += n * (t.logRise[c.X] - p[0]*t.log1p[c.Age] - x*t.logSum[c.Age])
			dR += n * (t.psiR[c.X] - t.log1p[c.Age])
			dAlpha += n * (p[0]*Weeks(c.Age)/p[1] - x) * t.inverse[c.Age]
		}
		gradient[0], gradient[1] = dR, dAlpha
		return ll
	}
}

// LogLikelihood of counts, without the x! term.
func (p NBD) LogLikelihood(counts []Count) float64 {
	var gradient [2]float64
	return nbdObjective(counts)([]float64{p.R, p.Alpha}, gradient[:])
}

// PAlive is 1.
func (p NBD) PAlive(Pattern) float64 { return 1 }

// PSilent is the probability of no order in the weeks.
func (p NBD) PSilent(c Pattern, weeks float64) float64 {
	return math.Exp(-(p.R + float64(c.X)) * math.Log1p(weeks/(p.Alpha+Weeks(c.Age))))
}

// ExpectedAlive is the expected number of orders in the next weeks.
func (p NBD) ExpectedAlive(c Pattern, weeks float64) float64 {
	return (p.R + float64(c.X)) / (p.Alpha + Weeks(c.Age)) * math.Max(weeks, 0)
}

// Tail is P(at least i orders in the weeks), i = 0..n.
func (p NBD) Tail(c Pattern, weeks float64, n int) []float64 {
	first, pmf := negativeBinomial(p.R+float64(c.X), p.Alpha+Weeks(c.Age), weeks)
	above := upwards(pmf)
	out := make([]float64, n+1)
	for i := range out {
		switch at := i - first; {
		case at <= 0:
			out[i] = 1
		case at < len(above):
			out[i] = above[at]
		}
	}
	return out
}

// DiscountedAlive is the discounted number of all orders to come.
func (p NBD) DiscountedAlive(c Pattern, rate float64) float64 {
	if !(rate > 0) {
		return math.MaxFloat64
	}
	return (p.R + float64(c.X)) / (p.Alpha + Weeks(c.Age)) / rate
}
