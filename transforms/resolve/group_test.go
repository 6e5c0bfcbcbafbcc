package resolve

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

var rules = Settings{MaxShared: 25, SingleValued: []string{"id.unionid", "id.loyalty"}}

// person is a record with a name.
func person(name string) Member { return Member{Kind: schemas.Person, FullName: name} }

// seen tells when a record had its contact data.
func seen(m Member, first, last int64) Member {
	m.FirstSeen, m.LastSeen = first, last
	return m
}

func card(m Member, single ...string) Member {
	m.Single = single
	return m
}

func organization(name string) Member { return Member{Kind: schemas.Organization, FullName: name} }

// parts links a group and returns its components of two or more records, and the reasons of conflicts.
func parts(kind, value string, members []Member) (components [][]int, reasons []string) {
	for i := range members {
		members[i].Ordinal = uint32(i)
	}
	n := len(members)
	links, conflicts, _ := LinkGroup(kind, value, slices.Clone(members), rules)
	components = componentsOf(n, links)
	for _, c := range conflicts {
		reasons = append(reasons, c.Reason)
	}
	slices.Sort(reasons)
	return components, slices.Compact(reasons)
}

// componentsOf finds the components by breadth-first search.
func componentsOf(n int, links []Link) [][]int {
	near := make([][]int, n)
	for _, l := range links {
		near[l.A], near[l.B] = append(near[l.A], int(l.B)), append(near[l.B], int(l.A))
	}
	done := make([]bool, n)
	var out [][]int
	for i := range n {
		if done[i] {
			continue
		}
		queue := []int{i}
		done[i] = true
		for at := 0; at < len(queue); at++ {
			for _, j := range near[queue[at]] {
				if !done[j] {
					done[j] = true
					queue = append(queue, j)
				}
			}
		}
		if len(queue) > 1 {
			slices.Sort(queue)
			out = append(out, queue)
		}
	}
	return out
}

const (
	phone = "+8613900000021"
	mail  = "nora@example.com"
)

func born(name, birth string) Member {
	m := person(name)
	m.Birth = birth
	return m
}

func TestWhatSharesAPhone(t *testing.T) {
	for _, c := range []struct {
		name    string
		members []Member
		want    [][]int
		reasons []string
	}{
		{"one person in three spellings", []Member{person("李小雨"), person("Li Xiaoyu"), person("李小雨女士")}, [][]int{{0, 1, 2}}, nil},
		{"father and son", []Member{born("John Moss", "19500301"), born("John Moss", "19811224"), born("John Moss", "19500301")}, [][]int{{0, 2}}, []string{ReasonBirths}},
		{"a mistyped year", []Member{born("John Moss", "19500301"), born("John Moss", "19510301")}, [][]int{{0, 1}}, nil},
		{"a couple", []Member{person("周建国"), person("吴秀英"), person("周建国")}, [][]int{{0, 2}}, []string{ReasonNames}},
		{"a family with one family name", []Member{person("Asha Rao"), person("Vikram Rao")}, nil, []string{ReasonNames}},
		{"a family in pinyin", []Member{person("Wang Lei"), person("Wang Xiaoyu")}, nil, []string{ReasonNames}},
		{"a nameless record and one person", []Member{person(""), person("李小雨")}, [][]int{{0, 1}}, nil},
		{"nameless records alone", []Member{person(""), person("")}, [][]int{{0, 1}}, nil},
		{"a nameless record between two persons", []Member{person(""), person("周建国"), person("吴秀英")}, nil, []string{ReasonUnclear, ReasonNames}},
		{"a title and family name between two persons", []Member{person("周先生"), person("周建国"), person("吴秀英")}, [][]int{{0, 1}}, []string{ReasonNames}},
		{"an initial that fits both", []Member{person("J Moss"), person("James Moss"), person("Jane Moss")}, nil, []string{ReasonUnclear, ReasonNames}},
		{"a pet form that fits both", []Member{person("Chris Moss"), person("Christopher Moss"), person("Christine Moss")}, nil, []string{ReasonUnclear, ReasonNames}},
		{"another script, another sound", []Member{person("李小雨"), person("Nora Li")}, nil, []string{ReasonNames}},
		{"two cards of one name", []Member{card(person("李小雨"), "loyalty=7"), card(person("李小雨"), "loyalty=8")}, nil, []string{ReasonSingle}},
		{"nameless between two cards", []Member{card(person(""), "loyalty=7"), person(""), card(person(""), "loyalty=8")}, nil, []string{ReasonUnclear, ReasonSingle}},
		{"the same card twice", []Member{card(person("李小雨"), "loyalty=7"), card(person("Li Xiaoyu"), "loyalty=7")}, [][]int{{0, 1}}, nil},
		{"person and organization", []Member{person("李小雨"), organization("朝霞有限公司"), person("李小雨")}, [][]int{{0, 2}}, nil},
		{"organizations of one name", []Member{organization("朝霞有限公司"), organization("朝霞公司"), organization("Dawn Ltd")}, [][]int{{0, 1}}, []string{ReasonNames}},
		{"a nameless organization and one with a name", []Member{organization(""), organization("Dawn Ltd")}, [][]int{{0, 1}}, nil},

		{"a number that changed its owner: nameless in the later time", []Member{seen(person("周建国"), 10, 20), seen(person("吴秀英"), 30, 40), seen(person(""), 35, 36)}, [][]int{{1, 2}}, []string{ReasonNames}},
		{"a number that changed its owner: nameless between the times", []Member{seen(person("周建国"), 10, 20), seen(person("吴秀英"), 30, 40), seen(person(""), 24, 26)}, nil, []string{ReasonNames}},
		{"a number that changed its owner: nameless at an unknown time", []Member{seen(person("周建国"), 10, 20), seen(person("吴秀英"), 30, 40), person("")}, nil, []string{ReasonUnclear, ReasonNames}},
		{"a household that shares a number at one time, and a lead of later", []Member{seen(person("周建国"), 10, 20), seen(person("吴秀英"), 15, 16), seen(person("周先生"), 60, 60)}, [][]int{{0, 2}}, []string{ReasonNames}},
		{"one owner all the time", []Member{seen(person("周建国"), 10, 20), seen(person("周建国"), 30, 40), seen(person(""), 50, 60)}, [][]int{{0, 1, 2}}, nil},
	} {
		got, reasons := parts("phone", phone, c.members)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: components %s", c.name, diff)
		}
		if diff := cmp.Diff(c.reasons, reasons); diff != "" {
			t.Errorf("%s: reasons %s", c.name, diff)
		}
	}
}

func TestWhatSharesAnEmail(t *testing.T) {
	for _, c := range []struct {
		name, value string
		members     []Member
		want        [][]int
	}{
		{"an English name beside a Chinese one", mail, []Member{person("李小雨"), person("Nora Li")}, [][]int{{0, 1}}},
		{"two persons", mail, []Member{person("Nora Moss"), person("Paul Moss")}, nil},
		{"a nameless record", mail, []Member{person("Nora Moss"), person("")}, [][]int{{0, 1}}},
		{"an office: two persons", "info@linden.example", []Member{person("Nora Moss"), person("Paul Ames")}, nil},
		{"an office: one name", "info@linden.example", []Member{person("Nora Moss"), person("MOSS, Nora")}, [][]int{{0, 1}}},
		{"an office: no names", "info@linden.example", []Member{person("Nora Moss"), person(""), person("")}, nil},
		{"an office: nobody named", "info@linden.example", []Member{person(""), person("")}, nil},
		{"an office: organizations", "info@linden.example", []Member{organization("Linden GmbH"), organization("LINDEN")}, [][]int{{0, 1}}},
	} {
		got, _ := parts("email", c.value, c.members)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: components %s", c.name, diff)
		}
	}
}

func TestAValueSharedByTooManyLinksNobody(t *testing.T) {
	var many, one []Member
	for i := range rules.MaxShared + 1 {
		many = append(many, person(fmt.Sprintf("Nora%c Moss%c", 'a'+i, 'z'-i)))
		one = append(one, person("Nora Moss"))
	}
	if got, reasons := parts("phone", phone, many); got != nil || !slices.Equal(reasons, []string{ReasonShared}) {
		t.Errorf("switchboard: components %v, reasons %v", got, reasons)
	}
	if got, _ := parts("phone", phone, one); len(got) != 1 || len(got[0]) != len(one) {
		t.Errorf("one person with many records: components %v", got)
	}
	nameless := make([]Member, 100_000)
	if got, reasons := parts("phone", phone, nameless); got != nil || !slices.Equal(reasons, []string{ReasonShared}) {
		t.Errorf("100,000 nameless records: %d components, reasons %v", len(got), reasons)
	}
}

func TestReferencesLinkOneKind(t *testing.T) {
	owner := Member{Kind: schemas.Organization, Owner: true}
	got, reasons := parts("ref", "crm:account:1", []Member{organization("a"), person("b"), owner})
	if diff := cmp.Diff([][]int{{0, 2}}, got); diff != "" || !slices.Equal(reasons, []string{ReasonKinds}) {
		t.Errorf("components %s, reasons %v", diff, reasons)
	}
	if got, _ := parts("ref", "crm:account:2", []Member{person("Nora Moss"), person("")}); len(got) != 1 {
		t.Errorf("records that point at an absent one are one customer: %v", got)
	}
	if got, _ := parts("ref", "erp:customer:9999", []Member{person("Nora Moss"), person("Paul Ames")}); len(got) != 0 {
		t.Errorf("records of two names that point at an absent one are two customers: %v", got)
	}
	if got, _ := parts("id.unionid", "u1", []Member{person("a"), organization("b"), person("c")}); len(got) != 1 || !slices.Equal(got[0], []int{0, 2}) {
		t.Errorf("identifiers link one kind: %v", got)
	}
}

func TestWhatIsEvidence(t *testing.T) {
	p := &schemas.Party{
		Meta: schemas.Meta{Namespace: "shop", Object: "user", Key: "7", MergedInto: "shop:user:8"}, Kind: schemas.Person, CustomerRef: "crm:contact:9",
		Phones: []schemas.Contact{
			{Value: "+8613900000021", Status: schemas.ContactValid},
			{Status: schemas.ContactMasked},
			{Status: schemas.ContactVirtual},
			{Status: schemas.ContactJunk},
			{Status: schemas.ContactInvalid},
		},
		Emails: []schemas.Contact{{Value: mail, Status: schemas.ContactValid}, {Status: schemas.ContactVirtual}},
		IDs:    []schemas.NameValue{{Name: "unionid", Value: "u1"}, {Name: "openid", Value: "o1"}, {Name: "loyalty", Value: "0000"}, {Name: "nick", Value: "n***"}},
	}
	want := []Evidence{
		{"ref", "shop:user:7", true},
		{"ref", "crm:contact:9", false},
		{"ref", "shop:user:8", false},
		{"id.unionid", "u1", false},
		{"id.openid", "shop:o1", false},
		{"email", mail, false},
	}
	phones := []Evidence{{"phone", "+8613900000021", false}}
	if diff := cmp.Diff(append(slices.Clone(want), phones...), EvidenceOf(p, rules)); diff != "" {
		t.Errorf("buyer: %s", diff)
	}
	p.Role = schemas.RoleRecipient
	if diff := cmp.Diff(want, EvidenceOf(p, rules)); diff != "" {
		t.Errorf("a recipient's phone is no evidence: %s", diff)
	}
	p.Deleted = true
	if diff := cmp.Diff(want, EvidenceOf(p, rules)); diff != "" {
		t.Errorf("a deleted record is evidence all the same: %s", diff)
	}
	p.Role = schemas.RoleOneTime
	if diff := cmp.Diff(want[:1], EvidenceOf(p, rules)); diff != "" {
		t.Errorf("a one-time account is nobody's: %s", diff)
	}
	md5 := EvidenceOf(&schemas.Party{Phones: []schemas.Contact{{Value: "+8613900000021", Status: schemas.ContactValid}}}, Settings{PhoneMD5: true})
	if len(md5) != 3 || md5[2].Type != "id.phone_md5" || md5[2].Value != "ae083ef7d23d2f10e64e84c4b0177d65" {
		t.Errorf("MD5 of the national number: %+v", md5)
	}
}

// randomMembers draws a group of one contact value.
func randomMembers(t *rapid.T) []Member {
	names := []string{"", "李小雨", "Li Xiaoyu", "李先生", "周建国", "吴秀英", "Nora Moss", "N Moss", "Chris Moss", "Christine Moss", "小雨"}
	members := make([]Member, rapid.IntRange(2, 9).Draw(t, "n"))
	for i := range members {
		m := person(rapid.SampledFrom(names).Draw(t, "name"))
		if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
			m.Kind = schemas.Organization
		}
		if rapid.IntRange(0, 3).Draw(t, "card") == 0 {
			m.Single = []string{"loyalty=" + rapid.SampledFrom([]string{"1", "2"}).Draw(t, "value")}
		}
		if rapid.Bool().Draw(t, "timed") {
			m.FirstSeen = rapid.Int64Range(1, 50).Draw(t, "first")
			m.LastSeen = m.FirstSeen + rapid.Int64Range(0, 20).Draw(t, "span")
		}
		m.Ordinal = uint32(i)
		members[i] = m
	}
	return members
}

func TestAGroupIsLinkedAlikeInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := randomMembers(t)
		kind := rapid.SampledFrom([]string{"phone", "email", "id.unionid", "ref"}).Draw(t, "kind")
		shuffled := rapid.Permutation(members).Draw(t, "order")
		links, conflicts, _ := LinkGroup(kind, "x@linden.example", slices.Clone(members), rules)
		again, conflictsAgain, _ := LinkGroup(kind, "x@linden.example", shuffled, rules)
		if diff := cmp.Diff(links, again); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(conflicts, conflictsAgain); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestContradictingRecordsAreNeverLinkedByContactData(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := randomMembers(t)
		rule := rapid.SampledFrom([]string{"phone", "email"}).Draw(t, "rule")
		links, _, _ := LinkGroup(rule, "x@linden.example", slices.Clone(members), rules)
		for _, component := range componentsOf(len(members), links) {
			for _, i := range component {
				for _, j := range component {
					a, b := &members[i], &members[j]
					if a.Kind != b.Kind {
						t.Fatalf("kinds mixed: %+v %+v", a, b)
					}
					if clash(a.Single, b.Single) {
						t.Fatalf("two cards in one component: %+v %+v", a, b)
					}
				}
			}
		}
	})
}

// A number known by its hash is a number all the same: where a household shares it, the hash
// does not join its members, and a nameless record with the hash belongs to none of them.
func TestHashedPhoneDoesNotJoinAHousehold(t *testing.T) {
	members := []Member{person("李小雨"), person("周建国"), person("")}
	for i := range members {
		members[i].Ordinal = uint32(i)
	}
	links, conflicts, _ := LinkGroup(phoneMD5, "0123456789abcdef0123456789abcdef", members, Settings{MaxShared: 25})
	if len(links) != 0 || len(conflicts) == 0 {
		t.Errorf("links %+v, conflicts %+v", links, conflicts)
	}
	if links, _, _ = LinkGroup(phoneMD5, "0123456789abcdef0123456789abcdef", members[1:], Settings{MaxShared: 25}); len(links) != 1 {
		t.Errorf("the hash alone: links %+v", links)
	}
}
