package clv

import "math"

// CNBD are the parameters of BG/CNBD-k and MBG/CNBD-k (Platzer, Reutterer 2016, "Ticking
// away the moments: timing regularity helps to better predict customer activity", and their
// R package BTYDplus): the gaps between orders are Erlang-K, so that a customer with a rhythm
// who misses the beat is missed sooner. K = 1 is BG/NBD or MBG/NBD.
type CNBD struct {
	R, Alpha, A, B float64
	K              int
	Modified       bool // MBG: the first order is a chance to leave as well
}

func (p CNBD) family() betaGeometric { return betaGeometric(p) }

// LogLikelihood of counts, without the x! term. logGaps is the sum over all customers of
// ln(gap in weeks) between their order days; for K = 1 it does not matter.
func (p CNBD) LogLikelihood(counts []Count, logGaps float64) float64 {
	return p.family().logLikelihood(counts) + gapPart(p.K, Sum(counts).Repeats, logGaps)
}

// gapPart is the part of the likelihood that depends on K and the gaps alone.
func gapPart(k int, repeats int64, logGaps float64) float64 {
	if k <= 1 {
		return 0
	}
	g, _ := math.Lgamma(float64(k))
	return float64(k-1)*logGaps - float64(repeats)*g
}

// PAlive is the probability that a customer with this pattern has not left.
func (p CNBD) PAlive(c Pattern) float64 { return p.family().pAlive(c) }

// PSilent is the probability that a customer known to be here places no order in the weeks.
func (p CNBD) PSilent(c Pattern, weeks float64) float64 {
	if !(weeks > 0) {
		return 1
	}
	q := p.family()
	n, rate := q.R+float64(q.K)*float64(c.X), q.Alpha+Weeks(c.Age)
	z, log := weeks/(rate+weeks), math.Log1p(weeks/rate)
	var silent float64
	for j, weight := range q.stages(c) {
		shape := n + float64(j)
		term := math.Exp(-shape * log)
		for m := 0; m < q.K-j; m++ { // so many stages more do not make an order
			silent += weight * term
			term *= (shape + float64(m)) / float64(m+1) * z
		}
	}
	return math.Min(silent, 1)
}

// ExpectedAlive is the expected number of orders in the next weeks of a customer who is here.
func (p CNBD) ExpectedAlive(c Pattern, weeks float64) float64 {
	return p.family().expectedByTail(c, weeks)
}

// Tail is P(at least i orders in the weeks | here), i = 0..n.
func (p CNBD) Tail(c Pattern, weeks float64, n int) []float64 { return p.family().tail(c, weeks, n) }

// DiscountedAlive is the discounted number of all orders to come of a customer who is here.
func (p CNBD) DiscountedAlive(c Pattern, rate float64) float64 { return discountedOrders(p, c, rate) }
