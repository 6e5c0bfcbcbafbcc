package fold

import (
	"slices"
	"sort"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// OrderGroup is everything that meets at one order number.
type OrderGroup struct {
	Orders    []schemas.Order     // versions, of any namespace
	Lines     []schemas.OrderLine // of any namespace
	Sightings []schemas.Order     // orders of other systems that name this number
}

// FoldedOrders is what an order group comes to. Orders and lines are the group's.
type FoldedOrders struct {
	Orders []*schemas.Order
	Lines  []*schemas.OrderLine
	Links  []schemas.OrderLink
	Losers Losers
}

func orderMeta(o *schemas.Order) *schemas.Meta    { return &o.Meta }
func lineMeta(l *schemas.OrderLine) *schemas.Meta { return &l.Meta }

// Orders folds one order number: one order for each reference, one line for each line key,
// amounts summed from the lines where the order states none, customers handed to the lines,
// and links from sightings in other systems to the order that counts.
func Orders(g *OrderGroup) FoldedOrders {
	var out FoldedOrders
	out.Orders = byReference(g.Orders, orderMeta, &out.Losers)
	out.Lines = byReference(g.Lines, lineMeta, &out.Losers)
	for _, o := range out.Orders {
		for _, line := range out.Lines {
			if !belongs(line, o) {
				continue
			}
			line.CustomerRef = o.CustomerRef
			if line.Time == 0 {
				line.Time = o.Time
			}
			if line.Currency == "" {
				line.Currency = o.Currency
			}
		}
		if o.Gross == nil && o.Net == nil && o.Total == nil && o.Refund == nil {
			sumLines(o, out.Lines)
		}
	}
	out.Links = sightings(out.Orders, g.Sightings)
	return out
}

// byReference picks the version that counts of every reference, in order of the references.
func byReference[T any](all []T, meta func(*T) *schemas.Meta, losers *Losers) []*T {
	list := pointers(all)
	compare := func(a, b *T) int { return compareReferences(meta(a), meta(b)) }
	slices.SortStableFunc(list, compare)
	out := list[:0]
	for start, end := 0, 0; start < len(list); start = end {
		for end = start + 1; end < len(list) && compare(list[start], list[end]) == 0; end++ {
		}
		winner := list[start]
		if end > start+1 {
			var l Losers
			winner, l = latest(list[start:end], meta)
			losers.add(l)
		}
		out = append(out, winner)
	}
	return out
}

func compareReferences(a, b *schemas.Meta) int {
	if c := strings.Compare(a.Namespace, b.Namespace); c != 0 {
		return c
	}
	if c := strings.Compare(a.Object, b.Object); c != 0 {
		return c
	}
	return strings.Compare(a.Key, b.Key)
}

func belongs(line *schemas.OrderLine, o *schemas.Order) bool {
	return line.Namespace == o.Namespace && line.OrderID == o.Key && line.OrderObject == o.Object
}

// sumLines states an order's amounts by its lines: positive lines are sold, negative ones are
// given back.
func sumLines(o *schemas.Order, lines []*schemas.OrderLine) {
	var gross, refund int64
	found := false
	for _, line := range lines {
		if line.Amount == nil || line.Deleted || !belongs(line, o) {
			continue
		}
		found = true
		if *line.Amount >= 0 {
			gross += *line.Amount
		} else {
			refund -= *line.Amount
		}
	}
	if !found {
		return
	}
	o.Gross, o.Refund = &gross, &refund
}

// RuleCrossRef is the rule of order links that a system states itself.
const RuleCrossRef = "cross_ref"

// sightings links orders that name this number to the order that has it. Among several, an
// order that counts as revenue comes first, then the smaller reference.
func sightings(orders []*schemas.Order, seen []schemas.Order) []schemas.OrderLink {
	if len(seen) == 0 {
		return nil
	}
	var links []schemas.OrderLink
	if len(seen) > 1 {
		sort.SliceStable(seen, func(i, j int) bool { return seen[i].CompareReference(&seen[j].Meta) < 0 })
	}
	for i := range seen {
		s := &seen[i]
		var primary *schemas.Order
		for _, o := range orders {
			if o.Namespace == s.Namespace || o.Deleted {
				continue
			}
			if primary == nil || (o.CountsAsRevenue && !primary.CountsAsRevenue) {
				primary = o
			}
		}
		if primary == nil || i > 0 && s.CompareReference(&seen[i-1].Meta) == 0 {
			continue
		}
		links = append(links, schemas.OrderLink{OrderKey: s.Reference(), PrimaryOrderKey: primary.Reference(), Rule: RuleCrossRef})
	}
	return links
}
