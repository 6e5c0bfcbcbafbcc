package learn

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/zeebo/xxh3"
)

// Names of the models.
const (
	ModelLogistic = "logistic"
	ModelBoosting = "boosting"
	ModelBlend    = "blend" // the mean of the log-odds of both
)

// ErrNotEnoughData tells that no model can be carried.
var ErrNotEnoughData = errors.New("not enough data")

// MinOfClass is the least number of rows of each label that a model is trained on: with fewer,
// a held-out fifth says nothing.
const MinOfClass = 20

// Folds is the number of parts that are held out in turn.
const Folds = 5

// heldShare: on more rows than this only one fold is held out to choose by.
const largeSet = 100_000

// Classifier gives calibrated probabilities with reasons.
type Classifier struct {
	Chosen      string              `json:"chosen"`
	Reason      string              `json:"reason"`
	Logistic    *Logistic           `json:"logistic"`
	Boosting    *Boosting           `json:"boosting"`
	Calibration Calibrator          `json:"calibration"`
	Held        map[string]Measures `json:"held"` // of each model on rows that were held out
	Curve       []CalibrationBin    `json:"curve"`
	Rows        int                 `json:"rows"`
}

// DealFolds deals rows out to folds: the rank of hash(seed, id) among the rows with the same
// label, modulo folds. It depends neither on the order of rows nor on anything else of them.
func DealFolds(y []bool, ids []string, seed uint64, folds int) []int {
	order := make([]int, len(y))
	hash := make([]uint64, len(y))
	for i := range order {
		order[i], hash[i] = i, xxh3.HashStringSeed(ids[i], seed)
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(hash[a], hash[b]), cmp.Compare(ids[a], ids[b]), cmp.Compare(a, b))
	})
	out := make([]int, len(y))
	var rank [2]int
	for _, row := range order {
		class := int(indicator(y[row]))
		out[row] = rank[class] % folds
		rank[class]++
	}
	return out
}

// Train trains logistic regression and boosting, chooses between them and their blend by the
// log-loss of held-out rows, and calibrates the choice on these. ids name the rows; they decide
// which are held out together. ErrNotEnoughData wraps what is missing.
func Train(t Table, y []bool, ids []string, seed uint64) (*Classifier, error) {
	yes := 0
	for _, v := range y {
		if v {
			yes++
		}
	}
	if few := min(yes, len(y)-yes); few < MinOfClass {
		return nil, fmt.Errorf("%w: %d rows of one label, %d of the other; %d of each are needed", ErrNotEnoughData, yes, len(y)-yes, MinOfClass)
	}
	if len(Features(t)) == 0 {
		return nil, fmt.Errorf("%w: no column has two values that tell rows apart", ErrNotEnoughData)
	}
	dealt := DealFolds(y, ids, seed, Folds)
	held := make(BoostFolds, Folds)
	for row, fold := range dealt {
		held[fold] = append(held[fold], row)
	}
	if len(y) > largeSet {
		held = held[:1]
	}
	c := &Classifier{Rows: len(y), Held: map[string]Measures{}}
	var boosted []float64
	var err error
	if c.Boosting, boosted, err = FitBoosting(t, y, DefaultBoost, held); err != nil {
		return nil, err
	}
	if c.Logistic, err = FitLogistic(t, y); err != nil {
		return nil, err
	}
	logistic, err := heldLogistic(t, y, held)
	if err != nil {
		return nil, err
	}
	c.choose(y, held, logistic, boosted)
	return c, nil
}

// heldLogistic gives the log-odds of held-out rows.
func heldLogistic(t Table, y []bool, held BoostFolds) ([]float64, error) {
	out := make([]float64, len(y))
	for _, rows := range held {
		in := make([]bool, len(y))
		for _, r := range rows {
			in[r] = true
		}
		var train []int
		var labels []bool
		for r := range y {
			if !in[r] {
				train, labels = append(train, r), append(labels, y[r])
			}
		}
		m, err := FitLogistic(t.Take(train), labels)
		if err != nil {
			return nil, err
		}
		scores, err := m.Scores(t.Take(rows))
		if err != nil {
			return nil, err
		}
		for i, r := range rows {
			out[r] = scores[i]
		}
	}
	return out, nil
}

// choose takes the model with the least log-loss of held-out rows and calibrates it on them.
func (c *Classifier) choose(y []bool, held BoostFolds, logistic, boosted []float64) {
	var rows []int
	for _, fold := range held {
		rows = append(rows, fold...)
	}
	slices.Sort(rows)
	labels := make([]bool, len(rows))
	scores := map[string][]float64{}
	for i, r := range rows {
		labels[i] = y[r]
		scores[ModelLogistic] = append(scores[ModelLogistic], logistic[r])
		scores[ModelBoosting] = append(scores[ModelBoosting], boosted[r])
		scores[ModelBlend] = append(scores[ModelBlend], (logistic[r]+boosted[r])/2)
	}
	best := math.Inf(1)
	for _, name := range []string{ModelLogistic, ModelBoosting, ModelBlend} {
		c.Held[name] = Judge(OfLogOdds(scores[name]), labels)
		if loss := c.Held[name].LogLoss; loss < best {
			best, c.Chosen = loss, name
		}
	}
	c.Calibration = Calibrate(scores[c.Chosen], labels)
	p := make([]float64, len(rows))
	for i, s := range scores[c.Chosen] {
		p[i] = c.Calibration.Probability(s)
	}
	c.Curve = Calibration(p, labels, eceBins)
	c.Reason = fmt.Sprintf("least log-loss on %d held-out rows: logistic %.4f, boosting %.4f, blend %.4f; calibration %s",
		len(rows), c.Held[ModelLogistic].LogLoss, c.Held[ModelBoosting].LogLoss, c.Held[ModelBlend].LogLoss, c.Calibration.Kind)
}

// weights of logistic regression and boosting in the chosen model.
func (c *Classifier) weights() (logistic, boosting float64) {
	switch c.Chosen {
	case ModelLogistic:
		return 1, 0
	case ModelBoosting:
		return 0, 1
	}
	return .5, .5
}

// Combine is the calibrated probability of a row of which both models have given log-odds.
func (c *Classifier) Combine(logistic, boosted float64) float64 {
	l, b := c.weights()
	return c.Calibration.Probability(l*logistic + b*boosted)
}

// Scores are the log-odds of rows before calibration.
func (c *Classifier) Scores(t Table) ([]float64, error) {
	out := make([]float64, t.Rows())
	l, b := c.weights()
	add := func(weight float64, scores []float64, err error) error {
		for i, s := range scores {
			out[i] += weight * s
		}
		return err
	}
	if l > 0 {
		scores, err := c.Logistic.Scores(t)
		if err := add(l, scores, err); err != nil {
			return nil, err
		}
	}
	if b > 0 {
		scores, err := c.Boosting.Scores(t)
		if err := add(b, scores, err); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Probabilities are the calibrated probabilities of rows.
func (c *Classifier) Probabilities(t Table) ([]float64, error) {
	out, err := c.Scores(t)
	for i, s := range out {
		out[i] = c.Calibration.Probability(s)
	}
	return out, err
}

// Part is what a feature does to the log-odds of a row.
type Part struct {
	Feature string
	Effect  float64 // log-odds beyond the mean row; positive raises the probability
}

// Reasons lists what each feature does to a row's log-odds before calibration, the largest
// effect first. The effects and the mean of the training rows add up to the score.
func (c *Classifier) Reasons(t Table, row int) ([]Part, error) {
	effect := map[string]float64{}
	l, b := c.weights()
	if l > 0 {
		parts, err := c.Logistic.Reasons(t, row)
		if err != nil {
			return nil, err
		}
		for i, v := range parts {
			effect[c.Logistic.Features[i].Name] += l * v
		}
	}
	if b > 0 {
		parts, err := c.Boosting.Reasons(t, row)
		if err != nil {
			return nil, err
		}
		for i, v := range parts {
			effect[c.Boosting.Features[i].Name] += b * v
		}
	}
	var out []Part
	for name, v := range effect {
		out = append(out, Part{name, v})
	}
	slices.SortFunc(out, func(a, b Part) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Effect), math.Abs(a.Effect)), cmp.Compare(a.Feature, b.Feature))
	})
	return out, nil
}

// Importance is by how much the log-loss rises when a column's values are dealt out to other
// rows (Breiman 2001; Fisher, Rudin, Dominici 2019): what the model owes to it. Values move by a
// fixed permutation, so that equal input gives equal output.
func (c *Classifier) Importance(t Table, y []bool) ([]Part, error) {
	p, err := c.Probabilities(t)
	if err != nil {
		return nil, err
	}
	base := Judge(p, y).LogLoss
	rows := make([]int, len(y))
	for i := range rows {
		rows[i] = i
	}
	slices.SortFunc(rows, func(a, b int) int {
		return cmp.Or(cmp.Compare(mix(uint64(a)), mix(uint64(b))), cmp.Compare(a, b))
	})
	var out []Part
	for i := range t {
		shuffled := slices.Clone(t)
		shuffled[i] = t[i : i+1].Take(rows)[0]
		p, err := c.Probabilities(shuffled)
		if err != nil {
			return nil, err
		}
		out = append(out, Part{t[i].Name, Judge(p, y).LogLoss - base})
	}
	slices.SortFunc(out, func(a, b Part) int { return cmp.Or(cmp.Compare(b.Effect, a.Effect), cmp.Compare(a.Feature, b.Feature)) })
	return out, nil
}

// mix scrambles a number (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
