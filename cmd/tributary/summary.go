package main

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/tributary-cdp/tributary/pipelines"
	"github.com/tributary-cdp/tributary/pipelines/runs"
)

// summarise says what came out and where to look.
func summarise(w io.Writer, env *runs.Env, elapsed time.Duration) error {
	fmt.Fprintf(w, "\nrun %s done in %s\n", env.Layout.RunID, clock(elapsed))
	facts, err := pipelines.Summary(env)
	if err != nil {
		return err
	}
	for _, fact := range facts {
		fmt.Fprintf(w, "  %-22s %s\n", fact.Name, fact.Value)
	}
	latest := filepath.Join(env.Layout.Out, "latest")
	fmt.Fprintf(w, "  %-22s %s\n", "report", filepath.Join(latest, "report", "index.html"))
	fmt.Fprintf(w, "  %-22s %s\n", "tables", filepath.Join(latest, "<table>", "part-*.parquet"))
	return nil
}
