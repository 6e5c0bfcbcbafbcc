package resolve

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Tally counts pairs of one pattern in the blocks of a rule.
type Tally struct {
	Pattern Pattern
	Rule    uint8  // rule in whose block they met
	Shared  uint32 // rules in whose blocks they would meet, one bit each
	Count   float64
}

// Training is what a model is estimated from.
type Training struct {
	Records float64 // all records
	Sample  []Features
	Tallies []Tally // of blocks chosen by the hash of their keys
	Scale   float64 // how many blocks each of these stands for
	Heavy   map[uint64]bool
	Texts   []string
}

// Weights of what is believed before the data speak, in pairs.
const (
	priorRandom = 3
	priorMatch  = 5
)

// randomPairs bounds the pairs from which the levels of strangers are counted.
const randomPairs = 1_000_000

// rounds of expectation and maximisation.
const rounds = 12

// Train estimates a model without labels. The levels of strangers come from random pairs, less
// what the model takes for one customer; those of one customer by expectation maximisation, one
// pass for each rule of blocks over all comparisons but those that the rule is made of
// (Fellegi and Sunter 1969; Winkler 1988; passes as in Splink).
func Train(t *Training) *Model {
	m := &Model{Texts: t.Texts}
	for s := range slots {
		m.M[s], m.U[s] = make([]float64, levelCounts[s]), make([]float64, levelCounts[s])
	}
	random := withNamesakes(strangers(t.Sample), t.Sample)
	pairs := max(1, t.Records*(t.Records-1)/2)
	m.Match, m.Household, m.Twins = math.Log2(1/max(2, t.Records)), math.Log2(.5/max(2, t.Records)), mostTwins
	m.estimateU(random, t, false)
	m.guessM()
	m.Prepare()
	passes := passesOf(t)
	drawn := drawsOf(random)
	for range rounds {
		var sums, soft [slots][]float64
		for s := range slots {
			sums[s], soft[s] = make([]float64, levelCounts[s]), make([]float64, levelCounts[s])
		}
		for i := range passes {
			passes[i].expect(m, &sums, &soft)
		}
		m.estimateM(&sums, &soft)
		m.Prepare()
		m.estimatePriors(t, drawn, pairs)
		m.estimateU(random, t, true)
		m.Prepare()
	}
	partners := math.Exp2(m.Match) * t.Records
	m.Frequency = CountFrequencies(t.Sample, 1+partners*float64(len(t.Sample))/max(1, t.Records))
	return m
}

type patternCount struct {
	pattern Pattern
	count   float64
}

// strangers counts the patterns of random pairs: neighbours at many distances in the order of
// the ranks, which is random.
func strangers(sample []Features) []patternCount {
	sorted := slices.Clone(sample)
	slices.SortFunc(sorted, func(a, b Features) int { return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Ordinal, b.Ordinal)) })
	n := len(sorted)
	var pairs [][2]int32
	for distance := 1; distance < n && len(pairs) < randomPairs; distance++ {
		for i := 0; i+distance < n && len(pairs) < randomPairs; i++ {
			if sorted[i].Organization == sorted[i+distance].Organization {
				pairs = append(pairs, [2]int32{int32(i), int32(i + distance)})
			}
		}
	}
	counts := make([]map[Pattern]float64, trainers)
	var wait sync.WaitGroup
	for w := range counts {
		counts[w] = map[Pattern]float64{}
		wait.Go(func() {
			for _, p := range pairs[w*len(pairs)/trainers : (w+1)*len(pairs)/trainers] {
				counts[w][Compare(&sorted[p[0]], &sorted[p[1]])]++
			}
		})
	}
	wait.Wait()
	for _, more := range counts[1:] {
		for pattern, n := range more {
			counts[0][pattern] += n
		}
	}
	return sortedCounts(counts[0])
}

// trainers is how many shares of random pairs are compared at a time.
const trainers = 2

func sortedCounts(counts map[Pattern]float64) []patternCount {
	out := make([]patternCount, 0, len(counts))
	for p, c := range counts {
		out = append(out, patternCount{p, c})
	}
	slices.SortFunc(out, func(a, b patternCount) int { return slices.Compare(a.pattern[:], b.pattern[:]) })
	return out
}

// pass is the pairs of one rule.
type pass struct {
	rule    int
	uses    [slots]bool
	counts  []patternCount
	pairs   float64
	match   float64 // share of its pairs that are one customer
	home    float64 // share of its pairs that are a household
	matches float64
}

// mostMatches is the share of one customer in the pairs of a rule to begin with, at most: as many
// pairs as if every second record had one other. Where one comparison alone tells the kinds of
// pairs apart, many shares fit what is seen as well, and expectation and maximisation remain near
// the one that they begin with.
const mostMatches = .3

// leastPairs is how many pairs a pass needs to say something.
const leastPairs = 30

func passesOf(t *Training) []pass {
	byRule := make([]map[Pattern]float64, len(blockRules))
	for i := range t.Tallies {
		y := &t.Tallies[i]
		if byRule[y.Rule] == nil {
			byRule[y.Rule] = map[Pattern]float64{}
		}
		byRule[y.Rule][y.Pattern] += y.Count
	}
	var out []pass
	for rule, counts := range byRule {
		p := pass{rule: rule, counts: sortedCounts(counts)}
		for _, c := range p.counts {
			p.pairs += c.count
		}
		p.match = min(mostMatches, t.Records/2/(t.Scale*p.pairs))
		p.home = p.match / 2
		if p.pairs < leastPairs {
			continue
		}
		for _, s := range blockRules[rule].uses {
			p.uses[s] = true
		}
		out = append(out, p)
	}
	return out
}

// expect shares the pairs of a pass out among the three kinds. To the sums of a comparison's
// levels it adds the pairs that all other comparisons are sure of: what else decides is taken
// from the comparison itself, which would confirm any belief about it. soft are the sums over
// all pairs, for data that have too little besides.
func (p *pass) expect(m *Model, sums, soft *[slots][]float64) {
	match, home, rest := math.Log2(p.match), math.Log2(p.home), math.Log2(max(1e-9, 1-p.match-p.home))
	var matches, homes float64
	for i := range p.counts {
		c := &p.counts[i]
		one, other, house := match, rest, home
		for s, l := range c.pattern {
			if l != 0 && !p.uses[s] {
				one += m.m[s][l]
				other += m.u[s][l]
				house += m.h[s][l]
			}
		}
		against := other
		if together(&c.pattern) {
			against = addLog2(other, house)
			homes += c.count * (1 - Probability(one-against)) * math.Exp2(house-against)
		}
		share := c.count * Probability(one-against)
		matches += share
		home := together(&c.pattern)
		for s, l := range c.pattern {
			if l == 0 || p.uses[s] {
				continue
			}
			soft[s][l] += share
			if s == slotName && home {
				continue // brothers and sisters look like one customer whose given name is another
			}
			without := other - m.u[s][l]
			if home {
				without = addLog2(without, house-m.h[s][l])
			}
			if probability := Probability(one - m.m[s][l] - without); probability >= sure {
				sums[s][l] += c.count * probability
			}
		}
	}
	p.matches = matches
	p.match = min(.999, max(1e-6, matches/p.pairs))
	p.home = min(.5*(1-p.match), max(1e-7, homes/p.pairs))
}

// enoughPairs is how many pairs tell what the levels of one customer are.
const enoughPairs = 200

// estimateM turns expected counts into probabilities.
func (m *Model) estimateM(sums, soft *[slots][]float64) {
	for s := range slots {
		counts := sums[s]
		if total(counts) < enoughPairs {
			counts = soft[s]
		}
		if total(counts) >= 5 {
			smooth(s, counts, m.M[s], priorMatch, m.U[s])
		}
	}
}

func total(counts []float64) (sum float64) {
	for _, c := range counts {
		sum += c
	}
	return sum
}

// sure is the probability from which a pair counts for the prior. Pairs in doubt are mostly
// those of frequent names, of which there are very many: their sum would not be small.
const sure = .9

// estimatePriors counts the expected pairs of one customer and of one household among all
// pairs that the blocks hold.
func (m *Model) estimatePriors(t *Training, drawn []draw, pairs float64) {
	var none [slots]float64
	for range 2 {
		var matches, homes, dated, twins float64
		for i := range t.Tallies {
			y := &t.Tallies[i]
			if y.Shared&(1<<y.Rule-1) != 0 {
				continue // counted under an earlier rule
			}
			p := Probability(m.odds(&y.Pattern, &none, 0))
			if p >= sure {
				matches += p * y.Count
			}
			if !together(&y.Pattern) {
				continue
			}
			home := (1 - p) * y.Count * m.homeShare(&y.Pattern)
			homes += home
			if birth := y.Pattern[slotBirth]; birth != birthMissing {
				dated += home
				if birth == birthEqual {
					twins += home
				}
			}
		}
		m.Twins = min(mostTwins, max(leastTwins, twins/max(1, dated)))
		records := max(1, t.Records)
		m.Match = math.Log2(min(1, max(.1/records, matches/m.surelyFound(drawn)*t.Scale/pairs)))
		m.Household = math.Log2(min(1, max(.001/records, homes*t.Scale/pairs)))
	}
}

// homeShare is the probability of a household among pairs of two customers.
func (m *Model) homeShare(p *Pattern) float64 {
	var none [slots]float64
	_, other, home := m.likelihoods(p, &none, 0)
	return math.Exp2(home - addLog2(home, other))
}

// estimateU counts levels of strangers over random pairs, each as far as it is one.
func (m *Model) estimateU(random []patternCount, t *Training, trained bool) {
	var none [slots]float64
	var sums [slots][]float64
	for s := range slots {
		sums[s] = make([]float64, levelCounts[s])
	}
	for i := range random {
		c := random[i].count
		if trained {
			c *= 1 - Probability(m.odds(&random[i].pattern, &none, 0))
		}
		for s, l := range random[i].pattern {
			sums[s][l] += c
		}
	}
	for s := range slots {
		smooth(s, sums[s], m.U[s], priorRandom, nil)
	}
	atLeastByChance(sums[slotName], m.U[slotName])
}

// atLeastByChance raises the probability that two strangers have both names alike to what it were
// if given and family names went together at random: language and fashion bring them together
// more often. Of random pairs that have both alike most are one customer, so that what remains
// for strangers is what the model happens to believe.
func atLeastByChance(counts, u []float64) {
	expected := independent(slotName, counts)
	for g := wordNear; g < wordLevels; g++ {
		for f := wordNear; f < wordLevels; f++ {
			for _, exchanged := range [2]bool{false, true} {
				l := nameLevel(g, f, exchanged)
				u[l] = max(u[l], expected[l])
			}
		}
	}
	all := total(u)
	for l := range u {
		u[l] /= all
	}
}

// smooth turns counts of levels into probabilities. A comparison of several parts is drawn
// towards the product of its parts' probabilities, any other one towards a little of each level,
// or, where like is given, of each level that like knows.
func smooth(slot int, counts, out []float64, weight float64, like []float64) {
	n := len(counts)
	total := 0.0
	for l := 1; l < n; l++ {
		total += counts[l]
	}
	expected := independent(slot, counts)
	for l := 1; l < n; l++ {
		e := 1 / float64(n-1)
		if expected != nil {
			e = expected[l]
		} else if like != nil {
			e = .9*like[l] + .1*e
		}
		out[l] = max(1e-9, (counts[l]+weight*e)/(total+weight))
	}
}

// independent is the product of the probabilities of the parts of a comparison; nil where it
// has no parts.
func independent(slot int, counts []float64) []float64 {
	var sizes []int
	var parts func(level int) []int
	switch slot {
	case slotName:
		sizes = []int{wordLevels, wordLevels, 2}
		parts = func(level int) []int {
			g, f, exchanged := nameParts(uint8(level))
			x := 0
			if exchanged {
				x = 1
			}
			return []int{g, f, x}
		}
	case slotPlace:
		sizes = []int{streetLevels, cityLevels, codeLevels}
		parts = func(level int) []int {
			street, city, code := placeParts(uint8(level))
			return []int{street, city, code}
		}
	default:
		return nil
	}
	sums := make([][]float64, len(sizes))
	for i, n := range sizes {
		sums[i] = make([]float64, n)
	}
	total := 0.0
	for l := 1; l < len(counts); l++ {
		total += counts[l]
		for i, v := range parts(l) {
			sums[i][v] += counts[l]
		}
	}
	out := make([]float64, len(counts))
	for l := 1; l < len(counts); l++ {
		out[l] = 1
		for i, v := range parts(l) {
			out[l] *= (sums[i][v] + .3) / (total + .3*float64(sizes[i]))
		}
	}
	return out
}

// guessM begins with levels that become the more probable the more alike they are.
func (m *Model) guessM() {
	for s := range slots {
		total := 0.0
		n := levelCounts[s]
		for l := 1; l < n; l++ {
			m.M[s][l] = math.Pow(m.U[s][l], .25) * math.Exp(3*likeness(s, l))
			total += m.M[s][l]
		}
		for l := 1; l < n; l++ {
			m.M[s][l] /= total
		}
	}
}

// likeness of a level between 0 and 1, to begin with.
func likeness(slot, level int) float64 {
	switch slot {
	case slotName:
		g, f, _ := nameParts(uint8(level))
		return float64(g+f) / (2 * (wordLevels - 1))
	case slotPlace:
		street, city, code := placeParts(uint8(level))
		return (float64(street)/(streetLevels-1) + float64(city)/(cityLevels-1) + float64(code)/(codeLevels-1)) / 3
	}
	return float64(level) / float64(levelCounts[slot]-1)
}
