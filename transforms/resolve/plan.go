package resolve

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sync"
)

// Plan says under which keys records meet.
type Plan struct {
	Rules uint32          // the chosen ones, one bit each
	Heavy map[uint64]bool // keys of so many records that they are split by second keys

	light []uint64 // bitmap by hash: a bit that is not set says that none of the heavy keys has it
}

// lightBits is how many bits of the bitmap a heavy key has, so that nearly all others are told
// apart without a look into the map.
const lightBits = 32

// Prepare makes keys faster to find; optional. Heavy must not change any more.
func (p *Plan) Prepare() *Plan {
	if len(p.Heavy) == 0 {
		return p
	}
	p.light = make([]uint64, 1<<max(4, bits.Len(uint(len(p.Heavy)*lightBits/64))))
	for hash := range p.Heavy {
		p.light[hash>>6%uint64(len(p.light))] |= 1 << (hash % 64)
	}
	return p
}

func (p *Plan) heavy(hash uint64) bool {
	if p.light != nil && p.light[hash>>6%uint64(len(p.light))]&(1<<(hash%64)) == 0 {
		return false
	}
	return len(p.Heavy) > 0 && p.Heavy[hash]
}

// Limits of blocks.
const (
	// BlockLimit is how many records of one key are compared with each other.
	BlockLimit = 300
	// A key is split from so many records: fewer of them where there are very many records, so
	// that the pairs of a record stay few.
	leastHeavy   = 40
	heavyRecords = 10_000_000
	// heavyCount is how often a key must be in the sample for that.
	heavyCount = 6
	// pairsPerRecord is the budget of pairs. Few records get more: smallBudget, less smallCost
	// for each record.
	pairsPerRecord = 5
	smallBudget    = 2_000_000
	smallCost      = 15
	// freePairs is how many pairs are scored without asking what they are worth.
	freePairs = 300_000
	// worthPairs is how many pairs more may be scored to find one more of one customer.
	worthPairs = 300
	// worthShare is the share of all pairs of one customer that a rule must find besides the others.
	worthShare = .0005
)

// PlannedRule is what a rule adds to the plan.
type PlannedRule struct {
	Name         string
	Pairs        float64 // estimated pairs that share a key of the rule
	NewPairs     float64 // those that no rule before it finds
	Matches      float64 // expected pairs of one customer among them
	NewMatches   float64
	LargestBlock int // records of its most frequent key, estimated from the sample
	Chosen       bool
}

// PlanBlocks chooses rules: again and again the one that finds the most new pairs of one
// customer for the pairs that it costs. The first freePairs are taken anyway; beyond them the
// budget must last, and a new pair of one customer may cost no more than worthPairs. It returns what each rule adds, in the order in which they were taken,
// and the expected share of all pairs of one customer that the plan finds.
func PlanBlocks(t *Training, m *Model) (Plan, []PlannedRule, float64) {
	p := Plan{Heavy: t.Heavy}
	var none [slots]float64
	type group struct {
		rule           uint8
		shared         uint32
		pairs, matches float64
	}
	var groups []group // of the tallies of one rule and the same other rules
	at := map[uint64]int{}
	for i := range t.Tallies {
		y := &t.Tallies[i]
		key := uint64(y.Rule)<<32 | uint64(y.Shared)
		g, ok := at[key]
		if !ok {
			g = len(groups)
			at[key], groups = g, append(groups, group{rule: y.Rule, shared: y.Shared})
		}
		groups[g].pairs += y.Count * t.Scale
		groups[g].matches += y.Count * t.Scale * Probability(m.odds(&y.Pattern, &none, 0))
	}
	// count estimates pairs and pairs of one customer that the rules find: a pair counts in the
	// block of the first rule that finds it.
	count := func(rules uint32) (pairs, matches float64) {
		for i := range groups {
			g := &groups[i]
			if bit := uint32(1) << g.rule; rules&bit != 0 && g.shared&rules&(bit-1) == 0 {
				pairs += g.pairs
				matches += g.matches
			}
		}
		return pairs, matches
	}
	largest := largestBlocks(t)
	budget := max(pairsPerRecord*t.Records, smallBudget-smallCost*t.Records)
	var report []PlannedRule
	pairs, matches := 0.0, 0.0
	left := uint32(0)
	for i := range t.Tallies {
		left |= 1 << t.Tallies[i].Rule
	}
	all, found := left, 0.0
	_, found = count(all)
	for left != 0 {
		best, bestValue := -1, 0.0
		var bestPairs, bestMatches float64
		for rule := range blockRules {
			if left&(1<<rule) == 0 {
				continue
			}
			withPairs, withMatches := count(p.Rules | 1<<rule)
			if value := (withMatches - matches) / (withPairs - pairs + 1); best < 0 || value > bestValue {
				best, bestValue, bestPairs, bestMatches = rule, value, withPairs, withMatches
			}
		}
		left &^= 1 << best
		r := PlannedRule{Name: blockRules[best].Name, NewPairs: bestPairs - pairs, NewMatches: bestMatches - matches, LargestBlock: largest[best]}
		r.Pairs, r.Matches = count(1 << best)
		if bestPairs <= freePairs || bestPairs <= budget && r.NewPairs <= worthPairs*r.NewMatches && r.NewMatches >= worthShare*found {
			r.Chosen = true
			p.Rules |= 1 << best
			pairs, matches = bestPairs, bestMatches
		}
		report = append(report, r)
	}
	expected := max(found, math.Exp2(m.Match)*t.Records*(t.Records-1)/2)
	return p, report, min(1, matches/max(1, expected))
}

// HeavyKeys are the keys that are so frequent in the sample that their blocks must be split.
// What is heavy is defined by the sample alone, so that all workers agree on it.
func HeavyKeys(sample []Features, records float64) map[uint64]bool {
	share := records / max(1, float64(len(sample)))
	limit := min(BlockLimit, max(leastHeavy, heavyRecords/max(1, records)))
	counts := make([]map[uint64]int, trainers)
	var wait sync.WaitGroup
	for w := range counts {
		wait.Go(func() {
			counts[w] = map[uint64]int{}
			countKeys(sample[w*len(sample)/trainers:(w+1)*len(sample)/trainers], everyRule, counts[w])
		})
	}
	wait.Wait()
	for _, more := range counts[1:] {
		for hash, n := range more {
			counts[0][hash] += n
		}
	}
	heavy := map[uint64]bool{}
	for hash, n := range counts[0] {
		if n >= heavyCount && float64(n)*share > limit {
			heavy[hash] = true
		}
	}
	return heavy
}

// countKeys adds up how many records have a key of some rules.
func countKeys(sample []Features, rules uint32, counts map[uint64]int) {
	var keys []BlockKey
	blocker := NewBlocker(&Plan{Rules: rules})
	for i := range sample {
		keys = blocker.Keys(&sample[i], keys[:0])
		for _, k := range keys {
			counts[k.Hash]++
		}
	}
}

// everyRule has the bit of every rule.
var everyRule = uint32(1)<<len(blockRules) - 1

// AllRules is a plan of all rules, for training.
func AllRules(heavy map[uint64]bool) Plan { return Plan{Rules: everyRule, Heavy: heavy} }

// largestBlocks are the records of the most frequent key of each rule, estimated from the sample.
func largestBlocks(t *Training) []int {
	largest := make([]int, len(blockRules))
	next := make(chan int)
	var wait sync.WaitGroup
	for range trainers {
		wait.Go(func() {
			for rule := range next {
				counts := map[uint64]int{}
				countKeys(t.Sample, 1<<rule, counts)
				for _, n := range counts {
					largest[rule] = max(largest[rule], n)
				}
				largest[rule] = int(float64(largest[rule]) * t.Records / max(1, float64(len(t.Sample))))
			}
		})
	}
	for rule := range blockRules {
		next <- rule
	}
	close(next)
	wait.Wait()
	return largest
}

// SampleSize bounds the records from which frequencies, heavy keys and the levels of strangers are estimated.
const SampleSize = 200_000

// trainingRecords is about how many records of each rule are compared to train.
const trainingRecords = 30_000

// TrainingScale is how many keys stand behind one whose block is compared to train.
func TrainingScale(records int64) uint64 { return max(1, uint64(records)/trainingRecords) }

// Sampled tells whether a record is in the sample, by the hash of its reference.
func Sampled(rank uint64, records int64) bool {
	return records <= SampleSize || rank%uint64(records) < SampleSize
}

// TextColumns chooses the free columns that are compared: those that say most, by how often they
// are filled and how many values they have. They are in order of their names.
func TextColumns(counts map[string]map[string]int, records int) []string {
	type column struct {
		name string
		bits float64
	}
	var columns []column
	for name, values := range counts {
		filled, squares := 0, 0.0
		for _, n := range values {
			filled += n
			squares += float64(n) * float64(n)
		}
		if len(values) < 2 {
			continue
		}
		agree := squares / (float64(filled) * float64(filled))
		columns = append(columns, column{name, float64(filled) / float64(records) * math.Log2(1/agree)})
	}
	slices.SortFunc(columns, func(a, b column) int { return cmp.Or(cmp.Compare(b.bits, a.bits), cmp.Compare(a.name, b.name)) })
	var names []string
	for _, c := range columns[:min(len(columns), freeColumns)] {
		names = append(names, c.name)
	}
	slices.Sort(names)
	return names
}
