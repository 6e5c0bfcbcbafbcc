package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/check"
	"github.com/tributary-cdp/tributary/pipelines/runs"
)

// checkCommand says what would be read, before anything runs.
type checkCommand struct {
	configFlags
	JSON bool `help:"As JSON." name:"json"`
}

// Run checks the config and a sample of each file.
func (c *checkCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	report, err := check.Run(io.ctx, cfg)
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeJSON(io.out, report)
	} else {
		printReport(io.out, report)
	}
	if err == nil && report.Failed() {
		err = runs.DataError("check: some files would not be read as they should")
	}
	return err
}

func printReport(w io.Writer, report *check.Report) {
	if report.Against != "" {
		fmt.Fprintf(w, "compared with run %s\n", report.Against)
	}
	name := ""
	for i := range report.Files {
		f := &report.Files[i]
		if f.Source != name {
			name = f.Source
			fmt.Fprintf(w, "\nsource %s\n", name)
		}
		printFile(w, f)
	}
	if len(report.Notes) > 0 {
		fmt.Fprintln(w)
	}
	for _, note := range report.Notes {
		fmt.Fprintf(w, "note: %s\n", note)
	}
}

func printFile(w io.Writer, f *check.File) {
	kind := f.Format
	if f.Encoding != "" {
		kind += " " + f.Encoding
	}
	if f.Delimiter != "" {
		kind += fmt.Sprintf(" %q", f.Delimiter)
	}
	rows := fmt.Sprintf("first %s rows", thousands(f.Rows))
	if f.Whole {
		rows = fmt.Sprintf("all %s rows", thousands(f.Rows))
	}
	layout := "no layout"
	if f.Layout != "" {
		layout = "layout " + f.Layout
	}
	if f.Experimental {
		layout += " (experimental: no verified sample backs it)"
	}
	fmt.Fprintf(w, "  %s: %s, %s, %s\n", f.File, kind, layout, rows)
	printCounts(w, "records", f.Records)
	printCounts(w, "skipped", f.Skips)
	printCounts(w, "rejected", f.Rejects)
	printCounts(w, "issues", f.Issues)
	for _, note := range f.Notes {
		fmt.Fprintf(w, "    note: %s\n", note)
	}
	for _, failure := range f.Failures {
		fmt.Fprintf(w, "    FAILED: %s\n", failure)
	}
	if f.Proposal != "" {
		fmt.Fprintf(w, "    a mapping to start from, below sources:\n\n%s\n", f.Proposal)
	}
}

func printCounts(w io.Writer, what string, counts map[string]int64) {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %s", thousands(counts[key]), strings.ReplaceAll(key, "|", ": ")))
	}
	if len(parts) > 0 {
		fmt.Fprintf(w, "    %-9s %s\n", what, strings.Join(parts, ", "))
	}
}
