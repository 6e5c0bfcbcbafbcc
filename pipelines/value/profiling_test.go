package value_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/schemas"
)

// Ann objects to profiling by her phone, Ben to that of one platform, Cid says nothing. All
// bought the same.
const profilingConfig = `
project: invented
as_of: 2026-06-30
timezone: UTC
currency: CNY
sources:
  - {name: people, namespace: shop, path: people.csv, mapping: {record: party, key: id, fields: {full_name: name, phone: phone, email: email}}}
  - {name: sales, namespace: shop, path: sales.csv, mapping: {record: order, key: id, fields: {customer_ref: {column: person, object: party}, time: day, status: status, net: net}}}
  - {name: said, namespace: shop, path: said.csv, mapping: {record: consent, key: id, fields: {identifier_type: kind, identifier: value, purpose: purpose, channel: channel, status: status, time: day}}}
output: {path: out}
`

func TestAnObjectionToProfilingLeavesNoScore(t *testing.T) {
	dir := t.TempDir()
	var sales strings.Builder
	sales.WriteString("id,person,day,status,net\n")
	for _, person := range []string{"ann", "ben", "cid"} {
		for _, day := range []string{"2026-01-05", "2026-03-05", "2026-05-05"} {
			sales.WriteString(person + day + "," + person + "," + day + ",completed,100.00\n")
		}
	}
	pipetest.Write(t, dir, map[string]string{
		"tributary.yaml": profilingConfig,
		"people.csv":     "id,name,phone,email\nann,Ann Archer Lane,13900000071,ann@example.com\nben,Ben Bowman Hill,13900000072,ben@example.com\ncid,Cid Carver Mill,13900000073,cid@example.com\n",
		"sales.csv":      sales.String(),
		"said.csv":       "id,kind,value,purpose,channel,status,day\n1,phone,13900000071,profiling,,withdrawn,2026-02-01\n2,email,ben@example.com,profiling,ads_google,denied,2026-02-01\n",
	})
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), "value")
	names := map[string]string{}
	for _, row := range pipetest.Table[schemas.IdentityMap](t, env, "identity_map") {
		names[row.CustomerID] = row.SourceID
	}
	scored := map[string]int{}
	for _, c := range pipetest.Table[schemas.Customer](t, env, "customers") {
		name := names[c.CustomerID]
		if c.Orders != 3 {
			t.Errorf("%s has %d orders: facts are no profiling", name, c.Orders)
		}
		scores := c.RScore != nil || c.ABC != "" || c.RFMSegment != "" || c.CLV12m != nil || c.PAlive != nil || c.ChurnProbability != nil || c.ChurnBand != "" || c.ChurnState != "" ||
			c.ValueAtRisk != nil || c.NextOrderDay != nil || c.NextBestProduct != ""
		if scores != (name != "ann") {
			t.Errorf("%s: scores %v", name, scores)
		}
	}
	for _, row := range pipetest.Table[schemas.CustomerRFM](t, env, "customer_rfm") {
		scored[names[row.CustomerID]]++
	}
	for _, row := range pipetest.Table[schemas.CustomerCLV](t, env, "customer_clv") {
		scored[names[row.CustomerID]]++
	}
	for _, row := range pipetest.Table[schemas.CustomerChurn](t, env, "customer_churn") {
		scored[names[row.CustomerID]]++
	}
	for _, row := range pipetest.Table[schemas.CustomerSegment](t, env, "customer_segment") {
		switch row.Scheme {
		case "rfm", "rfm_cn", "abc", "churn", "value":
			scored[names[row.CustomerID]]++
		}
	}
	if scored["ann"] != 0 || scored["ben"] < 3 || scored["cid"] < 3 {
		t.Errorf("rows with scores: %v", scored)
	}
}
