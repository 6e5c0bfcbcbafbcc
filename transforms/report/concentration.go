package report

// Concentration is how much of the revenue the largest buyers bring.
type Concentration struct {
	Total  Sum   // of all buyers
	Points []Sum // of the largest 0, 1, 2 ... 100 percent of the buyers
}

// percents is the number of steps of the curve.
const percents = 100

// Concentrate sums up values that are sorted from the largest. A part of the buyers is rounded up
// to whole ones. No curve can be drawn where all together are worth nothing.
func Concentrate(values []int64) Concentration {
	var c Concentration
	if len(values) == 0 {
		return c
	}
	for percent := range percents + 1 {
		for c.Total.Customers < int64((len(values)*percent+percents-1)/percents) {
			c.Total.Add(values[c.Total.Customers])
		}
		c.Points = append(c.Points, c.Total)
	}
	if c.Total.Revenue <= 0 {
		c.Points = nil
	}
	return c
}
