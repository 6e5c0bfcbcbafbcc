package resolve

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestLookupFindsEveryReferenceAndNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 400).Draw(t, "references")
		ids := make([]string, rapid.IntRange(1, 50).Draw(t, "customers"))
		for i := range ids {
			ids[i] = CustomerID(salt, fmt.Sprint(i))
		}
		data, err := BuildLookup(ids, n, func(i int) (string, uint32) { return fmt.Sprint("s:x:", i), uint32(i % len(ids)) })
		if err != nil {
			t.Fatal(err)
		}
		l, err := OpenLookup(data)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if got := l.Find(fmt.Sprint("s:x:", i)); got != ids[i%len(ids)] {
				t.Fatalf("reference %d of %d: %q", i, n, got)
			}
		}
		for _, absent := range []string{"", "s:x:-1", fmt.Sprint("s:x:", n)} {
			if got := l.Find(absent); got != "" {
				t.Fatalf("%q has %s", absent, got)
			}
		}
	})
}

func TestABrokenLookupFileIsRefused(t *testing.T) {
	data, err := BuildLookup([]string{CustomerID(salt, "a")}, 3, func(i int) (string, uint32) { return fmt.Sprint(i), 0 })
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		broken := slices.Clone(data)
		broken[i] ^= 1
		if _, err := OpenLookup(broken); !errors.Is(err, ErrLookup) {
			t.Fatalf("byte %d flipped: %v", i, err)
		}
		if _, err := OpenLookup(data[:i]); !errors.Is(err, ErrLookup) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	if _, err := BuildLookup([]string{"c_short"}, 0, nil); err == nil {
		t.Error("an id of the wrong length was written")
	}
	path := filepath.Join(t.TempDir(), "lookup.bin")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	a, errA := LoadLookup(path, "sum")
	b, errB := LoadLookup(path, "sum")
	if errA != nil || errB != nil || a != b {
		t.Errorf("one copy for a process: %v %v", errA, errB)
	}
}

func FuzzLookup(f *testing.F) {
	data, err := BuildLookup([]string{CustomerID(salt, "a")}, 3, func(i int) (string, uint32) { return fmt.Sprint(i), 0 })
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(_ *testing.T, data []byte) {
		if l, err := OpenLookup(data); err == nil {
			l.Find("0")
		}
	})
}

func BenchmarkBuildLookup(b *testing.B) {
	const n = 1_000_000
	refs := make([]string, n)
	for i := range refs {
		refs[i] = fmt.Sprintf("shop:user:%d", i)
	}
	ids := []string{CustomerID(salt, "a")}
	for b.Loop() {
		if _, err := BuildLookup(ids, n, func(i int) (string, uint32) { return refs[i], 0 }); err != nil {
			b.Fatal(err)
		}
	}
}
