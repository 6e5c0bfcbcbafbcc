package clv

import "math"

// maxCount bounds distributions of numbers of orders. A customer for whom more are likely
// within a horizon is an artefact of parameters at their bounds.
const maxCount = 1 << 16

// negativeBinomial returns P(M = m) for m from first on, where M counts events in t of a
// Poisson process whose rate is Gamma(shape, rate): built outwards from the mode, so that it
// neither underflows nor cancels. Probabilities below 1e-18 of the largest are left out.
func negativeBinomial(shape, rate, t float64) (first int, pmf []float64) {
	if !(t > 0) {
		return 0, []float64{1}
	}
	z := t / (rate + t)
	mode := math.Floor(math.Max(0, (shape-1)*t/rate))
	mode = math.Min(mode, maxCount)
	const least = 1e-18
	var down []float64
	for m, p := mode, 1.0; m > 0; {
		p *= m / ((shape + m - 1) * z)
		if p < least {
			break
		}
		down = append(down, p)
		m--
	}
	up := []float64{1}
	for m, p := mode, 1.0; m < 2*maxCount; m++ {
		p *= (shape + m) / (m + 1) * z
		if p < least {
			break
		}
		up = append(up, p)
	}
	pmf = make([]float64, 0, len(down)+len(up))
	for i := len(down) - 1; i >= 0; i-- {
		pmf = append(pmf, down[i])
	}
	pmf = append(pmf, up...)
	var sum float64
	for _, p := range pmf {
		sum += p
	}
	for i := range pmf {
		pmf[i] /= sum
	}
	return int(mode) - len(down), pmf
}

// upwards turns probabilities from first on into P(M >= m), summed from the far end.
func upwards(pmf []float64) []float64 {
	out := make([]float64, len(pmf))
	var sum float64
	for i := len(pmf) - 1; i >= 0; i-- {
		sum += pmf[i]
		out[i] = math.Min(sum, 1)
	}
	return out
}

// stages is the posterior of the Erlang stage that a customer who is here has reached, and
// given it, lambda ~ Gamma(r + kx + j, alpha + T).
func (p betaGeometric) stages(c Pattern) []float64 {
	out := []float64{1}
	if p.K <= 1 {
		return out
	}
	n := p.R + float64(p.K)*float64(c.X)
	u := (Weeks(c.Age) - Weeks(c.Last)) / (p.Alpha + Weeks(c.Age))
	sum, term := 1.0, 1.0
	for j := 1; j < p.K; j++ {
		term *= (n + float64(j-1)) / float64(j) * u
		out = append(out, term)
		sum += term
	}
	for j := range out {
		out[j] /= sum
	}
	return out
}

// potential calls each with P(at least i orders in the weeks if nobody left) for i = 1, 2, ...
// until it is nothing any more or each returns false: k stages make an order, and the stage
// reached counts.
func (p betaGeometric) potential(c Pattern, weeks float64, each func(i int, probability float64) bool) {
	n, rate := p.R+float64(p.K)*float64(c.X), p.Alpha+Weeks(c.Age)
	type reached struct {
		weight float64
		first  int
		tail   []float64
	}
	var all []reached
	for j, weight := range p.stages(c) {
		if weight > 0 {
			first, pmf := negativeBinomial(n+float64(j), rate, weeks)
			all = append(all, reached{weight, first + j, upwards(pmf)})
		}
	}
	for i := 1; i <= maxCount; i++ {
		probability := 0.0
		for _, s := range all {
			at := p.K*i - s.first
			switch {
			case at <= 0:
				probability += s.weight
			case at < len(s.tail):
				probability += s.weight * s.tail[at]
			}
		}
		if probability == 0 || !each(i, probability) {
			return
		}
	}
}

// tail is P(at least i orders in the weeks | here), i = 0..n: the potential orders reach i,
// and the customer stays after each of the i-1 before, B(a, b'+i-1)/B(a, b') with
// b' = b + x + o. For k = 1 it is equation 8 of Fader, Hardie, Lee 2005, given the past.
func (p betaGeometric) tail(c Pattern, weeks float64, n int) []float64 {
	out := make([]float64, n+1)
	out[0] = 1
	if weeks <= 0 || n == 0 {
		return out
	}
	stay, b := 1.0, p.B+p.offset()+float64(c.X)
	p.potential(c, weeks, func(i int, probability float64) bool {
		out[i] = math.Min(probability*stay, out[i-1])
		stay *= (b + float64(i-1)) / (p.A + b + float64(i-1))
		return i < n
	})
	return out
}

// expectedByTail sums P(at least i orders | here) over i.
func (p betaGeometric) expectedByTail(c Pattern, weeks float64) float64 {
	if weeks <= 0 {
		return 0
	}
	k := float64(p.K)
	shape, rate := (p.R+k*float64(c.X))/k, p.Alpha+Weeks(c.Age)
	if shape*weeks/rate > maxCount/8 { // so many that stages do not matter
		return BGNBD{shape, rate, p.A, p.B + p.offset() + float64(c.X)}.expectedByQuadrature(Pattern{}, weeks)
	}
	var sum float64
	stay, b := 1.0, p.B+p.offset()+float64(c.X)
	p.potential(c, weeks, func(i int, probability float64) bool {
		add := probability * stay
		sum += add
		stay *= (b + float64(i-1)) / (p.A + b + float64(i-1))
		return add > 1e-16*sum
	})
	return sum
}
