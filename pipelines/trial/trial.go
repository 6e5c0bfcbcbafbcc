// Package trial tries the rules of a config on the customers of the current run, without running
// anything: how many customers each rule takes, and what a person who wrote it should know.
package trial

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/segment"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Result is what a trial has shown. It holds ids of customers and no contact data.
type Result struct {
	RunID     string            `json:"run_id"`
	Customers int64             `json:"customers"`
	Rules     []segment.Tried   `json:"rules"`
	Overlaps  []segment.Overlap `json:"overlaps"`
	Warnings  []string          `json:"warnings"`
}

// Run tries the rules and keeps so many samples of each.
func Run(ctx context.Context, c *config.Config, samples int) (*Result, error) {
	_, rules, err := runs.Rules(c)
	if err != nil {
		return nil, err
	}
	id, err := runs.Current(c.Output.Path)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, runs.ConfigError("%s has no finished run to try rules on: tributary run comes first", c.Output.Path)
	}
	layout := runs.Layout{Out: c.Output.Path, RunID: id}
	parts, err := filepath.Glob(filepath.Join(layout.Dir(), "customers", "part-*.parquet"))
	if err != nil {
		return nil, err
	}
	t := segment.NewTrial(rules, samples)
	for _, path := range parts { // in order of their numbers
		if err := warehouse.Read(ctx, path, warehouse.ColumnsBut[schemas.Customer]("field_sources"), func(rows []schemas.Customer) error {
			for i := range rows {
				t.Add(&rows[i])
			}
			return nil
		}); err != nil {
			return nil, fmt.Errorf("%w (a run of another version: tributary run comes first)", err)
		}
	}
	result := &Result{RunID: id, Customers: t.Customers(), Rules: t.Rules(), Overlaps: t.Overlaps()}
	for i := range result.Rules {
		if text := warning(&result.Rules[i]); text != "" {
			result.Warnings = append(result.Warnings, text)
		}
	}
	return result, nil
}

// warning says what the writer of a rule should look at; nothing of a built-in rule, and of a
// level of tiers, which many a company has nobody in.
func warning(r *segment.Tried) string {
	if r.Builtin || r.Kind == segment.TrialTier || r.Customers > 0 {
		return ""
	}
	name := r.Kind + " " + r.Code
	if r.Scheme != "" {
		name = r.Kind + " " + r.Scheme + ":" + r.Code
	}
	switch {
	case r.Matched == 0:
		return fmt.Sprintf("%s:%d: %s matches nobody", r.File, r.Line, name)
	case r.Kind == segment.TrialPlay:
		return fmt.Sprintf("%s:%d: %s takes nobody: of %d customers whom it matches, none has consent and an address for its channels, or an earlier play takes them", r.File, r.Line, name, r.Matched)
	}
	return fmt.Sprintf("%s:%d: %s takes nobody: rules before it take all %d customers whom it matches", r.File, r.Line, name, r.Matched)
}
