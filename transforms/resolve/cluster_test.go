package resolve

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// people are records of persons with these names.
func people(names ...string) *Records {
	return &Records{
		Organization: make([]bool, len(names)), Single: map[uint32][]string{},
		Name: func(i uint32) (string, string, string) { return names[i], "", "" },
	}
}

func TestClusteringCutsWhatMustNotMeet(t *testing.T) {
	for _, c := range []struct {
		name    string
		records *Records
		links   []Link
		want    []uint32
		reason  string
	}{
		{
			"a phone that leads to another name two steps away", people("李小雨", "", "周建国"),
			[]Link{{0, 1, RuleEmail}, {1, 2, RulePhone}},
			[]uint32{0, 0, 2},
			ReasonNames,
		},
		{
			"a stated link outweighs names", people("李小雨", "", "周建国"),
			[]Link{{0, 1, RulePhone}, {1, 2, RuleReference}},
			[]uint32{0, 1, 1},
			ReasonNames,
		},
		{
			"persons and organizations", &Records{Organization: []bool{false, true, false}},
			[]Link{{0, 1, "id.vat"}, {0, 2, RuleReference}},
			[]uint32{0, 1, 0},
			ReasonKinds,
		},
		{
			"two union ids over a common phone", &Records{Organization: make([]bool, 3), Single: map[uint32][]string{0: {"unionid=a"}, 2: {"unionid=b"}}},
			[]Link{{0, 1, RuleEmail}, {1, 2, RulePhone}},
			[]uint32{0, 0, 2},
			ReasonSingle,
		},
		{
			"the stronger link wins, whatever its place", &Records{Organization: make([]bool, 3), Single: map[uint32][]string{0: {"unionid=a"}, 2: {"unionid=b"}}},
			[]Link{{0, 1, RulePhone}, {1, 2, RuleReference}},
			[]uint32{0, 1, 1},
			ReasonSingle,
		},
		{
			"decided to be different", &Records{Organization: make([]bool, 3), Different: [][2]uint32{{2, 0}}},
			[]Link{{0, 1, RuleReference}, {1, 2, RuleReference}},
			[]uint32{0, 0, 2},
			ReasonDecided,
		},
	} {
		got := Cluster(c.records, slices.Clone(c.links))
		if diff := cmp.Diff(c.want, got.Root); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if len(got.Cut) != 1 || got.Cut[0].Reason != c.reason {
			t.Errorf("%s: cut %+v, want %s", c.name, got.Cut, c.reason)
		}
	}
}

// Records without a birth date are a father's as well as a son's: a number may not join what
// their e-mail addresses have put together.
func TestAPhoneNumberDoesNotJoinClustersThatWereBornApart(t *testing.T) {
	for _, c := range []struct {
		name   string
		births []string
		want   []uint32
	}{
		{"nothing in common", []string{"19500101", "", "", "19821211"}, []uint32{0, 0, 2, 2}},
		{"one digit differs", []string{"19500101", "", "", "19500102"}, []uint32{0, 0, 0, 0}},
		{"one of several fits", []string{"19500101", "19821112", "", "19821211"}, []uint32{0, 0, 0, 0}},
		{"one is unknown", []string{"19500101", "", "", ""}, []uint32{0, 0, 0, 0}},
	} {
		records := people("王伟", "王伟", "王伟", "王伟")
		records.Birth = func(i uint32) string { return c.births[i] }
		got := Cluster(records, []Link{{0, 1, RuleEmail}, {1, 2, RulePhone}, {2, 3, RuleEmail}})
		if diff := cmp.Diff(c.want, got.Root); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if cut := len(got.Cut) > 0; cut != (got.Root[3] != 0) || cut && got.Cut[0].Reason != ReasonBirths {
			t.Errorf("%s: conflicts %v", c.name, got.Cut)
		}
	}
}

func TestAPersonsDecisionOutweighsIdentifiers(t *testing.T) {
	records := &Records{Organization: make([]bool, 2), Single: map[uint32][]string{0: {"unionid=a"}, 1: {"unionid=b"}}}
	got := Cluster(records, []Link{{0, 1, RuleDecision}})
	if !slices.Equal(got.Root, []uint32{0, 0}) || len(got.Cut) != 0 {
		t.Errorf("roots %v, cut %v", got.Root, got.Cut)
	}
	records.Organization[1] = true
	if got := Cluster(records, []Link{{0, 1, RuleDecision}}); len(got.Cut) != 1 || got.Cut[0].Reason != ReasonKinds {
		t.Errorf("kinds never mix, not even by decision: %+v", got)
	}
}

func TestConflictsNameBothValuesOnTheirSides(t *testing.T) {
	records := people("李小雨", "", "周建国")
	got := Cluster(records, []Link{{0, 1, RuleEmail}, {1, 2, RulePhone}})
	want := []Conflict{{1, 2, RulePhone, ReasonNames, "李小雨", "周建国"}}
	if diff := cmp.Diff(want, got.Cut); diff != "" {
		t.Error(diff)
	}
}

var allRules = []string{RuleDecision, RuleReference, "id.unionid", "id.loyalty", RuleEmail, RulePhone}

func randomLinks(t *rapid.T, n int) []Link {
	links := make([]Link, rapid.IntRange(0, 2*n).Draw(t, "links"))
	for i := range links {
		a, b := rapid.IntRange(0, n-1).Draw(t, "a"), rapid.IntRange(0, n-1).Draw(t, "b")
		links[i] = Link{uint32(min(a, b)), uint32(max(a, b)), rapid.SampledFrom(allRules).Draw(t, "rule")}
	}
	return links
}

func TestClustersAreTheComponentsFoundByBreadthFirstSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "n")
		links := randomLinks(t, n)
		want := make([]uint32, n)
		for i := range want {
			want[i] = uint32(i)
		}
		for _, component := range componentsOf(n, links) {
			for _, i := range component {
				want[i] = uint32(component[0])
			}
		}
		got := Cluster(&Records{Organization: make([]bool, n)}, links)
		if diff := cmp.Diff(want, got.Root); diff != "" {
			t.Fatal(diff)
		}
	})
}

// randomRecords draws records with everything that forbids a link.
func randomRecords(t *rapid.T) (*Records, []string) {
	n := rapid.IntRange(2, 30).Draw(t, "n")
	names := make([]string, n)
	for i := range names {
		names[i] = rapid.SampledFrom([]string{"", "", "李小雨", "Li Xiaoyu", "周建国", "Nora Moss", "N Moss"}).Draw(t, "name")
	}
	r := people(names...)
	for i := range n {
		r.Organization[i] = rapid.IntRange(0, 5).Draw(t, "organization") == 0
		if rapid.IntRange(0, 2).Draw(t, "single") == 0 {
			r.Single[uint32(i)] = []string{"loyalty=" + rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "value")}
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "different") {
		a, b := rapid.IntRange(0, n-1).Draw(t, "a"), rapid.IntRange(0, n-1).Draw(t, "b")
		if a != b {
			r.Different = append(r.Different, [2]uint32{uint32(a), uint32(b)})
		}
	}
	return r, names
}

func TestWhatMustNotMeetNeverMeets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records, _ := randomRecords(t)
		links := slices.DeleteFunc(randomLinks(t, len(records.Organization)), func(l Link) bool { return l.Rule == RuleDecision })
		got := Cluster(records, links)
		for i, root := range got.Root {
			if records.Organization[i] != records.Organization[root] {
				t.Fatal("kinds mixed")
			}
			for j := range i {
				if got.Root[j] == root && clash(records.Single[uint32(i)], records.Single[uint32(j)]) {
					t.Fatalf("records %d and %d: two values of a single-valued identifier in one cluster", i, j)
				}
			}
			if (got.Rules[i] == "") != lone(got.Root, i) && got.Rules[i] == "" {
				t.Fatalf("record %d is in a cluster by no rule", i)
			}
		}
		for _, pair := range records.Different {
			if got.Root[pair[0]] == got.Root[pair[1]] {
				t.Fatal("records decided to be different are one customer")
			}
		}
	})
}

func lone(roots []uint32, i int) bool {
	for j, root := range roots {
		if j != i && root == roots[i] {
			return false
		}
	}
	return true
}

func TestClustersDoNotDependOnTheOrderOfLinks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records, _ := randomRecords(t)
		links := randomLinks(t, len(records.Organization))
		shuffled := rapid.Permutation(links).Draw(t, "order")
		if diff := cmp.Diff(Cluster(records, slices.Clone(links)), Cluster(records, shuffled)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestDecisionsAreReadOrRefusedByLine(t *testing.T) {
	got, err := ParseDecisions("decisions.csv", strings.NewReader("left,right,decision,by\ncrm:contact:1,shop:user:2,same,me\n crm:contact:3 ,shop:user:4,Different\n"))
	want := []Decision{{"crm:contact:1", "shop:user:2", true, 2}, {"crm:contact:3", "shop:user:4", false, 3}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
	for line, bad := range []string{"a:b:1,a:b:2", "a:b:1,a:b:2,maybe", "a:b:1,a:b:1,same", ",a:b:1,same", "\"a"} {
		if _, err := ParseDecisions("decisions.csv", strings.NewReader("left,right,decision\n"+bad+"\n")); err == nil || !strings.HasPrefix(err.Error(), "decisions.csv") {
			t.Errorf("case %d: error %v", line, err)
		}
	}
}

func BenchmarkCluster(b *testing.B) {
	const n = 1_000_000
	names := make([]string, n/4)
	for i := range names {
		names[i] = fmt.Sprintf("李%c%c", rune(0x4E00+i%2000), rune(0x4E00+i/2000%2000))
	}
	records := &Records{Organization: make([]bool, n), Name: func(i uint32) (string, string, string) { return names[int(i)%len(names)], "", "" }}
	links := make([]Link, 0, n)
	for i := range uint32(n / 4) {
		links = append(links, Link{i, i + n/4, RuleEmail}, Link{i, i + n/2, RulePhone}, Link{i + n/4, i + 3*n/4, RulePhone})
	}
	b.ReportAllocs()
	for b.Loop() {
		Cluster(records, slices.Clone(links))
	}
}
