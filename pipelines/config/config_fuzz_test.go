package config

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// FuzzConfig: a config is refused with its mistakes, each with its line, or read.
func FuzzConfig(f *testing.F) {
	f.Add([]byte("project: acme\ncurrency: CNY\nfx: {USD: 7.1}\nsources:\n  - {name: sf, profile: salesforce, path: x/*.csv, timezone: UTC}\n  - name: people\n    path: people.csv\n    mapping: {record: party, key: id, fields: {full_name: name}}\nidentity: {threshold: auto, regions: [CN]}\nrules: rules/\noutput: {path: out/}\n"))
	f.Add([]byte("project: [a, &x b, *x]\nsources: {<<: *x}\nas_of: 2026-02-30\ntimezone: Mars/Olympus\n"))
	f.Add([]byte("a: ${HOME}\n---\nb: ${X:-y}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(t.TempDir(), "tributary.yaml")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(file, Options{Now: time.Unix(1_790_000_000, 0), Lookup: func(string) (string, bool) { return "x", true }})
		if c == nil && err == nil {
			t.Errorf("config %v, error %v", c, err)
		}
		if err != nil && err.Error() == "" {
			t.Error("an error without a text")
		}
	})
}
