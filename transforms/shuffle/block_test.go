package shuffle

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/s2"
)

// packed gives the grouped elements of a few records, as they travel.
func packed(t testing.TB, scratch string, inline int64, records ...string) [][]byte {
	var elements [][]byte
	p := newPacker(&taskParams{Partitions: 1, Scratch: scratch, Inline: inline}, func(_ int, element []byte) { elements = append(elements, bytes.Clone(element)) })
	for _, record := range records {
		if err := p.add(0, []byte("key"), 7, []byte(record)); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.flush(); err != nil {
		t.Fatal(err)
	}
	return elements
}

// unpackAll reads the records of an element.
func unpackAll(scratch string, element []byte) (records []string, err error) {
	reader := &blockReader{scratch: scratch}
	defer reader.close()
	block, _, err := reader.read(&arena{}, element)
	var e entry
	for err == nil && len(block) > 0 {
		e, block, err = nextEntry(block, e.key)
		records = append(records, string(e.record))
	}
	return records, err
}

func TestADamagedBlockIsAnError(t *testing.T) {
	scratch := t.TempDir()
	for name, element := range map[string][]byte{"inline": packed(t, "", 0, "one", "two")[0], "reference": packed(t, scratch, 0, "one", "two")[0]} {
		if got, err := unpackAll(scratch, element); err != nil || len(got) != 2 || got[1] != "two" {
			t.Fatalf("%s: got %q, %v", name, got, err)
		}
		for i := 1; i < 9; i++ { // the checksum
			damaged := bytes.Clone(element)
			damaged[i] ^= 1
			if _, err := unpackAll(scratch, damaged); !errors.Is(err, ErrCorruptBlock) {
				t.Errorf("%s: damage at byte %d: got %v", name, i, err)
			}
		}
	}
	files, _ := filepath.Glob(filepath.Join(scratch, "spill-*"))
	element := packed(t, "", 0, "x")[0]
	if err := os.Truncate(files[0], 3); err != nil {
		t.Fatal(err)
	}
	if _, err := unpackAll(scratch, element); err != nil {
		t.Errorf("an inline block needs no file: %v", err)
	}
}

func TestATruncatedSpillFileIsAnError(t *testing.T) {
	scratch := t.TempDir()
	element := packed(t, scratch, 0, "one", "two")[0]
	files, _ := filepath.Glob(filepath.Join(scratch, "spill-*"))
	if err := os.Truncate(files[0], 3); err != nil {
		t.Fatal(err)
	}
	if _, err := unpackAll(scratch, element); err == nil {
		t.Error("a block that ends early was read")
	}
}

func FuzzReadingABlockNeverPanics(f *testing.F) {
	f.Add(packed(f, "", 0, "one", "two")[0])
	f.Add([]byte("R12345678\x00\x05spill-1.blocks"))
	f.Add([]byte{})
	scratch := f.TempDir()
	f.Fuzz(func(t *testing.T, element []byte) {
		if len(element) > 9 && element[0] == carrierInline {
			if n, err := s2.DecodedLen(element[9:]); err != nil || n > 1<<20 {
				return // a block may claim up to maxBlockBytes, which is allocated before it is checked
			}
		}
		_, _ = unpackAll(scratch, element)
	})
}

func FuzzWalkingRecordsNeverPanics(f *testing.F) {
	f.Add([]byte("\x04key\x07\x03one\x00\x07\x03two"))
	f.Add([]byte("\x00\x07\x03one"))
	f.Fuzz(func(t *testing.T, block []byte) {
		run := &memoryRun{}
		room, offset, err := run.arena.reserve(len(block))
		if err != nil || len(block) == 0 {
			return
		}
		copy(room, block)
		if run.index(room, offset) != nil {
			return
		}
		run.sort()
		var last entry
		for {
			e, err := run.next()
			if err != nil {
				t.Fatal(err)
			}
			if !e.valid() {
				return
			}
			if last.valid() && compareEntries(&last, &e) > 0 {
				t.Fatalf("%q comes after %q", e.key, last.key)
			}
			last = e
		}
	})
}
