package resolve

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"sort"
	"strings"
)

// Events of customer ids.
const (
	EventCreated = "created"
	EventMerged  = "merged"
	EventSplit   = "split"
	EventMoved   = "moved"
	EventRetired = "retired"
)

// Previous is where a record was in the parent run.
type Previous struct {
	CustomerID string
	FirstRun   string // run that first put the record there
}

// Event is one change of customer ids in this run.
type Event struct {
	Event, CustomerID, Other, Record, Cause string
}

// Assignment gives every cluster its customer id.
type Assignment struct {
	IDs       map[uint32]string // by cluster root
	FirstRun  []string          // of each record
	Events    []Event           // sorted
	Redirects map[string]string // every id that was ever given out and is not current -> current id; "" = retired
}

// CustomerID is c_ and 26 characters of the lower-case base32 of HMAC-SHA-256(salt, reference).
func CustomerID(salt []byte, reference string) string {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(reference))
	return "c_" + strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil))[:26])
}

// AssignIDs names the clusters. refs are the references of the records by ordinal, roots their
// clusters. previous tells where records were, given out all ids that were ever used with what
// they led to (current ids of the parent lead to themselves).
//
// An id stays with the cluster that holds most of its records; a cluster that could keep
// several takes the one with more records, then the older (the smaller first run), then the
// smaller id. A new cluster is named by its smallest reference; if that id was ever given out,
// by the reference and #2, #3 ...
func AssignIDs(salt []byte, refs func(uint32) string, roots []uint32, previous map[string]Previous, given map[string]string, runID string) Assignment {
	a := Assignment{IDs: map[uint32]string{}, FirstRun: make([]string, len(roots)), Redirects: map[string]string{}}
	members := map[uint32][]uint32{}
	var order []uint32
	for i, root := range roots {
		if len(members[root]) == 0 {
			order = append(order, root)
		}
		members[root] = append(members[root], uint32(i))
	}
	smallest := map[uint32]string{}
	for _, root := range order {
		for _, m := range members[root] {
			if ref := refs(m); smallest[root] == "" || ref < smallest[root] {
				smallest[root] = ref
			}
		}
	}
	sort.Slice(order, func(i, j int) bool { return smallest[order[i]] < smallest[order[j]] })

	if len(previous) > 0 {
		keepIDs(&a, order, members, refs, previous)
	}
	taken := map[string]bool{}
	for _, id := range a.IDs {
		taken[id] = true
	}
	for _, root := range order {
		if a.IDs[root] != "" {
			continue
		}
		id := CustomerID(salt, smallest[root])
		for n := 2; taken[id] || hasKey(given, id); n++ {
			id = CustomerID(salt, fmt.Sprintf("%s#%d", smallest[root], n))
		}
		a.IDs[root], taken[id] = id, true
	}
	a.describe(order, members, refs, previous, given, runID)
	return a
}

func hasKey(m map[string]string, key string) bool {
	_, ok := m[key]
	return ok
}

// claim is a cluster's share in an id of the parent run.
type claim struct {
	root  uint32
	id    string
	count int
	first string // earliest first run of the records
}

// keepIDs hands the parent's ids to the clusters that hold most of their records.
func keepIDs(a *Assignment, order []uint32, members map[uint32][]uint32, refs func(uint32) string, previous map[string]Previous) {
	var claims []claim
	place := map[uint32]int{}
	for n, root := range order {
		place[root] = n
		shares := map[string]*claim{}
		for _, m := range members[root] {
			before, known := previous[refs(m)]
			if !known {
				continue
			}
			c := shares[before.CustomerID]
			if c == nil {
				c = &claim{root: root, id: before.CustomerID, first: before.FirstRun}
				shares[before.CustomerID] = c
			}
			c.count++
			c.first = min(c.first, before.FirstRun)
		}
		for _, c := range shares {
			claims = append(claims, *c)
		}
	}
	sort.Slice(claims, func(i, j int) bool {
		x, y := &claims[i], &claims[j]
		switch {
		case x.count != y.count:
			return x.count > y.count
		case x.first != y.first:
			return x.first < y.first
		case x.id != y.id:
			return x.id < y.id
		}
		return place[x.root] < place[y.root]
	})
	used := map[string]bool{}
	for _, c := range claims {
		if a.IDs[c.root] == "" && !used[c.id] {
			a.IDs[c.root], used[c.id] = c.id, true
		}
	}
}

// describe writes down what changed against the parent run.
func (a *Assignment) describe(order []uint32, members map[uint32][]uint32, refs func(uint32) string, previous map[string]Previous, given map[string]string, runID string) {
	now := map[string]map[string]int{} // old id -> current ids of its records
	for _, root := range order {
		id := a.IDs[root]
		known := false
		for _, m := range members[root] {
			before, ok := previous[refs(m)]
			a.FirstRun[m] = runID
			if !ok {
				continue
			}
			known = true
			if now[before.CustomerID] == nil {
				now[before.CustomerID] = map[string]int{}
			}
			now[before.CustomerID][id]++
			if before.CustomerID == id {
				a.FirstRun[m] = before.FirstRun
			}
		}
		if !hasKey(given, id) {
			if !known {
				a.Events = append(a.Events, Event{EventCreated, id, "", "", "new records"})
			} else {
				for _, m := range members[root] {
					if before, ok := previous[refs(m)]; ok {
						a.Events = append(a.Events, Event{EventSplit, id, before.CustomerID, refs(m), "links no longer hold"})
						break
					}
				}
			}
		}
	}
	current := map[string]bool{}
	for _, id := range a.IDs {
		current[id] = true
	}
	a.moves(order, members, refs, previous, given, current)
	for old, target := range given {
		if current[old] {
			continue
		}
		if heirs := now[old]; len(heirs) > 0 {
			a.Redirects[old] = heir(heirs)
			continue
		}
		if target != old && target != "" { // gave way in an earlier run: follow on
			if current[target] {
				a.Redirects[old] = target
			} else {
				a.Redirects[old] = heir(now[target])
			}
			continue
		}
		a.Redirects[old] = ""
	}
	for old, target := range a.Redirects {
		if given[old] != old {
			continue // known since an earlier run
		}
		if target == "" {
			a.Events = append(a.Events, Event{EventRetired, old, "", "", "no records are left"})
		} else {
			a.Events = append(a.Events, Event{EventMerged, target, old, "", "records were linked"})
		}
	}
	sort.Slice(a.Events, func(i, j int) bool {
		x, y := a.Events[i], a.Events[j]
		if x.Event != y.Event {
			return x.Event < y.Event
		}
		if x.CustomerID != y.CustomerID {
			return x.CustomerID < y.CustomerID
		}
		if x.Other != y.Other {
			return x.Other < y.Other
		}
		return x.Record < y.Record
	})
}

// moves lists records that went from one living customer to another that was there before.
func (a *Assignment) moves(order []uint32, members map[uint32][]uint32, refs func(uint32) string, previous map[string]Previous, given map[string]string, current map[string]bool) {
	for _, root := range order {
		id := a.IDs[root]
		for _, m := range members[root] {
			before, ok := previous[refs(m)]
			if ok && before.CustomerID != id && current[before.CustomerID] && hasKey(given, id) {
				a.Events = append(a.Events, Event{EventMoved, id, before.CustomerID, refs(m), "links changed"})
			}
		}
	}
}

// heir is the customer that took most of an id's records.
func heir(counts map[string]int) string {
	best := ""
	for id, n := range counts {
		if best == "" || n > counts[best] || n == counts[best] && id < best {
			best = id
		}
	}
	return best
}
