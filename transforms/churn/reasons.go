package churn

import (
	"math"
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/clv"
)

// Features that explain a probability of the BG/NBD model.
const (
	FeatureRhythm  = "order_rhythm"     // repeat orders in the time since the first one
	FeatureSilence = "days_since_order" // time since the last order
)

// reasons splits the difference between a customer's probability and that of somebody who
// has just placed a first order into what the rhythm does and what the silence does. The
// parts are differences of the model's own probabilities and add up exactly; a positive
// effect raises the risk. They are sorted by size. The fallback explains nothing.
func (s Settings) reasons(p *schemas.CustomerProfile, model *clv.Model, probability float64) []schemas.Reason {
	pattern, ok := clv.PatternOf(p)
	if !ok || model.Orders == nil {
		return nil
	}
	weeks := float64(s.HorizonDays) / 7
	beginner := model.Orders.PNoOrder(clv.Pattern{}, weeks)
	fresh := pattern // as if the last order were of today
	if pattern.X > 0 {
		fresh.Last = pattern.Age
	} else {
		fresh.Age = 0 // without a repeat all time since the first order is silence
	}
	rhythm := model.Orders.PNoOrder(fresh, weeks)
	var out []schemas.Reason
	if effect := rhythm - beginner; effect != 0 {
		text := "orders often"
		if effect > 0 {
			text = "orders rarely"
		}
		out = append(out, schemas.Reason{Feature: FeatureRhythm, Effect: effect, Text: text})
	}
	if effect := probability - rhythm; effect != 0 {
		text := "silent for some time"
		if s.State(p) == StateLapsed {
			text = "silent for longer than usual"
		}
		out = append(out, schemas.Reason{Feature: FeatureSilence, Effect: effect, Text: text})
	}
	slices.SortStableFunc(out, func(a, b schemas.Reason) int {
		switch {
		case math.Abs(a.Effect) > math.Abs(b.Effect):
			return -1
		case math.Abs(a.Effect) < math.Abs(b.Effect):
			return 1
		}
		return 0
	})
	return out
}

// PopulationGap is the 95th percentile of the customers' median gaps, from a histogram of
// them in whole days (ascending): the silence within which nearly all repeat customers come
// back. It is 0 without any.
func PopulationGap(days []int32, customers []int64) float64 {
	var total, sum int64
	for _, n := range customers {
		total += n
	}
	for i, n := range customers {
		sum += n
		if sum*100 >= total*95 && n > 0 {
			return float64(days[i])
		}
	}
	return 0
}
