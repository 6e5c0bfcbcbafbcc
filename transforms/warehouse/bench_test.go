package warehouse_test

import (
	"fmt"
	"testing"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// BenchmarkAdd writes order lines, the most frequent rows.
func BenchmarkAdd(b *testing.B) {
	dir := b.TempDir()
	rows := make([]schemas.OrderLine, 4096)
	for i := range rows {
		price, quantity := int64(i*7%10000), float64(1+i%3)
		rows[i] = schemas.OrderLine{
			Meta: schemas.Meta{
				System: "shop", Source: "shop", Namespace: "shop", Object: "order_line", Key: fmt.Sprintf("#%d|1", 1000+i), File: "orders.csv",
				Row: int64(i), ContentHash: uint64(i) * 0x9e3779b97f4a7c15, RowBytes: 100,
			},
			OrderID: fmt.Sprintf("#%d", 1000+i), OrderObject: "order", CustomerRef: fmt.Sprintf("shop:customer:%d", i*31%1000), LineNo: "1",
			SKU: fmt.Sprintf("SKU-%d", i%50), Product: fmt.Sprintf("Product %d", i%50), Quantity: &quantity, Currency: "EUR", UnitPrice: &price, Amount: &price,
			Time: int64(i) * 1e9,
		}
	}
	for b.Loop() {
		w, err := warehouse.Create[schemas.OrderLine](dir, "records/order_line", 0)
		if err != nil {
			b.Fatal(err)
		}
		for range 16 {
			for i := range rows {
				if err := w.Add(&rows[i]); err != nil {
					b.Fatal(err)
				}
			}
		}
		if _, err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*16*len(rows)), "ns/row")
}
