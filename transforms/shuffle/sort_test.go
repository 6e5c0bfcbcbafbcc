package shuffle

import (
	"bytes"
	"slices"
	"testing"

	"github.com/klauspost/compress/s2"
	"pgregory.net/rapid"
)

func TestSortingByPiecesOfKeysIsSortingByKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stem := rapid.StringMatching(`[ab\x00]{0,20}`).Draw(t, "stem")
		run := &memoryRun{}
		p := newPacker(&taskParams{Partitions: 1}, func(_ int, element []byte) {
			block, offset, err := (&blockReader{}).read(&run.arena, element)
			if err == nil {
				err = run.index(block, offset)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
		p.limit = rapid.IntRange(1, 400).Draw(t, "block bytes")
		most := rapid.SampledFrom([]int{12, 120, 2 * radixMin}).Draw(t, "most records")
		var want []entry
		for range rapid.IntRange(0, most).Draw(t, "records") {
			e := entry{
				key:    []byte(stem + rapid.StringMatching(`[ab\x00]{0,20}`).Draw(t, "key")),
				tag:    uint8(rapid.IntRange(0, 2).Draw(t, "tag")),
				record: []byte(rapid.StringMatching(`[xy]{0,2}`).Draw(t, "record")),
			}
			for range rapid.IntRange(1, 3).Draw(t, "times") { // with one key: a chain
				want = append(want, e)
				if err := p.add(0, e.key, e.tag, e.record); err != nil {
					t.Fatal(err)
				}
				e.tag, e.record = e.tag^1, append([]byte("z"), e.record...)
			}
		}
		if err := p.flush(); err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(want, func(a, b entry) int { return compareEntries(&a, &b) })
		run.sort()
		for i := range want {
			got, err := run.next()
			if err != nil || compareEntries(&got, &want[i]) != 0 {
				t.Fatalf("record %d is %q %d %q, want %q %d %q", i, got.key, got.tag, got.record, want[i].key, want[i].tag, want[i].record)
			}
		}
		if got, _ := run.next(); got.valid() {
			t.Fatalf("%q is one record too many", got.key)
		}
	})
}

func TestRecordsOfOneKeyThatFollowEachOtherShareIt(t *testing.T) {
	key := bytes.Repeat([]byte("k"), 1000)
	var size int
	p := newPacker(&taskParams{Partitions: 1}, func(_ int, element []byte) {
		size, _ = s2.DecodedLen(element[9:])
	})
	for range 100 {
		if err := p.add(0, key, 1, []byte("record")); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.flush(); err != nil {
		t.Fatal(err)
	}
	if size > 2*len(key) {
		t.Errorf("100 short records of one key take %d bytes", size)
	}
}
