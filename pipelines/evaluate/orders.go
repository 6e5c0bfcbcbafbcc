package evaluate

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/clv"
	"github.com/tributary-cdp/tributary/transforms/source"
)

// orderColumns are the columns of a file of orders.
var orderColumns = []string{"customer_id", "order_date", "amount"}

// OrderFile is what a file of orders holds.
type OrderFile struct {
	Book    clv.Book // in order of the customers' ids
	IDs     []string
	Rows    int64
	Skipped int64  // rows that say nothing: no customer, no date, no amount
	First   string // why the first of them was skipped
}

// ReadOrders reads CSV or Parquet with the columns customer_id, order_date and amount. A row
// with an amount below 0 is a refund: it takes money back and is no order.
func ReadOrders(ctx context.Context, path string) (*OrderFile, error) {
	files, err := source.Files(path)
	if err != nil {
		return nil, runs.ConfigError("orders: %w", err)
	}
	if len(files) == 0 {
		return nil, runs.ConfigError("orders: %s is not there", path)
	}
	out := &OrderFile{}
	index := map[string]int{}
	var events [][]clv.Event
	for _, file := range files {
		at := make([]int, len(orderColumns))
		header := func(names []string) error {
			for i, want := range orderColumns {
				at[i] = slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), want) })
				if at[i] < 0 {
					return fmt.Errorf("column %s is missing; the file has %s: name its columns %s", want, strings.Join(names, ", "), strings.Join(orderColumns, ", "))
				}
			}
			return nil
		}
		skip := func(number int64, why string) {
			if out.Skipped++; out.Skipped == 1 {
				out.First = fmt.Sprintf("%s, row %d: %s", filepath.Base(file.Name), number, why)
			}
		}
		err := source.Cells(ctx, file, header, func(number int64, cells []string) error {
			out.Rows++
			id := strings.TrimSpace(cells[at[0]])
			if id == "" {
				skip(number, "column customer_id is empty")
				return nil
			}
			day, ok := orderDay(strings.TrimSpace(cells[at[1]]))
			if !ok {
				skip(number, "column order_date is no date (expected 2026-09-30)")
				return nil
			}
			amount, ok := orderAmount(cells[at[2]])
			if !ok {
				skip(number, "column amount is no amount (expected 1234.56)")
				return nil
			}
			i, known := index[id]
			if !known {
				id = strings.Clone(id)
				i = len(events)
				index[id] = i
				out.IDs, events = append(out.IDs, id), append(events, nil)
			}
			events[i] = append(events[i], clv.Event{Day: day, Amount: amount, Order: amount >= 0})
			return nil
		})
		if err != nil {
			return nil, runs.ConfigError("orders: %s: %w", filepath.Base(file.Name), err)
		}
	}
	slices.Sort(out.IDs)
	for _, id := range out.IDs {
		out.Book = append(out.Book, clv.Settle(events[index[id]]))
	}
	return out, nil
}

// maxAmount is beyond any order: sums of millions of them stay exact to the cent.
const maxAmount = 1e15

func orderAmount(text string) (float64, bool) {
	amount, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return amount, err == nil && math.Abs(amount) <= maxAmount // false for NaN
}

// dateLayouts are those without a doubt between day and month.
var dateLayouts = []string{"2006-01-02", "2006/01/02", "20060102", "2006/1/2", "2006-1-2"}

// orderDay reads the day of a date or a time.
func orderDay(text string) (int32, bool) {
	if i := strings.IndexAny(text, "T "); i > 0 {
		text = text[:i]
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, text); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
			return int32(math.Floor(float64(t.Unix()) / 86400)), true
		}
	}
	return 0, false
}
