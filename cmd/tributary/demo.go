package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/demo"
)

type demoCommand struct {
	Dir       string `arg:"" help:"Folder to write the company into: new, empty, or with this very company."`
	Customers int    `default:"2000" help:"Persons and organizations; each has about 2.5 records and 12 orders."`
	Seed      int64  `default:"7" help:"Same seed, same bytes."`
	AsOf      string `name:"as-of" default:"2026-09-30" help:"Last day of the exports, YYYY-MM-DD. The default is a fixed day, not today, so that the demo has the same bytes on any day."`
}

// Run writes the company and says what to do next.
func (c *demoCommand) Run(io *streams) error {
	p := demo.Params{Customers: c.Customers, Seed: c.Seed, AsOf: c.AsOf}
	if err := p.Validate(); err != nil {
		return runs.ConfigError("demo: %w", err)
	}
	entries, err := os.ReadDir(c.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return runs.ConfigError("demo: %w", err)
	}
	if demo.Complete(c.Dir, p) {
		fmt.Fprintf(io.out, "This company is in %s already; nothing was written.\n", c.Dir)
		return nil
	}
	if len(entries) > 0 {
		return runs.ConfigError("demo: %s is not empty, and holds another company or something else: name a new folder", c.Dir)
	}
	files, err := demo.Write(c.Dir, p)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	var rows, bytes int64
	for _, f := range files {
		rows += f.Rows
		bytes += f.Bytes
	}
	fmt.Fprintf(io.out, "%d customers in %d files: %d rows, %.1f MB\n", c.Customers, len(files), rows, float64(bytes)/1e6)
	fmt.Fprintf(io.out, "The truth about them: %s\n", filepath.Join(c.Dir, "truth", "README.md"))
	fmt.Fprintf(io.out, "Next: tributary run --config %s\n", filepath.Join(c.Dir, "tributary.yaml"))
	return nil
}
