package churn

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdp/tributary/internal/shareddata"
	"github.com/tributary-cdp/tributary/transforms/clv"
	"github.com/tributary-cdp/tributary/transforms/learn"
)

func day(t testing.TB, layout, text string) int32 {
	at, err := time.Parse(layout, text)
	if err != nil {
		t.Fatal(err)
	}
	return int32(at.Unix() / 86400)
}

func bookOf(events map[string][]clv.Event) clv.Book {
	var ids []string
	for id := range events {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var book clv.Book
	for _, id := range ids {
		book = append(book, clv.Settle(events[id]))
	}
	return book
}

func cdnow(t testing.TB) clv.Book {
	file, err := os.Open(shareddata.Shared(t, "value", "CDNOW_master.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	events := map[string][]clv.Event{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if f[0] == "customer_id" || len(f) < 4 {
			continue
		}
		amount, err := strconv.ParseFloat(f[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		events[f[0]] = append(events[f[0]], clv.Event{Day: day(t, "20060102", f[1]), Amount: amount, Order: true})
	}
	return bookOf(events)
}

// uci are the paid lines of known customers by day; a cancelled line is a refund.
func uci(t testing.TB) clv.Book {
	file, err := os.Open(shareddata.Shared(t, "value", "online_retail.csv.gz"))
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
	at := map[string]int{}
	for i, name := range header {
		at[strings.Trim(name, "\ufeff")] = i
	}
	events := map[string][]clv.Event{}
	for {
		row, err := rows.Read()
		if err != nil {
			break
		}
		id := row[at["CustomerID"]]
		quantity, _ := strconv.ParseFloat(row[at["Quantity"]], 64)
		price, _ := strconv.ParseFloat(row[at["UnitPrice"]], 64)
		if id == "" || price <= 0 || quantity == 0 {
			continue
		}
		date := row[at["InvoiceDate"]]
		layout := "2006-01-02"
		if strings.Contains(date, "/") {
			layout, date = "1/2/2006", strings.Fields(date)[0]
		} else {
			date = date[:10]
		}
		id = strings.Clone(id)
		events[id] = append(events[id], clv.Event{Day: day(t, layout, date), Amount: quantity * price, Order: quantity > 0})
	}
	return bookOf(events)
}

func TestSilenceOnPublicOrders(t *testing.T) {
	for _, test := range []struct {
		name string
		book func(testing.TB) clv.Book
		cuts []string
	}{
		{"CDNOW", cdnow, []string{"1997-09-30", "1998-03-31"}},
		{"UCI", uci, []string{"2011-06-01", "2011-09-09"}},
	} {
		book := test.book(t)
		for _, text := range test.cuts {
			cut := day(t, time.DateOnly, text)
			s, err := TrainSilence(book, cut, 90)
			if err != nil {
				t.Fatal(err)
			}
			sight, p, err := s.Probabilities(book, cut)
			if err != nil {
				t.Fatal(err)
			}
			orders, _ := book.Outcome(sight, cut+90)
			silent := make([]bool, len(orders))
			for i, n := range orders {
				silent[i] = n == 0
			}
			t.Logf("%s %s: %d customers, shipped %s (%s)", test.name, text, len(silent), s.Shipped, s.Reason)
			for _, name := range []string{ModelRecency, clv.ModelMBGNBD, clv.ModelPareto, learn.ModelLogistic, learn.ModelBoosting, learn.Shipped} {
				if p[name] == nil {
					continue
				}
				m := learn.Judge(p[name], silent)
				t.Logf("  %-12s AUC %.4f AP %.4f Brier %.4f log-loss %.4f ECE %.4f", name, m.AUC, m.AveragePrecision, m.Brier, m.LogLoss, m.ECE)
				if math.IsNaN(m.LogLoss) {
					t.Errorf("%s has no measure", name)
				}
			}
		}
	}
}
