package identity_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
)

const stage = "identity"

const linden = `
project: invented
as_of: AS_OF
timezone: UTC
currency: EUR
sources:
  - name: crm
    path: crm/*.csv
    mapping: {record: party, key: id, fields: {kind: kind, full_name: name, phone: phone, email: email, id.loyalty: card, customer_ref: {column: shop, namespace: shop, object: party}}}
  - name: shop
    path: shop/*.csv
    mapping: {record: party, key: id, fields: {full_name: name, phone: phone, email: email, id.loyalty: card}}
  - name: consents
    path: consents.csv
    mapping: {record: consent, key: id, fields: {identifier_type: type, identifier: value, purpose: {const: marketing}, status: status, time: at}}
identity: {regions: [CN, GB], single_valued: [id.loyalty], decisions: decisions.csv, max_shared: 4}
output: {path: out}
`

// company is an invented business whose exports a test changes between runs.
type company struct {
	t    *testing.T
	dir  string
	day  int
	crm  map[string]string // id -> rest of the row
	shop map[string]string
	// decisions are rows left,right,decision.
	decisions []string
	// backwards writes the rows in the other order and to other files.
	backwards bool
	env       *runs.Env
}

func newCompany(t *testing.T) *company {
	return &company{
		t: t, dir: t.TempDir(),
		crm: map[string]string{
			"1": "person,Nora Moss,+44 7700 900301,nora.moss@example.com,,",
			"2": "person,Paul Moss,+44 7700 900301,,,", // shares his wife's phone
			"3": "person,李小雨,13900000031,,,",
			"4": "organization,Südlicht Möbelwerk GmbH,+44 7700 900305,info@sudlicht.example,,",
			"5": "person,Jana Groß,+44 7700 900305,info@sudlicht.example,,", // her employer's number and mailbox
			"6": "person,,,,7001,",
			"7": "person,周建国,13900000035,,7002,",
			"8": "person,周建国,13900000035,,7003,", // father and son, two cards
			"9": "person,Ada Brook,,,,u5",
		},
		shop: map[string]string{
			"u1": "\"MOSS, Nora\",,Nora.Moss@EXAMPLE.com,",
			"u2": "Li Xiaoyu,139 0000 0031,,",
			"u3": ",13900000032,,",
			"u4": "N.N.,138****0031,test@test.com,7001",
			"u5": "A. B.,,,",
		},
	}
}

// run writes the exports, takes the next run through ingest and identity and returns the
// customer of every record.
func (c *company) run() map[string]string {
	c.t.Helper()
	c.day++
	files := map[string]string{
		"tributary.yaml": strings.Replace(linden, "AS_OF", fmt.Sprintf("2026-06-%02d", c.day), 1),
		"decisions.csv":  "left,right,decision\n" + strings.Join(c.decisions, "\n") + "\n",
		"consents.csv":   "id,type,value,status,at\n1,email,nora.moss@example.com,granted,2026-01-01\n2,phone,+44 7700 900301,withdrawn,2026-01-02\n3,email,ann.other@example.com,granted,2026-01-03\n",
	}
	crm, shop := "id,kind,name,phone,email,card,shop\n", "id,name,phone,email,card\n"
	if c.backwards {
		ids := sorted(c.crm)
		half := len(ids) / 2
		files["crm/b.csv"] = crm + c.rows(c.crm, ids[:half])
		files["crm/a.csv"] = crm + c.rows(c.crm, ids[half:])
	} else {
		files["crm/people.csv"] = crm + c.rows(c.crm, sorted(c.crm))
	}
	files["shop/users.csv"] = shop + c.rows(c.shop, sorted(c.shop))
	pipetest.Write(c.t, c.dir, files)
	c.env = pipetest.Run(c.t, filepath.Join(c.dir, "tributary.yaml"), stage)
	return c.customers()
}

func (c *company) rows(table map[string]string, ids []string) string {
	if c.backwards {
		slices.Reverse(ids)
	}
	var b strings.Builder
	for _, id := range ids {
		fmt.Fprintf(&b, "%s,%s\n", id, table[id])
	}
	return b.String()
}

func sorted(table map[string]string) []string {
	var ids []string
	for id := range table {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (c *company) customers() map[string]string {
	out := map[string]string{}
	for _, row := range pipetest.Table[schemas.IdentityMap](c.t, c.env, "identity_map") {
		out[row.Source+" "+row.SourceID] = row.CustomerID
	}
	return out
}

// events are this run's, as text without ids.
func (c *company) events() []string {
	var out []string
	for _, e := range pipetest.Table[schemas.IdentityEvent](c.t, c.env, "identity_event") {
		if e.RunID == c.env.Layout.RunID {
			out = append(out, strings.TrimSpace(e.Event+" "+e.Record))
		}
	}
	return out
}

func (c *company) redirects() map[string]string {
	out := map[string]string{}
	for _, r := range pipetest.Table[schemas.CustomerIDRedirect](c.t, c.env, "customer_id_redirect") {
		out[r.OldCustomerID] = r.CustomerID
	}
	return out
}

// clusters are the records that are one customer, smallest first.
func clusters(customers map[string]string) [][]string {
	byID := map[string][]string{}
	for record, id := range customers {
		byID[id] = append(byID[id], record)
	}
	var out [][]string
	for _, records := range byID {
		slices.Sort(records)
		out = append(out, records)
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

func TestRecordsOfOnePersonMeetAndOthersDoNot(t *testing.T) {
	c := newCompany(t)
	got := clusters(c.run())
	want := [][]string{
		{"crm 1", "shop u1"}, {"crm 2"}, {"crm 3", "shop u2"}, {"crm 4"}, {"crm 5"}, {"crm 6", "shop u4"}, {"crm 7"}, {"crm 8"}, {"crm 9", "shop u5"}, {"shop u3"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	rules := map[string]string{}
	for _, row := range pipetest.Table[schemas.IdentityMap](t, c.env, "identity_map") {
		rules[row.Source+" "+row.SourceID] = row.Rule
	}
	for record, want := range map[string]string{"crm 1": "email", "shop u2": "phone", "shop u4": "id.loyalty", "crm 9": "reference", "crm 2": ""} {
		if rules[record] != want {
			t.Errorf("%s is in its customer by rule %q, want %q", record, rules[record], want)
		}
	}
	reasons := map[string]string{}
	for _, x := range pipetest.Table[schemas.IdentityConflict](t, c.env, "identity_conflict") {
		refs := []string{x.LeftRef, x.RightRef}
		slices.Sort(refs)
		values := []string{x.LeftValue, x.RightValue}
		slices.Sort(values)
		reasons[strings.Join(refs, " ")] = x.Reason + " " + strings.Join(values, "/")
	}
	wantReasons := map[string]string{
		"crm:party:1 crm:party:2": "given_names_contradict Nora Moss/Paul Moss",
		"crm:party:7 crm:party:8": "single_valued_id loyalty=7002/loyalty=7003",
	}
	if diff := cmp.Diff(wantReasons, reasons); diff != "" {
		t.Error(diff)
	}
}

func TestConsentsReachEveryHolderOfTheirIdentifier(t *testing.T) {
	c := newCompany(t)
	c.run()
	counts := map[string]int{}
	for _, link := range pipetest.Table[identity.ConsentLink](t, c.env, "records/consent_link") {
		if link.Ordinal < 0 {
			counts[link.Key+" nobody"]++
		} else {
			counts[link.Key]++
		}
	}
	if diff := cmp.Diff(map[string]int{"1": 2, "2": 2, "3 nobody": 1}, counts); diff != "" {
		t.Error(diff)
	}
}

func TestIDsThroughMergesSplitsDeletionsAndDecisions(t *testing.T) {
	c := newCompany(t)
	first := c.run()
	created := pipetest.Table[schemas.IdentityEvent](t, c.env, "identity_event")
	if len(created) != len(clusters(first)) || len(c.redirects()) != 0 {
		t.Errorf("first run: %d events, %d redirects", len(created), len(c.redirects()))
	}

	// A new record brings two customers together, one is deleted, people decide twice.
	c.crm["10"] = "person,Ada Brook,13900000032,,,u5" // the shop's u3 by phone, u5 by reference
	delete(c.crm, "2")
	c.decisions = []string{"crm:party:1,shop:party:u1,different", "crm:party:7,crm:party:8,same", "crm:party:404,crm:party:1,same"}
	second := c.run()
	want := [][]string{
		{"crm 1"}, {"crm 10", "crm 9", "shop u3", "shop u5"}, {"crm 3", "shop u2"}, {"crm 4"}, {"crm 5"}, {"crm 6", "shop u4"}, {"crm 7", "crm 8"}, {"shop u1"},
	}
	if diff := cmp.Diff(want, clusters(second)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"merged", "merged", "retired", "split shop:party:u1"}, c.events()); diff != "" {
		t.Error(diff)
	}
	for _, record := range []string{"crm 3", "shop u2", "crm 4", "crm 5", "crm 6", "crm 9", "shop u5", "crm 1"} {
		if second[record] != first[record] {
			t.Errorf("%s went from %s to %s", record, first[record], second[record])
		}
	}
	if target := c.redirects()[first["crm 2"]]; target != "" {
		t.Errorf("the deleted customer leads to %s", target)
	}

	// The decisions are taken back: what was split is one again, and the reverse.
	c.decisions = nil
	third := c.run()
	redirects := c.redirects()
	if third["shop u1"] != first["shop u1"] || redirects[second["shop u1"]] != first["shop u1"] {
		t.Errorf("u1: %s, %s, %s, redirects %v", first["shop u1"], second["shop u1"], third["shop u1"], redirects)
	}
	if third["crm 7"] == third["crm 8"] {
		t.Error("7 and 8 have two cards and are one customer")
	}
	if diff := cmp.Diff([]string{"merged", "split"}, kinds(c.events())); diff != "" {
		t.Error(diff)
	}

	// Every id that was ever given out is current, leads to a current one, or is retired.
	current := map[string]bool{}
	for _, id := range third {
		current[id] = true
	}
	for _, run := range []map[string]string{first, second, third} {
		for record, id := range run {
			target, redirected := redirects[id]
			if current[id] == redirected || target != "" && !current[target] {
				t.Errorf("%s once had %s: current %v, leads to %q", record, id, current[id], target)
			}
		}
	}
	// Events of all runs are carried over.
	byRun := map[string]int{}
	for _, e := range pipetest.Table[schemas.IdentityEvent](t, c.env, "identity_event") {
		byRun[e.RunID]++
	}
	if len(byRun) != 3 {
		t.Errorf("events by run: %v", byRun)
	}
}

// kinds of events, each once.
func kinds(events []string) []string {
	var out []string
	for _, e := range events {
		kind, _, _ := strings.Cut(e, " ")
		out = append(out, kind)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestTheSameHistoryGivesTheSameBytes(t *testing.T) {
	var hashes [2]map[string]string
	for i := range hashes {
		c := newCompany(t)
		c.run()
		c.crm["10"] = "person,Ada Brook,13900000032,,,u5"
		delete(c.crm, "2")
		c.run()
		hashes[i] = pipetest.Hashes(t, c.env)
		delete(hashes[i], "inputs.json") // says where the exports lie
	}
	if diff := cmp.Diff(hashes[0], hashes[1]); diff != "" {
		t.Error(diff)
	}
}

func TestTheOrderOfRowsAndFilesChangesNoCustomer(t *testing.T) {
	c, other := newCompany(t), newCompany(t)
	other.backwards = true
	if diff := cmp.Diff(c.run(), other.run()); diff != "" {
		t.Error(diff)
	}
}
