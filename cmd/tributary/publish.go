package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/warehouse"
	"github.com/tributary-cdp/tributary/transforms/publish"
)

// publishCommand loads the tables of a run into BigQuery.
type publishCommand struct {
	configFlags
	RunID  string `help:"The run to publish; default: the current one." name:"run-id"`
	DryRun bool   `help:"Check the files and say what would be loaded." name:"dry-run"`
	Keep   int    `help:"Runs that stay in the tables." default:"7"`
}

// stagingLives is how long a staging table of a failed load stays for a look.
const stagingLives = 7 * 24 * time.Hour

// Run publishes a run.
func (c *publishCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	p, err := warehouse.Open(cfg, c.RunID)
	if err != nil {
		return err
	}
	if c.DryRun {
		loads, err := p.Plan()
		if err != nil {
			return err
		}
		fmt.Fprintf(io.out, "run %s would be loaded into %s\n", p.Run.ID, p.Where())
		for _, l := range loads {
			fmt.Fprintf(io.out, "  %-24s %12s rows %12s bytes  job %s\n", l.Table, thousands(l.Rows), thousands(l.Bytes), l.Job)
		}
		return nil
	}
	var mu sync.Mutex
	report, err := p.Publish(io.ctx, publish.Options{
		KeepRuns: c.Keep, StagingExpire: time.Now().Add(stagingLives),
		Progress: func(e publish.Event) {
			mu.Lock()
			defer mu.Unlock()
			if e.Table != "" {
				fmt.Fprintf(io.err, "%-10s %-24s %12s rows\n", e.Step, e.Table, thousands(e.Rows))
			}
		},
	})
	if err != nil {
		return err
	}
	loaded := 0
	for _, t := range report.Tables {
		if !t.Present {
			loaded++
		}
	}
	fmt.Fprintf(io.out, "run %s is published in %s: %d tables, %s rows, %d tables loaded now\n",
		report.RunID, p.Where(), len(report.Tables), thousands(report.Rows), loaded)
	for _, id := range report.Pruned {
		fmt.Fprintf(io.out, "removed run %s from the tables\n", id)
	}
	return nil
}
