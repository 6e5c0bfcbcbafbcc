package churn

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/tributary-cdp/tributary/transforms/clv"
	"github.com/tributary-cdp/tributary/transforms/learn"
)

// Silence tells who places no order in the days after a cut, where no contract says who is a
// customer. It learns from an earlier cut of the same histories: what was known at the end of
// that day, and who was silent for the horizon after it.
type Silence struct {
	Horizon    int32
	Trained    int32 // the cut that it learned from
	Models     []string
	Recency    *learn.Logistic // on the days since the last order alone
	Classifier *learn.Classifier
	Shipped    string // name of what is shipped: a model's, logistic, boosting or blend
	Reason     string
	Note       string                    // what to be wary of; empty: nothing
	Held       map[string]learn.Measures // of each on held-out customers of the training cut
}

// Names of the simplest forecast, beside those of the order models and of learn.
const (
	ModelRecency   = "recency"
	ModelBaseRate  = "base_rate" // the fallback: everybody is as likely to be silent as anybody
	probabilityOf  = "p_silent_" // column: an order model's probability
	trainingPeriod = 2           // horizons that histories must reach back before the cut
)

// orderModels are those whose probabilities are features and rivals.
var orderModels = []string{clv.ModelMBGNBD, clv.ModelPareto}

// silenceSeed deals customers out to folds.
const silenceSeed = 42

// TrainSilence learns from the cut one horizon before cutoff; nothing later than cutoff is
// looked at. learn.ErrNotEnoughData wraps what is missing.
func TrainSilence(book clv.Book, cutoff, horizon int32) (*Silence, error) {
	if horizon < 1 {
		return nil, fmt.Errorf("a horizon of %d days", horizon)
	}
	first, _, ok := book.Span(cutoff)
	if !ok {
		return nil, fmt.Errorf("%w: no orders up to the cutoff", learn.ErrNotEnoughData)
	}
	cut := cutoff - horizon
	if cut-first < horizon/trainingPeriod {
		return nil, fmt.Errorf("%w: orders begin %d days before the cutoff; a horizon of %d days needs %d", learn.ErrNotEnoughData, cutoff-first, horizon, horizon+horizon/trainingPeriod)
	}
	s := &Silence{Horizon: horizon, Trained: cut}
	sight := book.At(cut)
	s.Models = orderModels
	table := s.features(book, sight)
	s.Models = nil
	for _, name := range orderModels {
		if modelColumn(table, name) != nil {
			s.Models = append(s.Models, name)
		}
	}
	orders, _ := book.Outcome(sight, cutoff)
	silent, ids := Silent(orders), make([]string, len(orders))
	for i := range ids {
		ids[i] = strconv.Itoa(sight.Index[i])
	}
	var err error
	if s.Classifier, err = learn.Train(table, silent, ids, silenceSeed); err != nil {
		return nil, err
	}
	if s.Recency, err = learn.FitLogistic(recencyOnly(table), silent); err != nil {
		return nil, err
	}
	s.choose(table, silent)
	if cutoff-first < 2*365 {
		s.Note = "the orders span less than two years, so what the season does to the next days cannot be told: all probabilities may be too high before a busy season, and too low before a quiet one"
	}
	return s, nil
}

// choose takes the learner with the least log-loss on held-out customers, unless an order
// model, which has not seen who was silent at all, does better. Recency is a rival only.
func (s *Silence) choose(table learn.Table, silent []bool) {
	s.Held = map[string]learn.Measures{}
	for name, m := range s.Classifier.Held {
		s.Held[name] = m
	}
	s.Shipped, s.Reason = s.Classifier.Chosen, s.Classifier.Reason
	best := s.Held[s.Shipped].LogLoss
	for _, name := range s.Models {
		p := modelColumn(table, name)
		s.Held[name] = learn.Judge(p, silent)
		if loss := s.Held[name].LogLoss; loss < best {
			best, s.Shipped = loss, name
			s.Reason = fmt.Sprintf("log-loss at the training cut %.4f, less than %s with %.4f", loss, s.Classifier.Chosen, s.Held[s.Classifier.Chosen].LogLoss)
		}
	}
}

func modelColumn(table learn.Table, model string) []float64 {
	for i := range table {
		if table[i].Name == probabilityOf+model {
			return table[i].Number
		}
	}
	return nil
}

func recencyOnly(table learn.Table) learn.Table { return table[:2] }

// Probabilities are those of silence after a cut, by model, of those who ordered up to it.
// Nothing later than the cut is looked at: the order models are fitted to what was known then.
func (s *Silence) Probabilities(book clv.Book, cut int32) (*clv.Sight, map[string][]float64, error) {
	sight := book.At(cut)
	table := s.features(book, sight)
	out := map[string][]float64{}
	for _, name := range s.Models {
		out[name] = modelColumn(table, name)
	}
	recency, err := s.Recency.Scores(recencyOnly(table))
	if err != nil {
		return nil, nil, err
	}
	logistic, err := s.Classifier.Logistic.Scores(table)
	if err != nil {
		return nil, nil, err
	}
	boosted, err := s.Classifier.Boosting.Scores(table)
	if err != nil {
		return nil, nil, err
	}
	out[ModelRecency], out[learn.ModelLogistic], out[learn.ModelBoosting] = learn.OfLogOdds(recency), learn.OfLogOdds(logistic), learn.OfLogOdds(boosted)
	if slices.Contains(s.Models, s.Shipped) {
		out[learn.Shipped] = out[s.Shipped]
		return sight, out, nil
	}
	shipped := make([]float64, len(logistic))
	for i := range shipped {
		shipped[i] = s.Classifier.Combine(logistic[i], boosted[i])
	}
	out[learn.Shipped] = shipped
	return sight, out, nil
}

// Silent tells of each customer whether no order came, by the numbers of orders.
func Silent(orders []float64) []bool {
	out := make([]bool, len(orders))
	for i, n := range orders {
		out[i] = n == 0
	}
	return out
}

// features describe each customer of a sight by the own history up to the cut alone. Times are
// in days; logarithms make a day count less the longer ago it is. What a rising column means
// for silence is fixed where there can be no doubt.
func (s *Silence) features(book clv.Book, sight *clv.Sight) learn.Table {
	n := len(sight.Index)
	var t learn.Table
	add := func(name string, rising int, of func(i int, h clv.History, k *clv.Seen) float64) {
		c := learn.Column{Name: name, Rising: rising, Number: make([]float64, n)}
		for i := range c.Number {
			c.Number[i] = of(i, book[sight.Index[i]], &sight.Seen[i])
		}
		t = append(t, c)
	}
	recency := func(k *clv.Seen) float64 { return float64(k.Age - k.Pattern.Last) }
	add("recency_days", 1, func(_ int, _ clv.History, k *clv.Seen) float64 { return recency(k) })
	add("log_recency", 1, func(_ int, _ clv.History, k *clv.Seen) float64 { return math.Log1p(recency(k)) })
	add("log_order_days", -1, func(_ int, _ clv.History, k *clv.Seen) float64 { return math.Log1p(float64(k.Pattern.X)) })
	add("log_tenure", 0, func(_ int, _ clv.History, k *clv.Seen) float64 { return math.Log1p(float64(k.Age)) })
	add("log_mean_gap", 0, func(_ int, _ clv.History, k *clv.Seen) float64 {
		if k.Pattern.X == 0 {
			return math.NaN()
		}
		return math.Log1p(float64(k.Pattern.Last) / float64(k.Pattern.X))
	})
	add("log_silence_in_gaps", 1, func(_ int, _ clv.History, k *clv.Seen) float64 {
		if k.Pattern.X == 0 {
			return math.NaN()
		}
		return math.Log1p(recency(k) * float64(k.Pattern.X) / math.Max(float64(k.Pattern.Last), 1))
	})
	add("gap_variation", 0, func(_ int, h clv.History, _ *clv.Seen) float64 { return gapVariation(h, sight.Cut) })
	add("orders_in_horizon", -1, func(_ int, h clv.History, _ *clv.Seen) float64 {
		orders, _ := h.After(sight.Cut-s.Horizon, sight.Cut)
		return float64(orders)
	})
	add("trend", 0, func(_ int, h clv.History, _ *clv.Seen) float64 {
		now, _ := h.After(sight.Cut-s.Horizon, sight.Cut)
		before, _ := h.After(sight.Cut-2*s.Horizon, sight.Cut-s.Horizon)
		return float64(now - before)
	})
	add("log_spend", 0, func(_ int, _ clv.History, k *clv.Seen) float64 { return math.Log1p(math.Max(k.Past, 0)) })
	add("log_order_value", 0, func(_ int, _ clv.History, k *clv.Seen) float64 {
		return math.Log1p(math.Max(k.Past, 0) / float64(k.Pattern.X+1))
	})
	add("last_to_mean_value", 0, func(_ int, h clv.History, k *clv.Seen) float64 { return lastToMean(h, sight.Cut, k) })
	add("refund_days", 0, func(_ int, h clv.History, _ *clv.Seen) float64 {
		refunds := 0.0
		for _, e := range h {
			if e.Day <= sight.Cut && !e.Order {
				refunds++
			}
		}
		return refunds
	})
	counts := sight.Counts()
	for _, name := range s.Models {
		known := map[clv.Pattern]float64{}
		fit, err := clv.FitOrders(name, counts, sight.Gaps)
		switch {
		case err != nil && s.Classifier == nil:
			continue // the data cannot carry the model; the classifier does without
		case err != nil: // it could when the classifier was trained: missing
			add(probabilityOf+name, 1, func(int, clv.History, *clv.Seen) float64 { return math.NaN() })
			continue
		}
		add(probabilityOf+name, 1, func(_ int, _ clv.History, k *clv.Seen) float64 {
			p, ok := known[k.Pattern]
			if !ok {
				p = fit.PNoOrder(k.Pattern, clv.Weeks(s.Horizon))
				known[k.Pattern] = p
			}
			return p
		})
	}
	return t
}

// gapVariation is the standard deviation of the logarithms of a customer's gaps: 0 is a clock.
func gapVariation(h clv.History, cut int32) float64 {
	var sum, squares, n float64
	before := int32(math.MinInt32)
	for _, e := range h {
		if e.Day > cut {
			break
		}
		if !e.Order {
			continue
		}
		if before != math.MinInt32 {
			v := math.Log(float64(e.Day - before))
			sum += v
			squares += v * v
			n++
		}
		before = e.Day
	}
	if n < 2 {
		return math.NaN()
	}
	return math.Sqrt(math.Max(squares/n-sum/n*sum/n, 0))
}

func lastToMean(h clv.History, cut int32, k *clv.Seen) float64 {
	if k.Pattern.X == 0 || k.Past <= 0 {
		return math.NaN()
	}
	last := math.NaN()
	for _, e := range h {
		if e.Day <= cut && e.Order {
			last = e.Amount
		}
	}
	return last * float64(k.Pattern.X+1) / k.Past
}
