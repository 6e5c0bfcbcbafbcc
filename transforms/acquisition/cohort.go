package acquisition

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/aggregate"
)

// AllChannels is the channel of cohorts that are not told apart.
const AllChannels = "all"

// CohortRows are the rows of table cohort_retention, but for the run's columns: for every
// first-purchase month, all channels together and each, one row for every month up to as_of. Of
// a month that is not over, what was counted so far says nothing and is null.
func (l *Ledger) CohortRows() []schemas.CohortRetention {
	byMonth := map[int32]*cohort{}
	list := l.cohorts.Rows()
	for i := range list {
		all := byMonth[list[i].Key.Month]
		if all == nil {
			all = &cohort{}
			byMonth[list[i].Key.Month] = all
		}
		all.Add(&list[i].Value)
	}
	for month, all := range byMonth {
		list = append(list, aggregate.Row[cohortKey, cohort]{Key: cohortKey{month, AllChannels}, Value: *all})
	}
	slices.SortFunc(list, func(a, b aggregate.Row[cohortKey, cohort]) int {
		return cmp.Or(cmp.Compare(a.Key.Month, b.Key.Month), strings.Compare(a.Key.Channel, b.Key.Channel))
	})
	var out []schemas.CohortRetention
	last := Month(l.settings.AsOfDay)
	for _, row := range list {
		var total int64
		for since := range last - row.Key.Month + 1 {
			c := schemas.CohortRetention{
				Cohort: MonthText(row.Key.Month), Channel: row.Key.Channel, MonthsSince: int64(since),
				Customers: row.Value.Customers, Censored: row.Value.Censored,
			}
			if FirstDay(row.Key.Month+since+1)-1 <= l.settings.AsOfDay {
				active, revenue := at(row.Value.Active, int(since)), at(row.Value.Revenue, int(since))
				total += revenue
				c.Active, c.Revenue = &active, &revenue
				c.Retention = aggregate.Share(active, row.Value.Customers)
				c.LTV = aggregate.Mean(total, row.Value.Customers)
			}
			out = append(out, c)
		}
	}
	return out
}

func at(list []int64, i int) int64 {
	if i < len(list) {
		return list[i]
	}
	return 0
}
