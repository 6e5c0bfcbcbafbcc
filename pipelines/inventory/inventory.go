// Package inventory looks at the runs of an output folder: which there are, what they hold and
// need, and which can go.
package inventory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// State of a run.
const (
	Current    = "current"    // the one that readers use
	Finished   = "finished"   // has all tables, but is not the one that readers use
	Unfinished = "unfinished" // was stopped, or is at work
)

// Run is one run of an output folder.
type Run struct {
	ID       string    `json:"run_id"`
	Parent   string    `json:"parent,omitempty"`
	AsOf     string    `json:"as_of"`
	State    string    `json:"state"`
	Files    int       `json:"input_files"`
	Bytes    int64     `json:"bytes"`                // on disk
	Seconds  float64   `json:"seconds,omitempty"`    // that its last start took; 0: not known
	Finished time.Time `json:"finished_at,omitzero"` // zero: not known
	Needs    []string  `json:"needs,omitempty"`      // earlier runs whose files its manifests name
}

// List lists the runs of an output folder by as_of, then the order of their parents, then id.
func List(out string) ([]Run, error) {
	current, err := runs.Current(out)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(out, "runs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing the runs: %w", err)
	}
	var list []Run
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		run, err := look(runs.Layout{Out: out, RunID: entry.Name()})
		if err != nil {
			return nil, err
		}
		if run.ID == current {
			run.State = Current
		}
		list = append(list, run)
	}
	depth := depths(list)
	sort.SliceStable(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		if a.AsOf != b.AsOf {
			return a.AsOf < b.AsOf
		}
		if depth[a.ID] != depth[b.ID] {
			return depth[a.ID] < depth[b.ID]
		}
		return a.ID < b.ID
	})
	return list, nil
}

// depths counts the ancestors of each run that are still there.
func depths(list []Run) map[string]int {
	parent := map[string]string{}
	for _, run := range list {
		parent[run.ID] = run.Parent
	}
	out := map[string]int{}
	for id := range parent {
		n := 0
		for at := parent[id]; n <= len(list); n++ {
			next, ok := parent[at]
			if !ok {
				break
			}
			at = next
		}
		out[id] = n
	}
	return out
}

// look reads what a run's folder says of it. A folder without inputs.json, as a run leaves that
// was stopped in its first moment, is an unfinished run that nothing is known of.
func look(l runs.Layout) (Run, error) {
	run := Run{ID: l.RunID, State: Unfinished}
	in, err := runs.ReadInputs(l)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return run, fmt.Errorf("run %s: %w", l.RunID, err)
	default:
		run.Parent, run.AsOf, run.Files = in.Parent, in.AsOf, len(in.Files)
	}
	manifests, err := manifestsOf(l)
	if err != nil {
		return run, err
	}
	tables := map[string]bool{}
	needs := map[string]bool{}
	for _, m := range manifests {
		for _, t := range m.Tables {
			tables[t.Table] = true
			if t.Run != "" && t.Run != l.RunID {
				needs[t.Run] = true
			}
		}
	}
	if !slices.ContainsFunc(schemas.Tables(), func(t schemas.Table) bool { return !tables[t.Name] }) {
		run.State = Finished
	}
	for id := range needs {
		run.Needs = append(run.Needs, id)
	}
	sort.Strings(run.Needs)
	run.Seconds, run.Finished = times(l)
	run.Bytes, err = size(l.Dir())
	return run, err
}

func manifestsOf(l runs.Layout) ([]*warehouse.Manifest, error) {
	paths, err := filepath.Glob(l.Manifest("*"))
	if err != nil {
		return nil, err
	}
	sort.Strings(paths)
	var out []*warehouse.Manifest
	for _, path := range paths {
		m, err := warehouse.ReadManifest(path)
		if err != nil {
			return nil, fmt.Errorf("run %s: %w", l.RunID, err)
		}
		out = append(out, m)
	}
	return out, nil
}

// times reads run.json, which a run that was stopped does not have.
func times(l runs.Layout) (seconds float64, finished time.Time) {
	data, err := os.ReadFile(l.RunJSON())
	if err != nil {
		return 0, time.Time{}
	}
	var text struct {
		Seconds  float64   `json:"seconds"`
		Finished time.Time `json:"finished"`
	}
	if json.Unmarshal(data, &text) != nil {
		return 0, time.Time{}
	}
	return text.Seconds, text.Finished
}

func size(dir string) (int64, error) {
	var bytes int64
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}
