package clv

import (
	"bufio"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdp/tributary/internal/shareddata"
)

// buyer is one customer of the CDNOW files up to the end of calibration.
type buyer struct {
	id    string
	days  []int32 // order days, ascending, distinct
	spend []float64
	later int // order days of the holdout
}

func day(text string) int32 {
	t, err := time.Parse("20060102", text)
	if err != nil {
		panic(err)
	}
	return int32(t.Unix() / 86400)
}

// cdnow reads purchases up to 1998-06-30 and splits them at 1997-09-30. The day is the
// third column from the right.
func cdnow(t testing.TB, file string) []buyer {
	f, err := os.Open(shareddata.Shared(t, "value", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	byID := map[string]map[int32]float64{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		cells := strings.Fields(lines.Text())
		if len(cells) < 4 {
			continue
		}
		n := len(cells)
		dollars, err := strconv.ParseFloat(cells[n-1], 64)
		if err != nil {
			if len(byID) == 0 {
				continue // header
			}
			t.Fatal(err)
		}
		id := cells[n-4] // the sample has the id of the whole cohort before its own
		if byID[id] == nil {
			byID[id] = map[int32]float64{}
		}
		byID[id][day(cells[n-3])] += dollars
	}
	cut := day("19970930")
	var out []buyer
	for id, days := range byID {
		b := buyer{id: id}
		for d := range days {
			if d <= cut {
				b.days = append(b.days, d)
			} else {
				b.later++
			}
		}
		sort.Slice(b.days, func(i, j int) bool { return b.days[i] < b.days[j] })
		for _, d := range b.days {
			b.spend = append(b.spend, days[d])
		}
		if len(b.days) > 0 {
			out = append(out, b)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].id < out[j].id })
	return out
}

func (b buyer) pattern() Pattern {
	n := len(b.days)
	return Pattern{X: int32(n - 1), Last: b.days[n-1] - b.days[0], Age: day("19970930") - b.days[0]}
}

func (b buyer) spent() Spend {
	s := Spend{X: int32(len(b.days) - 1)}
	for _, v := range b.spend[1:] {
		s.Mean += v / float64(s.X)
	}
	return s
}

func counts(buyers []buyer) []Count {
	var out []Count
	for _, b := range buyers {
		out = append(out, Count{b.pattern(), 1})
	}
	return Compress(out)
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.10g, published %.10g (tolerance %.2g)", what, got, want, tolerance)
	}
}

// Fader, Hardie, Lee 2005 and, for the digits, two independent implementations.
func TestBGNBDOnTheCDNOWSampleIsThePublishedFit(t *testing.T) {
	buyers := cdnow(t, "CDNOW_sample.txt")
	c := counts(buyers)
	if total := Sum(c); total.Customers != 2357 || total.Repeats != 2457 || total.Customers-total.Repeaters != 1411 || len(c) != 1016 {
		t.Fatalf("totals %+v, %d patterns", total, len(c))
	}
	fit, err := FitBGNBD(c)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{.2425945, 4.4136021, .792922, 2.4259069} {
		got := []float64{fit.R, fit.Alpha, fit.A, fit.B}[i]
		near(t, "parameter "+[]string{"r", "alpha", "a", "b"}[i], got, want, 1e-4)
	}
	for i, want := range []float64{.01256, .37822, .18573, .70538} {
		near(t, "standard error", fit.Errors[i], want, 5e-5)
	}
	near(t, "log-likelihood", fit.LL, -9582.42921, 1e-4)
	near(t, "NBD log-likelihood", fit.NBDLL, -9763.65761, 1e-4)
	if fit.AtBound || fit.DropoutShown() < 300 {
		t.Errorf("at bound %v, dropout %v", fit.AtBound, fit.DropoutShown())
	}
}

func TestBGNBDOnTheCDNOWCohort(t *testing.T) {
	buyers := cdnow(t, "CDNOW_master.txt")
	c := counts(buyers)
	if total := Sum(c); total.Customers != 23570 || len(c) != 8685 {
		t.Fatalf("totals %+v, %d patterns", total, len(c))
	}
	fit, err := FitBGNBD(c)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "r", fit.R, .251624, 1e-4)
	near(t, "alpha", fit.Alpha, 4.7889431, 1e-3)
	near(t, "a", fit.A, .7234334, 1e-4)
	near(t, "b", fit.B, 2.1610878, 1e-3)
	near(t, "log-likelihood", fit.LL, -95368.44393, 1e-4)
}

// Holdout accuracy over weeks 40 to 78.
func TestBGNBDForecastsTheCDNOWHoldout(t *testing.T) {
	buyers := cdnow(t, "CDNOW_sample.txt")
	fit, err := FitBGNBD(counts(buyers))
	if err != nil {
		t.Fatal(err)
	}
	var absolute, squared, sum, actual float64
	var alive float64
	for _, b := range buyers {
		e := fit.Expected(b.pattern(), 39)
		d := e - float64(b.later)
		absolute += math.Abs(d)
		squared += d * d
		sum += e
		actual += float64(b.later)
		alive += fit.PAlive(b.pattern())
	}
	n := float64(len(buyers))
	near(t, "holdout orders", actual, 1882, 0)
	near(t, "MAE", absolute/n, .7855, 5e-5)
	near(t, "RMSE", math.Sqrt(squared/n), 1.6080, 5e-5)
	near(t, "sum of forecasts", sum, 1653.4, .05)
	near(t, "mean P(alive)", alive/n, .813, 5e-4)
}

func TestGammaGammaOnCDNOWIsThePublishedFit(t *testing.T) {
	var spends []Spend
	buyers := cdnow(t, "CDNOW_sample.txt")
	for _, b := range buyers {
		if len(b.days) > 1 {
			spends = append(spends, b.spent())
		}
	}
	fit, err := FitGammaGamma(spends)
	if err != nil {
		t.Fatal(err)
	}
	if fit.Customers != 946 {
		t.Errorf("%d customers", fit.Customers)
	}
	near(t, "mean spend", fit.SampleMean, 35.0786, 1e-3)
	near(t, "p", fit.P, 6.25, 1e-2)
	near(t, "q", fit.Q, 3.74, 1e-2)
	near(t, "gamma", fit.Gamma, 15.44, 2e-2)
	near(t, "log-likelihood", fit.LL, -4055.92, 1e-2)
	near(t, "correlation", fit.Correlation, .114, 1e-3)
	near(t, "population mean", fit.Population(), 35.17, 1e-2)
	for i, want := range []float64{24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17} {
		s := Spend{}
		if len(buyers[i].days) > 1 {
			s = buyers[i].spent()
		}
		near(t, "expected spend", fit.Expected(s.X, s.Mean), want, 2e-2)
	}
	near(t, "E(M | 40, 2)", GammaGamma{6.25, 3.74, 15.44}.Expected(2, 40), 39.14042, 2e-2)
}
