// Command gen writes docs/tables.md from the output tables' structs, docs/measures.md from the
// definitions of measures, and the lists of docs/profiles.md from the built-in profiles.
//
//	go run ./schemas/gen
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

//go:generate go run .

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	docs := filepath.Join(root, "docs")
	if err := os.MkdirAll(docs, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(docs, "tables.md"), tablesPage(), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(docs, "measures.md"), measuresPage(), 0o644); err != nil {
		return err
	}
	path := filepath.Join(docs, "profiles.md")
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if page, err = profilesPage(page); err != nil {
		return err
	}
	return os.WriteFile(path, page, 0o644)
}

// moduleRoot is the nearest folder upwards that holds go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod in this folder or above it")
		}
		dir = parent
	}
}
