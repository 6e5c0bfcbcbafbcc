package source

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/tributary-cdp/tributary/schemas"
)

// update rewrites the golden files: go test ./transforms/source -run TestProfiles -update
var update = flag.Bool("update", false, "rewrite golden files")

// Files of a sample folder that are no input.
const (
	goldenFile   = "golden.jsonl"
	settingsFile = "source.yaml" // keys of a source in the config: timezone, currency, decimal, nps_question, regions ...
)

// settings are what a sample needs from the config.
type settings struct {
	Namespace       string   `yaml:"namespace"`
	Timezone        string   `yaml:"timezone"`
	Currency        string   `yaml:"currency"`
	Decimal         string   `yaml:"decimal"`
	CountsAsRevenue *bool    `yaml:"counts_as_revenue"`
	Regions         []string `yaml:"regions"`
	NPSQuestion     string   `yaml:"nps_question"`
}

func (s *settings) spec(t *testing.T, profile string) Spec {
	t.Helper()
	text, err := LoadProfile(profile)
	if err != nil {
		t.Fatal(err)
	}
	return Spec{
		Name: profile, Profile: string(text), ProfileName: profile, Namespace: s.Namespace, Timezone: s.Timezone, Currency: s.Currency,
		Decimal: s.Decimal, CountsAsRevenue: s.CountsAsRevenue, Regions: s.Regions, NPSQuestion: s.NPSQuestion,
	}
}

// Every built-in profile reads its sample exports to exactly the records of its golden file,
// every layout that is not experimental is met by a sample, and no row is lost.
func TestProfiles(t *testing.T) {
	for _, profile := range schemas.ProfileNames() {
		t.Run(profile, func(t *testing.T) { checkSamples(t, profile, filepath.Join("testdata", "profiles", profile)) })
	}
}

// No sample folder is left behind by a profile that is gone.
func TestSamplesHaveProfiles(t *testing.T) {
	known := schemas.ProfileNames()
	entries, err := os.ReadDir(filepath.Join("testdata", "profiles"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !slices.Contains(known, entry.Name()) {
			t.Errorf("testdata/profiles/%s: no built-in profile has this name", entry.Name())
		}
	}
}

func checkSamples(t *testing.T, profile, dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatalf("profile %s has no samples: add a folder %s with small invented exports, then run this test with -update", profile, dir)
	}
	var s settings
	if text, err := os.ReadFile(filepath.Join(dir, settingsFile)); err == nil {
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		decoder.KnownFields(true)
		if err := decoder.Decode(&s); err != nil {
			t.Fatalf("%s: %v", settingsFile, err)
		}
	}
	compiled, err := Compile(s.spec(t, profile))
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	met := map[string]bool{}
	folder := t.TempDir()
	for _, entry := range entries {
		name := entry.Name()
		if name == goldenFile || name == settingsFile {
			continue
		}
		for _, layout := range renderSample(t, compiled, encodeSample(t, filepath.Join(dir, name), folder), &got) {
			met[layout] = true
		}
	}
	for _, layout := range compiled.profile.Layouts {
		if !met[layout.Name] && !layout.Experimental && !compiled.profile.Experimental {
			t.Errorf("layout %s is met by no sample", layout.Name)
		}
	}
	golden := filepath.Join(dir, goldenFile)
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("records differ from %s (-want +got); if the change is meant, run with -update:\n%s", golden, diff)
	}
}

// renderSample reads one file and writes a line for the file and one for each record and
// reject. It returns the layouts that the file met.
func renderSample(t *testing.T, s *Source, path string, out *bytes.Buffer) (layouts []string) {
	t.Helper()
	write := func(l line) {
		if err := writeLine(out, l); err != nil {
			t.Fatal(err)
		}
	}
	files, err := Files(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		splits, err := Splits(s, 0, file)
		if err != nil {
			write(line{{"file", file.Name}, {"unreadable", err.Error()}})
			continue
		}
		for i := range splits {
			sink := &goldenSink{}
			counts, err := Read(context.Background(), s, &splits[i], sink)
			if err != nil {
				write(line{{"file", file.Name}, {"unreadable", err.Error()}})
				continue
			}
			checkAccounts(t, counts, sink)
			layouts = append(layouts, counts.Layout)
			write(line{
				{"file", counts.File},
				{"layout", counts.Layout},
				{"accepted", counts.Accepted.Rows},
				{"skipped", counts.Skipped.Rows},
				{"rejected", counts.Rejected.Rows},
				{"skips", counts.Reasons},
				{"issues", counts.Issues},
				{"records", counts.Records},
			})
			out.Write(sink.lines.Bytes())
		}
	}
	return layouts
}

// checkAccounts: every accepted row has exactly one record that stands for it, every rejected
// row one reject, and bytes and reasons add up.
func checkAccounts(t testing.TB, c *Counts, sink *goldenSink) {
	t.Helper()
	if !c.Balanced() {
		t.Errorf("%s: bytes do not add up: %+v", c.File, c)
	}
	if sink.standing != c.Accepted.Rows || sink.rejects != c.Rejected.Rows || sum(c.Rejects) != c.Rejected.Rows || sum(c.Reasons) != c.Skipped.Rows {
		t.Errorf("%s: rows do not add up: %d records stand for a row and %d rejects, but %+v", c.File, sink.standing, sink.rejects, c)
	}
	if sink.records != sum(c.Records) || sink.issues != sum(c.Issues) {
		t.Errorf("%s: %d records and %d issues, counted as %+v", c.File, sink.records, sink.issues, c)
	}
}

func sum(counts map[string]int64) (n int64) {
	for _, v := range counts {
		n += v
	}
	return n
}
