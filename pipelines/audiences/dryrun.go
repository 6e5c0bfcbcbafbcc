package audiences

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/pipelines/value"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/segment"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Trial is what the rules would make of the customers of the current run.
type Trial struct {
	RunID     string     `json:"run_id"`
	AsOf      string     `json:"as_of"`
	Customers int64      `json:"customers"`
	Audiences []Estimate `json:"audiences"`
	Overlaps  []Overlap  `json:"overlaps"`
}

// Estimate is one audience on one platform, from those that the rule takes to those that the
// platform would get. Every number is what is left after the step.
type Estimate struct {
	Audience        string `json:"audience"`
	Platform        string `json:"platform"`
	Matched         int64  `json:"matched"`
	Identified      int64  `json:"identified"`       // with something that the platform can match
	Consented       int64  `json:"consented"`        // and consent, of age, allowed to leave for the platform's country
	UnderCap        int64  `json:"under_cap"`        // and not contacted too often
	AfterExclusions int64  `json:"after_exclusions"` // and neither in an audience that goes first nor suppressed
	Deliverable     int64  `json:"deliverable"`      // and neither in the control group nor beyond the limit; 0 below the minimum
	Control         int64  `json:"control"`
	OverLimit       int64  `json:"over_limit"`
	Minimum         int    `json:"minimum,omitempty"` // of the platform
	TooSmall        bool   `json:"too_small"`
	Add             int64  `json:"add"`    // customers, against what the current run told the platform
	Remove          int64  `json:"remove"` // likewise
}

// Overlap counts customers of two audiences, whatever the platform; of an audience with itself
// all of its customers.
type Overlap struct {
	Audience string `json:"audience"`
	Other    string `json:"other"`
	Matched  int64  `json:"matched"` // by both rules
	Members  int64  `json:"members"` // of both, on any platform
}

// DryRun evaluates the rules, consents and suppression of a config over the customers of the
// current run and writes nothing. codes are the audiences that are asked for; none = all.
// Segments are those of the run: a new segment needs a run first.
func DryRun(ctx context.Context, c *config.Config, codes []string) (*Trial, error) {
	id, err := runs.Current(c.Output.Path)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, runs.ConfigError("%s has no finished run: tributary run comes first", c.Output.Path)
	}
	_, rules, err := runs.Rules(c)
	if err != nil {
		return nil, err
	}
	var known []string
	for i := range rules.Audiences {
		known = append(known, rules.Audiences[i].Code)
	}
	for _, code := range codes {
		if !slices.Contains(known, code) {
			return nil, runs.ConfigError("no audience %q in the rules%s", code, strictyaml.Suggest(code, known))
		}
	}
	suppression, err := runs.Suppression(c.Suppression, c.Identity.Regions)
	if err != nil {
		return nil, err
	}
	d := &dryRun{layout: runs.Layout{Out: c.Output.Path, RunID: id}, rules: rules, needs: needsOf(rules), candidates: map[string][]audience.Candidate{}}
	inputs, err := runs.ReadInputs(d.layout)
	if err != nil {
		return nil, err
	}
	asOf, err := time.ParseInLocation(time.DateOnly, inputs.AsOf, c.Location())
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", id, err)
	}
	d.evaluator = audience.NewEvaluator(rules.Audiences, suppression, c.Audiences, asOf.AddDate(0, 0, 1).UnixMicro())
	trial := &Trial{RunID: id, AsOf: inputs.AsOf}
	if trial.Customers, err = d.find(ctx); err != nil {
		return nil, err
	}
	var all []members
	for i := range rules.Audiences {
		rule := &rules.Audiences[i]
		if len(codes) > 0 && !slices.Contains(codes, rule.Code) {
			continue
		}
		estimates, m, err := d.estimate(ctx, rule)
		if err != nil {
			return nil, err
		}
		trial.Audiences, all = append(trial.Audiences, estimates...), append(all, m)
	}
	trial.Overlaps = overlaps(all)
	return trial, nil
}

// dryRun gathers the candidates of all audiences, without the persons in them.
type dryRun struct {
	layout     runs.Layout
	rules      *segment.Rules
	needs      needs
	evaluator  *audience.Evaluator
	records    map[string][]audience.Identifier // of CRMs, by system/customer
	candidates map[string][]audience.Candidate  // by audience
}

// find evaluates all customers of the run, part by part with their consents.
func (d *dryRun) find(ctx context.Context) (n int64, err error) {
	valued, err := warehouse.ReadManifest(d.layout.Manifest(value.ApplyJob))
	if err != nil {
		return 0, fmt.Errorf("run %s: %w", d.layout.RunID, err)
	}
	facts, err := warehouse.ReadManifest(d.layout.Manifest(customers.JobName))
	if err != nil {
		return 0, fmt.Errorf("run %s: %w", d.layout.RunID, err)
	}
	if err := d.readRecords(ctx); err != nil {
		return 0, err
	}
	consents := partsByName(d.layout, facts, "consents")
	for name, path := range partsByName(d.layout, valued, "customers") {
		stated, err := readConsents(ctx, consents[name])
		if err != nil {
			return 0, err
		}
		if err := warehouse.Read(ctx, path, nil, func(rows []schemas.Customer) error {
			n += int64(len(rows))
			for i := range rows {
				d.customer(&rows[i], stated)
			}
			return nil
		}); err != nil {
			return 0, err
		}
	}
	for code := range d.candidates {
		slices.SortFunc(d.candidates[code], func(a, b audience.Candidate) int { return strings.Compare(a.CustomerID, b.CustomerID) })
	}
	return n, nil
}

func (d *dryRun) customer(c *schemas.Customer, stated *statements) {
	match, ok := value.MatchOf(d.rules, c)
	if !ok {
		return
	}
	subject := subjectOf(&match, c, needs{})
	for _, entry := range d.evaluator.Candidates(&subject, stated.of(&match)) {
		for _, system := range d.needs.crms {
			entry.AddRecords(d.platforms(entry.Audience), system, d.records[system+"/"+c.CustomerID])
		}
		d.candidates[entry.Audience] = append(d.candidates[entry.Audience], audience.Candidate{CustomerID: strings.Clone(c.CustomerID), Value: entry.Value, Held: entry.Held})
	}
}

func (d *dryRun) platforms(code string) []*audience.Platform {
	for i := range d.rules.Audiences {
		if d.rules.Audiences[i].Code == code {
			return audience.NewSelector(&d.rules.Audiences[i]).Platforms()
		}
	}
	return nil
}

// readRecords reads the records of the CRMs that audiences update.
func (d *dryRun) readRecords(ctx context.Context) error {
	if len(d.needs.crms) == 0 {
		return nil
	}
	m, err := warehouse.ReadManifest(d.layout.Manifest(identity.ClusterJob))
	if err != nil {
		return fmt.Errorf("run %s: %w", d.layout.RunID, err)
	}
	d.records = map[string][]audience.Identifier{}
	for _, file := range filesOf(m, "identity_map") {
		if err := warehouse.Read(ctx, pathOf(d.layout, file), []string{"customer_id", "system", "object", "source_id"}, func(rows []schemas.IdentityMap) error {
			for i := range rows {
				if slices.Contains(d.needs.crms, rows[i].System) {
					key := rows[i].System + "/" + rows[i].CustomerID
					d.records[key] = append(d.records[key], audience.Identifier{Type: strings.Clone(rows[i].Object), Value: strings.Clone(rows[i].SourceID)})
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// members are the customers of one audience, in order.
type members struct {
	code    string
	matched []string
	member  []string
}

// estimate selects as a run would.
func (d *dryRun) estimate(ctx context.Context, rule *segment.Audience) ([]Estimate, members, error) {
	m := members{code: rule.Code}
	told, err := d.told(ctx, rule.Code)
	if err != nil {
		return nil, m, err
	}
	candidates := d.candidates[rule.Code]
	s := audience.NewSelector(rule)
	for i := range candidates {
		s.Look(&candidates[i])
	}
	s.Decide()
	w := listWriter{selector: s, memory: newMemory(told)}
	left := func(rows []Told) error {
		s.Left(rows[0].CustomerID, w.bits(rows))
		return nil
	}
	var deliveries []audience.Delivery
	for i := range candidates {
		before, err := w.memory.upTo(candidates[i].CustomerID, left)
		if err != nil {
			return nil, m, err
		}
		var row schemas.AudienceMember
		row, deliveries = s.Place(&candidates[i], w.bits(before), deliveries)
		m.matched = append(m.matched, row.CustomerID)
		if row.Status == audience.StatusMember {
			m.member = append(m.member, row.CustomerID)
		}
	}
	if _, err := w.memory.upTo("", left); err != nil {
		return nil, m, err
	}
	var out []Estimate
	for p, row := range s.Rows() {
		e := Estimate{
			Audience: rule.Code, Platform: row.Platform, Matched: row.Matched, Identified: row.Matched - row.NoIdentifier,
			Control: row.Control, OverLimit: s.OverLimit(p), TooSmall: row.TooSmall, Minimum: s.Platforms()[p].Minimum, Deliverable: row.Members, Add: row.Added, Remove: row.Removed,
		}
		e.Consented = e.Identified - row.NoConsent - row.Minor - row.Residency
		e.UnderCap = e.Consented - (row.Capped - e.OverLimit)
		e.AfterExclusions = e.UnderCap - row.Other - row.Suppressed
		out = append(out, e)
	}
	return out, m, nil
}

// told is whom the run told platforms of.
func (d *dryRun) told(ctx context.Context, code string) (out []Told, err error) {
	m, err := warehouse.ReadManifest(d.layout.Manifest(JobName))
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", d.layout.RunID, err)
	}
	for _, file := range filesOf(m, ToldTable) {
		if err := warehouse.Read(ctx, pathOf(d.layout, file), []string{"customer_id", "platform", "audience"}, func(rows []Told) error {
			for i := range rows {
				if rows[i].Audience == code {
					out = append(out, Told{CustomerID: strings.Clone(rows[i].CustomerID), Platform: strings.Clone(rows[i].Platform)})
				}
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// overlaps counts the customers of every two audiences.
func overlaps(all []members) (out []Overlap) {
	for i := range all {
		for k := i; k < len(all); k++ {
			out = append(out, Overlap{all[i].code, all[k].code, common(all[i].matched, all[k].matched), common(all[i].member, all[k].member)})
		}
	}
	return out
}

// common counts what two ascending lists share.
func common(a, b []string) (n int64) {
	for len(a) > 0 && len(b) > 0 {
		switch c := strings.Compare(a[0], b[0]); {
		case c == 0:
			n, a, b = n+1, a[1:], b[1:]
		case c < 0:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return n
}
