package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/evaluate"
	"github.com/tributary-cdp/tributary/pipelines/runs"
)

type evaluateChurnCommand struct {
	Table string `help:"CSV (plain or .gz) or Parquet file with a header and a label." type:"path" xor:"input" required:""`
	Label string `help:"Column that says who left: yes or no, true or false, 1 or 0."`
	ID    string `help:"Column that names rows; it is not learned from, and decides who is held out. Default: the row's number." name:"id"`
	Folds int    `help:"Parts that are held out in turn." default:"5"`
	Seed  uint64 `help:"Changes who is held out together." default:"42"`

	Orders  string `help:"File of orders (customer_id, order_date, amount), where no contract says who left." type:"path" xor:"input" required:""`
	Horizon string `help:"With --orders: who places no order for so long has left, such as 90d." default:"90d"`
	Cutoff  string `help:"With --orders: day at the end of which the forecast is made, YYYY-MM-DD."`

	JSON bool `help:"As JSON." name:"json"`
}

// Run evaluates.
func (c *evaluateChurnCommand) Run(io *streams) error {
	result, err := c.result()
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, result)
	}
	printChurn(io.out, result)
	return nil
}

func (c *evaluateChurnCommand) result() (*evaluate.ChurnResult, error) {
	if c.Table != "" {
		if c.Label == "" {
			return nil, runs.ConfigError("--table needs --label, the column that says who left")
		}
		return evaluate.ChurnTable{Table: c.Table, Label: c.Label, ID: c.ID, Folds: c.Folds, Seed: c.Seed}.Churn()
	}
	cutoff, err := runs.Day(c.Cutoff)
	if err != nil {
		return nil, runs.ConfigError("--orders needs --cutoff YYYY-MM-DD, but has %q", c.Cutoff)
	}
	days, err := strconv.Atoi(strings.TrimSuffix(c.Horizon, "d"))
	if err != nil || days < 1 || days > 3650 {
		return nil, runs.ConfigError("--horizon %q is no number of days, such as 90d", c.Horizon)
	}
	return evaluate.ChurnOrders{Orders: c.Orders, Cutoff: cutoff, Horizon: int32(days)}.Churn()
}

func printChurn(w io.Writer, r *evaluate.ChurnResult) {
	fmt.Fprintf(w, "%s rows, %s left (%.1f %%)\nchosen: %s (%s)\n", thousands(int64(r.Rows)), thousands(int64(r.Left)), 100*float64(r.Left)/float64(r.Rows), r.Chosen, r.Reason)
	fmt.Fprintf(w, "\n%-14s %8s %8s %8s %8s %8s\n", "model", "AUC", "AP", "Brier", "log-loss", "ECE")
	for _, m := range r.Models {
		fmt.Fprintf(w, "%-14s %8.4f %8.4f %8.4f %8.4f %8.4f\n", m.Name, m.AUC, m.AveragePrecision, m.Brier, m.LogLoss, m.ECE)
	}
	if r.Note != "" {
		fmt.Fprintf(w, "\nnote: %s\n", r.Note)
	}
	if len(r.Importance) > 0 {
		fmt.Fprintf(w, "\nwhat it owes to a column (log-loss without it rises by)\n")
		limited(w, len(r.Importance), func(i int) {
			fmt.Fprintf(w, "  %-30s %+.4f\n", r.Importance[i].Column, r.Importance[i].LogLoss)
		})
	}
	if len(r.Calibration) > 0 {
		fmt.Fprintf(w, "\ncalibration of the shipped model, ten bins of equal size\n  %8s %10s %10s\n", "rows", "predicted", "observed")
		for _, b := range r.Calibration {
			fmt.Fprintf(w, "  %8s %10.4f %10.4f\n", thousands(int64(b.Rows)), b.Predicted, b.Observed)
		}
	}
}
