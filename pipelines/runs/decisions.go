package runs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/review"
)

// ReadDecisions reads the manual decisions of a config. A file that is not there yet holds none;
// decisions that contradict each other are a mistake.
func ReadDecisions(path string) ([]resolve.Decision, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	name := filepath.Base(path)
	list, err := resolve.ParseDecisions(name, file)
	if err != nil {
		return nil, ConfigError("identity.decisions: %w", err)
	}
	if _, err := review.Merge(nil, review.Decisions(name, list)); err != nil {
		return nil, ConfigError("identity.decisions: %w", err)
	}
	return list, nil
}
