package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestProfilesPageIsFresh(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "profiles.md"))
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := profilesPage(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, fresh) {
		t.Error("docs/profiles.md is out of date: run make generate")
	}
}
