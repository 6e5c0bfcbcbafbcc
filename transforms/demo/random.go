package demo

import "math"

// random is a stream of numbers that follows from its key alone (splitmix64), so that an
// entity's data do not depend on what was drawn for others.
type random struct{ state uint64 }

// stream names what numbers are drawn for: a new use gets a new name, and what others draw
// stays as it is.
type stream uint64

const (
	streamOrg stream = iota + 1
	streamPair
	streamPerson
	streamRecord
	streamOrders
	streamService
	streamConsent
	streamWeb
	streamCosts
	streamParties
	streamCampaign
)

func newRandom(seed uint64, s stream, index int) random {
	r := random{seed*0x9e3779b97f4a7c15 ^ uint64(s)<<56 ^ uint64(index)}
	r.state = r.next() ^ uint64(index)*0xd1342543de82ef95
	return r
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// uniform is in [0, 1).
func (r *random) uniform() float64 { return float64(r.next()>>11) * 0x1p-53 }

// chance is true with probability p.
func (r *random) chance(p float64) bool { return r.uniform() < p }

// below is a whole number in [0, n).
func (r *random) below(n int) int { return int(r.next() >> 33 * uint64(n) >> 31) }

// between is a whole number in [lowest, highest].
func (r *random) between(lowest, highest int) int { return lowest + r.below(highest-lowest+1) }

// normal is a standard normal variate (Box and Muller 1958).
func (r *random) normal() float64 {
	u := 1 - r.uniform()
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*r.uniform())
}

// gamma has the given shape and mean (Marsaglia and Tsang 2000).
func (r *random) gamma(shape, mean float64) float64 {
	scale, boost := mean/shape, 1.0
	if shape < 1 {
		boost = math.Pow(1-r.uniform(), 1/shape)
		shape++
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.normal()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.uniform()) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v * scale * boost
		}
	}
}

// weighted draws an index from cumulative weights.
func (r *random) weighted(cumulative []float64) int {
	u := r.uniform() * cumulative[len(cumulative)-1]
	low, high := 0, len(cumulative)-1
	for low < high {
		middle := (low + high) / 2
		if cumulative[middle] > u {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// scramble maps [0, 2^bits) one to one onto itself, so that numbers that must differ look as
// if they were drawn, and tell nothing about the order of entities.
func scramble(x uint64, bits uint, salt uint64) uint64 {
	mask := uint64(1)<<bits - 1
	x = (x + salt) & mask
	for range 2 {
		x = x * 0x9e3779b97f4a7c15 & mask // odd: one to one modulo a power of two
		x ^= x >> (bits/2 + 1)
	}
	return x * 0xd1342543de82ef95 & mask
}

// unscramble is the number that scramble maps to y.
func unscramble(y uint64, bits uint, salt uint64) uint64 {
	mask := uint64(1)<<bits - 1
	x := y * inverse(0xd1342543de82ef95) & mask
	for range 2 {
		x ^= x >> (bits/2 + 1) // twice is nothing, since half of the bits are shifted out
		x = x * inverse(0x9e3779b97f4a7c15) & mask
	}
	return (x - salt) & mask
}

// inverse of an odd number modulo 2^64 (Newton's iteration doubles the bits that are right).
func inverse(odd uint64) uint64 {
	x := odd // right in three bits
	for range 5 {
		x *= 2 - odd*x
	}
	return x
}

// spread maps [0, n) one to one onto itself for n not divisible by its primes (n is a power of
// ten times a small number here).
func spread(x, n, salt uint64) uint64 { return (x%n*413_158_511 + salt%n) % n }
