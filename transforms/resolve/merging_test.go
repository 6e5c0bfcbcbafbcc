package resolve

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawMerging draws records with everything that forbids a merge, what rules have made of them,
// and pairs with odds.
func drawMerging(t *rapid.T) (m *Merging, ruled Clusters, bonds []Scored) {
	people := drawPopulation(t, 14)
	n := len(people)
	records := &Records{Organization: make([]bool, n), Rank: make([]uint64, n), Single: map[uint32][]string{}}
	for i := range people {
		records.Organization[i], records.Rank[i] = people[i].Organization, people[i].Rank
		if rapid.IntRange(0, 3).Draw(t, "single") == 0 {
			records.Single[uint32(i)] = []string{"loyalty=" + rapid.SampledFrom([]string{"1", "2"}).Draw(t, "value")}
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "different") {
		if a, b := rapid.IntRange(0, n-1).Draw(t, "a"), rapid.IntRange(0, n-1).Draw(t, "b"); a != b {
			records.Different = append(records.Different, [2]uint32{uint32(a), uint32(b)})
		}
	}
	var links []Link
	for range rapid.IntRange(0, n/2).Draw(t, "links") {
		a, b := rapid.IntRange(0, n-1).Draw(t, "a"), rapid.IntRange(0, n-1).Draw(t, "b")
		links = append(links, Link{uint32(min(a, b)), uint32(max(a, b)), RuleReference})
	}
	model := someModel(t)
	model.Match = -1 // so that much is merged
	for j := range people {
		for i := range j {
			if rapid.IntRange(0, 2).Draw(t, "bond") > 0 {
				bonds = append(bonds, Scored{uint32(i), uint32(j), float32(rapid.IntRange(-4, 10).Draw(t, "odds"))})
			}
		}
	}
	m = &Merging{
		Records: records, Model: model, Workers: 1, Accept: rapid.SampledFrom([]float64{math.NaN(), -6, 0, 4}).Draw(t, "accept"),
		Features: func(i uint32) (Features, bool) { return people[i], true }, Borrowed: map[uint32]bool{0: true},
	}
	return m, Cluster(records, links), bonds
}

func TestMergingDependsNeitherOnTheOrderOfPairsNorOnWorkers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, ruled, bonds := drawMerging(t)
		run := func(bonds []Scored, workers int) (Clusters, Merged) {
			clusters := Clusters{Root: slices.Clone(ruled.Root)}
			m.Workers = workers
			return clusters, Merge(m, &clusters, bonds)
		}
		clusters, merged := run(slices.Clone(bonds), 1)
		shuffled := rapid.Permutation(slices.Clone(bonds)).Draw(t, "order")
		for i := range shuffled {
			if i%2 == 0 {
				shuffled[i].A, shuffled[i].B = shuffled[i].B, shuffled[i].A
			}
		}
		again, mergedAgain := run(shuffled, 3)
		if diff := cmp.Diff(clusters, again); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(merged, mergedAgain, cmp.AllowUnexported(Doubt{})); diff != "" {
			t.Fatal(diff)
		}
		for i, root := range clusters.Root {
			if root > uint32(i) || clusters.Root[root] != root || clusters.Root[ruled.Root[i]] != root {
				t.Fatalf("record %d has root %d (ruled %d): %v", i, root, ruled.Root[i], clusters.Root)
			}
		}
		if before, after := roots(ruled.Root), roots(clusters.Root); before-after != merged.Merges {
			t.Fatalf("%d clusters of rules, %d in the end, %d merges", before, after, merged.Merges)
		}
		if merged.Expected < 0 || merged.Expected > float64(merged.Merges) {
			t.Fatalf("%v false merges expected of %d", merged.Expected, merged.Merges)
		}
	})
}

func roots(of []uint32) (n int) {
	for i, root := range of {
		if root == uint32(i) {
			n++
		}
	}
	return n
}

func TestTheModelNeverJoinsWhatMustNotMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, ruled, bonds := drawMerging(t)
		clusters := Clusters{Root: slices.Clone(ruled.Root)}
		Merge(m, &clusters, bonds)
		for j, root := range clusters.Root {
			for i := range j {
				if clusters.Root[i] != root {
					continue
				}
				if m.Records.Organization[i] != m.Records.Organization[j] {
					t.Fatal("a person and an organization")
				}
				if ruled.Root[i] != ruled.Root[j] && clash(m.Records.Single[uint32(i)], m.Records.Single[uint32(j)]) {
					t.Fatalf("records %d and %d: two values of a single-valued identifier", i, j)
				}
			}
		}
		for _, pair := range m.Records.Different {
			if clusters.Root[pair[0]] == clusters.Root[pair[1]] {
				t.Fatal("records decided to be different")
			}
		}
	})
}

func TestWhatHangsTogetherIsBoundedAndTheWeakestBondsAreLeftOut(t *testing.T) {
	const n = 3*componentLimit + 7
	clusters := Clusters{Root: make([]uint32, n)}
	var bonds []Scored
	for i := range clusters.Root {
		clusters.Root[i] = uint32(i)
		if i > 0 {
			bonds = append(bonds, Scored{uint32(i - 1), uint32(i), float32(i % 100)}) // a chain
		}
	}
	bonds = append(bonds, Scored{0, n - 1, BondOdds - 1}) // says nothing
	m := &Merging{Records: &Records{Organization: make([]bool, n)}}
	members, components, dropped := m.components(&clusters, bonds)
	total, kept := 0, 0
	for _, c := range components {
		total, kept = total+len(c.roots), kept+len(c.bonds)
		if len(c.roots) > componentLimit {
			t.Errorf("%d clusters hang together", len(c.roots))
		}
		for _, b := range c.bonds {
			if b.A == b.B || int(max(b.A, b.B)) >= len(c.roots) {
				t.Fatalf("bond %v in a component of %d", b, len(c.roots))
			}
		}
	}
	if total != n || len(members) != n || kept+dropped != n-1 || dropped != len(components)-1 {
		t.Errorf("%d clusters in %d components, %d bonds kept, %d dropped", total, len(components), kept, dropped)
	}
}

func TestTheThresholdFollowsTheFalseMergesThatAreExpected(t *testing.T) {
	list := func(odds ...float64) [][]Join {
		var out [][]Join
		for _, o := range odds {
			out = append(out, []Join{{Odds: o}})
		}
		return out
	}
	repeat := func(n int, odds float64) (out []float64) {
		for range n {
			out = append(out, odds)
		}
		return out
	}
	for _, c := range []struct {
		name string
		odds []float64
		want float64
	}{
		{"nothing is merged", nil, 0},
		{"two merges that are even odds: one false at most is expected", repeat(2, 0), 0},
		{"five at even odds: the fifth would make more than two", repeat(5, 0), 0},
		{"all are sure", repeat(1000, 20), 0},
		{"sure ones pay for few doubtful ones", append(repeat(2000, 20), repeat(9, 0)...), 0},
		{"doubtful ones beyond what is allowed", append(repeat(2000, 20), repeat(100, 3)...), 3},
		{"what is surer than surest is merged", append(repeat(10, 40), repeat(30, 1.02)...), 1.1},
	} {
		if got := chooseAccept(list(c.odds...)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		odds := rapid.SliceOfN(rapid.Float64Range(0, 20), 0, 200).Draw(t, "odds")
		accept := chooseAccept(list(odds...))
		expected, n := 0.0, 0
		for _, o := range odds {
			if o >= accept {
				expected, n = expected+1-Probability(o), n+1
			}
		}
		if expected > max(fewFalse, falseShare*float64(n))+1e-9 {
			t.Fatalf("from %v on %v false merges of %d are expected", accept, expected, n)
		}
	})
}

func TestRecordsOfAClusterBeyondTheRepresentativesChangeNothingButItsSize(t *testing.T) {
	people := make([]Features, representatives+6)
	root := make([]uint32, len(people))
	records := &Records{Organization: make([]bool, len(people)), Rank: make([]uint64, len(people))}
	for i := range people {
		people[i] = recordOf(fmt.Sprintf("name=Nora Moss; phone=1390000%04d", i))
		records.Rank[i] = uint64(i)
		if i == len(people)-1 {
			root[i] = uint32(i)
		}
	}
	compared := 0
	m := &Merging{Records: records, Accept: 0, Workers: 1, Model: flatModel(), Features: func(i uint32) (Features, bool) {
		compared++
		return people[i], true
	}}
	Merge(m, &Clusters{Root: root}, []Scored{{0, uint32(len(people) - 1), 5}})
	if compared > len(people) {
		t.Errorf("%d records were looked up", compared)
	}
}

// flatModel is a model in which all levels are as frequent.
func flatModel() *Model {
	m := &Model{Match: -10, Household: -14, Twins: leastTwins, Frequency: CountFrequencies(nil, 1)}
	for s := range slots {
		m.M[s], m.U[s] = make([]float64, levelCounts[s]), make([]float64, levelCounts[s])
		for l := 1; l < levelCounts[s]; l++ {
			m.M[s][l], m.U[s][l] = 1/float64(levelCounts[s]-1), 1/float64(levelCounts[s]-1)
		}
	}
	m.Prepare()
	return m
}
