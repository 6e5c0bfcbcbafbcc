package runs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/launch"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/source"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Env is what every stage of a run works with.
type Env struct {
	Config   *config.Config
	Layout   Layout
	Inputs   *Inputs
	Specs    []source.Spec // in the order of the config's sources
	Launch   launch.Options
	Reporter Reporter
	Fresh    bool      // all jobs are done again
	OnlyJob  string    // this Beam job alone is launched, and nothing after it; optional
	Times    []JobTime // of the jobs that ran, for run.json
}

// JobTime is what one job took.
type JobTime struct {
	Job        string  `json:"job"`
	Records    int64   `json:"records"`
	Unit       string  `json:"unit,omitempty"` // of records, where they are none
	Seconds    float64 `json:"seconds"`
	PerSecond  float64 `json:"per_second"` // records
	CPUSeconds float64 `json:"cpu_seconds"`
	PeakMB     int64   `json:"peak_mb"` // of the process so far
	Skipped    bool    `json:"skipped,omitempty"`
}

// Parent is the layout of the parent run; ok is false for a first run.
func (e *Env) Parent() (Layout, bool) {
	if e.Inputs.Parent == "" {
		return Layout{}, false
	}
	return Layout{Out: e.Layout.Out, RunID: e.Inputs.Parent}, true
}

// Base is what every job's parameters carry.
type Base struct {
	Dir    string `json:"dir"` // of the run
	Out    string `json:"out"`
	RunID  string `json:"run_id"`
	Job    string `json:"job"`
	AsOf   int32  `json:"as_of"`
	Parent string `json:"parent"`
}

// Base gives the common parameters of a job.
func (e *Env) Base(job string) Base {
	return Base{Dir: e.Layout.Dir(), Out: e.Layout.Out, RunID: e.Layout.RunID, Job: job, AsOf: e.Config.AsOfDay(), Parent: e.Inputs.Parent}
}

// Stamp is what every row of the run's tables carries.
func (b *Base) Stamp() schemas.RunColumns { return schemas.RunColumns{RunID: b.RunID, AsOf: b.AsOf} }

// Layout names the paths of the run.
func (b *Base) Layout() Layout { return Layout{Out: b.Out, RunID: b.RunID} }

// Partitions is the number of partitions for that many bytes of records. It follows the input
// and the config, so that the same run has the same parts.
func (e *Env) Partitions(bytes int64) int {
	return shuffle.Partitions(bytes, int64(e.Config.Shuffle.PartitionMB*(1<<20)))
}

// Done tells whether a job has finished in this run, with all its files in place.
func (e *Env) Done(job string) bool {
	m, err := warehouse.ReadManifest(e.Layout.Manifest(job))
	return err == nil && m.Verify(e.Layout.Dir()) == nil
}

// Manifest reads the manifest of a finished job of this run.
func (e *Env) Manifest(job string) (*warehouse.Manifest, error) {
	m, err := warehouse.ReadManifest(e.Layout.Manifest(job))
	if err != nil {
		return nil, fmt.Errorf("job %s: %w", job, err)
	}
	return m, nil
}

// Job is one block map-reduce of a stage.
type Job struct {
	Name       string
	Op         *shuffle.Op
	Params     any     // JSON
	Work       []any   // JSON, one map task each
	Sizes      []int64 // of Work, if known
	Partitions int
}

// ErrLaunched ends a stage of which only one job was asked for.
var ErrLaunched = errors.New("the only job that was asked for is done")

// Run runs a job unless it is done.
func (e *Env) Run(ctx context.Context, job Job) error {
	if e.Done(job.Name) {
		e.skipped(job.Name)
	} else if e.OnlyJob != "" && e.OnlyJob != job.Name {
		return ConfigError("job %s of run %s is not done: launch it before %s", job.Name, e.Layout.RunID, e.OnlyJob)
	} else if err := e.launch(ctx, job); err != nil {
		return err
	}
	if e.OnlyJob == job.Name {
		return ErrLaunched
	}
	return nil
}

// launch hands a job to the runner.
func (e *Env) launch(ctx context.Context, job Job) error {
	params, err := json.Marshal(job.Params)
	if err != nil {
		return err
	}
	work := make([][]byte, len(job.Work))
	for i, item := range job.Work {
		if work[i], err = json.Marshal(item); err != nil {
			return err
		}
	}
	return e.Measure(job.Name, func(progress func(int64)) error {
		opts := e.Launch
		opts.JobName = "tributary-" + job.Name
		opts.Scratch = filepath.Join(e.Layout.Scratch(), job.Name)
		opts.Progress = func(records int64, _ time.Duration) { progress(records) }
		defer func() { _ = os.RemoveAll(opts.Scratch) }() // blocks are of no use after their job
		err := launch.Run(ctx, opts, func(s beam.Scope) {
			shuffle.Build(s, job.Op, shuffle.Job{
				Params: params, Work: work, Sizes: job.Sizes, Partitions: job.Partitions,
				Branches: opts.Branches(), Scratch: opts.Scratch, Inline: opts.InlineBytes(),
			})
		})
		if err != nil {
			return jobError(job.Name, err)
		}
		return nil
	})
}

// jobError gives the failure of a job the exit code that its task asked for.
func jobError(job string, err error) error {
	var task *launch.TaskError
	if errors.As(err, &task) && task.Code != 0 {
		return &CodedError{task.Code, err}
	}
	if errors.Is(err, launch.ErrUnreachable) {
		return EnvironmentError("job %s: %w", job, err)
	}
	return fmt.Errorf("job %s: %w", job, err)
}

func (e *Env) skipped(job string) {
	e.Times = append(e.Times, JobTime{Job: job, Skipped: true})
	e.Reporter.Done(Progress{Job: job, Skipped: true})
}

// Measure runs a piece of work under a name and keeps what it took.
func (e *Env) Measure(job string, work func(progress func(records int64)) error) error {
	return e.measure(job, "", work)
}

func (e *Env) measure(job, unit string, work func(progress func(records int64)) error) error {
	started, cpu := time.Now(), cpuSeconds()
	var records int64
	err := work(func(n int64) {
		records = max(records, n)
		e.Reporter.Progress(Progress{Job: job, Records: records, Unit: unit, Elapsed: time.Since(started)})
	})
	if err != nil {
		return err
	}
	elapsed := time.Since(started)
	e.Times = append(e.Times, JobTime{Job: job, Records: records, Unit: unit, Seconds: elapsed.Seconds(), PerSecond: math.Round(float64(records) / elapsed.Seconds()), CPUSeconds: cpuSeconds() - cpu, PeakMB: peakMB()})
	e.Reporter.Done(Progress{Job: job, Records: records, Unit: unit, Elapsed: elapsed})
	return nil
}

// CleanScratch removes what a killed run left behind.
func (e *Env) CleanScratch() error { return os.RemoveAll(e.Layout.Out + "/scratch") }

// Requires fails when a job that a stage builds upon is not done.
func (e *Env) Requires(jobs ...string) error {
	for _, job := range jobs {
		if !e.Done(job) {
			return ConfigError("job %s of run %s is not done: run the stages before, or leave --from and --only out", job, e.Layout.RunID)
		}
	}
	return nil
}

// ForgetAll makes all jobs undone.
func (e *Env) ForgetAll() error { return os.RemoveAll(e.Layout.Job("")) }

// Forget makes jobs undone, so that they run again.
func (e *Env) Forget(jobs ...string) error {
	for _, job := range jobs {
		if err := os.RemoveAll(e.Layout.Job(job)); err != nil {
			return err
		}
	}
	return nil
}
