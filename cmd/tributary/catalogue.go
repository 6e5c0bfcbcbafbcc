package main

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/source"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

type profilesCommand struct {
	Name string `arg:"" optional:"" help:"Print this profile as a starting point."`
}

// Run lists the profiles or prints one.
func (c *profilesCommand) Run(io *streams) error {
	if c.Name != "" {
		text, err := source.LoadProfile(c.Name)
		if err != nil {
			return runs.ConfigError("%w", err)
		}
		_, err = io.out.Write(text)
		return err
	}
	for _, name := range schemas.ProfileNames() {
		text, err := schemas.ProfileText(name)
		if err != nil {
			return err
		}
		profile, err := source.ParseProfile(name, text)
		if err != nil {
			return err
		}
		var layouts []string
		experimental := profile.Experimental
		for _, layout := range profile.Layouts {
			layouts = append(layouts, layout.Name)
			experimental = experimental || layout.Experimental
		}
		mark := ""
		if experimental {
			mark = " (experimental)"
		}
		fmt.Fprintf(io.out, "%-18s %s %s%s: %s\n", name, profile.Name.EN, profile.Name.ZH, mark, strings.Join(layouts, ", "))
	}
	return nil
}

type tablesCommand struct {
	Name string `arg:"" optional:"" help:"Print the columns of this table."`
}

// Run lists the tables or the columns of one.
func (c *tablesCommand) Run(io *streams) error {
	if c.Name == "" {
		empty := 0
		for _, t := range schemas.Tables() {
			state := ""
			if t.Empty {
				state = "  [empty so far]"
				empty++
			}
			fmt.Fprintf(io.out, "%-24s one row per %s  %s%s\n", t.Name, t.Grain.EN, t.Grain.ZH, state)
		}
		fmt.Fprintf(io.out, "\n%d tables; %d are written with their schema but without rows so far\n", len(schemas.Tables()), empty)
		return nil
	}
	t, ok := schemas.TableNamed(c.Name)
	if !ok {
		var names []string
		for _, t := range schemas.Tables() {
			names = append(names, t.Name)
		}
		return runs.ConfigError("no table %q%s", c.Name, strictyaml.Suggest(c.Name, names))
	}
	fmt.Fprintf(io.out, "%s: one row per %s (%s)\nkey: %s\n", t.Name, t.Grain.EN, t.Grain.ZH, strings.Join(t.Key, ", "))
	if t.Empty {
		fmt.Fprintln(io.out, "This table is written with its schema but without rows so far.")
	}
	printColumns(io, schemas.Columns(t.Row), "  ")
	return nil
}

func printColumns(io *streams, columns []schemas.Column, indent string) {
	for _, column := range columns {
		contact := ""
		if column.Contact {
			contact = "  [contact data]"
		}
		fmt.Fprintf(io.out, "%s%-26s %-9s %-8s %s  %s%s\n", indent, column.Name, column.Type, column.Mode, column.Description.EN, column.Description.ZH, contact)
		printColumns(io, column.Fields, indent+"  ")
	}
}

type versionCommand struct{}

// Run prints the version.
func (c *versionCommand) Run(io *streams) error {
	fmt.Fprintf(io.out, "tributary %s (%s, %s/%s)\n", runs.CodeVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
