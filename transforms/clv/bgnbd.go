package clv

import "math"

// BGNBD are the parameters of the BG/NBD model, in weeks (Fader, Hardie, Lee 2005, "Counting
// Your Customers the Easy Way"). While alive a customer orders at rate lambda ~ Gamma(R, rate
// Alpha); after each order but the first the customer leaves with probability p ~ Beta(A, B).
type BGNBD struct {
	R     float64 `json:"r"`
	Alpha float64 `json:"alpha"`
	A     float64 `json:"a"`
	B     float64 `json:"b"`
}

func (p BGNBD) family() betaGeometric {
	return betaGeometric{R: p.R, Alpha: p.Alpha, A: p.A, B: p.B, K: 1}
}

// LogLikelihood of counts (equation 6), without the x! term (densities over timings).
func (p BGNBD) LogLikelihood(counts []Count) float64 { return p.family().logLikelihood(counts) }

// PAlive is the probability that a customer with this pattern has not left. The model gives
// 1 to customers without a repeat order; see the churn package for a usable risk.
func (p BGNBD) PAlive(c Pattern) float64 { return p.family().pAlive(c) }

// PNoOrder is the probability that a customer with this pattern places no order in the next
// weeks: gone already, or here and silent.
func (p BGNBD) PNoOrder(c Pattern, weeks float64) float64 { return pNoOrder(p, c, weeks) }

// PSilent is the probability that a customer known to be here places no order in the weeks.
func (p BGNBD) PSilent(c Pattern, weeks float64) float64 {
	return math.Exp(-(p.R + float64(c.X)) * math.Log1p(weeks/(p.Alpha+Weeks(c.Age))))
}

// Expected is the expected number of orders in the next weeks, E[Y(t) | x, t_x, T] of Fader,
// Hardie, Lee 2005, equation 10.
func (p BGNBD) Expected(c Pattern, weeks float64) float64 {
	return p.PAlive(c) * p.ExpectedAlive(c, weeks)
}

// ExpectedNew is the expected number of orders of a new customer after the first one, in the
// first weeks (equation 9).
func (p BGNBD) ExpectedNew(weeks float64) float64 { return p.ExpectedAlive(Pattern{}, weeks) }

// PCountNew is the probability that a new customer places n orders after the first one in
// the first weeks, P(X(t) = n) (equation 8).
func (p BGNBD) PCountNew(n int, weeks float64) float64 {
	logBeta := 0.0 // ln B(a, b+n) - ln B(a, b)
	logRise := 0.0 // ln G(r+n) - ln G(r) - ln n!
	z := weeks / (p.Alpha + weeks)
	silent := -p.R * math.Log1p(weeks/p.Alpha)
	if n == 0 {
		return math.Exp(silent)
	}
	below := 0.0 // P(NBD count < n), summed up
	for j := range n {
		below += math.Exp(logRise + silent + float64(j)*math.Log(z))
		logBeta -= math.Log1p(p.A / (p.B + float64(j)))
		logRise += math.Log(p.R+float64(j)) - math.Log(float64(j+1))
	}
	here := math.Exp(logBeta + logRise + silent + float64(n)*math.Log(z))
	// B(a+1, b+n-1)/B(a, b) = B(a, b+n)/B(a, b) * a/(b+n-1)
	left := math.Exp(logBeta) * p.A / (p.B + float64(n-1)) * math.Max(0, 1-below)
	return here + left
}

// Bounds within which the series of ExpectedAlive keeps its digits.
const (
	// alternating is how far u may be below zero: its first terms change their sign.
	alternating = 40
	// cancelled is how much larger than the result the two parts of the difference may be.
	// Each carries a relative error of some 1e-15, and many times that where the powers are
	// large.
	cancelled = 1e4
)

// ExpectedAlive is the expected number of orders in the next weeks of a customer who is
// still here.
//
// Equation 10 divides by a-1 and overflows in 2F1. With z = t/(alpha+T+t), c = a+b+x-1 and
// Euler's transformation it is
//
//	c/(a-1) (1 - (1-z)^(a-1) 2F1(a+b-1-r, a-1; c; z)) = -(c Q + (1-z)^(a-1) S),
//	Q = ((1-z)^(a-1) - 1)/(a-1),  S = sum_n (a+b-1-r)_n (a)_(n-1) / ((c+1)_(n-1) n!) z^n,
//
// in which a = 1 is a point like any other and x only damps the terms.
func (p BGNBD) ExpectedAlive(c Pattern, weeks float64) float64 {
	if weeks <= 0 {
		return 0
	}
	shape, rate := p.R+float64(c.X), p.Alpha+Weeks(c.Age)
	most := shape * weeks / rate // if nobody ever left
	u := p.A + p.B - 1 - p.R
	if u < -alternating {
		return p.family().expectedByTail(c, weeks)
	}
	z := weeks / (rate + weeks)
	logRest := -math.Log1p(weeks / rate)  // ln(1-z)
	order := p.A + p.B + float64(c.X) - 1 // c of the formula
	power := (p.A - 1) * logRest
	q := logRest
	if power != 0 {
		q = math.Expm1(power) / (p.A - 1)
	}
	sum, term := 0.0, u*z
	for n := 1.0; n < 1e5; n++ {
		sum += term
		next := term * (u + n) * (p.A + n - 1) / ((order + n) * (n + 1)) * z
		if math.Abs(next) < 1e-17*math.Abs(sum) || next == 0 || math.IsInf(sum, 0) {
			sum += next
			break
		}
		term = next
	}
	e := -(order*q + math.Exp(power)*sum)
	if !(e > 1e-9*most) || e > most || math.Abs(order*q) > cancelled*e {
		return p.family().expectedByTail(c, weeks)
	}
	return e
}

// expectedByQuadrature integrates (1 - (A/(A+pt))^(r+x))/p over p ~ Beta(a, b+x) on the
// logit scale with nodes that spread like sinh around the mode. All terms are positive, so
// that it holds for any parameters, to some 1e-6.
func (p BGNBD) expectedByQuadrature(c Pattern, weeks float64) float64 {
	const nodes, reach = 240, 9.0
	shape, rate := p.R+float64(c.X), p.Alpha+Weeks(c.Age)
	a, b := p.A, p.B+float64(c.X)
	centre := math.Log(a) - math.Log(b)
	width := math.Sqrt((a + b) / (a * b))
	density := func(y float64) float64 { // ln of p^a (1-p)^b
		if y > 0 {
			return -a*math.Log1p(math.Exp(-y)) - b*(y+math.Log1p(math.Exp(-y)))
		}
		return a*(y-math.Log1p(math.Exp(y))) - b*math.Log1p(math.Exp(y))
	}
	top := density(centre)
	var weight, total float64
	for i := -nodes; i <= nodes; i++ {
		s := reach * float64(i) / nodes
		y := centre + width*math.Sinh(s)
		w := math.Exp(density(y)-top) * math.Cosh(s)
		if w == 0 || math.IsNaN(w) {
			continue
		}
		leave := 1 / (1 + math.Exp(-y))
		g := shape * weeks / rate
		if leave > 0 {
			g = -math.Expm1(-shape*math.Log1p(leave*weeks/rate)) / leave
		}
		weight += w
		total += w * g
	}
	if weight == 0 {
		return 0
	}
	return math.Min(total/weight, shape*weeks/rate)
}

// Tail is P(at least i orders in the weeks | here), i = 0..n.
func (p BGNBD) Tail(c Pattern, weeks float64, n int) []float64 { return p.family().tail(c, weeks, n) }

// DiscountedAlive is the discounted number of all orders to come of a customer who is here.
func (p BGNBD) DiscountedAlive(c Pattern, rate float64) float64 { return discountedOrders(p, c, rate) }
