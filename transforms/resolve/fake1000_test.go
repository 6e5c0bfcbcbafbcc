package resolve

import (
	"encoding/csv"
	"os"
	"testing"

	"github.com/tributary-cdp/tributary/internal/shareddata"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// The 1,000 generated persons that Splink's authors use for their examples have names, birth
// dates, cities and e-mail addresses with typing errors. Equal addresses hold 682 of the 2,031
// true pairs, and nothing else in the file is an identifier; some of these have names that only
// a score can bring together. What the rules say must be right.
func TestRulesAloneArePreciseOnFake1000(t *testing.T) {
	file, err := os.Open(shareddata.Shared(t, "identity", "fake_1000.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows = rows[1:] // unique_id, first_name, surname, dob, city, email, cluster
	groups := map[Evidence][]Member{}
	var order []Evidence
	for i, row := range rows {
		p := schemas.Party{Meta: schemas.Meta{Namespace: "fake", Object: "person", Key: row[0]}, Kind: schemas.Person, GivenName: row[1], FamilyName: row[2]}
		if value, status := normalize.Email(row[5]); status == schemas.ContactValid {
			p.Emails = []schemas.Contact{{Value: value, Status: status}}
		}
		for _, e := range EvidenceOf(&p, rules) {
			e.Owner = false
			if groups[e] == nil {
				order = append(order, e)
			}
			groups[e] = append(groups[e], MemberOf(&p, uint32(i), rules))
		}
	}
	var links []Link
	for _, e := range order {
		found, _, _ := LinkGroup(e.Type, e.Value, groups[e], rules)
		links = append(links, found...)
	}
	got := Cluster(&Records{
		Organization: make([]bool, len(rows)),
		Name:         func(i uint32) (string, string, string) { return "", rows[i][1], rows[i][2] },
	}, links)
	var both, said, so int
	for i := range rows {
		for j := range i {
			joined, same := got.Root[i] == got.Root[j], rows[i][6] == rows[j][6]
			said, so, both = said+number(joined), so+number(same), both+number(joined && same)
		}
	}
	precision, recall := float64(both)/float64(said), float64(both)/float64(so)
	t.Logf("%d pairs said, %d true: precision %.4f, recall %.4f", said, so, precision, recall)
	if precision < 1 || recall < 0.25 {
		t.Errorf("precision %.4f, recall %.4f", precision, recall)
	}
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
