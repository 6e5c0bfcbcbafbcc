package shuffle

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

func (m *memoryRun) sort() {
	s := chainSort{run: m}
	s.sortFrom(m.chains, m.skip)
}

// chainSort sorts chains by their keys.
type chainSort struct {
	run   *memoryRun
	spare []chain // of radix
}

// insertionMax is the length of a run that is sorted by whole keys: so few need no plan.
const insertionMax = 12

// sortFrom sorts chains whose keys are equal up to depth. What they share beyond it is skipped,
// then 8 bytes decide: comparisons read the chains alone. The arena is walked in its own order,
// once or twice for each 8 bytes that tell many keys apart.
func (s *chainSort) sortFrom(chains []chain, depth int) {
	if len(chains) < 2 {
		return
	}
	if len(chains) <= insertionMax {
		slices.SortFunc(chains, s.compare)
		return
	}
	first := s.run.keyAt(chains[0].offset)
	shared, shortest, longest := len(first), len(first), 0
	for i := range chains {
		c := &chains[i]
		key := s.run.keyAt(c.offset)
		shortest, longest = min(shortest, len(key)), max(longest, len(key))
		if depth <= len(key) {
			c.prefix = prefixOf(key[depth:])
		}
		if n := min(shared, len(key)); string(key[:n]) != string(first[:n]) {
			shared = commonPrefix(key[:n], first)
		} else {
			shared = n
		}
	}
	if shortest < depth { // keys that end within the bytes that were compared
		slices.SortFunc(chains, s.compare)
		return
	}
	if shared == longest {
		return // all the same
	}
	if shared > depth {
		depth = shared
		for i := range chains {
			c := &chains[i]
			c.prefix = prefixOf(s.run.keyAt(c.offset)[depth:])
		}
	}
	s.byPrefix(chains)
	if shortest == longest && longest-depth <= 8 {
		return // the prefix says everything
	}
	for start, i := 0, 1; i <= len(chains); i++ {
		if i < len(chains) && chains[i].prefix == chains[start].prefix {
			continue
		}
		s.sortFrom(chains[start:i], depth+8)
		start = i
	}
}

// compare compares whole keys.
func (s *chainSort) compare(a, b chain) int {
	return bytes.Compare(s.run.keyAt(a.offset), s.run.keyAt(b.offset))
}

// radixMin is how many chains are sooner dealt by bytes than compared.
const radixMin = 512

// byPrefix sorts chains by their prefixes, equal ones in the order of the arena.
func (s *chainSort) byPrefix(chains []chain) {
	if len(chains) < radixMin {
		slices.SortFunc(chains, func(a, b chain) int {
			if a.prefix != b.prefix {
				return cmp.Compare(a.prefix, b.prefix)
			}
			return cmp.Compare(a.offset, b.offset)
		})
		return
	}
	s.radix(chains)
}

// radix deals chains by one byte of the prefix after the other, the lowest first. Bytes that
// all have in common are passed over.
func (s *chainSort) radix(chains []chain) {
	var counts [8][256]uint32
	for i := range chains {
		p := chains[i].prefix
		for b := range 8 {
			counts[b][byte(p>>(8*b))]++
		}
	}
	if cap(s.spare) < len(chains) {
		s.spare = make([]chain, len(chains))
	}
	from, to := chains, s.spare[:len(chains)]
	for b := range 8 {
		places := &counts[b]
		if int(places[byte(from[0].prefix>>(8*b))]) == len(from) {
			continue
		}
		sum := uint32(0)
		for v, n := range places {
			places[v], sum = sum, sum+n
		}
		for i := range from {
			v := byte(from[i].prefix >> (8 * b))
			to[places[v]] = from[i]
			places[v]++
		}
		from, to = to, from
	}
	if &from[0] != &chains[0] {
		copy(chains, from)
	}
}

// commonPrefix is the number of bytes that two keys begin with.
func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// prefixOf packs the first 8 bytes of a key so that numbers order like bytes.
func prefixOf(key []byte) uint64 {
	if len(key) >= 8 {
		return binary.BigEndian.Uint64(key)
	}
	var padded [8]byte
	copy(padded[:], key)
	return binary.BigEndian.Uint64(padded[:])
}
