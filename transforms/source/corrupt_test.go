package source

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/shareddata"
	"github.com/tributary-cdp/tributary/internal/thorough"
	"github.com/tributary-cdp/tributary/schemas"
)

// corruptions is how many broken files the test below reads.
var corruptions = thorough.N(400, 2000)

// sampleFile is a sound export.
type sampleFile struct {
	profile string
	name    string
	data    []byte
	source  *Source
}

// soundSamples are the samples of all profiles as the systems export them, and the public
// exports where they are.
func soundSamples(t *testing.T) []sampleFile {
	t.Helper()
	var samples []sampleFile
	add := func(profile, path string, s *Source) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		samples = append(samples, sampleFile{profile, filepath.Base(path), data, s})
	}
	folder := t.TempDir()
	for _, profile := range schemas.ProfileNames() {
		s, err := Compile((&settings{Currency: "CNY", Regions: []string{"CN", "US"}}).spec(t, profile))
		if err != nil {
			t.Fatal(err)
		}
		paths, err := filepath.Glob(filepath.Join("testdata", "profiles", profile, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if name := filepath.Base(path); name != goldenFile && name != settingsFile {
				add(profile, encodeSample(t, path, folder), s)
			}
		}
		for _, c := range exportCases {
			if c.profile != profile {
				continue
			}
			for _, name := range strings.Fields(c.file) {
				if path, ok := shareddata.Find(strings.Split(name, "/")...); ok {
					add(profile, path, s)
				}
			}
		}
	}
	return samples
}

// corrupt breaks a file in one to four ways.
func corrupt(random *rand.Rand, data, other []byte) []byte {
	data = bytes.Clone(data)
	for range 1 + random.IntN(4) {
		if len(data) < 2 {
			return data
		}
		a, b := random.IntN(len(data)), random.IntN(len(data))
		if a > b {
			a, b = b, a
		}
		b = min(b, a+1+random.IntN(200))
		switch random.IntN(8) {
		case 0: // cut off
			data = data[:b]
		case 1: // flip bits
			data[a] ^= byte(1 << random.IntN(8))
		case 2: // swap two bytes
			data[a], data[b] = data[b], data[a]
		case 3: // lose some
			data = append(data[:a], data[b:]...)
		case 4: // repeat some
			data = append(data[:b:b], data[a:]...)
		case 5: // splice in something of another file
			if len(other) > 0 {
				i := random.IntN(len(other))
				data = append(append(data[:a:a], other[i:min(len(other), i+random.IntN(300))]...), data[a:]...)
			}
		case 6: // put in what readers trip over
			odd := []string{`"`, "\n", "\r", "\x00", ",", "\t", "\xFF", "\xEF\xBB\xBF", "{", "]", `\u0000`, `\ud800`, "王", "\n\n\n", `""`}[random.IntN(15)]
			data = append(append(data[:a:a], odd...), data[a:]...)
		case 7: // overwrite with anything
			for i := a; i < b; i++ {
				data[i] = byte(random.Uint32())
			}
		}
	}
	return data
}

// However a file is broken, it is refused as a whole with its name, or every one of its bytes
// and rows is accepted, refused or skipped; nothing panics.
func TestCorruptedFilesAddUp(t *testing.T) {
	samples := soundSamples(t)
	random := rand.New(rand.NewPCG(20260930, 1))
	folder := t.TempDir()
	refused := 0
	for i := range corruptions {
		sample := samples[i%len(samples)]
		data := corrupt(random, sample.data, samples[random.IntN(len(samples))].data)
		path := filepath.Join(folder, sample.name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := readPath(t, sample.source, path)
		if err != nil {
			refused++
			if !strings.HasPrefix(err.Error(), sample.name) {
				t.Errorf("the error does not name %s: %v", sample.name, err)
			}
		}
		if t.Failed() {
			kept := filepath.Join(os.TempDir(), "corrupted-"+sample.name)
			t.Fatalf("corruption %d of %s/%s: the file is kept as %s, %v", i, sample.profile, sample.name, kept, os.WriteFile(kept, data, 0o600))
		}
	}
	t.Logf("%d of %d files were refused as a whole", refused, corruptions)
	if refused > corruptions*3/4 {
		t.Errorf("%d of %d files were refused as a whole: the test sees too few rows", refused, corruptions)
	}
}
