package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every direct dependency is a decision; docs/decisions/0001-dependencies.md says why it is there.
func TestDirectDependenciesAreRecorded(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	record, err := os.ReadFile(filepath.Join(root, "docs", "decisions", "0001-dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	required := column(mod, `(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/\S+) v\S+$`) // indirect ones end in a comment
	listed := column(record, `(?m)^\| ([a-z0-9.-]+\.[a-z]+/\S+) \|`)
	if len(required) == 0 {
		t.Fatal("no requirement found in go.mod")
	}
	for _, module := range required {
		if !slices.Contains(listed, module) {
			t.Errorf("%s is a direct requirement; say in docs/decisions/0001-dependencies.md why", module)
		}
	}
	for _, module := range listed {
		if !slices.Contains(required, module) {
			t.Errorf("docs/decisions/0001-dependencies.md lists %s, which go.mod does not require directly", module)
		}
	}
}

func column(text []byte, pattern string) []string {
	var out []string
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(strings.ReplaceAll(string(text), "\r\n", "\n"), -1) {
		out = append(out, match[1])
	}
	return out
}
