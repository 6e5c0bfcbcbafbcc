package clv

import (
	"cmp"
	"math"
	"slices"
)

// Measures hold forecasts against what happened.
type Measures struct {
	MAE      float64 `json:"mae"`
	RMSE     float64 `json:"rmse"`
	Deviance float64 `json:"deviance"` // mean Poisson deviance; of counts only
	Bias     float64 `json:"bias"`     // forecast over actual total, less 1
	Gini     float64 `json:"gini"`     // of actual values in the order of the forecasts, over that in their own order
	Spearman float64 `json:"spearman"`
	TopTenth float64 `json:"top_tenth"` // share of the actual total that the top 10 % by forecast hold
}

// Measure holds forecasts against actual values. Both are of the same customers.
func Measure(forecast, actual []float64) Measures {
	var m Measures
	n := float64(len(actual))
	if n == 0 {
		return m
	}
	var sum, total float64
	for i, f := range forecast {
		a := actual[i]
		m.MAE += math.Abs(f-a) / n
		m.RMSE += (f - a) * (f - a) / n
		m.Deviance += poissonDeviance(f, a) / n
		sum += f
		total += a
	}
	m.RMSE = math.Sqrt(m.RMSE)
	if total != 0 {
		m.Bias = sum/total - 1
	}
	if best := concentration(actual, actual); best != 0 {
		m.Gini = concentration(forecast, actual) / best
	}
	m.Spearman = correlation(ranks(forecast), ranks(actual))
	m.TopTenth = topShare(forecast, actual, 0.1)
	return m
}

// leastForecast is what a forecast of nothing counts as in a deviance, which would be infinite
// at 0.
const leastForecast = 1e-3

func poissonDeviance(forecast, actual float64) float64 {
	f := math.Max(forecast, leastForecast)
	if !(actual > 0) {
		return 2 * f
	}
	return 2 * (actual*math.Log(actual/f) - actual + f)
}

// order is the indices by descending forecast.
func order(forecast []float64) []int {
	out := make([]int, len(forecast))
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(i, j int) int { return cmp.Or(cmp.Compare(forecast[j], forecast[i]), cmp.Compare(i, j)) })
	return out
}

// tied calls each with the runs of equal forecasts, the highest first.
func tied(forecast []float64, each func(run []int)) {
	by := order(forecast)
	for start := 0; start < len(by); {
		end := start + 1
		for end < len(by) && forecast[by[end]] == forecast[by[start]] {
			end++
		}
		each(by[start:end])
		start = end
	}
}

// concentration is the Gini coefficient of actual values in the order of forecasts: equal
// forecasts share what they hold.
func concentration(forecast, actual []float64) float64 {
	n := float64(len(actual))
	var total, held, area, place float64
	for _, a := range actual {
		total += a
	}
	if total == 0 {
		return 0
	}
	tied(forecast, func(run []int) {
		var sum float64
		for _, i := range run {
			sum += actual[i]
		}
		width := float64(len(run))
		area += width * (held + sum/2)
		held += sum
		place += width
	})
	return 2*area/(n*total) - 1
}

// topShare is what the top customers by forecast hold of the actual total.
func topShare(forecast, actual []float64, share float64) float64 {
	left := share * float64(len(actual))
	var total, held float64
	for _, a := range actual {
		total += a
	}
	if total == 0 {
		return 0
	}
	tied(forecast, func(run []int) {
		if left <= 0 {
			return
		}
		var sum float64
		for _, i := range run {
			sum += actual[i]
		}
		held += sum * math.Min(1, left/float64(len(run)))
		left -= float64(len(run))
	})
	return held / total
}

// ranks are mean ranks of ties.
func ranks(v []float64) []float64 {
	out := make([]float64, len(v))
	place := 0.0
	tied(v, func(run []int) {
		for _, i := range run {
			out[i] = place + float64(len(run)+1)/2
		}
		place += float64(len(run))
	})
	return out
}

func correlation(a, b []float64) float64 {
	n := float64(len(a))
	var ma, mb float64
	for i := range a {
		ma += a[i] / n
		mb += b[i] / n
	}
	var saa, sab, sbb float64
	for i := range a {
		da, db := a[i]-ma, b[i]-mb
		saa += da * da
		sab += da * db
		sbb += db * db
	}
	if saa == 0 || sbb == 0 {
		return 0
	}
	return sab / math.Sqrt(saa*sbb)
}

// quantileOf sorts v and interpolates between its order statistics (type 7).
func quantileOf(v []float64, level float64) float64 {
	slices.Sort(v)
	if len(v) == 0 {
		return 0
	}
	at := level * float64(len(v)-1)
	low := int(at)
	if low+1 >= len(v) {
		return v[len(v)-1]
	}
	return v[low] + (at-float64(low))*(v[low+1]-v[low])
}
