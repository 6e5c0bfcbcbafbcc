package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/inventory"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/report"
)

// runsCommand lists the runs of an output folder.
type runsCommand struct {
	configFlags
	JSON bool `help:"As JSON." name:"json"`
}

// Run lists them.
func (c *runsCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	list, err := inventory.List(cfg.Output.Path)
	if err != nil {
		return err
	}
	if c.JSON {
		if list == nil {
			list = []inventory.Run{}
		}
		return writeJSON(io.out, list)
	}
	if len(list) == 0 {
		fmt.Fprintf(io.out, "no runs in %s\n", cfg.Output.Path)
		return nil
	}
	fmt.Fprintf(io.out, "%-24s %-10s %-10s %9s %9s  %s\n", "run", "as of", "state", "size", "took", "parent")
	for _, r := range list {
		took := "-"
		if r.Seconds > 0 {
			took = strconv.FormatFloat(r.Seconds, 'f', 1, 64) + " s"
		}
		fmt.Fprintf(io.out, "%-24s %-10s %-10s %9s %9s  %s\n", r.ID, orNone(r.AsOf), r.State, report.Bytes(r.Bytes), took, orNone(r.Parent))
	}
	return nil
}

// gcCommand removes old runs.
type gcCommand struct {
	configFlags
	Keep   int  `help:"Runs that stay: the current one and its nearest ancestors." default:"7"`
	DryRun bool `help:"Say what would go, and remove nothing." name:"dry-run"`
}

// Run removes them.
func (c *gcCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	removed, err := inventory.Collect(cfg.Output.Path, c.Keep, c.DryRun)
	verb := "removed"
	if c.DryRun {
		verb = "would remove"
	}
	var bytes int64
	for _, r := range removed {
		bytes += r.Bytes
		kept := ""
		if r.Kept > 0 {
			kept = fmt.Sprintf(", but for %d files that later runs need", r.Kept)
		}
		fmt.Fprintf(io.out, "%s %s (%s, %s)%s\n", verb, r.RunID, r.State, report.Bytes(r.Bytes), kept)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%d runs, %s\n", len(removed), report.Bytes(bytes))
	return nil
}

// diffCommand compares two runs.
type diffCommand struct {
	configFlags
	From string `arg:"" help:"A run."`
	To   string `arg:"" optional:"" help:"A later one; default: the current run."`
	JSON bool   `help:"As JSON." name:"json"`
}

// Run compares them.
func (c *diffCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	to := c.To
	if to == "" {
		if to, err = runs.Current(cfg.Output.Path); err != nil {
			return err
		}
		if to == "" {
			return runs.ConfigError("%s has no finished run to compare with: name two", cfg.Output.Path)
		}
	}
	d, err := inventory.Diff(io.ctx, cfg.Output.Path, c.From, to)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, d)
	}
	printDifference(io, d)
	return nil
}

func printDifference(io *streams, d *inventory.Difference) {
	fmt.Fprintf(io.out, "%s -> %s\n", d.From, d.To)
	section := func(title string, n int) bool {
		if n > 0 {
			fmt.Fprintf(io.out, "\n%s\n", title)
		}
		return n > 0
	}
	if section("what went in", len(d.Why)) {
		limited(io.out, len(d.Why), func(i int) { fmt.Fprintf(io.out, "  %s\n", d.Why[i]) })
	}
	if !d.Related {
		fmt.Fprintf(io.out, "\ncustomers: %s is no ancestor of the other run, or a run between them was removed, so nothing tells who was merged or split\n", d.From)
	} else if section("customers", len(d.Events)) {
		for _, e := range d.Events {
			fmt.Fprintf(io.out, "  %-10s %12s\n", e.Event, thousands(e.Count))
		}
	}
	rows := func(title string, list []inventory.RowChange) {
		if section(title, len(list)) {
			for _, r := range list {
				fmt.Fprintf(io.out, "  %-40s %14s -> %14s  %s\n", r.Name, thousands(r.Before), thousands(r.After), signed(r.After-r.Before))
			}
		}
	}
	rows("rows", d.Tables)
	rows("customers by segment", d.Segments)
	rows("audiences: members by platform", d.Members)
	if section("key figures", len(d.KPI)) {
		for _, k := range d.KPI {
			fmt.Fprintf(io.out, "  %-10s %-36s %14s -> %14s\n", k.Period, k.Metric, figure(k.Before), figure(k.After))
		}
	}
}

func signed(n int64) string {
	if n > 0 {
		return "+" + thousands(n)
	}
	return "-" + strings.TrimPrefix(thousands(n), "-")
}

func figure(v *float64) string {
	if v == nil {
		return "-"
	}
	return strconv.FormatFloat(*v, 'f', 4, 64)
}
