package evaluate

import (
	"cmp"
	"math"
	"slices"
	"testing"

	diff "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/internal/thorough"
)

// Seven records of three entities in three clusters and one record without a label:
//
//	cluster 0: a a a b      cluster 1: b c      cluster 2: c -
//
// Pairs together: 6 + 1 + 0 = 7, of one entity 3 + 1 + 1 = 5, both 3.
// B-cubed precision: (3 * 3/4 + 1/4 + 1/2 + 1/2 + 1) / 7 = 4.5/7.
// B-cubed recall: (3 * 1 + 1/2 + 1/2 + 1/2 + 1/2) / 7 = 5/7.
// False merges: cluster 0 one, cluster 1 one.
func TestMeasuresOfAnExampleByHand(t *testing.T) {
	cluster := []uint32{0, 0, 0, 0, 1, 1, 2, 2}
	entity := []uint32{0, 0, 0, 1, 1, 2, 2, None}
	c := Count(cluster, entity)
	if c.Records != 7 || c.Clusters != 3 || c.Entities != 3 || c.Exact != 0 || c.Largest != 4 || c.LargestTruth != 3 || c.FalseMerges != 2 {
		t.Errorf("counts %+v", c)
	}
	if c.Together != 7 || c.True != 5 || c.Right != 3 {
		t.Errorf("pairs %+v", c)
	}
	near(t, "pairwise", c.Pairwise(), Quality{3.0 / 7, 3.0 / 5, 6.0 / 12})
	p, r := 4.5/7, 5.0/7
	near(t, "B-cubed", c.BCubed(), Quality{p, r, 2 * p * r / (p + r)})
}

// Sums of at most a dozen terms near 1 differ by the order of additions alone.
const rounding = 1e-12

func near(t *testing.T, what string, got, want Quality) {
	t.Helper()
	if math.Abs(got.Precision-want.Precision) > rounding || math.Abs(got.Recall-want.Recall) > rounding || math.Abs(got.F1-want.F1) > rounding {
		t.Errorf("%s: %+v, want %+v", what, got, want)
	}
}

func TestNothingClaimedIsPreciseAndNothingToFindIsFound(t *testing.T) {
	alone := Count([]uint32{0, 1, 2}, []uint32{0, 0, 1})
	near(t, "nothing claimed", alone.Pairwise(), Quality{1, 0, 0})
	perfect := Count([]uint32{0, 1}, []uint32{0, 1})
	near(t, "nothing to find", perfect.Pairwise(), Quality{1, 1, 1})
	if perfect.Exact != 2 {
		t.Errorf("exact %d, want 2", perfect.Exact)
	}
}

// A cluster of 200,000 records has 2e10 pairs: it is counted, not listed.
func TestHugeClustersAreCountedByCells(t *testing.T) {
	const n = 200_000
	cluster, entity := make([]uint32, n), make([]uint32, n)
	links := make([]Link, 0, n)
	for i := range entity {
		entity[i] = uint32(i / 2)
		if i > 0 {
			links = append(links, Link{A: 0, B: uint32(i), Probability: .5, Accepted: true})
		}
	}
	r := &Run{Cluster: cluster, Entity: entity, Links: links, Names: []string{"model"}}
	c := Count(cluster, entity)
	if c.Together != pairsOf(n) || c.Right != n/2 || c.FalseMerges != n/2-1 {
		t.Errorf("%+v", c)
	}
	if causes := falsePairs(t, r, c.Together-c.Right); len(causes) != 1 || causes[0].Pairs != c.Together-c.Right {
		t.Errorf("causes %+v", causes)
	}
	curve := Curve(entity, links, c.True)
	near(t, "curve at 0", curve[0].Quality, c.Pairwise())
	near(t, "curve at 1", curve[len(curve)-1].Quality, Quality{1, 0, 0})
	// And the reverse: one entity in 200,000 clusters.
	for i := range entity {
		cluster[i], entity[i] = uint32(i), 0
	}
	r = &Run{Cluster: cluster, Entity: entity, Fields: make([]uint16, n), Names: nil}
	if lost := r.LostPairs(pairsOf(n)); len(lost) != 1 || lost[0] != (Cause{Cause: CauseNoData, Pairs: pairsOf(n)}) {
		t.Errorf("lost %+v", lost)
	}
}

// drawRun draws a small world: partitions that have nothing to do with the links.
func drawRun(t *rapid.T) *Run {
	n := rapid.IntRange(1, 24).Draw(t, "records")
	r := &Run{Names: []string{"phone", "model", "names_contradict", "email"}}
	for range n {
		r.Cluster = append(r.Cluster, rapid.Uint32Range(0, 5).Draw(t, "cluster"))
		e := rapid.Uint32Range(0, 6).Draw(t, "entity")
		if e == 6 {
			e = None
		}
		r.Entity = append(r.Entity, e)
		r.Fields = append(r.Fields, rapid.Uint16Range(0, 7).Draw(t, "fields"))
	}
	for range rapid.IntRange(0, 40).Draw(t, "links") {
		a, b := rapid.IntRange(0, n-1).Draw(t, "a"), rapid.IntRange(0, n-1).Draw(t, "b")
		l := Link{A: uint32(a), B: uint32(b), Probability: NoProbability(), Accepted: rapid.Bool().Draw(t, "accepted"), Rule: 0}
		if rapid.Bool().Draw(t, "scored") {
			l.Rule, l.Probability = 1, rapid.SampledFrom(append([]float64{.42, .97, .9995}, thresholds...)).Draw(t, "p")
		}
		if a != b {
			r.Links = append(r.Links, l)
		}
	}
	for range rapid.IntRange(0, 5).Draw(t, "conflicts") {
		a, b := rapid.IntRange(0, n-1).Draw(t, "a"), rapid.IntRange(0, n-1).Draw(t, "b")
		if a != b {
			r.Conflicts = append(r.Conflicts, Conflict{uint32(a), uint32(b), 2})
		}
	}
	return r
}

// eachPair visits all pairs of labelled records.
func eachPair(r *Run, visit func(a, b int, same bool)) {
	for a := range r.Entity {
		for b := a + 1; b < len(r.Entity); b++ {
			if r.Entity[a] != None && r.Entity[b] != None {
				visit(a, b, r.Entity[a] == r.Entity[b])
			}
		}
	}
}

func TestMeasuresAreThoseOfAllPairs(t *testing.T) {
	thorough.Check(t, 200, func(t *rapid.T) {
		r := drawRun(t)
		var want Counts
		eachPair(r, func(a, b int, same bool) {
			together := r.Cluster[a] == r.Cluster[b]
			want.True += one64(same)
			want.Together += one64(together)
			want.Right += one64(same && together)
		})
		got := Count(r.Cluster, r.Entity)
		if got.True != want.True || got.Together != want.Together || got.Right != want.Right {
			t.Fatalf("pairs %+v, want %+v", got, want)
		}
		// B-cubed by its definition: record by record.
		var p, q, records float64
		entities, clusters := map[uint32]map[int]bool{}, map[uint32]map[int]bool{}
		for i, e := range r.Entity {
			if e == None {
				continue
			}
			records++
			var both, cluster, entity float64
			for j, f := range r.Entity {
				if f == None {
					continue
				}
				both += float64(one64(e == f && r.Cluster[i] == r.Cluster[j]))
				cluster += float64(one64(r.Cluster[i] == r.Cluster[j]))
				entity += float64(one64(e == f))
			}
			p, q = p+both/cluster, q+both/entity
			put(entities, e, i)
			put(clusters, r.Cluster[i], i)
		}
		if records > 0 && (math.Abs(got.BCubed().Precision-p/records) > rounding || math.Abs(got.BCubed().Recall-q/records) > rounding) {
			t.Fatalf("B-cubed %+v, want %v and %v", got.BCubed(), p/records, q/records)
		}
		exact, merges := 0, 0
		for _, members := range clusters {
			seen := map[uint32]bool{}
			for i := range members {
				seen[r.Entity[i]] = true
			}
			merges += len(seen) - 1
			for e := range seen {
				if len(seen) == 1 && len(entities[e]) == len(members) {
					exact++
				}
			}
		}
		if got.Clusters != len(clusters) || got.Entities != len(entities) || got.Exact != exact || got.FalseMerges != merges {
			t.Fatalf("counts %+v, want %d clusters, %d entities, %d exact, %d merges", got, len(clusters), len(entities), exact, merges)
		}
	})
}

func one64(is bool) int64 { return int64(one(is)) }

func put(sets map[uint32]map[int]bool, key uint32, i int) {
	if sets[key] == nil {
		sets[key] = map[int]bool{}
	}
	sets[key][i] = true
}

// components are those of a breadth-first search, and so owe nothing to the forest.
func components(n int, links []Link) []int {
	near := make([][]int, n)
	for _, l := range links {
		near[l.A], near[l.B] = append(near[l.A], int(l.B)), append(near[l.B], int(l.A))
	}
	at := make([]int, n)
	for i := range at {
		at[i] = -1
	}
	for i := range at {
		if at[i] >= 0 {
			continue
		}
		queue := []int{i}
		for at[i] = i; len(queue) > 0; queue = queue[1:] {
			for _, j := range near[queue[0]] {
				if at[j] < 0 {
					at[j] = i
					queue = append(queue, j)
				}
			}
		}
	}
	return at
}

func TestTheCurveIsThatOfConnectedComponents(t *testing.T) {
	thorough.Check(t, 200, func(t *rapid.T) {
		r := drawRun(t)
		truth := Count(r.Cluster, r.Entity).True
		for _, point := range Curve(r.Entity, r.Links, truth) {
			var used []Link
			for _, l := range r.Links {
				if l.ByRule() && l.Accepted || !l.ByRule() && l.Probability >= point.Threshold {
					used = append(used, l)
				}
			}
			at := components(len(r.Entity), used)
			var right, together float64
			eachPair(r, func(a, b int, same bool) {
				together += float64(one64(at[a] == at[b]))
				right += float64(one64(at[a] == at[b] && same))
			})
			if want := quality(right, together, float64(truth)); point.Quality != want {
				t.Fatalf("at %v: %+v, want %+v", point.Threshold, point.Quality, want)
			}
		}
	})
}

// Every wrong pair has one cause, and every lost pair.
func TestCausesAddUp(t *testing.T) {
	thorough.Check(t, 200, func(t *rapid.T) {
		r := drawRun(t)
		c := Count(r.Cluster, r.Entity)
		sum := int64(0)
		for _, cause := range falsePairs(t, r, c.Together-c.Right) {
			sum += cause.Pairs
			if cause.Pairs <= 0 {
				t.Fatalf("cause %+v", cause)
			}
		}
		if sum != c.Together-c.Right {
			t.Fatalf("%d false pairs have causes, of %d", sum, c.Together-c.Right)
		}
		want := map[string]int64{}
		eachPair(r, func(a, b int, same bool) {
			if same && r.Cluster[a] != r.Cluster[b] {
				want[causeByHand(r, a, b)]++
			}
		})
		got := map[string]int64{}
		for _, cause := range r.LostPairs(c.True - c.Right) {
			got[cause.Cause] = cause.Pairs
		}
		if d := diff.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}

// causeByHand looks for rows between the two clusters that hold records of one entity.
func causeByHand(r *Run, a, b int) string {
	between := func(x, y uint32) bool {
		e := r.Entity[a]
		return r.Entity[x] == e && r.Entity[y] == e &&
			(r.Cluster[x] == r.Cluster[a] && r.Cluster[y] == r.Cluster[b] || r.Cluster[x] == r.Cluster[b] && r.Cluster[y] == r.Cluster[a])
	}
	for _, c := range r.Conflicts {
		if between(c.A, c.B) {
			return CauseConflict + r.Names[c.Reason]
		}
	}
	cause := ""
	for _, l := range r.Links {
		switch {
		case !between(l.A, l.B):
		case l.Accepted || l.ByRule():
			return CauseCut
		default:
			cause = CauseBelow
		}
	}
	return cmp.Or(cause, map[bool]string{true: CauseNoData, false: CauseNeverCompared}[r.Fields[a]&r.Fields[b] == 0])
}

func TestCandidatesAreThePairsThatWereComparedOrAreTogether(t *testing.T) {
	thorough.Check(t, 200, func(t *rapid.T) {
		r := drawRun(t)
		right := Count(r.Cluster, r.Entity).Right
		var ofOne []Link
		compared := map[uint64]bool{}
		for _, l := range r.Links {
			compared[pairKey(l.A, l.B)] = true
			if r.Entity[l.A] == r.Entity[l.B] && r.Entity[l.A] != None {
				ofOne = append(ofOne, l)
			}
		}
		var want Candidates
		eachPair(r, func(a, b int, same bool) {
			if same && r.Cluster[a] == r.Cluster[b] {
				ofOne = append(ofOne, Link{A: uint32(a), B: uint32(b)})
			}
			want.Pairs += one64(same && (r.Cluster[a] == r.Cluster[b] || compared[pairKey(uint32(a), uint32(b))]))
		})
		at := components(len(r.Entity), ofOne)
		eachPair(r, func(a, b int, same bool) { want.Reachable += one64(same && at[a] == at[b]) })
		if got := r.Candidates(right); got != want {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
}

func falsePairs(t interface{ Fatal(...any) }, r *Run, wrong int64) []Cause {
	causes, err := r.FalsePairs(wrong)
	if err != nil {
		t.Fatal(err)
	}
	return causes
}

// A right link is never blamed for what a wrong one did, whatever is stronger.
func TestFalsePairsAreTheWrongLinks(t *testing.T) {
	// a1 - a2 by phone (right), a2 - b by e-mail (wrong, and the stronger rule).
	r := &Run{
		Cluster: []uint32{0, 0, 0}, Entity: []uint32{0, 0, 1}, Names: []string{"phone", "email"},
		Links: []Link{{0, 1, NoProbability(), true, 0}, {1, 2, NoProbability(), true, 1}},
	}
	if d := diff.Diff([]Cause{{Cause: "email", Pairs: 2, Links: 1}}, falsePairs(t, r, 2)); d != "" {
		t.Error(d)
	}
	// Through a record without a label the weaker of two links is to blame.
	r = &Run{
		Cluster: []uint32{0, 0, 0}, Entity: []uint32{0, None, 1}, Names: []string{"model"},
		Links: []Link{{0, 1, .7, true, 0}, {1, 2, .99, true, 0}},
	}
	order := []Link{r.Links[0], r.Links[1]}
	slices.SortFunc(order, func(a, b Link) int { return r.compareStrength(&a, &b) })
	if order[0].Probability != .99 {
		t.Errorf("strongest first: %+v", order)
	}
	if d := diff.Diff([]Cause{{Cause: "model", Pairs: 1, Links: 1}}, falsePairs(t, r, 1)); d != "" {
		t.Error(d)
	}
	r.Evidence = func(links []int) ([]string, error) {
		if d := diff.Diff([]int{0}, links); d != "" {
			t.Error(d)
		}
		return []string{"phone"}, nil
	}
	if d := diff.Diff([]Cause{{Cause: "model", Evidence: "phone", Pairs: 1, Links: 1}}, falsePairs(t, r, 1)); d != "" {
		t.Error(d)
	}
}

func TestTagsCountThePairsTheyTouch(t *testing.T) {
	thorough.Check(t, 200, func(t *rapid.T) {
		r := drawRun(t)
		tags := &Labels{Entities: []string{"a", "a| b", "b|c|c"}}
		has := make([]map[string]bool, len(r.Cluster))
		for i := range r.Cluster {
			list := rapid.Uint32Range(0, 3).Draw(t, "tags")
			has[i] = map[string]bool{}
			if list < 3 {
				tags.Slots = append(tags.Slots, Slot{Record: uint32(i), Entity: list})
				for _, tag := range [][]string{{"a"}, {"a", "b"}, {"b", "c"}}[list] {
					has[i][tag] = true
				}
			}
		}
		for _, got := range r.ByTag(tags) {
			var want Pairs
			eachPair(r, func(a, b int, same bool) {
				if has[a][got.Tag] || has[b][got.Tag] {
					together := r.Cluster[a] == r.Cluster[b]
					want.True += one64(same)
					want.Together += one64(together)
					want.Right += one64(same && together)
				}
			})
			if got.Pairs != want {
				t.Fatalf("%+v, want %+v", got, want)
			}
		}
	})
}
