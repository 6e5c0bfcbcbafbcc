package learn

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// inParallel does the parts of a task on all cores. Parts touch nothing in common, so their
// order changes nothing.
func inParallel(parts int, do func(part int)) {
	workers := min(runtime.GOMAXPROCS(0), parts)
	if workers < 2 {
		for i := range parts {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= parts {
					return
				}
				do(i)
			}
		})
	}
	wait.Wait()
}

// BoostFolds are rows held out in turn to find the number of trees.
type BoostFolds [][]int

// FitBoosting trains trees. Each of folds is held out in turn; the number of trees is the one
// with the least log-loss on held-out rows, and all rows then train that many. It also returns
// the log-odds of the held-out rows, NaN where a row is in no fold. Without folds all rounds
// are trained.
func FitBoosting(t Table, y []bool, s BoostSettings, folds BoostFolds) (m *Boosting, held []float64, err error) {
	if err := bothClasses(y); err != nil {
		return nil, nil, err
	}
	m = &Boosting{Features: Features(t), Bias: priorOdds(y)}
	x, err := matrix(m.Features, t)
	if err != nil {
		return nil, nil, err
	}
	held = make([]float64, len(y))
	for i := range held {
		held[i] = math.NaN()
	}
	if len(m.Features) == 0 {
		for _, fold := range folds {
			for _, r := range fold {
				held[r] = m.Bias
			}
		}
		return m, held, nil
	}
	b := binTable(m.Features, x, s.Bins)
	rounds := s.Rounds
	if len(folds) > 0 {
		rounds = m.chooseRounds(b, y, s, folds, held)
	}
	m.Trees = m.train(newGrower(b, s, len(y)), y, allRows(len(y)), nil, rounds).trees
	m.shrink(s.Rate)
	return m, held, nil
}

func priorOdds(y []bool) float64 {
	yes := 0.0
	for _, v := range y {
		yes += indicator(v)
	}
	// A set of one class only has no finite odds; half a row of each keeps them finite.
	return math.Log((yes + .5) / (float64(len(y)) - yes + .5))
}

// chooseRounds finds the number of trees, and fills in the log-odds of held-out rows.
func (m *Boosting) chooseRounds(b *binned, y []bool, s BoostSettings, folds BoostFolds, held []float64) int {
	of := make([]int, len(y))
	for fold, rows := range folds {
		for _, r := range rows {
			of[r] = fold + 1
		}
	}
	fits := make([]trained, len(folds))
	w := newGrower(b, s, len(y))
	for fold := range folds {
		var train, out []int32
		for r, f := range of {
			if f == fold+1 {
				out = append(out, int32(r))
			} else {
				train = append(train, int32(r))
			}
		}
		fits[fold] = m.train(w, y, train, out, s.Rounds)
	}
	longest := 0
	for _, f := range fits {
		longest = max(longest, len(f.curve))
	}
	best, rounds := math.Inf(1), 0
	for n := range longest {
		loss := 0.0
		for _, f := range fits {
			loss += f.curve[min(n, len(f.curve)-1)] // a fold that stopped would not have become better
		}
		if loss < best {
			best, rounds = loss, n
		}
	}
	for fold, rows := range folds {
		for _, r := range rows {
			held[r] = m.Bias
			for _, tree := range fits[fold].trees[:min(rounds, len(fits[fold].trees))] {
				held[r] += s.Rate * tree[w.leafOf(tree, int32(r))].Value
			}
		}
	}
	return rounds
}

func allRows(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

type trained struct {
	trees []Tree
	curve []float64 // log-loss of held rows after n trees, from n = 0
}

// train grows trees over rows. With held rows it stops when their loss has not fallen for a while.
func (m *Boosting) train(w *grower, y []bool, rows, held []int32, rounds int) trained {
	var out trained
	eta := make([]float64, len(y))
	for i := range eta {
		eta[i] = m.Bias
	}
	loss := func() float64 {
		total := 0.0
		for _, r := range held {
			total += softplus(eta[r]) - indicator(y[r])*eta[r]
		}
		return total
	}
	best, since := math.Inf(1), 0
	if held != nil {
		best = loss()
		out.curve = append(out.curve, best)
	}
	for range rounds {
		for _, r := range rows {
			p := sigmoid(eta[r])
			w.g[r], w.h[r] = p-indicator(y[r]), math.Max(p*(1-p), 1e-12)
		}
		tree := w.grow(rows)
		if len(tree) == 1 {
			break
		}
		at := func(r int32) float64 {
			return w.settings.Rate * tree[w.leafOf(tree, r)].Value
		}
		for _, r := range rows {
			eta[r] += at(r)
		}
		out.trees = append(out.trees, tree)
		if held == nil {
			continue
		}
		for _, r := range held {
			eta[r] += at(r)
		}
		now := loss()
		out.curve = append(out.curve, now)
		if now < best {
			best, since = now, 0
		} else if since++; since >= w.settings.Patience {
			break
		}
	}
	return out
}

// leafOf is the node that a training row ends in. A bin lies left of an edge when its values do.
func (w *grower) leafOf(t Tree, row int32) int {
	return t.leafOf(w.features, func(f int) float64 {
		bin := int(w.bins[f][row])
		if w.features[f].texts() {
			return float64(bin)
		}
		switch edges := w.edges[f]; bin {
		case len(edges) + 1:
			return math.NaN()
		case len(edges):
			return math.Inf(1)
		default:
			return edges[bin]
		}
	})
}

// shrink scales the leaves once all trees stand.
func (m *Boosting) shrink(rate float64) {
	for _, tree := range m.Trees {
		for i := range tree {
			tree[i].Value *= rate
		}
	}
}
