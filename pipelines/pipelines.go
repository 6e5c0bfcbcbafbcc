// Package pipelines puts the stages of the job in order: exports in, tables, audiences and
// report out. Each stage is a package of its own.
package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/audiences"
	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/launch"
	"github.com/tributary-cdp/tributary/pipelines/report"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/pipelines/value"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// Stage is one step of the job.
type Stage struct {
	Name string
	Jobs []string // Beam jobs and driver jobs, in order
	Run  func(context.Context, *runs.Env) error
}

// Stages lists the stages in order.
func Stages() []Stage {
	return []Stage{
		{"ingest", []string{ingest.JobName}, ingest.Run},
		{"identity", []string{identity.ProfileJob, identity.TrainJob, identity.ScoreJob, identity.ClusterJob}, identity.Run},
		{"customers", []string{customers.JobName}, customers.Run},
		{"value", []string{value.SummaryJob, value.ApplyJob}, value.Run},
		{"audiences", []string{audiences.JobName}, audiences.Run},
		{"report", []string{report.JobName}, report.Run},
	}
}

// Selection says which stages to run.
type Selection struct {
	From string   // first stage; earlier ones must be done
	Only []string // these stages alone
}

// Check refuses unknown stage names.
func (s *Selection) Check() error {
	var names []string
	for _, stage := range Stages() {
		names = append(names, stage.Name)
	}
	for _, name := range append(slices.Clone(s.Only), s.From) {
		if name != "" && !slices.Contains(names, name) {
			return runs.ConfigError("no stage %q%s", name, strictyaml.Suggest(name, names))
		}
	}
	return nil
}

func (s *Selection) stages() []Stage {
	all := Stages()
	if len(s.Only) > 0 {
		return slices.DeleteFunc(all, func(stage Stage) bool { return !slices.Contains(s.Only, stage.Name) })
	}
	for i, stage := range all {
		if stage.Name == s.From {
			return all[i:]
		}
	}
	return all
}

// Run runs the selected stages under the lock of the output folder; after the last stage the
// run becomes the current one.
func Run(ctx context.Context, env *runs.Env, selection Selection) error {
	if err := selection.Check(); err != nil {
		return err
	}
	return locked(env, func() error {
		started := time.Now()
		stages := selection.stages()
		for _, stage := range stages {
			if err := env.Requires(before(stage.Name)...); err != nil {
				return err
			}
			if selection.From != "" || len(selection.Only) > 0 {
				if err := env.Forget(stage.Jobs...); err != nil {
					return err
				}
			}
			if err := stage.Run(ctx, env); err != nil {
				return err
			}
		}
		last := Stages()[len(Stages())-1]
		if stages[len(stages)-1].Name != last.Name {
			return nil
		}
		if err := writeRunJSON(env, time.Since(started)); err != nil {
			return err
		}
		return runs.SetCurrent(env.Layout.Out, env.Layout.RunID)
	})
}

// RunJob launches one Beam job of a run, as schedulers and templates do. The jobs before it
// must be done; the run does not become the current one.
func RunJob(ctx context.Context, env *runs.Env, job string) error {
	var known []string
	for _, stage := range Stages() {
		known = append(known, stage.Jobs...)
	}
	at := slices.IndexFunc(Stages(), func(s Stage) bool { return slices.Contains(s.Jobs, job) })
	if at < 0 {
		return runs.ConfigError("no job %q%s", job, strictyaml.Suggest(job, known))
	}
	stage := Stages()[at]
	return locked(env, func() error {
		if err := env.Requires(before(stage.Name)...); err != nil {
			return err
		}
		env.OnlyJob = job
		if err := stage.Run(ctx, env); err != nil && !errors.Is(err, runs.ErrLaunched) {
			return err
		}
		return nil
	})
}

// locked does work under the lock of the output folder, with an empty scratch folder that is
// removed afterwards, and inputs.json written.
func locked(env *runs.Env, work func() error) error {
	lock, err := runs.Acquire(env.Layout.Out)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Release() }()
	if err := env.CheckCurrent(); err != nil {
		return err
	}
	if err := env.CleanScratch(); err != nil {
		return fmt.Errorf("removing what an earlier run left in scratch: %w", err)
	}
	if err := env.Inputs.Write(env.Layout); err != nil {
		return err
	}
	if env.Fresh {
		if err := env.ForgetAll(); err != nil {
			return err
		}
	}
	return errors.Join(work(), env.CleanScratch())
}

// Complete tells whether all jobs of a run are done, with their files in place.
func Complete(env *runs.Env) bool { return env.Requires(before("")...) == nil }

// before lists the jobs of all stages before one; of all stages without a name.
func before(name string) []string {
	var jobs []string
	for _, stage := range Stages() {
		if stage.Name == name {
			break
		}
		jobs = append(jobs, stage.Jobs...)
	}
	return jobs
}

// writeRunJSON keeps what may differ between equal runs.
func writeRunJSON(env *runs.Env, elapsed time.Duration) error {
	host, _ := os.Hostname()
	var cpu float64
	for _, t := range env.Times {
		cpu += t.CPUSeconds
		if t.Job == runs.InputsPhase { // before the stages, whose time elapsed is
			elapsed += time.Duration(t.Seconds * float64(time.Second))
		}
	}
	data, err := json.MarshalIndent(map[string]any{
		"run_id": env.Layout.RunID, "finished": time.Now().UTC().Format(time.RFC3339), "seconds": elapsed.Seconds(), "cpu_seconds": cpu,
		"machine": map[string]any{"host": host, "os": runtime.GOOS, "arch": runtime.GOARCH, "cores": runtime.NumCPU(), "go": runtime.Version()},
		"code":    runs.CodeVersion, "runner": runnerName(env), "jobs": env.Times, "command": strings.Join(os.Args[1:], " "),
	}, "", "  ")
	if err != nil {
		return err
	}
	return runs.WriteFile(env.Layout.RunJSON(), append(data, '\n'))
}

func runnerName(env *runs.Env) string {
	if env.Launch.Runner == "" {
		return launch.Prism
	}
	return env.Launch.Runner
}
