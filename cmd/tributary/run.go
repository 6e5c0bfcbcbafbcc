package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/pipelines"
	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/launch"
	"github.com/tributary-cdp/tributary/pipelines/runs"
)

// configFlags are shared by all commands that read a config.
type configFlags struct {
	Config string `help:"The config file." default:"tributary.yaml" type:"path"`
	Out    string `help:"Output folder; default: the config's output.path." type:"path"`
	AsOf   string `help:"Day to look back from, YYYY-MM-DD; default: the config's, else yesterday." name:"as-of"`
}

// load reads the config. With mistakes in it, its sources and rules are looked at, too, so
// that all mistakes are reported at once.
func (f *configFlags) load() (*config.Config, error) {
	cfg, err := config.Load(f.Config, config.Options{AsOf: f.AsOf, Out: f.Out, Now: time.Now()})
	if err == nil {
		return cfg, nil
	}
	var problems config.Problems
	if !errors.As(err, &problems) {
		return nil, runs.ConfigError("%w (--config names the file; tributary demo writes one)", err)
	}
	if cfg != nil {
		_, _, err = runs.Validate(cfg, problems)
	}
	return nil, err
}

// runnerFlags choose the runner.
type runnerFlags struct {
	Runner            string `help:"Runner: prism (embedded) or universal (a job service at --endpoint)." default:"prism" enum:"prism,universal"`
	Endpoint          string `help:"Address of the job service of --runner=universal."`
	EnvironmentType   string `help:"How workers run with --runner=universal: LOOPBACK, EXTERNAL, PROCESS."`
	EnvironmentConfig string `help:"Address of the worker pool, or the process's command."`
	WorkerBinary      string `help:"Program for the workers; default: this one." type:"path"`
	Branches          int    `help:"Copies of each job's graph that run side by side; default: what the runner needs." hidden:""`
	Carrier           string `help:"How shuffle blocks travel: references (to scratch) or inline." default:"references" enum:"references,inline" hidden:""`
	CPUProfile        string `help:"Write a CPU profile of the run to this file." name:"cpuprofile" type:"path" hidden:""`
	MemoryLimit       string `help:"Soft limit of memory, such as 2GiB; default: an eighth of the machine's, at least 1 GiB, at most 2.25 GiB." name:"memory-limit"`
}

func (f *runnerFlags) options() (launch.Options, error) {
	if err := setMemoryLimit(f.MemoryLimit); err != nil {
		return launch.Options{}, err
	}
	opts := launch.Options{Runner: f.Runner, Endpoint: f.Endpoint, EnvironmentType: f.EnvironmentType, EnvironmentConfig: f.EnvironmentConfig, WorkerBinary: f.WorkerBinary, Copies: f.Branches, Carrier: f.Carrier}
	if f.Runner == launch.Universal && f.Endpoint == "" {
		return opts, runs.ConfigError("--runner=universal needs --endpoint")
	}
	if f.Runner == launch.Universal && opts.WorkerBinary == "" && !strings.EqualFold(f.EnvironmentType, "loopback") && f.EnvironmentType != "" {
		opts.WorkerBinary = ownBinary()
	}
	return opts, nil
}

type runCommand struct {
	configFlags
	runnerFlags
	From  string   `help:"Begin with this stage; the ones before must be done."`
	Only  []string `help:"Run these stages alone (for schedulers)."`
	RunID string   `help:"The run id that is expected; another one is an error." name:"run-id"`
	Force bool     `help:"Run although nothing changed."`
}

// Run runs the job.
func (c *runCommand) Run(io *streams) error {
	started := time.Now()
	reporter := newReporter(io.err)
	plan, err := c.plan(reporter)
	endLive(reporter)
	if err != nil {
		return err
	}
	selection := pipelines.Selection{From: c.From, Only: c.Only}
	if err := selection.Check(); err != nil {
		return err
	}
	if plan.Same && !c.Force && c.From == "" && len(c.Only) == 0 && pipelines.Complete(plan.Env) {
		fmt.Fprintf(io.out, "nothing to do: run %s is current and nothing changed since (--force runs again)\n", plan.Current)
		return nil
	}
	if plan.Env.Config.SaltIsDefault() {
		reporter.Warn("no salt_file: customer ids are keyed with the project's name alone")
	}
	stop, err := profileCPU(c.CPUProfile)
	if err != nil {
		return err
	}
	defer stop()
	err = pipelines.Run(io.ctx, plan.Env, selection)
	endLive(reporter)
	if err != nil {
		if io.ctx.Err() != nil {
			return fmt.Errorf("stopped: run the same command again to go on (%w)", context.Cause(io.ctx))
		}
		return err
	}
	return summarise(io.out, plan.Env, time.Since(started))
}

func (c *runCommand) plan(reporter runs.Reporter) (*runs.Plan, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	opts, err := c.options()
	if err != nil {
		return nil, err
	}
	return runs.Prepare(cfg, runs.Request{Launch: opts, Reporter: reporter, Force: c.Force, RunID: c.RunID})
}

// profileCPU writes a CPU profile until stop is called.
func profileCPU(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("creating the profile: %w", err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); file.Close() }, nil
}

// gcPercent trades memory below the limit for fewer collections: records live briefly.
const gcPercent = 300

// mostMemory is the limit on large machines: more than that makes nothing faster.
const mostMemory = 9 << 28

// setMemoryLimit tells the garbage collector how much memory it may use before it works harder.
func setMemoryLimit(text string) error {
	limit := min(mostMemory, max(int64(1<<30), machineMemory()/8))
	if text != "" {
		var n float64
		var unit string
		if _, err := fmt.Sscanf(text, "%f%s", &n, &unit); err != nil {
			return runs.ConfigError("--memory-limit %q: expected a number and a unit such as 2GiB", text)
		}
		factor, ok := map[string]float64{"MiB": 1 << 20, "GiB": 1 << 30, "MB": 1e6, "GB": 1e9}[unit]
		if !ok {
			return runs.ConfigError("--memory-limit %q: unit must be MiB, GiB, MB or GB", text)
		}
		limit = int64(n * factor)
	}
	debug.SetMemoryLimit(limit)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent) // the limit, not the live heap, says when to collect
	}
	return nil
}
