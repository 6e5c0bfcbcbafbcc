package learn

import (
	"cmp"
	"math"
	"slices"
)

// Boosting is a sum of small trees on binned features, each fitted to the gradient of the
// log-loss that the trees before it leave (Friedman 2001, Greedy function approximation;
// second order and leaf-wise as Chen, Guestrin 2016, XGBoost, and Ke et al. 2017, LightGBM):
//
//	log(p / (1-p)) = Bias + sum over trees of the value of the row's leaf
type Boosting struct {
	Features []Feature `json:"features"`
	Bias     float64   `json:"bias"`
	Trees    []Tree    `json:"trees"`
}

// Tree is a list of nodes, the root first.
type Tree []Node

// Node is a split or a leaf. A row goes left when its number is at most Threshold, its level
// is among Levels, or its value is missing and MissingLeft is set.
type Node struct {
	Feature     int     `json:"f"` // index; -1: a leaf
	Threshold   float64 `json:"t,omitempty"`
	Levels      []int   `json:"c,omitempty"` // codes that go left, sorted; of texts
	MissingLeft bool    `json:"m,omitempty"`
	Left        int     `json:"l,omitempty"`
	Right       int     `json:"r,omitempty"`
	Value       float64 `json:"v,omitempty"` // of a leaf
	Cover       float64 `json:"n"`           // training rows
}

// BoostSettings fix how trees are grown. The zero value is not usable: DefaultBoost is.
type BoostSettings struct {
	Rate     float64 // of each tree
	Leaves   int     // at most, in a tree
	MinRows  int     // in a leaf
	Lambda   float64 // penalty on the square of leaf values
	Rounds   int     // trees at most
	Patience int     // rounds without gain after which no further tree is tried
	Bins     int     // of a number, at most 255
}

// DefaultBoost is used everywhere; it was fixed before any of the sets of the tests was seen:
// small trees and a low rate, the number of rounds by cross validation.
var DefaultBoost = BoostSettings{Rate: .05, Leaves: 8, MinRows: 20, Lambda: 1, Rounds: 600, Patience: 40, Bins: 255}

// smoothing of the mean gradient of a level, by which levels are ordered.
const levelSmoothing = 10

// binned is a training set in bins.
type binned struct {
	features []Feature
	bins     [][]uint8   // by feature, row; the last bin of a number is for missing ones
	edges    [][]float64 // of numbers: the largest value of each bin but the last
	size     []int       // bins of each feature
}

func binTable(features []Feature, x [][]float64, most int) *binned {
	b := &binned{features: features, bins: make([][]uint8, len(x)), edges: make([][]float64, len(x)), size: make([]int, len(x))}
	inParallel(len(x), func(i int) {
		if features[i].texts() {
			b.size[i] = len(features[i].Levels) + 1
			b.bins[i] = make([]uint8, len(x[i]))
			for row, v := range x[i] {
				b.bins[i][row] = uint8(v)
			}
			return
		}
		b.edges[i] = edgesOf(x[i], most-1)
		b.size[i] = len(b.edges[i]) + 2
		b.bins[i] = make([]uint8, len(x[i]))
		for row, v := range x[i] {
			b.bins[i][row] = binOf(b.edges[i], v)
		}
	})
	return b
}

func binOf(edges []float64, v float64) uint8 {
	if math.IsNaN(v) {
		return uint8(len(edges) + 1)
	}
	low, _ := slices.BinarySearch(edges, v)
	return uint8(low)
}

// edgesOf cuts numbers into at most most bins of about equal size, between values that occur;
// an edge lies half-way between two of them.
func edgesOf(values []float64, most int) []float64 {
	sorted := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	distinct := slices.Compact(slices.Clone(sorted))
	var edges []float64
	middle := func(a, b float64) float64 {
		if m := a + (b-a)/2; m < b {
			return m
		}
		return a
	}
	if len(distinct) <= most {
		for i := 1; i < len(distinct); i++ {
			edges = append(edges, middle(distinct[i-1], distinct[i]))
		}
		return edges
	}
	for k := 1; k < most; k++ {
		at := k * len(sorted) / most
		i, _ := slices.BinarySearch(distinct, sorted[at])
		if i == 0 {
			continue
		}
		edges = append(edges, middle(distinct[i-1], distinct[i]))
	}
	return slices.Compact(edges)
}

// sum of a bin: gradient, curvature, rows.
type sum struct{ g, h, n float64 }

func (s *sum) add(o sum) { s.g += o.g; s.h += o.h; s.n += o.n }
func (s *sum) sub(o sum) { s.g -= o.g; s.h -= o.h; s.n -= o.n }

// grower grows trees on one training set.
type grower struct {
	*binned
	settings BoostSettings
	g, h     []float64 // of each row
	offset   []int     // of each feature in a histogram
	width    int
}

// leaf is a leaf that may be split.
type leaf struct {
	node      int
	rows      []int32
	histogram []sum
	total     sum
	low, high float64 // bounds of its value, from features that rise or fall
	best      split
}

type split struct {
	gain        float64
	feature     int
	bin         int // numbers: bins up to it go left
	levels      []int
	missingLeft bool
	left        sum
}

func newGrower(b *binned, settings BoostSettings, rows int) *grower {
	w := &grower{binned: b, settings: settings, g: make([]float64, rows), h: make([]float64, rows)}
	for _, n := range b.size {
		w.offset = append(w.offset, w.width)
		w.width += n
	}
	return w
}

// histogram sums rows up by bin, feature by feature and in order of the rows.
func (w *grower) sums(rows []int32) []sum {
	out := make([]sum, w.width)
	inParallel(len(w.bins), func(f int) {
		bins, into := w.bins[f], out[w.offset[f]:]
		for _, r := range rows {
			s := &into[bins[r]]
			s.g += w.g[r]
			s.h += w.h[r]
			s.n++
		}
	})
	return out
}

func (w *grower) score(s sum) float64 { return s.g * s.g / (s.h + w.settings.Lambda) }

func (w *grower) value(s sum, low, high float64) float64 {
	return min(max(-s.g/(s.h+w.settings.Lambda), low), high)
}

// grow grows one tree over rows, the leaf with the largest gain first.
func (w *grower) grow(rows []int32) Tree {
	root := leaf{rows: rows, low: math.Inf(-1), high: math.Inf(1)}
	root.histogram = w.sums(rows)
	for _, s := range root.histogram[:w.size[0]] {
		root.total.add(s)
	}
	tree := Tree{{Feature: -1, Cover: root.total.n, Value: w.value(root.total, root.low, root.high)}}
	w.find(&root)
	leaves := []leaf{root}
	for len(leaves) < w.settings.Leaves {
		at := 0
		for i := range leaves {
			if leaves[i].best.gain > leaves[at].best.gain {
				at = i
			}
		}
		if !(leaves[at].best.gain > 1e-9) {
			break
		}
		parent := leaves[at]
		left, right := w.divide(&tree, &parent)
		w.find(&left)
		w.find(&right)
		leaves[at] = left
		leaves = append(leaves, right)
	}
	return tree
}

// divide splits a leaf.
func (w *grower) divide(tree *Tree, parent *leaf) (left, right leaf) {
	s := &parent.best
	node := &(*tree)[parent.node]
	node.Feature, node.MissingLeft, node.Levels = s.feature, s.missingLeft, s.levels
	node.Left, node.Right, node.Value = len(*tree), len(*tree)+1, 0
	goes := make([]bool, w.size[s.feature])
	if w.features[s.feature].texts() {
		for _, level := range s.levels {
			goes[level] = true
		}
	} else {
		node.Threshold = w.edges[s.feature][s.bin]
		for bin := 0; bin <= s.bin; bin++ {
			goes[bin] = true
		}
		goes[len(goes)-1] = s.missingLeft
	}
	bins := w.bins[s.feature]
	left = leaf{node: node.Left, total: s.left, low: parent.low, high: parent.high, rows: make([]int32, 0, int(s.left.n))}
	right = leaf{node: node.Right, total: parent.total, low: parent.low, high: parent.high, rows: make([]int32, 0, len(parent.rows)-int(s.left.n))}
	right.total.sub(s.left)
	for _, r := range parent.rows {
		if goes[bins[r]] {
			left.rows = append(left.rows, r)
		} else {
			right.rows = append(right.rows, r)
		}
	}
	small, large := &left, &right
	if len(left.rows) > len(right.rows) {
		small, large = large, small
	}
	small.histogram, large.histogram = w.sums(small.rows), parent.histogram
	for i := range large.histogram {
		large.histogram[i].sub(small.histogram[i])
	}
	if rising := w.features[s.feature].Rising; rising != 0 {
		middle := (w.value(left.total, left.low, left.high) + w.value(right.total, right.low, right.high)) / 2
		if rising > 0 {
			left.high, right.low = middle, middle
		} else {
			left.low, right.high = middle, middle
		}
	}
	for _, l := range []*leaf{&left, &right} {
		*tree = append(*tree, Node{Feature: -1, Cover: float64(len(l.rows)), Value: w.value(l.total, l.low, l.high)})
	}
	return left, right
}

// find looks for the best split of a leaf.
func (w *grower) find(l *leaf) {
	if len(l.rows) < 2*w.settings.MinRows {
		return
	}
	found := make([]split, len(w.bins))
	inParallel(len(w.bins), func(f int) {
		bins := l.histogram[w.offset[f] : w.offset[f]+w.size[f]]
		if w.features[f].texts() {
			found[f] = w.findLevels(l, f, bins)
		} else {
			found[f] = w.findBin(l, f, bins)
		}
	})
	for _, s := range found {
		if s.gain > l.best.gain {
			l.best = s
		}
	}
}

func (w *grower) findBin(l *leaf, f int, bins []sum) (best split) {
	missing := bins[len(bins)-1]
	base := w.score(l.total)
	for _, missingLeft := range []bool{false, true} {
		var left sum
		if missingLeft {
			if missing.n == 0 {
				break
			}
			left = missing
		}
		for bin := 0; bin < len(bins)-2; bin++ {
			left.add(bins[bin])
			if gain, ok := w.gain(l, left, base, w.features[f].Rising); ok && gain > best.gain {
				best = split{gain: gain, feature: f, bin: bin, missingLeft: missingLeft, left: left}
			}
		}
	}
	return best
}

// findLevels orders the levels by their mean gradient and splits between them: for a convex
// loss the best division of levels in two is one of these (Fisher 1958).
func (w *grower) findLevels(l *leaf, f int, bins []sum) (best split) {
	var order []int
	for level := range bins {
		if bins[level].n > 0 {
			order = append(order, level)
		}
	}
	mean := func(level int) float64 { return bins[level].g / (bins[level].h + levelSmoothing) }
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(mean(a), mean(b)), cmp.Compare(a, b)) })
	base := w.score(l.total)
	var left sum
	for i := range max(len(order)-1, 0) {
		left.add(bins[order[i]])
		if gain, ok := w.gain(l, left, base, 0); ok && gain > best.gain {
			best = split{gain: gain, feature: f, levels: slices.Clone(order[:i+1]), left: left}
		}
	}
	slices.Sort(best.levels)
	return best
}

func (w *grower) gain(l *leaf, left sum, base float64, rising int) (float64, bool) {
	right := l.total
	right.sub(left)
	if least := float64(w.settings.MinRows); left.n < least || right.n < least {
		return 0, false
	}
	if rising != 0 {
		if a, b := w.value(left, l.low, l.high), w.value(right, l.low, l.high); float64(rising)*(b-a) < 0 {
			return 0, false
		}
	}
	return w.score(left) + w.score(right) - base, true
}

// leafOf is the node that a row of features ends in; at(f) is its value of a feature.
func (t Tree) leafOf(features []Feature, at func(f int) float64) int {
	node := 0
	for t[node].Feature >= 0 {
		if t[node].left(features, at(t[node].Feature)) {
			node = t[node].Left
		} else {
			node = t[node].Right
		}
	}
	return node
}

func (n *Node) left(features []Feature, v float64) bool {
	if features[n.Feature].texts() {
		_, ok := slices.BinarySearch(n.Levels, int(v))
		return ok
	}
	if math.IsNaN(v) {
		return n.MissingLeft
	}
	return v <= n.Threshold
}

// Scores are the log-odds of rows.
func (m *Boosting) Scores(t Table) ([]float64, error) {
	x, err := matrix(m.Features, t)
	if err != nil {
		return nil, err
	}
	out := make([]float64, t.Rows())
	const chunk = 4096
	inParallel((len(out)+chunk-1)/chunk, func(part int) {
		for row := part * chunk; row < min((part+1)*chunk, len(out)); row++ {
			out[row] = m.Bias
			for _, tree := range m.Trees {
				out[row] += tree[tree.leafOf(m.Features, func(f int) float64 { return x[f][row] })].Value
			}
		}
	})
	return out, nil
}
