package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/evaluate"
)

type evaluateCLVCommand struct {
	Orders         string `help:"CSV or Parquet: customer_id, order_date, amount." required:"" type:"path"`
	CalibrationEnd string `help:"Last day that models are fitted on." required:"" name:"calibration-end" placeholder:"DATE"`
	HoldoutEnd     string `help:"Last day of what they are held against." required:"" name:"holdout-end" placeholder:"DATE"`
	Unit           string `help:"What times and rates are counted in: day, week or month." default:"week"`
	JSON           bool   `help:"As JSON." name:"json"`
}

// Run evaluates.
func (c *evaluateCLVCommand) Run(io *streams) error {
	result, err := evaluate.CLV(io.ctx, evaluate.CLVRequest{Orders: c.Orders, CalibrationEnd: c.CalibrationEnd, HoldoutEnd: c.HoldoutEnd, Unit: c.Unit})
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, result)
	}
	printCLV(io.out, result)
	return nil
}

func printCLV(w io.Writer, r *evaluate.CLVResult) {
	fmt.Fprintf(w, "customers              %s ordered up to %s\n", thousands(int64(r.Customers)), r.Calibration)
	fmt.Fprintf(w, "holdout                to %s, %.4g %ss: %s order days, %.2f in money\n", r.Holdout, r.Horizon, r.Unit, thousands(int64(r.Orders)), r.Money)
	if r.Skipped > 0 {
		fmt.Fprintf(w, "skipped                %s of %s rows; %s\n", thousands(r.Skipped), thousands(r.Rows), r.SkippedWhy)
	}
	fmt.Fprintf(w, "chosen                 %s\n  %s\n", r.Chosen, r.Reason)
	if len(r.Models) == 0 {
		return
	}
	if r.BlendReason != "" {
		fmt.Fprintf(w, "no correction          %s\n", r.BlendReason)
	}
	if r.SpendReason != "" {
		fmt.Fprintf(w, "no spend model         %s\n", r.SpendReason)
	}
	fmt.Fprintf(w, "\n%-13s %8s %8s %9s %7s %7s   %7s %9s %8s %8s\n", "", "MAE", "RMSE", "deviance", "bias", "Gini", "Gini", "Spearman", "top 10%", "bias")
	fmt.Fprintf(w, "%-13s %43s   %35s\n", "", "numbers of orders", "customers by money")
	for i := range r.Models {
		m := &r.Models[i]
		if m.Counts == nil && m.Money == nil {
			continue
		}
		line := fmt.Sprintf("%-13s", m.Name)
		if c := m.Counts; c != nil {
			line += fmt.Sprintf(" %8.4f %8.4f %9.4f %+6.1f%% %7.4f", c.MAE, c.RMSE, c.Deviance, 100*c.Bias, c.Gini)
		} else {
			line += fmt.Sprintf(" %8s %8s %9s %7s %7s", "-", "-", "-", "-", "-")
		}
		fmt.Fprintf(w, "%s   %7.4f %9.4f %8.4f %+7.1f%%\n", line, m.Money.Gini, m.Money.Spearman, m.Money.TopTenth, 100*m.Money.Bias)
	}
	fmt.Fprintf(w, "\nfits\n")
	for i := range r.Models {
		m := &r.Models[i]
		var parts []string
		for _, name := range []string{"r", "alpha", "s", "beta", "a", "b", "k", "p", "q", "v"} {
			if v, ok := m.Params[name]; ok {
				parts = append(parts, fmt.Sprintf("%s %.5g", name, v))
			}
		}
		switch {
		case len(parts) > 0:
			fmt.Fprintf(w, "  %-13s LL %.3f  %s\n", m.Name, *m.LL, strings.Join(parts, " "))
			if m.Note != "" {
				fmt.Fprintf(w, "  %-13s %s\n", "", m.Note)
			}
		case m.Note != "":
			fmt.Fprintf(w, "  %-13s %s\n", m.Name, m.Note)
		}
	}
}
