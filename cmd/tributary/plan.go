package main

import (
	"encoding/json"
	"fmt"

	"github.com/tributary-cdp/tributary/pipelines"
	"github.com/tributary-cdp/tributary/pipelines/runs"
)

type planCommand struct {
	runCommandFlags
	JSON bool `help:"As JSON." name:"json"`
}

type runCommandFlags struct {
	configFlags
	runnerFlags
}

// Run shows what run would do.
func (c *planCommand) Run(io *streams) error {
	command := runCommand{configFlags: c.configFlags, runnerFlags: c.runnerFlags}
	plan, err := command.plan(runs.Silent{})
	if err != nil {
		return err
	}
	type job struct {
		Stage string `json:"stage"`
		Job   string `json:"job"`
		Does  string `json:"does"`
		Why   string `json:"why"`
	}
	var jobs []job
	for _, stage := range pipelines.Stages() {
		for _, name := range stage.Jobs {
			j := job{stage.Name, name, "run", "it is not done in this run"}
			if plan.Env.Done(name) {
				j.Does, j.Why = "skip", "its manifest and files are in place"
			}
			jobs = append(jobs, j)
		}
	}
	if c.JSON {
		encoder := json.NewEncoder(io.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(map[string]any{
			"run_id": plan.Env.Layout.RunID, "parent": plan.Env.Inputs.Parent, "current": plan.Current,
			"nothing_to_do": plan.Same, "files": len(plan.Env.Inputs.Files), "jobs": jobs,
		})
	}
	fmt.Fprintf(io.out, "run     %s\n", plan.Env.Layout.RunID)
	fmt.Fprintf(io.out, "parent  %s\n", orNone(plan.Env.Inputs.Parent))
	fmt.Fprintf(io.out, "files   %d\n", len(plan.Env.Inputs.Files))
	if plan.Same {
		fmt.Fprintln(io.out, "nothing to do: nothing changed since this run")
		return nil
	}
	for _, line := range runs.Changes(plan) {
		fmt.Fprintf(io.out, "change  %s\n", line)
	}
	for _, j := range jobs {
		fmt.Fprintf(io.out, "%-7s %-18s %s\n", j.Does, j.Job, j.Why)
	}
	return nil
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
