// Package review writes the pairs that a run is in doubt about into a file for people, and
// appends what they decided there to the decisions of the config.
package review

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	pipewarehouse "github.com/tributary-cdp/tributary/pipelines/warehouse"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/review"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

const reviewTable = "identity_review"

// Exported tells what an export wrote.
type Exported struct {
	RunID string
	Pairs int // in the file
	All   int // in the run
}

// Export writes the pairs of the current run's identity_review into a new workbook or CSV file,
// the most valuable first, at most limit of them (0 = all). With no pairs it writes no file.
func Export(ctx context.Context, out, file string, limit int) (*Exported, error) {
	write := review.CSV
	separator := review.EvidenceBar
	switch strings.ToLower(filepath.Ext(file)) {
	case ".csv":
	case ".xlsx":
		write, separator = review.XLSX, review.EvidenceBreak
	default:
		return nil, runs.ConfigError("%s: the name must end in .xlsx or .csv", file)
	}
	if limit < 0 {
		return nil, runs.ConfigError("the limit must not be below 0")
	}
	if _, err := os.Lstat(file); err == nil {
		return nil, runs.ConfigError("%s is there already, perhaps with decisions in it: name a new file", file)
	}
	id, err := runs.Current(out)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, runs.ConfigError("%s has no finished run: tributary run comes first", out)
	}
	pairs, err := readPairs(ctx, runs.Layout{Out: out, RunID: id})
	if err != nil {
		return nil, err
	}
	exported := &Exported{RunID: id, All: len(pairs)}
	if len(pairs) == 0 {
		return exported, nil
	}
	sheet := review.SheetOf(pairs, limit, separator)
	exported.Pairs = len(sheet.Rows)
	data, err := write(&sheet)
	if err != nil {
		return nil, runs.ConfigError("%s: %w", file, err)
	}
	return exported, replace(file, data, 0o600) // names and numbers of customers
}

func readPairs(ctx context.Context, layout runs.Layout) ([]schemas.IdentityReview, error) {
	tables, err := pipewarehouse.Tables(layout)
	if err != nil {
		return nil, err
	}
	var pairs []schemas.IdentityReview
	found := false
	for _, t := range tables {
		if t.Table != reviewTable {
			continue
		}
		found = true
		for _, part := range t.Files {
			if err := warehouse.Read(ctx, filepath.Join(layout.Dir(), filepath.FromSlash(part.Name)), nil, func(rows []schemas.IdentityReview) error {
				pairs = append(pairs, rows...)
				return nil
			}); err != nil {
				return nil, err
			}
		}
	}
	if !found {
		return nil, runs.ConfigError("run %s has no table %s: tributary run goes on with it", layout.RunID, reviewTable)
	}
	return pairs, nil
}

// replace writes a file under a temporary name and renames it.
func replace(path string, data []byte, mode fs.FileMode) error {
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, data, mode); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// Imported tells what an import did.
type Imported struct {
	Decided int    // rows of the file with a decision
	Added   int    // decisions that were not there yet
	File    string // the decisions of the config
}

// Import validates a reviewed file and appends its decisions to the config's. Nothing is
// appended when anything is wrong.
func Import(c *config.Config, file string) (*Imported, error) {
	path := c.Identity.Decisions
	if path == "" {
		return nil, runs.ConfigError("the config has no identity.decisions: name the CSV file that keeps decisions, such as decisions.csv")
	}
	ext := strings.ToLower(filepath.Ext(file))
	if ext != ".csv" && ext != ".xlsx" {
		return nil, runs.ConfigError("%s: the name must end in .xlsx or .csv", file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, runs.ConfigError("%w", err)
	}
	reviewed, err := review.Parse(filepath.Base(file), data)
	if err != nil {
		return nil, runs.ConfigError("%w", err)
	}
	before, mode, err := readDecisions(path)
	if err != nil {
		return nil, err
	}
	existing, err := resolve.ParseDecisions(filepath.Base(path), bytes.NewReader(before))
	if err != nil {
		return nil, runs.ConfigError("identity.decisions: %w", err)
	}
	added, err := review.Merge(review.Decisions(filepath.Base(path), existing), reviewed)
	if err != nil {
		return nil, runs.ConfigError("%w", err)
	}
	imported := &Imported{Decided: len(reviewed), Added: len(added), File: path}
	if len(added) == 0 {
		return imported, nil
	}
	after, err := appendDecisions(before, added)
	if err != nil {
		return nil, err
	}
	return imported, replace(path, after, mode)
}

func readDecisions(path string) ([]byte, fs.FileMode, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, 0o644, nil
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	return data, info.Mode().Perm(), nil
}

func appendDecisions(before []byte, added []review.Decision) ([]byte, error) {
	out := bytes.NewBuffer(bytes.Clone(before))
	w := csv.NewWriter(out)
	if len(bytes.TrimSpace(before)) == 0 {
		out.Reset()
		if err := w.Write([]string{"left", "right", "decision"}); err != nil {
			return nil, err
		}
	} else if !bytes.HasSuffix(before, []byte("\n")) {
		out.WriteByte('\n')
	}
	for _, d := range added {
		text := "different"
		if d.Same {
			text = "same"
		}
		if err := w.Write([]string{d.Left, d.Right, text}); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}
