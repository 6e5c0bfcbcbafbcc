package audiences_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/effect"
)

const effectConfig = `
project: invented
as_of: %s
timezone: UTC
currency: CNY
sources:
  - {name: hubspot, path: people.csv, mapping: {record: party, object: contact, key: id, fields: {full_name: name, email: email}}}
  - {name: sales, namespace: hubspot, path: sales.csv, mapping: {record: order, key: id, fields: {customer_ref: {column: person, object: contact}, time: day, status: status, net: net}}}
  - {name: choices, path: consents.csv, mapping: {record: consent, key: id, fields: {identifier_type: kind, identifier: identifier, purpose: purpose, channel: channel, status: status, time: day}}}
rules: rules
output: {path: out}
`

// Members are known from one run to the next, though they leave the audience by what it made
// them do; the run after their days are over compares them with the control group. The same
// company updates its CRM.
func TestARunSeesWhatTheAudienceOfAnEarlierOneDid(t *testing.T) {
	const people = 40
	dir := t.TempDir()
	file := filepath.Join(dir, "tributary.yaml")
	var p, s, c strings.Builder
	p.WriteString("id,name,email\n")
	s.WriteString("id,person,day,status,net\n")
	c.WriteString("id,kind,identifier,purpose,channel,status,day\n")
	for i := range people {
		fmt.Fprintf(&p, "%d,Person Number%c%c Invented,one%d@example.com\n", 700+i, 'a'+i%26, 'a'+i/26, i)
		fmt.Fprintf(&s, "o%d,%d,2026-03-01,completed,50.00\n", i, 700+i)
		fmt.Fprintf(&c, "m%d,email,one%d@example.com,marketing,email,granted,2026-01-01\n", i, i)
	}
	p.WriteString("900,Objecting Person Invented,objects@example.com\n")
	s.WriteString("o900,900,2026-03-01,completed,50.00\n")
	c.WriteString("p900,email,objects@example.com,profiling,,withdrawn,2026-01-01\n")
	at := func(day string) map[string]string {
		return map[string]string{"tributary.yaml": fmt.Sprintf(effectConfig, day), "people.csv": p.String(), "sales.csv": s.String(), "consents.csv": c.String(), "rules/a.yaml": "audience: {code: once, when: orders == 1, platforms: [email, hubspot], control: 0.4}\n"}
	}
	pipetest.Write(t, dir, at("2026-04-30"))
	first := pipetest.Run(t, file, "audiences")
	group := map[string]bool{}
	who := map[string]string{}
	for _, row := range pipetest.Table[schemas.IdentityMap](t, first, "identity_map") {
		who[row.CustomerID] = row.SourceID
	}
	for _, m := range pipetest.Table[schemas.AudienceMember](t, first, "audience_member") {
		if m.Status == audience.StatusMember || m.HeldReason == audience.HeldControl {
			group[who[m.CustomerID]] = m.Status == audience.StatusMember
		} else if who[m.CustomerID] != "900" {
			t.Errorf("%+v", m)
		}
	}
	if rows := pipetest.Table[schemas.InterventionEffect](t, first, "intervention_effect"); len(rows) != 0 {
		t.Errorf("nothing was done before: %+v", rows)
	}

	// The CRM gets every member's record; who objects to profiling is in no file.
	data, err := os.ReadFile(filepath.Join(first.Layout.Dir(), "files", "once", "hubspot", "full.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for id, treated := range group {
		if strings.Contains(string(data), "\n"+id+",c_") != treated {
			t.Errorf("record %s, treated %v", id, treated)
		}
	}
	if got := shown(t, first, "\n900,"); got != nil {
		t.Errorf("who objects to profiling is in %v", got)
	}

	// All who were reached order once more within 28 days, and so leave the audience; of the
	// control group nobody does.
	treated := int64(0)
	for id, reached := range group {
		if reached {
			treated++
			fmt.Fprintf(&s, "again%s,%s,2026-05-10,completed,30.00\n", id, id)
		}
	}
	s.WriteString("late,700,2026-06-20,completed,30.00\n") // beyond the days that count
	pipetest.Write(t, dir, at("2026-05-20"))
	second := pipetest.Run(t, file, "audiences") // the days are not over
	rows := ofAudiences(t, second)
	if len(rows) != 1 || rows[0].Waiting != people || rows[0].Treated != 0 || rows[0].Orders != nil {
		t.Errorf("before the days are over: %+v", rows)
	}
	pipetest.Write(t, dir, at("2026-06-25"))
	third := pipetest.Run(t, file, "audiences")
	rows = ofAudiences(t, third)
	if len(rows) != 1 {
		t.Fatalf("%+v", rows)
	}
	row := rows[0]
	if row.Kind != effect.KindAudience || row.Audience != "once" || row.Treated != treated || row.Control != people-treated || row.Waiting != 0 ||
		*row.OrdersTreated != 1 || *row.OrdersControl != 0 || row.Orders != nil { // no variation within the groups: no interval
		t.Errorf("%+v, %d were treated", row, treated)
	}
}

// ofAudiences are the effects but for those of plays, which the built-in rules bring.
func ofAudiences(t *testing.T, env *runs.Env) []schemas.InterventionEffect {
	rows := pipetest.Table[schemas.InterventionEffect](t, env, "intervention_effect")
	return slices.DeleteFunc(rows, func(r schemas.InterventionEffect) bool { return r.Kind == effect.KindPlay })
}
