package clv

import (
	"math"
	"time"
)

// MinSeasonDays is what a season index needs: two years, so that every month was seen twice.
const MinSeasonDays = 730

// Season is the index of the twelve calendar months, 1 on average: how many more orders are
// placed in a month than the level around it. nil without two years of orders.
type Season []float64

// MonthlyOrders counts order days by month since January of year 0 of the proleptic calendar.
type MonthlyOrders map[int]float64

// monthOf is the month of a day since 1970-01-01, counted from year 0.
func monthOf(day int32) int {
	t := time.Unix(int64(day)*86400, 0).UTC()
	return t.Year()*12 + int(t.Month()) - 1
}

// daysIn is the number of days of a month.
func daysIn(month int) float64 {
	return float64(time.Date(month/12, time.Month(month%12+2), 0, 0, 0, 0, 0, time.UTC).Day())
}

// NewSeason finds the index from all orders between two days, both inclusive: each whole
// month's orders per day over the mean of the twelve months around it (six before, six after,
// the outermost by half), averaged over the years, and drawn towards 1 by one year of no season.
func NewSeason(orders MonthlyOrders, first, last int32) Season {
	if last-first+1 < MinSeasonDays {
		return nil
	}
	from, to := monthOf(first), monthOf(last+1)-1 // whole months
	if monthOf(first-1) == from {
		from++
	}
	rate := func(month int) float64 { return orders[month] / daysIn(month) }
	var sum, seen [12]float64
	for month := from; month <= to; month++ {
		low, high := max(from, month-6), min(to, month+6)
		var level, weight float64
		for m := low; m <= high; m++ {
			w := 1.0
			if m == month-6 || m == month+6 {
				w = 0.5
			}
			level, weight = level+w*rate(m), weight+w
		}
		if high-low < 12 { // at the ends the level is one-sided: those months are not used
			continue
		}
		if level > 0 {
			sum[month%12] += rate(month) / (level / weight)
			seen[month%12]++
		}
	}
	out := make(Season, 12)
	var total float64
	for m := range out {
		out[m] = (sum[m] + 1) / (seen[m] + 1)
		total += out[m] / 12
	}
	for m := range out {
		out[m] /= total
	}
	return out
}

// Factor is the mean index over the days after a cut, by which orders of a model that knows no
// season are multiplied; 1 without a season, and over whole years.
func (s Season) Factor(cut, days int32) float64 {
	if len(s) != 12 || days <= 0 {
		return 1
	}
	var sum float64
	for d := cut + 1; d <= cut+days; d++ {
		sum += s[monthOf(d)%12]
	}
	return math.Max(sum/float64(days), 0)
}

// Monthly counts the order days of all histories up to a cut.
func (b Book) Monthly(cut int32) MonthlyOrders {
	out := MonthlyOrders{}
	for _, h := range b {
		for _, e := range h {
			if e.Order && e.Day <= cut {
				out[monthOf(e.Day)]++
			}
		}
	}
	return out
}
