package learn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/internal/thorough"
)

// random makes a table with numbers (some missing) and texts, and labels that depend on them.
func random(rows int, seed uint64) (t Table, y []bool, ids []string) {
	r := rand.New(rand.NewPCG(seed, 1))
	a, b, c := Column{Name: "a"}, Column{Name: "b"}, Column{Name: "colour"}
	colours := []string{"red", "green", "blue", ""}
	for i := range rows {
		x, z, k := r.NormFloat64(), math.Floor(r.Float64()*6), r.IntN(4)
		odds := x + .5*x*z - float64(k)
		if r.Float64() < .1 {
			z = math.NaN()
		}
		a.Number, b.Number, c.Text = append(a.Number, x), append(b.Number, z), append(c.Text, colours[k])
		y, ids = append(y, r.Float64() < sigmoid(odds)), append(ids, fmt.Sprint("id", i))
	}
	return Table{a, b, c}, y, ids
}

// The measures against their definitions, pair by pair and threshold by threshold.
func TestMeasuresAgreeWithTheirDefinitions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "rows")
		p, y := make([]float64, n), make([]bool, n)
		for i := range p {
			p[i], y[i] = float64(rapid.IntRange(0, 8).Draw(t, "p"))/8, rapid.Bool().Draw(t, "y")
		}
		got := Judge(p, y)
		var pairs, wins, yes, ap, brier float64
		for i := range p {
			brier += (p[i] - indicator(y[i])) * (p[i] - indicator(y[i])) / float64(n)
			yes += indicator(y[i])
			for j := range p {
				if y[i] && !y[j] {
					pairs++
					wins += indicator(p[i] > p[j]) + indicator(p[i] == p[j])/2
				}
			}
		}
		recall := 0.0
		for _, cut := range []float64{1, .875, .75, .625, .5, .375, .25, .125, 0} {
			var hits, all float64
			for i := range p {
				if p[i] >= cut {
					all++
					hits += indicator(y[i])
				}
			}
			if all > 0 && yes > 0 {
				ap += (hits/yes - recall) * hits / all
				recall = hits / yes
			}
		}
		if pairs > 0 && math.Abs(got.AUC-wins/pairs) > 1e-12 || pairs == 0 && !math.IsNaN(got.AUC) {
			t.Fatalf("AUC %v, want %v of %v", got.AUC, wins, pairs)
		}
		if yes > 0 && math.Abs(got.AveragePrecision-ap) > 1e-12 || math.Abs(got.Brier-brier) > 1e-12 || got.ECE < 0 || got.ECE > 1 {
			t.Fatalf("%+v, want average precision %v, Brier %v", got, ap, brier)
		}
	})
}

// At the optimum the gradient of the penalised loss is zero.
func TestLogisticRegressionStandsAtTheOptimum(t *testing.T) {
	table, y, _ := random(400, 3)
	m, err := FitLogistic(table, y)
	if err != nil {
		t.Fatal(err)
	}
	scores, err := m.Scores(table)
	if err != nil {
		t.Fatal(err)
	}
	x, err := matrix(m.Features, table)
	if err != nil {
		t.Fatal(err)
	}
	bias := 0.0
	for row, s := range scores {
		bias += sigmoid(s) - indicator(y[row])
	}
	if math.Abs(bias) > 1e-5 {
		t.Errorf("gradient of the bias %v", bias)
	}
	for _, term := range m.Terms {
		g := term.Weight / LogisticC
		for row, s := range scores {
			g += (sigmoid(s) - indicator(y[row])) * term.value(x[term.Feature][row])
		}
		if math.Abs(g) > 1e-5 { // the loss is about 200 and stops falling by less than 1e-10 of it
			t.Errorf("gradient of %+v is %v", term, g)
		}
	}
}

// Shapley values by their definition: the mean over all orders of what knowing a feature
// changes, a feature that is not known being averaged by the covers of the tree.
func TestReasonsOfTreesAreShapleyValues(t *testing.T) {
	table, y, _ := random(500, 5)
	settings := DefaultBoost
	settings.Rounds = 8
	m, _, err := FitBoosting(table, y, settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	scores, err := m.Scores(table)
	if err != nil {
		t.Fatal(err)
	}
	x, err := matrix(m.Features, table)
	if err != nil {
		t.Fatal(err)
	}
	for row := range 25 {
		got, err := m.Reasons(table, row)
		if err != nil {
			t.Fatal(err)
		}
		value := func(known uint) float64 { // expected score with some features known
			total := m.Bias
			for _, tree := range m.Trees {
				var walk func(node int) float64
				walk = func(node int) float64 {
					n := &tree[node]
					switch {
					case n.Feature < 0:
						return n.Value
					case known>>n.Feature&1 == 0:
						return (walk(n.Left)*tree[n.Left].Cover + walk(n.Right)*tree[n.Right].Cover) / n.Cover
					case n.left(m.Features, x[n.Feature][row]):
						return walk(n.Left)
					}
					return walk(n.Right)
				}
				total += walk(0)
			}
			return total
		}
		k := len(m.Features)
		factorial := []float64{1, 1, 2, 6, 24}
		sum := m.Base()
		for f := range k {
			want := 0.0
			for known := uint(0); known < 1<<k; known++ {
				if known>>f&1 == 0 {
					s := bits.OnesCount(known)
					want += factorial[s] * factorial[k-s-1] / factorial[k] * (value(known|1<<f) - value(known))
				}
			}
			if math.Abs(got[f]-want) > 1e-9 {
				t.Fatalf("row %d, feature %s: %v, want %v", row, m.Features[f].Name, got[f], want)
			}
			sum += got[f]
		}
		if math.Abs(sum-scores[row]) > 1e-9 {
			t.Fatalf("row %d: parts add up to %v, the score is %v", row, sum, scores[row])
		}
	}
}

// A feature that may only rise raises the probability, whatever chance the labels hold.
func TestARisingFeatureRaisesTheProbability(t *testing.T) {
	for _, rising := range []int{1, -1} {
		table, y, _ := random(800, 11)
		table[0].Rising = rising
		m, _, err := FitBoosting(table, y, BoostSettings{Rate: .2, Leaves: 8, MinRows: 5, Lambda: 1, Rounds: 60, Bins: 64}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for row := range 40 {
			probe := table.Take(slices.Repeat([]int{row}, 50))
			for i := range probe[0].Number {
				probe[0].Number[i] = -2 + 4*float64(i)/49
			}
			scores, err := m.Scores(probe)
			if err != nil {
				t.Fatal(err)
			}
			for i := 1; i < len(scores); i++ {
				if float64(rising)*(scores[i]-scores[i-1]) < -1e-12 {
					t.Fatalf("row %d: falls from %v to %v", row, scores[i-1], scores[i])
				}
			}
		}
	}
}

// Trees see what a linear model cannot, and a missing value is a value.
func TestBoostingFindsInteractionsAndMissingValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var a, b Column
	var y []bool
	for range 2000 {
		u, v := r.Float64()-.5, r.Float64()-.5
		label := u*v > 0
		if r.Float64() < .2 {
			v, label = math.NaN(), true
		}
		a.Number, b.Number, y = append(a.Number, u), append(b.Number, v), append(y, label)
	}
	a.Name, b.Name = "a", "b"
	table := Table{a, b}
	m, _, err := FitBoosting(table, y, BoostSettings{Rate: .1, Leaves: 8, MinRows: 10, Lambda: 1, Rounds: 100, Bins: 255}, nil)
	if err != nil {
		t.Fatal(err)
	}
	scores, err := m.Scores(table)
	if err != nil {
		t.Fatal(err)
	}
	if auc := Judge(scores, y).AUC; auc < .99 {
		t.Errorf("AUC %v", auc)
	}
}

// Equal input gives equal models on one core and on many, read back from a file or not.
func TestAModelIsTheSameOnAnyNumberOfCores(t *testing.T) {
	table, y, ids := random(600, 9)
	var first []byte
	for _, cores := range []int{1, 2, 8} {
		before := runtime.GOMAXPROCS(cores)
		c, err := Train(table, y, ids, 42)
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = text
		} else if !bytes.Equal(first, text) {
			t.Fatalf("%d cores give another model", cores)
		}
		var back Classifier
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		p, err := c.Probabilities(table)
		if err != nil {
			t.Fatal(err)
		}
		q, err := back.Probabilities(table)
		if err != nil || !slices.Equal(p, q) {
			t.Fatalf("a model that was read back gives other probabilities: %v", err)
		}
	}
}

// The order of rows changes neither who is held out nor, but for rounding, what comes out.
func TestFoldsDoNotDependOnTheOrderOfRows(t *testing.T) {
	_, y, ids := random(300, 4)
	folds := DealFolds(y, ids, 42, 5)
	byID := map[string]int{}
	for i, id := range ids {
		byID[id] = folds[i]
	}
	slices.Reverse(y)
	slices.Reverse(ids)
	for i, fold := range DealFolds(y, ids, 42, 5) {
		if byID[ids[i]] != fold {
			t.Fatalf("%s moved from fold %d to %d", ids[i], byID[ids[i]], fold)
		}
	}
}

// The calibrated curve rises, and stays within what the rows have shown.
func TestCalibratorsRise(t *testing.T) {
	thorough.Check(t, 20, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		scores, y := make([]float64, 300), make([]bool, 300)
		for i := range scores {
			scores[i] = math.Round(r.NormFloat64()*4) / 4
			y[i] = r.Float64() < sigmoid(2*scores[i]-1)
		}
		for _, kind := range []string{Uncalibrated, Platt, Isotonic} {
			c := calibrator(kind, scores, y)
			last := 0.0
			for s := -6.0; s <= 6; s += .01 {
				p := c.Probability(s)
				if math.IsNaN(p) || p < last-1e-12 || p > 1 {
					t.Fatalf("%s: %v at %v after %v", kind, p, s, last)
				}
				last = p
			}
		}
	})
}

// What cannot carry a model says so; what is odd gives probabilities all the same.
func TestOddTables(t *testing.T) {
	table, y, ids := random(400, 6)
	all := make([]bool, len(y))
	for _, labels := range [][]bool{all, make([]bool, len(y))} {
		if _, err := Train(table, labels, ids, 1); !errors.Is(err, ErrNotEnoughData) {
			t.Errorf("labels of one kind: %v", err)
		}
		for i := range all {
			all[i] = true
		}
	}
	constant := Table{{Name: "same", Number: make([]float64, len(y))}, {Name: "name", Text: ids}}
	if _, err := Train(constant, y, ids, 1); !errors.Is(err, ErrNotEnoughData) {
		t.Errorf("nothing but constants and names: %v", err)
	}
	odd := append(slices.Clone(table), constant...)
	huge := Column{Name: "huge", Number: make([]float64, len(y))}
	for i := range huge.Number {
		huge.Number[i] = 1e300 * float64(i%3)
	}
	c, err := Train(append(odd, huge), y, ids, 1)
	if err != nil {
		t.Fatal(err)
	}
	unseen := append(odd.Take([]int{0, 1}), huge.takeOne(2))
	unseen[2].Text = []string{"ultraviolet", ""}
	unseen[0].Number = []float64{math.NaN(), math.Inf(1)}
	p, err := c.Probabilities(unseen)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range p {
		if math.IsNaN(v) || v < 0 || v > 1 {
			t.Errorf("probabilities %v", p)
		}
	}
	if _, err := c.Probabilities(table[:1]); err == nil && c.Chosen != ModelLogistic {
		t.Error("a table without the columns of the model was taken")
	}
}

func (c *Column) takeOne(n int) Column {
	return Table{*c}.Take(make([]int, n))[0]
}

func BenchmarkBoosting(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	const rows, columns = 200_000, 40
	table := make(Table, columns)
	y := make([]bool, rows)
	odds := make([]float64, rows)
	for c := range table {
		table[c] = Column{Name: fmt.Sprint("x", c), Number: make([]float64, rows)}
		for i := range odds {
			v := r.NormFloat64()
			table[c].Number[i] = v
			odds[i] += v * v * float64(c%5-2) / 8
		}
	}
	for i := range y {
		y[i] = r.Float64() < sigmoid(odds[i])
	}
	for b.Loop() {
		settings := DefaultBoost
		settings.Rounds = 100
		if _, _, err := FitBoosting(table, y, settings, nil); err != nil {
			b.Fatal(err)
		}
	}
}
