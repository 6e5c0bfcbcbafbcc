package identity

import (
	"encoding/binary"
	"errors"
	"path/filepath"
	"strings"
	"sync"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// featureTable holds what is compared of each party, in the order of the parties: made once, by
// the first job, and read by all others. Only ordinals travel between them.
const featureTable = "records/feature"

// featureStore is what is compared of all parties, by ordinal: about 130 bytes each.
type featureStore struct {
	data   []byte   // 4 bytes length and the bytes of each party
	starts []uint64 // of the parties, and where the last one ends
}

// bytes are what is compared of one party, as resolve.AppendFeatures wrote it.
func (s *featureStore) bytes(ordinal uint32) []byte {
	return s.data[s.starts[ordinal]+featureLength : s.starts[ordinal+1]]
}

// decode overwrites f with a party of which the given free columns are compared.
func (s *featureStore) decode(ordinal uint32, columns []string, f *resolve.Features) error {
	err := resolve.DecodeFeatures(s.bytes(ordinal), columns, f)
	f.Ordinal = ordinal
	return err
}

// held is the store of one run that the process holds: all tasks of all jobs share it.
var held struct {
	sync.Mutex
	run   string
	store *featureStore
}

// loadFeatures reads the store of a run, once in a process.
func loadFeatures(l runs.Layout) (*featureStore, error) {
	held.Lock()
	defer held.Unlock()
	m, err := warehouse.ReadManifest(l.Manifest(ProfileJob))
	if errors.Is(err, warehouse.ErrNoManifest) {
		return &featureStore{starts: []uint64{0}}, nil // no parties
	}
	if err != nil {
		return nil, err
	}
	run := l.Dir()
	if t, ok := m.Table(featureTable); ok {
		for _, file := range t.Files {
			run += " " + file.SHA256
		}
	}
	if held.store == nil || held.run != run {
		held.store = nil // two of them need not fit
		if held.store, err = readFeatures(l, m); err != nil {
			return nil, err
		}
		held.run = run
	}
	return held.store, nil
}

// dropFeatures frees what the process holds of a run.
func dropFeatures() {
	held.Lock()
	held.run, held.store = "", nil
	held.Unlock()
	heldSample.Store(nil)
	heldBlocks.Store(nil)
	dropPrevious()
}

// featureReaders is how many parts are unpacked at a time.
const featureReaders = 2

// readFeatures reads the store that the profile job of a run has left.
func readFeatures(l runs.Layout, m *warehouse.Manifest) (*featureStore, error) {
	t, ok := m.Table(featureTable)
	if !ok {
		return &featureStore{starts: []uint64{0}}, nil
	}
	packs, errs := make([]*pack, len(t.Files)), make([]error, len(t.Files))
	parallel(len(packs), featureReaders, func(i int) { packs[i], errs[i] = readPack(filepath.Join(l.Dir(), t.Files[i].Name)) })
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	size := 0
	bytes, rows := make([]int, len(packs)), make([]int64, len(packs))
	records := int64(0)
	for i, p := range packs {
		bytes[i], rows[i] = size, records
		size += p.size
		records += t.Files[i].Rows
	}
	s := &featureStore{data: make([]byte, size), starts: make([]uint64, records+1)}
	parallel(len(packs), featureReaders, func(i int) {
		part := s.data[bytes[i] : bytes[i]+packs[i].size]
		if errs[i] = packs[i].unpack(part); errs[i] == nil && !s.index(part, uint64(bytes[i]), rows[i], t.Files[i].Rows) {
			errs[i] = packs[i].unsound()
		}
		packs[i] = nil
	})
	s.starts[records] = uint64(size)
	return s, errors.Join(errs...)
}

// featureLength is how many bytes the length takes that lies before each party's bytes.
const featureLength = 4

// index notes where the records of a part begin.
func (s *featureStore) index(part []byte, at uint64, first, rows int64) bool {
	for i := range rows {
		if len(part) < featureLength {
			return false
		}
		length := uint64(binary.LittleEndian.Uint32(part))
		if length > uint64(len(part)-featureLength) {
			return false
		}
		s.starts[first+i] = at
		part, at = part[featureLength+length:], at+featureLength+length
	}
	return len(part) == 0
}

// parallel calls work for 0 to n-1, so many at a time.
func parallel(n, workers int, work func(int)) {
	var wait sync.WaitGroup
	slots := make(chan struct{}, workers)
	for i := range n {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			work(i)
		})
	}
	wait.Wait()
}

// featurePart is the number of the part that belongs to a part of the parties.
func featurePart(party string) (part int, err error) {
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(party), "part-"), ".parquet")
	for _, digit := range name {
		if digit < '0' || digit > '9' {
			return 0, errPack
		}
		part = 10*part + int(digit-'0')
	}
	return part, nil
}
