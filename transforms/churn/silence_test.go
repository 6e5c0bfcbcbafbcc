package churn

import (
	"bufio"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdp/tributary/internal/shareddata"
	"github.com/tributary-cdp/tributary/internal/thorough"
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
	events := map[string][]clv.Event{}
	shareddata.OnlineRetail(t, func(l shareddata.RetailLine) {
		if l.Customer != "" && l.Price > 0 && l.Quantity != 0 {
			events[l.Customer] = append(events[l.Customer], clv.Event{Day: l.Day, Amount: l.Quantity * l.Price, Order: l.Quantity > 0})
		}
	})
	return bookOf(events)
}

// The cuts of the reference, judged by what came true: what is shipped ranks customers no worse
// than the best single method, and no worse than what others were measured to reach there. It
// learned from the cut before alone.
func TestSilenceOnPublicOrders(t *testing.T) {
	for _, test := range []struct {
		name  string
		book  func(testing.TB) clv.Book
		cut   string
		peers float64 // best AUC of other tools
	}{
		{"CDNOW", cdnow, "1997-09-30", .777}, {"CDNOW", cdnow, "1998-03-31", .840}, {"UCI", uci, "2011-06-01", .750}, {"UCI", uci, "2011-09-09", .741},
	} {
		book, cut := test.book(t), day(t, time.DateOnly, test.cut)
		s, err := TrainSilence(book, cut, 90)
		if err != nil {
			t.Fatal(err)
		}
		sight, p, err := s.Probabilities(book, cut)
		if err != nil {
			t.Fatal(err)
		}
		orders, _ := book.Outcome(sight, cut+90)
		silent := Silent(orders)
		t.Logf("%s %s: %d customers, shipped %s (%s)", test.name, test.cut, len(silent), s.Shipped, s.Reason)
		shipped := learn.Judge(p[learn.Shipped], silent)
		for _, name := range append([]string{ModelRecency, learn.ModelLogistic, learn.ModelBoosting}, s.Models...) {
			m := learn.Judge(p[name], silent)
			t.Logf("  %-12s AUC %.4f AP %.4f Brier %.4f log-loss %.4f ECE %.4f", name, m.AUC, m.AveragePrecision, m.Brier, m.LogLoss, m.ECE)
			if m.AUC > shipped.AUC {
				if better := bootstrap(p[name], p[learn.Shipped], silent, thorough.N(40, 400)); better > .975 {
					t.Errorf("%s %s: %s ranks better in %.1f %% of resamples", test.name, test.cut, name, 100*better)
				}
			}
		}
		t.Logf("  %-12s AUC %.4f AP %.4f Brier %.4f log-loss %.4f ECE %.4f", "shipped", shipped.AUC, shipped.AveragePrecision, shipped.Brier, shipped.LogLoss, shipped.ECE)
		// The standard error of an AUC of .75 on the smallest set, 2,725 customers, is .009 (Hanley, McNeil 1982).
		if shipped.AUC < test.peers-.009 {
			t.Errorf("%s %s: AUC %.4f, others reach %.3f", test.name, test.cut, shipped.AUC, test.peers)
		}
	}
}

// bootstrap is the share of resamples in which a ranks better than b.
func bootstrap(a, b []float64, y []bool, resamples int) float64 {
	random := rand.New(rand.NewPCG(1, 2))
	better := 0
	x, z, labels := make([]float64, len(y)), make([]float64, len(y)), make([]bool, len(y))
	for range resamples {
		for i := range y {
			k := random.IntN(len(y))
			x[i], z[i], labels[i] = a[k], b[k], y[k]
		}
		if learn.Judge(x, labels).AUC > learn.Judge(z, labels).AUC {
			better++
		}
	}
	return float64(better) / float64(resamples)
}

// invented makes histories of customers with rhythms of their own, some of whom leave.
func invented(customers int) clv.Book {
	random := rand.New(rand.NewPCG(3, 4))
	var book clv.Book
	for range customers {
		var h []clv.Event
		gap := math.Exp(2 + random.NormFloat64())
		for day := int32(random.IntN(300)); day < 800; day += 1 + int32(gap*random.ExpFloat64()) {
			h = append(h, clv.Event{Day: day, Amount: 10 + 5*random.Float64(), Order: true})
			if random.Float64() < .1 {
				break
			}
		}
		if len(h) > 0 {
			book = append(book, clv.Settle(h))
		}
	}
	return book
}

// No score looks into the future: with everything after the cutoff shuffled among customers or
// taken away, all probabilities at the cutoff are the same.
func TestNoScoreSeesTheFuture(t *testing.T) {
	const cutoff = int32(500)
	scores := func(book clv.Book) map[string][]float64 {
		s, err := TrainSilence(book, cutoff, 60)
		if err != nil {
			t.Fatal(err)
		}
		_, p, err := s.Probabilities(book, cutoff)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	book := invented(400)
	want := scores(book)
	var without, shuffled clv.Book
	for i, h := range book {
		past := slices.DeleteFunc(slices.Clone(h), func(e clv.Event) bool { return e.Day > cutoff })
		without = append(without, past)
		other := slices.DeleteFunc(slices.Clone(book[(i+1)%len(book)]), func(e clv.Event) bool { return e.Day <= cutoff })
		shuffled = append(shuffled, append(slices.Clone(past), other...))
	}
	for name, changed := range map[string]clv.Book{"without its future": without, "with the future of somebody else": shuffled} {
		got := scores(changed)
		for model := range want {
			if !slices.Equal(got[model], want[model]) {
				t.Errorf("%s gives other scores %s", model, name)
			}
		}
	}
}

// What cannot carry a forecast says so.
func TestSilenceOnOddOrders(t *testing.T) {
	one := clv.History{{Day: 100, Amount: 1, Order: true}}
	for name, book := range map[string]clv.Book{
		"nobody": nil, "one customer": {one}, "one order each, all on one day": slices.Repeat(clv.Book{one}, 200),
	} {
		if _, err := TrainSilence(book, 400, 90); !errors.Is(err, learn.ErrNotEnoughData) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := TrainSilence(invented(200), 20, 90); !errors.Is(err, learn.ErrNotEnoughData) {
		t.Errorf("a cutoff at the beginning: %v", err)
	}
}
