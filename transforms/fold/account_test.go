package fold

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

// sent is an order of one account to a name and a number.
func sent(row int, name, phone string) schemas.Party {
	return schemas.Party{
		Meta: schemas.Meta{Namespace: "shop", Object: "buyer", Key: "nick1", File: "orders.csv", Row: int64(row), ContentHash: uint64(1000 + row), Derived: true},
		Kind: schemas.Person, Role: schemas.RoleBuyer, FullName: name, Street: "street of " + name,
		FirstSeen: int64(row), LastSeen: int64(row), IDs: []schemas.NameValue{{Name: "nick", Value: "nick1"}},
		Phones: []schemas.Contact{{Raw: phone, Value: phone, Status: schemas.ContactValid}},
	}
}

// valid lists the numbers that are evidence of a party.
func valid(p *schemas.Party) []string {
	var out []string
	for _, phone := range p.Phones {
		if phone.Status == schemas.ContactValid {
			out = append(out, phone.Value)
		}
	}
	slices.Sort(out)
	return out
}

const (
	wang, li         = "王小明", "李娜"
	wangOne, wangTwo = "+8613900000001", "+8613900000002"
	liPhone          = "+8613900000003"
)

// A recipient's phone never links: where an account is known by the recipients of its orders
// alone, the one of most orders holds it, with a number that changed, and others' names, phones
// and addresses are not the account's.
func TestRecipientsAreNotTheAccount(t *testing.T) {
	for name, c := range map[string]struct {
		orders []schemas.Party
		name   string
		phones []string
	}{
		"to oneself":                {[]schemas.Party{sent(1, wang, wangOne), sent(2, wang, wangOne)}, wang, []string{wangOne}},
		"the last to somebody else": {[]schemas.Party{sent(1, wang, wangOne), sent(2, wang, wangOne), sent(3, li, liPhone)}, wang, []string{wangOne}},
		"spelled another way":       {[]schemas.Party{sent(1, wang, wangOne), sent(2, "Wang Xiaoming", wangOne), sent(3, li, liPhone)}, "Wang Xiaoming", []string{wangOne}},
		"a new number":              {[]schemas.Party{sent(1, wang, wangOne), sent(2, wang, wangOne), sent(3, wang, wangTwo), sent(4, wang, wangTwo)}, wang, []string{wangOne, wangTwo}},
		"a number lent once":        {[]schemas.Party{sent(1, wang, wangOne), sent(2, wang, wangTwo), sent(3, wang, wangOne)}, wang, []string{wangOne}},
		"two orders, two numbers":   {[]schemas.Party{sent(1, wang, wangOne), sent(2, wang, wangTwo)}, wang, []string{wangOne, wangTwo}},
		"one order":                 {[]schemas.Party{sent(1, li, liPhone)}, li, []string{liPhone}},
	} {
		p, _ := Parties(c.orders)
		if p.FullName != c.name || p.Street != "street of "+c.name || !slices.Equal(valid(p), c.phones) {
			t.Errorf("%s: %s, %s, %v; want %s, %v", name, p.FullName, p.Street, valid(p), c.name, c.phones)
		}
	}
	level, _ := Parties([]schemas.Party{sent(1, wang, wangOne), sent(2, li, liPhone)})
	if got := valid(level); len(got) > 0 || level.FullName != "" || level.Street != "" {
		t.Errorf("two names that are level: %s, %s, %v are the account's; nothing tells whose it is", level.FullName, level.Street, got)
	}
	if len(level.IDs) != 1 || level.FirstSeen != 1 || level.LastSeen != 2 {
		t.Errorf("the account itself is lost: %+v", level)
	}
}

// The same order in two exports is no further evidence of whose an account is.
func TestARepeatedOrderDoesNotVote(t *testing.T) {
	again := sent(3, li, liPhone)
	again.File = "again.csv"
	p, _ := Parties([]schemas.Party{sent(1, wang, wangOne), sent(2, wang, wangOne), sent(3, li, liPhone), again, again})
	if p.FullName != wang {
		t.Errorf("the holder is %s", p.FullName)
	}
}

// A system that knows the account's name takes no number of another name from its orders.
func TestOrdersToOthersDoNotFillTheSystemsOwnRow(t *testing.T) {
	own := sent(9, wang, wangOne)
	own.Derived, own.Phones, own.Street = false, nil, ""
	p, _ := Parties([]schemas.Party{own, sent(1, li, liPhone), sent(2, li, liPhone)})
	if len(valid(p)) > 0 || p.Street != "" {
		t.Errorf("the account has %v, %s of a recipient", valid(p), p.Street)
	}
	p, _ = Parties([]schemas.Party{own, sent(1, li, liPhone), sent(2, wang, wangTwo)})
	if !slices.Equal(valid(p), []string{wangTwo}) {
		t.Errorf("the account has %v, not its own number", valid(p))
	}
}

// Whose an account is does not depend on the order in which its rows arrive.
func TestHolderDoesNotDependOnArrival(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var orders []schemas.Party
		for row := range rapid.IntRange(1, 8).Draw(t, "orders") {
			name := rapid.SampledFrom([]string{wang, li, "Wang Xiaoming", ""}).Draw(t, "name")
			phone := rapid.SampledFrom([]string{wangOne, wangTwo, liPhone}).Draw(t, "phone")
			orders = append(orders, sent(row+1, name, phone))
		}
		shuffled := rapid.Permutation(slices.Clone(orders)).Draw(t, "arrival")
		for i := range orders {
			orders[i].Phones = slices.Clone(orders[i].Phones)
		}
		for i := range shuffled {
			shuffled[i].Phones = slices.Clone(shuffled[i].Phones)
		}
		a, _ := Parties(orders)
		b, _ := Parties(shuffled)
		if fmt.Sprint(*a) != fmt.Sprint(*b) {
			t.Fatalf("%+v\n%+v", *a, *b)
		}
	})
}
