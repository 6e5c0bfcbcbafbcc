package identity

import (
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/resolve"
)

// decisions turns manual decisions into links and cannot-links. References that nobody has
// are kept in the file: they may come back.
func decisions(p *clusterParams, people *population) (same []resolve.Link, different [][2]uint32, err error) {
	list, err := runs.ReadDecisions(p.Decisions)
	if err != nil || len(list) == 0 {
		return nil, nil, err
	}
	wanted := make(map[string]bool, 2*len(list))
	for _, d := range list {
		wanted[d.Left], wanted[d.Right] = true, true
	}
	found := make(map[string]uint32, len(wanted))
	for i := range people.len() {
		if ref := people.ref(uint32(i)); wanted[ref] {
			found[ref] = uint32(i)
		}
	}
	same, different = resolve.Decided(list, func(ref string) (uint32, bool) { i, ok := found[ref]; return i, ok })
	return same, different, nil
}
