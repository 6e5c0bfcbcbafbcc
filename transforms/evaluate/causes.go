package evaluate

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Conflict is a row of identity_conflict: a link that was refused or cut.
type Conflict struct {
	A, B   uint32
	Reason uint16 // number of the reason's name
}

// Run is what a run found out, and what is known to be true. Records are numbered.
type Run struct {
	Cluster   []uint32 // customer of each record, a dense number
	Entity    []uint32 // entity of each record; None without a label
	Links     []Link
	Conflicts []Conflict
	Names     []string // of rules and reasons
	Fields    []uint16 // kinds of identifying fields that each record has, one bit each; nil = not known

	// Evidence tells for some of Links, by index, which comparison spoke most for each; empty
	// for a rule. Optional.
	Evidence func(links []int) ([]string, error)
}

// Cause is why pairs are wrong.
type Cause struct {
	Cause    string `json:"cause"`
	Evidence string `json:"evidence,omitempty"` // false pairs by a score: the comparison that spoke most for the link
	Pairs    int64  `json:"pairs"`
	Links    int64  `json:"links,omitempty"` // links that are to blame
}

// Causes of lost pairs; CauseConflict is followed by the reason.
const (
	CauseNeverCompared = "never_compared"  // no rule or block brought them together
	CauseBelow         = "below_threshold" // compared, and scored too low
	CauseConflict      = "conflict:"       // a link was refused or cut
	CauseCut           = "link_cut"        // a link was accepted and its cluster was cut for another reason
	CauseNoData        = "no_common_field" // the two share no kind of identifying field
	causeUnexplained   = "no_link"         // false pairs in a cluster whose links do not hold it together
)

func sortCauses(causes []Cause) []Cause {
	slices.SortFunc(causes, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Pairs, a.Pairs), cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.Evidence, b.Evidence))
	})
	return causes
}

// FalsePairs shares the wrong pairs of all clusters out over the rules of the links that made
// them. A link makes the pairs that are together because of it: links of one entity's records
// are taken first, for they are right, then the others, strongest first. wrong is the number
// of wrong pairs.
func (r *Run) FalsePairs(wrong int64) ([]Cause, error) {
	f := newForest(r.Entity)
	var doubtful []int
	for i := range r.Links {
		l := &r.Links[i]
		if !l.Accepted || r.Cluster[l.A] != r.Cluster[l.B] {
			continue
		}
		if r.Entity[l.A] == r.Entity[l.B] && r.Entity[l.A] != None {
			f.join(l.A, l.B)
		} else {
			doubtful = append(doubtful, i)
		}
	}
	slices.SortFunc(doubtful, func(i, j int) int { return r.compareStrength(&r.Links[i], &r.Links[j]) })
	var blamed []int
	var made []int64
	for _, i := range doubtful {
		if _, pairs := f.join(r.Links[i].A, r.Links[i].B); pairs > 0 {
			blamed, made = append(blamed, i), append(made, pairs)
			wrong -= pairs
		}
	}
	evidence, err := r.evidenceOf(blamed)
	if err != nil {
		return nil, err
	}
	at := map[Cause]Cause{} // by cause and evidence
	for n, i := range blamed {
		key := Cause{Cause: r.Names[r.Links[i].Rule], Evidence: evidence[n]}
		c := at[key]
		c.Pairs += made[n]
		c.Links++
		at[key] = c
	}
	out := []Cause{}
	for key, c := range at {
		c.Cause, c.Evidence = key.Cause, key.Evidence
		out = append(out, c)
	}
	if wrong > 0 {
		out = append(out, Cause{Cause: causeUnexplained, Pairs: wrong})
	}
	return sortCauses(out), nil
}

// evidenceOf tells of links what spoke most for each; nothing for rules.
func (r *Run) evidenceOf(links []int) ([]string, error) {
	scored := func(i int) bool { return !r.Links[i].ByRule() }
	if r.Evidence == nil || !slices.ContainsFunc(links, scored) {
		return make([]string, len(links)), nil
	}
	return r.Evidence(links)
}

// compareStrength orders links: rules before scores, rules by what they rest on, scores from
// the highest down.
func (r *Run) compareStrength(a, b *Link) int {
	strength := func(l *Link) float64 {
		if l.ByRule() {
			return 2
		}
		return l.Probability
	}
	return cmp.Or(
		cmp.Compare(strength(b), strength(a)), cmp.Compare(ruleRank(r.Names[a.Rule]), ruleRank(r.Names[b.Rule])),
		cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B), cmp.Compare(a.Rule, b.Rule),
	)
}

// ruleRank orders rules: what people decided, references, identifiers, then what others may share.
func ruleRank(rule string) int {
	switch {
	case rule == "decision":
		return 0
	case rule == "reference":
		return 1
	case strings.HasPrefix(rule, "id."):
		return 2
	case rule == "email":
		return 3
	}
	return 4
}

// part is the records of one entity that are in one cluster and have the same kinds of fields.
type part struct {
	entity, cluster uint32
	fields          uint16
	records         int64
}

func comparePlace(a, b part) int {
	return cmp.Or(cmp.Compare(a.entity, b.entity), cmp.Compare(a.cluster, b.cluster))
}

// between is two clusters that hold records of one entity.
type between struct{ entity, x, y uint32 }

// LostPairs shares the pairs of one entity that are in two clusters out over their causes. What
// keeps two clusters apart keeps all pairs between them apart: a link that was refused, or
// scored too low. The others were never compared, or cannot be. lost is their number.
func (r *Run) LostPairs(lost int64) []Cause {
	parts := r.splitParts()
	reason, names := r.reasons()
	pairs := make([]int64, len(names))
	disjointHere := int64(0) // pairs without a common field that have another cause
	for at, cause := range reason {
		x, y := partsAt(parts, at.entity, at.x), partsAt(parts, at.entity, at.y)
		pairs[cause] += recordsOf(x) * recordsOf(y)
		if r.Fields != nil {
			disjointHere += disjoint(x, y)
		}
	}
	var out []Cause
	for cause, n := range pairs {
		if n > 0 {
			out = append(out, Cause{Cause: names[cause], Pairs: n})
			lost -= n
		}
	}
	if r.Fields != nil {
		if n := disjointPairs(parts) - disjointHere; n > 0 {
			out = append(out, Cause{Cause: CauseNoData, Pairs: n})
			lost -= n
		}
	}
	if lost > 0 {
		out = append(out, Cause{Cause: CauseNeverCompared, Pairs: lost})
	}
	return sortCauses(append([]Cause{}, out...))
}

// reasons finds for clusters that hold one entity why they are two, where a row says so: the
// number of a cause, and the names of causes. Refusals come before low scores.
func (r *Run) reasons() (map[between]int, []string) {
	reasons := slices.Clone(r.Names)
	slices.Sort(reasons)
	reasons = slices.Compact(reasons)
	names := make([]string, 0, len(reasons)+2)
	number := map[string]int{}
	for i, reason := range reasons {
		number[reason] = i
		names = append(names, CauseConflict+reason)
	}
	cut, below := len(names), len(names)+1
	names = append(names, CauseCut, CauseBelow)
	out := map[between]int{}
	note := func(a, b uint32, cause int) {
		e, x, y := r.Entity[a], r.Cluster[a], r.Cluster[b]
		if e == None || e != r.Entity[b] || x == y {
			return
		}
		at := between{e, min(x, y), max(x, y)}
		if known, ok := out[at]; !ok || cause < known {
			out[at] = cause
		}
	}
	for i := range r.Conflicts {
		c := &r.Conflicts[i]
		note(c.A, c.B, number[r.Names[c.Reason]])
	}
	for i := range r.Links {
		l := &r.Links[i]
		if l.Accepted || l.ByRule() {
			note(l.A, l.B, cut)
		} else {
			note(l.A, l.B, below)
		}
	}
	return out, names
}

// splitParts lists the parts of entities that are in several clusters, by entity and cluster.
func (r *Run) splitParts() []part {
	first, split := make([]uint32, size(r.Entity)), make([]bool, size(r.Entity))
	for i := range first {
		first[i] = None
	}
	for i, e := range r.Entity {
		if e == None {
			continue
		}
		if first[e] == None {
			first[e] = r.Cluster[i]
		}
		split[e] = split[e] || first[e] != r.Cluster[i]
	}
	var parts []part
	for i, e := range r.Entity {
		if e != None && split[e] {
			p := part{entity: e, cluster: r.Cluster[i], records: 1}
			if r.Fields != nil {
				p.fields = r.Fields[i]
			}
			parts = append(parts, p)
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Or(comparePlace(a, b), cmp.Compare(a.fields, b.fields)) })
	out := parts[:0]
	for _, p := range parts {
		if n := len(out); n > 0 && comparePlace(out[n-1], p) == 0 && out[n-1].fields == p.fields {
			out[n-1].records++
			continue
		}
		out = append(out, p)
	}
	return out
}

// partsAt are the parts of one entity in one cluster.
func partsAt(parts []part, entity, cluster uint32) []part {
	start, _ := slices.BinarySearchFunc(parts, part{entity: entity, cluster: cluster}, comparePlace)
	end := start
	for end < len(parts) && parts[end].entity == entity && parts[end].cluster == cluster {
		end++
	}
	return parts[start:end]
}

func recordsOf(parts []part) int64 {
	n := int64(0)
	for i := range parts {
		n += parts[i].records
	}
	return n
}

// disjoint counts the pairs of a record of x and a record of y without a common field.
func disjoint(x, y []part) int64 {
	n := int64(0)
	for i := range x {
		for j := range y {
			if x[i].fields&y[j].fields == 0 {
				n += x[i].records * y[j].records
			}
		}
	}
	return n
}

// disjointPairs counts the pairs of one entity in two clusters that have no common field: those
// of the whole entity, without those within a cluster.
func disjointPairs(parts []part) int64 {
	n := int64(0)
	for start := 0; start < len(parts); {
		end := start
		for end < len(parts) && parts[end].entity == parts[start].entity {
			end++
		}
		n += disjointWithin(parts[start:end])
		for from := start; from < end; {
			to := from
			for to < end && parts[to].cluster == parts[from].cluster {
				to++
			}
			n -= disjointWithin(parts[from:to])
			from = to
		}
		start = end
	}
	return n
}

// disjointWithin counts the pairs of records without a common field.
func disjointWithin(parts []part) int64 {
	byFields := map[uint16]int64{}
	for i := range parts {
		byFields[parts[i].fields] += parts[i].records
	}
	fields := make([]uint16, 0, len(byFields))
	for f := range byFields {
		fields = append(fields, f)
	}
	n := pairsOf(byFields[0])
	for i, f := range fields {
		for _, g := range fields[i+1:] {
			if f&g == 0 {
				n += byFields[f] * byFields[g]
			}
		}
	}
	return n
}

// Candidates is how much of the truth the candidates hold.
type Candidates struct {
	Pairs     int64 // pairs of one entity that were compared, or are together
	Reachable int64 // pairs of one entity that would be together if all of these were accepted
}

// Candidates counts the pairs of one entity among the links.
func (r *Run) Candidates(right int64) Candidates {
	f := newForest(r.Entity)
	first := make(map[uint64]uint32, len(r.Entity)/2)
	for i, e := range r.Entity {
		if e == None {
			continue
		}
		key := uint64(r.Cluster[i])<<32 | uint64(e)
		if at, known := first[key]; known {
			f.join(at, uint32(i))
		} else {
			first[key] = uint32(i)
		}
	}
	var apart []uint64
	for i := range r.Links {
		l := &r.Links[i]
		if e := r.Entity[l.A]; e != None && e == r.Entity[l.B] && r.Cluster[l.A] != r.Cluster[l.B] {
			apart = append(apart, pairKey(l.A, l.B))
			f.join(l.A, l.B)
		}
	}
	slices.Sort(apart)
	return Candidates{Pairs: right + int64(len(slices.Compact(apart))), Reachable: f.Right}
}

// NoProbability is the probability of a link that a rule made.
func NoProbability() float64 { return math.NaN() }
