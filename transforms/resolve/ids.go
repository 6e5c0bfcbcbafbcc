package resolve

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"hash"
	"slices"
	"strings"
	"sync"

	"github.com/zeebo/xxh3"
)

// Events of customer ids.
const (
	EventCreated = "created"
	EventMerged  = "merged"
	EventSplit   = "split"
	EventMoved   = "moved"
	EventRetired = "retired"
)

// Event is one change of customer ids in this run.
type Event struct {
	Event, CustomerID, Other, Record, Cause string
}

// Assignment gives every cluster its customer id.
type Assignment struct {
	IDs       []string          // customers, ascending
	Customer  []uint32          // of each record, index into IDs
	FirstRun  []string          // of each record: the run that first put it there
	Events    []Event           // sorted
	Redirects map[string]string // every id that was ever given out and is not current -> current id; "" = retired
}

// ID is the customer of a record.
func (a *Assignment) ID(record uint32) string { return a.IDs[a.Customer[record]] }

// Parent is what the parent run knew: where records were, and every id that was ever given out.
type Parent struct {
	places map[xxh3.Uint128]place
	ids    []string
	oldest []string // of each id: the earliest run that put a record there, its age
	number map[string]uint32
	runs   []string
	runNo  map[string]uint32

	lastRun uint32            // number of the last record's run
	given   map[string]string // id -> what it leads to; current ids to themselves, "" = retired
}

type place struct{ id, run uint32 }

// NewParent makes room for n records.
func NewParent(n int) *Parent {
	return &Parent{places: make(map[xxh3.Uint128]place, n), number: map[string]uint32{}, runNo: map[string]uint32{}, given: map[string]string{}}
}

// AddRecord tells where a record was.
func (p *Parent) AddRecord(reference, customerID, firstRun string) {
	id, ok := p.number[customerID]
	if !ok {
		customerID = strings.Clone(customerID)
		id = uint32(len(p.ids))
		p.number[customerID] = id
		p.ids, p.oldest = append(p.ids, customerID), append(p.oldest, strings.Clone(firstRun))
		p.given[customerID] = customerID
	}
	if firstRun < p.oldest[id] {
		p.oldest[id] = strings.Clone(firstRun)
	}
	p.places[xxh3.HashString128(reference)] = place{id, p.runOf(firstRun)}
}

// runOf numbers the runs.
func (p *Parent) runOf(run string) uint32 {
	if int(p.lastRun) < len(p.runs) && p.runs[p.lastRun] == run {
		return p.lastRun
	}
	n, ok := p.runNo[run]
	if !ok {
		run = strings.Clone(run)
		n = uint32(len(p.runs))
		p.runNo[run] = n
		p.runs = append(p.runs, run)
	}
	p.lastRun = n
	return n
}

// AddRedirect tells what an id that is no longer current leads to; "" = it is retired.
func (p *Parent) AddRedirect(old, current string) {
	if _, known := p.given[old]; !known {
		p.given[strings.Clone(old)] = strings.Clone(current)
	}
}

func (p *Parent) find(reference string) (place, bool) {
	if len(p.places) == 0 {
		return place{}, false
	}
	at, ok := p.places[xxh3.HashString128(reference)]
	return at, ok
}

// idHash makes customer ids.
type idHash struct{ mac hash.Hash }

func newIDHash(salt []byte) idHash { return idHash{hmac.New(sha256.New, salt)} }

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// idChars of base32 hold 130 bits of the 256.
const idChars = 26

func (h idHash) of(reference string) string {
	h.mac.Reset()
	h.mac.Write([]byte(reference))
	var sum [sha256.Size]byte
	var text [64]byte
	idEncoding.Encode(text[:], h.mac.Sum(sum[:0]))
	return "c_" + string(text[:idChars])
}

// CustomerID is c_ and 26 characters of the lower-case base32 of HMAC-SHA-256(salt, reference).
func CustomerID(salt []byte, reference string) string { return newIDHash(salt).of(reference) }

// assigner names the clusters of one run.
type assigner struct {
	salt    []byte
	refs    func(uint32) string
	parent  *Parent
	runID   string
	cluster []uint32 // of each record
	starts  []uint32 // of each cluster in members
	members []uint32 // records by cluster
	first   []string // smallest reference of each cluster
	ids     []string // of each cluster
	kept    []bool   // of each cluster: the id was the parent's
	living  []bool   // of each id of the parent: a cluster kept it
	places  []place  // of each record in the parent run; id noPlace = it was not there
}

const noPlace = ^uint32(0)

// AssignIDs names the clusters. refs are the references of the records by ordinal, roots their
// clusters: the smallest ordinal of each. parent is nil for a first run.
//
// An id stays with the cluster that holds most of its records; a cluster that could keep
// several takes the one with more records, then the older, then the smaller id. A new cluster
// is named by its smallest reference; if that id was ever given out, by the reference and #2,
// #3 ...
func AssignIDs(salt []byte, refs func(uint32) string, roots []uint32, parent *Parent, runID string) Assignment {
	if parent == nil {
		parent = NewParent(0)
	}
	a := &assigner{salt: salt, refs: refs, parent: parent, runID: runID}
	a.group(roots)
	a.locate()
	a.keep()
	a.create()
	return a.describe()
}

// group numbers the clusters in order of their roots and lists their records.
func (a *assigner) group(roots []uint32) {
	n := len(roots)
	a.cluster = make([]uint32, n)
	clusters := uint32(0)
	for i, root := range roots {
		if root == uint32(i) {
			a.cluster[i] = clusters
			clusters++
		} else {
			a.cluster[i] = a.cluster[root]
		}
	}
	a.starts = make([]uint32, clusters+1)
	for _, c := range a.cluster {
		a.starts[c+1]++
	}
	for c := range clusters {
		a.starts[c+1] += a.starts[c]
	}
	at := slices.Clone(a.starts)
	a.members = make([]uint32, n)
	a.first = make([]string, clusters)
	for i, c := range a.cluster {
		a.members[at[c]] = uint32(i)
		at[c]++
		if ref := a.refs(uint32(i)); a.first[c] == "" || ref < a.first[c] {
			a.first[c] = ref
		}
	}
	a.ids = make([]string, clusters)
	a.kept = make([]bool, clusters)
	a.living = make([]bool, len(a.parent.ids))
}

func (a *assigner) of(cluster int) []uint32 { return a.members[a.starts[cluster]:a.starts[cluster+1]] }

// locate finds the records' places in the parent run.
func (a *assigner) locate() {
	a.places = make([]place, len(a.members))
	for i := range a.places {
		at, known := a.parent.find(a.refs(uint32(i)))
		if !known {
			at.id = noPlace
		}
		a.places[i] = at
	}
}

// claim is a cluster's share in an id of the parent run.
type claim struct {
	cluster, id uint32
	count       int
}

// keep hands the parent's ids to the clusters that hold most of their records.
func (a *assigner) keep() {
	if len(a.parent.ids) == 0 {
		return
	}
	var claims []claim
	for c := range a.ids {
		from := len(claims)
		for _, m := range a.of(c) {
			id := a.places[m].id
			if id == noPlace {
				continue
			}
			at := slices.IndexFunc(claims[from:], func(x claim) bool { return x.id == id })
			if at < 0 {
				claims = append(claims, claim{uint32(c), id, 0})
				at = len(claims) - 1 - from
			}
			claims[from+at].count++
		}
	}
	claims = a.uncontested(claims)
	p := a.parent
	slices.SortFunc(claims, func(x, y claim) int {
		switch {
		case x.count != y.count:
			return cmp.Compare(y.count, x.count)
		case x.id != y.id && p.oldest[x.id] != p.oldest[y.id]:
			return cmp.Compare(p.oldest[x.id], p.oldest[y.id])
		case x.id != y.id:
			return cmp.Compare(p.ids[x.id], p.ids[y.id])
		}
		return cmp.Compare(a.first[x.cluster], a.first[y.cluster])
	})
	for _, c := range claims {
		a.grant(c)
	}
}

// uncontested grants the claims of clusters that have one only, on ids that nobody else
// claims, and returns the others. They are by cluster.
func (a *assigner) uncontested(claims []claim) []claim {
	claimants := make([]uint32, len(a.parent.ids))
	for _, c := range claims {
		claimants[c.id]++
	}
	var contested []claim
	for i, c := range claims {
		alone := (i == 0 || claims[i-1].cluster != c.cluster) && (i == len(claims)-1 || claims[i+1].cluster != c.cluster)
		if alone && claimants[c.id] == 1 {
			a.grant(c)
		} else {
			contested = append(contested, c)
		}
	}
	return contested
}

func (a *assigner) grant(c claim) {
	if !a.kept[c.cluster] && !a.living[c.id] {
		a.ids[c.cluster], a.kept[c.cluster], a.living[c.id] = a.parent.ids[c.id], true, true
	}
}

// create names the clusters that kept no id.
func (a *assigner) create() {
	fresh := make([]string, len(a.ids))
	const workers = 4
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			h := newIDHash(a.salt)
			for c := len(a.ids) * w / workers; c < len(a.ids)*(w+1)/workers; c++ {
				if !a.kept[c] {
					fresh[c] = h.of(a.first[c])
				}
			}
		})
	}
	wait.Wait()
	h := newIDHash(a.salt)
	for c := range a.ids {
		if a.kept[c] {
			continue
		}
		id := fresh[c]
		for n := 2; a.wasGiven(id); n++ {
			id = h.of(fmt.Sprintf("%s#%d", a.first[c], n))
		}
		a.ids[c] = id
	}
}

func (a *assigner) wasGiven(id string) bool {
	_, ok := a.parent.given[id]
	return ok
}

// describe writes down the ids and what changed against the parent run.
func (a *assigner) describe() Assignment {
	out := Assignment{Customer: make([]uint32, len(a.cluster)), FirstRun: make([]string, len(a.cluster)), Redirects: map[string]string{}}
	sorted := sortIDs(a.ids)
	out.IDs = make([]string, len(sorted))
	rank := make([]uint32, len(sorted))
	for i, c := range sorted {
		out.IDs[i], rank[c] = a.ids[c], uint32(i)
	}
	for i, c := range a.cluster {
		out.Customer[i] = rank[c]
		out.FirstRun[i] = a.runID
		if at := a.places[i]; at.id != noPlace && a.parent.ids[at.id] == a.ids[c] {
			out.FirstRun[i] = a.parent.runs[at.run]
		}
	}
	for _, c := range sorted {
		if !a.kept[c] && !a.hasHistory(c) {
			out.Events = append(out.Events, Event{EventCreated, a.ids[c], "", "", "new records"})
		}
	}
	changes := append(a.changes(), a.redirect(&out)...)
	slices.SortFunc(changes, func(x, y Event) int {
		return cmp.Or(cmp.Compare(x.Event, y.Event), cmp.Compare(x.CustomerID, y.CustomerID), cmp.Compare(x.Other, y.Other), cmp.Compare(x.Record, y.Record))
	})
	out.Events = append(out.Events, changes...) // created comes first
	return out
}

// sortIDs lists the clusters in order of their ids.
func sortIDs(ids []string) []uint32 {
	type keyed struct {
		prefix  uint64
		cluster uint32
	}
	list := make([]keyed, len(ids))
	for c, id := range ids {
		var prefix [8]byte
		copy(prefix[:], id[2:])
		list[c] = keyed{binary.BigEndian.Uint64(prefix[:]), uint32(c)}
	}
	slices.SortFunc(list, func(x, y keyed) int {
		if x.prefix != y.prefix {
			return cmp.Compare(x.prefix, y.prefix)
		}
		return cmp.Compare(ids[x.cluster], ids[y.cluster])
	})
	sorted := make([]uint32, len(ids))
	for i := range list {
		sorted[i] = list[i].cluster
	}
	return sorted
}

// hasHistory tells whether some record of a cluster was there in the parent run.
func (a *assigner) hasHistory(cluster uint32) bool {
	return slices.ContainsFunc(a.of(int(cluster)), func(m uint32) bool { return a.places[m].id != noPlace })
}

// changes lists customers that were split off, and records that went from one living customer
// to another that was there before.
func (a *assigner) changes() []Event {
	var out []Event
	for c, id := range a.ids {
		for _, m := range a.of(c) {
			at := a.places[m].id
			if at == noPlace || a.parent.ids[at] == id {
				continue
			}
			if !a.kept[c] {
				out = append(out, Event{EventSplit, id, a.parent.ids[at], a.smallestOf(c, at), "links no longer hold"})
				break
			}
			if a.living[at] {
				out = append(out, Event{EventMoved, id, a.parent.ids[at], a.refs(m), "links changed"})
			}
		}
	}
	return out
}

// smallestOf is the smallest reference of a cluster's records that an id of the parent had.
func (a *assigner) smallestOf(cluster int, id uint32) string {
	smallest := ""
	for _, m := range a.of(cluster) {
		if a.places[m].id != id {
			continue
		}
		if ref := a.refs(m); smallest == "" || ref < smallest {
			smallest = ref
		}
	}
	return smallest
}

// redirect leads every id that was ever given out and is not current to the customer that took
// most of its records; without records it is retired. It returns the events of those that went
// in this run.
func (a *assigner) redirect(out *Assignment) []Event {
	heirs := map[uint32]map[string]int{}
	for i, at := range a.places {
		if at.id == noPlace || a.living[at.id] {
			continue
		}
		if heirs[at.id] == nil {
			heirs[at.id] = map[string]int{}
		}
		heirs[at.id][a.ids[a.cluster[i]]]++
	}
	p := a.parent
	var events []Event
	for n, old := range p.ids {
		if a.living[n] {
			continue
		}
		target := heir(heirs[uint32(n)])
		out.Redirects[old] = target
		if target == "" {
			events = append(events, Event{EventRetired, old, "", "", "no records are left"})
		} else {
			events = append(events, Event{EventMerged, target, old, "", "records were linked"})
		}
	}
	for old, target := range p.given {
		if target == old {
			continue
		}
		if n, ok := p.number[target]; ok && !a.living[n] {
			target = out.Redirects[target] // what it led to gave way as well
		}
		out.Redirects[old] = target
	}
	return events
}

// heir is the customer that took most of an id's records, the smaller id among equals.
func heir(counts map[string]int) string {
	best := ""
	for id, n := range counts {
		if best == "" || n > counts[best] || n == counts[best] && id < best {
			best = id
		}
	}
	return best
}
