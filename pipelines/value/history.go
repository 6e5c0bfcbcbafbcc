package value

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/schemas"
)

// monthOf is the month of a day, YYYY-MM.
func monthOf(day int32) string { return time.Unix(int64(day)*86400, 0).UTC().Format("2006-01") }

// remember writes the customer's history: the parent run's rows of other months as they are, and
// this month's as this run sees it.
func (a *applier) remember(c *schemas.Customer, past []pastMonth) error {
	months := mergeMonths(past)
	for i := range months {
		if months[i].Month == a.month {
			continue
		}
		if err := a.history.Add(&months[i]); err != nil {
			return err
		}
	}
	return a.history.Add(&schemas.CustomerHistory{
		RunColumns: a.stamp, CustomerID: c.CustomerID, Month: a.month, Tier: c.Tier, Lifecycle: c.Lifecycle, Segments: c.Segments,
		Revenue: c.RevenueMonth, CLV: c.CLV12m, Churn: c.ChurnProbability,
	})
}

// pastMonth is a row of the parent run's history. The id of the row is that of today.
type pastMonth struct {
	schemas.CustomerHistory
	Was string // id under which the row stood
}

// mergeMonths makes one row of each month, in order. Of customers who are one by now the revenue
// adds up; all else is that of the row which had today's id, else of the one with more revenue.
func mergeMonths(past []pastMonth) []schemas.CustomerHistory {
	slices.SortFunc(past, func(a, b pastMonth) int {
		own := func(m *pastMonth) int {
			if m.Was == m.CustomerID {
				return 0
			}
			return 1
		}
		return cmp.Or(strings.Compare(a.Month, b.Month), cmp.Compare(own(&a), own(&b)), cmp.Compare(b.Revenue, a.Revenue), strings.Compare(a.Was, b.Was))
	})
	var out []schemas.CustomerHistory
	for i := range past {
		if n := len(out); n > 0 && out[n-1].Month == past[i].Month {
			out[n-1].Revenue += past[i].Revenue
			continue
		}
		out = append(out, past[i].CustomerHistory)
	}
	return out
}
