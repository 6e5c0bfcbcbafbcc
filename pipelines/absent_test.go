package pipelines_test

import (
	"path/filepath"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/explain"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/schemas"
)

const absentProfile = `system: crm
name: {en: own, zh: own}
layouts:
  - name: people
    header: [id, name, phone, gone, shared]
    records:
      - record: party
        object: customer
        key: id
        deleted: {gone: "yes"}
        fields:
          kind: {const: person}
          role: {column: shared, values: {"yes": one_time, "*": buyer}}
          full_name: name
          phone: phone
  - name: orders
    header: [no, buyer, at, amount]
    records:
      - record: order
        key: no
        fields: {customer_ref: {column: buyer, object: customer}, time: at, net: amount, currency: {const: EUR}, status: {const: paid}}
  - name: consents
    header: [number, given]
    records:
      - record: consent
        key: number
        fields: {identifier_type: {const: phone}, identifier: number, purpose: {const: marketing}, channel: {const: sms}, status: {const: granted}, time: given}
`

// A customer all of whose records are deleted, or who is an account that many share, is in
// identity_map and in no other table: orders and consents stay, as nobody's. One living record
// makes a customer, with the orders of the deleted ones. All checks of the report hold.
func TestDeletedCustomersAndOneTimeAccountsAreNoCustomers(t *testing.T) {
	dir := t.TempDir()
	pipetest.Write(t, dir, map[string]string{
		"tributary.yaml": "project: p\nas_of: 2026-09-30\ntimezone: UTC\ncurrency: EUR\nsources:\n  - {name: crm, profile: own.yaml, path: in/*, counts_as_revenue: true}\nidentity: {regions: [CN]}\noutput: {path: out}\n",
		"own.yaml":       absentProfile,
		"in/people.csv": "id,name,phone,gone,shared\n" +
			"1,王小明,13900000001,,\n2,王小明,13900000001,yes,\n" + // one of two records is left
			"3,李娜,13900000002,yes,\n" +
			"4,零售,13900000003,,yes\n" +
			"5,赵敏,13900000004,,\n",
		"in/orders.csv":   "no,buyer,at,amount\nA-1,2,2026-02-01,10\nA-2,3,2026-02-02,20\nA-3,4,2026-02-03,30\nA-4,5,2026-02-04,40\n",
		"in/consents.csv": "number,given\n13900000001,2026-01-01\n13900000002,2026-01-01\n13900000004,2026-01-01\n",
	})
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), "report")
	customer := map[string]string{} // by source_id
	for _, r := range pipetest.Table[schemas.IdentityMap](t, env, "identity_map") {
		customer[r.SourceID] = r.CustomerID
	}
	if len(customer) != 5 || customer["1"] != customer["2"] || customer["3"] == "" || customer["4"] == "" {
		t.Errorf("identity_map: %v", customer)
	}
	rows := map[string]bool{}
	for _, r := range pipetest.Table[schemas.Customer](t, env, "customers") {
		rows[r.CustomerID] = true
	}
	if len(rows) != 2 || !rows[customer["1"]] || !rows[customer["5"]] {
		t.Errorf("customers %v, want those of records 1 and 5 of %v", rows, customer)
	}
	want := map[string]string{"A-1": customer["1"], "A-2": "", "A-3": "", "A-4": customer["5"]}
	orders := pipetest.Table[schemas.OrderRow](t, env, "orders")
	for _, r := range orders {
		if number := filepath.Base(filepath.FromSlash(r.OrderKey[len("crm:order:"):])); r.CustomerID != want[number] {
			t.Errorf("order %s is of %q, want %q", number, r.CustomerID, want[number])
		}
	}
	if len(orders) != 4 {
		t.Errorf("%d orders, want all 4", len(orders))
	}
	consents := pipetest.Table[schemas.ConsentRow](t, env, "consents")
	for _, r := range consents {
		if r.CustomerID != "" && !rows[r.CustomerID] {
			t.Errorf("a consent is of %s, who is no customer", r.CustomerID)
		}
	}
	if len(consents) != 3 {
		t.Errorf("%d consents, want 3", len(consents))
	}
	reader, err := explain.Open(env.Layout.Out, false)
	if err != nil {
		t.Fatal(err)
	}
	if told, err := reader.Customer(t.Context(), customer["3"]); err != nil || !told.Absent || len(told.Records) != 1 {
		t.Errorf("explained: %+v, %v", told, err)
	}
	m, err := env.Manifest(identity.ClusterJob)
	if err != nil {
		t.Fatal(err)
	}
	if m.Counters["customers"] != 2 || m.Counters[identity.AbsentParties] != 2 {
		t.Errorf("counters: %v", m.Counters)
	}
}
