package clv

import "math"

// ParetoNBD are the parameters of the Pareto/NBD model, in weeks (Schmittlein, Morrison,
// Colombo 1987, "Counting your customers: who are they and what will they do next?"; notation
// of Fader, Hardie 2005, note 009). While here a customer orders at rate lambda ~ Gamma(R,
// rate Alpha), and leaves at any time at rate mu ~ Gamma(S, rate Beta).
type ParetoNBD struct{ R, Alpha, S, Beta float64 }

// lost is the integral over the time of leaving, and means under it.
type lost struct {
	log                 float64 // ln of the integral
	logAlpha, logBeta   float64 // means of ln(alpha+t), ln(beta+t)
	overAlpha, overBeta float64 // means of 1/(alpha+t), 1/(beta+t)
}

// lost integrates (alpha+t)^-n (beta+t)^-(s+1) dt from one time to another. The papers write
// the integral as a difference of two 2F1, which overflows and cancels; here all terms are
// positive and their derivatives are means. In w = ln(min(alpha, beta) + t) the integrand is
// log-concave and its poles are pi away, so that panels of 3 in w need few nodes.
func (p ParetoNBD) lost(n, from, to float64) lost {
	if !(to > from) {
		return lost{log: math.Inf(-1)}
	}
	least := math.Min(p.Alpha, p.Beta)
	moreA, moreB := p.Alpha-least, p.Beta-least
	logs := func(w float64) (la, lb, e float64) {
		e = math.Exp(w)
		la, lb = w, w
		if moreA > 0 {
			la = math.Log(moreA + e)
		}
		if moreB > 0 {
			lb = math.Log(moreB + e)
		}
		return la, lb, e
	}
	g := func(w float64) float64 {
		la, lb, _ := logs(w)
		return w - n*la - (p.S+1)*lb
	}
	low, high := math.Log(least+from), math.Log(least+to)
	if slope := 1 - n*(least+from)/(p.Alpha+from) - (p.S+1)*(least+from)/(p.Beta+from); slope < 0 {
		high = math.Min(high, low-negligible/slope) // concave: beyond it nothing is left
	}
	if !(high > low) { // nearer than digits tell
		la, lb := math.Log(p.Alpha+from), math.Log(p.Beta+from)
		return lost{math.Log(to-from) - n*la - (p.S+1)*lb, la, lb, 1 / (p.Alpha + from), 1 / (p.Beta + from)}
	}
	panels := math.Ceil((high - low) / 3)
	half := (high - low) / panels / 2
	before := g(low)
	top := math.Max(before, g(high))
	var sum, la1, lb1, ia, ib float64
	for k := range int(panels) {
		a := low + 2*half*float64(k)
		after := g(a + 2*half)
		r := rule12
		if math.Abs(after-before) > steepFor12 {
			r = rule24
		}
		before = after
		for i, node := range r.node {
			w := a + half*(1+node)
			la, lb, e := logs(w)
			v := r.weight[i] * math.Exp(w-n*la-(p.S+1)*lb-top)
			sum += v
			la1 += v * la
			lb1 += v * lb
			ia += v / (moreA + e)
			ib += v / (moreB + e)
		}
	}
	return lost{top + math.Log(sum*half), la1 / sum, lb1 / sum, ia / sum, ib / sum}
}

func paretoObjective(counts []Count) objective {
	maxX, _ := extent(counts)
	rise, psi := make([]float64, maxX+1), make([]float64, maxX+1)
	return func(at, gradient []float64) float64 {
		p := ParetoNBD{at[0], at[1], at[2], at[3]}
		for x := 1; x <= int(maxX); x++ {
			j := p.R + float64(x-1)
			rise[x], psi[x] = rise[x-1]+math.Log(j), psi[x-1]+1/j
		}
		logAlpha, logBeta, logS := math.Log(p.Alpha), math.Log(p.Beta), math.Log(p.S)
		var ll, dR, dAlpha, dS, dBeta float64
		for i := range counts {
			c := &counts[i]
			customers, n := float64(c.N), p.R+float64(c.X)
			age := Weeks(c.Age)
			gone := p.lost(n, Weeks(c.Last), age)
			la, lb := math.Log(p.Alpha+age), math.Log(p.Beta+age)
			sum, w := logAdd(-n*la-p.S*lb, logS+gone.log)
			ll += customers * (rise[c.X] + p.R*logAlpha + p.S*logBeta + sum)
			dR += customers * (psi[c.X] + logAlpha - (1-w)*la - w*gone.logAlpha)
			dAlpha += customers * (p.R/p.Alpha - n*((1-w)/(p.Alpha+age)+w*gone.overAlpha))
			dS += customers * (logBeta - (1-w)*lb + w*(1/p.S-gone.logBeta))
			dBeta += customers * (p.S/p.Beta - (1-w)*p.S/(p.Beta+age) - w*(p.S+1)*gone.overBeta)
		}
		gradient[0], gradient[1], gradient[2], gradient[3] = dR, dAlpha, dS, dBeta
		return ll
	}
}

// LogLikelihood of counts (note 009, equation 15), without the x! term.
func (p ParetoNBD) LogLikelihood(counts []Count) float64 {
	var gradient [4]float64
	return paretoObjective(counts)([]float64{p.R, p.Alpha, p.S, p.Beta}, gradient[:])
}

// PAlive is the probability that a customer with this pattern has not left.
func (p ParetoNBD) PAlive(c Pattern) float64 {
	n, age := p.R+float64(c.X), Weeks(c.Age)
	gone := p.lost(n, Weeks(c.Last), age)
	logOdds := math.Log(p.S) + gone.log + n*math.Log(p.Alpha+age) + p.S*math.Log(p.Beta+age)
	return 1 / (1 + math.Exp(logOdds))
}

// PSilent is the probability that a customer known to be here places no order in the weeks:
// stays and is silent, or leaves before an order.
func (p ParetoNBD) PSilent(c Pattern, weeks float64) float64 {
	if !(weeks > 0) {
		return 1
	}
	n, age := p.R+float64(c.X), Weeks(c.Age)
	base := n*math.Log(p.Alpha+age) + p.S*math.Log(p.Beta+age)
	stays := -n*math.Log1p(weeks/(p.Alpha+age)) - p.S*math.Log1p(weeks/(p.Beta+age))
	leaves := base + math.Log(p.S) + p.lost(n, age, age+weeks).log
	return math.Min(1, math.Exp(stays)+math.Exp(leaves))
}

// ExpectedAlive is the expected number of orders in the next weeks of a customer who is here
// (note 009, equation 41 without P(alive)); s = 1 is a point like any other.
func (p ParetoNBD) ExpectedAlive(c Pattern, weeks float64) float64 {
	if !(weeks > 0) {
		return 0
	}
	age := Weeks(c.Age)
	l := -math.Log1p(weeks / (p.Beta + age))
	left := -l
	if power := (p.S - 1) * l; power != 0 {
		left = -math.Expm1(power) / (p.S - 1)
	}
	rate := (p.R + float64(c.X)) / (p.Alpha + age)
	return math.Min(rate*(p.Beta+age)*left, rate*weeks)
}

// Tail is P(at least i orders in the weeks | here), i = 0..n: negative binomial up to the time
// of leaving.
func (p ParetoNBD) Tail(c Pattern, weeks float64, n int) []float64 {
	out := make([]float64, n+1)
	out[0] = 1
	if !(weeks > 0) {
		return out
	}
	age, shape := Weeks(c.Age), p.R+float64(c.X)
	add := func(weight, t float64) {
		first, pmf := negativeBinomial(shape, p.Alpha+age, t)
		above := upwards(pmf)
		for i := 1; i <= n; i++ {
			switch at := i - first; {
			case at <= 0:
				out[i] += weight
			case at < len(above):
				out[i] += weight * above[at]
			}
		}
	}
	base := p.Beta + age
	span := math.Log1p(weeks / base) // in ln(beta + T + t), where leaving is exponential with rate s
	add(math.Exp(-p.S*span), weeks)
	span = math.Min(span, negligible/p.S)
	low := 0.0
	for _, high := range []float64{0.004, 0.03, 0.12, 0.4, 1} { // the count changes fastest at first
		half := span * (high - low) / 2
		for i, node := range rule12.node {
			w := span*low + half*(1+node)
			add(rule12.weight[i]*half*p.S*math.Exp(-p.S*w), math.Min(base*math.Expm1(w), weeks))
		}
		low = high
	}
	for i := 1; i <= n; i++ {
		out[i] = math.Min(out[i], out[i-1])
	}
	return out
}

// DiscountedAlive is the discounted number of all orders to come of a customer who is here
// (Fader, Hardie, Lee 2005, "RFM and CLV", equation 4, without P(alive)). They write it with
// Tricomi's U; this is its integral, in w = ln(1 + t/(beta+T)).
func (p ParetoNBD) DiscountedAlive(c Pattern, rate float64) float64 {
	rate = math.Max(rate, 1e-9)
	age := Weeks(c.Age)
	base := p.Beta + age
	z := rate * base
	end := math.Log1p(negligible / z)
	panels := math.Ceil(end)
	half := end / panels / 2
	var total float64
	for k := range int(panels) {
		for i, node := range rule24.node {
			w := 2*half*float64(k) + half*(1+node)
			total += half * rule24.weight[i] * math.Exp(w*(1-p.S)-z*math.Expm1(w))
		}
	}
	return (p.R + float64(c.X)) / (p.Alpha + age) * base * total
}
