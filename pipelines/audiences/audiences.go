// Package audiences makes the lists of customers for platforms: who matches a rule, who may
// be exported under which consent, who is held back and why, and one file per platform.
//
// The value stage says which audiences take a customer. Map adds consents, law and
// suppression, one candidate for each audience, and what platforms were told in the parent
// run; everything of one audience meets in one group; Reduce selects and writes.
package audiences

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"sync"

	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/pipelines/value"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/segment"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// JobName is the name of the stage's only job.
const JobName = "audiences"

// MembersCounter counts members over all audiences.
const MembersCounter = "audience_members"

type params struct {
	runs.Base
	AsOfEnd     int64             `json:"as_of_end"`
	Rules       []segment.File    `json:"rules"`
	Suppression string            `json:"suppression"`
	Regions     []string          `json:"regions"`
	Settings    audience.Settings `json:"settings"`
	Inputs      []string          `json:"inputs"`
}

var op = shuffle.Define(shuffle.Op{Name: JobName, Map: mapPart, Reduce: reducePartition, Finish: finish})

// Tags of records.
const (
	tagRule uint8 = iota + 1
	tagCandidate
	tagTold    // what a platform was told in the parent run
	tagRecord  // a record of a CRM that an audience updates
	tagExposed // who was reached or held back since when, by the parent run
	tagAction  // whom a play of this run takes
)

var (
	candidateCodec = codec.For[audience.Candidate]()
	toldCodec      = codec.For[Told]()
	recordCodec    = codec.For[crmRecord]()
	exposedCodec   = codec.For[customers.Exposed]()
	actionCodec    = codec.For[action]()
)

// expansion: a byte of Parquet becomes about so many bytes of candidates.
const expansion = 6

// Run runs the stage.
func Run(ctx context.Context, env *runs.Env) error {
	if env.Done(JobName) {
		return env.Run(ctx, runs.Job{Name: JobName})
	}
	files, rules, err := runs.Rules(env.Config)
	if err != nil {
		return err
	}
	works, bytes, inputs, err := worksOf(env, rules)
	if err != nil {
		return err
	}
	p := params{
		Base: env.Base(JobName), AsOfEnd: env.Config.AsOfEnd(), Rules: files, Suppression: env.Config.Suppression, Regions: env.Config.Identity.Regions,
		Settings: env.Config.Audiences, Inputs: inputs,
	}
	return env.Run(ctx, runs.Job{Name: JobName, Op: op, Params: p, Work: works, Partitions: env.Partitions(bytes * expansion)})
}

// lists are the rules and the suppression list; all tasks of a process share them.
type lists struct {
	rules       *segment.Rules
	suppression *audience.Suppression
	needs       needs
}

var shared sync.Map // by the run

func listsOf(p *params) (*lists, error) {
	if found, ok := shared.Load(p.Dir); ok {
		return found.(*lists), nil
	}
	rules, err := value.CompileRules(p.Rules)
	if err != nil {
		return nil, err
	}
	suppression, err := runs.Suppression(p.Suppression, p.Regions)
	if err != nil {
		return nil, err
	}
	l := &lists{rules, suppression, needsOf(rules)}
	shared.Store(p.Dir, l)
	return l, nil
}

func mapPart(ctx context.Context, t *shuffle.MapTask) error {
	var p params
	var w work
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	if err := json.Unmarshal(t.Work, &w); err != nil {
		return err
	}
	l, err := listsOf(&p)
	if err != nil {
		return err
	}
	switch w.Kind {
	case workMatches:
		return mapMatches(ctx, t, &p, &w, l)
	case workTold:
		return send(ctx, t, w.Path, tagTold, toldCodec, func(row *Told) string { return row.Audience })
	case workExposed:
		return send(ctx, t, w.Path, tagExposed, exposedCodec, func(row *customers.Exposed) string { return row.Audience })
	case workRecords:
		return mapRecords(ctx, t, w.Path, l)
	case workActions:
		return mapActions(ctx, t, w.Path)
	}
	for i := range l.rules.Audiences {
		if err := t.Emit([]byte(l.rules.Audiences[i].Code), tagRule, nil); err != nil {
			return err
		}
	}
	return nil
}

// mapMatches finds the candidates of one partition of customers.
func mapMatches(ctx context.Context, t *shuffle.MapTask, p *params, w *work, l *lists) error {
	stated, err := readConsents(ctx, w.Consents)
	if err != nil {
		return err
	}
	known, err := readCustomers(ctx, w.Customers, l.needs)
	if err != nil {
		return err
	}
	evaluator := audience.NewEvaluator(l.rules.Audiences, l.suppression, p.Settings, p.AsOfEnd)
	var rec []byte
	return warehouse.Read(ctx, w.Path, nil, func(rows []value.Match) error {
		for i := range rows {
			subject := subjectOf(&rows[i], known.of(rows[i].CustomerID), l.needs)
			for _, entry := range evaluator.Candidates(&subject, stated.of(&rows[i])) {
				rec = candidateCodec.Append(rec[:0], &entry.Candidate)
				if err := t.Emit([]byte(entry.Audience), tagCandidate, rec); err != nil {
					return err
				}
			}
		}
		t.Progress(len(rows))
		return nil
	})
}

// send emits the rows of a table under their audience.
func send[T any](ctx context.Context, t *shuffle.MapTask, path string, tag uint8, c *codec.Codec[T], audienceOf func(*T) string) error {
	var rec []byte
	return warehouse.Read(ctx, path, nil, func(rows []T) error {
		for i := range rows {
			rec = c.Append(rec[:0], &rows[i])
			if err := t.Emit([]byte(audienceOf(&rows[i])), tag, rec); err != nil {
				return err
			}
		}
		t.Progress(len(rows))
		return nil
	})
}

// subjectOf is a customer as audiences see one. more are the columns that a match does not carry.
func subjectOf(m *value.Match, more *schemas.Customer, n needs) audience.Subject {
	s := audience.Subject{
		CustomerID: m.CustomerID, Value: m.Value, Matched: m.Matched, Country: m.Country, IDs: audience.Identifiers(m.Email, m.Phone, m.Identifiers),
		Names: audience.Names{GivenName: m.GivenName, FamilyName: m.FamilyName, Postcode: m.Postcode},
		Minor: more.AgeBand == audience.MinorBand, Contacts: more.Contacts30d,
	}
	if n.places {
		s.Names.City, s.Names.Province = more.City, more.Province
	}
	if n.facts {
		s.Names.Name = more.DisplayName
		s.Facts = audience.Facts{
			Tier: more.Tier, Lifecycle: more.Lifecycle, RFM: more.RFMSegment, ABC: more.ABC, Segments: more.Segments, CLV12m: more.CLV12m,
			ChurnProbability: more.ChurnProbability, ChurnBand: more.ChurnBand, ValueAtRisk: more.ValueAtRisk, NextBestProduct: more.NextBestProduct,
			NextOrderDay: more.NextOrderDay, LastOrderDay: more.LastOrderDay, Owner: more.Owner, Language: more.Language,
		}
	}
	return s
}

// statements are the consents of the customers of one partition, in order of the customers.
type statements struct {
	rows []schemas.ConsentRow
	at   int
	own  []schemas.ConsentRow
}

// consentColumns are the columns that consent follows from.
var consentColumns = []string{"customer_id", "identifier_type", "identifier", "purpose", "channel", "status", "time", "expires"}

func readConsents(ctx context.Context, path string) (*statements, error) {
	s := &statements{}
	if path == "" {
		return s, nil
	}
	err := warehouse.Read(ctx, path, consentColumns, func(rows []schemas.ConsentRow) error {
		for i := range rows {
			if rows[i].CustomerID != "" { // an identifier of nobody
				s.rows = append(s.rows, rows[i])
			}
		}
		return nil
	})
	return s, err
}

// of are the statements of a customer, with the refusals that the customer's own records
// state (a CRM's opt-out flags); customers are asked for in order.
func (s *statements) of(m *value.Match) []schemas.ConsentRow {
	for s.at < len(s.rows) && s.rows[s.at].CustomerID < m.CustomerID {
		s.at++
	}
	s.own = s.own[:0]
	for i := s.at; i < len(s.rows) && s.rows[i].CustomerID == m.CustomerID; i++ {
		s.own = append(s.own, s.rows[i])
	}
	for _, c := range m.Refusals {
		s.own = append(s.own, schemas.ConsentRow{IdentifierType: audience.TypeCustomer, Identifier: m.CustomerID, Purpose: c.Purpose, Channel: c.Channel, Status: c.Status})
	}
	return s.own
}

// people are further columns of the customers of one partition, in order of the customers.
type people struct {
	rows []schemas.Customer
	at   int
}

func readCustomers(ctx context.Context, path string, n needs) (*people, error) {
	p := &people{}
	if path == "" {
		return p, nil
	}
	err := warehouse.Read(ctx, path, n.columns(), func(rows []schemas.Customer) error {
		p.rows = append(p.rows, rows...)
		return nil
	})
	return p, err
}

// of is the row of a customer, an empty one if there is none; customers are asked for in order.
func (p *people) of(customerID string) *schemas.Customer {
	for p.at < len(p.rows) && p.rows[p.at].CustomerID < customerID {
		p.at++
	}
	if p.at < len(p.rows) && p.rows[p.at].CustomerID == customerID {
		return &p.rows[p.at]
	}
	return &schemas.Customer{}
}

// needs are what the files of a run's audiences show beside what decides about them.
type needs struct {
	places bool     // city and province
	facts  bool     // tier, segments and scores
	crms   []string // systems whose records are updated
}

func needsOf(rules *segment.Rules) needs {
	n := needs{}
	for _, name := range audience.Platforms() {
		platform, _ := audience.PlatformNamed(name)
		for i := range rules.Audiences {
			if !slices.Contains(rules.Audiences[i].Platforms, name) {
				continue
			}
			n.places = n.places || platform.Places
			n.facts = n.facts || platform.Facts
			if platform.CRM {
				n.crms = append(n.crms, name)
				break
			}
		}
	}
	return n
}

// columns are those of table customers that are read.
func (n needs) columns() []string {
	columns := []string{"customer_id", "age_band", "contacts_30d"}
	if n.places {
		columns = append(columns, "city", "province")
	}
	if n.facts {
		columns = append(columns, "display_name", "tier", "lifecycle", "rfm_segment", "abc", "segments", "clv_12m", "churn_probability", "churn_band",
			"value_at_risk", "next_best_product", "expected_next_order_date", "last_order_day", "owner", "language")
	}
	return columns
}

// pathOf is the file of a manifest's table below the run's folder.
func pathOf(l runs.Layout, file warehouse.FileInfo) string {
	return filepath.Join(l.Dir(), filepath.FromSlash(file.Name))
}
