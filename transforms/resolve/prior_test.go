package resolve

import (
	"fmt"
	"math"
	"testing"
)

func TestTheShareOfSurePairsFollowsWhatTheDataSay(t *testing.T) {
	dated := Pattern{slotName: nameLevel(wordDifferent, wordDifferent, false), slotBirth: birthOther}
	none := Pattern{}
	m := flatModel()
	// Levels that are as frequent in either kind of pairs tell nothing.
	if got := m.surelyFound(drawsOf([]patternCount{{dated, 10}})); got != leastFound {
		t.Errorf("of a model that tells nothing apart: %v", got)
	}
	// Half of the pairs of one customer have equal dates and names, which strangers hardly have.
	for _, slot := range []int{slotBirth, slotName} {
		top := int(birthEqual)
		if slot == slotName {
			top = int(bothEqual)
		}
		for l := 1; l < levelCounts[slot]; l++ {
			m.M[slot][l], m.U[slot][l] = 1e-9, 1e-9
		}
		m.M[slot][1], m.M[slot][top] = .5, .5
		m.U[slot][1], m.U[slot][top] = 1-1e-9, 1e-9
	}
	m.Prepare()
	tolerance := 4 * math.Sqrt(.25*.75/draws)
	if got := m.surelyFound(drawsOf([]patternCount{{dated, 10}})); math.Abs(got-.75) > tolerance {
		t.Errorf("one of two comparisons suffices: %v, want .75", got)
	}
	// Half of the records have nothing that can be compared.
	if got := m.surelyFound(drawsOf([]patternCount{{none, 5}, {dated, 5}})); math.Abs(got-.375) > tolerance {
		t.Errorf("half of the pairs are empty: %v, want .375", got)
	}
	if got := m.surelyFound(drawsOf(nil)); got != 1 {
		t.Errorf("without pairs: %v", got)
	}
}

func TestStrangersBearOneNameAtLeastByChance(t *testing.T) {
	counts := make([]float64, nameLevels)
	counts[nameLevel(wordEqual, wordDifferent, false)] = 100
	counts[nameLevel(wordDifferent, wordEqual, false)] = 100
	counts[nameLevel(wordDifferent, wordDifferent, false)] = 9800
	u := make([]float64, nameLevels)
	smooth(slotName, counts, u, priorRandom, nil)
	atLeastByChance(counts, u)
	if got := u[bothEqual]; got < 9e-5 || got > 1.2e-4 {
		t.Errorf("one in a hundred has either name: both %v, want 1e-4", got)
	}
	if sum := total(u); math.Abs(sum-1) > 1e-6 {
		t.Errorf("the levels add up to %v", sum)
	}
}

// Of pairs of equal names there are too few among random ones: all of the sample are counted.
func TestNamesakesAreCountedAmongAllPairs(t *testing.T) {
	var sample []Features
	for i := range 3000 {
		fields := fmt.Sprintf("given=Ada;family=Moss%c%c;birth=1980-01-01", 'a'+i%20, 'a'+i/20%20)
		f := recordOf(fields)
		f.Ordinal, f.Rank = uint32(i), RankOf(fmt.Sprint(i))
		sample = append(sample, f)
	}
	counted, pairs := 0.0, 0.0
	for _, c := range withNamesakes(strangers(sample), sample) {
		pairs += c.count
		if c.pattern[slotName] == bothEqual {
			counted += c.count
		}
	}
	equal := 0.0
	for i := range sample {
		for j := range i {
			if sample[i].Family == sample[j].Family {
				equal++
			}
		}
	}
	want := equal / (3000 * 2999 / 2)
	if got := counted / pairs; math.Abs(got-want) > .02*want {
		t.Errorf("share of namesakes %v, want %v", got, want)
	}
}

func TestAnOfficeIsNoExampleOfOneCustomer(t *testing.T) {
	var office, customer []Features
	for i := range 20 {
		office = append(office, recordOf(fmt.Sprintf("name=%c%c%c Moss;phone=13900000001", 'A'+i, "aeiou"[i%5], 'b'+i)))
		customer = append(customer, recordOf([]string{"name=Nora Moss;phone=13900000001", "name=Moss, Norah;phone=13900000001"}[i%2]))
	}
	phone := BlockKey{Rule: 1}
	if blockRules[phone.Rule].Name != "phone" {
		t.Fatalf("rule %s", blockRules[phone.Rule].Name)
	}
	if !crowded(office, phone) || crowded(customer, phone) || crowded(office, BlockKey{Rule: 4}) {
		t.Errorf("office %v, customer %v, postcode %v", crowded(office, phone), crowded(customer, phone), crowded(office, BlockKey{Rule: 4}))
	}
}

func TestWhoKnowsMoreCountsForThreeTogether(t *testing.T) {
	r := &recordComparer{}
	of := func(slot int, level uint8, gain float64) (p profile) {
		p.pattern[slot], p.gain[slot] = level, gain
		return p
	}
	initial, other := nameLevel(wordInitial, wordEqual, false), nameLevel(wordDifferent, wordEqual, false)
	city, street := uint8(cityEqual*codeLevels), uint8((streetDifferent*cityLevels+cityEqual)*codeLevels)
	for _, c := range []struct {
		name          string
		first, second profile
		slot          int
		want          float64
	}{
		{"John and James, of whom J. knows nothing", of(slotName, initial, 4), of(slotName, other, -2), slotName, -2},
		{"two streets of one city", of(slotPlace, street, -5), of(slotPlace, city, 3), slotPlace, -5},
		{"a date that was mistyped once", of(slotBirth, birthOneDigit, 7), of(slotBirth, birthSimilar, -3), slotBirth, 7},
		{"what one of them has alone", profile{}, of(slotPhone, phoneDifferent, -6), slotPhone, -6},
	} {
		for _, order := range [2][2]profile{{c.first, c.second}, {c.second, c.first}} {
			if both := jointly(&order[0], &order[1], r.fuller); both.gain[c.slot] != c.want {
				t.Errorf("%s: %v, want %v", c.name, both.gain[c.slot], c.want)
			}
		}
	}
}
