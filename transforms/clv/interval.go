package clv

import "math"

const (
	minShape = 1e-3
	maxShape = 1e6 // from here on a negative binomial is Poisson
)

// shapeOf finds the negative binomial with the given mean and probability of zero: the count
// of BG/NBD has no closed quantiles, but both of these are exact.
func shapeOf(mean, zero float64) float64 {
	if !(mean > 0) || zero <= math.Exp(-mean) {
		return maxShape
	}
	low, high := math.Log(minShape), math.Log(maxShape)
	for range 60 {
		mid := (low + high) / 2
		k := math.Exp(mid)
		if -k*math.Log1p(mean/k) > math.Log(zero) {
			low = mid
		} else {
			high = mid
		}
	}
	return math.Exp((low + high) / 2)
}

// quantile is the smallest n with P(orders <= n) >= level for a customer who is here with
// probability share.
func quantile(level, share float64, here alive) int64 {
	need := level - (1 - share) // of the mass of those who are here
	if !(need > 0) || !(here.orders12 > 0) {
		return 0
	}
	need = math.Min(need/share, 1-1e-12)
	k, mean := here.shape, here.orders12
	if mean > 300 { // normal: the sum below would be long, and skewness is small
		deviation := math.Sqrt(mean + mean*mean/k)
		return int64(math.Max(0, math.Round(mean+deviation*math.Sqrt2*math.Erfinv(2*need-1))))
	}
	term := math.Exp(-k * math.Log1p(mean/k))
	ratio := mean / (k + mean)
	sum := term
	n := int64(0)
	for sum < need && n < 20000 {
		term *= ratio * (k + float64(n)) / float64(n+1)
		n++
		sum += term
	}
	return n
}
