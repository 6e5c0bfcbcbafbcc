package launch_test

import (
	"testing"

	"github.com/tributary-cdp/tributary/pipelines/launch"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
)

func TestBranchesOfOneProcessShareTheBytesThatTravelInline(t *testing.T) {
	for _, c := range []struct {
		opts launch.Options
		want int64
	}{
		{launch.Options{Copies: 2}, 0},
		{launch.Options{Copies: 2, Carrier: launch.Inline}, shuffle.InlineBytes / 2},
		{launch.Options{Runner: launch.Universal, Carrier: launch.Inline}, shuffle.InlineBytes}, // one branch: workers have memory of their own
	} {
		if got := c.opts.InlineBytes(); got != c.want {
			t.Errorf("runner %q, %d copies, carrier %q: %d bytes, want %d", c.opts.Runner, c.opts.Copies, c.opts.Carrier, got, c.want)
		}
	}
}
