package customers

import (
	"context"
	"encoding/json"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/measure"
	"github.com/tributary-cdp/tributary/transforms/normalize"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

const lineTable = "order_lines"

// Columns of order lines. Those of lineCopied stay as they are from the records to the table; of
// a part without tombstones they are copied as they are encoded.
var (
	lineCopied = []string{"source", "sku", "product", "category", "brand", "quantity", "returned_quantity", "currency"}
	lineRead   = []string{
		"namespace", "object", "key", "deleted", "order_id", "order_object", "customer_ref", "category", "brand", "currency", "unit_price", "amount", "time",
	}
	lineReadAll = append([]string{"source", "sku", "product", "quantity", "returned_quantity"}, lineRead...)
)

// liner states order lines in the reporting currency.
type liner struct {
	stamp   schemas.RunColumns
	days    *normalize.Zone
	fx      *exchange
	finder  *finder
	strings []byte

	reference string // of the last line's customer: lines of one order follow each other
	customer  int64
}

// mapLines writes one part of order_lines from one part of the records, in their order.
func mapLines(ctx context.Context, s *sender, p *params, w *work, f *finder) (err error) {
	l := &liner{stamp: p.Stamp(), finder: f, customer: -1}
	if l.days, err = calendarOf(p.Timezone); err != nil {
		return err
	}
	if l.fx, err = newExchange(p); err != nil {
		return err
	}
	tables := runs.NewOutputs(p.Dir, w.Part)
	out := runs.NewOutput[schemas.OrderLineRow](tables, lineTable)
	defer func() {
		if err != nil {
			tables.Abort()
		}
	}()
	columns := lineReadAll
	whole, err := withoutTombstones(ctx, w.Path)
	if err != nil {
		return err
	}
	if whole {
		columns = lineRead
		if err := out.CopyFrom(w.Path, lineCopied...); err != nil {
			return err
		}
	}
	if err := eachOf(ctx, s, w.Path, columns, func(v *schemas.OrderLine) error {
		if v.Deleted {
			return nil
		}
		customer := l.customerOf(v.CustomerRef)
		row, err := l.row(customer, v)
		if err != nil {
			return err
		}
		if customer >= 0 && (row.Category != "" || row.Brand != "") {
			note := measure.Line{Order: measure.OrderHash(row.OrderKey), Category: row.Category, Brand: row.Brand, Amount: row.Amount}
			if err := send(s, customer, &v.Meta, tagOrderLine, lineNoteCodec, &note); err != nil {
				return err
			}
		}
		return out.Add(&row)
	}); err != nil {
		return err
	}
	if err := tables.Close(); err != nil {
		return err
	}
	data, err := json.Marshal(report{Files: tables.Files})
	if err != nil {
		return err
	}
	s.t.Report(data)
	return nil
}

// withoutTombstones tells whether every line of a part goes into the table.
func withoutTombstones(ctx context.Context, path string) (whole bool, err error) {
	whole = true
	err = warehouse.Read(ctx, path, []string{"deleted"}, func(rows []schemas.OrderLine) error {
		for i := range rows {
			whole = whole && !rows[i].Deleted
		}
		return nil
	})
	return whole, err
}

func (l *liner) customerOf(reference string) int64 {
	if reference != l.reference {
		l.reference, l.customer = reference, l.finder.customer(reference)
	}
	return l.customer
}

func (l *liner) row(customer int64, v *schemas.OrderLine) (schemas.OrderLineRow, error) {
	units := 1.0
	if v.Currency != "" {
		var err error
		if units, err = l.fx.rateOf(v.Currency, l.days.Day(v.Time)); err != nil {
			return schemas.OrderLineRow{}, err
		}
	}
	row := schemas.OrderLineRow{
		RunColumns: l.stamp, Source: v.Source, Time: known(v.Time), SKU: v.SKU, Product: v.Product, Category: v.Category, Brand: v.Brand,
		Quantity: v.Quantity, Returned: v.ReturnedQuantity, Currency: v.Currency,
		UnitPrice: convert(original(v.UnitPrice, v.Currency), units), Amount: convert(original(v.Amount, v.Currency), units),
	}
	row.Key, row.OrderKey = l.keys(v)
	if customer >= 0 {
		row.CustomerID = l.finder.lookup.Customer(uint32(customer))
	}
	return row, nil
}

// keys are the references of a line and of its order, cut from one allocation.
func (l *liner) keys(v *schemas.OrderLine) (line, order string) {
	l.strings = appendReference(l.strings[:0], &v.Meta)
	end := len(l.strings)
	l.strings = append(append(l.strings, v.Namespace...), ':')
	l.strings = append(append(l.strings, v.OrderObject...), ':')
	l.strings = append(l.strings, v.OrderID...)
	both := string(l.strings)
	return both[:end], both[end:]
}
