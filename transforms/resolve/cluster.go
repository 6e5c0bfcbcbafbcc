package resolve

import (
	"slices"
	"sort"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Node is what clustering knows of one record.
type Node struct {
	Organization bool
	Name         string   // PackName of the record's name
	Single       []string // TYPE=VALUE of single-valued identifiers
}

// PackName keeps a name for PackedName in one text.
func PackName(full, given, family string) string {
	if full == "" && given == "" && family == "" {
		return ""
	}
	return full + "\x1f" + given + "\x1f" + family
}

func unpackName(s string) normalize.Name {
	var parts [3]string
	at := 0
	for i := range 3 {
		end := len(s)
		for j := at; j < len(s); j++ {
			if s[j] == '\x1f' {
				end = j
				break
			}
		}
		parts[i] = s[at:end]
		at = min(end+1, len(s))
	}
	return normalize.ParseName(parts[0], parts[1], parts[2])
}

// Clusters is a partition of the records.
type Clusters struct {
	Root  []uint32 // smallest ordinal of the record's cluster
	Rules []string // rule of the link that joined the record; empty for the founder
	Cut   []Conflict
}

// forest is a union-find forest whose roots know what their clusters must not mix.
type forest struct {
	parent []uint32
	nodes  []Node
	names  map[uint32][]string // distinct packed names of a cluster, few
	single map[uint32][]string // single-valued identifiers of a cluster
	apart  map[uint32][]uint32 // records that a cluster's records must not meet
}

// namesKept bounds how many names of a cluster are compared.
const namesKept = 8

// Cluster joins records over links, strongest first. A link that would bring together what
// must not meet is cut: persons and organizations, two values of a single-valued identifier,
// records decided to be different, and for e-mail and phone, contradicting given names. n is
// the number of records; links may come in any order.
func Cluster(nodes []Node, links []Link, different [][2]uint32, singleValued bool) Clusters {
	f := &forest{parent: make([]uint32, len(nodes)), nodes: nodes, names: map[uint32][]string{}, single: map[uint32][]string{}, apart: map[uint32][]uint32{}}
	for i := range f.parent {
		f.parent[i] = uint32(i)
	}
	for _, pair := range different {
		f.apart[pair[0]] = append(f.apart[pair[0]], pair[1])
		f.apart[pair[1]] = append(f.apart[pair[1]], pair[0])
	}
	sort.Slice(links, func(i, j int) bool {
		a, b := &links[i], &links[j]
		if ra, rb := rank(a.Rule), rank(b.Rule); ra != rb {
			return ra < rb
		}
		if a.A != b.A {
			return a.A < b.A
		}
		if a.B != b.B {
			return a.B < b.B
		}
		return a.Rule < b.Rule
	})
	out := Clusters{Root: make([]uint32, len(nodes)), Rules: make([]string, len(nodes))}
	for _, link := range links {
		a, b := f.find(link.A), f.find(link.B)
		if a == b {
			continue
		}
		if reason := f.veto(a, b, link.Rule, singleValued); reason != "" {
			out.Cut = append(out.Cut, Conflict{link.A, link.B, link.Rule, reason})
			continue
		}
		for _, end := range []uint32{link.A, link.B} {
			if out.Rules[end] == "" {
				out.Rules[end] = link.Rule
			}
		}
		f.join(min(a, b), max(a, b))
	}
	for i := range out.Root {
		out.Root[i] = f.find(uint32(i))
	}
	return out
}

func (f *forest) find(i uint32) uint32 {
	for f.parent[i] != i {
		f.parent[i] = f.parent[f.parent[i]]
		i = f.parent[i]
	}
	return i
}

// of gives a root's list, which for a lone record is made from the record itself.
func (f *forest) namesOf(root uint32) []string {
	if list, ok := f.names[root]; ok {
		return list
	}
	if name := f.nodes[root].Name; name != "" {
		return []string{name}
	}
	return nil
}

func (f *forest) singleOf(root uint32) []string {
	if list, ok := f.single[root]; ok {
		return list
	}
	return f.nodes[root].Single
}

func (f *forest) veto(a, b uint32, rule string, singleValued bool) string {
	if f.nodes[a].Organization != f.nodes[b].Organization {
		return ReasonKinds
	}
	for _, other := range f.apart[a] {
		if f.find(other) == b {
			return ReasonDecided
		}
	}
	if rule == RuleDecision {
		return ""
	}
	if singleValued && clash(f.singleOf(a), f.singleOf(b)) {
		return ReasonSingle
	}
	if (rule == RuleEmail || rule == RulePhone) && !f.nodes[a].Organization {
		for _, x := range f.namesOf(a) {
			for _, y := range f.namesOf(b) {
				nx, ny := unpackName(x), unpackName(y)
				if normalize.CompareGiven(nx, ny) == normalize.Contradict && (rule == RulePhone || nx.Han == ny.Han) {
					return ReasonNames
				}
			}
		}
	}
	return ""
}

// clash tells whether two clusters have other values of one single-valued identifier.
func clash(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x != y && typeOf(x) == typeOf(y) && !slices.Contains(a, y) && !slices.Contains(b, x) {
				return true
			}
		}
	}
	return false
}

func typeOf(s string) string {
	for i := range len(s) {
		if s[i] == '=' {
			return s[:i]
		}
	}
	return s
}

func (f *forest) join(root, child uint32) {
	names := slices.Clone(f.namesOf(root))
	for _, name := range f.namesOf(child) {
		if len(names) < namesKept && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		f.names[root] = names
	}
	single := slices.Clone(f.singleOf(root))
	for _, value := range f.singleOf(child) {
		if !slices.Contains(single, value) {
			single = append(single, value)
		}
	}
	if len(single) > 0 {
		f.single[root] = single
	}
	if apart := append(f.apart[root], f.apart[child]...); len(apart) > 0 {
		f.apart[root] = apart
	}
	delete(f.names, child)
	delete(f.single, child)
	delete(f.apart, child)
	f.parent[child] = root
}
