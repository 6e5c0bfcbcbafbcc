package evaluate

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/clv"
)

// Columns of a file of orders.
const (
	orderCustomer = "customer_id"
	orderDate     = "order_date"
	orderAmount   = "amount"
)

// ReadOrders reads a CSV or Parquet file of orders with columns customer_id, order_date and
// amount: the histories of its customers in the order of their ids. A date is YYYY-MM-DD, alone
// or before a time, or YYYYMMDD. A negative amount is a refund, and no order. Rows without a
// customer are left out and counted.
func ReadOrders(path string) (book clv.Book, anonymous int, err error) {
	t, err := ReadTabular(path)
	if err != nil {
		return nil, 0, err
	}
	var cells [3][]string
	for i, name := range []string{orderCustomer, orderDate, orderAmount} {
		if cells[i], err = t.Column(name); err != nil {
			return nil, 0, err
		}
	}
	events := map[string][]clv.Event{}
	for i := range t.Rows {
		id := cells[0][i]
		if id == "" {
			anonymous++
			continue
		}
		day, ok := dayOf(cells[1][i])
		if !ok {
			return nil, 0, runs.DataError("%s: row %d, column %s: no date YYYY-MM-DD", path, i+2, orderDate)
		}
		amount, err := strconv.ParseFloat(cells[2][i], 64)
		if err != nil || math.IsNaN(amount) || math.IsInf(amount, 0) {
			return nil, 0, runs.DataError("%s: row %d, column %s: no number", path, i+2, orderAmount)
		}
		events[id] = append(events[id], clv.Event{Day: day, Amount: amount, Order: amount >= 0})
	}
	ids := make([]string, 0, len(events))
	for id := range events {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		book = append(book, clv.Settle(events[id]))
	}
	if len(book) == 0 {
		return nil, anonymous, runs.DataError("%s: no orders of customers", path)
	}
	return book, anonymous, nil
}

// dayOf reads a date as days since 1970-01-01.
func dayOf(text string) (int32, bool) {
	layout := time.DateOnly
	switch {
	case len(text) == 8:
		layout = "20060102"
	case len(text) > 10 && strings.ContainsAny(text[10:11], "T "):
		text = text[:10]
	}
	at, err := time.Parse(layout, text)
	if err != nil {
		return 0, false
	}
	return int32(at.Unix() / 86400), true
}
