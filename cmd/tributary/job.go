package main

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines"
	"github.com/tributary-cdp/tributary/pipelines/launch"
	"github.com/tributary-cdp/tributary/pipelines/runs"
)

// jobCommand launches one Beam job. Templates start the program with flags only
// (--job=identity.score --config=... --run-id=...), which jobArguments turns into this command.
type jobCommand struct {
	configFlags
	runnerFlags
	Job   string `help:"The Beam job, such as identity.score." required:""`
	RunID string `help:"The run that the job belongs to." name:"run-id" required:""`
}

// jobArguments names the command where a template gave flags only.
func jobArguments(args []string) []string {
	isJob := func(arg string) bool { return arg == "--job" || strings.HasPrefix(arg, "--job=") }
	if len(args) == 0 || !strings.HasPrefix(args[0], "-") || !slices.ContainsFunc(args, isJob) {
		return args
	}
	return append([]string{"job"}, args...)
}

// Run launches the job.
func (c *jobCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	opts, err := c.options()
	if err != nil {
		return err
	}
	reporter := newReporter(io.err)
	plan, err := runs.Prepare(cfg, runs.Request{Launch: opts, Reporter: reporter, RunID: c.RunID})
	if err != nil {
		return err
	}
	err = pipelines.RunJob(io.ctx, plan.Env, c.Job)
	endLive(reporter)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "job %s of run %s is done\n", c.Job, c.RunID)
	return nil
}

// workersCommand serves as a worker pool, beside a task manager or a stand-alone runner.
type workersCommand struct {
	Listen string `help:"Address to serve at." default:"localhost:50000"`
}

// Run serves until it is stopped.
func (c *workersCommand) Run(io *streams) error {
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return runs.EnvironmentError("serving workers: %w", err)
	}
	fmt.Fprintf(io.out, "worker pool at %s\n", listener.Addr())
	return launch.ServeWorkers(io.ctx, listener)
}
