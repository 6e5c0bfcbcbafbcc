package main

import (
	"fmt"

	"github.com/tributary-cdp/tributary/pipelines/review"
)

// reviewCommand lets people decide pairs that the program is in doubt about.
type reviewCommand struct {
	Export reviewExportCommand `cmd:"" help:"Write the pairs in doubt into a spreadsheet, the most valuable first."`
	Import reviewImportCommand `cmd:"" help:"Append the decisions of a reviewed spreadsheet to the config's."`
}

type reviewExportCommand struct {
	Out   string `help:"Output folder of the run." required:"" type:"path"`
	File  string `arg:"" help:"New file, .xlsx or .csv. It holds names and numbers of customers." type:"path"`
	Limit int    `help:"Most pairs; 0 = all." default:"500"`
}

// Run exports.
func (c *reviewExportCommand) Run(io *streams) error {
	exported, err := review.Export(io.ctx, c.Out, c.File, c.Limit)
	if err != nil {
		return err
	}
	if exported.All == 0 {
		fmt.Fprintf(io.out, "run %s is in doubt about no pair: nothing to review, no file written\n", exported.RunID)
		return nil
	}
	fmt.Fprintf(io.out, "%s of %s pairs of run %s: %s\n", thousands(int64(exported.Pairs)), thousands(int64(exported.All)), exported.RunID, c.File)
	fmt.Fprintln(io.out, "Fill in the column decision (same, different, or leave it empty), then: tributary review import")
	return nil
}

type reviewImportCommand struct {
	configFlags
	File string `arg:"" help:"The reviewed file." type:"path"`
}

// Run imports.
func (c *reviewImportCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	imported, err := review.Import(cfg, c.File)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s decisions, %s of them new: %s\n", thousands(int64(imported.Decided)), thousands(int64(imported.Added)), imported.File)
	if imported.Added > 0 {
		fmt.Fprintln(io.out, "Next: tributary run obeys them")
	}
	return nil
}
