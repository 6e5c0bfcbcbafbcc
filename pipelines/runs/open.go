package runs

import (
	"fmt"
	"os"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/launch"
	"github.com/tributary-cdp/tributary/transforms/source"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// Specs compiles the sources of a config into what workers need, and lists their files. All
// mistakes are reported at once.
func Specs(c *config.Config) ([]source.Spec, []InputFile, error) {
	var specs []source.Spec
	var files []InputFile
	var problems config.Problems
	fail := func(s *config.Source, format string, args ...any) {
		problems = append(problems, strictyaml.Error{File: c.File(), Line: s.Line(), Message: fmt.Sprintf("source %s: ", s.Name) + fmt.Sprintf(format, args...)})
	}
	for i := range c.Sources {
		s := &c.Sources[i]
		text, err := profileText(s)
		if err != nil {
			fail(s, "%v", err)
			continue
		}
		spec := source.Spec{
			Name: s.Name, Profile: string(text), ProfileName: s.Profile, Path: s.Path, Namespace: s.Namespace, Timezone: s.Timezone,
			Currency: s.Currency, Decimal: s.Decimal, CountsAsRevenue: s.CountsAsRevenue, Optional: s.Optional, Regions: s.Regions, NPSQuestion: s.NPSQuestion,
		}
		if spec.ProfileName == "" {
			spec.ProfileName = "mapping of " + s.Name
		}
		if spec.Timezone == "" && !strings.Contains(spec.Profile, "\ntimezone:") {
			spec.Timezone = c.Timezone
		}
		if spec.Currency == "" && !strings.Contains(spec.Profile, "\ncurrency:") {
			spec.Currency = c.Currency
		}
		if len(spec.Regions) == 0 {
			spec.Regions = c.Identity.Regions
		}
		if _, err := source.Compile(spec); err != nil {
			fail(s, "%v", err)
			continue
		}
		found, err := source.Files(s.Path)
		if err != nil {
			fail(s, "%v", err)
			continue
		}
		if len(found) == 0 && !s.Optional {
			fail(s, "no file matches %s (optional: true lets the run go on without it)", s.Path)
			continue
		}
		files = append(files, inputsOf(s.Name, found)...)
		specs = append(specs, spec)
	}
	if len(problems) > 0 {
		return nil, nil, problems
	}
	return specs, files, nil
}

// inputsOf lists each file on disk once, however many members an archive has.
func inputsOf(name string, found []source.File) []InputFile {
	var files []InputFile
	for _, f := range found {
		base, _, _ := strings.Cut(f.Name, "!")
		if n := len(files); n > 0 && files[n-1].Path == f.Path {
			continue
		}
		files = append(files, InputFile{Source: name, Name: base, Path: f.Path, Bytes: f.Bytes})
	}
	return files
}

func profileText(s *config.Source) ([]byte, error) {
	if s.Mapping == nil {
		return source.LoadProfile(s.Profile)
	}
	return mappingProfile(s)
}

// Plan is what a run would be made from and whether it differs from the current one.
type Plan struct {
	Env     *Env
	Current string // run that CURRENT names; empty = none
	Same    bool   // nothing differs from the current run
}

// Prepare gathers the inputs of a run. With force an unchanged run is done again under its own id.
func Prepare(c *config.Config, opts launch.Options, reporter Reporter, force bool) (*Plan, error) {
	specs, files, err := Specs(c)
	if err != nil {
		return nil, err
	}
	if _, _, err := Rules(c); err != nil {
		return nil, err
	}
	if _, err := Suppression(c.Suppression, c.Identity.Regions); err != nil {
		return nil, err
	}
	current, err := Current(c.Output.Path)
	if err != nil {
		return nil, err
	}
	in, err := Gather(c, files, current, CodeVersion)
	if err != nil {
		return nil, err
	}
	plan := &Plan{Current: current}
	if current != "" {
		before, err := ReadInputs(Layout{c.Output.Path, current})
		if err != nil {
			return nil, err
		}
		if plan.Same = before.Fingerprint == in.Fingerprint; plan.Same {
			in = before
			if force {
				if err := os.RemoveAll(Layout{c.Output.Path, current}.Job("")); err != nil {
					return nil, err
				}
			}
		} else if in.AsOf < before.AsOf {
			return nil, ConfigError("as_of %s lies before the current run's %s: a backtest goes into a fresh --out", in.AsOf, before.AsOf)
		}
	}
	plan.Env = &Env{Config: c, Layout: Layout{c.Output.Path, in.RunID}, Inputs: in, Specs: specs, Launch: opts, Reporter: reporter}
	return plan, nil
}
