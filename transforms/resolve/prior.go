package resolve

import (
	"math/rand/v2"
	"slices"
)

// Pairs in doubt cannot be counted one by one, but how many pairs of one customer are in doubt
// follows from the model itself: it says how often their comparisons would come out so weak.
// That share takes the place of the pairs that were not counted.

// draw is a pair of one customer as the model might make it: which comparisons it has, and a
// place between 0 and 1 in the distribution of the levels of each.
type draw struct {
	has   [slots]bool
	place [slots]float64
}

// draws is how many pairs are made.
const draws = 2000

// leastFound bounds what a share of pairs that were found may be taken for.
const leastFound = .1

// drawsOf makes pairs that miss what random pairs miss. The same random pairs give the same draws.
func drawsOf(random []patternCount) []draw {
	total := 0.0
	for i := range random {
		total += random[i].count
	}
	if total == 0 {
		return nil
	}
	source := rand.New(rand.NewPCG(1, 2))
	out := make([]draw, draws)
	at, sum := 0, random[0].count
	for i := range out {
		for sum < (float64(i)+.5)/draws*total && at < len(random)-1 {
			at++
			sum += random[at].count
		}
		for s, l := range random[at].pattern {
			out[i].has[s], out[i].place[s] = l != 0, source.Float64()
		}
	}
	return out
}

// surelyFound is the share of the pairs of one customer that are sure.
func (m *Model) surelyFound(drawn []draw) float64 {
	if len(drawn) == 0 {
		return 1
	}
	var upTo [slots][]float64 // sums of the probabilities of levels
	for s := range slots {
		upTo[s] = make([]float64, levelCounts[s])
		for l := 1; l < levelCounts[s]; l++ {
			upTo[s][l] = upTo[s][l-1] + m.M[s][l]
		}
	}
	var none [slots]float64
	found := 0
	for i := range drawn {
		var p Pattern
		for s := range slots {
			if drawn[i].has[s] {
				levels := upTo[s]
				l, _ := slices.BinarySearch(levels, drawn[i].place[s]*levels[len(levels)-1])
				p[s] = uint8(min(max(l, 1), len(levels)-1))
			}
		}
		if Probability(m.odds(&p, &none, 0)) >= sure {
			found++
		}
	}
	return max(leastFound, float64(found)/float64(len(drawn)))
}
