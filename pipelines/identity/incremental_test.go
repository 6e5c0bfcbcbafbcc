package identity_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/demo"
)

// growing is a demo company whose exports grow from run to run, and change.
type growing struct {
	t       *testing.T
	company string
}

const growingConfig = `{project: linden_home, as_of: 2026-09-30, timezone: Asia/Shanghai, currency: CNY, fx: {USD: 7.10, EUR: 7.75}, output: {path: out},
sources: [
  {name: salesforce, profile: salesforce, path: exports/salesforce/*.csv, timezone: UTC}, {name: sap, profile: sap, path: exports/sap/*.txt},
  {name: zendesk, profile: zendesk, path: exports/zendesk/*.ndjson}, {name: loyalty, profile: loyalty, path: exports/loyalty/*.csv}],
identity: {regions: [CN, US, GB, DE], single_valued: [id.unionid, id.loyalty], decisions: decisions.csv%s}}`

// grown are the exports, and the files of theirs that hold customers.
var grown = []string{"salesforce/Contact.csv", "salesforce/Lead.csv", "salesforce/Account.csv", "sap/KNA1.txt", "zendesk/users_1.ndjson", "loyalty/cards.csv"}

// of the last of the steps: from which on something is so.
const (
	steps     = 10
	decided   = 3 // two records that nothing links are one customer, since somebody said so
	remailed  = 6 // every seventh person has another e-mail address
	undecided = 7 // the decision is taken back, another one is made
	removed   = 8 // every ninth contact is gone
)

// folder writes the exports of a step.
func (g *growing) folder(dir string, step int, identity string) {
	g.t.Helper()
	decisions := "left,right,decision\n"
	if step >= decided && step < undecided {
		decisions += g.decision(0, 1, "same")
	}
	if step >= undecided {
		decisions += g.decision(2, 3, "same") + g.decision(4, 5, "different")
	}
	files := map[string]string{"tributary.yaml": fmt.Sprintf(growingConfig, identity), "decisions.csv": decisions}
	for _, name := range grown {
		data, err := os.ReadFile(filepath.Join(g.company, "exports", name))
		if err != nil {
			g.t.Fatal(err)
		}
		rows := bytes.SplitAfter(data, []byte("\n"))
		var out strings.Builder
		for i, row := range rows[:max(20, len(rows)*step/steps)] {
			text := string(row)
			if step >= remailed && i%7 == 3 && strings.HasSuffix(name, "users_1.ndjson") {
				text = strings.Replace(text, `"email":"`, `"email":"new.`, 1)
			}
			if step >= removed && i%9 == 5 && strings.HasSuffix(name, "Contact.csv") {
				continue
			}
			out.WriteString(text)
		}
		files["exports/"+name] = out.String()
	}
	pipetest.Write(g.t, dir, files)
}

// decision is one on two rows of the customers at SAP.
func (g *growing) decision(a, b int, decision string) string {
	data, err := os.ReadFile(filepath.Join(g.company, "exports/sap/KNA1.txt"))
	if err != nil {
		g.t.Fatal(err)
	}
	rows := strings.Split(string(data), "\n")
	ref := func(i int) string { return "sap:customer:" + strings.Split(rows[9+i], "\t")[1] }
	return ref(a) + "," + ref(b) + "," + decision + "\n"
}

// partition is which records are together, whatever the names of their customers.
func partition(t *testing.T, env *runs.Env) []string {
	t.Helper()
	of := map[string][]string{}
	for _, row := range pipetest.Table[schemas.IdentityMap](t, env, "identity_map") {
		of[row.CustomerID] = append(of[row.CustomerID], row.Namespace+":"+row.Object+":"+row.SourceID)
	}
	var out []string
	for _, records := range of {
		sort.Strings(records)
		out = append(out, strings.Join(records, " "))
	}
	sort.Strings(out)
	return out
}

// scoredPairs are the pairs of records that were kept, with all that is said of them.
func scoredPairs(t *testing.T, env *runs.Env) []string {
	t.Helper()
	var out []string
	for _, row := range pipetest.Table[schemas.IdentityLink](t, env, "identity_link") {
		probability := 0.0
		if row.Probability != nil {
			probability = *row.Probability
		}
		out = append(out, fmt.Sprint(row.LeftRef, row.RightRef, row.Rule, row.Accepted, probability, row.Weights))
	}
	slices.Sort(out)
	return out
}

func TestTenGrowingFoldersWithOneModelEndAsOneFullRun(t *testing.T) {
	g := &growing{t: t, company: t.TempDir()}
	if _, err := demo.Write(g.company, demo.Params{Customers: 400, Seed: 7, AsOf: "2026-09-30"}); err != nil {
		t.Fatal(err)
	}
	learned := t.TempDir()
	g.folder(learned, steps, "")
	env := pipetest.Run(t, filepath.Join(learned, "tributary.yaml"), stage)
	model, err := os.ReadFile(filepath.Join(env.Layout.Job(identity.ClusterJob), identity.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	pinned := func(dir string, step int) *runs.Env {
		g.folder(dir, step, ", model: model.json")
		pipetest.Write(t, dir, map[string]string{"model.json": string(model)})
		return pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stage)
	}
	dir := t.TempDir()
	var last *runs.Env
	for step := 1; step <= steps; step++ {
		last = pinned(dir, step)
	}
	full := pinned(t.TempDir(), steps)
	if diff := cmp.Diff(partition(t, full), partition(t, last)); diff != "" {
		t.Errorf("customers (-full +grown): %s", diff)
	}
	if diff := cmp.Diff(scoredPairs(t, full), scoredPairs(t, last)); diff != "" {
		t.Errorf("pairs (-full +grown): %s", diff)
	}
	counters := func(env *runs.Env) map[string]int64 {
		m, err := env.Manifest(identity.ScoreJob)
		if err != nil {
			t.Fatal(err)
		}
		return m.Counters
	}
	a, b := counters(full), counters(last)
	if a["pairs_reused"] != 0 || a["pairs_scored"] != b["pairs_scored"]+b["pairs_reused"] || 5*b["pairs_scored"] > a["pairs_scored"] {
		t.Errorf("the full run compared %d pairs and took over %d; the last of ten compared %d and took over %d", a["pairs_scored"], a["pairs_reused"], b["pairs_scored"], b["pairs_reused"])
	}
}

// A name says nothing where more than twelve records bear it. When some of them go, the others
// are compared, though nothing about them has changed; when they come back, they are not any more.
func TestRecordsOfABlockThatWasTooFullAreComparedWhenItIsNotAnyMore(t *testing.T) {
	town := newTown(t, 60)
	town.run()
	data, err := os.ReadFile(filepath.Join(town.env.Layout.Job(identity.ClusterJob), identity.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	var model map[string]any
	if err := json.Unmarshal(data, &model); err != nil {
		t.Fatal(err)
	}
	model["block_rules"] = []string{"name"} // other rules have no limit
	if data, err = json.Marshal(model); err != nil {
		t.Fatal(err)
	}
	run := func(dir string, records int) *runs.Env {
		var people strings.Builder
		people.WriteString("id,name,email,birth,code\n")
		for i := range records {
			fmt.Fprintf(&people, "%d,Nora Moss,,%d-05-17,%d\n", i, 1950+i/2, 100000+i)
		}
		pipetest.Write(t, dir, map[string]string{
			"model.json": string(data), "people.csv": people.String(),
			"tributary.yaml": `{project: town, as_of: 2026-06-01, timezone: UTC, currency: EUR, output: {path: out},
sources: [{name: crm, path: people.csv, mapping: {record: party, key: id, fields: {full_name: name, email: email, birth_date: birth, postcode: code}}}],
identity: {regions: [GB], model: model.json}}`,
		})
		return pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stage)
	}
	dir := t.TempDir()
	for _, records := range []int{14, 11, 14, 10} {
		got, want := run(dir, records), run(t.TempDir(), records)
		if diff := cmp.Diff(scoredPairs(t, want), scoredPairs(t, got)); diff != "" {
			t.Errorf("pairs of %d records (-full +grown): %s", records, diff)
		}
		if pairs := len(scoredPairs(t, want)); (pairs > 0) != (records <= 12) {
			t.Errorf("%d records of one name have %d pairs", records, pairs)
		}
	}
}
