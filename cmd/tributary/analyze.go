package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"

	"github.com/tributary-cdp/tributary/pipelines"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// analyzeCommand looks at the data before a decision about them.
type analyzeCommand struct {
	Blocking analyzeBlockingCommand `cmd:"" help:"Which records are compared: pairs, expected matches and largest block of each rule."`
}

type analyzeBlockingCommand struct {
	configFlags
	runnerFlags
	RunID string `help:"A run whose plan is shown, whatever the inputs are by now." name:"run-id"`
	JSON  bool   `help:"As JSON." name:"json"`
}

// blockingRule is one rule as JSON.
type blockingRule struct {
	Rule         string `json:"rule"`
	Chosen       bool   `json:"chosen"`
	Pairs        int64  `json:"pairs"`
	NewPairs     int64  `json:"new_pairs"`
	Matches      int64  `json:"expected_matches"`
	NewMatches   int64  `json:"new_expected_matches"`
	LargestBlock int    `json:"largest_block"`
}

// blocking is what analyze blocking says. Keys of blocks are not among it: they are persons' data.
type blocking struct {
	RunID    string         `json:"run_id"`
	Recall   float64        `json:"expected_recall"`
	Pairs    int64          `json:"pairs"`
	Matches  int64          `json:"expected_matches"`
	Rules    []blockingRule `json:"rules"`
	Scored   *int64         `json:"pairs_scored,omitempty"`    // of a run that has compared them
	Overfull *int64         `json:"blocks_overfull,omitempty"` // blocks of which neighbours alone were compared
}

// Run analyzes.
func (c *analyzeBlockingCommand) Run(io *streams) error {
	layout, plan, err := c.plan(io)
	if err != nil {
		return err
	}
	result := blockingOf(layout.RunID, plan)
	if m, err := warehouse.ReadManifest(layout.Manifest(identity.ScoreJob)); err == nil {
		scored, overfull := m.Counters["pairs_scored"], m.Counters["blocks_overfull"]
		result.Scored, result.Overfull = &scored, &overfull
	}
	if c.JSON {
		return writeJSON(io.out, result)
	}
	printBlocking(io.out, result)
	return nil
}

func (c *analyzeBlockingCommand) plan(io *streams) (runs.Layout, *identity.BlockPlan, error) {
	if c.RunID != "" {
		cfg, err := c.load()
		if err != nil {
			return runs.Layout{}, nil, err
		}
		layout := runs.Layout{Out: cfg.Output.Path, RunID: c.RunID}
		plan, err := identity.ReadBlockPlan(layout)
		if errors.Is(err, fs.ErrNotExist) {
			err = runs.ConfigError("run %s has no plan of blocks: it does not exist, did not come that far, or its model was pinned", c.RunID)
		}
		return layout, plan, err
	}
	reporter := newReporter(io.err)
	run := runCommand{configFlags: c.configFlags, runnerFlags: c.runnerFlags}
	planned, err := run.plan(reporter)
	if err != nil {
		endLive(reporter)
		return runs.Layout{}, nil, err
	}
	plan, err := pipelines.AnalyzeBlocks(io.ctx, planned.Env)
	endLive(reporter)
	return planned.Env.Layout, plan, err
}

func blockingOf(runID string, plan *identity.BlockPlan) *blocking {
	count := func(x float64) int64 { return int64(math.Round(x)) }
	b := &blocking{RunID: runID, Recall: plan.Recall, Rules: []blockingRule{}}
	for i := range plan.Rules {
		r := &plan.Rules[i]
		// A rule of two keys may bring a pair together twice; one that finds it once then adds less than nothing.
		b.Rules = append(b.Rules, blockingRule{r.Name, r.Chosen, count(r.Pairs), max(0, count(r.NewPairs)), count(r.Matches), max(0, count(r.NewMatches)), r.LargestBlock})
		if r.Chosen {
			b.Pairs += count(r.NewPairs)
			b.Matches += count(r.NewMatches)
		}
	}
	return b
}

func printBlocking(w io.Writer, b *blocking) {
	fmt.Fprintf(w, "blocking of run %s: estimated from a sample\n\n", b.RunID)
	fmt.Fprintf(w, "%-22s %-6s %14s %14s %12s %12s %14s\n", "rule", "chosen", "pairs", "new pairs", "matches", "new matches", "largest block")
	var worst *blockingRule
	for i := range b.Rules {
		r := &b.Rules[i]
		chosen := "no"
		if r.Chosen {
			chosen = "yes"
			if worst == nil || r.LargestBlock > worst.LargestBlock {
				worst = r
			}
		}
		fmt.Fprintf(w, "%-22s %-6s %14s %14s %12s %12s %14s\n", r.Rule, chosen, thousands(r.Pairs), thousands(r.NewPairs), thousands(r.Matches), thousands(r.NewMatches), thousands(int64(r.LargestBlock)))
	}
	fmt.Fprintf(w, "\nnew: beside what the rules above it find; a pair that several rules find is compared once\n")
	fmt.Fprintf(w, "compared               about %s pairs, of which %s are expected to be of one customer\n", thousands(b.Pairs), thousands(b.Matches))
	fmt.Fprintf(w, "expected recall        %.1f %% of the pairs of one customer that all rules would find, or of those that the model expects where they are more\n", 100*b.Recall)
	if b.Scored != nil {
		fmt.Fprintf(w, "compared in the run    %s pairs\n", thousands(*b.Scored))
	}
	switch {
	case worst == nil:
		fmt.Fprintln(w, "no two records have anything in common by which they could meet")
	case worst.LargestBlock <= resolve.BlockLimit:
		fmt.Fprintf(w, "largest block          %s records (%s): all blocks are compared whole\n", thousands(int64(worst.LargestBlock)), worst.Rule)
	default:
		fmt.Fprintf(w, "largest block          %s records (%s). Blocks of that size are split by a second key, and where more than %d records\n", thousands(int64(worst.LargestBlock)), worst.Rule, resolve.BlockLimit)
		fmt.Fprintf(w, "                       are left, only neighbours in it are compared. If one value makes it (a placeholder, a switchboard,\n")
		fmt.Fprintf(w, "                       a head office), name it in null_values of that column, and it makes no block\n")
	}
	if b.Overfull != nil && *b.Overfull > 0 {
		fmt.Fprintf(w, "not compared whole     %s blocks that a second key did not make small enough\n", thousands(*b.Overfull))
	}
}
