package shareddata

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// RetailLine is a line of UCI Online Retail. A cancelled invoice begins with C.
type RetailLine struct {
	Invoice, Customer string // Customer is empty where nobody is known
	Day               int32  // since 1970-01-01
	Quantity, Price   float64
}

// OnlineRetail visits the lines of UCI Online Retail; the test is skipped when it is absent.
func OnlineRetail(t testing.TB, visit func(RetailLine)) {
	t.Helper()
	file, err := os.Open(Shared(t, "value", "online_retail.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows := csv.NewReader(unzipped)
	rows.ReuseRecord = true
	header, err := rows.Read()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int {
		return slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimPrefix(h, "\ufeff"), name) })
	}
	invoice, customer, quantity, price, date := column("InvoiceNo"), column("CustomerID"), column("Quantity"), column("UnitPrice"), column("InvoiceDate")
	number := func(text string) float64 {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.DateOnly, row[date][:len(time.DateOnly)])
		if err != nil {
			t.Fatal(err)
		}
		visit(RetailLine{
			Invoice: strings.Clone(row[invoice]), Customer: strings.Clone(row[customer]), Day: int32(at.Unix() / 86400),
			Quantity: number(row[quantity]), Price: number(row[price]),
		})
	}
}
