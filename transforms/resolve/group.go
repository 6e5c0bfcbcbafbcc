package resolve

import (
	"sort"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Link says that two records are one customer, by a rule.
type Link struct {
	A, B uint32
	Rule string
}

// Conflict is a link that was not made, or cut.
type Conflict struct {
	A, B   uint32
	Rule   string
	Reason string
}

// Reasons of conflicts.
const (
	ReasonNames   = "given_names_contradict"
	ReasonShared  = "shared_by_too_many"
	ReasonKinds   = "person_and_organization"
	ReasonSingle  = "single_valued_id"
	ReasonDecided = "decided_different"
	ReasonUnclear = "nameless_between_names"
)

// rank orders rules by strength.
func rank(rule string) int {
	switch rule {
	case RuleDecision:
		return 0
	case RuleReference:
		return 1
	case RuleEmail:
		return 3
	case RulePhone:
		return 4
	}
	return 2 // id.NAME
}

// LinkGroup links the records that share one value.
//
// References and identifiers link all records of one kind. E-mail and phone link unless more
// than MaxShared records of one kind have the value; records whose given names contradict
// stay apart, and a record without a name is linked only where one name alone comes into
// question.
func LinkGroup(kind, value string, members []Member, s Settings) ([]Link, []Conflict) {
	sort.Slice(members, func(i, j int) bool { return members[i].Ordinal < members[j].Ordinal })
	members = distinct(members)
	if len(members) < 2 {
		return nil, nil
	}
	if kind == "ref" {
		return linkReference(members)
	}
	var links []Link
	var conflicts []Conflict
	for _, part := range byKind(members) {
		if len(part) < 2 {
			continue
		}
		var l []Link
		var c []Conflict
		switch kind {
		case "email":
			l, c = linkNamed(RuleEmail, part, s, normalize.IsRoleEmail(value))
		case "phone":
			l, c = linkNamed(RulePhone, part, s, true)
		default:
			l = chain(kind, part)
		}
		links, conflicts = append(links, l...), append(conflicts, c...)
	}
	return links, conflicts
}

func distinct(members []Member) []Member {
	out := members[:0]
	for _, m := range members {
		if n := len(out); n > 0 && out[n-1].Ordinal == m.Ordinal {
			out[n-1].Owner = out[n-1].Owner || m.Owner
			continue
		}
		out = append(out, m)
	}
	return out
}

// linkReference links what points at a record to it. Where nobody has the reference, records
// that point at the same one are one customer all the same.
func linkReference(members []Member) ([]Link, []Conflict) {
	var links []Link
	var conflicts []Conflict
	first := members[0]
	for _, m := range members {
		if m.Owner {
			first = m
			break
		}
	}
	for _, m := range members {
		switch {
		case m.Ordinal == first.Ordinal:
		case m.Kind != first.Kind:
			conflicts = append(conflicts, Conflict{first.Ordinal, m.Ordinal, RuleReference, ReasonKinds})
		default:
			links = append(links, Link{min(first.Ordinal, m.Ordinal), max(first.Ordinal, m.Ordinal), RuleReference})
		}
	}
	return links, conflicts
}

func byKind(members []Member) [][]Member {
	var persons, organizations []Member
	for _, m := range members {
		if m.Kind == schemas.Organization {
			organizations = append(organizations, m)
		} else {
			persons = append(persons, m)
		}
	}
	return [][]Member{persons, organizations}
}

// chain links neighbours: a tree over all of them.
func chain(rule string, members []Member) []Link {
	var links []Link
	for i := 1; i < len(members); i++ {
		links = append(links, Link{members[i-1].Ordinal, members[i].Ordinal, rule})
	}
	return links
}

// linkNamed links the records of a contact value, name by name. strict makes names in two
// scripts contradict each other where their sounds differ; a personal e-mail address forgives
// that, since many Chinese customers use an English name there.
func linkNamed(rule string, members []Member, s Settings, strict bool) ([]Link, []Conflict) {
	if len(members) > s.MaxShared {
		return nil, []Conflict{{members[0].Ordinal, members[1].Ordinal, rule, ReasonShared}}
	}
	if members[0].Kind == schemas.Organization {
		return linkOrganizations(rule, members)
	}
	names := make([]normalize.Name, len(members))
	for i := range members {
		names[i] = members[i].Name()
	}
	agree := func(i, j int) normalize.Agreement {
		a := normalize.CompareGiven(names[i], names[j])
		if a == normalize.Contradict && !strict && names[i].Han != names[j].Han {
			return normalize.Unknown
		}
		return a
	}
	parent := make([]int, len(members))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			i = parent[i]
		}
		return i
	}
	for i := range members {
		for j := i + 1; j < len(members); j++ {
			if agree(i, j) == normalize.Agree && !contradicts(members, find, find(i), find(j), agree) {
				a, b := find(i), find(j)
				parent[max(a, b)] = min(a, b)
			}
		}
	}
	conflicts := attachUnknown(rule, members, find, parent, agree)
	var links []Link
	last := map[int]int{}
	for i := range members {
		root := find(i)
		if j, ok := last[root]; ok {
			links = append(links, Link{members[j].Ordinal, members[i].Ordinal, rule})
		}
		last[root] = i
	}
	return links, conflicts
}

// contradicts tells whether two components hold names that contradict each other.
func contradicts(members []Member, find func(int) int, a, b int, agree func(i, j int) normalize.Agreement) bool {
	if a == b {
		return false
	}
	for i := range members {
		if find(i) != a {
			continue
		}
		for j := range members {
			if find(j) == b && agree(i, j) == normalize.Contradict {
				return true
			}
		}
	}
	return false
}

// attachUnknown joins components that say too little about the name to the only one that they
// could belong to. Where several come into question they stay apart, and so do the several.
func attachUnknown(rule string, members []Member, find func(int) int, parent []int, agree func(i, j int) normalize.Agreement) []Conflict {
	var conflicts []Conflict
	roots := componentsOf(members, find)
	contradicted := map[int]bool{}
	for x, a := range roots {
		for _, b := range roots[x+1:] {
			if contradicts(members, find, a, b, agree) {
				contradicted[a], contradicted[b] = true, true
				conflicts = append(conflicts, Conflict{members[a].Ordinal, members[b].Ordinal, rule, ReasonNames})
			}
		}
	}
	if len(contradicted) == 0 {
		for _, root := range roots[1:] {
			parent[root] = roots[0]
		}
		return conflicts
	}
	for _, root := range roots {
		candidates := compatible(members, find, root, roots, agree)
		if len(candidates) == 1 {
			a, b := find(root), find(candidates[0])
			if a != b && !contradicts(members, find, a, b, agree) {
				parent[max(a, b)] = min(a, b)
			}
		} else if len(candidates) > 1 {
			conflicts = append(conflicts, Conflict{members[root].Ordinal, members[candidates[0]].Ordinal, rule, ReasonUnclear})
		}
	}
	return conflicts
}

func componentsOf(members []Member, find func(int) int) []int {
	var roots []int
	for i := range members {
		if find(i) == i {
			roots = append(roots, i)
		}
	}
	return roots
}

// compatible lists the components that a component does not contradict. A number that changed
// its owner links only what overlaps in time: where times are known, they decide.
func compatible(members []Member, find func(int) int, root int, roots []int, agree func(i, j int) normalize.Agreement) []int {
	var all, timely []int
	for _, other := range roots {
		if other == root || contradicts(members, find, root, other, agree) {
			continue
		}
		all = append(all, other)
		if overlap(&members[root], &members[other]) {
			timely = append(timely, other)
		}
	}
	if len(all) > 1 && len(timely) == 1 {
		return timely
	}
	return all
}

func overlap(a, b *Member) bool {
	if a.FirstSeen == 0 || b.FirstSeen == 0 {
		return false
	}
	return a.FirstSeen <= b.LastSeen && b.FirstSeen <= a.LastSeen
}

// linkOrganizations links organizations whose names agree, or say nothing.
func linkOrganizations(rule string, members []Member) ([]Link, []Conflict) {
	var links []Link
	var conflicts []Conflict
	last := map[string]int{}
	var order []string
	for i := range members {
		key := normalize.CompanyKey(members[i].FullName)
		if j, ok := last[key]; ok {
			links = append(links, Link{members[j].Ordinal, members[i].Ordinal, rule})
		} else {
			order = append(order, key)
		}
		last[key] = i
	}
	for i := 1; i < len(order); i++ {
		conflicts = append(conflicts, Conflict{members[last[order[0]]].Ordinal, members[last[order[i]]].Ordinal, rule, ReasonNames})
	}
	return links, conflicts
}
