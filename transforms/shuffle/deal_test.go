package shuffle

import (
	"testing"

	"pgregory.net/rapid"
)

func TestBranchesGetAboutAsMuch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.Int64Range(0, 1000), 1, 40).Draw(t, "sizes")
		branches := rapid.IntRange(1, 8).Draw(t, "branches")
		work, size, total, most := make([][]byte, len(sizes)), map[string]int64{}, int64(0), int64(0)
		for i, n := range sizes {
			work[i] = []byte{byte(i)}
			size[string(work[i])], total, most = n, total+n, max(most, n)
		}
		dealt := 0
		for _, items := range deal(work, sizes, branches) {
			load := int64(0)
			for _, item := range items {
				load += size[string(item)]
			}
			dealt += len(items)
			// The item that made it so much was given to the branch with the least, at most the mean.
			if n := int64(min(branches, len(work))); load > total/n+most {
				t.Errorf("a branch has %d of %d in %d branches", load, total, n)
			}
		}
		if dealt != len(work) {
			t.Errorf("%d of %d items were dealt", dealt, len(work))
		}
	})
}
