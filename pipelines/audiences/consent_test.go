package audiences_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/audiences"
	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
)

// Two records of one customer share a number; the second has a number of its own, too.
const splitConfig = `
project: invented
as_of: 2026-06-30
timezone: UTC
currency: CNY
sources:
  - {name: people, namespace: shop, path: people.csv, mapping: {record: party, key: id, fields: {full_name: name, phone: [phone, second], email: email}}}
  - {name: sales, namespace: shop, path: sales.csv, mapping: {record: order, key: id, fields: {customer_ref: {column: person, object: party}, time: day, status: status, net: net}}}
  - {name: choices, path: consents.csv, mapping: {record: consent, key: id, fields: {identifier_type: kind, identifier: identifier, purpose: purpose, channel: channel, status: status, time: day}}}
identity: {decisions: decisions.csv}
rules: rules
output: {path: out}
`

const (
	sharedNumber = "+8613900000091"
	ownNumber    = "+8613900000092"
)

// shown are the lists that show a text, as AUDIENCE/PLATFORM/LIST.
func shown(t *testing.T, env *runs.Env, text string) (out []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(env.Layout.Dir(), "files", "*", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), text) {
			name, _ := filepath.Rel(filepath.Join(env.Layout.Dir(), "files"), path)
			name, _, _ = strings.Cut(filepath.ToSlash(name), ".")
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func TestOneWithdrawalRemovesTheNumberEverywhereAndForGood(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "tributary.yaml")
	base := map[string]string{
		"tributary.yaml": splitConfig,
		"people.csv": "id,name,phone,second,email\np1,Ada Lovelace Byron,13900000091,,ada@example.com\np2,Ada Lovelace Byron,13900000091,13900000092,ada@example.com\n" +
			"p3,Bob Bowman Hill,13900000093,,bob@example.com\n",
		"sales.csv":     "id,person,day,status,net\n1,p1,2026-05-01,completed,10.00\n2,p2,2026-05-02,completed,20.00\n3,p3,2026-05-03,completed,30.00\n",
		"rules/a.yaml":  "audience: {code: all, when: orders > 0, platforms: [sms, csv]}\n---\naudience: {code: some, when: revenue > 5, platforms: [sms]}\n",
		"decisions.csv": "left,right,decision\n",
	}
	consents := "id,kind,identifier,purpose,channel,status,day\n1,phone,13900000091,marketing,sms,granted,2026-01-01\n2,email,ada@example.com,marketing,email,granted,2026-01-01\n" +
		"3,phone,13900000093,marketing,sms,granted,2026-01-01\n"
	base["consents.csv"] = consents
	pipetest.Write(t, dir, base)
	first := pipetest.Run(t, file, "audiences")
	if diff := cmp.Diff([]string{"all/csv/add", "all/csv/full", "all/sms/add", "all/sms/full", "some/sms/add", "some/sms/full"}, shown(t, first, sharedNumber)); diff != "" {
		t.Error("granted: " + diff)
	}

	// The withdrawal of one SMS consent: the number is removed wherever it was, though its owner
	// stays on the list by e-mail.
	withdrawn := consents + "4,phone,13900000091,marketing,sms,withdrawn,2026-06-01\n"
	pipetest.Write(t, dir, map[string]string{"consents.csv": withdrawn})
	second := pipetest.Run(t, file, "audiences")
	if diff := cmp.Diff([]string{"all/csv/remove", "all/sms/remove", "some/sms/remove"}, shown(t, second, sharedNumber)); diff != "" {
		t.Error("withdrawn: " + diff)
	}
	if !slices.Contains(shown(t, second, "ada@example.com"), "all/csv/full") {
		t.Error("the e-mail address is gone with the number")
	}

	// One more purchase, and nothing else changes: the platforms have been told.
	pipetest.Write(t, dir, map[string]string{"sales.csv": base["sales.csv"] + "4,p3,2026-05-04,completed,1.00\n"})
	third := pipetest.Run(t, file, "audiences")
	if got := shown(t, third, sharedNumber); got != nil {
		t.Errorf("told once more: %v", got)
	}

	// The customer is split, and both parts keep the number. It stays out of both; the second
	// part's own number, newly granted, is in.
	pipetest.Write(t, dir, map[string]string{
		"decisions.csv": "left,right,decision\nshop:party:p1,shop:party:p2,different\n",
		"consents.csv":  withdrawn + "5,phone,13900000092,marketing,sms,granted,2026-06-15\n",
	})
	fourth := pipetest.Run(t, file, "audiences")
	customersOf := map[string]bool{}
	for _, row := range pipetest.Table[schemas.IdentityMap](t, fourth, "identity_map") {
		customersOf[row.CustomerID] = true
	}
	if len(customersOf) != 3 {
		t.Fatalf("%d customers after the split, want 3", len(customersOf))
	}
	if got := shown(t, fourth, sharedNumber); got != nil {
		t.Errorf("after the split the number is in %v", got)
	}
	// What one number refuses holds its whole owner on the channel.
	if got := shown(t, fourth, ownNumber); got != nil {
		t.Errorf("the number of a customer who withdrew is in %v", got)
	}
}

func TestWithoutAConsentSourceAudiencesAreEmptyWithCountedReasons(t *testing.T) {
	dir := t.TempDir()
	text := strings.Replace(splitConfig, "  - {name: choices, path: consents.csv, mapping: {record: consent, key: id, fields: {identifier_type: kind, identifier: identifier, purpose: purpose, channel: channel, status: status, time: day}}}\n", "", 1)
	pipetest.Write(t, dir, map[string]string{
		"tributary.yaml": text, "decisions.csv": "left,right,decision\n",
		"people.csv":   "id,name,phone,second,email\np1,Ada Lovelace Byron,13900000091,,ada@example.com\np2,Bob Bowman Hill,,,bob@example.com\n",
		"sales.csv":    "id,person,day,status,net\n1,p1,2026-05-01,completed,10.00\n2,p2,2026-05-02,completed,20.00\n",
		"rules/a.yaml": "audience: {code: all, when: orders > 0, platforms: [sms, email, csv, tencent, google, calls, oceanengine]}\n---\naudience: {code: one, when: revenue > 15, platforms: [email]}\n",
	})
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), "audiences")
	for _, row := range pipetest.Table[schemas.Audience](t, env, "audience") {
		if row.Members != 0 || row.Held != row.Matched || row.NoConsent+row.NoIdentifier != row.Matched {
			t.Errorf("%s for %s: %+v", row.Audience, row.Platform, row)
		}
		phone := row.Platform == "sms" || row.Platform == "tencent" || row.Platform == "calls" || row.Platform == "oceanengine"
		if want := int64(0); phone != (row.NoIdentifier == 1) || !phone && row.NoIdentifier != want {
			t.Errorf("%s: %d have nothing to match by", row.Platform, row.NoIdentifier)
		}
		if full := row.Platform != "google"; full != (row.Files == 1) { // below Google's minimum no list is written
			t.Errorf("%s: %d files", row.Platform, row.Files)
		}
	}
	for _, m := range pipetest.Table[schemas.AudienceMember](t, env, "audience_member") {
		if m.Status != audience.StatusHeld || m.HeldReason != audience.HeldNoConsent {
			t.Errorf("%+v", m)
		}
	}
}

// A dry run says, before anything is written, what the next run finds.
func TestDryRunTellsWhatARunWrites(t *testing.T) {
	dir := t.TempDir()
	file := company(t, dir, -1, "")
	first := pipetest.Run(t, file, "audiences")
	before := pipetest.Hashes(t, first)
	// Another rule, another control group, one more withdrawal; the runs share their customers.
	pipetest.Write(t, dir, map[string]string{"rules/audiences.yaml": `
audience: {code: buyers, when: orders > 0 && revenue >= 20, platforms: [csv, google, tencent], control: 0.2, priority: 2}
---
audience: {code: top, when: orders > 0, platforms: [email], limit: 10, priority: 1}
`})
	c, err := config.Load(file, config.Options{Lookup: os.LookupEnv})
	if err != nil {
		t.Fatal(err)
	}
	trial, err := audiences.DryRun(context.Background(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, pipetest.Hashes(t, first)); diff != "" {
		t.Errorf("a dry run has written: %s", diff)
	}
	second := pipetest.Run(t, file, "audiences")
	for _, e := range trial.Audiences {
		row := rowOf(t, second, e.Audience, e.Platform)
		got := [...]int64{e.Matched, e.Deliverable, e.Add, e.Remove, e.Control, e.AfterExclusions}
		want := [...]int64{row.Matched, row.Members, row.Added, row.Removed, row.Control, row.Members + row.Control + row.Capped}
		if row.TooSmall {
			want[5] = e.AfterExclusions
		}
		if got != want || e.TooSmall != row.TooSmall {
			t.Errorf("%s for %s: the dry run says %+v, the run %+v", e.Audience, e.Platform, e, row)
		}
		for _, step := range [][2]int64{{e.Matched, e.Identified}, {e.Identified, e.Consented}, {e.Consented, e.UnderCap}, {e.UnderCap, e.AfterExclusions}, {e.AfterExclusions, e.Deliverable}} {
			if step[0] < step[1] {
				t.Errorf("%s for %s: a step adds customers: %+v", e.Audience, e.Platform, e)
			}
		}
	}
	members := map[string]map[string]bool{}
	for _, m := range pipetest.Table[schemas.AudienceMember](t, second, "audience_member") {
		if members[m.Audience] == nil {
			members[m.Audience] = map[string]bool{}
		}
		if m.Status == audience.StatusMember {
			members[m.Audience][m.CustomerID] = true
		}
	}
	for _, o := range trial.Overlaps {
		both := int64(0)
		for id := range members[o.Audience] {
			if members[o.Other][id] {
				both++
			}
		}
		if both != o.Members {
			t.Errorf("%s and %s share %d members, the dry run says %d", o.Audience, o.Other, both, o.Members)
		}
	}
	if _, err := audiences.DryRun(context.Background(), c, []string{"toop"}); err == nil || !strings.Contains(err.Error(), `"top"`) {
		t.Errorf("an unknown audience: %v", err)
	}
}
