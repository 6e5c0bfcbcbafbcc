// Package kpi counts key figures of a business by period: customers, buyers, revenue, average
// order value, repeat rate, retention. Counts are whole numbers by period, so that parts of
// the customers can be counted apart and merged in any order.
package kpi

import (
	"fmt"
	"time"
)

// Kinds of periods.
const (
	KindAll     = "all"      // all that the data hold, up to as_of
	KindLast12m = "last_12m" // the 365 days up to as_of
	KindYear    = "year"
	KindQuarter = "quarter"
	KindMonth   = "month"
)

// Period is a span of days, both ends inclusive.
type Period struct {
	Kind  string
	Name  string // all, last_12m, 2026, 2026-Q3, 2026-09
	First int32
	Last  int32

	before int32 // of calendar periods: first day of the one of the same kind before it
}

// Periods lists the periods that touch the days from start to asOf: all, last_12m, then
// years, quarters and months, each from the earliest.
func Periods(start, asOf int32) []Period {
	if start == 0 || start > asOf {
		start = asOf
	}
	out := []Period{
		{Kind: KindAll, Name: KindAll, First: start, Last: asOf},
		{Kind: KindLast12m, Name: KindLast12m, First: asOf - 364, Last: asOf},
	}
	for _, step := range []struct {
		kind   string
		months int
		name   func(year int, month time.Month) string
	}{
		{KindYear, 12, func(y int, _ time.Month) string { return fmt.Sprintf("%04d", y) }},
		{KindQuarter, 3, func(y int, m time.Month) string { return fmt.Sprintf("%04d-Q%d", y, (int(m)+2)/3) }},
		{KindMonth, 1, func(y int, m time.Month) string { return fmt.Sprintf("%04d-%02d", y, int(m)) }},
	} {
		y, m, _ := date(start).Date()
		month := time.Month((int(m)-1)/step.months*step.months + 1)
		for first := time.Date(y, month, 1, 0, 0, 0, 0, time.UTC); dayOf(first) <= asOf; {
			next := first.AddDate(0, step.months, 0)
			out = append(out, Period{
				Kind: step.kind, Name: step.name(first.Year(), first.Month()), First: dayOf(first), Last: dayOf(next) - 1,
				before: dayOf(first.AddDate(0, -step.months, 0)),
			})
			first = next
		}
	}
	return out
}

func date(day int32) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }

func dayOf(t time.Time) int32 { return int32(t.Unix() / 86400) }
