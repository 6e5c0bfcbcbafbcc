// Package audiences makes the lists of customers for platforms: who matches a rule, who may
// be exported under which consent, who is held back and why, and one file per platform.
//
// The value stage says which audiences take a customer and which had the customer in the
// parent run. Map adds consents and suppression, one candidate for each audience; everything
// of one audience meets in one group; Reduce selects and writes.
package audiences

import (
	"context"
	"encoding/json"
	"path/filepath"
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
const JobName = value.AudiencesJob

// MembersCounter counts members over all audiences.
const MembersCounter = "audience_members"

type params struct {
	runs.Base
	AsOfEnd     int64          `json:"as_of_end"`
	Rules       []segment.File `json:"rules"`
	Suppression string         `json:"suppression"`
	Regions     []string       `json:"regions"`
}

// work is one partition of customers; without paths it names the audiences of the rules, so
// that those without candidates have their rows too.
type work struct {
	Matches  string `json:"matches"`
	Consents string `json:"consents"`
}

var op = shuffle.Define(shuffle.Op{Name: JobName, Map: mapPart, Reduce: reducePartition, Finish: finish})

// Tags of records.
const (
	tagRule uint8 = iota + 1
	tagCandidate
)

var candidateCodec = codec.For[audience.Candidate]()

// expansion: a byte of Parquet becomes about so many bytes of candidates.
const expansion = 6

// Run runs the stage.
func Run(ctx context.Context, env *runs.Env) error {
	if env.Done(JobName) {
		return env.Run(ctx, runs.Job{Name: JobName})
	}
	m, err := env.Manifest(customers.JobName)
	if err != nil {
		return err
	}
	valued, err := env.Manifest(value.ApplyJob)
	if err != nil {
		return err
	}
	files, _, err := runs.Rules(env.Config)
	if err != nil {
		return err
	}
	works := []any{work{}}
	var bytes int64
	if matches, ok := valued.Table(value.MatchTable); ok {
		consents := map[string]string{} // by name of the part: both lie in the same partitions
		if t, ok := m.Table("consents"); ok {
			for _, file := range t.Files {
				if file.Rows > 0 {
					consents[filepath.Base(file.Name)] = filepath.Join(env.Layout.Dir(), file.Name)
				}
			}
		}
		for _, file := range matches.Files {
			if file.Rows > 0 {
				works = append(works, work{filepath.Join(env.Layout.Dir(), file.Name), consents[filepath.Base(file.Name)]})
				bytes += file.Bytes
			}
		}
	}
	p := params{Base: env.Base(JobName), AsOfEnd: env.Config.AsOfEnd(), Rules: files, Suppression: env.Config.Suppression, Regions: env.Config.Identity.Regions}
	return env.Run(ctx, runs.Job{Name: JobName, Op: op, Params: p, Work: works, Partitions: env.Partitions(bytes * expansion)})
}

// lists are the rules and the suppression list; all tasks of a process share them.
type lists struct {
	rules       *segment.Rules
	suppression *audience.Suppression
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
	l := &lists{rules, suppression}
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
	if w.Matches == "" {
		for i := range l.rules.Audiences {
			if err := t.Emit([]byte(l.rules.Audiences[i].Code), tagRule, nil); err != nil {
				return err
			}
		}
		return nil
	}
	stated, err := readConsents(ctx, w.Consents)
	if err != nil {
		return err
	}
	evaluator := audience.NewEvaluator(l.rules.Audiences, l.suppression, p.AsOfEnd)
	var rec []byte
	return warehouse.Read(ctx, w.Matches, nil, func(rows []value.Match) error {
		for i := range rows {
			subject := subjectOf(&rows[i])
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

func subjectOf(m *value.Match) audience.Subject {
	return audience.Subject{
		CustomerID: m.CustomerID, Value: m.Value, Matched: m.Matched, Was: m.Was,
		GivenName: m.GivenName, FamilyName: m.FamilyName, Country: m.Country, Postcode: m.Postcode,
		IDs: audience.Identifiers(m.Email, m.Phone, m.Identifiers),
	}
}

// statements are the consents of the customers of one partition, in order of the customers.
type statements struct {
	rows []schemas.ConsentRow
	at   int
	own  []schemas.ConsentRow
}

func readConsents(ctx context.Context, path string) (*statements, error) {
	s := &statements{}
	if path == "" {
		return s, nil
	}
	columns := []string{"customer_id", "identifier_type", "identifier", "purpose", "channel", "status", "time", "expires"}
	err := warehouse.Read(ctx, path, columns, func(rows []schemas.ConsentRow) error {
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
