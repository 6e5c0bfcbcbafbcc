package resolve

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawPopulation draws records of distinct references.
func drawPopulation(t *rapid.T, most int) []Features {
	people := make([]Features, rapid.IntRange(2, most).Draw(t, "records"))
	for i := range people {
		people[i] = drawFeatures(t)
		people[i].Ordinal, people[i].Rank = uint32(i), RankOf(fmt.Sprint("crm:contact:", i))
	}
	return people
}

// blocksOf are the blocks of a plan and the keys of each record.
func blocksOf(people []Features, plan *Plan) (blocks map[BlockKey][]Features, keys [][]BlockKey) {
	blocks = map[BlockKey][]Features{}
	for i := range people {
		own := BlockKeys(&people[i], plan, nil)
		for _, k := range own {
			blocks[k] = append(blocks[k], people[i])
		}
		keys = append(keys, own)
	}
	return blocks, keys
}

// drawPlan draws a plan of some rules, some of whose keys are heavy.
func drawPlan(t *rapid.T, people []Features) *Plan {
	plan := &Plan{Rules: rapid.Uint32Range(0, everyRule).Draw(t, "rules"), Heavy: map[uint64]bool{}}
	for i := range people {
		for _, k := range BlockKeys(&people[i], &Plan{Rules: everyRule}, nil) {
			if k.Hash%3 == 0 {
				plan.Heavy[k.Hash] = true
			}
		}
	}
	return plan
}

func TestPairsThatShareAKeyAreScoredExactlyOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPopulation(t, 12)
		plan := drawPlan(t, people)
		blocks, keys := blocksOf(people, plan)
		visited := map[[2]uint32]int{}
		for key, members := range blocks {
			var block []BlockMember
			for i := range members {
				m := &members[i]
				block = append(block, BlockMember{m.Ordinal, m.Rank, AppendLower(nil, keys[m.Ordinal], key)})
			}
			block = SortMembers(block)
			if partial, overfull := EachPair(block, key.Rule, func(i, j int) {
				a, b := block[i].Ordinal, block[j].Ordinal
				visited[[2]uint32{min(a, b), max(a, b)}]++
			}); partial || overfull {
				t.Fatal("a small block is overfull")
			}
		}
		for j := range people {
			for i := range j {
				share := slices.ContainsFunc(keys[i], func(k BlockKey) bool { return slices.Contains(keys[j], k) })
				want := 0
				if share {
					want = 1
				}
				if got := visited[[2]uint32{uint32(i), uint32(j)}]; got != want {
					t.Fatalf("records %d and %d share a key: %v, scored %d times", i, j, share, got)
				}
				if share && people[i].Organization != people[j].Organization {
					t.Fatal("a person and an organization share a key")
				}
			}
		}
	})
}

func TestPairsAreCountedOnceUnderEachRuleTheyShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPopulation(t, 10)
		plan := drawPlan(t, people)
		plan.Rules = everyRule
		blocks, keys := blocksOf(people, plan)
		counter, want := NewCounter(plan), map[TallyKey]uint32{}
		for key, members := range blocks {
			counter.Block(members, key)
		}
		for _, a := range people {
			for _, b := range people {
				if a.Rank >= b.Rank {
					continue
				}
				shared := SharedRules(keys[a.Ordinal], keys[b.Ordinal])
				for rule := range blockRules {
					if shared&(1<<rule) != 0 {
						want[TallyKey{Compare(&a, &b), uint8(rule), shared}]++
					}
				}
			}
		}
		if diff := cmp.Diff(want, counter.Counts); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestEqualRecordsHaveEqualKeysWhateverTheirReferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPopulation(t, 4)
		plan := drawPlan(t, people)
		f := people[0]
		f.Ordinal, f.Rank, f.Borrowed = 99, 99, !f.Borrowed
		keys := BlockKeys(&f, plan, nil)
		if diff := cmp.Diff(BlockKeys(&people[0], plan, nil), keys); diff != "" {
			t.Fatal(diff)
		}
		for i, k := range keys {
			if plan.Rules&(1<<k.Rule) == 0 || slices.Contains(keys[:i], k) {
				t.Fatalf("key %v is of a rule that was not chosen, or twice there", k)
			}
		}
	})
}

func TestABlockTooFullIsComparedInAWindowAndReported(t *testing.T) {
	members := make([]BlockMember, BlockLimit+100)
	for i := range members {
		members[i].Ordinal, members[i].Rank = uint32(i), uint64(i)
	}
	pairs := 0
	if partial, overfull := EachPair(members, 0, func(i, j int) {
		pairs++
		if j-i >= BlockLimit/2 {
			t.Fatalf("records %d places apart are compared", j-i)
		}
	}); !partial || !overfull {
		t.Error("not reported")
	}
	n, reach := len(members), BlockLimit/2
	if want := n*(reach-1) - reach*(reach-1)/2; pairs != want {
		t.Errorf("%d pairs, want %d", pairs, want)
	}
}

func TestKeysThatForgiveOneMistakeAreShared(t *testing.T) {
	for _, c := range []struct{ rule, a, b string }{
		{"name", "given=Nora; family=Moss", "given=Moss; family=Nora"},
		{"name", "name=王小明", "name=Xiaoming Wang"},
		{"birth_date+word", "given=Nora; family=Moss; birth=1985-03-12", "given=Norah; family=Brook; birth=1985-03-12"},
		{"year+word", "given=Nora; family=Moss; birth=1985-03-12", "given=Moss; family=Nora; birth=1985-07-30"},
		{"month_day+word", "given=Nora; family=Moss; birth=1985-03-12", "given=Nora; family=Moss; birth=1958-03-12"},
		{"birth_digits+initial", "given=Nora; family=Moss; birth=1985-03-12", "given=Norma; family=Brook; birth=1985-12-03"},
		{"street+word", "given=Nora; family=Moss; street=12 Harbour Street", "given=Nora; family=Brook; street=12, Harbour Str."},
		{"email_local", "name=N; email=nora.moss@example.com", "name=N; email=nora.moss@example.cn"},
		{"city+word", "given=Nora; family=Moss; city=上海市", "given=Nora; family=Moss; city=上海"},
		{"company", "kind=organization; name=Südlicht Möbelwerk GmbH", "kind=organization; name=Suedlicht Moebelwerk"},
	} {
		rule := slices.IndexFunc(blockRules, func(r BlockRule) bool { return r.Name == c.rule })
		a, b := recordOf(c.a), recordOf(c.b)
		plan := &Plan{Rules: 1 << rule}
		if SharedRules(BlockKeys(&a, plan, nil), BlockKeys(&b, plan, nil)) != plan.Rules {
			t.Errorf("%s: %s and %s do not meet", c.rule, c.a, c.b)
		}
	}
}

// Known answers of the code of 1918, as the National Archives print them, but for the letters h
// and w, which are taken for vowels here.
func TestSoundexGivesKnownCodes(t *testing.T) {
	for word, want := range map[string]string{
		"robert": "r163", "rupert": "r163", "rubin": "r15", "tymczak": "t522", "pfister": "p236", "lee": "l", "washington": "w252", "": "", "a": "a", "ß": "\xc3",
	} {
		if got := string(appendSoundex(nil, word)); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

func TestHeavyKeysAreThoseOfManyRecords(t *testing.T) {
	var sample []Features
	for i := range 400 {
		f := recordOf(fmt.Sprintf("city=上海; postcode=20%04d", i/2))
		f.Rank = uint64(i)
		sample = append(sample, f)
	}
	if heavy := HeavyKeys(sample, 400); len(heavy) != 0 {
		t.Errorf("%d heavy keys", len(heavy))
	}
	for i := range sample {
		sample[i].Postcode = "200000"
	}
	heavy := HeavyKeys(sample, 400)
	keysOf := func() []BlockKey { return BlockKeys(&sample[0], &Plan{Rules: everyRule}, nil) }
	for _, k := range keysOf() {
		if !heavy[k.Hash] {
			t.Errorf("the key of all records is not heavy")
		}
	}
	// In a sample of one record in a thousand a key of fewer than heavyCount is chance.
	for i := range sample {
		sample[i].Postcode = fmt.Sprint("20", i/(heavyCount-1))
	}
	for _, k := range keysOf() {
		if HeavyKeys(sample, 400_000)[k.Hash] {
			t.Error("a key of too few records in the sample is heavy")
		}
	}
}

func TestAPlanKeepsToItsBudgetAndReportsEveryRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := someModel(t)
		records := rapid.SampledFrom([]float64{0, 1, 2, 1e3, 1e6, 1e8}).Draw(t, "all records")
		training := &Training{Records: records, Scale: rapid.SampledFrom([]float64{1, 20, 2000}).Draw(t, "scale"), Heavy: map[uint64]bool{}}
		people := drawPopulation(t, 6)
		training.Sample = people
		for range rapid.IntRange(0, 20).Draw(t, "tallies") {
			a, b := rapid.SampledFrom(people).Draw(t, "a"), rapid.SampledFrom(people).Draw(t, "b")
			rule := rapid.IntRange(0, len(blockRules)-1).Draw(t, "rule")
			training.Tallies = append(training.Tallies, Tally{
				Pattern: Compare(&a, &b), Rule: uint8(rule), Shared: rapid.Uint32Range(0, everyRule).Draw(t, "shared") | 1<<rule,
				Count: rapid.Float64Range(1, 1e5).Draw(t, "count"),
			})
		}
		plan, report, recall := PlanBlocks(training, m)
		var rules uint32
		for i := range training.Tallies {
			rules |= 1 << training.Tallies[i].Rule
		}
		pairs, chosen := 0.0, uint32(0)
		for _, r := range report {
			if r.Chosen {
				pairs += r.NewPairs
				chosen |= 1 << slices.IndexFunc(blockRules, func(b BlockRule) bool { return b.Name == r.Name })
			}
		}
		if plan.Rules != chosen || plan.Rules&^rules != 0 || len(report) != onesOf(rules) {
			t.Fatalf("rules %b, chosen in the report %b, found %b, %d in the report", plan.Rules, chosen, rules, len(report))
		}
		if budget := max(freePairs, pairsPerRecord*records, smallBudget-smallCost*records); pairs > budget*(1+1e-9) {
			t.Fatalf("%.0f pairs, the budget is %.0f", pairs, budget)
		}
		if math.IsNaN(recall) || recall < 0 || recall > 1 {
			t.Fatalf("expected recall %v", recall)
		}
		again, _, _ := PlanBlocks(training, m)
		if again.Rules != plan.Rules {
			t.Fatal("planned twice, two plans")
		}
	})
}

func onesOf(x uint32) (n int) {
	for ; x != 0; x &= x - 1 {
		n++
	}
	return n
}

func TestFreeColumnsThatSayMostAreCompared(t *testing.T) {
	counts := map[string]map[string]int{
		"constant": {"x": 100},         // one value says nothing
		"empty":    {},                 //
		"half":     {"a": 25, "b": 25}, // .5 of the records, one bit
		"full":     {"a": 50, "b": 50}, // one bit
		"many":     {},                 // filled on all, a hundred values
		"rare":     {"a": 1, "b": 1},   // hardly filled
		"x1":       {"a": 30, "b": 30}, //
		"x2":       {"a": 31, "b": 31}, //
		"x3":       {"a": 32, "b": 32}, //
		"x4":       {"a": 33, "b": 33}, //
		"skewed":   {"a": 99, "b": 1},  //
	}
	for i := range 100 {
		counts["many"][fmt.Sprint(i)] = 1
	}
	if diff := cmp.Diff([]string{"full", "half", "many", "x1", "x2", "x3", "x4"}, TextColumns(counts, 100)); diff != "" {
		t.Error(diff)
	}
	if got := TextColumns(nil, 0); len(got) != 0 {
		t.Errorf("columns of nothing: %v", got)
	}
}
