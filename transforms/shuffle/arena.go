package shuffle

import "fmt"

// arena holds unpacked blocks, each in one piece, at offsets of 32 bits. It grows without moving
// what it holds: a partition of 32 MB that grew by appending would leave five times its size to
// the garbage collector.
type arena struct {
	slots [][]byte // slot i has what lies from offset i<<slotBits on
	used  int      // bytes taken of the last slot
	bytes int64    // of all blocks
}

const (
	slotBits = 22 // a slot is 4 MiB of offsets; a larger block takes several
	slotMask = 1<<slotBits - 1
	maxSlots = 1 << (32 - slotBits)
	// minSlot is the least memory that a slot takes: partitions may be many and small.
	minSlot = 64 << 10
)

// reserve makes room for a block of n bytes.
func (a *arena) reserve(n int) (room []byte, offset uint32, err error) {
	last := len(a.slots) - 1
	if last < 0 || n > len(a.slots[last])-a.used {
		if err := a.grow(n); err != nil {
			return nil, 0, err
		}
		last = len(a.slots) - 1
	}
	offset = uint32(last<<slotBits | a.used)
	room = a.slots[last][a.used : a.used+n : a.used+n]
	a.used += n
	a.bytes += int64(n)
	if n > slotMask { // the offsets of the slots behind the first lie in the same block
		first := a.slots[last]
		for rest := slotMask + 1; rest < n; rest += slotMask + 1 {
			a.slots = append(a.slots, first[rest:])
		}
		a.used = len(a.slots[len(a.slots)-1])
	}
	return room, offset, nil
}

// grow adds a slot for a block of n bytes: as large as all before it, so that small partitions
// take little.
func (a *arena) grow(n int) error {
	if len(a.slots)+n>>slotBits+1 > maxSlots {
		return fmt.Errorf("%w: a sorted run of more than 4 GiB", ErrCorruptBlock)
	}
	size := max(n, int(min(max(a.bytes, minSlot), slotMask+1)))
	a.slots, a.used = append(a.slots, make([]byte, size)), 0
	return nil
}

// from gives the bytes from an offset to the end of its slot.
func (a *arena) from(offset uint32) []byte {
	return a.slots[offset>>slotBits][offset&slotMask:]
}
