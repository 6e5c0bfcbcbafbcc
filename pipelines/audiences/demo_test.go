package audiences_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/demo"
	"github.com/tributary-cdp/tributary/transforms/effect"
)

// The demo company with its past campaign, whose truth is known.
func TestDemoCompany(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "company")
	if _, err := demo.Write(dir, demo.Params{Customers: 1000, Seed: 7, AsOf: "2026-09-30"}); err != nil {
		t.Fatal(err)
	}
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), "audiences")
	t.Run("the known effect of the past campaign lies in the interval", func(t *testing.T) { knownEffect(t, dir, env) })
	t.Run("control groups are worth as much as those who are reached", func(t *testing.T) { equalBefore(t, env) })
}

func knownEffect(t *testing.T, dir string, env *runs.Env) {
	file, err := os.Open(filepath.Join(dir, "truth", "effects.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	truth, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(name string) float64 {
		for i, column := range truth[0] {
			if column == name {
				v, err := strconv.ParseFloat(truth[1][i], 64)
				if err != nil {
					t.Fatal(err)
				}
				return v
			}
		}
		t.Fatalf("truth has no %s", name)
		return 0
	}
	rows := pipetest.Table[schemas.InterventionEffect](t, env, "intervention_effect")
	if len(rows) != 1 || rows[0].Kind != effect.KindCampaign || rows[0].Audience != truth[1][0] {
		t.Fatalf("%+v", rows)
	}
	row := rows[0]
	if lift := number("true_lift"); row.Low == nil || !(*row.Low <= lift && lift <= *row.High) {
		t.Errorf("the true lift %v is not in the interval: %+v", lift, row)
	}
	// Two persons of the company may be one customer, or one person two.
	persons := number("treated") + number("control")
	if customers := float64(row.Treated + row.Control + row.Mixed); customers < 0.97*persons || customers > 1.03*persons {
		t.Errorf("%v customers, %v persons", customers, persons)
	}
	if row.Balanced == nil || !*row.Balanced {
		t.Errorf("treated and control differ before: %+v", row)
	}
}

// equalBefore holds revenue of members and of the control group against each other: chance
// alone has dealt them. Revenue is skewed, and a small group that missed the few large ones looks
// more certain than it is, so that the error is that of both groups together; 3.3 of it leave
// one in a thousand.
func equalBefore(t *testing.T, env *runs.Env) {
	revenue := map[string]float64{}
	for _, c := range pipetest.Table[schemas.Customer](t, env, "customers") {
		revenue[c.CustomerID] = float64(c.Revenue) / 10_000
	}
	type group struct{ n, sum, squares float64 }
	groups := map[string]*[2]group{}
	for _, m := range pipetest.Table[schemas.AudienceMember](t, env, "audience_member") {
		side := 0
		switch {
		case m.HeldReason == audience.HeldControl:
			side = 1
		case m.Status != audience.StatusMember:
			continue
		}
		if groups[m.Audience] == nil {
			groups[m.Audience] = &[2]group{}
		}
		g, v := &groups[m.Audience][side], revenue[m.CustomerID]
		g.n, g.sum, g.squares = g.n+1, g.sum+v, g.squares+v*v
	}
	compared := 0
	for name, g := range groups {
		members, control := g[0], g[1]
		if control.n == 0 {
			continue
		}
		compared++
		n := members.n + control.n
		mean := (members.sum + control.sum) / n
		variance := (members.squares + control.squares - n*mean*mean) / (n - 1)
		difference := members.sum/members.n - control.sum/control.n
		if allowed := 3.3 * math.Sqrt(variance*(1/members.n+1/control.n)); math.Abs(difference) > allowed {
			t.Errorf("%s: members and control differ in revenue by %.2f, chance alone by %.2f at most", name, difference, allowed)
		}
		// A tenth is held back, give or take five standard deviations.
		if want, allowed := 0.1*n, 5*math.Sqrt(0.09*n); math.Abs(control.n-want) > allowed {
			t.Errorf("%s: %v of %v customers are held back", name, control.n, n)
		}
	}
	if compared < 2 {
		t.Errorf("%d audiences have a control group", compared)
	}
}
