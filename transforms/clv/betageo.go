package clv

import "math"

// betaGeometric is the family of models in which a customer may leave after each order and at
// no other time: BG/NBD, MBG/NBD, BG/CNBD-k and MBG/CNBD-k.
//
// While here a customer orders at gaps that are Erlang-k with rate lambda ~ Gamma(R, rate
// Alpha); after each order the customer leaves with probability p ~ Beta(A, B). In the
// modified models the first order counts too.
type betaGeometric struct {
	R, Alpha, A, B float64
	K              int
	Modified       bool
}

// offset is the 1 by which the modified models count one order more in the dropout process.
func (p betaGeometric) offset() float64 {
	if p.Modified {
		return 1
	}
	return 0
}

// tables are the parts of the likelihood that depend on the count or on the day alone.
// Sums over j < x replace differences of lgamma and digamma: they neither cancel nor
// overflow for any parameters.
type tables struct {
	// by x
	logRise   []float64 // ln G(r+kx) - ln G(r)
	psiR      []float64 // psi(r+kx) - psi(r)
	logBeta   []float64 // ln B(a, b+x+o) - ln B(a, b)
	psiAB     []float64 // psi(a+b+x+o) - psi(a+b)
	psiB      []float64 // psi(b+x+o) - psi(b) - psiAB
	logLeave  []float64 // ln a - ln(b+(x-1)+o); nobody leaves before x = 1-o
	leavePart []float64 // 1/(b+(x-1)+o)
	// by day
	log1p   []float64 // ln(1 + t/alpha)
	logSum  []float64 // ln(alpha + t)
	inverse []float64 // 1/(alpha + t)
}

func (t *tables) fill(p betaGeometric, maxX, maxDay int32) {
	t.grow(maxX, maxDay)
	t.logRise[0], t.psiR[0], t.logBeta[0], t.psiAB[0], t.psiB[0] = 0, 0, 0, 0, 0
	logA, o := math.Log(p.A), p.offset()
	if p.Modified {
		t.logBeta[0], t.psiAB[0], t.psiB[0] = -math.Log1p(p.A/p.B), 1/(p.A+p.B), p.A/(p.B*(p.A+p.B))
		t.logLeave[0], t.leavePart[0] = logA-math.Log(p.B), 1/p.B
	}
	stage := 0.0
	for x := 1; x <= int(maxX); x++ {
		rise, slope := t.logRise[x-1], t.psiR[x-1]
		for range p.K {
			rise += math.Log(p.R + stage)
			slope += 1 / (p.R + stage)
			stage++
		}
		t.logRise[x], t.psiR[x] = rise, slope
		// b+(x-1) and never b+x-1, which is 0 for x = 1 and b < 1e-16.
		j := float64(x-1) + o
		b, ab := p.B+j, p.A+p.B+j
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

// silence is the Erlang-k survival of the gap since the last order, integrated over lambda,
// beside the k = 1 term: S = sum over the stages j < k already passed of
// (r+kx)_j / j! * ((T-t_x)/(alpha+T))^j. It returns ln S and its slopes by r and alpha.
func (p betaGeometric) silence(c Pattern) (logS, slopeR, slopeAlpha float64) {
	if p.K <= 1 || c.Last == c.Age {
		return 0, 0, 0
	}
	n := p.R + float64(p.K)*float64(c.X)
	sum := p.Alpha + Weeks(c.Age)
	u := (Weeks(c.Age) - Weeks(c.Last)) / sum
	s, term, psi := 1.0, 1.0, 0.0
	for j := 1; j < p.K; j++ {
		at := n + float64(j-1)
		term *= at / float64(j) * u
		psi += 1 / at
		s += term
		slopeR += term * psi
		slopeAlpha -= term * float64(j) / sum
	}
	return math.Log(s), slopeR / s, slopeAlpha / s
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

func extent(counts []Count) (maxX, maxDay int32) {
	for _, c := range counts {
		maxX = max(maxX, c.X)
		maxDay = max(maxDay, c.Age)
	}
	return maxX, maxDay
}

// evaluate returns the log-likelihood and its gradient by r, alpha, a, b. The two terms of a
// pattern are: still here at the end, and gone after the last order. For k > 1 the part of
// the gaps alone, (k-1) sum ln(gap) - x ln G(k), is left to the caller.
func (t *tables) evaluate(p betaGeometric, counts []Count, maxX, maxDay int32) (ll float64, gradient [4]float64) {
	t.fill(p, maxX, maxDay)
	k := float64(p.K)
	var dR, dAlpha, dA, dB float64
	for i := range counts {
		c := &counts[i]
		n, x := float64(c.N), k*float64(c.X)
		silent, silentR, silentAlpha := p.silence(c.Pattern)
		alive := -p.R*t.log1p[c.Age] - x*t.logSum[c.Age] + silent
		dead := math.Inf(-1)
		if c.X > 0 || p.Modified {
			dead = t.logLeave[c.X] - p.R*t.log1p[c.Last] - x*t.logSum[c.Last]
		}
		sum, w := logAdd(alive, dead)
		ll += n * (t.logRise[c.X] + t.logBeta[c.X] + sum)
		dR += n * (t.psiR[c.X] + (1-w)*(silentR-t.log1p[c.Age]) - w*t.log1p[c.Last])
		// r/alpha - (r+x)/(alpha+t), written so that r/alpha cancels by hand
		slope := func(day int32) float64 {
			return (p.R*Weeks(day)/p.Alpha - x) * t.inverse[day]
		}
		dAlpha += n * ((1-w)*(slope(c.Age)+silentAlpha) + w*slope(c.Last))
		dA += n * (w/p.A - t.psiAB[c.X])
		leaving := 0.0
		if w > 0 {
			leaving = w * t.leavePart[c.X]
		}
		dB += n * (t.psiB[c.X] - leaving)
	}
	return ll, [4]float64{dR, dAlpha, dA, dB}
}

// logLikelihood of counts, without the x! term (densities over timings) and the part of the
// gaps alone.
func (p betaGeometric) logLikelihood(counts []Count) float64 {
	maxX, maxDay := extent(counts)
	var t tables
	ll, _ := t.evaluate(p, counts, maxX, maxDay)
	return ll
}

func (p betaGeometric) pAlive(c Pattern) float64 {
	o := p.offset()
	if c.X == 0 && !p.Modified {
		return 1
	}
	x := float64(c.X)
	silent, _, _ := p.silence(c)
	logOdds := math.Log(p.A) - math.Log(p.B+(x-1+o)) - silent +
		(p.R+float64(p.K)*x)*(math.Log1p(Weeks(c.Age)/p.Alpha)-math.Log1p(Weeks(c.Last)/p.Alpha))
	return 1 / (1 + math.Exp(logOdds))
}

// objectiveOf makes the objective of a fit.
func (p betaGeometric) objectiveOf(counts []Count) objective {
	maxX, maxDay := extent(counts)
	var t tables
	return func(at, gradient []float64) float64 {
		q := p
		q.R, q.Alpha, q.A, q.B = at[0], at[1], at[2], at[3]
		ll, g := t.evaluate(q, counts, maxX, maxDay)
		copy(gradient, g[:])
		return ll
	}
}
