package shuffle

import (
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSortingByPiecesOfKeysIsSortingByKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stem := rapid.StringMatching(`[ab\x00]{0,20}`).Draw(t, "stem")
		run := &memoryRun{}
		var want []entry
		for range rapid.IntRange(0, 120).Draw(t, "records") {
			e := entry{
				key:    []byte(stem + rapid.StringMatching(`[ab\x00]{0,20}`).Draw(t, "key")),
				tag:    uint8(rapid.IntRange(0, 2).Draw(t, "tag")),
				record: []byte(rapid.StringMatching(`[xy]{0,2}`).Draw(t, "record")),
			}
			want = append(want, e)
			base := len(run.arena)
			run.arena = append(binary.AppendUvarint(run.arena, uint64(len(e.key))), e.key...)
			run.arena = append(run.arena, e.tag)
			run.arena = append(binary.AppendUvarint(run.arena, uint64(len(e.record))), e.record...)
			if err := run.index(base); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortFunc(want, func(a, b entry) int { return compareEntries(&a, &b) })
		run.sort()
		for i := range want {
			got, err := run.next()
			if err != nil || compareEntries(&got, &want[i]) != 0 {
				t.Fatalf("record %d is %q %d %q, want %q %d %q", i, got.key, got.tag, got.record, want[i].key, want[i].tag, want[i].record)
			}
		}
	})
}
