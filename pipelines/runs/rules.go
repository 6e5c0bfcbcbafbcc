package runs

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/segment"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// Rules reads and compiles the rules of a config. The files are what workers need to compile
// the same. All mistakes are returned at once.
func Rules(c *config.Config) ([]segment.File, *segment.Rules, error) {
	paths, err := RuleFiles(c.Rules)
	if err != nil {
		return nil, nil, err
	}
	var files []segment.File
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, fmt.Errorf("reading rules: %w", err)
		}
		files = append(files, segment.File{Name: filepath.Base(path), Data: data})
	}
	rules, mistakes := segment.Load(files, audience.Platforms())
	if len(mistakes) > 0 {
		return nil, nil, config.Problems(mistakes)
	}
	for i := range rules.Audiences {
		a := &rules.Audiences[i]
		if name := c.Audiences.SensitiveIn(a.When.String()); name != "" {
			mistakes = append(mistakes, strictyaml.Error{File: a.File, Line: a.Line, Message: fmt.Sprintf(
				"audience %q uses %s, which is sensitive: who is listed for it needs a separate consent (audiences.allow_sensitive: [%s] in the config, where the law allows it)", a.Code, name, name)})
		}
	}
	if len(mistakes) > 0 {
		return nil, nil, config.Problems(mistakes)
	}
	return files, rules, nil
}

// Suppression reads a suppression list; none is nil, which suppresses nobody.
func Suppression(path string, regions []string) (*audience.Suppression, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the suppression list: %w", err)
	}
	defer file.Close()
	list, err := audience.ReadSuppression(filepath.Base(path), file, regions)
	if err != nil {
		return nil, ConfigError("suppression: %w", err)
	}
	return list, nil
}
