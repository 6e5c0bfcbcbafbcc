package clv

import "testing"

// published are the 2005 paper's parameters.
var published = BGNBD{.2425945, 4.4136019, .7929199, 2.4258881}

func publishedFit() *OrderFit {
	return &OrderFit{Model: ModelBGNBD, Parameters: Parameters{R: published.R, Alpha: published.Alpha, A: published.A, B: published.B}}
}

// scaled changes the unit of time: the model is the same when alpha and all times are
// multiplied by one factor.
func scaled(p BGNBD, by float64) BGNBD { return BGNBD{p.R, p.Alpha * by, p.A, p.B} }

func TestBGNBDExpectationsOfANewCustomer(t *testing.T) {
	for weeks, want := range map[float64]float64{.1429: .0078, 1: .0532, 3: .1506, 31.8571: 1.0405, 32: 1.0437, 78: 1.8576} {
		near(t, "E[X(t)]", published.ExpectedNew(weeks), want, 6e-5+2e-4*want)
	}
	near(t, "E[X(52)]", BGNBD{.2425982, 4.4136842, .7929899, 2.4261667}.ExpectedNew(52), 1.444004, 2e-4)
}

func TestBGNBDCountsOfANewCustomer(t *testing.T) {
	p := BGNBD{.243, 4.414, .793, 2.426}
	near(t, "P(X(39)=0)", p.PCountNew(0, 39), .5737864, 2e-7)
	near(t, "P(X(2)=10)", p.PCountNew(10, 2), 1.07869e-07, 1e-11)
	for i, want := range []float64{.0019995214, .0015170236, .001163315, .0009003148, .0007023638, .0005517902, .0004361913, .0003467171, .0002769613, .000222226} {
		near(t, "P(X(30)=n)", p.PCountNew(11+i, 30), want, 1e-9)
	}
}

// Times of the literature are in hundredths of a week; a hundredth is our day here.
func TestBGNBDConditionalForecasts(t *testing.T) {
	p := scaled(BGNBD{.243, 4.414, .793, 2.426}, 100.0/7)
	c := Pattern{X: 2, Last: 3043, Age: 3886}
	near(t, "CE39(2, 30.43, 38.86)", p.Expected(c, 39*100.0/7), 1.22602817, 1e-6)
	near(t, "P(alive)", p.PAlive(c), .7265786, 1e-6)
	own := scaled(published, 100.0/7)
	near(t, "P(no order in 39 weeks)", own.PNoOrder(c, 39*100.0/7), .4453926, 1e-6)
}

func TestBGNBDWalkthrough(t *testing.T) {
	p := BGNBD{.2425982, 4.4136842, .7929899, 2.4261667}
	c := Pattern{X: 26, Last: 216, Age: 217} // 30.857 and 31 weeks
	near(t, "CE52 of customer 1516", p.Expected(c, 52), 25.75659, 2e-3)
	near(t, "P(alive) of customer 1516", p.PAlive(c), .9688523, 1e-5)
	for i, want := range []float64{.3474606, .04283391, .004158973, .0003583685} {
		c := Pattern{X: int32(10 + 5*i), Last: 20 * 7, Age: 39 * 7}
		near(t, "CE52 of the increasing-frequency paradox", p.Expected(c, 52), want, want*3e-4)
	}
}
