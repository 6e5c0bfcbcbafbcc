package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/pipelines/trial"
)

type rulesTestCommand struct {
	configFlags
	Name    string `arg:"" optional:"" help:"Only rules of this scheme, kind (lifecycle, tier, segment, audience, play) or code."`
	Samples int    `help:"Ids of customers to show for each rule." default:"3"`
	JSON    bool   `help:"As JSON." name:"json"`
}

// Run tries the rules.
func (c *rulesTestCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if c.Samples < 0 {
		return runs.ConfigError("--samples must not be negative")
	}
	result, err := trial.Run(io.ctx, cfg, c.Samples)
	if err != nil {
		return err
	}
	if c.Name != "" {
		kept := result.Rules[:0]
		for _, r := range result.Rules {
			if c.Name == r.Kind || c.Name == r.Scheme || c.Name == r.Code {
				kept = append(kept, r)
			}
		}
		if result.Rules = kept; len(kept) == 0 {
			return runs.ConfigError("no rule, scheme or kind %q", c.Name)
		}
	}
	if c.JSON {
		return writeJSON(io.out, result)
	}
	printTrial(io.out, result)
	return nil
}

func printTrial(w io.Writer, result *trial.Result) {
	fmt.Fprintf(w, "run %s: %s customers\n", result.RunID, thousands(result.Customers))
	group := ""
	for i := range result.Rules {
		r := &result.Rules[i]
		if now := strings.TrimSpace(r.Kind + " " + r.Scheme); now != group {
			group = now
			fmt.Fprintf(w, "\n%s\n", group)
		}
		share := 0.0
		if result.Customers > 0 {
			share = 100 * float64(r.Customers) / float64(result.Customers)
		}
		fmt.Fprintf(w, "  %-28s %10s %5.1f %%", r.Code, thousands(r.Customers), share)
		if r.Matched > r.Customers {
			fmt.Fprintf(w, " of %s", thousands(r.Matched))
		}
		if len(r.Samples) > 0 {
			fmt.Fprintf(w, "  %s", strings.Join(r.Samples, " "))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "\nof: whom the condition holds for, where the rule does not take all: earlier rules do, or a play finds no consent or address, an open complaint, the cap")
	for i, o := range result.Overlaps {
		if i == 0 {
			fmt.Fprintln(w, "\noverlaps (scheme: {code: ..., one: true} would let the first rule that holds count)")
		}
		fmt.Fprintf(w, "  %-28s %10s customers in two or more segments\n", o.Scheme, thousands(o.Customers))
	}
	for i, text := range result.Warnings {
		if i == 0 {
			fmt.Fprintln(w, "\nwarnings")
		}
		fmt.Fprintln(w, "  "+text)
	}
}
