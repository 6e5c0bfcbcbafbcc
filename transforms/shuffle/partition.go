package shuffle

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"os"
	"slices"

	"github.com/zeebo/xxh3"
)

// records gives the records of one partition in the order of compareEntries.
type records interface {
	next() (entry, error) // an invalid entry at the end
	close()
}

// loadPartition reads all blocks of a partition and sorts their records, in memory up to the
// sort limit, beyond it in runs that are spilled and merged.
func loadPartition(ctx context.Context, p *taskParams, blocks func(*[]byte) bool) (records, error) {
	limit := p.SortLimit
	if limit <= 0 {
		limit = DefaultSortLimit
	}
	reader := &blockReader{scratch: p.Scratch}
	defer reader.close()
	run := &memoryRun{}
	var spilled []*spilledRun
	fail := func(err error) (records, error) {
		for _, s := range spilled {
			s.close()
		}
		return nil, err
	}
	var element []byte
	for blocks(&element) {
		if err := ctx.Err(); err != nil {
			return fail(err)
		}
		block, offset, err := reader.read(&run.arena, element)
		if err != nil {
			return fail(err)
		}
		if err := run.index(block, offset); err != nil {
			return fail(err)
		}
		if run.arena.bytes >= limit {
			s, err := spillRun(p.Scratch, run)
			if err != nil {
				return fail(err)
			}
			spilled = append(spilled, s)
			run = &memoryRun{}
		}
	}
	run.sort()
	if len(spilled) == 0 {
		return run, nil
	}
	sources := []records{run}
	for _, s := range spilled {
		if err := s.rewind(); err != nil {
			return fail(err)
		}
		sources = append(sources, s)
	}
	return newMerge(sources)
}

// memoryRun holds records in memory: the bytes of all blocks in an arena, and for each record
// its place there and the first bytes of its key, which decide most comparisons.
type memoryRun struct {
	arena   arena
	entries []sortEntry
	first   []byte // key of the first record
	skip    int    // bytes that all keys begin with
	at      int
	touched byte // sum of bytes that nobody needs
}

// sortEntry is a record in the arena. It holds no pointers, so that the garbage collector
// passes over it.
type sortEntry struct {
	prefix uint64 // 8 bytes of the key
	second uint32 // tag, then 24 bits of the record's hash
	offset uint32 // of the record in the arena
}

// index finds the records of a block that lies in the arena at offset.
func (m *memoryRun) index(block []byte, offset uint32) error {
	for rest := block; len(rest) > 0; {
		at := offset + uint32(len(block)-len(rest))
		e, after, err := nextEntry(rest)
		if err != nil {
			return err
		}
		if len(m.entries) == 0 {
			m.first, m.skip = bytes.Clone(e.key), len(e.key)
		}
		if n := min(m.skip, len(e.key)); string(e.key[:n]) != string(m.first[:n]) {
			m.skip = commonPrefix(e.key[:n], m.first)
		} else {
			m.skip = n
		}
		if len(m.entries) == cap(m.entries) {
			m.entries = slices.Grow(m.entries, max(minEntries, len(m.entries))) // append would grow by a quarter
		}
		m.entries = append(m.entries, sortEntry{second: uint32(e.tag)<<24 | recordHash(e.record), offset: at})
		rest = after
	}
	return nil
}

// minEntries is the room for records that a partition begins with.
const minEntries = 1024

// recordHash are 24 bits that stand for a record in the order of its group.
func recordHash(record []byte) uint32 { return uint32(xxh3.Hash(record) >> 40) }

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

// entryAt reads a record that index has checked.
func (m *memoryRun) entryAt(offset uint32) entry {
	e, _, _ := nextEntry(m.arena.from(offset))
	return e
}

func (m *memoryRun) sort() { m.sortFrom(m.entries, m.skip) }

// insertionMax is the length of a run that is sorted by whole keys: so few need no plan.
const insertionMax = 12

// sortFrom sorts entries whose keys are equal up to depth, by 8 bytes of the key at a time:
// comparisons read the entries alone, and the arena is walked once for each 8 bytes that many
// keys have in common.
func (m *memoryRun) sortFrom(entries []sortEntry, depth int) {
	if len(entries) <= insertionMax {
		slices.SortFunc(entries, m.compare)
		return
	}
	shortest, longest := 1<<31, 0 // of the keys behind depth
	for i := range entries {
		e := &entries[i]
		key, _, _ := takeBytes(m.arena.from(e.offset))
		shortest, longest = min(shortest, len(key)-depth), max(longest, len(key)-depth)
		e.prefix = prefixOf(key[depth:])
	}
	if shortest == longest && longest <= 8 {
		m.sortGroups(entries)
		return
	}
	m.sortByPrefix(entries)
	for start, i := 0, 1; i <= len(entries); i++ {
		if i < len(entries) && entries[i].prefix == entries[start].prefix {
			continue
		}
		if run := entries[start:i]; len(run) > 1 {
			if m.goOnFor(run, depth+8) {
				m.sortFrom(run, depth+8)
			} else {
				slices.SortFunc(run, m.compare)
			}
		}
		start = i
	}
}

// dealtFrom is from how many entries on they are dealt before they are sorted.
const dealtFrom = 2048

// sortByPrefix sorts entries by their prefix: dealt by its first bits into shares of about 8,
// since most keys begin with a hash, then within each share. Skewed keys make large shares,
// which are sorted like any others.
func (m *memoryRun) sortByPrefix(entries []sortEntry) {
	byPrefix := func(a, b sortEntry) int { return cmp.Compare(a.prefix, b.prefix) }
	if len(entries) < dealtFrom {
		slices.SortFunc(entries, byPrefix)
		return
	}
	width := bits.Len(uint(len(entries))) - 3
	shift := 64 - width
	starts := make([]uint32, 1<<width+1)
	for i := range entries {
		starts[entries[i].prefix>>shift+1]++
	}
	for i := range len(starts) - 1 {
		starts[i+1] += starts[i]
	}
	dealt := make([]sortEntry, len(entries))
	for i := range entries {
		share := entries[i].prefix >> shift
		dealt[starts[share]] = entries[i]
		starts[share]++ // in the end where the next share begins
	}
	copy(entries, dealt)
	from := uint32(0)
	for _, end := range starts[:len(starts)-1] {
		if end > from+1 {
			slices.SortFunc(entries[from:end], byPrefix)
		}
		from = end
	}
}

// goOnFor tells whether all keys of a run reach beyond depth.
func (m *memoryRun) goOnFor(run []sortEntry, depth int) bool {
	for i := range run {
		if key, _, _ := takeBytes(m.arena.from(run[i].offset)); len(key) < depth {
			return false
		}
	}
	return true
}

// sortGroups sorts entries whose prefix tells everything about their keys.
func (m *memoryRun) sortGroups(entries []sortEntry) {
	slices.SortFunc(entries, func(a, b sortEntry) int {
		switch {
		case a.prefix < b.prefix:
			return -1
		case a.prefix > b.prefix:
			return 1
		case a.second < b.second:
			return -1
		case a.second > b.second:
			return 1
		}
		x, y := m.entryAt(a.offset), m.entryAt(b.offset)
		return bytes.Compare(x.record, y.record)
	})
}

// compare is compareEntries with the tag and hash at hand.
func (m *memoryRun) compare(a, b sortEntry) int {
	x, y := m.entryAt(a.offset), m.entryAt(b.offset)
	if c := bytes.Compare(x.key, y.key); c != 0 {
		return c
	}
	if a.second != b.second {
		return cmp.Compare(a.second, b.second)
	}
	return bytes.Compare(x.record, y.record)
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

func (m *memoryRun) next() (entry, error) {
	if m.at >= len(m.entries) {
		return entry{}, nil
	}
	if ahead := m.at + lookAhead; ahead < len(m.entries) {
		m.touched += m.arena.from(m.entries[ahead].offset)[0]
	}
	m.at++
	return m.entryAt(m.entries[m.at-1].offset), nil
}

// lookAhead is how many records before its turn a record is touched: sorted records lie anywhere
// in memory, and the processor fetches one while it works on others.
const lookAhead = 8

func (m *memoryRun) close() { m.entries, m.arena = nil, arena{} }

// merge gives the records of several sorted runs in order.
type merge struct {
	heads   []entry
	sources []records
	order   []int // a heap of indexes into heads
}

func newMerge(sources []records) (records, error) {
	m := &merge{heads: make([]entry, len(sources)), sources: sources}
	for i, source := range sources {
		head, err := source.next()
		if err != nil {
			m.close()
			return nil, err
		}
		if m.heads[i] = head; head.valid() {
			m.order = append(m.order, i)
		}
	}
	heap.Init(m)
	return m, nil
}

func (m *merge) Len() int { return len(m.order) }
func (m *merge) Less(i, j int) bool {
	return compareEntries(&m.heads[m.order[i]], &m.heads[m.order[j]]) < 0
}
func (m *merge) Swap(i, j int) { m.order[i], m.order[j] = m.order[j], m.order[i] }
func (m *merge) Push(x any)    { m.order = append(m.order, x.(int)) }
func (m *merge) Pop() any {
	last := m.order[len(m.order)-1]
	m.order = m.order[:len(m.order)-1]
	return last
}

func (m *merge) next() (entry, error) {
	if len(m.order) == 0 {
		return entry{}, nil
	}
	i := m.order[0]
	out := m.heads[i]
	head, err := m.sources[i].next()
	if err != nil {
		return entry{}, err
	}
	if m.heads[i] = head; head.valid() {
		heap.Fix(m, 0)
	} else {
		heap.Pop(m)
	}
	return out, nil
}

func (m *merge) close() {
	for _, source := range m.sources {
		source.close()
	}
}

// spillRun sorts a run and writes it to a temporary file as a chain of blocks.
func spillRun(scratch string, run *memoryRun) (*spilledRun, error) {
	run.sort()
	if scratch != "" {
		if err := os.MkdirAll(scratch, 0o755); err != nil {
			return nil, fmt.Errorf("creating scratch: %w", err)
		}
	}
	file, err := os.CreateTemp(scratch, "run-*.sorted")
	if err != nil {
		return nil, fmt.Errorf("spilling a sorted run: %w", err)
	}
	s := &spilledRun{file: file}
	var block []byte
	for i := range run.entries {
		e := run.entryAt(run.entries[i].offset)
		block = binary.AppendUvarint(block, uint64(len(e.key)))
		block = append(block, e.key...)
		block = append(block, e.tag)
		block = binary.AppendUvarint(block, uint64(len(e.record)))
		block = append(block, e.record...)
		if len(block) >= BlockBytes || i == len(run.entries)-1 {
			head := binary.LittleEndian.AppendUint64(nil, uint64(len(block)))
			if _, err := file.Write(append(head, block...)); err != nil {
				s.close()
				return nil, fmt.Errorf("spilling a sorted run: %w", err)
			}
			block = block[:0]
		}
	}
	return s, nil
}

// spilledRun reads a sorted run back, block by block.
type spilledRun struct {
	file *os.File
	rest []byte
}

func (s *spilledRun) rewind() error {
	_, err := s.file.Seek(0, 0)
	return err
}

func (s *spilledRun) next() (entry, error) {
	if len(s.rest) == 0 {
		var head [8]byte
		if n, _ := s.file.Read(head[:]); n == 0 {
			return entry{}, nil
		} else if n < len(head) {
			return entry{}, ErrCorruptBlock
		}
		block := make([]byte, binary.LittleEndian.Uint64(head[:]))
		if _, err := io.ReadFull(s.file, block); err != nil {
			return entry{}, fmt.Errorf("reading a sorted run: %w", err)
		}
		s.rest = block
	}
	e, rest, err := nextEntry(s.rest)
	s.rest = rest
	return e, err
}

func (s *spilledRun) close() {
	s.file.Close()
	_ = os.Remove(s.file.Name())
}
