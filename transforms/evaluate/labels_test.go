package evaluate

import (
	"bytes"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"
)

func TestLabelsInBothLayouts(t *testing.T) {
	l, err := ParseLabels("l.csv", strings.NewReader("\xEF\xBB\xBFentity_id,Source,source_id\np1,crm,1\np1, web ,a|b\np2,crm,2\np2,crm,2\n"), false)
	if err != nil {
		t.Fatal(err)
	}
	for i, key := range [][2]string{{"crm", "1"}, {"web", "a|b"}, {"other", "1"}, {"crm", "2"}} {
		if err := l.Match(key[0], "contact", key[1], uint32(i)); err != nil {
			t.Fatal(err)
		}
	}
	if d := diff.Diff([]uint32{0, 0, None, 1}, l.EntityOf(4)); d != "" {
		t.Error(d)
	}
	if found, missing := l.Missing(); found != 3 || missing != nil || l.Duplicates != 1 || l.ByPair() {
		t.Errorf("found %d, missing %v, duplicates %d", found, missing, l.Duplicates)
	}
	l, err = ParseLabels("l.csv", strings.NewReader("source_a;id_a;source_b;id_b;same\ncrm;1;crm;2;Yes\ncrm;2;crm;1;1\ncrm;1;web;3;不同\n"), false)
	if err != nil {
		t.Fatal(err)
	}
	if d := diff.Diff([]Pair{{A: 0, B: 1, Same: true, Row: 2}, {A: 0, B: 2, Row: 4}}, l.Pairs, diff.AllowUnexported(Pair{})); d != "" || l.Duplicates != 1 || !l.ByPair() {
		t.Error(d, l.Duplicates)
	}
}

func TestMistakesInLabelsAreNamedByRowAndColumn(t *testing.T) {
	for text, want := range map[string]string{
		"":                                                                "l.csv: is empty (expected a header source,source_id,entity_id[,object] or source_a",
		"source,source_id,entity_id\n":                                    "l.csv: has a header, and nothing about records below it",
		"source,source_id\ncrm,1\n":                                       "l.csv:1: column entity_id is missing",
		"source,source_id,entity_id,nme\n":                                `l.csv:1: column 4, "nme", is not known`,
		"source,source_id,entity_id,source\n":                             "l.csv:1: column source is there twice",
		"source_a,id_a,source_b,id_b\n":                                   "l.csv:1: column same is missing",
		"source,source_id,entity_id\ncrm,1,p\ncrm,,p\n":                   "l.csv:3: column source_id is empty",
		"source,source_id,entity_id\ncrm,1\n":                             "l.csv:2: has 2 columns, the header has 3",
		"source,source_id,entity_id\ncrm,1,p\n\ncrm,1,q\n":                "l.csv:4: column entity_id: contradicts line 2",
		"source,source_id,entity_id\ncrm,\"1,p\n":                         "l.csv:2: not CSV",
		"source_a,id_a,source_b,id_b,same\nc,1,c,2,perhaps\n":             `l.csv:2: column same: "perhaps" is neither true nor false`,
		"source_a,id_a,source_b,id_b,same\nc,1,c,1,true\n":                "l.csv:2: columns id_a and id_b name one record",
		"source_a,id_a,source_b,id_b,same\nc,1,c,2,true\nc,2,c,1,false\n": "l.csv:3: column same: contradicts line 2",
	} {
		_, err := ParseLabels("l.csv", strings.NewReader(text), false)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q:\n got  %v\n want %s", text, err, want)
		}
	}
}

func TestLabelsWithoutObjectMustNameOneRecord(t *testing.T) {
	parse := func(text string) *Labels {
		l, err := ParseLabels("l.csv", strings.NewReader(text), false)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := parse("source,source_id,entity_id\ncrm,1,p\n")
	first, second := l.Match("crm", "lead", "1", 0), l.Match("crm", "contact", "1", 1)
	if first != nil || second == nil || second.Error() != "l.csv:2: names two records of source crm, of objects lead and contact: add a column object" {
		t.Errorf("%v, %v", first, second)
	}
	l = parse("source,source_id,entity_id,object\ncrm,1,p,\ncrm,1,q,lead\n")
	if err := l.Match("crm", "lead", "1", 0); err == nil || !strings.Contains(err.Error(), "l.csv:3: column entity_id: contradicts line 2") {
		t.Error(err)
	}
	l = parse("source,source_id,entity_id,object\ncrm,1,p,lead\ncrm,1,q,contact\ncrm,7,q,order\n")
	if err := l.Match("crm", "contact", "1", 5); err != nil {
		t.Error(err)
	}
	found, missing := l.Missing()
	if d := diff.Diff([]Unmatched{{"crm", "lead", 1}, {"crm", "order", 1}}, missing); d != "" || found != 1 {
		t.Error(found, d)
	}
}

// Where labels contradict each other, both may be left out: one record is two entities', or a
// pair is and is not one.
func TestContradictionsMayBeLeftOut(t *testing.T) {
	l, err := ParseLabels("l.csv", strings.NewReader("source,source_id,entity_id,object\ns,a,p,\ns,b,p,\ns,b,q,\ns,b,p,\ns,c,p,\ns,c,r,o\ns,d,p,\n"), true)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"a", "b", "c", "d"} {
		if err := l.Match("s", "o", id, uint32(i)); err != nil {
			t.Fatal(err)
		}
	}
	if d := diff.Diff([]uint32{0, None, None, 0}, l.EntityOf(4)); d != "" || l.LeftOut != 2 {
		t.Error(d, l.LeftOut)
	}
	if found, missing := l.Missing(); found != 2 || len(missing) != 0 {
		t.Error(found, missing)
	}
	l, err = ParseLabels("l.csv", strings.NewReader("source_a,id_a,source_b,id_b,same\ns,a,s,b,true\ns,a,s,c,true\ns,b,s,a,false\ns,b,s,a,true\n"), true)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Pairs) != 1 || l.Pairs[0].Row != 3 || l.LeftOut != 1 {
		t.Errorf("%+v, %d", l.Pairs, l.LeftOut)
	}
}

// What labelled pairs say about a run: a=b together, a=c apart by a conflict, a≠d together by
// a chain, b≠c apart, and a record that the run does not have.
func TestPairsAreMeasuredAlone(t *testing.T) {
	l, err := ParseLabels("l.csv", strings.NewReader("source_a,id_a,source_b,id_b,same\ns,a,s,b,true\ns,a,s,c,true\ns,a,s,d,false\ns,b,s,c,false\ns,a,s,x,true\n"), false)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"a", "b", "c", "d"} {
		if err := l.Match("s", "o", id, uint32(i)); err != nil {
			t.Fatal(err)
		}
	}
	r := &Run{
		Cluster: []uint32{0, 0, 1, 0}, Entity: l.EntityOf(4), Names: []string{"phone", "kinds"},
		Links:     []Link{{0, 1, .9, true, 0}, {1, 3, .6, true, 0}},
		Conflicts: []Conflict{{2, 0, 1}},
	}
	got, err := Evaluate(l, r)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "pairs", got.Pairwise, Quality{.5, .5, .5})
	if got.BCubed != nil || got.Clusters != nil || got.Largest != nil || got.FalseMergesRate != nil {
		t.Errorf("labelled pairs say nothing about whole customers: %+v", got)
	}
	if d := diff.Diff([]Cause{{Cause: byChain, Pairs: 1}}, got.FalsePairs); d != "" {
		t.Error(d)
	}
	if d := diff.Diff([]Cause{{Cause: CauseConflict + "kinds", Pairs: 1}}, got.LostPairs); d != "" {
		t.Error(d)
	}
	for _, p := range got.Curve {
		want := Quality{.5, .5, .5}
		switch {
		case p.Threshold > .9:
			want = Quality{1, 0, 0}
		case p.Threshold > .6:
			want = Quality{1, .5, 2.0 / 3}
		}
		near(t, "curve", p.Quality, want)
	}
	if got.Labels.Pairs != 4 || got.Labels.Records != 4 || len(got.Labels.Unmatched) != 1 || got.CandidateRecall != .5 {
		t.Errorf("%+v", got)
	}
}

func TestMistakesInTagsAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"source,source_id,entity_id\n":                `t.csv:1: column 3, "entity_id", is not known (expected source,source_id,tags[,object])`,
		"source,source_id\n":                          "t.csv:1: column tags is missing",
		"source,source_id,tags\ncrm,,a\n":             "t.csv:2: column source_id is empty",
		"source,source_id,tags\ncrm,1,a|b\ncrm,1,a\n": "t.csv:3: column tags: contradicts line 2",
	} {
		_, err := ParseTags("t.csv", strings.NewReader(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q:\n got  %v\n want %s", text, err, want)
		}
	}
}

// FuzzLabels: labels are refused with the file's name, or each names a record and what it is.
func FuzzLabels(f *testing.F) {
	f.Add([]byte("source,source_id,entity_id,object\ncrm,1,p,lead\ncrm,\"a\"\"b\",p,\n"), true)
	f.Add([]byte("\xEF\xBB\xBFsource_a;id_a;source_b;id_b;same\ncrm;1;web;2;yes\n"), false)
	f.Add([]byte("source\tsource_id\tentity_id\r\ncrm\t1\tp\r\n"), false)
	f.Fuzz(func(t *testing.T, data []byte, tolerant bool) {
		l, err := ParseLabels("labels.csv", bytes.NewReader(data), tolerant)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "labels.csv") {
				t.Errorf("the error does not name the file: %v", err)
			}
			return
		}
		for i := range l.Slots {
			s := &l.Slots[i]
			if l.places[s.place].source == "" || s.Row < 2 || !tolerant && !l.ByPair() && int(s.Entity) >= len(l.Entities) {
				t.Errorf("slot %+v", s)
			}
		}
		for _, p := range l.Pairs {
			if p.A == p.B || int(p.A) >= len(l.Slots) || int(p.B) >= len(l.Slots) {
				t.Errorf("pair %+v", p)
			}
		}
		r := &Run{Cluster: make([]uint32, len(l.Slots))}
		for i := range l.Slots {
			l.Slots[i].Record = uint32(i)
		}
		r.Entity = l.EntityOf(len(r.Cluster))
		if _, err := Evaluate(l, r); err != nil && !strings.HasPrefix(err.Error(), "labels.csv") {
			t.Errorf("the error does not name the file: %v", err)
		}
	})
}
