package runs

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/launch"
)

// Plan is what a run would be made from and whether it differs from the current one.
type Plan struct {
	Env     *Env
	Current string // run that CURRENT names; empty = none
	Same    bool   // nothing differs from the current run
}

// Request is what the caller asks of a run.
type Request struct {
	Launch   launch.Options
	Reporter Reporter // nil = Silent
	Force    bool     // an unchanged run is done again under its own id
	RunID    string   // the run that is meant; optional. Its inputs.json, once written, fixes the parent
}

// Prepare gathers the inputs of a run. Nothing is written.
func Prepare(c *config.Config, r Request) (*Plan, error) {
	if err := checkPaths(c, &r.Launch); err != nil {
		return nil, err
	}
	specs, files, err := Validate(c, nil)
	if err != nil {
		return nil, err
	}
	if _, err := Suppression(c.Suppression, c.Identity.Regions); err != nil {
		return nil, err
	}
	current, err := Current(c.Output.Path)
	if err != nil {
		return nil, err
	}
	parent, err := parentOf(c.Output.Path, r.RunID, current)
	if err != nil {
		return nil, err
	}
	if r.Reporter == nil {
		r.Reporter = Silent{}
	}
	env := &Env{Config: c, Specs: specs, Launch: r.Launch, Reporter: r.Reporter}
	in, err := env.gather(files, parent)
	if err != nil {
		return nil, err
	}
	plan := &Plan{Current: current}
	fresh := false
	if current != "" {
		before, err := ReadInputs(Layout{c.Output.Path, current})
		if err != nil {
			return nil, err
		}
		if plan.Same = before.Fingerprint == in.Fingerprint; plan.Same {
			in, fresh = before, r.Force
		} else if in.AsOf < before.AsOf {
			return nil, ConfigError("as_of %s lies before the current run's %s: a backtest goes into a fresh --out", in.AsOf, before.AsOf)
		}
	}
	if r.RunID != "" && r.RunID != in.RunID {
		return nil, ConfigError("the inputs make run %s, not %s: a file, the config or the program changed (tributary plan says what)", in.RunID, r.RunID)
	}
	env.Layout, env.Inputs, env.Fresh = Layout{c.Output.Path, in.RunID}, in, fresh
	plan.Env = env
	return plan, nil
}

// InputsPhase is the name of what a run does before its first job: hashing what it reads.
const InputsPhase = "inputs"

// tellEvery bounds how often hashing reports.
const tellEvery = 200 * time.Millisecond

// gather hashes the inputs, which takes a while where they are large.
func (e *Env) gather(files []InputFile, parent string) (in *Inputs, err error) {
	err = e.measure(InputsPhase, "MB", func(progress func(int64)) error {
		told := time.Now()
		var bytes int64
		in, err = Gather(e.Config, files, parent, CodeVersion, func(n int64) {
			if bytes = n; time.Since(told) >= tellEvery {
				told = time.Now()
				progress(megabytes(bytes))
			}
		})
		progress(megabytes(bytes))
		return err
	})
	return in, err
}

// megabytes rounds up.
func megabytes(bytes int64) int64 { return (bytes + 999_999) / 1_000_000 }

// parentOf is the parent of the run that is asked for: the current run, unless inputs.json of
// the run itself names another one.
func parentOf(out, asked, current string) (string, error) {
	if asked == "" || asked == current {
		return current, nil
	}
	in, err := ReadInputs(Layout{out, asked})
	if errors.Is(err, os.ErrNotExist) {
		return current, nil
	}
	if err != nil {
		return "", err
	}
	return in.Parent, nil
}

// checkPaths refuses what workers on other machines could not reach.
func checkPaths(c *config.Config, opts *launch.Options) error {
	remote := opts.Runner == launch.Universal && opts.EnvironmentType != "" && !strings.EqualFold(opts.EnvironmentType, "loopback")
	var local, object []string
	for _, p := range configPaths(c) {
		switch {
		case strings.Contains(p.path, "://"):
			object = append(object, p.key)
		case p.path != "":
			local = append(local, p.key)
		}
	}
	if len(object) > 0 {
		return ConfigError("%s: object stores (gs://, s3://) cannot be read or written yet: mount the bucket and say shared: true", strings.Join(object, ", "))
	}
	if remote && !c.Shared && len(local) > 0 {
		return ConfigError("workers on other machines do not see %s: put them on a disk that all share and say shared: true", strings.Join(local, ", "))
	}
	return nil
}

type configPath struct{ key, path string }

// configPaths lists the paths of a config that workers may touch.
func configPaths(c *config.Config) []configPath {
	paths := []configPath{
		{"output.path", c.Output.Path},
		{"salt_file", c.SaltFile},
		{"fx", c.FX.File},
		{"rules", c.Rules},
		{"suppression", c.Suppression},
		{"identity.model", c.Identity.Model},
		{"identity.decisions", c.Identity.Decisions},
	}
	for i := range c.Sources {
		paths = append(paths, configPath{"source " + c.Sources[i].Name, c.Sources[i].Path})
	}
	return paths
}

// CheckCurrent makes sure, under the lock, that the run still builds upon the current one:
// another run may have ended since it was planned.
func (e *Env) CheckCurrent() error {
	current, err := Current(e.Layout.Out)
	if err != nil {
		return err
	}
	if current != e.Inputs.Parent && current != e.Layout.RunID {
		return ConfigError("run %s builds upon %s, but the current run is %s by now: run again", e.Layout.RunID, orNone(e.Inputs.Parent), orNone(current))
	}
	return nil
}

func orNone(id string) string {
	if id == "" {
		return "no run"
	}
	return id
}
