package resolve

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// trainingOf counts the blocks of a population as the training job does, all of them.
func trainingOf(people []Features, texts []string) *Training {
	heavy := HeavyKeys(people, float64(len(people)))
	plan := AllRules(heavy)
	blocks, _ := blocksOf(people, &plan)
	counter := NewCounter(&plan)
	for key, members := range blocks {
		counter.Block(members, key)
	}
	return &Training{Records: float64(len(people)), Sample: people, Tallies: Tallies(counter.Counts), Scale: 1, Heavy: heavy, Texts: texts}
}

// simulated are records drawn from a known model: two of each entity, whose fields err
// independently of each other.
type simulated struct {
	people []Features
	wrong  []float64 // probability that a text is another one, by column
	values []int     // number of values of each column, equally frequent
	found  int       // true pairs that share a phone number, birth date or postcode
}

func code(i int) string {
	return string([]byte{'a' + byte(i%26), 'a' + byte(i/26%26), 'a' + byte(i/676%26)})
}

func simulate(entities int) *simulated {
	s := &simulated{wrong: []float64{.02, .1, .3}, values: []int{4, 40, 400}}
	random := rand.New(rand.NewPCG(1, 2))
	birth := func() string {
		return fmt.Sprintf("%04d%02d%02d", 1930+random.IntN(80), 1+random.IntN(12), 2+random.IntN(27))
	}
	phone := func() string { return fmt.Sprintf("+861%010d", random.IntN(1e10)) }
	postcode := func() string { return fmt.Sprintf("%06d", 1009*random.IntN(900)) }
	draw := func(p float64, is string, other func() string) string {
		if random.Float64() < p {
			return other()
		}
		return is
	}
	for e := range entities {
		b, p, c := birth(), phone(), postcode()
		texts := make([]string, len(s.values))
		for i, n := range s.values {
			texts[i] = code(random.IntN(n))
		}
		for copied := range 2 {
			f := Features{
				Ordinal: uint32(2*e + copied), Rank: RankOf(fmt.Sprint("s:x:", e, ".", copied)),
				Birth: draw(.1, b, birth), Phones: []string{draw(.1, p, phone)}, Postcode: draw(.1, c, postcode),
			}
			for i, n := range s.values {
				f.Texts = append(f.Texts, draw(s.wrong[i], texts[i], func() string { return code(random.IntN(n)) }))
			}
			s.people = append(s.people, f)
		}
		x, y := &s.people[2*e], &s.people[2*e+1]
		if x.Birth == y.Birth || x.Phones[0] == y.Phones[0] || x.Postcode == y.Postcode {
			s.found++
		}
	}
	return s
}

// What is learned without labels must be the model that the records were drawn from. The
// tolerance is 4.5 standard deviations of the shares among so many pairs (false in one run of
// 10,000 of these twelve numbers; the seed is fixed), and what the prior adds.
func TestTrainingFindsTheModelThatRecordsWereDrawnFrom(t *testing.T) {
	const entities, sds = 1000, 4.5
	s := simulate(entities)
	m := Train(trainingOf(s.people, []string{"a", "b", "c"}))
	near := func(what string, got, want, pairs, prior float64) {
		t.Helper()
		tolerance := sds*math.Sqrt(want*(1-want)/pairs) + prior/pairs
		if math.Abs(got-want) > tolerance {
			t.Errorf("%s: %.5f, want %.5f within %.5f", what, got, want, tolerance)
		}
	}
	random := float64(2*entities) * float64(2*entities-1) / 2
	for i, n := range s.values {
		right := 1 - s.wrong[i]
		same := right*right + (1-right*right)/float64(n) // both right, or equal by chance
		// The pass over birth dates alone has .81 of the entities' pairs.
		near(m.SlotName(slotText+i)+" of one customer", m.M[slotText+i][textEqual], same, .81*entities, priorMatch)
		near(m.SlotName(slotText+i)+" of strangers", m.U[slotText+i][textEqual], 1/float64(n), min(random, randomPairs), priorRandom)
	}
	near("phone of one customer", m.M[slotPhone][phoneEqual], .81, .81*entities, priorMatch)
	near("birth date of one customer", m.M[slotBirth][birthEqual], .81+.19/(80*12*27), .81*entities, priorMatch)
	// Expected pairs are counts of posteriors, whose error is less than that of a count.
	pairs := math.Exp2(m.Match) * random
	if tolerance := sds * math.Sqrt(float64(s.found)); math.Abs(pairs-float64(s.found)) > tolerance {
		t.Errorf("%.0f pairs of one customer are expected, blocks hold %d", pairs, s.found)
	}
}

// Training on little must give a model: probabilities that are none, or infinite weights, would
// stop the job or decide by themselves.
func TestTrainingOnLittleGivesAModelThatCanBeUsed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var people []Features
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0: // no record
		case 1:
			people = []Features{drawFeatures(t)}
		case 2: // all fields empty
			people = make([]Features, rapid.IntRange(1, 20).Draw(t, "empty"))
		case 3: // one record many times
			f := drawFeatures(t)
			for range rapid.IntRange(2, 20).Draw(t, "copies") {
				people = append(people, f)
			}
		case 4: // one column
			for range rapid.IntRange(2, 20).Draw(t, "records") {
				people = append(people, Features{City: rapid.SampledFrom([]string{"leeds", "bath"}).Draw(t, "city")})
			}
		default:
			people = drawPopulation(t, 12)
		}
		for i := range people {
			people[i].Ordinal, people[i].Rank = uint32(i), RankOf(fmt.Sprint(i))
		}
		training := trainingOf(people, []string{"state"})
		if rapid.IntRange(0, 3).Draw(t, "no tallies") == 0 {
			training.Tallies = nil
		}
		m := Train(training)
		usable(t, m)
		plan, _, _ := PlanBlocks(training, m)
		data, err := MarshalModel(m, &plan)
		if err != nil {
			t.Fatalf("cannot be written: %v", err)
		}
		if _, _, err := UnmarshalModel(data); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		for i := range people {
			for j := range i {
				p := Compare(&people[i], &people[j])
				if odds := m.Score(&people[i], &people[j], &p); math.IsNaN(odds) || math.IsInf(odds, 0) {
					t.Fatalf("score %v", odds)
				}
			}
		}
	})
}

// usable checks that the numbers of a model are probabilities and weights.
func usable(t *rapid.T, m *Model) {
	for s := range slots {
		for name, levels := range map[string][]float64{"m": m.M[s], "u": m.U[s]} {
			sum := 0.0
			for l, p := range levels {
				if l > 0 && !(p > 0 && p <= 1) {
					t.Fatalf("%s of %s, %s: %v", name, m.SlotName(s), LevelName(s, uint8(l)), p)
				}
				sum += p
			}
			if sum < .9 || sum > 1+1e-6 { // each has at least 1e-9; level 0 of places has a share of what is believed before
				t.Fatalf("%s of %s: the levels add up to %v", name, m.SlotName(s), sum)
			}
		}
		for l := 1; l < levelCounts[s]; l++ {
			for _, w := range []float64{m.m[s][l], m.u[s][l], m.h[s][l]} {
				if math.IsNaN(w) || math.IsInf(w, 0) {
					t.Fatalf("weight %v of %s", w, LevelName(s, uint8(l)))
				}
			}
		}
	}
	for _, x := range []float64{m.Match, m.Household} {
		if math.IsNaN(x) || math.IsInf(x, 0) || x > 0 {
			t.Fatalf("match %v, household %v", m.Match, m.Household)
		}
	}
	if !(m.Twins >= leastTwins && m.Twins <= mostTwins) || !(m.Frequency.Own >= 1) || math.IsInf(m.Frequency.Own, 0) {
		t.Fatalf("twins %v, own records %v", m.Twins, m.Frequency.Own)
	}
}

func TestTrainingDoesNotDependOnTheOrderOfTheSample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPopulation(t, 10)
		shuffled := rapid.Permutation(people).Draw(t, "order")
		a, b := Train(trainingOf(people, []string{"state"})), Train(trainingOf(shuffled, []string{"state"}))
		x, err := MarshalModel(a, &Plan{})
		y, err2 := MarshalModel(b, &Plan{})
		if err != nil || err2 != nil || string(x) != string(y) {
			t.Fatalf("two models: %v %v", err, err2)
		}
	})
}

func TestFrequenciesAreThoseOfCounting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sample := drawPopulation(t, 40)
		own := rapid.Float64Range(1, 4).Draw(t, "own")
		f := CountFrequencies(sample, own)
		missed := math.Max(2, .3*own)
		cities := map[string]float64{}
		total := 0.0
		for i := range sample {
			if sample[i].City != "" {
				cities[sample[i].City]++
				total++
			}
		}
		if f.Kinds[kindCity].Values != int(total) {
			t.Fatalf("%d cities, want %v", f.Kinds[kindCity].Values, total)
		}
		agree := 0.0
		for city, n := range cities {
			others := math.Max(missed, n-own) // his own records are taken off, and some may have been missed
			agree += n * others / (total * total)
			if got, want := f.frequency(kindCity, city), math.Min(1, others/total); math.Abs(got-want) > 1e-12 {
				t.Fatalf("frequency of %s: %v, want %v", city, got, want)
			}
		}
		if got := f.Kinds[kindCity].Agree; total > 0 && math.Abs(got-math.Min(1, agree)) > 1e-12 {
			t.Fatalf("two customers' cities agree with probability %v, want %v", got, agree)
		}
		for city := range cities {
			if r := f.rarity(kindCity, city); math.IsNaN(r) || math.IsInf(r, 0) {
				t.Fatalf("rarity %v of %s", r, city)
			}
		}
	})
}

func TestAgreementOnARareValueSaysMore(t *testing.T) {
	var sample []Features
	for i := range 1000 {
		family := "wang"
		if i%100 == 0 {
			family = "ostrander"
		}
		sample = append(sample, Features{Family: family, Rank: uint64(i)})
	}
	f := CountFrequencies(sample, 1)
	common, rare, unseen := f.rarity(kindFamily, "wang"), f.rarity(kindFamily, "ostrander"), f.rarity(kindFamily, "nobody")
	if !(common < .1 && rare > common+6 && unseen > rare) {
		t.Errorf("bits: common %.2f, rare %.2f, unseen %.2f", common, rare, unseen)
	}
	// A value nobody has is not worth more than one that two others may have (the floor).
	if want := math.Log2(f.Kinds[kindFamily].Agree / (missedRecords / 1000.)); unseen != want {
		t.Errorf("unseen value %.3f bits, the floor is %.3f", unseen, want)
	}
}
