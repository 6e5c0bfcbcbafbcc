package source

import (
	"strings"
	"testing"
)

// A status that later stages do not know would silently never count: its row is refused.
func TestWordsOfRows(t *testing.T) {
	const layout = `
name: orders
header: [id, day, state]
records:
  - record: order
    key: id
    fields: {time: day, status: state}`
	sink, counts := readLayout(t, layout, "id,day,state\n1,2026-01-01,Completed\n2,2026-01-01,Delivered\n3,2026-01-01,\n")
	if counts.Accepted.Rows != 1 || counts.Rejected.Rows != 2 {
		t.Errorf("accepted %d, rejected %d, want 1 and 2", counts.Accepted.Rows, counts.Rejected.Rows)
	}
	for _, want := range []string{`"status": "completed"`, `own.csv:2: column state: is none of created, paid, shipped, completed, cancelled, returned`} {
		if !strings.Contains(sink.lines.String(), want) {
			t.Errorf("%s lacks %s", sink.lines.String(), want)
		}
	}
}

// Slips of a profile are told when it is loaded, with the name that was meant.
func TestSlipsOfAProfile(t *testing.T) {
	cases := []struct{ layout, want string }{
		{`{name: l, header: [a], records: [{record: order, key: a, fields: {time: a, status: {const: complete}}}]}`, `"complete" is none of`},
		{`{name: l, header: [a], records: [{record: consent, key: a, fields: {time: a, purpose: {const: marketing}, status: {column: b, values: {y: yes}}}}]}`, `"yes" is none of`},
		{`{name: l, header: [a], records: [{record: party, as: buyer, key: a, fields: {}}, {record: order, key: a, fields: {time: a, status: {const: paid}, customer_ref: {party: byer}}}]}`, `no party before it is named "byer"`},
		{`{name: l, header: [a], records: [{record: order, key: a, fields: {time: a, status: {const: paid}, customer_ref: b}}]}`, `the object that it refers to is missing`},
		{`{name: l, header: [a], aliases: {Naem: [Name]}, records: [{record: party, key: a, fields: {full_name: Name}}]}`, `nothing reads the column "Naem"`},
	}
	for _, c := range cases {
		_, err := Compile(Spec{Name: "own", ProfileName: "own", Profile: "system: own\nname: {en: own, zh: own}\nlayouts:\n  - " + c.layout + "\n"})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %s", c.layout, err, c.want)
		}
	}
}
