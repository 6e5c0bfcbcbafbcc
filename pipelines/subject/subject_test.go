package subject

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/schemas"
)

const subjectConfig = `
project: invented
as_of: 2026-06-30
timezone: UTC
currency: CNY
sources:
  - {name: people, namespace: shop, path: people.csv, mapping: {record: party, key: id, fields: {full_name: name, phone: phone, email: email, text.note: note}}}
  - {name: sales, namespace: shop, path: sales.csv, mapping: {record: order, key: id, fields: {customer_ref: {column: person, object: party}, time: day, status: status, net: net}}}
  - {name: tickets, namespace: shop, path: tickets.csv, mapping: {record: interaction, key: id, fields: {customer_ref: {column: person, object: party}, kind: kind, time: day, subject: subject, text: text}}}
  - {name: said, namespace: shop, path: said.csv, mapping: {record: consent, key: id, fields: {identifier_type: kind, identifier: value, purpose: purpose, channel: channel, status: status, time: day}}}
rules: rules
suppression: suppression.csv
output: {path: out}
`

// company is Ann with two records, a purchase, a letter and consents, and Bob, who shares nothing
// with her. Every value of hers holds "ann" or is listed.
func company(t *testing.T) string {
	dir := t.TempDir()
	pipetest.Write(t, dir, map[string]string{
		"tributary.yaml": subjectConfig,
		"people.csv":     "id,name,phone,email,note\na1,Ann Archer Lane,13900000081,ann@example.com,ann-note-one\na2,Ann Archer Lane,13900000081,ann@example.com,ann-note-two\nb1,Bob Bowman Hill,13900000082,bob@example.com,bob-note\n",
		"sales.csv":      "id,person,day,status,net\nann-order,a1,2026-05-01,completed,123.45\nbob-order,b1,2026-05-02,completed,99.99\n",
		"tickets.csv":    "id,person,kind,day,subject,text\nann-ticket,a2,ticket,2026-05-03,ann-subject,ann-letter <b>&amp;\nbob-ticket,b1,ticket,2026-05-03,bob-subject,bob-letter\n",
		"said.csv":       "id,kind,value,purpose,channel,status,day\nann-grant,email,ann@example.com,marketing,email,granted,2026-01-01\nbob-grant,email,bob@example.com,marketing,email,granted,2026-01-01\n",
		"rules/a.yaml":   "audience: {code: buyers, when: orders > 0, platforms: [email], control: 0.000001}\n",
		"suppression.csv": "identifier_type,identifier,channel,reason,since\n" +
			"phone,13900000081,sms,complaint,2026-01-01\n",
	})
	pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), "report")
	return dir
}

func gathered(t *testing.T, dir, id string) (*Export, string) {
	t.Helper()
	c, err := config.Load(filepath.Join(dir, "tributary.yaml"), config.Options{Lookup: os.LookupEnv})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Gather(context.Background(), c, id)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := e.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	return e, text.String()
}

func TestEverythingOfOnePersonAndNothingOfAnother(t *testing.T) {
	dir := company(t)
	e, text := gathered(t, dir, "people/a2")
	for _, hers := range []string{
		"Ann Archer Lane", "+8613900000081", "ann@example.com", "ann-note-one", "ann-note-two", "shop:order:ann-order", "123.45", "ann-subject", "ann-letter <b>&amp;", "ann-grant",
		`"audience": "buyers"`, `"platform": "email"`,
	} {
		if !strings.Contains(text, hers) {
			t.Errorf("%q is not in the export", hers)
		}
	}
	if strings.Contains(strings.ToLower(text), "bob") || strings.Contains(text, "13900000082") || strings.Contains(text, "99.99") {
		t.Error("another person's data are in the export")
	}
	var has []string
	for _, table := range e.Tables {
		has = append(has, table.Name)
	}
	for _, want := range []string{
		"customers", "customer_rfm", "customer_clv", "customer_churn", "customer_segment", "consents", "audience_member", "records/audience_told", "records/audience_exposed", "orders",
		"interactions", "restricted/interaction_text", "touchpoints", "identity_map", "records/party", "records/order", "records/interaction", "records/consent",
	} {
		if !slices.Contains(has, want) {
			t.Errorf("nothing of %s; there is %v", want, has)
		}
	}
	if !slices.Equal(e.Suppressed, []string{"sms"}) {
		t.Errorf("suppressed on %v", e.Suppressed)
	}
	var back map[string]any
	if err := json.Unmarshal([]byte(text), &back); err != nil {
		t.Error(err)
	}
	paths, err := e.Save(filepath.Join(dir, "answer"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	page, err := os.ReadFile(paths[1])
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "ann-letter &lt;b&gt;&amp;amp;") || strings.Contains(string(page), "<b>") || strings.Contains(string(page), "http") {
		t.Error("the page runs what a person wrote, or loads something")
	}
	again, same := gathered(t, dir, e.CustomerID)
	if same != text || again.Rows() != e.Rows() {
		t.Error("the same person twice, two exports")
	}
}

func TestNobodyHasNoExport(t *testing.T) {
	dir := company(t)
	c, err := config.Load(filepath.Join(dir, "tributary.yaml"), config.Options{Lookup: os.LookupEnv})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"c_nobody", "people/zz", "peple/a1", ""} {
		if _, err := Gather(context.Background(), c, id); err == nil {
			t.Errorf("%q has an export", id)
		}
	}
}

// A table that is added later must be looked through, too, or named among those that hold
// nothing on a person.
func TestEveryTableAndKindOfRecordIsLookedThrough(t *testing.T) {
	known := map[string]bool{}
	for _, s := range sources {
		known[s.name] = true
	}
	for _, table := range schemas.Tables() {
		if !known[table.Name] && nobodys[table.Name] == "" {
			t.Errorf("table %s is not looked through: add it to sources or, with a reason, to nobodys", table.Name)
		}
		if known[table.Name] && nobodys[table.Name] != "" {
			t.Errorf("table %s is both", table.Name)
		}
	}
	for _, kind := range []string{
		schemas.KindParty, schemas.KindTrait, schemas.KindOrder, schemas.KindOrderLine, schemas.KindOpportunity, schemas.KindSubscription, schemas.KindLoyaltyEvent,
		schemas.KindInteraction, schemas.KindBehaviour, schemas.KindConsent,
	} {
		if !known["records/"+kind] {
			t.Errorf("records of kind %s are not looked through", kind)
		}
	}
}
