package shuffle

import (
	"cmp"
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
			block := append(binary.AppendUvarint(nil, uint64(len(e.key))), e.key...)
			block = append(block, e.tag)
			block = append(binary.AppendUvarint(block, uint64(len(e.record))), e.record...)
			room, offset, err := run.arena.reserve(len(block))
			if err != nil {
				t.Fatal(err)
			}
			copy(room, block)
			if err := run.index(room, offset); err != nil {
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

func TestDealingByTheFirstBitsIsSortingByPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mask := uint64(1)<<rapid.IntRange(0, 63).Draw(t, "bits") - 1
		seed := rapid.Uint64().Draw(t, "seed")
		entries := make([]sortEntry, rapid.IntRange(dealtFrom-2, 2*dealtFrom).Draw(t, "entries"))
		for i := range entries {
			seed = seed*6364136223846793005 + 1442695040888963407
			entries[i] = sortEntry{prefix: seed &^ mask, offset: uint32(i)}
		}
		want := slices.Clone(entries)
		slices.SortFunc(want, func(a, b sortEntry) int { return cmp.Compare(a.prefix, b.prefix) })
		new(memoryRun).sortByPrefix(entries)
		seen := make([]bool, len(entries))
		for i := range entries {
			if entries[i].prefix != want[i].prefix || seen[entries[i].offset] {
				t.Fatalf("entry %d has prefix %x, want %x", i, entries[i].prefix, want[i].prefix)
			}
			seen[entries[i].offset] = true
		}
	})
}
