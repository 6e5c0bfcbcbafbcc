package identity

import (
	"context"

	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
)

// Plan looks at the records and plans the blocks, but compares nothing. A run that follows goes
// on from there.
func Plan(ctx context.Context, env *runs.Env) error {
	m, err := env.Manifest(ingest.JobName)
	if err != nil {
		return err
	}
	if err := train(ctx, env, m); err != nil {
		return err
	}
	return fit(env, m)
}
