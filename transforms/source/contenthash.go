package source

import "github.com/zeebo/xxh3"

// contentHash hashes the cells that a plan's record is made from: equal cells make equal
// records but for their place in the file.
func (m *mapper) contentHash(plan *recordPlan, values []string, c *cells) uint64 {
	b := m.scratch[:0]
	for _, column := range plan.columns {
		b = append(b, values[column]...)
		if c.spoilt {
			b = append(b, c.bad[column]...)
		}
		b = append(b, 0)
	}
	m.scratch = b
	return xxh3.Hash(b)
}
