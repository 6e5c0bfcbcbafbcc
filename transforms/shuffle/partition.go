package shuffle

import (
	"container/heap"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
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
	for {
		e, _ := run.next() // of memory: it cannot fail
		if e.valid() {
			block = append(appendLength(block, len(e.key)+1), e.key...)
			block = appendLength(append(block, e.tag), len(e.record))
			block = append(block, e.record...)
		}
		if len(block) >= BlockBytes || !e.valid() && len(block) > 0 {
			head := binary.LittleEndian.AppendUint64(nil, uint64(len(block)))
			if _, err := file.Write(append(head, block...)); err != nil {
				s.close()
				return nil, fmt.Errorf("spilling a sorted run: %w", err)
			}
			block = block[:0]
		}
		if !e.valid() {
			return s, nil
		}
	}
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
	e, rest, err := nextEntry(s.rest, nil) // runs have whole keys
	s.rest = rest
	return e, err
}

func (s *spilledRun) close() {
	s.file.Close()
	_ = os.Remove(s.file.Name())
}
