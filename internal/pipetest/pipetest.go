// Package pipetest runs stages of the job on small exports that a test writes, and reads the
// tables that come out.
package pipetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/pipelines"
	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Write writes files below a folder.
func Write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Prepare loads a config file and plans a run.
func Prepare(t testing.TB, file string) *runs.Env {
	t.Helper()
	c, err := config.Load(file, config.Options{Lookup: os.LookupEnv})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := runs.Prepare(c, runs.Request{Reporter: runs.Silent{}})
	if err != nil {
		t.Fatal(err)
	}
	return plan.Env
}

// Run plans a run and takes it up to a stage, which then counts as the current run.
func Run(t testing.TB, file, last string) *runs.Env {
	t.Helper()
	env := Prepare(t, file)
	Stages(t, env, last)
	return env
}

// Stages takes a planned run up to a stage.
func Stages(t testing.TB, env *runs.Env, last string) {
	t.Helper()
	if err := env.Inputs.Write(env.Layout); err != nil {
		t.Fatal(err)
	}
	for _, stage := range pipelines.Stages() {
		if err := stage.Run(context.Background(), env); err != nil {
			t.Fatalf("stage %s: %v", stage.Name, err)
		}
		if stage.Name == last {
			break
		}
	}
	if err := runs.SetCurrent(env.Layout.Out, env.Layout.RunID); err != nil {
		t.Fatal(err)
	}
}

// Table reads all rows of a table in order of its parts.
func Table[T any](t testing.TB, env *runs.Env, table string) []T {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(env.Layout.Dir(), table, "part-*.parquet"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("table %s has no parts (%v)", table, err)
	}
	var out []T
	for _, path := range paths {
		if err := warehouse.Read(context.Background(), path, nil, func(rows []T) error {
			out = append(out, rows...)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Hashes gives the SHA-256 of every file of a run but those that may differ between equal runs.
func Hashes(t testing.TB, env *runs.Env) map[string]string {
	t.Helper()
	out := map[string]string{}
	root := env.Layout.Dir()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		name, _ := filepath.Rel(root, path)
		if name != "run.json" && !strings.HasSuffix(name, ".tmp") {
			out[filepath.ToSlash(name)] = hex.EncodeToString(sum[:])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
