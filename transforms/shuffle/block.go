package shuffle

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/klauspost/compress/s2"
	"github.com/zeebo/xxh3"
)

// Limits of blocks.
const (
	// BlockBytes is the size at which a block is closed.
	BlockBytes = 256 << 10
	// minBlockBytes is the smallest size that many partitions may force upon blocks.
	minBlockBytes = 8 << 10
	// packBudget bounds the memory that one map task holds in open blocks.
	packBudget = 32 << 20
	// maxBlockBytes is what a reader accepts: one record may exceed BlockBytes.
	maxBlockBytes = 1 << 30
	// InlineBytes is how much of one partition a map task sends inline; further blocks go to
	// scratch and only references travel. Flink's sort buffer takes 29 MB of one key from one
	// producer, not 38.
	InlineBytes = 8 << 20
)

// Carriers, the first byte of a grouped element.
const (
	carrierInline    = 'I' // the block itself
	carrierReference = 'R' // where the block lies
)

// ErrCorruptBlock tells that a block does not hold what was written.
var ErrCorruptBlock = errors.New("shuffle: corrupt block")

// packer collects the records of one map task into blocks by partition.
type packer struct {
	partitions int
	limit      int // bytes at which a block is closed
	open       [][]byte
	last       []span // of each open block: its last key
	emit       func(partition int, element []byte)
	scratch    string  // empty = all blocks travel inline
	inline     int64   // bytes of each partition that travel inline before the rest goes to scratch
	sent       []int64 // bytes of each partition that travelled inline
	spill      *os.File
	buffer     *bufio.Writer // of spill: blocks of many partitions are small
	offset     int64
	compressed []byte
}

// spillBuffer is how many bytes of blocks are written at once.
const spillBuffer = 1 << 20

// blockPool keeps the buffers of open blocks from one map task to the next.
var blockPool sync.Pool

func newPacker(p *taskParams, emit func(int, []byte)) *packer {
	return &packer{
		partitions: p.Partitions,
		limit:      max(minBlockBytes, min(BlockBytes, packBudget/p.Partitions)),
		open:       make([][]byte, p.Partitions),
		last:       make([]span, p.Partitions),
		emit:       emit,
		scratch:    p.Scratch,
		inline:     p.Inline,
		sent:       make([]int64, p.Partitions),
	}
}

// travelsInline tells whether the next block of a partition, of that size, travels itself.
func (k *packer) travelsInline(partition, size int) bool {
	if k.scratch == "" {
		return true
	}
	if k.sent[partition]+int64(size) > k.inline {
		return false
	}
	k.sent[partition] += int64(size)
	return true
}

// openSpill makes the spill file of this task with the first block that needs it.
func (k *packer) openSpill() error {
	if k.spill != nil {
		return nil
	}
	if err := os.MkdirAll(k.scratch, 0o755); err != nil {
		return fmt.Errorf("creating scratch: %w", err)
	}
	spill, err := os.CreateTemp(k.scratch, "spill-*.blocks")
	if err != nil {
		return fmt.Errorf("creating a spill file: %w", err)
	}
	k.spill, k.buffer = spill, bufio.NewWriterSize(spill, spillBuffer)
	return nil
}

// span is where bytes lie in a block.
type span struct{ start, end uint32 }

// sameKey stands for the length of a key that is the key of the record before. Other lengths
// are written one larger.
const sameKey = 0

// add appends a record to the open block of its partition. Records of one key often follow each
// other, as an order and its lines do: the key is written once, and they are sorted as one.
func (k *packer) add(partition int, key []byte, tag uint8, record []byte) error {
	block := k.open[partition]
	if block == nil {
		block = k.newBlock()
	}
	if last := &k.last[partition]; last.end > 0 && string(block[last.start:last.end]) == string(key) {
		block = append(block, sameKey)
	} else {
		block = appendLength(block, len(key)+1)
		last.start = uint32(len(block))
		block = append(block, key...)
		last.end = uint32(len(block))
	}
	block = appendLength(append(block, tag), len(record))
	block = append(block, record...)
	k.open[partition] = block
	if len(block) >= k.limit {
		return k.closeBlock(partition)
	}
	return nil
}

// appendLength is AppendUvarint, at once for what is short.
func appendLength(dst []byte, length int) []byte {
	if length < 0x80 {
		return append(dst, byte(length))
	}
	return binary.AppendUvarint(dst, uint64(length))
}

func (k *packer) newBlock() []byte {
	want := k.limit + k.limit/8
	if kept, ok := blockPool.Get().(*[]byte); ok && cap(*kept) >= want {
		return (*kept)[:0]
	}
	return make([]byte, 0, want)
}

// closeBlock compresses the open block of a partition and sends it on its way.
func (k *packer) closeBlock(partition int) error {
	raw := k.open[partition]
	if len(raw) == 0 {
		return nil
	}
	k.compressed = s2.Encode(k.compressed[:cap(k.compressed)], raw)
	sum := xxh3.Hash(raw)
	k.open[partition], k.last[partition] = raw[:0], span{}
	if k.travelsInline(partition, len(k.compressed)) {
		element := append(make([]byte, 0, 9+len(k.compressed)), carrierInline)
		element = binary.LittleEndian.AppendUint64(element, sum)
		k.emit(partition, append(element, k.compressed...))
		return nil
	}
	if err := k.openSpill(); err != nil {
		return err
	}
	if _, err := k.buffer.Write(k.compressed); err != nil {
		return fmt.Errorf("spilling a block: %w", err)
	}
	element := append(make([]byte, 0, 64), carrierReference)
	element = binary.LittleEndian.AppendUint64(element, sum)
	element = binary.AppendUvarint(element, uint64(k.offset))
	element = binary.AppendUvarint(element, uint64(len(k.compressed)))
	element = append(element, filepath.Base(k.spill.Name())...)
	k.offset += int64(len(k.compressed))
	k.emit(partition, element)
	return nil
}

// flush closes all open blocks and the spill file: a reader comes after it.
func (k *packer) flush() error {
	for partition := range k.open {
		if err := k.closeBlock(partition); err != nil {
			return err
		}
		if block := k.open[partition]; block != nil {
			blockPool.Put(&block)
			k.open[partition] = nil
		}
	}
	if k.spill == nil {
		return nil
	}
	if err := k.buffer.Flush(); err != nil {
		return fmt.Errorf("spilling a block: %w", err)
	}
	if err := k.spill.Close(); err != nil {
		return fmt.Errorf("closing a spill file: %w", err)
	}
	k.spill = nil
	return nil
}

// abandon removes what a failed task has spilled.
func (k *packer) abandon() {
	if k.spill != nil {
		k.spill.Close()
		_ = os.Remove(k.spill.Name())
	}
}

// blockReader opens the blocks of one partition.
type blockReader struct {
	scratch string
	files   map[string]spillFile
	buffer  []byte
}

type spillFile struct {
	*os.File
	size int64
}

// open opens each spill file once.
func (r *blockReader) open(name string) (spillFile, error) {
	if file, ok := r.files[name]; ok {
		return file, nil
	}
	file, err := os.Open(filepath.Join(r.scratch, name))
	if err != nil {
		return spillFile{}, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return spillFile{}, err
	}
	if r.files == nil {
		r.files = map[string]spillFile{}
	}
	r.files[name] = spillFile{file, info.Size()}
	return r.files[name], nil
}

// read unpacks the records of one grouped element into the arena; a seed has none.
func (r *blockReader) read(dst *arena, element []byte) (block []byte, offset uint32, err error) {
	if len(element) == 0 {
		return nil, 0, nil
	}
	if len(element) < 9 {
		return nil, 0, ErrCorruptBlock
	}
	sum := binary.LittleEndian.Uint64(element[1:9])
	switch element[0] {
	case carrierInline:
		return unpack(dst, element[9:], sum)
	case carrierReference:
		compressed, err := r.fetch(element[9:])
		if err != nil {
			return nil, 0, err
		}
		return unpack(dst, compressed, sum)
	}
	return nil, 0, ErrCorruptBlock
}

func (r *blockReader) fetch(reference []byte) ([]byte, error) {
	offset, n := binary.Uvarint(reference)
	if n <= 0 {
		return nil, ErrCorruptBlock
	}
	length, m := binary.Uvarint(reference[n:])
	if m <= 0 || length > maxBlockBytes {
		return nil, ErrCorruptBlock
	}
	name := filepath.Base(string(reference[n+m:]))
	file, err := r.open(name)
	if err != nil {
		return nil, fmt.Errorf("opening a spill file: %w", err)
	}
	if end := offset + length; end < offset || end > uint64(file.size) {
		return nil, fmt.Errorf("%w: %s has %d bytes, a reference needs %d", ErrCorruptBlock, name, file.size, end)
	}
	if uint64(cap(r.buffer)) < length {
		r.buffer = make([]byte, length)
	}
	buffer := r.buffer[:length]
	if _, err := file.ReadAt(buffer, int64(offset)); err != nil {
		return nil, fmt.Errorf("reading a spilled block of %s: %w", name, err)
	}
	return buffer, nil
}

func (r *blockReader) close() {
	for _, file := range r.files {
		file.Close()
	}
}

// unpack decompresses a block into the arena and checks its sum.
func unpack(dst *arena, compressed []byte, sum uint64) (block []byte, offset uint32, err error) {
	length, err := s2.DecodedLen(compressed)
	if err != nil || length > maxBlockBytes {
		return nil, 0, ErrCorruptBlock
	}
	room, offset, err := dst.reserve(length)
	if err != nil {
		return nil, 0, err
	}
	block, err = s2.Decode(room, compressed)
	if err != nil || len(block) != length || xxh3.Hash(block) != sum {
		return nil, 0, ErrCorruptBlock
	}
	return room, offset, nil
}

// entry is one record of a block.
type entry struct {
	key    []byte
	tag    uint8
	record []byte
}

func (e *entry) valid() bool { return e.key != nil }

// nextEntry takes one record off a block. last is the key of the record before, nil at the
// block's beginning.
func nextEntry(block, last []byte) (entry, []byte, error) {
	key, rest, ok := takeKey(block)
	if !ok {
		return entry{}, nil, ErrCorruptBlock
	}
	if key == nil {
		if key = last; key == nil {
			return entry{}, nil, ErrCorruptBlock
		}
	}
	if len(rest) == 0 {
		return entry{}, nil, ErrCorruptBlock
	}
	tag := rest[0]
	record, rest, ok := takeBytes(rest[1:])
	if !ok {
		return entry{}, nil, ErrCorruptBlock
	}
	return entry{key, tag, record}, rest, nil
}

// takeKey takes a key off a block; nil stands for the key of the record before.
func takeKey(src []byte) (key, rest []byte, ok bool) {
	length, n := takeLength(src)
	switch {
	case n <= 0:
		return nil, nil, false
	case length == sameKey:
		return nil, src[n:], true
	case length-1 > uint64(len(src)-n):
		return nil, nil, false
	}
	end := n + int(length-1)
	return src[n:end:end], src[end:], true
}

func takeBytes(src []byte) (value, rest []byte, ok bool) {
	length, n := takeLength(src)
	if n <= 0 || length > uint64(len(src)-n) {
		return nil, nil, false
	}
	end := n + int(length)
	return src[n:end:end], src[end:], true
}

// takeLength is Uvarint, at once for what is short.
func takeLength(src []byte) (length uint64, n int) {
	if len(src) > 0 && src[0] < 0x80 {
		return uint64(src[0]), 1
	}
	return binary.Uvarint(src)
}
