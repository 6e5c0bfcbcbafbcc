package source

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

const rowsOfOrdersProfile = `
system: shop
name: {en: Shop, zh: 商店}
layouts:
  - name: orders
    header: [order, buyer, day, item]
%s    records:
      - record: order
        key: order
        fields: {time: day, status: {const: paid}, currency: {const: EUR}, customer_ref: {column: buyer, object: customer}}
      - record: order_line
        key: [order, "#line"]
        fields: {order_id: order, product: item}
`

// recordList keeps what identifies the records of a file. An order that is said again, with the
// same content, is kept once: folding drops it.
type recordList struct {
	all  []string
	said map[string]bool
}

func (l *recordList) Record(kind string, rec any) error {
	switch r := rec.(type) {
	case *schemas.Order:
		content := fmt.Sprintf("%s %s %s %d", kind, r.Key, r.CustomerRef, r.Time)
		if !l.said[content] {
			l.all = append(l.all, fmt.Sprintf("%s in row %d", content, r.Row))
		}
		if l.said == nil {
			l.said = map[string]bool{}
		}
		l.said[content] = true
	case *schemas.OrderLine:
		l.all = append(l.all, fmt.Sprintf("%s %s %d %s", kind, r.Key, r.Row, r.Product))
	}
	return nil
}

func (l *recordList) Reject(r *schemas.Reject) error {
	l.all = append(l.all, fmt.Sprintf("reject %d %d %s", r.Row, r.ByteOffset, r.Code))
	return nil
}
func (l *recordList) Issue(string, string) {}

// TestOrdersOfSeveralRowsAreNotCut: ranges of a file give the records of the whole, with the
// same line numbers and the same cells taken from the row above.
func TestOrdersOfSeveralRowsAreNotCut(t *testing.T) {
	for name, carry := range map[string]string{"numbered lines": "", "cells of the row above": "    carry: [order, buyer, day]\n"} {
		t.Run(name, func(t *testing.T) {
			s := compileProfile(t, fmt.Sprintf(rowsOfOrdersProfile, carry))
			rapid.Check(t, func(rt *rapid.T) {
				var text strings.Builder
				header := "order,buyer,day,item\n"
				text.WriteString(header)
				for range rapid.IntRange(0, 40).Draw(rt, "rows") {
					order := rapid.SampledFrom([]string{"A", "B", " B", "C"}).Draw(rt, "order")
					text.WriteString(rapid.SampledFrom([]string{
						order + ",u1,2026-01-02,x\n", order + ",u1,2026-01-02,y\n", order + ",u2,2026-01-03,\"x\ny\"\n",
						",,,z\n", order + ",u1,x\n", order + ",\"u\"1,2026-01-02,x\n",
					}).Draw(rt, "row"))
				}
				path := writeFile(t, "orders.csv", []byte(text.String()))
				size := int64(text.Len())
				whole, err := Splits(s, 0, File{Path: path, Name: "orders.csv", Bytes: size})
				if err != nil {
					rt.Fatal(err)
				}
				head, l, at, err := layoutOf(s, &whole[0])
				if err != nil {
					rt.Fatal(err)
				}
				ranges, err := cut(whole[0], newOrderStarts(s, l, head, at, &whole[0]), rapid.Int64Range(1, 100).Draw(rt, "range"), 0)
				if err != nil {
					rt.Fatal(err)
				}
				one, many := &recordList{}, &recordList{}
				if _, err := Read(context.Background(), s, &whole[0], one); err != nil {
					rt.Fatal(err)
				}
				for i := range ranges {
					if _, err := Read(context.Background(), s, &ranges[i], many); err != nil {
						rt.Fatal(err)
					}
				}
				if diff := cmp.Diff(one.all, many.all); diff != "" {
					rt.Fatalf("%d ranges (-whole +ranges):\n%s\n%s", len(ranges), diff, text.String())
				}
			})
		})
	}
}

func TestAFileOfOrdersOfSeveralRowsIsCut(t *testing.T) {
	s := compileProfile(t, fmt.Sprintf(rowsOfOrdersProfile, ""))
	var text strings.Builder
	text.WriteString("order,buyer,day,item\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "A%d,u1,2026-01-02,x\n", i/3)
	}
	path := writeFile(t, "orders.csv", []byte(text.String()))
	whole, err := Splits(s, 0, File{Path: path, Name: "orders.csv", Bytes: int64(text.Len())})
	if err != nil {
		t.Fatal(err)
	}
	head, l, at, err := layoutOf(s, &whole[0])
	if err != nil {
		t.Fatal(err)
	}
	ranges, err := cut(whole[0], newOrderStarts(s, l, head, at, &whole[0]), 4096, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(ranges) < 5 {
		t.Errorf("%d bytes were cut into %d ranges", text.Len(), len(ranges))
	}
	for _, r := range ranges[1:] {
		if (r.FirstRow-1)%3 != 0 {
			t.Errorf("a range begins at row %d, within an order", r.FirstRow)
		}
	}
}
