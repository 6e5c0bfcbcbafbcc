// Package runs keeps what surrounds the jobs of one run: where its files lie, what it was
// made from, the lock that keeps two runs apart, and the pointer to the current run.
//
// Layout, below the output folder OUT:
//
//	runs/<run_id>/inputs.json                  parent, files with hashes, config hash; written first
//	runs/<run_id>/jobs/<job>/_manifest.json    tables, files, rows, sha256, schema hash, small files
//	runs/<run_id>/records/<kind>/part-*.parquet between stages
//	runs/<run_id>/<table>/part-*.parquet
//	runs/<run_id>/files/<audience>/<platform>/
//	runs/<run_id>/restricted/                  texts, originals of rejects
//	runs/<run_id>/report/index.html
//	runs/<run_id>/run.json                     times, rates, machine: all that may differ between equal runs
//	CURRENT                                    the run that readers should use
//	latest                                     link to it, on a local disk
//	scratch/                                   removed at the end and at the next start
package runs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Layout names the paths of one run.
type Layout struct {
	Out   string // the output folder
	RunID string
}

// Dir is the folder of the run.
func (l Layout) Dir() string { return filepath.Join(l.Out, "runs", l.RunID) }

// Inputs is the file that says what the run is made from.
func (l Layout) Inputs() string { return filepath.Join(l.Dir(), "inputs.json") }

// Job is the folder of a job's manifest and small files.
func (l Layout) Job(job string) string { return filepath.Join(l.Dir(), "jobs", job) }

// Manifest is the manifest of a job; the job is done when it exists.
func (l Layout) Manifest(job string) string { return filepath.Join(l.Job(job), "_manifest.json") }

// Records is the folder of canonical records of one kind.
func (l Layout) Records(kind string) string { return filepath.Join(l.Dir(), "records", kind) }

// Table is the folder of an output table.
func (l Layout) Table(table string) string { return filepath.Join(l.Dir(), table) }

// Restricted is the folder of texts and reject originals.
func (l Layout) Restricted() string { return filepath.Join(l.Dir(), "restricted") }

// Files is the folder of an audience's files for one platform.
func (l Layout) Files(audience, platform string) string {
	return filepath.Join(l.Dir(), "files", audience, platform)
}

// Report is the HTML page of the run.
func (l Layout) Report() string { return filepath.Join(l.Dir(), "report", "index.html") }

// RunJSON holds what may differ between equal runs.
func (l Layout) RunJSON() string { return filepath.Join(l.Dir(), "run.json") }

// Scratch is the folder of files that live no longer than a run.
func (l Layout) Scratch() string { return filepath.Join(l.Out, "scratch", l.RunID) }

// Current returns the run that CURRENT names, empty when there is none.
func Current(out string) (string, error) {
	data, err := os.ReadFile(filepath.Join(out, "CURRENT"))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the pointer to the current run: %w", err)
	}
	id := strings.TrimSpace(string(data))
	if id == "" || strings.ContainsAny(id, "/\\ ") {
		return "", fmt.Errorf("%s does not hold a run id", filepath.Join(out, "CURRENT"))
	}
	return id, nil
}

// SetCurrent makes a run the current one: CURRENT is replaced atomically, then the link
// latest, where the file system has links.
func SetCurrent(out, runID string) error {
	if err := WriteFile(filepath.Join(out, "CURRENT"), []byte(runID+"\n")); err != nil {
		return fmt.Errorf("making %s the current run: %w", runID, err)
	}
	link := filepath.Join(out, "latest")
	temporary := link + ".tmp"
	_ = os.Remove(temporary)
	if err := os.Symlink(filepath.Join("runs", runID), temporary); err == nil {
		_ = os.Rename(temporary, link)
	}
	return nil
}

// WriteFile writes a small file under a temporary name and renames it.
func WriteFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, data, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
