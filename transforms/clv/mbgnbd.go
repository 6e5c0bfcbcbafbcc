package clv

// MBGNBD are the parameters of the MBG/NBD model (Batislam, Denizel, Filiztekin 2007,
// "Empirical validation and comparison of models for customer base analysis"): BG/NBD in
// which a customer may leave after the first order already, so that one order long ago tells
// something.
type MBGNBD BGNBD

func (p MBGNBD) family() betaGeometric {
	return betaGeometric{R: p.R, Alpha: p.Alpha, A: p.A, B: p.B, K: 1, Modified: true}
}

// ahead is the BG/NBD of the orders to come: the first order is one survived chance to leave.
func (p MBGNBD) ahead() BGNBD { return BGNBD{p.R, p.Alpha, p.A, p.B + 1} }

// LogLikelihood of counts (their equation 3), without the x! term.
func (p MBGNBD) LogLikelihood(counts []Count) float64 { return p.family().logLikelihood(counts) }

// PAlive is the probability that a customer with this pattern has not left (equation 4).
func (p MBGNBD) PAlive(c Pattern) float64 { return p.family().pAlive(c) }

// PSilent is the probability that a customer known to be here places no order in the weeks.
func (p MBGNBD) PSilent(c Pattern, weeks float64) float64 { return p.ahead().PSilent(c, weeks) }

// ExpectedAlive is the expected number of orders in the next weeks of a customer who is here.
func (p MBGNBD) ExpectedAlive(c Pattern, weeks float64) float64 {
	return p.ahead().ExpectedAlive(c, weeks)
}

// Tail is P(at least i orders in the weeks | here), i = 0..n.
func (p MBGNBD) Tail(c Pattern, weeks float64, n int) []float64 { return p.family().tail(c, weeks, n) }

// DiscountedAlive is the discounted number of all orders to come of a customer who is here.
func (p MBGNBD) DiscountedAlive(c Pattern, rate float64) float64 {
	return discountedOrders(p, c, rate)
}
