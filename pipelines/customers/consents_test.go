package customers_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/schemas"
)

// Ada and Bo share a phone and an e-mail address that names neither; nobody has the last address.
const (
	consentConfig = `
project: invented
as_of: 2026-06-30
timezone: UTC
currency: CNY
sources:
  - {name: people, namespace: crm, path: people.csv, mapping: {record: party, key: id, fields: {full_name: name, phone: phone, email: email, id.openid: openid}}}
  - {name: said, namespace: crm, path: said.csv, mapping: {record: consent, key: id, fields: {identifier_type: kind, identifier: value, customer_ref: {column: person, object: party}, purpose: purpose, channel: channel, status: status, time: day}}}
output: {path: out}
`
	consentPeople = `id,name,phone,email,openid
ada,Ada Lovelace Byron,13900000041,home@example.com,op-1
bo,Wang Xiaobo,13900000041,home@example.com,op-2
`
	consentSaid = `id,kind,value,person,purpose,channel,status,day
1,phone,13900000041,,marketing,sms,granted,2026-01-01
2,email,home@example.com,ada,marketing,email,granted,2026-01-01
3,email,home@example.com,bo,marketing,email,withdrawn,2026-02-01
4,email,gone@example.com,,marketing,email,granted,2026-01-01
5,email,gone@example.com,,marketing,email,withdrawn,2026-03-01
6,email,gone@example.com,,marketing,email|sms,granted,2026-03-01
7,,,ada,profiling,,granted,2026-01-01
8,openid,op-2,,marketing,wechat,denied,2026-01-01
9,phone,13900000041,,marketing,sms,withdrawn,2026-07-01
`
)

func TestEveryHolderOfAnIdentifierHasItsConsentOnce(t *testing.T) {
	dir := t.TempDir()
	pipetest.Write(t, dir, map[string]string{"tributary.yaml": consentConfig, "people.csv": consentPeople, "said.csv": consentSaid})
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), "customers")
	names := map[string]string{"": "nobody"}
	for _, row := range pipetest.Table[schemas.IdentityMap](t, env, "identity_map") {
		names[row.CustomerID] = row.SourceID
	}
	if len(names) != 3 {
		t.Fatalf("%d customers, want Ada and Bo apart", len(names)-1)
	}
	var got []string
	keys := map[string]bool{}
	for _, row := range pipetest.Table[schemas.ConsentRow](t, env, "consents") {
		got = append(got, fmt.Sprintf("%s %s:%s %s %s %s", names[row.CustomerID], row.IdentifierType, row.Identifier, row.Purpose, row.Channel, row.Status))
		if keys[row.Key] {
			t.Errorf("key %s is there twice", row.Key)
		}
		keys[row.Key] = true
	}
	slices.Sort(got)
	want := []string{
		"ada customer:crm:party:ada profiling  granted",
		"ada email:home@example.com marketing email withdrawn", // what Bo withdrew is the address
		"ada phone:+8613900000041 marketing sms granted",       // what is said after as_of is not seen
		"bo email:home@example.com marketing email withdrawn",
		"bo openid:op-2 marketing wechat denied",
		"bo phone:+8613900000041 marketing sms granted",
		"nobody email:gone@example.com marketing email withdrawn",
		"nobody email:gone@example.com marketing email|sms granted",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
