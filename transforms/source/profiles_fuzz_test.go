package source

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/schemas"
)

// readWith reads text as a file of a source.
func readWith(t testing.TB, s *Source, name, text string, sink Sink) *Counts {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := Files(path)
	if err != nil {
		t.Fatal(err)
	}
	total := &Counts{}
	splits, err := Splits(s, 0, files[0])
	if err != nil {
		t.Skip(err) // the file is refused as a whole
	}
	for i := range splits {
		counts, err := Read(context.Background(), s, &splits[i], sink)
		if err != nil {
			t.Skip(err)
		}
		total.Add(counts)
	}
	return total
}

// Whatever the cells of a file hold, no built-in profile panics, and every row ends as records,
// a reject or a counted skip.
func FuzzProfiles(f *testing.F) {
	names := schemas.ProfileNames()
	for i, name := range names {
		samples, err := filepath.Glob(filepath.Join("testdata", "profiles", name, "*"))
		if err != nil {
			f.Fatal(err)
		}
		for _, sample := range samples {
			if base := filepath.Base(sample); base == goldenFile || base == settingsFile || strings.HasSuffix(base, ".xlsx") {
				continue
			}
			text, err := os.ReadFile(sample)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(i, string(text))
		}
	}
	f.Fuzz(func(t *testing.T, at int, text string) {
		if at < 0 || len(text) > 1<<16 {
			return
		}
		name := names[at%len(names)]
		profile, err := LoadProfile(name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Compile(Spec{Name: name, Profile: string(profile), ProfileName: name, Currency: "JPY", Regions: []string{"CN", "US"}})
		if err != nil {
			t.Fatal(err)
		}
		sink := &goldenSink{}
		checkAccounts(t, readWith(t, s, "sample", text, sink), sink)
	})
}
