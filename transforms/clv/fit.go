package clv

import (
	"errors"
	"fmt"
)

// What a fit needs. Below these the parameters would be noise, and a forecast from them
// would look more certain than it is.
const (
	MinCustomers = 100 // buyers
	MinRepeaters = 30  // buyers with a repeat order day
	MinAgeDays   = 56  // days between the earliest first order and the end of observation
)

// ErrRefused is wrapped by every refusal to fit: the data cannot carry the model. The
// message says why.
var ErrRefused = errors.New("the data cannot carry the model")

// A search among more than coarseAbove patterns (or spends) begins on about coarseSize of
// them, spread evenly over their order; only the last climb, from that summit, reads all.
const (
	coarseAbove = 20_000
	coarseSize  = 5_000
)

// A pattern costs Pareto/NBD some fifty times what it costs the others.
const (
	coarseAbovePareto = 600
	coarseSizePareto  = 400
)

// coarse takes about so many elements, evenly spread.
func coarse[T any](all []T, size int) []T {
	step := len(all)/size + 1
	out := make([]T, 0, len(all)/step+1)
	for i := step / 2; i < len(all); i += step {
		out = append(out, all[i])
	}
	return out
}

// FitBGNBD fits BG/NBD; see FitOrders.
func FitBGNBD(counts []Count) (OrderFit, error) { return FitOrders(ModelBGNBD, counts, Gaps{}) }

// search maximises a likelihood over counts; objectiveOf makes it for any of them.
func search(name string, whole objective, objectiveOf func([]Count) objective, counts []Count, starts [][]float64) (optimum, error) {
	weight := float64(Sum(counts).Customers)
	above, size := coarseAbove, coarseSize
	if name == ModelPareto {
		above, size = coarseAbovePareto, coarseSizePareto
	}
	if len(counts) <= above {
		best, err := maximize(whole, weight, starts)
		if err == nil && best.slope > gradientTolerance && !best.atBound {
			if better, ok := polish(whole, weight, whole, weight, best.parameters); ok {
				return better, nil
			}
		}
		return best, err
	}
	some := coarse(counts, size)
	return maximizeLarge(whole, weight, objectiveOf(some), float64(Sum(some).Customers), starts)
}

// check refuses impossible patterns and too few of them.
func (t Totals) check(counts []Count) error {
	for _, c := range counts {
		if !c.Valid() || c.N <= 0 {
			return fmt.Errorf("%w: impossible pattern: %d repeats, last after %d days of %d, %d customers", ErrRefused, c.X, c.Last, c.Age, c.N)
		}
	}
	if reason := t.tooFew(); reason != "" {
		return fmt.Errorf("%w: %s", ErrRefused, reason)
	}
	return nil
}

func (t Totals) tooFew() string {
	switch {
	case t.Customers < MinCustomers:
		return fmt.Sprintf("%d buyers, at least %d are needed", t.Customers, MinCustomers)
	case t.Repeaters < MinRepeaters:
		return fmt.Sprintf("%d buyers came back, at least %d are needed", t.Repeaters, MinRepeaters)
	case t.MaxAge < MinAgeDays:
		return fmt.Sprintf("the orders span %d days, at least %d are needed", t.MaxAge, MinAgeDays)
	}
	return ""
}
