package warehouse

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"

	"github.com/zeebo/xxh3"
)

// Manifest lists what a job made and what it was made from. A job is done when its manifest
// exists; the manifest is also the lineage.
type Manifest struct {
	Job         string            `json:"job"`
	RunID       string            `json:"run_id"`
	Fingerprint string            `json:"fingerprint"` // of the job's inputs, config and code
	Inputs      []string          `json:"inputs"`      // jobs, files or folders that it read
	Tables      []TableFiles      `json:"tables"`      // sorted by name
	Small       []FileInfo        `json:"small_files"` // beside the manifest, or below the run's folder
	Counters    map[string]int64  `json:"counters,omitempty"`
	Notes       map[string]string `json:"notes,omitempty"`
}

// TableFiles are the parts of one table or record kind.
type TableFiles struct {
	Table  string     `json:"table"` // folder below the run: customers, records/party ...
	Schema string     `json:"schema_hash"`
	Rows   int64      `json:"rows"`
	Bytes  int64      `json:"bytes"`
	Files  []FileInfo `json:"files"`         // sorted by name
	Run    string     `json:"run,omitempty"` // run that holds the files when it is an earlier one; records only
}

// Add puts files of a table into the manifest.
func (m *Manifest) Add(table, schema string, files ...FileInfo) {
	i := sort.Search(len(m.Tables), func(i int) bool { return m.Tables[i].Table >= table })
	if i == len(m.Tables) || m.Tables[i].Table != table {
		m.Tables = append(m.Tables, TableFiles{})
		copy(m.Tables[i+1:], m.Tables[i:])
		m.Tables[i] = TableFiles{Table: table, Schema: schema}
	}
	t := &m.Tables[i]
	for _, file := range files {
		t.Files = append(t.Files, file)
		t.Rows += file.Rows
		t.Bytes += file.Bytes
	}
	sort.Slice(t.Files, func(a, b int) bool { return t.Files[a].Name < t.Files[b].Name })
}

// Table finds a table of the manifest.
func (m *Manifest) Table(name string) (*TableFiles, bool) {
	for i := range m.Tables {
		if m.Tables[i].Table == name {
			return &m.Tables[i], true
		}
	}
	return nil, false
}

// SchemaHash identifies the columns of T: names, types and order.
func SchemaHash[T any]() string { return SchemaHashOf(reflect.TypeFor[T]()) }

// SchemaHashOf is SchemaHash of a row type that is known at run time only.
func SchemaHashOf(row reflect.Type) string {
	var b strings.Builder
	describe(&b, row)
	return fmt.Sprintf("%016x", xxh3.HashString(b.String()))
}

func describe(b *strings.Builder, t reflect.Type) {
	_ = walkFields(t, 0, func(name string, field reflect.StructField, _ uintptr) error {
		fmt.Fprintf(b, "%s %s %s;", name, field.Type.Kind(), field.Tag.Get("parquet"))
		if field.Type.Kind() == reflect.Slice && field.Type.Elem().Kind() == reflect.Struct {
			b.WriteByte('{')
			describe(b, field.Type.Elem())
			b.WriteByte('}')
		}
		return nil
	})
}

// WriteManifest writes a manifest under a temporary name and renames it: the last act of a job.
func WriteManifest(path string, m *Manifest) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing the manifest of %s: %w", m.Job, err)
	}
	return os.Rename(temporary, path)
}

// ErrNoManifest tells that a job is not done.
var ErrNoManifest = errors.New("no manifest: the job is not done")

// ReadManifest reads a manifest; ErrNoManifest when there is none.
func ReadManifest(path string) (*Manifest, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNoManifest
	}
	if err != nil {
		return nil, err
	}
	m := &Manifest{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("%s: not a manifest: %w", path, err)
	}
	return m, nil
}

// Verify checks that every file of the manifest lies below root with its size.
func (m *Manifest) Verify(root string) error {
	check := func(dir string, file FileInfo) error {
		info, err := os.Stat(filepath.Join(dir, file.Name))
		if err != nil {
			return fmt.Errorf("job %s: %w", m.Job, err)
		}
		if info.Size() != file.Bytes {
			return fmt.Errorf("job %s: %s has %d bytes, the manifest says %d", m.Job, file.Name, info.Size(), file.Bytes)
		}
		return nil
	}
	for _, table := range m.Tables {
		dir := root
		if table.Run != "" {
			dir = filepath.Join(filepath.Dir(root), table.Run)
		}
		for _, file := range table.Files {
			if err := check(dir, file); err != nil {
				return err
			}
		}
	}
	for _, file := range m.Small {
		if err := check(root, file); err != nil {
			return err
		}
	}
	return nil
}
