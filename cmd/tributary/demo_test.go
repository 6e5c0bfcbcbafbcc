package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/transforms/demo"
)

func TestDemoNeverWritesOverSomethingElse(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "company")
	demoRun := func(customers string) (int, string) {
		var out, err bytes.Buffer
		code := execute([]string{"demo", folder, "--customers", customers}, &streams{&out, &err, context.Background()})
		return code, out.String() + err.String()
	}
	if code, text := demoRun("60"); code != 0 || !strings.Contains(text, "tributary run --config") {
		t.Fatalf("exit code %d: %s", code, text)
	}
	config, err := os.ReadFile(filepath.Join(folder, "tributary.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(config), "as_of: "+demo.DefaultAsOf) {
		t.Errorf("the flag's default is not demo.DefaultAsOf")
	}
	if code, text := demoRun("60"); code != 0 || !strings.Contains(text, "already") {
		t.Errorf("again: exit code %d: %s", code, text)
	}
	if code, text := demoRun("61"); code != 2 || !strings.Contains(text, "not empty") {
		t.Errorf("exit code %d: %s", code, text)
	}
}

func TestDemoRefusesWhatItCannotMake(t *testing.T) {
	for _, flags := range [][]string{{"--customers", "0"}, {"--as-of", "2026-02-30"}, {"--customers", "9000000"}} {
		folder := filepath.Join(t.TempDir(), "company")
		var out bytes.Buffer
		if code := execute(append([]string{"demo", folder}, flags...), &streams{&out, &out, context.Background()}); code != 2 {
			t.Errorf("%v: exit code %d", flags, code)
		}
		if _, err := os.Stat(folder); err == nil {
			t.Errorf("%v: the folder was made", flags)
		}
	}
}
