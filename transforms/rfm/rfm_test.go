package rfm

import (
	"math"
	"math/big"
	"slices"
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/internal/shareddata"
)

func TestRangePreservesOrder(t *testing.T) {
	edges := []int64{math.MinInt64, math.MinInt64 + 1, -1 << 40, -1025, -1024, -1, 0, 1, 511, 512, 1023, 1024, 1025, 1 << 40, math.MaxInt64 - 1, math.MaxInt64}
	for i := 1; i < len(edges); i++ {
		if Range(edges[i-1]) > Range(edges[i]) {
			t.Errorf("Range(%d) = %d > Range(%d) = %d", edges[i-1], Range(edges[i-1]), edges[i], Range(edges[i]))
		}
	}
	for v := int64(-1024); v < 1023; v++ {
		if Range(v)+1 != Range(v+1) {
			t.Fatalf("%d and %d are %d and %d", v, v+1, Range(v), Range(v+1))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		if a < b && Range(a) > Range(b) || a > b && Range(a) < Range(b) {
			t.Fatalf("%d -> %d, %d -> %d", a, Range(a), b, Range(b))
		}
	})
}

// brute ranks by the definitions, with cuts as exact fractions.
func brute(values []int64, shares Shares) []Rank {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := int64(len(sorted))
	var cuts [4]*big.Rat
	for k := range cuts {
		h := big.NewRat((n-1)*int64(k+1), 5)
		low := new(big.Int).Quo(h.Num(), h.Denom()).Int64()
		high := min(low+1, n-1)
		fraction := new(big.Rat).Sub(h, big.NewRat(low, 1))
		cuts[k] = new(big.Rat).Add(big.NewRat(sorted[low], 1), fraction.Mul(fraction, new(big.Rat).Sub(big.NewRat(sorted[high], 1), big.NewRat(sorted[low], 1))))
	}
	positive := new(big.Int)
	for _, v := range values {
		positive.Add(positive, big.NewInt(max(v, 0)))
	}
	out := make([]Rank, len(values))
	for i, v := range values {
		r := Rank{Score: 1, CumulativeShare: 1, Class: ClassC}
		for _, c := range cuts {
			if big.NewRat(v, 1).Cmp(c) >= 0 {
				r.Score++
			}
		}
		cumulative := new(big.Int)
		for _, w := range values {
			if w <= v {
				r.AtMost++
			}
			if w >= v && w > 0 {
				cumulative.Add(cumulative, big.NewInt(w))
			}
		}
		if v > 0 {
			share := new(big.Rat).SetFrac(cumulative, positive)
			r.CumulativeShare = float64(cumulative.Int64()) / float64(positive.Int64())
			switch {
			case v == sorted[n-1] || share.Cmp(big.NewRat(shares.A, 100)) <= 0:
				r.Class = ClassA
			case share.Cmp(big.NewRat(shares.B, 100)) <= 0:
				r.Class = ClassB
			}
		}
		out[i] = r
	}
	return out
}

func anyValues(t *rapid.T) []int64 {
	value := rapid.OneOf(rapid.Int64Range(-5, 20), rapid.Int64Range(-1e6, 1e13), rapid.Int64Range(100000, 100300))
	return rapid.SliceOfN(value, 1, 120).Draw(t, "values")
}

// Ranks from ranges equal ranks from the whole sorted list.
func TestRanksFromRangesAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := anyValues(t)
		shares := rapid.SampledFrom([]Shares{DefaultShares, {70, 90}}).Draw(t, "shares")
		got, want := rankAll(values, shares), brute(values, shares)
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("value %d: %+v, brute force %+v", values[i], got[i], want[i])
			}
		}
	})
}

func TestHistogramsOfPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := anyValues(t)
		cut := rapid.IntRange(0, len(values)).Draw(t, "cut")
		var whole, a, b Counter
		for i, v := range values {
			whole.Add(v)
			if i < cut {
				a.Add(v)
			} else {
				b.Add(v)
			}
		}
		if !slices.Equal(Merge(a.Histogram(), b.Histogram()), whole.Histogram()) || !slices.Equal(Merge(b.Histogram(), a.Histogram()), whole.Histogram()) {
			t.Fatal("merged parts differ from the whole")
		}
	})
}

// R's quantile(x, c(.2,.4,.6,.8)), type 7.
func TestCutsAreType7Quantiles(t *testing.T) {
	values := Values{{1, 1}, {2, 1}, {4, 1}, {8, 1}, {16, 1}, {32, 1}, {64, 1}}
	if got, want := values.Cuts(), [4]float64{2.4, 5.6, 12.8, 28.8}; got != want {
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-12 {
				t.Errorf("cuts %v, want %v", got, want)
			}
		}
	}
	scores := values.Scores()
	for v, want := range map[int64]int8{1: 1, 2: 1, 4: 2, 8: 3, 16: 4, 32: 5, 64: 5} {
		if scores[v] != want {
			t.Errorf("score of %d is %d, want %d", v, scores[v], want)
		}
	}
	if (Values{}).Cuts() != [4]float64{} {
		t.Error("cuts of nothing")
	}
}

func TestTheHighestCustomerIsAEvenAlone(t *testing.T) {
	for _, values := range [][]int64{{100}, {1000, 1}, {7, 7, 7}} {
		if r := rankAll(values, DefaultShares)[0]; r.Class != ClassA {
			t.Errorf("%v: %+v", values, r)
		}
	}
	for _, v := range rankAll([]int64{0, -5}, DefaultShares) {
		if v.Class != ClassC {
			t.Errorf("%+v", v)
		}
	}
}

func TestEveryPairOfScoresHasOneOfTenCells(t *testing.T) {
	seen := map[string]int{}
	for r := int8(1); r <= 5; r++ {
		for f := int8(1); f <= 5; f++ {
			seen[TenCell(Scores{R: r, F: f, M: 3}).Code]++
		}
	}
	want := map[string]int{"champions": 2, "loyal": 4, "potential_loyalists": 4, "new": 1, "promising": 1, "need_attention": 1, "about_to_sleep": 2, "cant_lose": 2, "at_risk": 4, "hibernating": 4}
	for _, c := range TenCells() {
		if seen[c.Code] != want[c.Code] {
			t.Errorf("%s has %d pairs, want %d", c.Code, seen[c.Code], want[c.Code])
		}
		delete(seen, c.Code)
	}
	if len(seen) > 0 {
		t.Errorf("cells not listed: %v", seen)
	}
}

// 近高高 重要价值; 近低高 重要发展; 远高高 重要保持; 远低高 重要挽留; then 一般 likewise.
func TestEightCellsFollowTheCommonMapping(t *testing.T) {
	for _, test := range []struct {
		scores Scores
		zh     string
	}{
		{Scores{5, 4, 4}, "重要价值客户"},
		{Scores{4, 3, 5}, "重要发展客户"},
		{Scores{3, 4, 4}, "重要保持客户"},
		{Scores{1, 1, 4}, "重要挽留客户"},
		{Scores{4, 4, 3}, "一般价值客户"},
		{Scores{5, 1, 1}, "一般发展客户"},
		{Scores{3, 5, 3}, "一般保持客户"},
		{Scores{3, 3, 3}, "一般挽留客户"},
	} {
		if got := EightCell(test.scores).ZH; got != test.zh {
			t.Errorf("%+v: %s, want %s", test.scores, got, test.zh)
		}
	}
	if len(EightCells()) != 8 {
		t.Error("not eight")
	}
}

func TestOneOrderIsFrequencyOne(t *testing.T) {
	customers := []Customer{{10, 1, 500}, {5, 1, 400}, {1, 2, 100}}
	scores, ranks := All(customers, []int64{500, 400, 100}, DefaultShares)
	if scores[0].F != 1 || scores[1].F != 1 || scores[2].F < 4 {
		t.Errorf("%+v", scores)
	}
	if scores[2].R != 5 || scores[0].R > 2 || scores[0].M != 5 {
		t.Errorf("%+v", scores)
	}
	if ranks[0].Class != ClassA || ranks[2].Class != ClassC {
		t.Errorf("%+v", ranks)
	}
}

// UCI Online Retail, lines with an id, a positive quantity and price, not cancelled.
func TestABCOfOnlineRetailIsThePublishedOne(t *testing.T) {
	revenue := map[string]int64{}
	var total int64
	shareddata.OnlineRetail(t, func(l shareddata.RetailLine) {
		if l.Customer == "" || strings.HasPrefix(l.Invoice, "C") || l.Quantity <= 0 || l.Price <= 0 {
			return
		}
		amount := int64(l.Quantity) * int64(math.Round(l.Price*1e4))
		revenue[l.Customer] += amount
		total += amount
	})
	if len(revenue) != 4338 || (total+50)/100 != 891140790 {
		t.Fatalf("%d customers, %d", len(revenue), total)
	}
	var ids []string
	for id := range revenue {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	values := make([]int64, len(ids))
	for i, id := range ids {
		values[i] = revenue[id]
	}
	classes := map[string]int{}
	for _, r := range rankAll(values, DefaultShares) {
		classes[r.Class]++
	}
	if classes["A"] != 1132 || classes["B"] != 1469 || classes["C"] != 1737 {
		t.Errorf("%v, published 1132, 1469, 1737", classes)
	}
}
