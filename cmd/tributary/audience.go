package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/tributary-cdp/tributary/pipelines/audiences"
)

// audienceCommand looks at audiences.
type audienceCommand struct {
	DryRun audienceDryRunCommand `cmd:"" name:"dry-run" help:"Whom the rules would reach among the customers of the current run; writes nothing."`
}

type audienceDryRunCommand struct {
	configFlags
	Audience []string `arg:"" optional:"" help:"Audiences; default: all."`
	JSON     bool     `help:"As JSON." name:"json"`
}

// Run prints the waterfall of every audience and platform, and who is in two audiences.
func (c *audienceDryRunCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	trial, err := audiences.DryRun(io.ctx, cfg, c.Audience)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, trial)
	}
	return printDryRun(io.out, trial)
}

func printDryRun(w io.Writer, t *audiences.Trial) error {
	fmt.Fprintf(w, "run %s, as of %s: %s customers. Nothing is written.\n", t.RunID, t.AsOf, thousands(t.Customers))
	if len(t.Audiences) == 0 {
		fmt.Fprintln(w, "no audience in the rules (tributary rules audience prints examples)")
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\naudience\tplatform\tmatched\tidentified\tconsented\tunder cap\tafter exclusions\tcontrol\tover limit\tdeliverable\tadd\tremove\t")
	for i := range t.Audiences {
		e := &t.Audiences[i]
		fmt.Fprintf(table, "%s\t%s\t", e.Audience, e.Platform)
		for _, n := range []int64{e.Matched, e.Identified, e.Consented, e.UnderCap, e.AfterExclusions, e.Control, e.OverLimit, e.Deliverable, e.Add, e.Remove} {
			fmt.Fprintf(table, "%s\t", thousands(n))
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for i := range t.Audiences {
		if e := &t.Audiences[i]; e.TooSmall {
			fmt.Fprintf(w, "%s is held for %s: %s left, the platform takes no list below %d\n", e.Audience, e.Platform, thousands(e.AfterExclusions-e.Control-e.OverLimit), e.Minimum)
		}
	}
	return printOverlaps(w, t)
}

// printOverlaps prints a matrix: customers whom both rules take, and members of both below.
func printOverlaps(w io.Writer, t *audiences.Trial) error {
	var codes []string
	cells := map[string]string{}
	for _, o := range t.Overlaps {
		if o.Audience == o.Other {
			codes = append(codes, o.Audience)
		}
		text := thousands(o.Matched) + " / " + thousands(o.Members)
		cells[o.Audience+"\t"+o.Other], cells[o.Other+"\t"+o.Audience] = text, text
	}
	if len(codes) < 2 {
		return nil
	}
	fmt.Fprintln(w, "\nin both: matched / members")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "\t%s\t\n", strings.Join(codes, "\t"))
	for _, a := range codes {
		fmt.Fprintf(table, "%s\t", a)
		for _, b := range codes {
			fmt.Fprintf(table, "%s\t", cells[a+"\t"+b])
		}
		fmt.Fprintln(table)
	}
	return table.Flush()
}
