package learn

// CrossValidate gives each row a probability from models that have not seen it, by model:
// logistic, boosting and their blend as they are, and shipped, what Train would have chosen and
// calibrated without the row.
func CrossValidate(t Table, y []bool, ids []string, folds int, seed uint64) (map[string][]float64, error) {
	dealt := DealFolds(y, ids, seed, folds)
	out := map[string][]float64{}
	for _, name := range []string{ModelLogistic, ModelBoosting, ModelBlend, Shipped} {
		out[name] = make([]float64, len(y))
	}
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
		logistic, err := c.Logistic.Scores(rest)
		if err != nil {
			return nil, err
		}
		boosted, err := c.Boosting.Scores(rest)
		if err != nil {
			return nil, err
		}
		for i, row := range held {
			out[ModelLogistic][row], out[ModelBoosting][row] = sigmoid(logistic[i]), sigmoid(boosted[i])
			out[ModelBlend][row] = sigmoid((logistic[i] + boosted[i]) / 2)
			out[Shipped][row] = c.Combine(logistic[i], boosted[i])
		}
	}
	return out, nil
}

// Shipped names what Train chooses and calibrates.
const Shipped = "shipped"
