package identity_test

import (
	"path/filepath"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/schemas"
)

const cleanConfig = `project: clean
as_of: 2026-01-31
timezone: UTC
currency: EUR
output: {path: out}
sources:
  - {name: crm, clean: true, path: crm.csv, mapping: {record: party, key: id, fields: {full_name: name, email: mail, phone: phone, birth_date: born}}}
  - {name: shop, path: shop.csv, mapping: {record: party, key: id, fields: {full_name: name, email: mail, phone: phone, birth_date: born}}}
`

// Of a source that promises one record for each party no two records become one customer,
// though they share name, phone and birth date; records of other sources join them.
func TestRecordsOfACleanSourceStayApart(t *testing.T) {
	t.Setenv("TRIBUTARY_SALT", "a salt for tests")
	dir := t.TempDir()
	pipetest.Write(t, dir, map[string]string{
		"clean.yaml": cleanConfig,
		"crm.csv":    "id,name,mail,phone,born\n1,Ada Example,ada@example.com,+4915100000001,1980-02-03\n2,Ada Example,ada.example@example.com,+4915100000001,1980-02-03\n3,Lin Muster,lin@example.com,,\n",
		"shop.csv":   "id,name,mail,phone,born\nA,Ada Example,ada@example.com,,\nB,Lin Muster,lin@example.com,,\nC,Lin Muster,lin@example.com,,\n",
	})
	env := pipetest.Run(t, filepath.Join(dir, "clean.yaml"), "identity")
	customer := map[string]string{}
	for _, r := range pipetest.Table[schemas.IdentityMap](t, env, "identity_map") {
		customer[r.Source+r.SourceID] = r.CustomerID
	}
	if customer["crm1"] == customer["crm2"] {
		t.Error("two records of a clean source are one customer")
	}
	if customer["shopA"] != customer["crm1"] {
		t.Error("a record of another source did not join the one whose e-mail it has")
	}
	if customer["crm3"] != customer["shopB"] || customer["shopB"] != customer["shopC"] {
		t.Error("records of a source without that promise did not join")
	}
	refused := 0
	for _, r := range pipetest.Table[schemas.IdentityConflict](t, env, "identity_conflict") {
		if r.Reason == "single_valued_id" {
			refused++
		}
	}
	if refused == 0 {
		t.Error("identity_conflict does not say what was refused")
	}
}
