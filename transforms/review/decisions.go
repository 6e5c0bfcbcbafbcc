package review

import (
	"fmt"

	"github.com/tributary-cdp/tributary/transforms/resolve"
)

// Decisions are decisions of a file, with the line where each stands.
func Decisions(file string, list []resolve.Decision) []Decision {
	out := make([]Decision, len(list))
	for i, d := range list {
		out[i] = Decision{Left: d.Left, Right: d.Right, Same: d.Same, Where: fmt.Sprintf("%s:%d", file, d.Line)}
	}
	return out
}
