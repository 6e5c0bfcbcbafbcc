package audience

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

func granted(kind, channel string) []schemas.ConsentRow {
	return []schemas.ConsentRow{{IdentifierType: TypeCustomer, Purpose: kind, Channel: channel, Status: statusGranted}}
}

// selected runs candidates of one audience through both passes.
func selected(a *segment.Audience, candidates []Candidate) (members []schemas.AudienceMember, deliveries [][]Delivery, rows []schemas.Audience) {
	s := NewSelector(a)
	for i := range candidates {
		s.Look(&candidates[i])
	}
	s.Decide()
	for i := range candidates {
		row, d := s.Place(&candidates[i], nil)
		members, deliveries = append(members, row), append(deliveries, d)
	}
	return members, deliveries, s.Rows()
}

func person(n int, value int64, was ...string) Subject {
	return Subject{CustomerID: fmt.Sprintf("c_%03d", n), Value: value, Matched: []string{"win"}, Was: was, IDs: []Identifier{{TypeEmail, fmt.Sprintf("p%d@example.com", n)}}}
}

func TestLimitKeepsTheHighestValues(t *testing.T) {
	a := segment.Audience{Code: "win", Platforms: []string{"email"}, Limit: 2}
	e := NewEvaluator([]segment.Audience{a}, nil, now)
	var candidates []Candidate
	for i, value := range []int64{5, 9, 5, 1} {
		s := person(i, value)
		candidates = append(candidates, e.Candidates(&s, granted(PurposeMarketing, "email"))[0].Candidate)
	}
	members, _, rows := selected(&a, candidates)
	var got []string
	for _, m := range members {
		got = append(got, m.Status+m.HeldReason)
	}
	if diff := cmp.Diff([]string{"member", "member", "heldcapped", "heldcapped"}, got); diff != "" {
		t.Error(diff)
	}
	if rows[0].Members != 2 || rows[0].Capped != 2 || rows[0].Matched != 4 {
		t.Errorf("%+v", rows[0])
	}
}

func TestControlGroupStaysAndHasItsShare(t *testing.T) {
	n := 0
	for i := range 10_000 {
		if InControl("win", fmt.Sprintf("c_%d", i), 0.2) {
			n++
		}
	}
	// 10,000 draws of 0.2: mean 2,000, standard deviation 40; five of them either way.
	if n < 1800 || n > 2200 {
		t.Errorf("%d of 10,000 in a control group of 20 %%", n)
	}
	if InControl("win", "c_1", 0) || !InControl("win", "c_1", 0.999999) {
		t.Error("a share of none takes somebody, or one of all leaves somebody out")
	}
}

func TestAPlatformIsToldWhomToAddAndWhomToForget(t *testing.T) {
	a := segment.Audience{Code: "win", Platforms: []string{"email", "google"}}
	e := NewEvaluator([]segment.Audience{a}, nil, now)
	kept, fresh, gone := person(1, 1, "win/email"), person(2, 1), person(3, 1, "win/email", "win/google")
	gone.Matched = nil
	both := append(granted(PurposeMarketing, "email"), granted(PurposeShareAds, "ads_google")...)
	var candidates []Candidate
	for _, s := range []Subject{kept, fresh, gone} {
		candidates = append(candidates, e.Candidates(&s, both)[0].Candidate)
	}
	members, deliveries, rows := selected(&a, candidates)
	for i, want := range []schemas.AudienceMember{
		{Audience: "win", CustomerID: "c_001", Status: StatusMember, Change: ChangeKept},
		{Audience: "win", CustomerID: "c_002", Status: StatusMember, Change: ChangeAdded},
		{Audience: "win", CustomerID: "c_003", Status: StatusLeft, Change: ChangeRemoved},
	} {
		if diff := cmp.Diff(want, members[i]); diff != "" {
			t.Error(diff)
		}
	}
	if d := deliveries[0][0]; !d.Member || d.Added {
		t.Errorf("kept on e-mail: %+v", d)
	}
	if d := deliveries[2][0]; !d.Removed || len(d.Person.Emails) != 1 {
		t.Errorf("gone from e-mail: %+v", d)
	}
	// Two members are too few for Google: nobody goes there, but it must forget whom it had.
	if d := deliveries[2][1]; !rows[1].TooSmall || !d.Removed || deliveries[0][1].Member || rows[1].Members != 0 || rows[1].Removed != 1 {
		t.Errorf("google: %+v %+v", rows[1], d)
	}
}

func TestPriorityGivesACustomerToOneAudience(t *testing.T) {
	list := []segment.Audience{
		{Code: "a", Platforms: []string{"email"}, Priority: 2}, {Code: "b", Platforms: []string{"email"}, Priority: 1}, {Code: "c", Platforms: []string{"email"}},
	}
	s := person(1, 1)
	s.Matched = []string{"a", "b", "c"}
	var got []string
	for _, entry := range NewEvaluator(list, nil, now).Candidates(&s, granted(PurposeMarketing, "email")) {
		got = append(got, entry.Audience+" "+entry.Held[0])
	}
	if diff := cmp.Diff([]string{"a " + HeldOtherAudience, "b ", "c "}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnAudienceWithoutARuleForgetsItsMembers(t *testing.T) {
	s := person(1, 1, "old/google", "old/email")
	s.Matched = nil
	entries := NewEvaluator(nil, nil, now).Candidates(&s, granted(PurposeMarketing, "email"))
	if len(entries) != 1 || entries[0].Audience != "old" {
		t.Fatalf("%+v", entries)
	}
	_, deliveries, rows := selected(Retired("old"), []Candidate{entries[0].Candidate})
	removed := map[string]bool{}
	for p, d := range deliveries[0] {
		if d.Removed {
			removed[rows[p].Platform] = true
		}
	}
	if diff := cmp.Diff(map[string]bool{"google": true, "email": true}, removed); diff != "" {
		t.Error(diff)
	}
}
