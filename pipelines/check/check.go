// Package check reads a sample of every file before a run does: what it would be read as, what
// would be rejected, how it differs from the last run, and a mapping for files that no layout
// fits. It writes nothing.
package check

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/mapping"
	"github.com/tributary-cdp/tributary/transforms/source"
)

// SampleRows is how many rows of each file are read.
const SampleRows = 1000

// Bounds of rejects. A few bad rows say nothing about a file, so that a share counts from
// MinRejects rejects on, or where no row is accepted.
const (
	MaxRejects = 0.10 // share of a file's rows that may be rejected
	MinRejects = 5
)

// File is what one file would be read as.
type File struct {
	Source       string           `json:"source"`
	File         string           `json:"file"`
	Bytes        int64            `json:"bytes"`
	Format       string           `json:"format,omitempty"`
	Encoding     string           `json:"encoding,omitempty"`
	Delimiter    string           `json:"delimiter,omitempty"`
	Layout       string           `json:"layout,omitempty"`
	Experimental bool             `json:"experimental,omitempty"` // no real or verified sample backs the layout
	Rows         int64            `json:"rows"`                   // sampled
	Whole        bool             `json:"whole"`                  // the sample is the file
	Records      map[string]int64 `json:"records,omitempty"`      // by kind
	Skips        map[string]int64 `json:"skips,omitempty"`        // rows by reason
	Rejects      map[string]int64 `json:"rejects,omitempty"`      // rows by code
	Issues       map[string]int64 `json:"issues,omitempty"`       // fields by column|code
	Notes        []string         `json:"notes,omitempty"`        // worth a look
	Failures     []string         `json:"failures,omitempty"`     // beyond a bound, or unreadable
	Proposal     string           `json:"proposal,omitempty"`     // a mapping as YAML
}

// Report is what a check found out.
type Report struct {
	Against string   `json:"against,omitempty"` // run that the files are compared with
	Files   []File   `json:"files"`
	Notes   []string `json:"notes,omitempty"` // about several sources, worth a look
}

// Failed tells whether a file failed.
func (r *Report) Failed() bool {
	return slices.ContainsFunc(r.Files, func(f File) bool { return len(f.Failures) > 0 })
}

// Run checks a config's sources, rules and lists, and samples every file. An error is a
// mistake in the config; what is wrong with files is in the report.
func Run(ctx context.Context, c *config.Config) (*Report, error) {
	specs, _, err := runs.Validate(c, nil)
	if err != nil {
		return nil, err
	}
	if _, err := runs.Suppression(c.Suppression, c.Identity.Regions); err != nil {
		return nil, err
	}
	last, against, err := lastRun(c.Output.Path)
	if err != nil {
		return nil, err
	}
	report := &Report{Against: against}
	seen := newReferences()
	for i, spec := range specs {
		compiled, err := source.Compile(spec)
		if err != nil {
			return nil, runs.ConfigError("source %s: %w", spec.Name, err)
		}
		files, err := source.Files(spec.Path)
		if err != nil {
			return nil, runs.ConfigError("source %s: %w", spec.Name, err)
		}
		for _, file := range files {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			seen.source = spec.Name
			f, err := sample(ctx, compiled, i, file, last, seen)
			if err != nil {
				return nil, err
			}
			if len(f.Failures) > 0 || f.Layout == "" {
				f.propose(file, c.File())
			}
			report.Files = append(report.Files, *f)
		}
	}
	report.Notes = seen.notes()
	return report, nil
}

// sample reads the first rows of one file.
func sample(ctx context.Context, s *source.Source, index int, file source.File, last history, sink source.Sink) (*File, error) {
	f := &File{Source: s.Spec.Name, File: file.Name, Bytes: file.Bytes}
	splits, err := source.Splits(s, index, file)
	if err == nil && len(splits) > 0 {
		first := &splits[0]
		f.Format, f.Encoding = first.Format, first.Encoding
		if first.Format == source.FormatDelimited {
			f.Delimiter = string(rune(first.Comma))
		}
		var counts *source.Counts
		if counts, f.Whole, err = source.Sample(ctx, s, first, SampleRows, sink); err == nil {
			f.Whole = f.Whole && len(splits) == 1
			f.take(s, counts)
			last.compare(f, counts)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		f.refuse(s, file, err)
	}
	return f, nil
}

// take copies the accounts of a sample.
func (f *File) take(s *source.Source, counts *source.Counts) {
	f.Layout, f.Records, f.Skips, f.Rejects, f.Issues = counts.Layout, counts.Records, counts.Reasons, counts.Rejects, counts.Issues
	f.Experimental = counts.Layout != "" && s.Experimental(counts.Layout)
	f.Rows = counts.Accepted.Rows + counts.Rejected.Rows + counts.Skipped.Rows
	switch rejected := share(counts.Rejected.Rows, f.Rows); {
	case f.Rows == 0:
		f.Notes = append(f.Notes, "no rows")
	case rejected > MaxRejects && (counts.Rejected.Rows >= MinRejects || counts.Accepted.Rows == 0):
		f.fail("%s of the rows would be rejected (bound %s)", percent(rejected), percent(MaxRejects))
	}
}

// refuse notes that a file cannot be read, and proposes a mapping for it.
func (f *File) refuse(s *source.Source, file source.File, err error) {
	text := strings.TrimPrefix(err.Error(), file.Name+": ")
	if s.Spec.Optional {
		f.Notes = append(f.Notes, "would be left out: "+text)
	} else {
		f.fail("%s", text)
	}
}

// propose guesses a mapping for a file that no layout fits. Its path is relative to the config.
func (f *File) propose(file source.File, configFile string) {
	glance, err := source.Look(file, SampleRows)
	if err != nil || f.Layout != "" || len(glance.Header) == 0 {
		return
	}
	f.Format, f.Encoding = glance.Format, glance.Encoding
	if p, ok := mapping.Propose(glance.Header, glance.Rows); ok {
		name, _, _ := strings.Cut(filepath.Base(file.Name), ".")
		path := file.Path
		if relative, err := filepath.Rel(filepath.Dir(configFile), file.Path); err == nil {
			path = filepath.ToSlash(relative)
		}
		f.Proposal = p.YAML(name, path)
	}
}
