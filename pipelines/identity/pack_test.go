package identity

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/transforms/resolve"
)

func TestAPackGivesBackItsRecords(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 40), 0, 30).Draw(t, "records")
		w, err := createPack(dir, "records/test", 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			if err := w.add(func(dst []byte) []byte { return append(dst, r...) }); err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 3).Draw(t, "block ends") == 0 {
				w.flush()
			}
		}
		info, err := w.close()
		if err != nil {
			t.Fatal(err)
		}
		stat, err := os.Stat(filepath.Join(dir, info.Name))
		if err != nil || stat.Size() != info.Bytes || info.Rows != int64(len(records)) {
			t.Fatalf("%d bytes, %d rows noted of %v (%v)", info.Bytes, info.Rows, stat, err)
		}
		p, err := readPack(filepath.Join(dir, info.Name))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, p.size)
		if err := p.unpack(got); err != nil || !bytes.Equal(got, bytes.Join(records, nil)) {
			t.Fatalf("%x (%v), want %x", got, err, records)
		}
	})
}

func TestAPairGivesBackItsWeights(t *testing.T) {
	a, b := scoredPair{1, 1 << 30, -5.5, []byte{1, 2, 3, 4}}, scoredPair{A: 7, B: 9, Odds: 20}
	data := b.append(a.append(nil))
	for _, want := range []scoredPair{a, b} {
		var got scoredPair
		var ok bool
		if data, ok = got.take(data); !ok || got.A != want.A || got.B != want.B || got.Odds != want.Odds || !bytes.Equal(got.Weights, want.Weights) {
			t.Fatalf("%+v, want %+v", got, want)
		}
	}
	if len(data) != 0 {
		t.Errorf("%d bytes are left", len(data))
	}
}

func FuzzReadPack(f *testing.F) {
	dir := f.TempDir()
	w, err := createPack(dir, "records/test", 0)
	if err != nil {
		f.Fatal(err)
	}
	pair := scoredPair{1, 2, 3, []byte{1, 2, 3, 4}}
	if err := w.add(pair.append); err != nil {
		f.Fatal(err)
	}
	info, err := w.close()
	if err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, info.Name))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	path := filepath.Join(dir, "fuzzed.bin")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := readPack(path)
		if err == nil && p.size < 1<<20 {
			err = p.unpack(make([]byte, p.size))
		}
		if err != nil && !errors.Is(err, errPack) {
			t.Errorf("another error: %v", err)
		}
		if err == nil {
			_, err = readPairs([]string{path})
		}
		if err != nil && !errors.Is(err, errPack) {
			t.Errorf("another error: %v", err)
		}
	})
}

// A damaged length of a record must not lead out of its part.
func FuzzIndexOfFeatures(f *testing.F) {
	f.Add(append([]byte{12, 0, 0, 0}, resolve.AppendFeatures(nil, &resolve.Features{}, nil)...), int64(1))
	f.Fuzz(func(t *testing.T, data []byte, rows int64) {
		if rows < 0 || rows > 1000 {
			return
		}
		s := &featureStore{data: data, starts: make([]uint64, rows+1)}
		s.starts[rows] = uint64(len(data))
		if !s.index(data, 0, 0, rows) {
			return
		}
		var features resolve.Features
		for i := range rows {
			_ = s.decode(uint32(i), nil, &features)
		}
	})
}
