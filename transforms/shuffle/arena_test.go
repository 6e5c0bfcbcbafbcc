package shuffle

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestAnArenaFindsEveryByteOfBlocksOfAnySize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a arena
		var total int64
		blocks := map[uint32][]byte{}
		for i := range rapid.IntRange(1, 4).Draw(t, "blocks") {
			size := rapid.SampledFrom([]int{0, 1, 300, minSlot, slotMask, slotMask + 1, slotMask + 2, 2*slotMask + 5}).Draw(t, "size")
			room, offset, err := a.reserve(size)
			if err != nil || len(room) != size {
				t.Fatalf("%d bytes of %d, %v", len(room), size, err)
			}
			for j := range room {
				room[j] = byte(i + j>>16)
			}
			blocks[offset] = room
			total += int64(size)
		}
		for offset, block := range blocks {
			for at := 0; at < len(block); at += 1 + len(block)/3 {
				from := a.from(offset + uint32(at))
				if n := min(len(block)-at, 100); !bytes.Equal(from[:n], block[at:at+n]) {
					t.Fatalf("other bytes at %d of a block of %d", at, len(block))
				}
			}
		}
		if a.bytes != total {
			t.Fatalf("%d bytes of %d", a.bytes, total)
		}
	})
}

func TestAnArenaThatIsFullSaysSo(t *testing.T) {
	a := arena{slots: make([][]byte, maxSlots-1), used: 0}
	if _, _, err := a.reserve(slotMask + 2); err == nil {
		t.Error("a block was taken beyond 4 GiB")
	}
}
