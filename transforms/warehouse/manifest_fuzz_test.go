package warehouse

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzManifest: what lies at a manifest's place is refused, or written again gives the same.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"job":"ingest","run_id":"r","tables":[{"table":"records/party","files":[{"name":"part-00000.parquet","rows":1,"bytes":2}]}],"counters":{"a":1}}`))
	f.Add([]byte(`null`))
	f.Add([]byte(`{"tables":[null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "_manifest.json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := ReadManifest(path)
		if err != nil {
			return
		}
		_ = m.Verify(dir)
		m.Table("records/party")
		if err := WriteManifest(path, m); err != nil {
			t.Fatal(err)
		}
		again, err := ReadManifest(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := WriteManifest(path, again); err != nil {
			t.Fatal(err)
		}
		twice, err := ReadManifest(path)
		if diff := cmp.Diff(again, twice); err != nil || diff != "" {
			t.Errorf("%v, (-first +second):\n%s", err, diff)
		}
	})
}
