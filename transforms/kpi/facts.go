package kpi

import (
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/measure"
)

// at are the periods that hold a day; nil outside the data.
func (c *Counter) at(day int32) daily {
	if day < c.start || day > c.settings.AsOfDay {
		return nil
	}
	return c.byDay[day-c.start]
}

// repeat counts the revenue of a customer's orders but the first. c.days are the days of the
// counting orders, ascending.
func (c *Counter) repeat(orders []schemas.OrderRow) {
	if len(c.days) < 2 {
		return
	}
	first := -1 // the first counting order, by time and key
	for i := range orders {
		o := &orders[i]
		if o.Day > c.settings.AsOfDay || !measure.Counting(o) {
			continue
		}
		if first < 0 || o.Time < orders[first].Time || o.Time == orders[first].Time && o.OrderKey < orders[first].OrderKey {
			first = i
		}
	}
	for i := range orders {
		if o := &orders[i]; i != first && measure.Counting(o) {
			for _, k := range c.at(o.Day) {
				if k >= 0 {
					c.counts[k].RepeatRevenue += o.Revenue
				}
			}
		}
	}
}

// Feedback counts one feedback of a day.
func (c *Counter) Feedback(day int32, f *schemas.Feedback) {
	for _, i := range c.at(day) {
		if i >= 0 {
			c.counts[i].Scores.Count(f.ScoreKind, f.Score)
			c.counts[i].InTime.Count(f.Responded, f.Resolved)
		}
	}
}

// Deal counts an opportunity that was closed on a day.
func (c *Counter) Deal(day int32, won bool) {
	for _, i := range c.at(day) {
		if i < 0 {
			continue
		}
		if won {
			c.counts[i].WonDeals++
		} else {
			c.counts[i].LostDeals++
		}
	}
}
