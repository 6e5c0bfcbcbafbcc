package main

import (
	"fmt"
	"os"

	"github.com/tributary-cdp/tributary/pipelines/explain"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/report"
)

// reportCommand writes pages to look at. The page of a run is written by the run itself.
type reportCommand struct {
	Customer reportCustomerCommand `cmd:"" help:"Write the page of one customer: timeline, golden record, identity, value, what to do."`
}

// reportCustomerCommand writes the page of one customer of the current run.
type reportCustomerCommand struct {
	configFlags
	ID           string `arg:"" help:"A customer_id, old or current, source/source_id or a reference."`
	To           string `help:"File to write; default: customer-ID.html here." type:"path"`
	ShowContacts bool   `help:"Show names, numbers and addresses." name:"show-contacts"`
}

// Run writes the page, readable by its owner alone: it is about one person.
func (c *reportCustomerCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	reader, err := explain.Open(cfg.Output.Path, c.ShowContacts)
	if err != nil {
		return err
	}
	id, _, err := reader.Resolve(io.ctx, c.ID)
	if err != nil {
		return err
	}
	customer, err := reader.Page(io.ctx, id, cfg)
	if err != nil {
		return err
	}
	page, err := report.RenderCustomer(customer)
	if err != nil {
		return err
	}
	to := c.To
	if to == "" {
		to = explain.FileName(id)
	}
	if err := os.WriteFile(to, page, 0o600); err != nil {
		return runs.EnvironmentError("writing the page of customer %s: %w", id, err)
	}
	fmt.Fprintf(io.out, "customer %s (run %s): %s\n", id, customer.RunID, nearPath(to))
	return nil
}
