package pipelines

import (
	"context"
	"errors"
	"io/fs"

	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
)

// AnalyzeBlocks tells what each rule of blocks finds. Where the run has no plan yet, its
// records are read and looked at; a run that follows need not do that again.
func AnalyzeBlocks(ctx context.Context, env *runs.Env) (*identity.BlockPlan, error) {
	plan, err := identity.ReadBlockPlan(env.Layout)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return plan, err
	}
	if env.Config.Identity.Model != "" {
		return nil, runs.ConfigError("identity.model pins the rules of blocks, block_rules in that file: take it out of the config to see what each rule would find")
	}
	if err := locked(env, func() error {
		if err := ingest.Run(ctx, env); err != nil {
			return err
		}
		return identity.Plan(ctx, env)
	}); err != nil {
		return nil, err
	}
	return identity.ReadBlockPlan(env.Layout)
}
