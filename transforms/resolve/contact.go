package resolve

import (
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// party is what the members of a contact group with one name have in common.
type party struct {
	members     []int // of the group
	full        string
	name        normalize.Name
	company     string // key of an organization's name
	single      []string
	birth       string
	first, last int64 // seen; 0 = unknown
}

// contactGroup is a set of parties that share a phone number or e-mail address.
type contactGroup struct {
	rule     string
	members  []Member
	parties  []party
	parent   []int // union-find over parties
	verdicts []normalize.Agreement
}

// linkContact links the records of a contact value, party by party. An office mailbox says
// nothing by itself: there only names that agree link.
func linkContact(rule, value string, members []Member, s Settings, office bool) ([]Link, []Conflict) {
	if len(members) < 2 {
		return nil, nil
	}
	g := &contactGroup{rule: rule, members: members}
	g.gather()
	if len(g.parties) > s.MaxShared {
		return nil, []Conflict{{members[0].Ordinal, members[1].Ordinal, rule, ReasonShared, value, value}}
	}
	if len(g.parties) == 1 && !(office && g.parties[0].full == "") {
		return chain(rule, members), nil
	}
	g.compare()
	g.joinAgreeing()
	var conflicts []Conflict
	if !office {
		conflicts = g.attach()
	}
	return g.links(), append(conflicts, g.conflicts()...)
}

// gather puts members of one name and the same single-valued identifiers together; a record
// without a name is a party of its own. Members of one phone number whose birth dates have
// nothing in common are two parties: father and son, or two owners of one name.
func (g *contactGroup) gather() {
	for i := range g.members {
		m := &g.members[i]
		at := -1
		if m.FullName != "" || m.Given != "" || m.Family != "" {
			at = slices.IndexFunc(g.parties, func(p party) bool {
				o := &g.members[p.members[0]]
				return o.FullName == m.FullName && o.Given == m.Given && o.Family == m.Family && slices.Equal(o.Single, m.Single) && !g.bornApart(p.birth, m.Birth)
			})
		}
		if at < 0 {
			at = len(g.parties)
			g.parties = append(g.parties, party{full: fullName(m), single: m.Single})
			if at > partiesHeld {
				g.parties[at].members = append(g.parties[at].members, i)
				return // shared by far too many: no need to look on
			}
		}
		p := &g.parties[at]
		p.members = append(p.members, i)
		if p.birth == "" {
			p.birth = m.Birth
		}
		if m.FirstSeen != 0 {
			if p.first == 0 || m.FirstSeen < p.first {
				p.first = m.FirstSeen
			}
			p.last = max(p.last, m.LastSeen, m.FirstSeen)
		}
	}
}

// bornApart tells whether two holders of a phone number were born on days that no mistake in
// typing explains. What an e-mail address holds together is not doubted for it.
func (g *contactGroup) bornApart(a, b string) bool {
	return g.rule == RulePhone && compareBirth(a, b) == birthOther
}

// partiesHeld bounds the work on a value that everybody has. max_shared is far below.
const partiesHeld = 1000

func fullName(m *Member) string {
	if m.FullName != "" {
		return m.FullName
	}
	return strings.TrimSpace(m.Given + " " + m.Family)
}

// compare fills the table of verdicts between parties.
func (g *contactGroup) compare() {
	n := len(g.parties)
	organizations := g.members[0].Kind == schemas.Organization
	for i := range g.parties {
		p := &g.parties[i]
		m := &g.members[p.members[0]]
		if organizations {
			p.company = normalize.CompanyKey(m.FullName)
		} else {
			p.name = normalize.ParseName(m.FullName, m.Given, m.Family)
		}
	}
	g.parent = make([]int, n)
	g.verdicts = make([]normalize.Agreement, n*n)
	for i := range n {
		g.parent[i] = i
		for j := range i {
			v := g.verdict(&g.parties[i], &g.parties[j], organizations)
			g.verdicts[i*n+j], g.verdicts[j*n+i] = v, v
		}
	}
}

func (g *contactGroup) verdict(a, b *party, organizations bool) normalize.Agreement {
	if clash(a.single, b.single) || g.bornApart(a.birth, b.birth) {
		return normalize.Contradict
	}
	if organizations {
		switch {
		case a.company == "" || b.company == "":
			return normalize.Unknown
		case a.company == b.company:
			return normalize.Agree
		}
		return normalize.Contradict
	}
	return compareNames(a.name, b.name, g.rule)
}

// compareNames judges two names of one phone or e-mail address. A personal address forgives
// typing mistakes, and names in two scripts whose sounds differ, since many Chinese customers
// use an English name there; a phone number, which a family shares, does not.
func compareNames(a, b normalize.Name, rule string) normalize.Agreement {
	v := normalize.CompareGiven(a, b)
	if v == normalize.Contradict && rule == RuleEmail && (a.Han != b.Han || normalize.MayBeMisspelt(a, b)) {
		return normalize.Unknown
	}
	return v
}

func (g *contactGroup) find(i int) int {
	for g.parent[i] != i {
		i = g.parent[i]
	}
	return i
}

func (g *contactGroup) contradict(a, b int) bool {
	for i := range g.parties {
		if g.find(i) != a {
			continue
		}
		for j := range g.parties {
			if g.find(j) == b && g.verdicts[i*len(g.parties)+j] == normalize.Contradict {
				return true
			}
		}
	}
	return false
}

// joinAgreeing joins parties whose names agree. Chris stays apart where both Christopher and
// Christine are.
func (g *contactGroup) joinAgreeing() {
	n := len(g.parties)
	between := make([]bool, n)
	for i := range n {
		for j := range n {
			for k := range j {
				between[i] = between[i] || g.verdicts[i*n+j] == normalize.Agree && g.verdicts[i*n+k] == normalize.Agree && g.verdicts[j*n+k] == normalize.Contradict
			}
		}
	}
	for i := range n {
		for j := range i {
			if g.verdicts[i*n+j] == normalize.Agree && !between[i] && !between[j] {
				g.join(i, j)
			}
		}
	}
}

func (g *contactGroup) join(i, j int) {
	a, b := g.find(i), g.find(j)
	if a != b && !g.contradict(a, b) {
		g.parent[max(a, b)] = min(a, b)
	}
}

func (g *contactGroup) roots() []int {
	var roots []int
	for i := range g.parties {
		if g.find(i) == i {
			roots = append(roots, i)
		}
	}
	return roots
}

// attach joins what says too little about the name. Where nothing contradicts, all is one
// party. Else a party joins the only one that it could belong to; where the value changed its
// owner (the opposed ones had it at different times), only one that had it at the same time.
func (g *contactGroup) attach() []Conflict {
	roots := g.roots()
	opposed := map[int]bool{}
	for x, a := range roots {
		for _, b := range roots[:x] {
			if g.contradict(a, b) {
				opposed[a], opposed[b] = true, true
			}
		}
	}
	if len(opposed) == 0 {
		for _, root := range roots[1:] {
			g.parent[root] = roots[0]
		}
		return nil
	}
	type joining struct{ a, b int }
	var chosen []joining
	var conflicts []Conflict
	for _, root := range roots {
		var open []int
		for _, other := range roots {
			if other != root && opposed[other] && !g.contradict(root, other) && (g.meet(root, other) || !g.gaveWay(other, root, roots)) {
				open = append(open, other)
			}
		}
		switch {
		case len(open) == 1:
			chosen = append(chosen, joining{root, open[0]})
		case len(open) > 1:
			conflicts = append(conflicts, g.conflict(root, open[0], ReasonUnclear))
		}
	}
	for _, j := range chosen {
		g.join(j.a, j.b)
	}
	return conflicts
}

// gaveWay tells whether a component had the value at another time than one that contradicts it,
// besides the one in question.
func (g *contactGroup) gaveWay(owner, asking int, roots []int) bool {
	return slices.ContainsFunc(roots, func(other int) bool {
		return other != owner && other != asking && g.contradict(owner, other) && !g.meet(owner, other)
	})
}

// meet tells whether two components had the value at the same time, as far as it is known.
func (g *contactGroup) meet(a, b int) bool {
	af, al := g.span(a)
	bf, bl := g.span(b)
	return af == 0 || bf == 0 || af <= bl && bf <= al
}

func (g *contactGroup) span(root int) (first, last int64) {
	for i := range g.parties {
		p := &g.parties[i]
		if g.find(i) != root || p.first == 0 {
			continue
		}
		if first == 0 || p.first < first {
			first = p.first
		}
		last = max(last, p.last)
	}
	return first, last
}

// links is a chain over the records of each component, in order of their ordinals.
func (g *contactGroup) links() []Link {
	component := make([]int, len(g.members))
	for i := range g.parties {
		for _, m := range g.parties[i].members {
			component[m] = g.find(i)
		}
	}
	last := make([]int, len(g.parties))
	for i := range last {
		last[i] = -1
	}
	var links []Link
	for m, root := range component {
		if last[root] >= 0 {
			links = append(links, Link{g.members[last[root]].Ordinal, g.members[m].Ordinal, g.rule})
		}
		last[root] = m
	}
	return links
}

// conflicts lists the components that contradict each other.
func (g *contactGroup) conflicts() []Conflict {
	var out []Conflict
	roots := g.roots()
	for x, b := range roots {
		for _, a := range roots[:x] {
			if g.contradict(a, b) {
				out = append(out, g.conflict(a, b, ReasonNames))
			}
		}
	}
	return out
}

func (g *contactGroup) conflict(i, j int, reason string) Conflict {
	a, b := &g.parties[i], &g.parties[j]
	x, y := g.members[a.members[0]].Ordinal, g.members[b.members[0]].Ordinal
	left, right := a.full, b.full
	if one, other := clashing(a.single, b.single); one != "" && reason == ReasonNames {
		reason, left, right = ReasonSingle, one, other
	} else if reason == ReasonNames && g.bornApart(a.birth, b.birth) && compareNames(a.name, b.name, g.rule) != normalize.Contradict {
		reason, left, right = ReasonBirths, a.birth, b.birth
	}
	if x > y {
		x, y, left, right = y, x, right, left
	}
	return Conflict{x, y, g.rule, reason, left, right}
}
