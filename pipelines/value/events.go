package value

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/clv"
	"github.com/tributary-cdp/tributary/transforms/measure"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// maxEvents bounds the sample of order days that the order models are compared and corrected
// on: of the customers with the smallest hashes, whole, as many as fit.
const maxEvents = 200_000

// event is what a customer ordered on one day, under either basis.
type event struct {
	Hash            uint64 // of the customer's id
	Day             int32
	Order           bool // a day of returns alone is none
	Revenue, Margin float64
}

// eventColumns are the columns that readEvents reads.
var eventColumns = []string{"customer_id", "day", "status", "counts_as_revenue", "revenue", "margin"}

// readEvents adds the counting orders of one part, up to the last day.
func (s *summary) readEvents(ctx context.Context, path string, asOf int32) error {
	if path == "" {
		return nil
	}
	return warehouse.Read(ctx, path, eventColumns, func(rows []schemas.OrderRow) error {
		for i := range rows {
			o := &rows[i]
			if o.CustomerID == "" || o.Day > asOf || !measure.Earning(o) {
				continue
			}
			hash := xxh3.HashString(o.CustomerID)
			if s.Beyond != 0 && hash >= s.Beyond {
				continue
			}
			e := event{Hash: hash, Day: o.Day, Order: measure.Counting(o), Revenue: float64(o.Revenue) / 1e4}
			if o.Margin != nil {
				e.Margin = float64(*o.Margin) / 1e4
			}
			if s.Events = append(s.Events, e); len(s.Events) >= 4*maxEvents {
				s.settleEvents()
			}
		}
		return nil
	})
}

// settleEvents sorts the events and keeps the customers with the smallest hashes: those that a
// part leaves out would be left out of the whole too.
func (s *summary) settleEvents() {
	slices.SortFunc(s.Events, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.Hash, b.Hash), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Revenue, b.Revenue), cmp.Compare(a.Margin, b.Margin))
	})
	days := s.Events[:0]
	for _, e := range s.Events {
		if s.Beyond != 0 && e.Hash >= s.Beyond { // another part has left such customers out
			continue
		}
		if n := len(days); n > 0 && days[n-1].Hash == e.Hash && days[n-1].Day == e.Day {
			days[n-1].Revenue += e.Revenue
			days[n-1].Margin += e.Margin
			days[n-1].Order = days[n-1].Order || e.Order
			continue
		}
		days = append(days, e)
	}
	s.Events = days
	if len(days) <= maxEvents {
		return
	}
	end := maxEvents
	for end > 0 && days[end-1].Hash == days[end].Hash {
		end--
	}
	s.Beyond = days[end].Hash
	s.Events = days[:end]
}

// book is the histories of the sample, in order of the hashes.
func (s *summary) book(basis string) clv.Book {
	var b clv.Book
	for start := 0; start < len(s.Events); {
		var h clv.History
		hash := s.Events[start].Hash
		for ; start < len(s.Events) && s.Events[start].Hash == hash; start++ {
			e := &s.Events[start]
			amount := e.Revenue
			if basis == clv.BasisMargin {
				amount = e.Margin
			}
			h = append(h, clv.Event{Day: e.Day, Amount: math.Round(amount*1e4) / 1e4, Order: e.Order})
		}
		b = append(b, h)
	}
	return b
}
