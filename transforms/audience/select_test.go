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
func selected(a *segment.Audience, candidates []Candidate, was ...uint64) (members []schemas.AudienceMember, deliveries [][]Delivery, rows []schemas.Audience) {
	was = append(was, make([]uint64, len(candidates))...)
	s := NewSelector(a)
	for i := range candidates {
		s.Look(&candidates[i])
	}
	s.Decide()
	for i := range candidates {
		row, d := s.Place(&candidates[i], was[i], nil)
		members, deliveries = append(members, row), append(deliveries, d)
	}
	return members, deliveries, s.Rows()
}

func person(n int, value int64) Subject {
	return Subject{CustomerID: fmt.Sprintf("c_%03d", n), Value: value, Matched: []string{"win"}, IDs: []Identifier{{TypeEmail, fmt.Sprintf("p%d@example.com", n)}}}
}

func TestLimitKeepsTheHighestValues(t *testing.T) {
	a := segment.Audience{Code: "win", Platforms: []string{"email"}, Limit: 2}
	e := NewEvaluator([]segment.Audience{a}, nil, Settings{}, now)
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

func TestWhoIsKeptAddedAndRemoved(t *testing.T) {
	a := segment.Audience{Code: "win", Platforms: []string{"email", "google"}}
	e := NewEvaluator([]segment.Audience{a}, nil, Settings{}, now)
	var candidates []Candidate
	for i := 1; i <= 3; i++ {
		s := person(i, 1)
		consents := append(granted(PurposeMarketing, "email"), granted(PurposeShareAds, "ads_google")...)
		if i == 3 {
			consents = nil // withdrawn
		}
		candidates = append(candidates, e.Candidates(&s, consents)[0].Candidate)
	}
	members, deliveries, rows := selected(&a, candidates, 0b01, 0, 0b11)
	for i, want := range []schemas.AudienceMember{
		{Audience: "win", CustomerID: "c_001", Status: StatusMember, Change: ChangeKept},
		{Audience: "win", CustomerID: "c_002", Status: StatusMember, Change: ChangeAdded},
		{Audience: "win", CustomerID: "c_003", Status: StatusHeld, HeldReason: HeldNoConsent, Change: ChangeRemoved},
	} {
		if diff := cmp.Diff(want, members[i]); diff != "" {
			t.Error(diff)
		}
	}
	if rows[0].Members != 2 || rows[0].Added != 1 || rows[0].Removed != 1 {
		t.Errorf("e-mail: %+v", rows[0])
	}
	// Two members are too few for Google: nobody goes there.
	if !rows[1].TooSmall || deliveries[0][1].Member || rows[1].Members != 0 || rows[1].Removed != 1 {
		t.Errorf("google: %+v", rows[1])
	}
	s := NewSelector(&a)
	if row := s.Left("c_009", 0b10); row.Status != StatusLeft || row.Change != ChangeRemoved || s.Rows()[1].Removed != 1 || s.Rows()[0].Removed != 0 {
		t.Errorf("left: %+v, %+v", row, s.Rows())
	}
}

// A limit must not make the two groups differ: of the control group, too, only those count who
// are worth as much as a member.
func TestLimitFallsAtOneValueForMembersAndControl(t *testing.T) {
	a := segment.Audience{Code: "win", Platforms: []string{"email"}, Limit: 50, Control: 0.3}
	e := NewEvaluator([]segment.Audience{a}, nil, Settings{}, now)
	var candidates []Candidate
	for i := range 300 {
		s := person(i, int64(i))
		candidates = append(candidates, e.Candidates(&s, granted(PurposeMarketing, "email"))[0].Candidate)
	}
	members, _, rows := selected(&a, candidates)
	least := int64(1 << 60)
	for i, m := range members {
		if m.Status == StatusMember {
			least = min(least, candidates[i].Value)
		}
	}
	for i, m := range members {
		if control := InControl("win", m.CustomerID, 0.3); control && (m.HeldReason == HeldControl) != (candidates[i].Value > least) {
			t.Errorf("control worth %d, members from %d: %s", candidates[i].Value, least, m.HeldReason)
		}
	}
	if rows[0].Members != 50 || rows[0].Control == 0 || rows[0].Members+rows[0].Control+rows[0].Capped != 300 {
		t.Errorf("%+v", rows[0])
	}
}

// Whom one platform may not get, and another would get but for the control group, is in the
// control group: like those who are reached though one platform may not get them.
func TestWhoeverIsHeldForControlBelongsToIt(t *testing.T) {
	a := segment.Audience{Code: "win", Platforms: []string{"email", "google"}, Control: 0.999999}
	s := person(1, 1)
	consents := append(granted(PurposeMarketing, "email"), schemas.ConsentRow{IdentifierType: TypeCustomer, Purpose: PurposeShareAds, Channel: "ads_google", Status: statusDenied})
	members, _, _ := selected(&a, []Candidate{NewEvaluator([]segment.Audience{a}, nil, Settings{}, now).Candidates(&s, consents)[0].Candidate})
	if members[0].HeldReason != HeldControl {
		t.Errorf("held for %s", members[0].HeldReason)
	}
}

func TestPriorityGivesACustomerToOneAudience(t *testing.T) {
	list := []segment.Audience{
		{Code: "a", Platforms: []string{"email"}, Priority: 2}, {Code: "b", Platforms: []string{"email"}, Priority: 1}, {Code: "c", Platforms: []string{"email"}},
	}
	s := person(1, 1)
	s.Matched = []string{"a", "b", "c"}
	var got []string
	for _, entry := range NewEvaluator(list, nil, Settings{}, now).Candidates(&s, granted(PurposeMarketing, "email")) {
		got = append(got, entry.Audience+" "+entry.Held[0])
	}
	if diff := cmp.Diff([]string{"a " + HeldOtherAudience, "b ", "c "}, got); diff != "" {
		t.Error(diff)
	}
}
