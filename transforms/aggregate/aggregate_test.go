package aggregate_test

import (
	"cmp"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/transforms/aggregate"
)

type key struct {
	Name  string
	Month int32
}

type figures struct {
	N      int64
	ByStep []int64
}

func (f *figures) Add(o *figures) {
	f.N += o.N
	f.ByStep = aggregate.AddTo(f.ByStep, o.ByStep)
}

func newSums() *aggregate.Sums[key, figures, *figures] {
	return aggregate.New[key, figures, *figures](func(a, b key) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Month, b.Month)) })
}

func TestPartsMergeToTheSameRowsHoweverTheyWereCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := newSums()
		parts := []*aggregate.Sums[key, figures, *figures]{newSums(), newSums(), newSums()}
		for range rapid.IntRange(0, 60).Draw(t, "facts") {
			k := key{rapid.StringMatching("[ab]{0,2}").Draw(t, "name"), int32(rapid.IntRange(0, 3).Draw(t, "month"))}
			step := rapid.IntRange(0, 4).Draw(t, "step")
			for _, s := range []*aggregate.Sums[key, figures, *figures]{one, parts[rapid.IntRange(0, 2).Draw(t, "part")]} {
				f := s.At(k)
				f.N++
				f.ByStep = aggregate.Grow(f.ByStep, step+1)
				f.ByStep[step]++
			}
		}
		forward, backward := newSums(), newSums()
		for i := range parts {
			if err := forward.Merge(parts[i].Bytes()); err != nil {
				t.Fatal(err)
			}
			if err := backward.Merge(parts[len(parts)-1-i].Bytes()); err != nil {
				t.Fatal(err)
			}
		}
		if diff := gocmp.Diff(one.Rows(), forward.Rows()); diff != "" {
			t.Fatalf("parts differ from the whole:\n%s", diff)
		}
		if string(forward.Bytes()) != string(backward.Bytes()) {
			t.Fatal("the order of merging shows in the bytes")
		}
	})
}

func TestBytesOfSomethingElseAreRefused(t *testing.T) {
	if err := newSums().Merge([]byte{1, 2, 3}); err == nil {
		t.Error("three bytes were taken for sums")
	}
}

func TestNothingHasNoMeanAndNoShare(t *testing.T) {
	if aggregate.Share(0, 0) != nil || aggregate.Mean(5, 0) != nil {
		t.Error("a share or mean of nothing is not null")
	}
	for sum, want := range map[int64]int64{5: 3, -5: -3, 4: 2, 0: 0} {
		if got := *aggregate.Mean(sum, 2); got != want {
			t.Errorf("mean of %d over 2 is %d, want %d", sum, got, want)
		}
	}
}
