// Package value turns profiles into value: RFM and ABC, lifetime value, churn risk, lifecycle,
// tiers and segments, and the one customer table.
//
// value.summary adds the profiles up: order patterns, the distributions of what is ranked,
// gaps between orders. The driver fits the models and finds the cut points from those sums.
// value.apply scores every customer with them, beside what the parent run said.
package value

import (
	"context"
	"path/filepath"

	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Names of the jobs.
const (
	SummaryJob = "value.summary"
	ApplyJob   = "value.apply"
)

// Run runs the stage.
func Run(ctx context.Context, env *runs.Env) error {
	if err := runSummary(ctx, env); err != nil {
		return err
	}
	return runApply(ctx, env)
}

// parts are the files of a table by the number of their partition; "" where it is empty.
func parts(env *runs.Env, m *warehouse.Manifest, table string, partitions int) []string {
	out := make([]string, partitions)
	t, ok := m.Table(table)
	if !ok {
		return out
	}
	byName := map[string]string{}
	for _, file := range t.Files {
		if file.Rows > 0 {
			byName[filepath.Base(file.Name)] = filepath.Join(env.Layout.Dir(), file.Name)
		}
	}
	for i := range out {
		out[i] = byName[warehouse.PartName(i)]
	}
	return out
}

// inputs of the stage: what the customers stage left.
func inputs(env *runs.Env) (*warehouse.Manifest, *customers.Counts, error) {
	m, err := env.Manifest(customers.JobName)
	if err != nil {
		return nil, nil, err
	}
	counts, err := customers.ReadCounts(env.Layout)
	return m, counts, err
}
