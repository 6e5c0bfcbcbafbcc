package customers

import (
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// sale is what the group of a customer needs of an order: small, since most of what is
// shuffled is orders, and without pointers. Amounts are minor units of Currency.
type sale struct {
	OrderKey, Primary        string // Primary: the order that this one is a second sight of
	System, Source, File     string
	Status, Currency         string
	Channel, CampaignID      string
	Row, Time                int64
	CountsAsRevenue          bool
	Known                    uint8 // which amounts are no nulls
	Gross, Refund, Net, Cost int64
}

var saleCodec = codec.For[sale]()

// Amounts of a sale that are known.
const (
	knownGross uint8 = 1 << iota
	knownRefund
	knownNet
	knownCost
)

// saleColumns are the columns that a sale is made of, with those that lead to its customer.
var saleColumns = []string{
	"system", "source", "namespace", "object", "key", "file", "row", "deleted", "customer_ref", "time", "status", "currency", "gross", "discount",
	"shipping", "tax", "refund", "net", "cost", "total", "channel", "campaign_id", "counts_as_revenue",
}

// saleOf states an order as a sale.
func saleOf(o *schemas.Order, key, primary string) sale {
	s := sale{
		OrderKey: key, Primary: primary, System: o.System, Source: o.Source, File: o.File, Status: o.Status, Currency: o.Currency,
		Channel: o.Channel, CampaignID: o.CampaignID, Row: o.Row, Time: o.Time, CountsAsRevenue: o.CountsAsRevenue,
	}
	goods, refund := amounts(o)
	switch {
	case o.Gross != nil:
		s.Gross, s.Known = *o.Gross, s.Known|knownGross
	case goods != nil:
		s.Gross, s.Known = *goods+value(o.Discount), s.Known|knownGross
	}
	if refund != nil {
		s.Refund, s.Known = *refund, s.Known|knownRefund
	}
	if goods != nil || refund != nil {
		s.Net, s.Known = value(goods)-value(refund), s.Known|knownNet
	}
	if o.Cost != nil {
		s.Cost, s.Known = *o.Cost, s.Known|knownCost
	}
	return s
}

// orderRow states a sale in the reporting currency. The row's amounts are the reducer's: they
// hold until the next customer.
func (r *reducer) orderRow(id string, s *sale) (schemas.OrderRow, error) {
	day := r.days.Day(s.Time)
	units, err := r.fx.rateOf(s.Currency, day)
	if err != nil {
		return schemas.OrderRow{}, err
	}
	row := schemas.OrderRow{
		RunColumns: r.stamp, OrderKey: s.OrderKey, CustomerID: id, System: s.System, Source: s.Source, Time: s.Time, Day: day, Status: s.Status,
		CountsAsRevenue: s.CountsAsRevenue && s.Primary == "", PrimaryOrderKey: s.Primary, Currency: s.Currency, Channel: s.Channel, CampaignID: s.CampaignID,
		File: s.File, Row: s.Row,
	}
	scale := tenPowers[4-normalize.Exponent(s.Currency)]
	amount := func(flag uint8, minor int64) (original, converted *int64) {
		if s.Known&flag == 0 {
			return nil, nil
		}
		original = r.amounts.hold(minor * scale)
		if units == 1 {
			return original, original
		}
		return original, r.amounts.hold(inReporting(*original, units))
	}
	row.GrossOriginal, row.Gross = amount(knownGross, s.Gross)
	row.RefundOriginal, row.Refund = amount(knownRefund, s.Refund)
	row.NetOriginal, row.Net = amount(knownNet, s.Net)
	row.Revenue = revenueOf(&row)
	if s.Known&knownCost != 0 && row.CountsAsRevenue {
		_, cost := amount(knownCost, s.Cost)
		row.Margin = r.amounts.hold(row.Revenue - *cost)
	}
	return row, nil
}

// amountStore holds numbers that rows point to.
type amountStore struct{ chunk []int64 }

// amountChunk is how many numbers are allocated at once.
const amountChunk = 1024

func (a *amountStore) hold(v int64) *int64 {
	if len(a.chunk) == cap(a.chunk) {
		a.chunk = make([]int64, 0, amountChunk) // rows may still point into the old one
	}
	a.chunk = append(a.chunk, v)
	return &a.chunk[len(a.chunk)-1]
}

// reset makes room for the rows of the next customer.
func (a *amountStore) reset() { a.chunk = a.chunk[:0] }
