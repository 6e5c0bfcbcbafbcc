package learn

// Reasons splits a row's log-odds into a part of each feature beyond the mean of the training
// rows: Shapley values with the trees' own covers as the distribution of what is not known
// (Lundberg et al. 2020, From local explanations to global understanding with explainable AI
// for trees, algorithm 2). The parts and Base add up to the score.
func (m *Boosting) Reasons(t Table, row int) ([]float64, error) {
	x, err := matrix(m.Features, t.Take([]int{row}))
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(m.Features))
	for _, tree := range m.Trees {
		e := explainer{tree: tree, features: m.Features, x: x, phi: out}
		e.walk(0, nil, 1, 1, -1)
	}
	return out, nil
}

// Base is the mean log-odds of the training rows.
func (m *Boosting) Base() float64 {
	base := m.Bias
	for _, tree := range m.Trees {
		for i := range tree {
			if tree[i].Feature < 0 {
				base += tree[i].Value * tree[i].Cover / tree[0].Cover
			}
		}
	}
	return base
}

// step is one feature on the way to a node: the shares of paths on which it is unknown or
// known that flow on, and the weight of subsets of the path of each size.
type step struct {
	feature   int
	zero, one float64
	weight    float64
}

type explainer struct {
	tree     Tree
	features []Feature
	x        [][]float64
	phi      []float64
}

func (e *explainer) walk(node int, path []step, zero, one float64, feature int) {
	path = extend(path, zero, one, feature)
	n := &e.tree[node]
	if n.Feature < 0 {
		for i := 1; i < len(path); i++ {
			total := 0.0
			for _, s := range unwind(path, i) {
				total += s.weight
			}
			e.phi[path[i].feature] += total * (path[i].one - path[i].zero) * n.Value
		}
		return
	}
	hot, cold := n.Right, n.Left
	if n.left(e.features, e.x[n.Feature][0]) {
		hot, cold = cold, hot
	}
	zeroIn, oneIn := 1.0, 1.0
	for i := 1; i < len(path); i++ {
		if path[i].feature == n.Feature {
			zeroIn, oneIn = path[i].zero, path[i].one
			path = unwind(path, i)
			break
		}
	}
	e.walk(hot, path, zeroIn*e.tree[hot].Cover/n.Cover, oneIn, n.Feature)
	e.walk(cold, path, zeroIn*e.tree[cold].Cover/n.Cover, 0, n.Feature)
}

// extend adds a step to a copy of a path.
func extend(path []step, zero, one float64, feature int) []step {
	l := len(path)
	out := make([]step, l+1)
	copy(out, path)
	out[l] = step{feature, zero, one, 0}
	if l == 0 {
		out[l].weight = 1
	}
	for i := l - 1; i >= 0; i-- {
		out[i+1].weight += one * out[i].weight * float64(i+1) / float64(l+1)
		out[i].weight *= zero * float64(l-i) / float64(l+1)
	}
	return out
}

// unwind takes step i out of a copy of a path.
func unwind(path []step, i int) []step {
	l := len(path) - 1
	out := make([]step, l)
	weights := make([]float64, l)
	next := path[l].weight
	zero, one := path[i].zero, path[i].one
	for j := l - 1; j >= 0; j-- {
		if one != 0 {
			kept := path[j].weight
			weights[j] = next * float64(l+1) / (float64(j+1) * one)
			next = kept - weights[j]*zero*float64(l-j)/float64(l+1)
		} else {
			weights[j] = path[j].weight * float64(l+1) / (zero * float64(l-j))
		}
	}
	for j := range out {
		from := j
		if j >= i {
			from = j + 1
		}
		out[j] = path[from]
		out[j].weight = weights[j]
	}
	return out
}
