package source

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// readText reads a file's text with a profile and returns what the golden files would hold.
func readText(t *testing.T, profile, name, text string) string {
	t.Helper()
	s, err := Compile(Spec{Name: "test", ProfileName: "test", Profile: profile, Regions: []string{"CN"}, Timezone: "Asia/Shanghai", Currency: "CNY"})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	renderSample(t, s, path, &out)
	return out.String()
}

const formProfile = `
system: form
name: {en: Form, zh: 表单}
layouts:
  - name: answers
    header: [id, phone]
    records:
      - {record: party, object: lead, as: lead, derived: true, fields: {phone: phone}}
      - record: trait
        each_column: ".*"
        except: [note]
        split: "┋"
        key: [id, "#column", "#value"]
        fields: {customer_ref: {party: lead}, name: "#column", value: "#value"}
      - {record: interaction, key: id, fields: {kind: {const: survey}, time: when, customer_ref: {party: lead}}}
`

// Every answer of a form is a trait; columns that the profile reads, or leaves out, are none,
// and an empty answer or one of nobody is none.
func TestEachColumnIsATraitForEveryAnswer(t *testing.T) {
	got := readText(t, formProfile, "form.csv", "id,phone,when,Which room?,note,Budget\n1,13900001111,2026-01-02,kitchen┋bath,x,(跳过)\n2,139****1111,2026-01-03,attic,,900\n")
	if n := strings.Count(got, `{"trait":`); n != 2 {
		t.Errorf("%d traits, expected kitchen and bath:\n%s", n, got)
	}
	for _, want := range []string{`1|Which room?|kitchen`, `1|Which room?|bath`} {
		if !strings.Contains(got, want) {
			t.Errorf("no trait %s:\n%s", want, got)
		}
	}
}

// Contact data in a question that the profile does not know never become traits, which have no
// access control of their own; they are counted.
func TestContactDataInAnswersAreNoTraits(t *testing.T) {
	got := readText(t, formProfile, "form.csv", "id,phone,when,Your WhatsApp,Your mail,Budget\n1,13900001111,2026-01-02,+86 139-0000-1112,someone@example.cn,20000\n")
	if n := strings.Count(got, `{"trait":`); n != 1 || !strings.Contains(got, `"value": "20000"`) {
		t.Errorf("%d traits, expected the budget alone:\n%s", n, got)
	}
	if !strings.Contains(got, `"Your WhatsApp|contact_data":1`) || !strings.Contains(got, `"Your mail|contact_data":1`) {
		t.Errorf("what is left out is not counted:\n%s", got)
	}
}

const nestedProfile = `
system: nested
name: {en: Nested, zh: 嵌套}
layouts:
  - name: contacts
    header: [id]
    json: [extra]
    records:
      - {record: party, object: contact, as: c, key: id, fields: {full_name: {cases: [{when: {nick: present}, column: nick}, {column: name}]}}}
      - record: trait
        each: staff.tags
        key: [id, staff.user, staff.tags.name]
        fields: {customer_ref: {party: c}, name: {const: tag}, value: staff.tags.name, time: {column: staff.at, format: epoch_s}}
      - record: trait
        each_column: "^extra\\."
        key: [id, "#column"]
        fields: {customer_ref: {party: c}, name: "#column", value: "#value"}
`

// An array within an array keeps the values of the outer element, JSON within a text is read,
// and a null in the preferred column of a case is not taken for a name.
func TestNestedJSON(t *testing.T) {
	got := readText(t, nestedProfile, "nested.json", `[{"id":"7","name":"李雷","nick":"","extra":"{\"room\":\"attic\"}",
		"staff":[{"user":"a","at":1700000000,"tags":[{"name":"x"},{"name":"y"}]},{"user":"b","at":1700000001,"tags":[{"name":"z"}]}]}]`)
	for _, want := range []string{"7|a|x", "7|a|y", "7|b|z", `"name": "extra.room"`, `"full_name": "李雷"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing:\n%s", want, got)
		}
	}
	if strings.Contains(got, "7|b|x") || strings.Contains(got, "7|a|z") {
		t.Errorf("a tag went to the wrong employee:\n%s", got)
	}
}

const conditionProfile = `
system: shop
name: {en: Shop, zh: 店}
layouts:
  - name: orders
    header: [no, buyer, receiver]
    null_values: ["~"]
    records:
      - {record: party, object: buyer, as: buyer, derived: true, when: {buyer: present}, fields: {phone: buyer}}
      - {record: party, object: recipient, derived: true, when: {receiver: {differs: buyer}}, fields: {role: {const: recipient}, phone: receiver}}
      - {record: order_line, key: [no, "variant?"], fields: {order_id: no}}
`

// A null value of the layout counts as empty in conditions, differs compares two cells, and a
// part of a key may be empty where the profile says so.
func TestConditionsAndOptionalKeys(t *testing.T) {
	got := readText(t, conditionProfile, "orders.csv", "no,buyer,receiver,variant\n1,13900001111,13900001111,red\n2,13900001111,13900002222,\n3,~,~,\n")
	if n := strings.Count(got, `:recipient:`); n != 1 {
		t.Errorf("%d recipients, expected the one of order 2:\n%s", n, got)
	}
	for _, want := range []string{`:1|red"`, `:2|"`, `:3|"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no line %s:\n%s", want, got)
		}
	}
}
