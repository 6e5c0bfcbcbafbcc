package resolve

import (
	"cmp"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Records is what clustering knows of the records, by ordinal.
type Records struct {
	Organization []bool
	Rank         []uint64                                  // as RankOf gives them; nil: the ordinals
	Name         func(uint32) (full, given, family string) // of a person; nil: names are not compared
	Birth        func(uint32) string                       // of a person, as BirthText gives it; nil: birth dates are not compared
	Single       map[uint32][]string                       // as SingleOf lists them; records without are left out
	Different    [][2]uint32                               // pairs that a person decided to be different
}

// Clusters is a partition of the records.
type Clusters struct {
	Root  []uint32 // smallest ordinal of the record's cluster
	Rules []string // strongest rule that links the record to its cluster; empty for a lone record
	Cut   []Conflict
}

// forest is a union-find forest whose roots know what their clusters must not mix. The root is
// the smallest ordinal. Members of a cluster are a ring.
type forest struct {
	records *Records
	parent  []uint32
	next    []uint32
	single  map[uint32][]string // single-valued identifiers of clusters that have some
	apart   map[uint32][]uint32 // records that a cluster's records must not meet
}

// Cluster joins records over links, strongest first. A link that would bring together what
// must not meet is cut: persons and organizations, two values of a single-valued identifier
// (unless a person decided so), records decided to be different, and for e-mail and phone,
// contradicting given names. Links may come in any order; they are sorted in place.
func Cluster(records *Records, links []Link) Clusters {
	n := len(records.Organization)
	f := &forest{records: records, parent: make([]uint32, n), next: make([]uint32, n), single: map[uint32][]string{}, apart: map[uint32][]uint32{}}
	for i := range f.parent {
		f.parent[i], f.next[i] = uint32(i), uint32(i)
	}
	for ordinal, values := range records.Single {
		f.single[ordinal] = values
	}
	for _, pair := range records.Different {
		f.apart[pair[0]] = append(f.apart[pair[0]], pair[1])
		f.apart[pair[1]] = append(f.apart[pair[1]], pair[0])
	}
	sortLinks(links, records.Rank)
	out := Clusters{Root: f.parent, Rules: make([]string, n)}
	for _, link := range links {
		a, b := f.find(link.A), f.find(link.B)
		if a != b {
			if conflict, vetoed := f.veto(a, b, link); vetoed {
				out.Cut = append(out.Cut, conflict)
				continue
			}
			f.join(min(a, b), max(a, b))
		}
		for _, end := range [2]uint32{link.A, link.B} {
			if out.Rules[end] == "" {
				out.Rules[end] = link.Rule
			}
		}
	}
	for i := range out.Root {
		out.Root[i] = f.find(uint32(i))
	}
	return out
}

// RankOf places a record among all by a hash of its reference. Ordinals follow the parts that
// records lie in; what is decided may not.
func RankOf(reference string) uint64 { return xxh3.HashString(reference) }

// sortLinks orders links by strength, then by the ranks of their records.
func sortLinks(links []Link, ranks []uint64) {
	at := func(i uint32) uint64 {
		if ranks == nil {
			return uint64(i)
		}
		return ranks[i]
	}
	slices.SortFunc(links, func(a, b Link) int {
		if a.Rule != b.Rule {
			if c := cmp.Compare(rank(a.Rule), rank(b.Rule)); c != 0 {
				return c
			}
		}
		if c := cmp.Compare(at(a.A), at(b.A)); c != 0 {
			return c
		}
		if c := cmp.Compare(at(a.B), at(b.B)); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B), cmp.Compare(a.Rule, b.Rule))
	})
}

func (f *forest) find(i uint32) uint32 {
	for f.parent[i] != i {
		f.parent[i] = f.parent[f.parent[i]]
		i = f.parent[i]
	}
	return i
}

// veto tells whether two clusters must not be joined by a link.
func (f *forest) veto(a, b uint32, link Link) (Conflict, bool) {
	refuse := func(reason, left, right string) (Conflict, bool) {
		if f.find(link.A) != a {
			left, right = right, left
		}
		return Conflict{link.A, link.B, link.Rule, reason, left, right}, true
	}
	if f.records.Organization[a] != f.records.Organization[b] {
		return refuse(ReasonKinds, f.kind(a), f.kind(b))
	}
	for _, other := range f.apart[a] {
		if f.find(other) == b {
			return refuse(ReasonDecided, "", "")
		}
	}
	if link.Rule == RuleDecision {
		return Conflict{}, false
	}
	if len(f.single) > 0 {
		if x, y := clashing(f.single[a], f.single[b]); x != "" {
			return refuse(ReasonSingle, x, y)
		}
	}
	if (link.Rule == RuleEmail || link.Rule == RulePhone) && f.records.Name != nil && !f.records.Organization[a] {
		if x, y, found := f.contradiction(a, b, link); found {
			return refuse(ReasonNames, x, y)
		}
	}
	if link.Rule == RulePhone && f.records.Birth != nil && !f.records.Organization[a] {
		if x, y := f.bornApart(a, b); x != "" {
			return refuse(ReasonBirths, x, y)
		}
	}
	return Conflict{}, false
}

func (f *forest) kind(root uint32) string {
	if f.records.Organization[root] {
		return "organization"
	}
	return "person"
}

// Bounds of the names of a cluster that are compared, and of its records that are looked at.
const (
	namesCompared  = 16
	recordsVisited = 256
)

// contradiction finds two given names of two clusters that contradict each other. The link's
// own records have been compared where the link was made.
func (f *forest) contradiction(a, b uint32, link Link) (x, y string, found bool) {
	if f.next[a] == a && f.next[b] == b {
		return "", "", false
	}
	left, right := f.names(a), f.names(b)
	for i := range left {
		for j := range right {
			if left[i].text != right[j].text && compareNames(left[i].parse(), right[j].parse(), link.Rule) == normalize.Contradict {
				return left[i].full(), right[j].full(), true
			}
		}
	}
	return "", "", false
}

// bornApart finds birth dates of two clusters that no mistake in typing explains: father and son
// share a number and a name, and records of theirs without a birth date would join them. It
// finds none where any two of their dates may be one.
func (f *forest) bornApart(a, b uint32) (x, y string) {
	left := f.births(a)
	if len(left) == 0 {
		return "", ""
	}
	right := f.births(b)
	for _, l := range left {
		for _, r := range right {
			if compareBirth(l, r) != birthOther {
				return "", ""
			}
			x, y = l, r
		}
	}
	return x, y
}

// births lists the different birth dates of a cluster, from its root on.
func (f *forest) births(root uint32) []string {
	var out []string
	for i, visited := root, 0; (visited == 0 || i != root) && len(out) < namesCompared && visited < recordsVisited; i, visited = f.next[i], visited+1 {
		if birth := f.records.Birth(i); birth != "" && !slices.Contains(out, birth) {
			out = append(out, birth)
		}
	}
	return out
}

// clusterName is one name of a cluster, parsed when it is needed.
type clusterName struct {
	text   [3]string
	parsed bool
	name   normalize.Name
}

func (n *clusterName) parse() normalize.Name {
	if !n.parsed {
		n.name, n.parsed = normalize.ParseName(n.text[0], n.text[1], n.text[2]), true
	}
	return n.name
}

func (n *clusterName) full() string {
	m := Member{FullName: n.text[0], Given: n.text[1], Family: n.text[2]}
	return fullName(&m)
}

// names lists the different names of a cluster, from its root on.
func (f *forest) names(root uint32) []clusterName {
	var out []clusterName
	for i, visited := root, 0; (visited == 0 || i != root) && len(out) < namesCompared && visited < recordsVisited; i, visited = f.next[i], visited+1 {
		var n clusterName
		n.text[0], n.text[1], n.text[2] = f.records.Name(i)
		if n.text != [3]string{} && !slices.ContainsFunc(out, func(o clusterName) bool { return o.text == n.text }) {
			out = append(out, n)
		}
	}
	return out
}

func (f *forest) join(root, child uint32) {
	f.next[root], f.next[child] = f.next[child], f.next[root]
	f.parent[child] = root
	if values := f.single[child]; len(values) > 0 {
		merged := slices.Clone(f.single[root])
		for _, value := range values {
			if !slices.Contains(merged, value) {
				merged = append(merged, value)
			}
		}
		f.single[root] = merged
		delete(f.single, child)
	}
	if others := f.apart[child]; len(others) > 0 {
		f.apart[root] = append(f.apart[root], others...)
		delete(f.apart, child)
	}
}
