// Package shareddata finds the public data that tests compare against. The data are not
// part of the project: a test that needs them skips with a clear message when they are absent.
package shareddata

import (
	"os"
	"path/filepath"
	"testing"
)

// Shared returns the path of a file of the shared data folder. The folder is named by the
// environment variable TRIBUTARY_SHARED (the folder itself, or the one that holds it as data), else it is the first shared/data found beside a
// parent of the working directory. The test is skipped when the file is absent.
func Shared(t testing.TB, elem ...string) string {
	t.Helper()
	path, ok := Find(elem...)
	if !ok {
		t.Skipf("shared data absent: %s (set TRIBUTARY_SHARED to the folder that holds it)", filepath.Join(elem...))
	}
	return path
}

// Find is Shared for tests that do without the file.
func Find(elem ...string) (path string, ok bool) {
	for _, root := range roots() {
		path = filepath.Join(append([]string{root}, elem...)...)
		if _, err := os.Stat(path); err == nil {
			return path, true
		}
	}
	return "", false
}

func roots() []string {
	if root := os.Getenv("TRIBUTARY_SHARED"); root != "" {
		return []string{root, filepath.Join(root, "data")}
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil
	}
	var found []string
	for {
		found = append(found, filepath.Join(dir, "shared", "data"))
		parent := filepath.Dir(dir)
		if parent == dir {
			return found
		}
		dir = parent
	}
}
