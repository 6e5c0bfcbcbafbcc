package runs

import (
	"fmt"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/config"
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
