// Package launch runs Beam pipelines: on the embedded runner, on a stand-alone runner with
// workers of its own, later on clusters. The runner is a flag; the pipeline does not know it.
package launch

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/core/runtime/harness/init" // the worker's flags
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/runners/prism"     // the embedded runner
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/runners/universal" // stand-alone runners

	"github.com/tributary-cdp/tributary/transforms/shuffle"
)

// Runners.
const (
	Prism     = "prism"     // embedded, the default
	Universal = "universal" // a job service at Endpoint
)

// Options choose the runner of a pipeline.
type Options struct {
	Runner            string                                     // Prism when empty
	Endpoint          string                                     // job service; empty = embedded
	EnvironmentType   string                                     // LOOPBACK, EXTERNAL, PROCESS, DOCKER; empty = LOOPBACK
	EnvironmentConfig string                                     // address of the worker pool, command of the process ...
	WorkerBinary      string                                     // the program that workers run; Required unless LOOPBACK
	Scratch           string                                     // folder for what a runner leaves behind; empty = the system's
	Copies            int                                        // branches of every job; 0 = what the runner needs
	Carrier           string                                     // References when empty: workers share Scratch; Inline
	JobName           string                                     // Required: prefix of the job's unique name
	Progress          func(records int64, elapsed time.Duration) // called about five times a second; optional
}

// Carriers of shuffle blocks.
const (
	References = "references" // blocks lie in scratch, only references go through the runner
	Inline     = "inline"     // blocks go through the runner, up to InlineBytes of a partition, the rest lies in scratch
)

// InlineBytes is how much of one partition each map task hands to the runner itself. The
// branches of the embedded runner share it: they live in one memory.
func (o *Options) InlineBytes() int64 {
	if o.Carrier == Inline {
		return shuffle.InlineBytes / int64(o.Branches())
	}
	return 0
}

// Branches is how many copies of a stage the runner needs to use all cores.
func (o *Options) Branches() int {
	if o.Copies > 0 {
		return o.Copies
	}
	if o.Runner == "" || o.Runner == Prism {
		return shuffle.DefaultBranches()
	}
	return 1
}

// WorkerMode serves as a worker and never returns when the program was started as one.
// It must be the first thing in main: workers get only Beam's flags.
func WorkerMode() {
	if slices.ContainsFunc(os.Args[1:], func(arg string) bool {
		return arg == "--worker" || arg == "-worker" || strings.HasPrefix(arg, "--worker=") || strings.HasPrefix(arg, "-worker=")
	}) {
		flag.Parse()
		beam.Init()
		fmt.Fprintln(os.Stderr, "worker: could not start")
		os.Exit(1)
	}
}

var (
	initialise sync.Once
	running    sync.Mutex // Beam's options are global flags: one pipeline of a process at a time
	sequence   atomic.Int64
	standalone bool // the endpoint flag names a runner that is not in this process
)

// Run builds a pipeline and runs it to its end.
func Run(ctx context.Context, opts Options, build func(s beam.Scope)) error {
	running.Lock()
	defer running.Unlock()
	initialise.Do(func() {
		_ = flag.CommandLine.Parse(nil)
		log.SetLogger(quietLogger{})
		log.LogLevel = "error" // of the embedded runner's own log
		beam.Init()
		slog.SetDefault(slog.New(slog.DiscardHandler)) // the embedded runner repeats every error there, graph and all
	})
	restore, err := temporaryFolder(opts.Scratch)
	if err != nil {
		return err
	}
	defer restore()
	name := fmt.Sprintf("%s-%d-%d", opts.JobName, os.Getpid(), sequence.Add(1))
	runner, err := setFlags(opts, name)
	if err != nil {
		return err
	}
	pipeline, scope := beam.NewPipelineWithRoot()
	build(scope)

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var watch sync.WaitGroup
	watcher := &watcher{name: name, started: time.Now(), progress: opts.Progress}
	finished := make(chan struct{})
	watch.Go(func() { watcher.run(ctx, finished) })
	_, err = beam.Run(ctx, runner, pipeline)
	close(finished)
	if ctx.Err() != nil {
		watcher.cancelJob() // a remote runner goes on without its driver
		err = errors.Join(ctx.Err(), err)
	}
	watch.Wait()
	cancel()
	return rootCause(err)
}

// setFlags hands the options to Beam, which reads global flags.
func setFlags(opts Options, name string) (runner string, err error) {
	values := map[string]string{
		"job_name":           name,
		"experiments":        "prism_disable_sdf_split",
		"environment_type":   opts.EnvironmentType,
		"environment_config": opts.EnvironmentConfig,
		"worker_binary":      opts.WorkerBinary,
	}
	runner = opts.Runner
	if runner == "" {
		runner = Prism
	}
	if runner == Universal {
		if opts.Endpoint == "" {
			return "", errors.New("runner universal needs the endpoint of a job service")
		}
		if err := reachable(opts.Endpoint); err != nil {
			return "", err
		}
		values["endpoint"], standalone = opts.Endpoint, true
	}
	if strings.EqualFold(opts.EnvironmentType, "external") {
		if err := reachable(opts.EnvironmentConfig); err != nil {
			return "", fmt.Errorf("worker pool: %w", err)
		}
	}
	if opts.EnvironmentType == "" {
		values["environment_type"] = "loopback"
	}
	if runner == Prism && opts.Endpoint == "" && standalone {
		values["endpoint"], standalone = "", false
	}
	for _, key := range []string{"job_name", "experiments", "environment_type", "environment_config", "worker_binary", "endpoint"} {
		value, ok := values[key]
		if !ok {
			continue
		}
		if err := flag.Set(key, value); err != nil {
			return "", fmt.Errorf("setting Beam's %s: %w", key, err)
		}
	}
	return runner, nil
}

// temporaryFolder lets the process put temporary files into a folder of its own, which is
// removed afterwards: every loopback run leaves an empty file behind.
func temporaryFolder(scratch string) (restore func(), err error) {
	if scratch != "" {
		if err := os.MkdirAll(scratch, 0o755); err != nil {
			return nil, err
		}
	}
	dir, err := os.MkdirTemp(scratch, "beam-")
	if err != nil {
		return nil, fmt.Errorf("creating a temporary folder: %w", err)
	}
	before, had := os.LookupEnv("TMPDIR")
	if err := os.Setenv("TMPDIR", dir); err != nil {
		return nil, err
	}
	return func() {
		if had {
			_ = os.Setenv("TMPDIR", before)
		} else {
			_ = os.Unsetenv("TMPDIR")
		}
		_ = os.RemoveAll(dir)
	}, nil
}
