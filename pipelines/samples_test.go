package pipelines_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/internal/shareddata"
	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/golden"
)

// expectedRow is one row of the answer key of the public exports.
type expectedRow struct {
	file, key, person, evidence string
	source                      string
	customer                    string // where the run put it; empty = anonymous
	party                       bool   // the row is a customer record, not an order, ticket or lead of one
}

// exactEvidence carries an identifier, or names another row: such rows of one person must be
// together. A shared phone is decided by the name.
var exactEvidence = []string{"email", "phone", "unionid", "loyalty", "id", "customer_no", "account", "vat", "phone_md5", "phone+name"}

// weakEvidence is true, but a careful matcher may leave the row alone, or with its company.
var weakEvidence = []string{"name", "name+address"}

// alone are rows with exact evidence that stay apart from their person, and why. A row that is
// joined is to be taken out.
var alone = map[string]string{
	"wechat_oa_user_info.json oLH_openid_0002": "nobody else carries this unionid; the remark is typed by staff",
}

// refused are rows that yield no record, and why.
var refused = map[string]string{
	"sap_vbak_flat.txt 0000012346": "an order without a date",
	"sap_vbrk_flat.txt 0090000007": "a billing document without a date",
}

// The small exports of every system: no two persons of the answer key are merged, rows that
// name nobody belong to nobody, and the rows of one person whose evidence is an exact
// identifier are together.
func TestSamplesIdentity(t *testing.T) {
	env := runSamples(t)
	rows := expectedRows(t, env)
	checkNobodyMerged(t, rows)
	checkTogether(t, rows)
}

func runSamples(t *testing.T) *runs.Env {
	shared := filepath.Dir(filepath.Dir(shareddata.Shared(t, "exports", "expected_customers.csv")))
	c, err := config.Load("../examples/samples/tributary.yaml", config.Options{Out: t.TempDir(), Lookup: func(name string) (string, bool) {
		if name == "TRIBUTARY_SHARED" {
			return shared, true
		}
		return os.LookupEnv(name)
	}})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := runs.Prepare(c, runs.Request{Reporter: runs.Silent{}})
	if err != nil {
		t.Fatal(err)
	}
	pipetest.Stages(t, plan.Env, "identity")
	return plan.Env
}

// expectedRows reads the answer key and finds the customer of each row.
func expectedRows(t *testing.T, env *runs.Env) []expectedRow {
	file, err := os.Open(shareddata.Shared(t, "exports", "expected_customers.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cells, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := findRows(t, env)
	var rows []expectedRow
	for _, cell := range cells[1:] {
		r := expectedRow{file: cell[0], key: cell[1], person: cell[2], evidence: cell[3]}
		if r.file == "suppression.csv" {
			continue // a filter: it has no records
		}
		switch found := at.find(&r); {
		case found:
		case r.person == "staff", refused[r.file+" "+r.key] != "":
			continue
		default:
			t.Errorf("%s %s (%s): no record has this key", r.file, r.key, r.person)
			continue
		}
		rows = append(rows, r)
	}
	return rows
}

// rowIndex leads from a row of an export to its customer.
type rowIndex struct {
	sources map[string]string // by file
	parties map[string]string // customer by source and key
	facts   map[string]string // customer by file and key; empty = anonymous
}

func findRows(t *testing.T, env *runs.Env) *rowIndex {
	x := &rowIndex{map[string]string{}, map[string]string{}, map[string]string{}}
	for _, f := range env.Inputs.Files {
		x.sources[f.Name] = f.Source
	}
	customers := map[string]string{} // by reference
	var ordinals []string
	for _, r := range pipetest.Table[schemas.IdentityMap](t, env, "identity_map") {
		customers[r.Namespace+":"+r.Object+":"+r.SourceID] = r.CustomerID
		x.parties[r.Source+" "+r.SourceID] = r.CustomerID
		ordinals = append(ordinals, r.CustomerID)
	}
	fact := func(m *schemas.Meta, ref string) {
		first, _, _ := strings.Cut(m.Key, "|")
		for _, key := range []string{m.Key, first} {
			x.facts[m.File+" "+key] = customers[ref]
		}
	}
	for _, r := range pipetest.Table[schemas.Order](t, env, "records/order") {
		fact(&r.Meta, r.CustomerRef)
	}
	for _, r := range pipetest.Table[schemas.Interaction](t, env, "records/interaction") {
		fact(&r.Meta, r.CustomerRef)
	}
	for _, r := range pipetest.Table[schemas.Opportunity](t, env, "records/opportunity") {
		fact(&r.Meta, r.CustomerRef)
	}
	// A consent of a phone that two share belongs to both; the key file knows of one person.
	// Of several statements about the same only the one that holds is handed on.
	holders := map[string]string{}
	for _, r := range pipetest.Table[identity.ConsentLink](t, env, "records/consent_link") {
		if r.Ordinal >= 0 {
			holders[golden.ConsentKey(&r.Consent)] = ordinals[r.Ordinal]
		}
	}
	for _, r := range pipetest.Table[schemas.Consent](t, env, "records/consent") {
		x.facts[r.File+" row:"+strconv.FormatInt(r.Row, 10)] = holders[golden.ConsentKey(&r)]
	}
	return x
}

func (x *rowIndex) find(r *expectedRow) (found bool) {
	r.source = x.sources[r.file]
	if r.customer, found = x.facts[r.file+" "+r.key]; found {
		return true
	}
	r.customer, r.party = x.parties[r.source+" "+r.key]
	return r.party
}

func checkNobodyMerged(t *testing.T, rows []expectedRow) {
	persons := map[string]map[string][]string{} // customer -> person -> rows
	for _, r := range rows {
		weak := slices.Contains(weakEvidence, r.evidence) && !r.party
		if r.customer == "" || weak {
			continue
		}
		who := r.person
		if who == "anonymous" || who == "staff" {
			who = r.source + " " + r.key // a person of its own
		}
		if persons[r.customer] == nil {
			persons[r.customer] = map[string][]string{}
		}
		persons[r.customer][who] = append(persons[r.customer][who], r.file+" "+r.key)
	}
	for _, customer := range sortedNames(persons) {
		if len(persons[customer]) < 2 {
			continue
		}
		for _, who := range sortedNames(persons[customer]) {
			t.Errorf("%s holds %s: %s", customer, who, strings.Join(persons[customer][who], ", "))
		}
	}
}

// checkTogether looks for the customer that has most of a person's rows; the others are apart.
func checkTogether(t *testing.T, rows []expectedRow) {
	votes := map[string]map[string]int{}
	for _, r := range rows {
		if r.customer != "" && slices.Contains(exactEvidence, r.evidence) {
			if votes[r.person] == nil {
				votes[r.person] = map[string]int{}
			}
			votes[r.person][r.customer]++
		}
	}
	home := map[string]string{}
	for person, counts := range votes {
		names := sortedNames(counts)
		home[person] = slices.MaxFunc(names, func(a, b string) int { return counts[a] - counts[b] })
	}
	together := 0
	var table strings.Builder
	for _, r := range rows {
		exact := slices.Contains(exactEvidence, r.evidence)
		switch reason := alone[r.file+" "+r.key]; {
		case r.customer == home[r.person] && r.customer != "":
			together++
			if reason != "" {
				t.Errorf("%s %s is with %s although it is listed as apart (%s)", r.file, r.key, r.person, reason)
			}
		case !exact && !slices.Contains(weakEvidence, r.evidence):
		case exact && reason == "":
			t.Errorf("%s %s is not with %s although its evidence is %s", r.file, r.key, r.person, r.evidence)
			fallthrough
		default:
			fmt.Fprintf(&table, "%-38s %-34s %-5s %-13s %s\n", r.file, r.key, r.person, r.evidence, reason)
		}
	}
	for _, row := range sortedNames(alone) {
		if !slices.ContainsFunc(rows, func(r expectedRow) bool { return r.file+" "+r.key == row }) {
			t.Errorf("%s is listed as apart, but the exports have no such row", row)
		}
	}
	t.Logf("%d of %d rows are with their person; apart are:\n%s", together, len(rows), table.String())
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
