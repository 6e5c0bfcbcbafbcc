package shuffle

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/zeebo/xxh3"
)

// memoryRun holds records in memory: the bytes of all blocks in an arena, and of each chain of
// records that follow each other with one key its place there and 8 bytes of the key, which
// decide most comparisons.
type memoryRun struct {
	arena   arena
	chains  []chain
	first   []byte // key of the first record
	skip    int    // bytes that all keys begin with
	at      int    // next chain
	ahead   int    // chains before it are on their way from memory
	key     []byte // of the group that is read
	members []uint64
	turn    int // next of members
	touched byte
}

// chain is a key in the arena, with the records that follow it. It holds no pointers, so that
// the garbage collector passes over it.
type chain struct {
	prefix  uint64 // 8 bytes of the key
	offset  uint32 // of the key in the arena
	records uint32
}

// index finds the records of a block that lies in the arena at offset.
func (m *memoryRun) index(block []byte, offset uint32) error {
	var last []byte
	for rest := block; len(rest) > 0; {
		at := offset + uint32(len(block)-len(rest))
		chained := rest[0] == sameKey
		e, after, err := nextEntry(rest, last)
		if err != nil {
			return err
		}
		rest, last = after, e.key
		if chained {
			m.chains[len(m.chains)-1].records++
			continue
		}
		if len(m.chains) == 0 {
			m.first, m.skip = bytes.Clone(e.key), len(e.key)
		}
		if n := min(m.skip, len(e.key)); string(e.key[:n]) != string(m.first[:n]) {
			m.skip = commonPrefix(e.key[:n], m.first)
		} else {
			m.skip = n
		}
		if len(m.chains) == cap(m.chains) {
			m.chains = slices.Grow(m.chains, max(minChains, len(m.chains))) // append would grow by a quarter
		}
		m.chains = append(m.chains, chain{offset: at, records: 1})
	}
	return nil
}

// minChains is the room for chains that a partition begins with.
const minChains = 1024

// keyAt reads a key that index has checked.
func (m *memoryRun) keyAt(offset uint32) []byte {
	key, _, _ := takeKey(m.arena.from(offset))
	return key
}

// next gives the records of one key after the other, those of a key in the order of tag, hash
// of the record, record.
func (m *memoryRun) next() (entry, error) {
	if m.turn == len(m.members) {
		if m.at == len(m.chains) {
			return entry{}, nil
		}
		m.gather()
	}
	at := m.arena.from(uint32(m.members[m.turn]))
	m.turn++
	record, _, _ := takeBytes(at[1:])
	return entry{m.key, at[0], record}, nil
}

// Members of a group are numbers that order like records: the tag in the upper 8 bits, 24 bits
// of the record's hash, the place of the record's tag in the arena.
const (
	memberTag  = 56
	memberHash = 32
)

// gather reads the chains of the next key.
func (m *memoryRun) gather() {
	m.members, m.turn = m.members[:0], 0
	for first := true; m.at < len(m.chains); m.at++ {
		if m.at == m.ahead {
			m.fetch()
		}
		c := &m.chains[m.at]
		key, rest, _ := takeKey(m.arena.from(c.offset))
		if first {
			m.key, first = key, false
		} else if string(key) != string(m.key) {
			break
		}
		start := m.arena.from(c.offset)
		for n := c.records; ; {
			at := c.offset + uint32(len(start)-len(rest))
			m.members = append(m.members, uint64(rest[0])<<memberTag|uint64(at))
			if n--; n == 0 {
				break
			}
			_, after, _ := takeBytes(rest[1:])
			rest = after[1:] // over sameKey
		}
	}
	if len(m.members) > 1 {
		m.arrange()
	}
}

// fetchAhead is how many chains are asked for at once: their memory comes at the same time.
const fetchAhead = 16

// fetch touches the next chains.
func (m *memoryRun) fetch() {
	m.ahead = min(m.at+fetchAhead, len(m.chains))
	for i := m.at; i < m.ahead; i++ {
		at := m.arena.from(m.chains[i].offset)
		m.touched ^= at[0] ^ at[min(64, len(at)-1)] ^ at[min(128, len(at)-1)]
	}
}

// arrange brings the members of a group into order. Hashes are needed only where tags are
// equal, records where hashes are.
func (m *memoryRun) arrange() {
	slices.Sort(m.members)
	m.eachRun(memberTag, func(run []uint64) {
		for i, member := range run {
			run[i] |= uint64(recordHash(m.recordOf(member))) << memberHash
		}
		slices.Sort(run)
	})
	m.eachRun(memberHash, func(run []uint64) {
		slices.SortStableFunc(run, func(a, b uint64) int { return bytes.Compare(m.recordOf(a), m.recordOf(b)) })
	})
}

// eachRun finds members that are alike from a bit on.
func (m *memoryRun) eachRun(bit int, do func(run []uint64)) {
	for start, i := 0, 1; i <= len(m.members); i++ {
		if i < len(m.members) && m.members[i]>>bit == m.members[start]>>bit {
			continue
		}
		if i > start+1 {
			do(m.members[start:i])
		}
		start = i
	}
}

func (m *memoryRun) recordOf(member uint64) []byte {
	record, _, _ := takeBytes(m.arena.from(uint32(member))[1:])
	return record
}

func (m *memoryRun) close() { m.chains, m.arena, m.members = nil, arena{}, nil }

// recordHash are 24 bits that stand for a record in the order of its group.
func recordHash(record []byte) uint32 { return uint32(xxh3.Hash(record) >> 40) }

// compareEntries is the order in which records come: key, tag, hash of the record, record.
func compareEntries(a, b *entry) int {
	if c := bytes.Compare(a.key, b.key); c != 0 {
		return c
	}
	if a.tag != b.tag {
		return cmp.Compare(a.tag, b.tag)
	}
	if x, y := recordHash(a.record), recordHash(b.record); x != y {
		return cmp.Compare(x, y)
	}
	return bytes.Compare(a.record, b.record)
}
