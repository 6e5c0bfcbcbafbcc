package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/pipelines/warehouse"
	"github.com/tributary-cdp/tributary/transforms/duckdb"
)

// exportCommand hands the tables to other tools.
type exportCommand struct {
	DuckDB exportDuckDBCommand `cmd:"" name:"duckdb" help:"SQL that makes a DuckDB view of every table of a run."`
}

type exportDuckDBCommand struct {
	configFlags
	RunID    string `help:"The run; default: the current one." name:"run-id"`
	Follow   bool   `help:"Views that always show the run that is current when they are asked."`
	Schema   string `help:"Schema of the views." default:"main"`
	Contacts bool   `help:"With names, numbers and addresses." name:"show-contacts"`
	To       string `help:"File to write; default: standard output." type:"path"`
}

// Run writes the SQL.
func (c *exportDuckDBCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if c.Follow && c.RunID != "" {
		return runs.ConfigError("--follow and --run-id exclude each other")
	}
	id := c.RunID
	if id == "" {
		if id, err = runs.Current(cfg.Output.Path); err != nil {
			return err
		}
		if id == "" {
			return runs.ConfigError("%s has no finished run: tributary run comes first", cfg.Output.Path)
		}
	}
	layout := runs.Layout{Out: cfg.Output.Path, RunID: id}
	if _, err := runs.ReadInputs(layout); err != nil {
		return runs.ConfigError("there is no run %s in %s (tributary runs lists them)", id, cfg.Output.Path)
	}
	tables, err := warehouse.Tables(layout)
	if err != nil {
		return err
	}
	dir := layout.Dir()
	if c.Follow {
		dir = filepath.Join(cfg.Output.Path, "latest")
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if c.To == "" {
		return duckdb.WriteViews(io.out, dir, c.Schema, tables, c.Contacts)
	}
	file, err := os.Create(c.To)
	if err != nil {
		return err
	}
	if err := duckdb.WriteViews(file, dir, c.Schema, tables, c.Contacts); err != nil {
		file.Close()
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%d views of run %s; look at them with: duckdb -init %s\n", len(tables), id, c.To)
	return nil
}
