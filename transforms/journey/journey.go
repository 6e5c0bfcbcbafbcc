// Package journey puts the touches of a customer in order of time and counts the paths that
// lead to a first purchase.
package journey

import (
	"cmp"
	"slices"
	"sort"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/measure"
)

// Stages of a journey.
const (
	Awareness     = "awareness"
	Consideration = "consideration"
	Purchase      = "purchase"
	Service       = "service"
	Advocacy      = "advocacy"
)

// MaxSteps bounds how many touchpoints of one customer are kept: the first ones.
const MaxSteps = 1000

const microsPerDay = 86_400_000_000

// Steps are the touches of one customer before asOfEnd in order of time, numbered from 1. dst is
// reused. orders and interactions come in order of time; the second sight of a sale is no touch.
func Steps(dst []schemas.Touchpoint, orders []schemas.OrderRow, interactions []schemas.InteractionRow, asOfEnd int64) []schemas.Touchpoint {
	dst = dst[:0]
	for i := range orders {
		if o := &orders[i]; o.PrimaryOrderKey == "" && o.Time < asOfEnd {
			dst = append(dst, schemas.Touchpoint{Time: o.Time, Stage: stageOfOrder(o), Channel: o.Channel, Kind: "order", Reference: o.OrderKey})
		}
	}
	for i := range interactions {
		if v := &interactions[i]; v.Time < asOfEnd {
			dst = append(dst, schemas.Touchpoint{Time: v.Time, Stage: stageOf(v.Kind), Channel: v.Channel, Kind: v.Kind, Reference: v.Key})
		}
	}
	if len(orders) > 0 && len(interactions) > 0 {
		slices.SortStableFunc(dst, func(a, b schemas.Touchpoint) int {
			return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Reference, b.Reference))
		})
	}
	for i := range dst {
		dst[i].Step, dst[i].DaysSince = int64(i+1), (dst[i].Time-dst[0].Time)/microsPerDay
	}
	return dst
}

// stageOfOrder: an order that counts is a purchase, a return is service, and one that was not
// paid or cancelled, or that a system shows which sells nothing, shows interest.
func stageOfOrder(o *schemas.OrderRow) string {
	switch {
	case measure.Counting(o):
		return Purchase
	case o.Status == schemas.OrderReturned:
		return Service
	}
	return Consideration
}

// stageOf is the stage of the journey that a kind of interaction belongs to.
func stageOf(kind string) string {
	switch kind {
	case "lead", "event", "visit", "email", "message":
		return Consideration
	case "social", "comment":
		return Awareness
	case "survey", "review":
		return Advocacy
	}
	return Service
}

// sorted counts by value, for an exact median.
type dayCounts []dayCount

type dayCount struct{ Days, N int64 }

func (c *dayCounts) add(days, n int64) {
	i := sort.Search(len(*c), func(i int) bool { return (*c)[i].Days >= days })
	if i == len(*c) || (*c)[i].Days != days {
		*c = slices.Insert(*c, i, dayCount{Days: days})
	}
	(*c)[i].N += n
}

// median is the middle value, or the mean of the two in the middle; nil of none.
func (c dayCounts) median() *float64 {
	var n int64
	for _, d := range c {
		n += d.N
	}
	if n == 0 {
		return nil
	}
	at := func(k int64) int64 {
		for _, d := range c {
			if k -= d.N; k < 0 {
				return d.Days
			}
		}
		return 0
	}
	v := float64(at((n-1)/2)+at(n/2)) / 2
	return &v
}
