package inventory

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/tributary-cdp/tributary/pipelines/runs"
)

// Removal is what Collect takes away of one run.
type Removal struct {
	RunID string
	State string
	Bytes int64
	Kept  int // files that stay, since a manifest of a kept run names them
}

// Collect removes old runs from an output folder. The current run stays, keep-1 of its
// ancestors, and unfinished runs that build upon the current one: a restart goes on with them.
// Of a removed run those files stay that manifests of kept runs name. With dry nothing is
// removed. It returns what was (or would be) removed, oldest first, and runs.ErrLocked while a
// run is at work.
func Collect(out string, keep int, dry bool) ([]Removal, error) {
	if keep < 1 {
		return nil, runs.ConfigError("--keep %d: the current run always stays, so 1 is the least", keep)
	}
	lock, err := runs.Acquire(out)
	if err != nil {
		return nil, err
	}
	defer lock.Release() //nolint:errcheck // the process holds it no longer either way
	list, err := List(out)
	if err != nil {
		return nil, err
	}
	kept, err := keepers(list, keep)
	if err != nil {
		return nil, err
	}
	needed, err := neededFiles(out, list, kept)
	if err != nil {
		return nil, err
	}
	var removed []Removal
	for _, run := range list {
		if kept[run.ID] {
			continue
		}
		removal, err := remove(runs.Layout{Out: out, RunID: run.ID}, needed, dry)
		if err != nil {
			return removed, fmt.Errorf("removing run %s: %w", run.ID, err)
		}
		if removal.Bytes == 0 && removal.Kept > 0 {
			continue // nothing but what others need is left of it
		}
		removal.State = run.State
		removed = append(removed, removal)
	}
	return removed, nil
}

func keepers(list []Run, keep int) (map[string]bool, error) {
	byID := map[string]*Run{}
	current := ""
	for i := range list {
		byID[list[i].ID] = &list[i]
		if list[i].State == Current {
			current = list[i].ID
		}
	}
	if current == "" {
		return nil, runs.ConfigError("there is no current run, so no run can be told to be old")
	}
	kept := map[string]bool{}
	for id := current; len(kept) < keep && byID[id] != nil && !kept[id]; id = byID[id].Parent {
		kept[id] = true
	}
	for _, run := range list {
		if run.State == Unfinished && run.Parent == current {
			kept[run.ID] = true
		}
	}
	return kept, nil
}

// neededFiles are the files of runs that go which manifests of kept runs name.
func neededFiles(out string, list []Run, kept map[string]bool) (map[string]bool, error) {
	needed := map[string]bool{}
	for _, run := range list {
		if !kept[run.ID] {
			continue
		}
		manifests, err := manifestsOf(runs.Layout{Out: out, RunID: run.ID})
		if err != nil {
			return nil, err
		}
		for _, m := range manifests {
			for _, t := range m.Tables {
				if t.Run == "" || kept[t.Run] {
					continue
				}
				for _, file := range t.Files {
					needed[filepath.Join(runs.Layout{Out: out, RunID: t.Run}.Dir(), filepath.FromSlash(file.Name))] = true
				}
			}
		}
	}
	return needed, nil
}

// remove takes a run's folder away but for needed files. The manifests go first, so that a run
// whose removal was stopped half-way is unfinished and not one that lacks files.
func remove(l runs.Layout, needed map[string]bool, dry bool) (Removal, error) {
	r := Removal{RunID: l.RunID}
	var files, folders []string
	err := filepath.WalkDir(l.Dir(), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			folders = append(folders, path)
		case needed[path]:
			r.Kept++
		default:
			info, err := entry.Info()
			if err != nil {
				return err
			}
			r.Bytes += info.Size()
			files = append(files, path)
		}
		return nil
	})
	if err != nil || dry {
		return r, err
	}
	if err := os.RemoveAll(l.Job("")); err != nil {
		return r, err
	}
	for _, path := range files {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return r, err
		}
	}
	slices.Reverse(folders) // the deepest first
	for _, path := range folders {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) && r.Kept == 0 {
			return r, err
		}
	}
	return r, nil
}
