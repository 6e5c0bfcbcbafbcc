package main

import (
	"fmt"
	"io"

	"github.com/tributary-cdp/tributary/pipelines/evaluate"
)

type evaluateChurnCommand struct {
	Table string `help:"CSV (plain or .gz) or Parquet file with a header." required:"" type:"path"`
	Label string `help:"Column that says who left: yes or no, true or false, 1 or 0." required:""`
	ID    string `help:"Column that names rows; it is not learned from, and decides who is held out. Default: the row's number." name:"id"`
	Folds int    `help:"Parts that are held out in turn." default:"5"`
	Seed  uint64 `help:"Changes who is held out together." default:"42"`
	JSON  bool   `help:"As JSON." name:"json"`
}

// Run evaluates.
func (c *evaluateChurnCommand) Run(io *streams) error {
	result, err := evaluate.ChurnTable{Table: c.Table, Label: c.Label, ID: c.ID, Folds: c.Folds, Seed: c.Seed}.Churn()
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, result)
	}
	printChurn(io.out, result)
	return nil
}

func printChurn(w io.Writer, r *evaluate.ChurnResult) {
	fmt.Fprintf(w, "%s rows, %s left (%.1f %%)\nchosen: %s (%s)\n", thousands(int64(r.Rows)), thousands(int64(r.Left)), 100*float64(r.Left)/float64(r.Rows), r.Chosen, r.Reason)
	fmt.Fprintf(w, "\n%-14s %8s %8s %8s %8s %8s\n", "model", "AUC", "AP", "Brier", "log-loss", "ECE")
	for _, m := range r.Models {
		fmt.Fprintf(w, "%-14s %8.4f %8.4f %8.4f %8.4f %8.4f\n", m.Name, m.AUC, m.AveragePrecision, m.Brier, m.LogLoss, m.ECE)
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
