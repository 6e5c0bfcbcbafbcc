package resolve

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var salt = []byte("a salt for tests")

// world is a sequence of runs over records that are named by their references.
type world struct {
	t      interface{ Fatalf(string, ...any) }
	run    int
	parent *Parent
	last   Assignment
	refs   []string        // of the last run
	given  map[string]bool // every id ever given out
}

// next runs the assignment over clusters of references and checks what holds in every run.
func (w *world) next(clusters ...[]string) Assignment {
	w.run++
	runID := fmt.Sprintf("2026-01-%02d-x", w.run)
	var refs []string
	for _, c := range clusters {
		refs = append(refs, c...)
	}
	slices.Sort(refs)
	roots := make([]uint32, len(refs))
	for _, c := range clusters {
		root := uint32(len(refs))
		for _, ref := range c {
			at, _ := slices.BinarySearch(refs, ref)
			root = min(root, uint32(at))
		}
		for _, ref := range c {
			at, _ := slices.BinarySearch(refs, ref)
			roots[at] = root
		}
	}
	a := AssignIDs(salt, func(i uint32) string { return refs[i] }, roots, w.parent, runID)
	w.check(&a, refs, roots)
	w.last, w.refs = a, refs
	w.parent = NewParent(len(refs))
	for i, ref := range refs {
		w.parent.AddRecord(ref, a.ID(uint32(i)), a.FirstRun[i])
	}
	for old, current := range a.Redirects {
		w.parent.AddRedirect(old, current)
	}
	return a
}

// check: one id for each cluster and no other; every id that was ever given out is current, leads
// to a current one, or is retired.
func (w *world) check(a *Assignment, refs []string, roots []uint32) {
	if w.given == nil {
		w.given = map[string]bool{}
	}
	byRoot, current := map[uint32]string{}, map[string]bool{}
	for i := range refs {
		id := a.ID(uint32(i))
		if len(id) != 28 || id[:2] != "c_" {
			w.t.Fatalf("id %q", id)
		}
		if known, ok := byRoot[roots[i]]; ok && known != id {
			w.t.Fatalf("a cluster has ids %s and %s", known, id)
		} else if !ok && current[id] {
			w.t.Fatalf("id %s is two clusters'", id)
		}
		byRoot[roots[i]], current[id] = id, true
	}
	if len(current) != len(a.IDs) {
		w.t.Fatalf("%d ids for %d clusters", len(a.IDs), len(current))
	}
	for id := range w.given {
		target, redirected := a.Redirects[id]
		if current[id] == redirected || target != "" && !current[target] {
			w.t.Fatalf("id %s: current %v, leads to %q", id, current[id], target)
		}
	}
	for id := range a.Redirects {
		if !w.given[id] {
			w.t.Fatalf("redirect of %s, which was never given out", id)
		}
	}
	for _, e := range a.Events {
		if e.Event == EventCreated && w.given[e.CustomerID] {
			w.t.Fatalf("%s was created twice", e.CustomerID)
		}
	}
	for id := range current {
		w.given[id] = true
	}
}

func (w *world) id(ref string) string {
	at, _ := slices.BinarySearch(w.refs, ref)
	return w.last.ID(uint32(at))
}

func (w *world) firstRun(ref string) string {
	at, _ := slices.BinarySearch(w.refs, ref)
	return w.last.FirstRun[at]
}

// events without created ones, as text.
func events(a Assignment) []string {
	var out []string
	for _, e := range a.Events {
		if e.Event != EventCreated {
			out = append(out, fmt.Sprint(e.Event, " ", e.CustomerID, " ", e.Other, " ", e.Record))
		}
	}
	return out
}

func TestCustomerIDIsTheKeyedHashOfTheSmallestReference(t *testing.T) {
	// HMAC-SHA-256 by RFC 2104, base32 by RFC 4648, computed with openssl and base32.
	const want = "c_f73ttby3ohsqr4qtspqrfml4e5"
	if got := CustomerID(salt, "crm:contact:1"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w := &world{t: t}
	w.next([]string{"shop:user:9", "crm:contact:1"})
	if w.id("shop:user:9") != want {
		t.Errorf("got %s, want %s", w.id("shop:user:9"), want)
	}
	if CustomerID([]byte("another salt"), "crm:contact:1") == want {
		t.Error("the id does not hang on the salt")
	}
}

func TestOnAMergeTheIDWithMoreRecordsSurvives(t *testing.T) {
	w := &world{t: t}
	w.next([]string{"a:x:1"}, []string{"b:x:1", "b:x:2"})
	small, large := w.id("a:x:1"), w.id("b:x:1")
	a := w.next([]string{"a:x:1", "b:x:1", "b:x:2"})
	if w.id("a:x:1") != large || a.Redirects[small] != large {
		t.Errorf("id %s, redirect %v", w.id("a:x:1"), a.Redirects)
	}
	if diff := cmp.Diff([]string{fmt.Sprint("merged ", large, " ", small, " ")}, events(a)); diff != "" {
		t.Error(diff)
	}
	if w.firstRun("a:x:1") != "2026-01-02-x" || w.firstRun("b:x:1") != "2026-01-01-x" {
		t.Errorf("first runs %v", w.last.FirstRun)
	}
}

func TestOnAMergeOfEqualsTheOlderIDSurvives(t *testing.T) {
	w := &world{t: t}
	w.next([]string{"z:x:1"})
	old := w.id("z:x:1")
	w.next([]string{"z:x:1"}, []string{"a:x:1"})
	w.next([]string{"z:x:1", "a:x:1"})
	if w.id("a:x:1") != old {
		t.Errorf("got %s, want the older %s", w.id("a:x:1"), old)
	}
}

func TestOnASplitThePartWithMoreRecordsKeepsTheID(t *testing.T) {
	w := &world{t: t}
	w.next([]string{"a:x:1", "b:x:1", "b:x:2"})
	id := w.id("a:x:1")
	a := w.next([]string{"a:x:1"}, []string{"b:x:1", "b:x:2"})
	if w.id("b:x:1") != id {
		t.Errorf("the larger part has %s, want %s", w.id("b:x:1"), id)
	}
	// a:x:1 founded the id that the others keep, so its own is numbered.
	if want := CustomerID(salt, "a:x:1#2"); w.id("a:x:1") != want {
		t.Errorf("the smaller part has %s, want %s", w.id("a:x:1"), want)
	}
	if diff := cmp.Diff([]string{fmt.Sprint("split ", w.id("a:x:1"), " ", id, " a:x:1")}, events(a)); diff != "" {
		t.Error(diff)
	}
	// And together again: the id that gave way leads back.
	split := w.id("a:x:1")
	a = w.next([]string{"a:x:1", "b:x:1", "b:x:2"})
	if a.Redirects[split] != id || w.id("a:x:1") != id {
		t.Errorf("redirects %v", a.Redirects)
	}
	// A third time apart: #2 was given out, so #3.
	w.next([]string{"a:x:1"}, []string{"b:x:1", "b:x:2"})
	if want := CustomerID(salt, "a:x:1#3"); w.id("a:x:1") != want {
		t.Errorf("got %s, want %s", w.id("a:x:1"), want)
	}
}

func TestARecordThatMovesBetweenCustomers(t *testing.T) {
	w := &world{t: t}
	w.next([]string{"a:x:1", "a:x:2", "m:x:1"}, []string{"b:x:1", "b:x:2"})
	a, b := w.id("a:x:1"), w.id("b:x:1")
	out := w.next([]string{"a:x:1", "a:x:2"}, []string{"b:x:1", "b:x:2", "m:x:1"})
	if w.id("a:x:1") != a || w.id("m:x:1") != b {
		t.Error("ids changed")
	}
	if diff := cmp.Diff([]string{fmt.Sprint("moved ", b, " ", a, " m:x:1")}, events(out)); diff != "" {
		t.Error(diff)
	}
}

func TestADeletedCustomerIsRetiredAndNeverComesBackUnderItsID(t *testing.T) {
	w := &world{t: t}
	w.next([]string{"a:x:1"}, []string{"b:x:1"})
	id := w.id("a:x:1")
	a := w.next([]string{"b:x:1"})
	if target, ok := a.Redirects[id]; !ok || target != "" {
		t.Errorf("redirects %v", a.Redirects)
	}
	if diff := cmp.Diff([]string{fmt.Sprint("retired ", id, "  ")}, events(a)); diff != "" {
		t.Error(diff)
	}
	w.next([]string{"a:x:1"}, []string{"b:x:1"})
	if want := CustomerID(salt, "a:x:1#2"); w.id("a:x:1") != want {
		t.Errorf("got %s, want %s", w.id("a:x:1"), want)
	}
}

func TestAChainOfMergesLeadsToTheLast(t *testing.T) {
	w := &world{t: t}
	w.next([]string{"a:x:1"}, []string{"b:x:1", "b:x:2"}, []string{"c:x:1", "c:x:2", "c:x:3", "c:x:4"})
	a, b, c := w.id("a:x:1"), w.id("b:x:1"), w.id("c:x:1")
	w.next([]string{"a:x:1", "b:x:1", "b:x:2"}, []string{"c:x:1", "c:x:2", "c:x:3", "c:x:4"})
	out := w.next([]string{"a:x:1", "b:x:1", "b:x:2", "c:x:1", "c:x:2", "c:x:3", "c:x:4"})
	if out.Redirects[a] != c || out.Redirects[b] != c {
		t.Errorf("redirects %v", out.Redirects)
	}
	out = w.next()
	if out.Redirects[a] != "" || out.Redirects[b] != "" || out.Redirects[c] != "" || len(out.Redirects) != 3 {
		t.Errorf("after all is deleted: %v", out.Redirects)
	}
}

// randomClusters deals some of 12 records to clusters.
func randomClusters(t *rapid.T) [][]string {
	dealt := map[int][]string{}
	for i := range 12 {
		if c := rapid.IntRange(-1, 5).Draw(t, "cluster"); c >= 0 {
			dealt[c] = append(dealt[c], fmt.Sprintf("s:x:%02d", i))
		}
	}
	var out [][]string
	for c := range 6 {
		if len(dealt[c]) > 0 {
			out = append(out, dealt[c])
		}
	}
	return out
}

func TestEveryIDEverGivenOutLeadsSomewhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{t: t} // next checks
		for range rapid.IntRange(1, 6).Draw(t, "runs") {
			w.next(randomClusters(t)...)
		}
	})
}

func TestIDsStayWhenUnrelatedRecordsCome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{t: t}
		clusters := randomClusters(t)
		w.next(clusters...)
		before := map[string]string{}
		for _, c := range clusters {
			before[c[0]] = w.id(c[0])
		}
		added := []string{"a:new:1", "z:new:2"}[:rapid.IntRange(0, 2).Draw(t, "added")]
		a := w.next(append(clusters, singletons(added)...)...)
		for ref, id := range before {
			if w.id(ref) != id || w.firstRun(ref) != "2026-01-01-x" {
				t.Fatalf("%s: %s became %s", ref, id, w.id(ref))
			}
		}
		if got := len(events(a)); got != 0 {
			t.Fatalf("%d events besides the created ones", got)
		}
	})
}

func singletons(refs []string) [][]string {
	var out [][]string
	for _, ref := range refs {
		out = append(out, []string{ref})
	}
	return out
}

func TestEventsTellEveryChangeOfARecordsCustomer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{t: t}
		w.next(randomClusters(t)...)
		before := map[string]string{}
		for _, ref := range w.refs {
			before[ref] = w.id(ref)
		}
		a := w.next(randomClusters(t)...)
		for _, ref := range w.refs {
			old, known := before[ref]
			now := w.id(ref)
			if !known || old == now {
				continue
			}
			_, gone := a.Redirects[old]
			told := slices.ContainsFunc(a.Events, func(e Event) bool {
				return e.Event == EventSplit && e.CustomerID == now || e.Event == EventMoved && e.CustomerID == now && e.Other == old && e.Record == ref || gone && e.Event == EventMerged && e.Other == old
			})
			if !told {
				t.Fatalf("%s went from %s to %s unsaid: %v", ref, old, now, a.Events)
			}
		}
	})
}

func BenchmarkAssignIDs(b *testing.B) {
	const n = 1_000_000
	refs := make([]string, n)
	roots := make([]uint32, n)
	for i := range refs {
		refs[i] = fmt.Sprintf("shop:user:%d", i*7919%n)
		roots[i] = uint32(i - i%3)
	}
	first := AssignIDs(salt, func(i uint32) string { return refs[i] }, roots, nil, "2026-01-01-x")
	parent := NewParent(n)
	for i, ref := range refs {
		parent.AddRecord(ref, first.ID(uint32(i)), first.FirstRun[i])
	}
	for _, c := range []struct {
		name   string
		parent *Parent
	}{{"first", nil}, {"again", parent}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				AssignIDs(salt, func(i uint32) string { return refs[i] }, roots, c.parent, "2026-01-02-x")
			}
		})
	}
}
