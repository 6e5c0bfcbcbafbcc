package runs

import (
	"errors"
	"sort"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/transforms/source"
)

// Validate compiles the sources, rules and decisions of a config and lists the files of the sources. All
// mistakes are reported at once, with those that are known from reading the config; of a
// source that holds one of them nothing more is said.
func Validate(c *config.Config, known config.Problems) ([]source.Spec, []InputFile, error) {
	problems := append(config.Problems(nil), known...)
	readable := *c
	readable.Sources = nil
	for i := range c.Sources {
		if s := &c.Sources[i]; (s.Profile != "" || s.Mapping != nil) && s.Path != "" {
			readable.Sources = append(readable.Sources, *s)
		}
	}
	specs, files, err := Specs(&readable)
	if !collect(&problems, err) {
		return nil, nil, err
	}
	if _, _, err = Rules(c); !collect(&problems, err) && len(known) == 0 {
		return nil, nil, err // a folder that cannot be read is known already where there are mistakes
	}
	if len(problems) == 0 {
		_, err := ReadDecisions(c.Identity.Decisions)
		return specs, files, err
	}
	sort.SliceStable(problems, func(i, j int) bool {
		a, b := &problems[i], &problems[j]
		if (a.File == c.File()) != (b.File == c.File()) {
			return a.File == c.File() // the config first, then the files of rules
		}
		if a.File != b.File {
			return a.File < b.File
		}
		return a.Line < b.Line
	})
	return nil, nil, problems
}

// collect keeps mistakes; another error is not its business.
func collect(into *config.Problems, err error) bool {
	var more config.Problems
	if errors.As(err, &more) {
		*into = append(*into, more...)
		return true
	}
	return err == nil
}
