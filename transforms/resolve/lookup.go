package resolve

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"slices"
	"sync"
	"unsafe"

	"github.com/zeebo/xxh3"
)

// A lookup file leads from a reference to its customer. Layout, little endian:
//
//	8 bytes  "TRLOOK01"
//	8 bytes  xxh3 of all that follows
//	4 bytes  number of customers C
//	4 bytes  number of references R
//	C x 28   customer ids
//	R x 20   16 bytes xxh3-128 of the reference, 4 bytes index of the customer; ascending
const (
	lookupMagic  = "TRLOOK01"
	lookupHeader = 24
	idBytes      = 28
	entryBytes   = 20
)

// ErrLookup tells that a file is no lookup file.
var ErrLookup = errors.New("not a sound lookup file")

// BuildLookup writes the lookup of references to customers. ids are the customers, at the
// index of each reference's customer.
func BuildLookup(ids []string, n int, reference func(int) (ref string, customer uint32)) ([]byte, error) {
	entries := hashEntries(n, reference)
	out := make([]byte, lookupHeader, lookupHeader+len(ids)*idBytes+n*entryBytes)
	copy(out, lookupMagic)
	binary.LittleEndian.PutUint32(out[16:], uint32(len(ids)))
	for _, id := range ids {
		if len(id) != idBytes {
			return nil, fmt.Errorf("customer id %q does not have %d characters", id, idBytes)
		}
		out = append(out, id...)
	}
	kept := uint32(0)
	for i := range entries {
		if i > 0 && entries[i].hash == entries[i-1].hash {
			continue
		}
		hash := entries[i].hash.Bytes()
		out = append(out, hash[:]...)
		out = binary.LittleEndian.AppendUint32(out, entries[i].customer)
		kept++
	}
	binary.LittleEndian.PutUint32(out[20:], kept)
	binary.LittleEndian.PutUint64(out[8:], xxh3.Hash(out[16:]))
	return out, nil
}

// entry is one reference of a lookup file.
type entry struct {
	hash     xxh3.Uint128
	customer uint32
}

// hashEntries hashes the references and sorts them: dealt by their first bits, which are
// uniform, then within each share. References that occur twice keep the first customer.
func hashEntries(n int, reference func(int) (string, uint32)) []entry {
	const shareBits = 16
	all := make([]entry, n)
	var starts [1<<shareBits + 1]uint32
	for i := range all {
		ref, customer := reference(i)
		all[i] = entry{xxh3.HashString128(ref), customer}
		starts[all[i].hash.Hi>>(64-shareBits)+1]++
	}
	for i := range 1 << shareBits {
		starts[i+1] += starts[i]
	}
	at := starts
	sorted := make([]entry, n)
	for i := range all {
		share := all[i].hash.Hi >> (64 - shareBits)
		sorted[at[share]] = all[i]
		at[share]++
	}
	for i := range 1 << shareBits {
		slices.SortStableFunc(sorted[starts[i]:starts[i+1]], func(a, b entry) int {
			if c := cmp.Compare(a.hash.Hi, b.hash.Hi); c != 0 {
				return c
			}
			return cmp.Compare(a.hash.Lo, b.hash.Lo)
		})
	}
	return sorted
}

// Lookup answers which customer a reference belongs to.
type Lookup struct {
	ids     []byte
	entries []byte
	starts  []uint32 // first entry of each bucket of hashes
	shift   int      // of a hash's first 8 bytes to its bucket
}

// OpenLookup checks the bytes of a lookup file.
func OpenLookup(data []byte) (*Lookup, error) {
	if len(data) < lookupHeader || string(data[:8]) != lookupMagic || binary.LittleEndian.Uint64(data[8:]) != xxh3.Hash(data[16:]) {
		return nil, ErrLookup
	}
	customers, references := int(binary.LittleEndian.Uint32(data[16:])), int(binary.LittleEndian.Uint32(data[20:]))
	if len(data) != lookupHeader+customers*idBytes+references*entryBytes {
		return nil, ErrLookup
	}
	body := data[lookupHeader:]
	l := &Lookup{ids: body[:customers*idBytes], entries: body[customers*idBytes:]}
	l.index()
	return l, nil
}

// Customer is the id at an index.
func (l *Lookup) Customer(index uint32) string {
	at := int(index) * idBytes
	if at+idBytes > len(l.ids) {
		return ""
	}
	return unsafe.String(&l.ids[at], idBytes)
}

// Find returns the customer of a reference, empty when nobody has it.
func (l *Lookup) Find(reference string) string {
	index, ok := l.FindIndex(reference)
	if !ok {
		return ""
	}
	return l.Customer(index)
}

// FindIndex returns the index of a reference's customer; false when nobody has it.
func (l *Lookup) FindIndex(reference string) (uint32, bool) {
	if reference == "" || len(l.entries) == 0 {
		return 0, false
	}
	hash := xxh3.HashString128(reference).Bytes()
	bucket := binary.BigEndian.Uint64(hash[:8]) >> l.shift
	at, end := int(l.starts[bucket])*entryBytes, int(l.starts[bucket+1])*entryBytes
	for ; at < end; at += entryBytes {
		if [16]byte(l.entries[at:at+16]) == hash {
			return binary.LittleEndian.Uint32(l.entries[at+16:]), true
		}
	}
	return 0, false
}

// index notes where the entries of every bucket begin, about one entry to a bucket: hashes
// are uniform, and entries ascend.
func (l *Lookup) index() {
	n := len(l.entries) / entryBytes
	size := bits.Len(uint(n))
	l.shift = 64 - size
	l.starts = make([]uint32, 1<<size+1)
	for i := range n {
		bucket := binary.BigEndian.Uint64(l.entries[i*entryBytes:]) >> l.shift
		l.starts[bucket+1] = uint32(i + 1)
	}
	for i := 1; i < len(l.starts); i++ {
		l.starts[i] = max(l.starts[i], l.starts[i-1])
	}
}

var lookups sync.Map // path -> *Lookup: one copy for all tasks of a process

// LoadLookup opens a lookup file, once in a process. sum is the file's hash in its manifest:
// another sum is another file.
func LoadLookup(path, sum string) (*Lookup, error) {
	key := path + "\x00" + sum
	if found, ok := lookups.Load(key); ok {
		return found.(*Lookup), nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	l, err := OpenLookup(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	actual, _ := lookups.LoadOrStore(key, l)
	return actual.(*Lookup), nil
}
