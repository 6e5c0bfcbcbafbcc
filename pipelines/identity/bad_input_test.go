package identity_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines"
	"github.com/tributary-cdp/tributary/schemas"
)

// large is for a run by hand at the sizes that the small tests stand for:
// go test -run 'Chain|Star' -large ./pipelines/identity
var large = flag.Bool("large", false, "chains of 100,000 links and stars of 200,000 records")

// people takes records through ingest and identity and returns how many customers there are of
// each size.
func people(t *testing.T, fields, header string, rows []string) map[int]int {
	t.Helper()
	dir := t.TempDir()
	pipetest.Write(t, dir, map[string]string{
		"tributary.yaml": fmt.Sprintf(`{project: bad, as_of: 2026-06-01, timezone: UTC, currency: EUR, output: {path: out},
sources: [{name: crm, path: people.csv, mapping: {record: party, key: id, fields: {%s}}}],
identity: {regions: [CN, GB], single_valued: [id.loyalty], decisions: decisions.csv}}`, fields),
		"people.csv":    header + "\n" + strings.Join(rows, "\n") + "\n",
		"decisions.csv": "left,right,decision\n",
	})
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stage)
	counts := map[string]int{}
	for _, row := range pipetest.Table[schemas.IdentityMap](t, env, "identity_map") {
		counts[row.CustomerID]++
	}
	sizes := map[int]int{}
	total := 0
	for _, n := range counts {
		sizes[n]++
		total += n
	}
	if total != len(rows) {
		t.Errorf("%d records in identity_map, %d in the export", total, len(rows))
	}
	for _, job := range env.Times {
		t.Logf("%-18s %6.2f s %6.2f CPU s %5d MB", job.Job, job.Seconds, job.CPUSeconds, job.PeakMB)
	}
	return sizes
}

func rowsOf(n int, row func(i int) string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = row(i)
	}
	return out
}

const allFields = "full_name: name, phone: phone, email: email, birth_date: birth, city: city, postcode: code, id.loyalty: card"

func TestRecordsThatSayNothingAreEachACustomer(t *testing.T) {
	got := people(t, allFields, "id,name,phone,email,birth,city,code,card", rowsOf(300, func(i int) string { return fmt.Sprintf("%d,,N/A,-,,null,,0", i) }))
	if got[1] != 300 {
		t.Errorf("customers by size: %v", got)
	}
}

func TestOneColumnAloneJoinsNobody(t *testing.T) {
	for column, value := range map[string]func(i int) string{
		"city": func(i int) string { return []string{"Leeds", "Bath", "York"}[i%3] }, "birth_date": func(i int) string { return fmt.Sprintf("19%02d-03-1%d", 40+i%20, i%9) },
		"full_name": func(i int) string { return []string{"王伟", "Nora Moss", "Paul Brook"}[i%3] }, "text.note": func(i int) string { return fmt.Sprint("note ", i%7) },
	} {
		got := people(t, column+": value", "id,value", rowsOf(400, func(i int) string { return fmt.Sprintf("%d,%s", i, value(i)) }))
		if got[1] != 400 {
			t.Errorf("%s: customers by size: %v", column, got)
		}
	}
}

// Equal records that have a phone number and address are one customer; the work is bounded
// though each of them resembles all others.
func TestTenThousandEqualRecordsAreOneCustomer(t *testing.T) {
	n := 1500
	if *large {
		n = 10_000
	}
	got := people(t, allFields, "id,name,phone,email,birth,city,code,card", rowsOf(n, func(i int) string {
		return fmt.Sprintf("%d,Nora Moss,13900000001,nora.moss@example.com,1980-03-12,Leeds,LS1 1AA,7", i)
	}))
	if len(got) != 1 || got[n] != 1 {
		t.Errorf("customers by size: %v", got)
	}
}

func TestOneValueOnHalfOfAllRecordsJoinsNobody(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	given := []string{"Nora", "Paul", "Ada", "Jana", "Marcus", "Vikram", "Asha", "Tom", "Rosa", "Clara"}
	syllables := []string{"ber", "lin", "mos", "tan", "gar", "fel", "dro", "wick", "holt", "pen", "sur", "vey", "cot", "nam", "zel"}
	of := func(list []string) string { return list[random.IntN(len(list))] }
	got := people(t, allFields, "id,name,phone,email,birth,city,code,card", rowsOf(1000, func(i int) string {
		phone := "13900000001"
		if i%2 == 0 {
			phone = fmt.Sprintf("139%08d", 1000+i)
		}
		return fmt.Sprintf("%d,%s %s,%s,%s%d@example.com,%d-%02d-%02d,%s,%d,", i, of(given), of(syllables)+of(syllables)+of(syllables), phone, of(syllables), random.IntN(1e9),
			1940+random.IntN(60), 1+random.IntN(12), 1+random.IntN(28), of([]string{"上海", "北京", "杭州"}), 100000+random.IntN(700000))
	}))
	if got[1] < 995 {
		t.Errorf("customers by size: %v", got)
	}
}

// Each record of a chain has an e-mail address in common with the one before it and a phone
// number with the next, and no name says that they are different.
func TestALongChainIsOneCustomerInBoundedMemory(t *testing.T) {
	n := 20_000
	if *large {
		n = 100_000
	}
	got := people(t, allFields, "id,name,phone,email,birth,city,code,card", rowsOf(n, func(i int) string {
		return fmt.Sprintf("%d,,139%08d,p%d@example.com,,,,", i, 1000+i/2, (i+1)/2)
	}))
	if len(got) != 1 || got[n] != 1 {
		t.Errorf("customers by size: %v", got)
	}
}

func TestAStarOnOnePhoneJoinsNobodyInBoundedMemory(t *testing.T) {
	n := 20_000
	if *large {
		n = 200_000
	}
	families := []rune("王李张刘陈杨黄赵吴周")
	got := people(t, allFields, "id,name,phone,email,birth,city,code,card", rowsOf(n, func(i int) string {
		return fmt.Sprintf("%d,%c%c%c,13900000001,,,,,", i, families[i%10], rune(0x4E00+7*(i/10%400)), rune(0x5F00+3*(i/4000)))
	}))
	if got[1] < n*99/100 {
		t.Errorf("customers by size: %v", got)
	}
}

func TestReferencesHoldSeparatorsAndQuotes(t *testing.T) {
	ids := []string{`"a,b"`, `"say ""x"""`, "a:b", "a|b", "a\tb", "é 王", `"line` + "\n" + `break"`, "../x"}
	got := people(t, allFields, "id,name,phone,email,birth,city,code,card", rowsOf(len(ids), func(i int) string {
		return fmt.Sprintf("%s,Nora Moss,,nora.moss@example.com,,,,", ids[i])
	}))
	if got[len(ids)] != 1 {
		t.Errorf("customers by size: %v", got)
	}
}

// A source that has consents or products alone has no parties: there is nobody to find.
func TestARunWithoutPartiesHasNoCustomers(t *testing.T) {
	dir := t.TempDir()
	pipetest.Write(t, dir, map[string]string{
		"tributary.yaml": `{project: bad, as_of: 2026-06-01, timezone: UTC, currency: EUR, output: {path: out},
sources: [{name: consents, path: consents.csv, mapping: {record: consent, key: id, fields: {identifier_type: type, identifier: value, purpose: {const: marketing}, status: status, time: at}}}]}`,
		"consents.csv": "id,type,value,status,at\n1,email,nora.moss@example.com,granted,2026-01-01\n",
	})
	env := pipetest.Prepare(t, filepath.Join(dir, "tributary.yaml"))
	if err := env.Inputs.Write(env.Layout); err != nil {
		t.Fatal(err)
	}
	for _, s := range pipelines.Stages() {
		if err := s.Run(context.Background(), env); err != nil {
			t.Fatalf("stage %s: %v", s.Name, err)
		}
		if s.Name == stage {
			break
		}
	}
	if rows := pipetest.Table[schemas.IdentityMap](t, env, "identity_map"); len(rows) != 0 {
		t.Errorf("%d records", len(rows))
	}
}

func TestThePinnedModelIsCheckedBeforeAnythingIsScored(t *testing.T) {
	dir := t.TempDir()
	config := `{project: bad, as_of: 2026-06-01, timezone: UTC, currency: EUR, output: {path: out},
sources: [{name: crm, path: people.csv, mapping: {record: party, key: id, fields: {full_name: name}}}], identity: {model: model.json}}`
	pipetest.Write(t, dir, map[string]string{"tributary.yaml": config, "people.csv": "id,name\n1,Nora Moss\n", "model.json": `{"version": 77}`})
	env := pipetest.Prepare(t, filepath.Join(dir, "tributary.yaml"))
	if err := env.Inputs.Write(env.Layout); err != nil {
		t.Fatal(err)
	}
	var failed error
	for _, s := range pipelines.Stages() {
		if failed = s.Run(context.Background(), env); failed != nil || s.Name == stage {
			break
		}
	}
	if failed == nil || !strings.Contains(failed.Error(), "model.json") || !strings.Contains(failed.Error(), "version 77") {
		t.Errorf("error %v", failed)
	}
}
