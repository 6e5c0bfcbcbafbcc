package learn

// CrossValidate gives each row a probability from models that have not seen it, by model:
// logistic and boosting as they are, and shipped, what Train would have chosen and calibrated
// without the row.
func CrossValidate(t Table, y []bool, ids []string, folds int, seed uint64) (map[string][]float64, error) {
	dealt := DealFolds(y, ids, seed, folds)
	out := map[string][]float64{ModelLogistic: make([]float64, len(y)), ModelBoosting: make([]float64, len(y)), Shipped: make([]float64, len(y))}
	for fold := range folds {
		var train, held []int
		var labels []bool
		var names []string
		for row := range y {
			if dealt[row] == fold {
				held = append(held, row)
			} else {
				train, labels, names = append(train, row), append(labels, y[row]), append(names, ids[row])
			}
		}
		c, err := Train(t.Take(train), labels, names, seed)
		if err != nil {
			return nil, err
		}
		rest := t.Take(held)
		for name, scores := range map[string]func(Table) ([]float64, error){ModelLogistic: c.Logistic.Scores, ModelBoosting: c.Boosting.Scores, Shipped: c.Scores} {
			values, err := scores(rest)
			if err != nil {
				return nil, err
			}
			for i, row := range held {
				if name == Shipped {
					out[name][row] = c.Calibration.Probability(values[i])
				} else {
					out[name][row] = sigmoid(values[i])
				}
			}
		}
	}
	return out, nil
}

// Shipped names what Train chooses and calibrates.
const Shipped = "shipped"
