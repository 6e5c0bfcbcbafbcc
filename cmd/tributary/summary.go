package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/pipelines"
	"github.com/tributary-cdp/tributary/pipelines/runs"
)

// summarise says what came out and where to look.
func summarise(w io.Writer, env *runs.Env, elapsed time.Duration) error {
	facts, err := pipelines.Summary(env)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nrun %s: %s\n", env.Layout.RunID, effort(env.Times, elapsed))
	for _, fact := range facts {
		fmt.Fprintf(w, "  %-14s %s\n", fact.Name, nearPath(fact.Value))
	}
	return nil
}

// effort says what the jobs took.
func effort(times []runs.JobTime, elapsed time.Duration) string {
	text := "done in " + clock(elapsed)
	var cpu float64
	var peak int64
	for _, t := range times {
		cpu += t.CPUSeconds
		peak = max(peak, t.PeakMB)
	}
	if cpu > 0 {
		text += fmt.Sprintf(", %.1f CPU seconds, %d MB at most", cpu, peak)
	}
	return text
}

// nearPath names a path below the working folder from there.
func nearPath(text string) string {
	dir, err := os.Getwd()
	if err != nil || dir == string(filepath.Separator) {
		return text
	}
	return strings.ReplaceAll(text, dir+string(filepath.Separator), "")
}
