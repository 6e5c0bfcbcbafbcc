package clv

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/tributary-cdp/tributary/internal/shareddata"
)

func relative(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s = %.10g, published %.10g (relative tolerance %.2g)", what, got, want, tolerance)
	}
}

// gapsOf sums the gaps between the buyers' order days.
func gapsOf(buyers []buyer) Gaps {
	var g Gaps
	for _, b := range buyers {
		for i := 1; i < len(b.days); i++ {
			g.Count++
			g.LogSum += math.Log(Weeks(b.days[i] - b.days[i-1]))
		}
	}
	return g
}

type publishedFitOf struct {
	model      string
	parameters []float64
	errors     []float64
	ll         float64
}

func checkFits(t *testing.T, file string, fits []publishedFitOf) {
	t.Helper()
	buyers := cdnow(t, file)
	for _, want := range fits {
		fit, err := FitOrders(want.model, counts(buyers), gapsOf(buyers))
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range fit.List()[:len(want.parameters)] {
			relative(t, want.model+" "+p.Name, p.Value, want.parameters[i], 1e-3)
			if want.errors != nil {
				relative(t, want.model+" standard error of "+p.Name, p.StdErr, want.errors[i], 1e-3)
			}
		}
		near(t, want.model+" log-likelihood", fit.LL, want.ll, 1e-3)
		if fit.AtBound || fit.DropoutShown() < NoDropout && want.model != ModelNBD {
			t.Errorf("%s at bound: %v, dropout %v", want.model, fit.AtBound, fit.DropoutShown())
		}
	}
}

func TestOrderModelsOnTheCDNOWSampleAreThePublishedFits(t *testing.T) {
	checkFits(t, "CDNOW_sample.txt", []publishedFitOf{
		{ModelNBD, []float64{.3847661, 12.0720232}, nil, -9763.65761},
		{ModelBGNBD, []float64{.2425945, 4.4136021, .792922, 2.4259069}, []float64{.01256, .37822, .18573, .70538}, -9582.42921},
		{ModelMBGNBD, []float64{.5248432, 6.1830861, .8913593, 1.6140018}, []float64{.08326, .69559, .15478, .53745}, -9582.13572},
		{ModelPareto, []float64{.5532771, 10.5776833, .6062398, 11.6687294}, []float64{.04763, .84271, .18727, 6.21067}, -9594.97618},
	})
}

func TestOrderModelsOnTheCDNOWCohort(t *testing.T) {
	checkFits(t, "CDNOW_master.txt", []publishedFitOf{
		{ModelBGNBD, []float64{.251624, 4.7889431, .7234334, 2.1610878}, nil, -95368.44393},
		{ModelMBGNBD, []float64{.6371397, 7.3102898, .8074742, 1.2283942}, nil, -95336.95832},
		{ModelPareto, []float64{.59742, 11.5856576, .5221856, 8.8277566}, nil, -95415.11862},
	})
}

// Weeks 40 to 78: MAE, RMSE, correlation, MSLE and sum of forecasts.
func TestOrderModelsForecastTheCDNOWHoldout(t *testing.T) {
	buyers := cdnow(t, "CDNOW_sample.txt")
	for _, want := range []struct {
		model                     string
		mae, rmse, r, msle, total float64
	}{
		{ModelBGNBD, .7855, 1.6080, .6256, .2343, 1653.4},
		{ModelMBGNBD, .7648, 1.6072, .6273, .2314, 1576.7},
		{ModelPareto, .7545, 1.6028, .6302, .2377, 1665.5},
		{ModelNBD, 1.0410, 1.8595, .5834, .3622, 2929.8},
	} {
		fit, err := FitOrders(want.model, counts(buyers), Gaps{})
		if err != nil {
			t.Fatal(err)
		}
		var mae, mse, msle, sum, actual, see, saa, sea float64
		n := float64(len(buyers))
		for _, b := range buyers {
			e, a := fit.Expected(b.pattern(), 39), float64(b.later)
			mae += math.Abs(e-a) / n
			mse += (e - a) * (e - a) / n
			d := math.Log1p(e) - math.Log1p(a)
			msle += d * d / n
			sum, actual = sum+e, actual+a
			see, saa, sea = see+e*e, saa+a*a, sea+e*a
		}
		r := (sea - sum*actual/n) / math.Sqrt((see-sum*sum/n)*(saa-actual*actual/n))
		near(t, want.model+" MAE", mae, want.mae, 6e-5)
		near(t, want.model+" RMSE", math.Sqrt(mse), want.rmse, 6e-5)
		near(t, want.model+" correlation", r, want.r, 6e-5)
		near(t, want.model+" MSLE", msle, want.msle, 6e-5)
		near(t, want.model+" sum", sum, want.total, .06)
	}
}

// Mean forecasts by calibration frequency 0 to 7 and more (BTYD walkthrough).
func TestForecastsByFrequencyAreThePublishedOnes(t *testing.T) {
	buyers := cdnow(t, "CDNOW_sample.txt")
	for model, want := range map[string][]float64{
		ModelPareto: {.138, .600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403},
		ModelBGNBD:  {.225, .523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157},
	} {
		fit, err := FitOrders(model, counts(buyers), Gaps{})
		if err != nil {
			t.Fatal(err)
		}
		var sum, customers [8]float64
		for _, b := range buyers {
			x := min(len(b.days)-1, 7)
			sum[x] += fit.Expected(b.pattern(), 39)
			customers[x]++
		}
		for x := range sum {
			near(t, model+" by frequency", sum[x]/customers[x], want[x], 1e-3)
		}
	}
}

func TestParetoNBDWalkthrough(t *testing.T) {
	p := ParetoNBD{.5533, 10.5776, .6062, 11.6562}
	btyd := ParetoNBD{0.55315, 10.57633, 0.60625, 11.67150}
	expected := func(p ParetoNBD, c Pattern, weeks float64) float64 { return p.PAlive(c) * p.ExpectedAlive(c, weeks) }
	relative(t, "E[X(52)]", p.ExpectedAlive(Pattern{}, 52), 1.473434, 1e-3)
	c := Pattern{X: 26, Last: 216, Age: 217}
	relative(t, "CE52 of customer 1516", expected(p, c, 52), 25.45647, 1e-3)
	near(t, "P(alive) of customer 1516", p.PAlive(c), .997874, 1e-5)
	for i, want := range []float64{.7062289, .1442396, .02250658, .00309267} {
		relative(t, "increasing-frequency paradox", expected(p, Pattern{X: int32(10 + 5*i), Last: 140, Age: 273}, 52), want, 2e-3)
	}
	for i, want := range []float64{0, .05077821, .09916088, .14542507, .18979930, .23247466, .27361274, .31335159, .35181024, .38909211} {
		// published without its parameters, which are near those of the fit
		relative(t, "E[X(t)]", btyd.ExpectedAlive(Pattern{}, float64(i)), want, 6e-3)
	}
	// times in hundredths of a week
	by := 100.0 / 7
	hundredths := ParetoNBD{btyd.R, btyd.Alpha * by, btyd.S, btyd.Beta * by}
	c = Pattern{X: 2, Last: 3043, Age: 3886}
	relative(t, "P(alive)", hundredths.PAlive(c), .8691676, 1e-4)
	relative(t, "CE39", expected(hundredths, c, 39*by), 1.455123, 1e-3)
}

// These four are NaN in a well-known package.
func TestParetoNBDIsFiniteWhereOthersAreNot(t *testing.T) {
	by := 1e5 / 7 // times are given in hundred-thousandths of a week
	p := ParetoNBD{.5143, 2.8845 * by, .2856, 14.1087 * by}
	for _, test := range []struct {
		c    Pattern
		want float64
	}{
		{Pattern{221, 103_42857, 103_57143}, .999596052318},
		{Pattern{254, 97_14286, 97_28571}, .999558226123},
		{Pattern{161, 94_71429, 98_00000}, .749487752258},
		{Pattern{204, 98_57143, 99_42857}, .994255079638},
	} {
		relative(t, "P(alive)", p.PAlive(test.c), test.want, 1e-9)
	}
	p = ParetoNBD{.55, 10.58, .61, 11.67}
	for x, want := range map[int32]float64{132: 6.20605179, 133: 6.25287225} {
		c := Pattern{x, 1400, 1400}
		relative(t, "CE10 near underflow", p.PAlive(c)*p.ExpectedAlive(c, 10), want, 1e-8)
	}
}

func TestParetoNBDDiscountedResidualTransactions(t *testing.T) {
	by := 100.0 / 7
	p := ParetoNBD{.5629966, 12.559037 * by, .4081095, 10.5148048 * by}
	rate := .0027 / by
	dert := func(c Pattern) float64 { return p.PAlive(c) * p.DiscountedAlive(c, rate) }
	relative(t, "DERT(7, 35)", dert(Pattern{7, 3500, 7786}), 1.8641833, 1e-3)
	for i, want := range []float64{2.199155, 2.843534, 2.867128, 2.445410, 1.840502, 1.262416, .809618, .494804, .292025, .167928} {
		relative(t, "DERT(x, 30)", dert(Pattern{int32(i + 1), 3000, 7786}), want, 1e-3)
	}
	// the road that all models share leads to the same
	c := Pattern{7, 3500, 7786}
	relative(t, "DERT by expectations", discountedOrders(p, c, rate), p.DiscountedAlive(c, rate), 1e-6)
}

func TestBGBBOnTheDonorsIsThePublishedFit(t *testing.T) {
	f, err := os.Open(shareddata.Shared(t, "value", "donations.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var patterns []Occasions
	for _, row := range rows[1:] {
		var v [4]int64
		for i, cell := range row {
			if v[i], err = strconv.ParseInt(cell, 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		patterns = append(patterns, Occasions{int32(v[0]), int32(v[1]), int32(v[2]), v[3]})
	}
	fit, err := FitBGBB(patterns)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1.2035224, .7497163, .6567182, 2.7834421} {
		relative(t, "parameter", []float64{fit.Alpha, fit.Beta, fit.Gamma, fit.Delta}[i], want, 1e-3)
	}
	near(t, "log-likelihood", fit.LL, -33225.58127, 1e-3)
	var total, none, all float64
	for _, o := range patterns {
		total += float64(o.Customers) * fit.Expected(o, 5)
		none += float64(o.Customers) * fit.PCountNew(0, 6)
		all += float64(o.Customers) * fit.PCountNew(6, 6)
	}
	relative(t, "orders at the next five occasions", total, 12884.2, 1e-3)
	relative(t, "customers with none", none, 3454.9, 1e-3)
	relative(t, "customers with all", all, 1253.1, 1e-3)
	for i, want := range []float64{.11, .59, .93} {
		o := []Occasions{{X: 0, N: 6}, {X: 2, Last: 4, N: 6}, {X: 6, Last: 6, N: 6}}[i]
		near(t, "P(alive)", fit.PAlive(o), want, 6e-3)
	}
	customers := float64(11104)
	for i, want := range []float64{5535.833, 4717.059, 4147.621, 3724.665, 3395.888, 3131.647, 2913.778, 2730.482, 2573.731, 2437.854, 2318.727} {
		year := customers * (fit.ExpectedNew(int32(i+1)) - fit.ExpectedNew(int32(i)))
		relative(t, "orders of a year", year, want, 1e-3)
	}
	vignette := BGBB{1.203507, .7497667, .6567568, 2.783887}
	relative(t, "E[10 years]", vignette.ExpectedNew(10), 3.179805, 1e-4)
	relative(t, "CE10 of (0, 0)", vignette.Expected(Occasions{N: 6}, 10), .1302169, 1e-3)
	relative(t, "CE10 of (4, 5)", vignette.Expected(Occasions{X: 4, Last: 5, N: 6}, 10), 3.627858, 1e-4)
	p := BGBB{1.2, .75, .66, 2.78}
	relative(t, "DERT(3, 4)", p.Discounted(Occasions{X: 3, Last: 4, N: 6}, .1), 1.6213792, 1e-4)
	for i, want := range []float64{1.802045, 2.621156, 3.440267, 4.259379, 5.078490, 5.897601} {
		relative(t, "DERT(x, 6)", p.Discounted(Occasions{X: int32(i + 1), Last: 6, N: 6}, .1), want, 1e-4)
	}
}

func TestContractModelsAreThePublishedFits(t *testing.T) {
	high := Cohort{1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394}
	regular := Cohort{1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173}
	for _, test := range []struct {
		name              string
		cohort            Cohort
		a, b, ll, yr12    float64
		ba, bb, bc, bl, y float64
	}{
		{"high end, 7 years", high[:8], .6680884, 3.8060953, -1611.158, 37.80, .21425, 1.42657, 1.72356, -1605.314, 40.39},
		{"regular, 7 years", regular[:8], .7040773, 1.182043, -1680.265, 17.00, .45561, .77933, 1.28345, -1679.603, 17.73},
		{"high end, 4 years", high[:5], 1.2809758, 7.7903804, -1225.135, 30.70, .25934, 1.72255, 1.58436, -1222.749, 38.89},
		{"regular, 4 years", regular[:5], .7636651, 1.2958302, -1401.559, 15.95, .52303, .89428, 1.19640, -1401.383, 17.14},
	} {
		s, err := FitSBG(test.cohort)
		if err != nil {
			t.Fatal(test.name, err)
		}
		relative(t, test.name+" sBG alpha", s.Alpha, test.a, 1e-3)
		relative(t, test.name+" sBG beta", s.Beta, test.b, 1e-3)
		near(t, test.name+" sBG log-likelihood", s.LL, test.ll, 1e-3)
		near(t, test.name+" sBG year 12", 100*SBG{s.Alpha, s.Beta}.Survival(12), test.yr12, 6e-3)
		w, err := FitBdW(test.cohort)
		if err != nil {
			t.Fatal(test.name, err)
		}
		relative(t, test.name+" BdW a", w.Alpha, test.ba, 1e-3)
		relative(t, test.name+" BdW b", w.Beta, test.bb, 1e-3)
		relative(t, test.name+" BdW c", w.C, test.bc, 1e-3)
		near(t, test.name+" BdW log-likelihood", w.LL, test.bl, 1e-3)
		near(t, test.name+" BdW year 12", 100*BdW{w.Alpha, w.Beta, w.C}.Survival(12), test.y, 6e-3)
	}
	s, w := SBG{1.281009, 7.790563}, BdW{.2593549, 1.7226948, 1.5842688}
	for i := range 6 {
		relative(t, "sBG projection", 100*s.Survival(float64(5+i)), []float64{53.44303, 48.57783, 44.44895, 40.90608, 37.83658, 35.15453}[i], 1e-4)
		relative(t, "BdW projection", 100*w.Survival(float64(5+i)), []float64{54.66194, 51.03776, 48.10526, 45.66963, 43.60444, 41.82391}[i], 1e-4)
	}
	relative(t, "retention", s.Retention(3), s.Survival(3)/s.Survival(2), 1e-12)
}

func BenchmarkFitOrders(b *testing.B) {
	buyers := cdnow(b, "CDNOW_sample.txt")
	c, g := counts(buyers), gapsOf(buyers)
	for _, model := range OrderModels {
		b.Run(model, func(b *testing.B) {
			for b.Loop() {
				fit, err := FitOrders(model, c, g)
				if err != nil {
					b.Fatal(err)
				}
				_ = fit
			}
		})
	}
}
