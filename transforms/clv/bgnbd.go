package clv

import "math"

// BGNBD are the parameters of the BG/NBD model, in weeks. While alive a customer orders at
// rate lambda ~ Gamma(R, rate Alpha); after each order the customer leaves with probability
// p ~ Beta(A, B).
type BGNBD struct {
	R     float64 `json:"r"`
	Alpha float64 `json:"alpha"`
	A     float64 `json:"a"`
	B     float64 `json:"b"`
}

// tables are the parts of the likelihood that depend on the count or on the day alone.
// Sums over j < x replace differences of lgamma and digamma: they neither cancel nor
// overflow for any parameters.
type tables struct {
	// by x
	logRise   []float64 // ln G(r+x) - ln G(r)
	psiR      []float64 // psi(r+x) - psi(r)
	logBeta   []float64 // ln B(a, b+x) - ln B(a, b)
	psiAB     []float64 // psi(a+b+x) - psi(a+b)
	psiB      []float64 // psi(b+x) - psi(b) - psiAB
	logLeave  []float64 // ln a - ln(b+(x-1)), for x >= 1
	leavePart []float64 // 1/(b+(x-1))
	// by day
	log1p   []float64 // ln(1 + t/alpha)
	logSum  []float64 // ln(alpha + t)
	inverse []float64 // 1/(alpha + t)
}

func (t *tables) fill(p BGNBD, maxX, maxDay int32) {
	t.grow(maxX, maxDay)
	t.logRise[0], t.psiR[0], t.logBeta[0], t.psiAB[0], t.psiB[0] = 0, 0, 0, 0, 0
	logA := math.Log(p.A)
	for x := 1; x <= int(maxX); x++ {
		// j is x-1; b+j and never b+x-1, which is 0 for x = 1 and b < 1e-16.
		j := float64(x - 1)
		b, ab := p.B+j, p.A+p.B+j
		t.logRise[x] = t.logRise[x-1] + math.Log(p.R+j)
		t.psiR[x] = t.psiR[x-1] + 1/(p.R+j)
		t.logBeta[x] = t.logBeta[x-1] - math.Log1p(p.A/b)
		t.psiAB[x] = t.psiAB[x-1] + 1/ab
		t.psiB[x] = t.psiB[x-1] + p.A/(b*ab)
		t.logLeave[x] = logA - math.Log(b)
		t.leavePart[x] = 1 / b
	}
	logAlpha := math.Log(p.Alpha)
	for day := range t.log1p {
		w := Weeks(int32(day))
		t.log1p[day] = math.Log1p(w / p.Alpha)
		t.logSum[day] = logAlpha + t.log1p[day]
		t.inverse[day] = 1 / (p.Alpha + w)
	}
}

func (t *tables) grow(maxX, maxDay int32) {
	if len(t.logRise) != int(maxX)+1 {
		n := int(maxX) + 1
		block := make([]float64, 7*n)
		for i, s := range []*[]float64{&t.logRise, &t.psiR, &t.logBeta, &t.psiAB, &t.psiB, &t.logLeave, &t.leavePart} {
			*s = block[i*n : (i+1)*n : (i+1)*n]
		}
	}
	if len(t.log1p) != int(maxDay)+1 {
		n := int(maxDay) + 1
		block := make([]float64, 3*n)
		for i, s := range []*[]float64{&t.log1p, &t.logSum, &t.inverse} {
			*s = block[i*n : (i+1)*n : (i+1)*n]
		}
	}
}

// branches returns the logs of the two terms of a pattern's likelihood: still here at the
// end, and gone after the last order (-Inf without a repeat: a customer cannot leave before
// the first purchase that the model sees).
func (t *tables) branches(p BGNBD, c Pattern) (alive, dead float64) {
	x := float64(c.X)
	alive = -p.R*t.log1p[c.Age] - x*t.logSum[c.Age]
	if c.X == 0 {
		return alive, math.Inf(-1)
	}
	return alive, t.logLeave[c.X] - p.R*t.log1p[c.Last] - x*t.logSum[c.Last]
}

// logAdd returns ln(e^a + e^b) and b's share of the sum.
func logAdd(a, b float64) (sum, shareB float64) {
	if math.IsInf(b, -1) {
		return a, 0
	}
	if a >= b {
		e := math.Exp(b - a)
		return a + math.Log1p(e), e / (1 + e)
	}
	e := math.Exp(a - b)
	return b + math.Log1p(e), 1 / (1 + e)
}

// LogLikelihood of counts, without the x! term (densities over timings).
func (p BGNBD) LogLikelihood(counts []Count) float64 {
	maxX, maxDay := extent(counts)
	var t tables
	ll, _ := t.evaluate(p, counts, maxX, maxDay)
	return ll
}

func extent(counts []Count) (maxX, maxDay int32) {
	for _, c := range counts {
		maxX = max(maxX, c.X)
		maxDay = max(maxDay, c.Age)
	}
	return maxX, maxDay
}

// evaluate returns the log-likelihood and its gradient by r, alpha, a, b.
func (t *tables) evaluate(p BGNBD, counts []Count, maxX, maxDay int32) (ll float64, gradient [4]float64) {
	t.fill(p, maxX, maxDay)
	var customers, dR, dAlpha, dA, dB float64
	for i := range counts {
		c := &counts[i]
		n, x := float64(c.N), float64(c.X)
		alive, dead := t.branches(p, c.Pattern)
		sum, w := logAdd(alive, dead)
		ll += n * (t.logRise[c.X] + t.logBeta[c.X] + sum)
		customers += n
		dR += n * (t.psiR[c.X] - (1-w)*t.log1p[c.Age] - w*t.log1p[c.Last])
		// r/alpha - (r+x)/(alpha+t), written so that r/alpha cancels by hand
		slope := func(day int32) float64 {
			return (p.R*Weeks(day)/p.Alpha - x) * t.inverse[day]
		}
		dAlpha += n * ((1-w)*slope(c.Age) + w*slope(c.Last))
		dA += n * (w/p.A - t.psiAB[c.X])
		dB += n * (t.psiB[c.X] - w*t.leavePart[c.X])
	}
	return ll, [4]float64{dR, dAlpha, dA, dB}
}
