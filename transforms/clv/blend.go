package clv

import (
	"fmt"
	"math"
)

// Ground is what forecasts stand on at one cut: the order model that was chosen, NBD beside
// it, and the spend model.
type Ground struct {
	Orders *OrderFit
	NBD    *OrderFit
	Money  *Model // its spend part alone

	orders, nbd OrderModel
}

// NewGround prepares the models for answers.
func NewGround(orders, nbd *OrderFit, money *Model) *Ground {
	return &Ground{Orders: orders, NBD: nbd, Money: money, orders: orders.Answers(), nbd: nbd.Answers()}
}

// Expect is the expected number of orders in the next weeks, and what they bring, by the
// models alone.
func (g *Ground) Expect(s Seen, weeks float64) (orders, money float64) {
	orders = g.orders.PAlive(s.Pattern) * g.orders.ExpectedAlive(s.Pattern, weeks)
	return orders, orders * g.Money.ExpectedSpend(s.Spend.X, s.Mean)
}

// featureNames are what the blend looks at beside the models' own expectation, in logs: all of
// it from before the cut.
var featureNames = []string{
	"nbd_rate",        // orders a week if nobody ever left
	"dropout",         // the chosen model's expectation over that of NBD
	"orders",          // 1 + repeat order days
	"age",             // 1 + weeks since the first order
	"silence",         // 1 + weeks since the last order
	"silence_by_gap",  // silence over the mean time between orders
	"spend_per_order", // money to date per order day
	"past_spend",      // money to date
	"expected_spend",  // by the spend model
	"no_repeat",       // 1 without a repeat order
}

// leastOrders keeps logs of expectations finite.
const leastOrders = 1e-6

// features of a customer; expected is the chosen model's number of orders in the weeks.
func (g *Ground) features(s Seen, expected, weeks float64, out []float64) []float64 {
	x, age, silence := float64(s.Pattern.X), Weeks(s.Age), Weeks(s.Age-s.Last)
	nbd := math.Max(g.nbd.ExpectedAlive(s.Pattern, weeks), leastOrders)
	least := g.Money.ExpectedSpend(0, 0)/10 + 1e-9 // so that a free order is no abyss
	past := math.Max(s.Past, 0)
	alone := 0.0
	if s.Pattern.X == 0 {
		alone = 1
	}
	return append(out[:0],
		math.Log(nbd/weeks),
		math.Log(math.Max(expected, leastOrders)/nbd),
		math.Log1p(x),
		math.Log1p(age),
		math.Log1p(silence),
		math.Log((silence+1)/(age/(x+1)+1)),
		math.Log(past/(x+1)+least),
		math.Log(past+least),
		math.Log(g.Money.ExpectedSpend(s.Spend.X, s.Mean)+least),
		alone,
	)
}

// Blend corrects the expectations of the order and spend models by what the same models missed
// at earlier cuts: log-linear in features of cadence and spend, and held near no correction by
// as much as cross-validation over the cuts asks for.
type Blend struct {
	Weeks   float64    `json:"weeks"` // horizon that it learned on
	Cuts    int        `json:"cuts"`
	Rows    int        `json:"rows"`
	Mean    []float64  `json:"mean"` // of the features, to standardise them
	Scale   []float64  `json:"scale"`
	Orders  *glm       `json:"orders,omitempty"` // nil: the models alone were better
	Money   *glm       `json:"money,omitempty"`
	Penalty [2]float64 `json:"penalty"` // chosen for orders and money; 0 where there is no correction
}

// clip bounds standardised features: beyond it a customer is out of sight of what was learned.
const clip = 6.0

// Penalties that are tried, the strongest first; the first is no correction at all. Weaker ones
// would trust a few earlier dates more than they deserve; orders are better known by the model
// than what they bring.
var (
	orderPenalties = []float64{math.Inf(1), 3, 1}
	moneyPenalties = []float64{math.Inf(1), 3, 1, 0.3}
)

// What a blend needs to learn from.
const (
	maxCuts      = 4
	minBlendDays = 28  // of the learning horizon
	minBlendRows = 400 // customers over all cuts
)

// pastCuts are the days at which the blend looks back from a cut, the latest first, and the
// days that it looks ahead from each: a third of what is known at most, so that at the earliest
// two thirds of the horizon have been seen.
func pastCuts(first, cut, horizon int32) (days int32, cuts []int32) {
	days = min(horizon, (cut-first+1)/3)
	if days < minBlendDays {
		return days, nil
	}
	for k := int32(1); k <= maxCuts; k++ {
		at := cut - k*days
		if at-first < 2*days/3 {
			break
		}
		cuts = append(cuts, at)
	}
	return days, cuts
}

// FitBlend learns from what came true after earlier cuts, up to the cut. It refuses, with
// ErrRefused and the reason, a history that is too short.
func FitBlend(b Book, model string, cut, horizon int32) (*Blend, error) {
	first, _, ok := b.Span(cut)
	if !ok {
		return nil, fmt.Errorf("%w: no orders", ErrRefused)
	}
	days, cuts := pastCuts(first, cut, horizon)
	if len(cuts) < 2 {
		return nil, fmt.Errorf("%w: %d days of orders are too short for a correction that is checked at several earlier dates", ErrRefused, cut-first+1)
	}
	out := &Blend{Weeks: Weeks(days)}
	var orders, money []*observations // by cut
	for _, at := range cuts {
		sight := b.At(at)
		counts := sight.Counts()
		nbd, err := FitOrders(ModelNBD, counts, sight.Gaps)
		if err != nil {
			continue
		}
		chosen, err := FitOrders(model, counts, sight.Gaps)
		if err != nil {
			chosen = nbd
		}
		spend := &Model{}
		spend.fitSpend(sight.Spends())
		o, m := NewGround(&chosen, &nbd, spend).learn(b, sight, days)
		orders, money = append(orders, o), append(money, m)
		out.Cuts++
		out.Rows += len(o.y)
	}
	if out.Cuts < 2 || out.Rows < minBlendRows {
		return nil, fmt.Errorf("%w: %d customers at %d earlier dates are too few for a correction", ErrRefused, out.Rows, out.Cuts)
	}
	out.standardise(orders, money)
	out.Orders, out.Penalty[0] = crossValidate(orders, poisson, orderPenalties, true)
	out.Money, out.Penalty[1] = crossValidate(money, tweedie, moneyPenalties, false)
	if out.Orders == nil && out.Money == nil {
		return nil, fmt.Errorf("%w: at %d earlier dates the model alone was as good as any correction", ErrRefused, out.Cuts)
	}
	return out, nil
}

// learn gathers what came true in the days after a sight.
func (g *Ground) learn(b Book, sight *Sight, days int32) (orders, money *observations) {
	weeks := Weeks(days)
	unit := math.Max(g.Money.ExpectedSpend(0, 0), 1e-9) // so that the loss does not depend on the currency
	n, m := b.Outcome(sight, sight.Cut+days)
	orders, money = &observations{}, &observations{}
	for i := range sight.Seen {
		e, v := g.Expect(sight.Seen[i], weeks)
		z := g.features(sight.Seen[i], e, weeks, nil)
		orders.add(n[i], math.Log(math.Max(e, leastOrders)), z)
		money.add(math.Max(m[i], 0)/unit, math.Log(math.Max(v/unit, leastOrders)), z)
	}
	return orders, money
}

func (o *observations) add(y, offset float64, z []float64) {
	o.y, o.offset, o.z = append(o.y, y), append(o.offset, offset), append(o.z, z)
}

// standardise centres and scales the features of all cuts.
func (b *Blend) standardise(orders, money []*observations) {
	k := len(featureNames)
	b.Mean, b.Scale = make([]float64, k), make([]float64, k)
	n := float64(b.Rows)
	for _, o := range orders {
		for _, z := range o.z {
			for j, v := range z {
				b.Mean[j] += v / n
			}
		}
	}
	for _, o := range orders {
		for _, z := range o.z {
			for j, v := range z {
				b.Scale[j] += (v - b.Mean[j]) * (v - b.Mean[j]) / n
			}
		}
	}
	for j := range b.Scale {
		b.Scale[j] = math.Sqrt(b.Scale[j])
		if !(b.Scale[j] > 1e-9) {
			b.Scale[j] = 1
		}
	}
	for i, o := range orders {
		for _, z := range o.z {
			b.scale(z)
		}
		money[i].z = o.z // the same rows
	}
}

func (b *Blend) scale(z []float64) {
	for j := range z {
		z[j] = math.Min(math.Max((z[j]-b.Mean[j])/b.Scale[j], -clip), clip)
	}
}

// crossValidate learns at all cuts but one and looks at that one, for each penalty; it takes
// the strongest penalty whose loss is within one standard error of the least, and learns with
// it from all. nil: no correction.
func crossValidate(byCut []*observations, f loss, penalties []float64, counts bool) (*glm, float64) {
	losses := make([][]float64, len(penalties)) // by row
	all := join(byCut, -1)
	deviance, absolute := unitLosses(all.y)
	for p, penalty := range penalties {
		for left, test := range byCut {
			g := glm{Weights: make([]float64, len(featureNames))}
			if !math.IsInf(penalty, 1) {
				g = fitGLM(join(byCut, left), f, penalty)
			}
			for i, y := range test.y {
				eta := g.eta(test.offset[i], test.z[i])
				if counts {
					e := math.Exp(eta)
					losses[p] = append(losses[p], poissonDeviance(e, y)/deviance+math.Abs(e-y)/absolute)
					continue
				}
				v, _, _ := f(eta, y)
				losses[p] = append(losses[p], v)
			}
		}
	}
	best := 0
	for p := range losses {
		if mean(losses[p]) < mean(losses[best]) {
			best = p
		}
	}
	for p := range best {
		if difference, stdErr := paired(losses[p], losses[best]); difference <= stdErr {
			best = p
			break
		}
	}
	if math.IsInf(penalties[best], 1) {
		return nil, 0
	}
	g := fitGLM(all, f, penalties[best])
	return &g, penalties[best]
}

func mean(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x / float64(len(v))
	}
	return sum
}

// paired is the mean of a - b, and its standard error.
func paired(a, b []float64) (difference, stdErr float64) {
	n := float64(len(a))
	for i := range a {
		difference += (a[i] - b[i]) / n
	}
	var square float64
	for i := range a {
		d := a[i] - b[i] - difference
		square += d * d
	}
	return difference, math.Sqrt(square/math.Max(n-1, 1)) / math.Sqrt(n)
}

// join puts the rows of all cuts but one together.
func join(byCut []*observations, without int) *observations {
	out := &observations{}
	for i, o := range byCut {
		if i != without {
			out.y, out.offset, out.z = append(out.y, o.y...), append(out.offset, o.offset...), append(out.z, o.z...)
		}
	}
	return out
}

// maxCorrection bounds what a blend may do to a model's expectation, as a factor.
const maxCorrection = 20.0

// Factors are what a customer's expected orders and money are multiplied by; expected is the
// chosen model's number of orders in the weeks that the blend learned on. A nil blend corrects
// nothing.
func (b *Blend) Factors(g *Ground, s Seen, expected float64) (orders, money float64) {
	if b == nil {
		return 1, 1
	}
	var room [16]float64
	z := g.features(s, expected, b.Weeks, room[:0])
	b.scale(z)
	factor := func(m *glm) float64 {
		if m == nil {
			return 1
		}
		return math.Min(math.Max(math.Exp(m.eta(0, z)), 1/maxCorrection), maxCorrection)
	}
	return factor(b.Orders), factor(b.Money)
}

// Forecast is the expected number of orders in the next weeks and what they bring.
func (b *Blend) Forecast(g *Ground, s Seen, weeks float64) (orders, money float64) {
	orders, money = g.Expect(s, weeks)
	if b == nil {
		return orders, money
	}
	expected, _ := g.Expect(s, b.Weeks)
	o, m := b.Factors(g, s, expected)
	return orders * o, money * m
}
