package customers

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// revenueRow is the way from an export's total to what counts, of one source and month.
type revenueRow struct {
	Source                                                                           string
	Month                                                                            int32 // since 1970
	Orders, Total, NotCounted, Open, Cancelled, Refunded, Future, Anonymous, Counted int64
}

// sourceMonth is what revenue rows are about.
type sourceMonth struct {
	source string
	month  int32
}

// reconciliation sums revenue rows.
type reconciliation map[sourceMonth]*revenueRow

// monthOf gives the months from January 1970 to a day.
func monthOf(day int32) int32 {
	t := time.Unix(int64(day)*86400, 0).UTC()
	return int32((t.Year()-1970)*12 + int(t.Month()) - 1)
}

// monthText is a month as the table has it.
func monthText(month int32) string {
	return time.Date(1970, time.Month(month+1), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}

func (r reconciliation) at(source string, month int32) *revenueRow {
	key := sourceMonth{source, month}
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
	for _, key := range slices.SortedFunc(maps.Keys(r), func(a, b sourceMonth) int {
		return cmp.Or(strings.Compare(a.source, b.source), cmp.Compare(a.month, b.month))
	}) {
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
			Source: row.Source, Month: monthText(row.Month),
			Orders: row.Orders, Total: row.Total, NotCounted: row.NotCounted, Open: row.Open, Cancelled: row.Cancelled, Refunded: row.Refunded,
			Future: row.Future, Anonymous: row.Anonymous, Counted: row.Counted, Difference: left,
		})
	}
	return runs.WriteTable(p, m, "revenue_reconciliation", rows, func(r *schemas.RevenueReconciliation) *schemas.RunColumns { return &r.RunColumns })
}
