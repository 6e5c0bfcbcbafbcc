package resolve

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// crowd are records of a few persons that agree more or less.
func crowd(t *rapid.T) (*Merging, Clusters, []Scored) {
	n := rapid.IntRange(2, 14).Draw(t, "n")
	all := make([]Features, n)
	records := &Records{Organization: make([]bool, n), Single: map[uint32][]string{}}
	for i := range all {
		all[i] = Features{
			Ordinal: uint32(i), Rank: RankOf(fmt.Sprint(i)),
			Given:  rapid.SampledFrom([]string{"nora", "nora", "paul", ""}).Draw(t, "given"),
			Family: rapid.SampledFrom([]string{"moss", "moss", "brook"}).Draw(t, "family"),
			Birth:  rapid.SampledFrom([]string{"19800301", "19800310", "19771115", ""}).Draw(t, "birth"),
			Gender: rapid.SampledFrom([]string{"female", ""}).Draw(t, "gender"),
		}
		records.Rank = append(records.Rank, all[i].Rank)
	}
	for range rapid.IntRange(0, 2).Draw(t, "different") {
		if a, b := rapid.IntRange(0, n-1).Draw(t, "a"), rapid.IntRange(0, n-1).Draw(t, "b"); a != b {
			records.Different = append(records.Different, [2]uint32{uint32(a), uint32(b)})
		}
	}
	m := plainModel()
	m.Match = -4
	merging := &Merging{Records: records, Model: m, Features: func(i uint32) (Features, bool) { return all[i], true }, Accept: 2, Workers: 2}
	var pairs []Scored
	for i := range all {
		for j := range i {
			p := Compare(&all[j], &all[i])
			if odds := m.Score(&all[j], &all[i], &p); odds >= -6 {
				pairs = append(pairs, Scored{uint32(j), uint32(i), float32(odds)})
			}
		}
	}
	clusters := Cluster(records, nil)
	return merging, clusters, pairs
}

func TestReviewAsksOnceAboutEachPairOfCustomers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		merging, clusters, pairs := crowd(t)
		ruled := slices.Clone(clusters.Root)
		merged := Merge(merging, &clusters, slices.Clone(pairs))
		reviewing := &Reviewing{Merging: merging, Pairs: pairs, Ruled: ruled, Root: clusters.Root, Limit: 100}
		got := Review(reviewing, merged.Doubts)
		seen := map[uint64]bool{}
		for i, r := range got {
			if i > 0 && r.Gain > got[i-1].Gain {
				t.Fatalf("row %d is worth more than the one before", i)
			}
			p := Probability(r.Odds)
			if r.Merged != (clusters.Root[r.A] == clusters.Root[r.B]) || p < .049 || r.Merged && p > .991 {
				t.Fatalf("row %d: %+v, customers %d and %d", i, r, clusters.Root[r.A], clusters.Root[r.B])
			}
			if merging.Records.Rank[r.A] > merging.Records.Rank[r.B] {
				t.Fatalf("row %d: the record of the smaller rank comes first", i)
			}
			if key := rootKey(clusters.Root[r.A], clusters.Root[r.B]); !r.Merged {
				if seen[key] {
					t.Fatalf("row %d: asked already", i)
				}
				seen[key] = true
			}
			for _, d := range merging.Records.Different {
				if !r.Merged && rootKey(clusters.Root[d[0]], clusters.Root[d[1]]) == rootKey(clusters.Root[r.A], clusters.Root[r.B]) {
					t.Fatalf("row %d: somebody has decided", i)
				}
			}
		}
		if few := Review(&Reviewing{Merging: merging, Pairs: pairs, Ruled: ruled, Root: clusters.Root, Limit: 1}, merged.Doubts); len(got) > 0 && (len(few) != 1 || few[0].Gain > got[0].Gain) {
			t.Fatalf("the first of %d is %+v, with a limit of one %+v", len(got), got[0], few)
		}
	})
}

func TestReviewDoesNotDependOnTheOrderOfPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		merging, clusters, pairs := crowd(t)
		ask := func(pairs []Scored) []Reviewed {
			mine := Clusters{Root: slices.Clone(clusters.Root), Rules: clusters.Rules}
			merged := Merge(merging, &mine, slices.Clone(pairs))
			return Review(&Reviewing{Merging: merging, Pairs: pairs, Ruled: clusters.Root, Root: mine.Root, Limit: 100}, merged.Doubts)
		}
		if diff := cmp.Diff(ask(pairs), ask(rapid.Permutation(pairs).Draw(t, "order"))); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestTheWaterfallOfAReviewAddsUp(t *testing.T) {
	got := ExplainReviewed([]Weight{{"prior", "random_pair", -10}, {"name", "equal", 12}}, -1)
	total := 0.0
	for _, w := range got {
		total += w.Log2
	}
	if len(got) != 3 || got[2].Comparison != Unexplained || total != -1 {
		t.Errorf("%+v", got)
	}
	if same := ExplainReviewed(got, -1); len(same) != len(got) {
		t.Errorf("%+v", same)
	}
}
