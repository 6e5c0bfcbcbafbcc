package audiences_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/audiences"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
)

const configText = `
project: invented
as_of: 2026-06-30
timezone: UTC
currency: CNY
sources:
  - {name: people, namespace: shop, path: people.csv, mapping: {record: party, key: id, fields: {given_name: given, family_name: family, email: email, phone: phone, country: country}}}
  - {name: sales, namespace: shop, path: sales.csv, mapping: {record: order, key: id, fields: {customer_ref: {column: person, object: party}, time: day, status: status, net: net}}}
  - {name: choices, path: consents.csv, mapping: {record: consent, key: id, fields: {identifier_type: kind, identifier: identifier, purpose: purpose, channel: channel, status: status, time: day}}}
rules: rules
suppression: suppression.csv
output: {path: out}
`

const rulesText = `
audience: {code: buyers, when: orders > 0, platforms: [csv, google], control: 0.1}
---
audience: {code: top, when: orders > 0, platforms: [email], limit: 10}
---
audience: {code: nobody, when: orders > 1000, platforms: [email]}
`

const people = 160

// suppressedHash is the SHA-256 of person2@example.com.
const suppressedHash = "e2a200cfd44d978ed24d94fde24085049e3d4b2e95cd893029cedaff65e591e1"

func email(i int) string { return fmt.Sprintf("person%d@example.com", i) }

// company writes people who each bought once, person i for 10+i, and what they consent to:
// all to e-mail and Google but every tenth, who says nothing; person 1 withdraws marketing,
// person 2 is suppressed by hash, person 3 everywhere.
func company(t *testing.T, dir string, without int, extraConsents string) string {
	var p, s, c strings.Builder
	p.WriteString("id,given,family,email,phone,country\n")
	s.WriteString("id,person,day,status,net\n")
	c.WriteString("id,kind,identifier,purpose,channel,status,day\n")
	for i := range people {
		if i == without {
			continue
		}
		given := fmt.Sprintf("Given%d", i)
		if i == 5 {
			given = "=HYPERLINK(1)"
		}
		fmt.Fprintf(&p, "p%d,%s,Family%d,%s,+8613900%06d,CN\n", i, given, i, email(i), i)
		fmt.Fprintf(&s, "o%d,p%d,2026-05-01,completed,%d.00\n", i, i, 10+i)
		if i%10 != 0 {
			fmt.Fprintf(&c, "m%d,email,%s,marketing,email,granted,2026-01-01\ng%d,email,%s,share_ads,ads_google,granted,2026-01-01\n", i, email(i), i, email(i))
		}
	}
	fmt.Fprintf(&c, "w1,email,%s,marketing,email,withdrawn,2026-02-01\n%s", email(1), extraConsents)
	pipetest.Write(t, dir, map[string]string{
		"tributary.yaml": configText, "people.csv": p.String(), "sales.csv": s.String(), "consents.csv": c.String(), "rules/audiences.yaml": rulesText,
		"suppression.csv": "identifier_type,identifier,channel,reason,since\nemail_sha256," + suppressedHash + ",ads_google,,\nemail,person3@example.com,all,erasure,2026-01-01\n",
	})
	return filepath.Join(dir, "tributary.yaml")
}

// customers gives the number of every invented person by customer_id.
func customers(t *testing.T, env *runs.Env) map[string]int {
	out := map[string]int{}
	for _, row := range pipetest.Table[schemas.IdentityMap](t, env, "identity_map") {
		var i int
		if _, err := fmt.Sscanf(row.SourceID, "p%d", &i); err == nil {
			out[row.CustomerID] = i
		}
	}
	return out
}

func lines(t *testing.T, env *runs.Env, name string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join(env.Layout.Dir(), "files", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func rowOf(t *testing.T, env *runs.Env, code, platform string) schemas.Audience {
	t.Helper()
	for _, row := range pipetest.Table[schemas.Audience](t, env, "audience") {
		if row.Audience == code && row.Platform == platform {
			return row
		}
	}
	t.Fatalf("no row of %s for %s", code, platform)
	return schemas.Audience{}
}

func TestWhoIsExportedAndWhoIsHeldBack(t *testing.T) {
	dir := t.TempDir()
	env := pipetest.Run(t, company(t, dir, -1, ""), "audiences")
	who := customers(t, env)
	want := map[string]int{}
	var members int64
	for _, row := range pipetest.Table[schemas.AudienceMember](t, env, "audience_member") {
		if row.Status == audience.StatusMember {
			members++
		}
		if row.Audience != "buyers" {
			continue
		}
		i := who[row.CustomerID]
		control := audience.InControl("buyers", row.CustomerID, 0.1)
		status := row.Status + " " + row.HeldReason
		switch {
		case i == 3: // suppression counts before the control group
			want["held suppressed"]++
			if status != "held suppressed" {
				t.Errorf("person 3: %s", status)
			}
		case i%10 == 0 && status != "held no_consent" && !control:
			t.Errorf("person %d said nothing: %s", i, status)
		case i%10 != 0 && control != (status == "held control") && i != 1:
			t.Errorf("person %d, in control %v: %s", i, control, status)
		}
	}
	csvRow, google := rowOf(t, env, "buyers", "csv"), rowOf(t, env, "buyers", "google")
	if csvRow.Matched != people || csvRow.Members+csvRow.Held != people || csvRow.Added != csvRow.Members || csvRow.Control == 0 || csvRow.Files != 2 {
		t.Errorf("csv: %+v", csvRow)
	}
	if google.Members < 100 || google.NoConsent != people/10 || google.TooSmall {
		t.Errorf("google: %+v", google)
	}
	full := lines(t, env, "buyers/csv/full.csv")
	if int64(len(full)-1) != csvRow.Members {
		t.Errorf("%d lines, %d members", len(full)-1, csvRow.Members)
	}
	seen := map[int]bool{}
	for _, line := range full[1:] {
		i := who[line[0]]
		seen[i] = true
		if line[3] != email(i) || line[4] != "" { // nobody consented to calls or messages
			t.Errorf("line of person %d: %v", i, line[3:])
		}
		if i == 5 && line[1] != "'=HYPERLINK(1)" {
			t.Errorf("a formula leaves: %q", line[1])
		}
	}
	if seen[1] || seen[3] || seen[10] {
		t.Error("one who withdrew, is suppressed or said nothing is in the file")
	}
	hashed := lines(t, env, "buyers/google/full.csv")
	if n := len(hashed) - 1; int64(n) != google.Members {
		t.Errorf("google: %d lines, %d members", n, google.Members)
	}
	for _, line := range hashed[1:] {
		if line[0] == suppressedHash || len(line[0]) != 64 || line[1] != "" {
			t.Errorf("google: %v", line)
		}
	}
	top := rowOf(t, env, "top", "email")
	if top.Members != 10 || top.Capped == 0 {
		t.Errorf("top: %+v", top)
	}
	if none := rowOf(t, env, "nobody", "email"); none.Matched != 0 || len(lines(t, env, "nobody/email/full.csv")) != 1 {
		t.Errorf("nobody: %+v", none)
	}
	m, err := env.Manifest(audiences.JobName)
	if err != nil {
		t.Fatal(err)
	}
	if m.Counters[audiences.MembersCounter] != members || len(m.Small) == 0 {
		t.Errorf("counter %d, %d members; %d files in the manifest", m.Counters[audiences.MembersCounter], members, len(m.Small))
	}
}

func TestTheNextRunAddsAndRemoves(t *testing.T) {
	dir := t.TempDir()
	first := pipetest.Run(t, company(t, dir, 7, ""), "audiences")
	who := customers(t, first)
	was := map[int]bool{}
	for _, line := range lines(t, first, "buyers/csv/full.csv")[1:] {
		was[who[line[0]]] = true
	}
	// Person 7 appears, persons 11 and 12 withdraw, person 13 is erased from the exports.
	company(t, dir, 13, fmt.Sprintf("w11,email,%s,marketing,,withdrawn,2026-06-01\nw12,email,%s,marketing,email,withdrawn,2026-06-01\n", email(11), email(12)))
	second := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), "audiences")
	for id, i := range customers(t, second) {
		who[id] = i // beside those of the first run: one is gone
	}
	is, added, removed := map[int]bool{}, map[int]bool{}, map[int]bool{}
	read := func(name string, into map[int]bool) {
		if _, err := os.Stat(filepath.Join(second.Layout.Dir(), "files", name)); err != nil {
			return
		}
		for _, line := range lines(t, second, name)[1:] {
			into[who[line[0]]] = true
		}
	}
	read("buyers/csv/full.csv", is)
	read("buyers/csv/add.csv", added)
	read("buyers/csv/remove.csv", removed)
	wantAdded, wantRemoved := map[int]bool{}, map[int]bool{}
	for i := range people {
		if is[i] && !was[i] {
			wantAdded[i] = true
		}
		if was[i] && !is[i] { // of the erased nothing but the id is known any more
			wantRemoved[i] = true
		}
	}
	if diff := cmp.Diff(wantAdded, added) + cmp.Diff(wantRemoved, removed); diff != "" {
		t.Error(diff)
	}
	if is[11] || is[12] || is[13] {
		t.Error("one who withdrew or was erased is still a member")
	}
	row := rowOf(t, second, "buyers", "csv")
	if row.Removed != int64(len(wantRemoved)) || row.Added != int64(len(wantAdded)) {
		t.Errorf("%+v, want %d added and %d removed", row, len(wantAdded), len(wantRemoved))
	}
}

func TestTheSameBytesAgainAndAfterTheManifestIsLost(t *testing.T) {
	dir := t.TempDir()
	env := pipetest.Run(t, company(t, dir, -1, ""), "audiences")
	want := pipetest.Hashes(t, env)
	if err := os.Remove(env.Layout.Manifest(audiences.JobName)); err != nil {
		t.Fatal(err)
	}
	pipetest.Stages(t, env, "audiences")
	if diff := cmp.Diff(want, pipetest.Hashes(t, env)); diff != "" {
		t.Error(diff)
	}
}
