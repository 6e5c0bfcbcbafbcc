package golden

import (
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// named is how one candidate for the name reads.
type named struct {
	normalize.Name
	key  string // equal names in any order have one
	full bool   // family and given name, not only a letter
}

func readName(p *schemas.Party) named {
	n := named{Name: normalize.ParseName(p.FullName, p.GivenName, p.FamilyName)}
	tokens := slices.Clone(n.Tokens)
	slices.Sort(tokens)
	n.key = strings.Join(tokens, "")
	n.full = n.Family != "" && n.Given != "" && len(n.Given) > 1
	return n
}

func sameName(a, b *schemas.Party) bool {
	return a.FullName == b.FullName && a.GivenName == b.GivenName && a.FamilyName == b.FamilyName
}

// wholeName is a record's name in one text.
func wholeName(r *witness) string {
	if r.FullName != "" {
		return r.FullName
	}
	if normalize.HasHan(r.FamilyName) || normalize.HasHan(r.GivenName) {
		return r.FamilyName + r.GivenName
	}
	return strings.TrimSpace(r.GivenName + " " + r.FamilyName)
}

// name chooses one record's whole name, so that parts of different names never mix.
func (m *merger) name() {
	p := m.profile
	candidates := m.gather(wholeName)
	if len(candidates) == 0 {
		return
	}
	if p.Kind == schemas.Organization {
		winner := fullest(candidates)
		m.note("display_name", winner, candidates)
		p.DisplayName = winner.value
		return
	}
	winner, n := m.chooseName(candidates)
	m.note("display_name", winner, candidates)
	p.GivenName, p.FamilyName = winner.record.GivenName, winner.record.FamilyName
	if p.GivenName == "" && p.FamilyName == "" && n.Han {
		p.GivenName, p.FamilyName = n.Given, n.Family
	}
	p.DisplayName = winner.value
	if n.Han && n.Family+n.Given != "" {
		p.DisplayName = n.Family + n.Given
	}
}

// chooseName lets a full name beat a part of one; equal names in any order vote together.
func (m *merger) chooseName(candidates []candidate) (candidate, normalize.Name) {
	first := candidates[0].record.Party
	if !slices.ContainsFunc(candidates, func(c candidate) bool { return !sameName(first, c.record.Party) }) {
		if !normalize.HasHan(first.FullName) && !normalize.HasHan(first.GivenName) && !normalize.HasHan(first.FamilyName) {
			return candidates[0], normalize.Name{} // there is nothing to choose, and nothing to take apart
		}
		return candidates[0], normalize.ParseName(first.FullName, first.GivenName, first.FamilyName)
	}
	names := make([]named, len(candidates))
	for i, c := range candidates {
		if i > 0 && sameName(candidates[i-1].record.Party, c.record.Party) {
			names[i] = names[i-1]
			continue
		}
		names[i] = readName(c.record.Party)
	}
	best := bestName(names)
	return candidates[best], names[best].Name
}

func bestName(names []named) int {
	if len(names) == 1 {
		return 0
	}
	votes := map[string]int{}
	for i := range names {
		votes[names[i].key]++
	}
	best, bestScore := 0, -1
	for i := range names {
		score := votes[names[i].key]
		if names[i].full {
			score += 1000
		}
		if score > bestScore {
			best, bestScore = i, score
		}
	}
	return best
}
