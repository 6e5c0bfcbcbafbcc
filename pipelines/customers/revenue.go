package customers

import (
	"maps"
	"slices"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// revenueRow is the way from an export's total to what counts, of one source and month.
type revenueRow struct {
	Source, Month                                                                    string
	Orders, Total, NotCounted, Open, Cancelled, Refunded, Future, Anonymous, Counted int64
}

// reconciliation sums revenue rows by source and month.
type reconciliation map[string]*revenueRow

func (r reconciliation) at(source, month string) *revenueRow {
	key := source + "\x00" + month
	row := r[key]
	if row == nil {
		row = &revenueRow{Source: source, Month: month}
		r[key] = row
	}
	return row
}

// order takes one order apart: every ten-thousandth of its goods ends in one column.
func (r reconciliation) order(o *schemas.OrderRow, asOf int32) {
	row := r.at(o.Source, monthOf(o.Day))
	goods := value(o.Net) + value(o.Refund)
	row.Orders++
	row.Total += goods
	switch {
	case !o.CountsAsRevenue:
		row.NotCounted += goods
	case o.Day > asOf:
		row.Future += goods
	case o.Status == schemas.OrderCreated:
		row.Open += goods
	case o.Status == schemas.OrderCancelled:
		row.Cancelled += goods
	default:
		row.Refunded += value(o.Refund)
		if o.CustomerID == "" {
			row.Anonymous += o.Revenue
		} else {
			row.Counted += o.Revenue
		}
	}
}

func (r reconciliation) add(o revenueRow) {
	row := r.at(o.Source, o.Month)
	row.Orders += o.Orders
	row.Total += o.Total
	row.NotCounted += o.NotCounted
	row.Open += o.Open
	row.Cancelled += o.Cancelled
	row.Refunded += o.Refunded
	row.Future += o.Future
	row.Anonymous += o.Anonymous
	row.Counted += o.Counted
}

func (r reconciliation) rows() []revenueRow {
	var out []revenueRow
	for _, key := range slices.Sorted(maps.Keys(r)) {
		out = append(out, *r[key])
	}
	return out
}

// write writes the table revenue_reconciliation.
func (r reconciliation) write(p *runs.Base, m *warehouse.Manifest) error {
	var rows []schemas.RevenueReconciliation
	for _, row := range r.rows() {
		left := row.Total - row.NotCounted - row.Open - row.Cancelled - row.Refunded - row.Future - row.Anonymous - row.Counted
		rows = append(rows, schemas.RevenueReconciliation{
			Source: row.Source, Month: row.Month,
			Orders: row.Orders, Total: row.Total, NotCounted: row.NotCounted, Open: row.Open, Cancelled: row.Cancelled, Refunded: row.Refunded,
			Future: row.Future, Anonymous: row.Anonymous, Counted: row.Counted, Difference: left,
		})
	}
	return runs.WriteTable(p, m, "revenue_reconciliation", rows, func(r *schemas.RevenueReconciliation) *schemas.RunColumns { return &r.RunColumns })
}
