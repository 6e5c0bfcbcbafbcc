package source

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A bad optional cell is one issue however many records read it, and none where its row is
// refused: that is in the rejects.
func TestIssuesAreThoseOfAcceptedRowsOncePerCell(t *testing.T) {
	const layout = `
name: orders
header: [id, buyer, time]
records:
  - record: party
    object: buyer
    as: buyer
    key: buyer
    derived: true
    fields: {email: mail, birth_date: born, first_seen: time}
  - record: order
    key: id
    fields: {customer_ref: {party: buyer}, time: time, net: amount, updated_at: changed, status: {const: paid}, currency: {const: EUR}}
  - record: consent
    key: id
    when: {mail: {match: "."}}
    fields: {customer_ref: {party: buyer}, purpose: {const: marketing}, channel: {const: email}, status: {const: granted}, time: time, updated_at: born}`
	_, counts := readLayout(t, layout, "id,buyer,time,amount,changed,mail,born\n"+
		"1,u1,2026-02-03,5,,no mail,today\n"+ // born is read by two records
		"2,u2,soon,5,x,no mail,today\n"+ // the time of an order is bad: refused
		"3,u3,2026-02-04,5,x,,\n"+
		"4,u3,2026-02-05,5,x,,\n")
	want := map[string]int64{"mail|not_a_email": 1, "born|bad_value": 1, "changed|bad_value": 2}
	if diff := cmp.Diff(want, counts.Issues); diff != "" || counts.Rejected.Rows != 1 || counts.Accepted.Rows != 3 {
		t.Errorf("%d accepted, %d rejected, issues (-want +got):\n%s", counts.Accepted.Rows, counts.Rejected.Rows, diff)
	}
}

// Elements of an array are cells of their own, what they share with their row is one.
func TestIssuesOfArraysAreOncePerElement(t *testing.T) {
	const profile = `
system: own
name: {en: own, zh: own}
layouts:
  - name: orders
    header: [id]
    records:
      - record: party
        key: id
        fields: {birth_date: born, registered_at: at}
      - record: trait
        each: items
        key: [id, items.no]
        fields: {customer_ref: {column: id, object: party}, name: {const: pet}, value: items.no, updated_at: items.changed}
      - record: interaction
        key: id
        fields: {kind: {const: event}, time: day, resolved_time: at}
`
	s, err := Compile(Spec{Name: "own", Profile: profile, ProfileName: "own"})
	if err != nil {
		t.Fatal(err)
	}
	counts := readWith(t, s, "own.ndjson", `{"id":"1","born":"today","at":"soon","day":"2026-01-05","items":[{"no":"1","changed":"x"},{"no":"2","changed":"x"},{"no":"3","changed":"2026-01-05"}]}`+"\n", &goldenSink{})
	want := map[string]int64{"at|bad_value": 1, "born|bad_value": 1, "items.changed|bad_value": 2}
	if diff := cmp.Diff(want, counts.Issues); diff != "" {
		t.Errorf("%+v: issues (-want +got):\n%s", counts, diff)
	}
}
