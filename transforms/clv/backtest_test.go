package clv

import (
	"bufio"
	"errors"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/internal/shareddata"
)

// bookOf puts the histories in order of the customers' ids.
func bookOf(events map[string][]Event) Book {
	ids := make([]string, 0, len(events))
	for id := range events {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	var b Book
	for _, id := range ids {
		b = append(b, Settle(events[id]))
	}
	return b
}

func cdnowBook(t testing.TB) Book {
	f, err := os.Open(shareddata.Shared(t, "value", "CDNOW_sample.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	events := map[string][]Event{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		cells := strings.Fields(lines.Text())
		if len(cells) != 5 {
			continue
		}
		amount, err := strconv.ParseFloat(cells[4], 64)
		if err != nil {
			t.Fatal(err)
		}
		events[cells[0]] = append(events[cells[0]], Event{day(cells[2]), amount, true})
	}
	return bookOf(events)
}

// retailBook holds the lines of identified customers that are sales.
func retailBook(t testing.TB) Book {
	events := map[string][]Event{}
	shareddata.OnlineRetail(t, func(l shareddata.RetailLine) {
		if l.Customer != "" && l.Quantity > 0 && l.Price > 0 && !strings.HasPrefix(l.Invoice, "C") {
			events[l.Customer] = append(events[l.Customer], Event{l.Day, l.Quantity * l.Price, true})
		}
	})
	return bookOf(events)
}

// The promise of the shipped forecast: by a paired bootstrap at 95 % it is not worse than the
// best of all order models and simple methods, measure by measure. The rank correlation is held
// against all but x*h/T, which puts all customers without a repeat order on one rank: ties that
// say nothing cost a rank correlation less than an order that says little.
func checkShipped(t *testing.T, b *Backtest) {
	t.Helper()
	shipped := b.By(b.Chosen)
	for _, m := range []struct {
		name   string
		of     func(forecast, actual []float64) float64
		money  bool
		larger bool // is better
	}{
		{"MAE", meanOf(func(f, a float64) float64 { return math.Abs(f - a) }), false, false},
		{"mean square", meanOf(func(f, a float64) float64 { return (f - a) * (f - a) }), false, false},
		{"deviance", meanOf(poissonDeviance), false, false},
		{"Gini", concentrationOf, false, true},
		{"Gini in money", concentrationOf, true, true},
		{"top tenth in money", func(f, a []float64) float64 { return topShare(f, a, 0.1) }, true, true},
		{"Spearman in money", func(f, a []float64) float64 { return correlation(ranks(f), ranks(a)) }, true, true},
	} {
		pick := func(r *Result) []float64 {
			if m.money {
				return r.Money
			}
			return r.Orders
		}
		actual := b.Orders
		if m.money {
			actual = b.Money
		}
		var best *Result
		value := 0.0
		for i := range b.Results {
			r := &b.Results[i]
			if r.Name == b.Chosen || pick(r) == nil || m.name == "Spearman in money" && r.Name == MethodRate {
				continue
			}
			v := m.of(pick(r), actual)
			if best == nil || (v > value) == m.larger && v != value {
				best, value = r, v
			}
		}
		low, high := Against(m.of, pick(shipped), pick(best), actual, 200)
		t.Logf("%-20s shipped %.4f, best single %s %.4f, difference %.4f to %.4f", m.name, m.of(pick(shipped), actual), best.Name, value, low, high)
		if m.larger && high < 0 || !m.larger && low > 0 {
			t.Errorf("%s: shipped is worse than %s by %.4f to %.4f", m.name, best.Name, low, high)
		}
	}
}

func meanOf(loss func(f, a float64) float64) func(forecast, actual []float64) float64 {
	return func(forecast, actual []float64) float64 {
		var sum float64
		for i, f := range forecast {
			sum += loss(f, actual[i])
		}
		return sum / float64(len(actual))
	}
}

func concentrationOf(forecast, actual []float64) float64 {
	return concentration(forecast, actual) / concentration(actual, actual)
}

func TestShippedForecastOnCDNOW(t *testing.T) {
	b, err := Run(cdnowBook(t), day("19970930"), day("19980630"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if b.Chosen != ModelBlend || b.Customers != 2357 {
		t.Errorf("%s of %d customers: %s; %s", b.Chosen, b.Customers, b.Reason, b.BlendReason)
	}
	near(t, "x*h/T MAE", b.By(MethodRate).Counts.MAE, 1.0237, 6e-5)
	near(t, "x*h/T RMSE", b.By(MethodRate).Counts.RMSE, 2.2119, 6e-5)
	near(t, "mean MAE", b.By(MethodMean).Counts.MAE, 1.1335, 6e-5)
	checkShipped(t, b)
}

// On these orders every dropout model collapses to NBD: that is found and said, and NBD is used.
func TestShippedForecastOnOnlineRetail(t *testing.T) {
	if testing.Short() {
		t.Skip("half a million lines")
	}
	b, err := Run(retailBook(t), day("20110909"), day("20111209"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if b.OrderModel != ModelNBD || b.Customers != 3370 || !strings.Contains(b.Reason, "no dropout") {
		t.Errorf("%s of %d customers: %s", b.OrderModel, b.Customers, b.Reason)
	}
	nbd := b.By(ModelNBD)
	relative(t, "r", nbd.Fit.R, .7235784, 1e-3)
	relative(t, "alpha", nbd.Fit.Alpha, 9.3671029, 1e-3)
	near(t, "log-likelihood", nbd.Fit.LL, -22887.03214, 1e-3)
	near(t, "MAE", nbd.Counts.MAE, .9397, 6e-5)
	near(t, "bias", nbd.Counts.Bias, -.245, 6e-4)
	for _, name := range []string{ModelBGNBD, ModelMBGNBD, ModelPareto} {
		near(t, name+" log-likelihood", b.By(name).Fit.LL, -22887.03214, 1e-3)
	}
	for _, r := range b.Results {
		for i := range r.Money {
			if math.IsNaN(r.Money[i]) || math.IsInf(r.Money[i], 0) || r.Orders != nil && (math.IsNaN(r.Orders[i]) || math.IsInf(r.Orders[i], 0)) {
				t.Fatalf("%s: a forecast is no number", r.Name)
			}
		}
	}
	checkShipped(t, b)
}

// Whatever happens after the cut, no forecast changes.
func TestForecastsDoNotSeeTheHoldout(t *testing.T) {
	book, cut, end := cdnowBook(t), day("19970930"), day("19980630")
	b, err := Run(book, cut, end, nil)
	if err != nil {
		t.Fatal(err)
	}
	past := Book{}
	for _, h := range book {
		var known []Event
		for _, e := range h {
			if e.Day <= cut {
				known = append(known, e)
			}
		}
		past = append(past, Settle(append(known, Event{cut + 9, 1e6, true})))
	}
	other, err := Run(past, cut, end, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range b.Results {
		if r, o := &b.Results[i], &other.Results[i]; r.Name != MethodMean {
			for j := range r.Money {
				if r.Money[j] != o.Money[j] || r.Orders != nil && r.Orders[j] != o.Orders[j] {
					t.Fatalf("%s: customer %d: %v and %v", r.Name, j, r.Money[j], o.Money[j])
				}
			}
		}
	}
}

// Populations that carry no model end in a stated fallback, with numbers all the same.
func TestPoorDataGiveAResultOrSayNo(t *testing.T) {
	everyDay := History{}
	for d := range int32(4000) {
		everyDay = append(everyDay, Event{d, 1, true})
	}
	crowd := func(n int, of func(i int) History) Book {
		var b Book
		for i := range n {
			b = append(b, of(i))
		}
		return b
	}
	for _, test := range []struct {
		name string
		book Book
		no   bool
	}{
		{"no customers", nil, true},
		{"nobody before the cut", Book{{{900, 5, true}}}, true},
		{"one customer", Book{{{1, 5, true}, {9, 5, true}}}, false},
		{"one order each", crowd(500, func(i int) History { return History{{int32(i % 300), 5, true}} }), false},
		{"all on one day", crowd(500, func(int) History { return History{{7, 5, true}} }), false},
		{"everybody every day", crowd(150, func(int) History { return everyDay }), false},
		{"orders of nothing", crowd(300, func(i int) History { return History{{int32(i % 90), 0, true}, {int32(i%90 + 30), 0, true}} }), false},
		{"refunds beyond all orders", crowd(300, func(i int) History { return History{{int32(i % 90), 5, true}, {int32(i%90 + 30), -1e12, i%2 == 0}} }), false},
		{"a trillion each", crowd(300, func(i int) History { return History{{int32(i % 90), 1e12, true}, {int32(i%90 + 30), 1e12, true}} }), false},
		{"nobody comes back after the start", crowd(400, func(i int) History { return History{{int32(i % 30), 5, true}, {int32(i%30 + 5), 8, true}} }), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, err := Run(test.book, 400, 600, nil)
			if test.no {
				if !errors.Is(err, ErrRefused) {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil || b.Chosen == "" || b.Reason == "" {
				t.Fatalf("%+v, %v", b, err)
			}
			for _, r := range b.Results {
				for _, v := range append(append([]float64{r.Counts.MAE, r.Counts.Gini, r.Value.Gini, r.Value.Spearman, r.Value.RMSE, r.Counts.Bias}, r.Orders...), r.Money...) {
					if math.IsNaN(v) || math.IsInf(v, 0) {
						t.Fatalf("%s: %v", r.Name, v)
					}
				}
			}
		})
	}
}

func TestMeasuresByHand(t *testing.T) {
	m := Measure([]float64{3, 2, 1, 0}, []float64{4, 0, 2, 0})
	near(t, "MAE", m.MAE, 1, 1e-12)
	near(t, "RMSE", m.RMSE, math.Sqrt(1.5), 1e-12)
	near(t, "bias", m.Bias, 0, 1e-12)
	// 4 0 2 0 cumulate to 4 4 6 6 of 6 in the order of the forecast, and to 4 6 6 6 in their own
	near(t, "Gini", m.Gini, (2*(2+4+5+6)/24.0-1)/(2*(2+5+6+6)/24.0-1), 1e-12)
	near(t, "top tenth", m.TopTenth, .4*4/6, 1e-12)
	near(t, "equal forecasts", Measure([]float64{1, 1, 1, 1}, []float64{4, 0, 2, 0}).Gini, 0, 1e-12)
	near(t, "Spearman", Measure([]float64{1, 2, 3}, []float64{10, 20, 90}).Spearman, 1, 1e-12)
}

// A shop that sells three times as much in December than else, for three years, has that index;
// over whole years the factor is 1.
func TestSeasonIndexFindsDecember(t *testing.T) {
	first, last := day("20150101"), day("20171231")
	orders := MonthlyOrders{}
	for d := first; d <= last; d++ {
		n := 10.0
		if monthOf(d)%12 == 11 {
			n = 30
		}
		orders[monthOf(d)] += n
	}
	s := NewSeason(orders, first, last)
	if s == nil || s[11] < 2 || s[11] > 2.6 || s[5] > 1 {
		t.Fatalf("%v", s)
	}
	if f := s.Factor(day("20171130"), 31); math.Abs(f-s[11]) > 1e-12 {
		t.Errorf("factor of December %v, index %v", f, s[11])
	}
	near(t, "factor of a year", s.Factor(last, 365), 1, .01)
	if NewSeason(orders, first, first+700) != nil {
		t.Error("an index from less than two years")
	}
	if f := Season(nil).Factor(last, 30); f != 1 {
		t.Errorf("factor without an index %v", f)
	}
}

func TestCorrectionsAreSlopes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		eta, y := rapid.Float64Range(-5, 5).Draw(t, "eta"), rapid.Float64Range(0, 50).Draw(t, "y")
		for _, f := range []loss{poisson, tweedie} {
			const h = 1e-5
			_, slope, curve := f(eta, y)
			up, upSlope, _ := f(eta+h, y)
			down, downSlope, _ := f(eta-h, y)
			if math.Abs((up-down)/(2*h)-slope) > 1e-4*(1+math.Abs(slope)) || math.Abs((upSlope-downSlope)/(2*h)-curve) > 1e-4*(1+curve) {
				t.Fatal(eta, y, slope, curve)
			}
		}
	})
}
