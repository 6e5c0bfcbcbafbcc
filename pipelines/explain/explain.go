// Package explain tells from the tables of a finished run why source records are one customer,
// where the fields of the golden record come from, and why a customer has these scores.
package explain

import (
	"context"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	pipewarehouse "github.com/tributary-cdp/tributary/pipelines/warehouse"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Record is one source record of a customer.
type Record struct {
	Source      string   `json:"source"`
	Object      string   `json:"object"`
	SourceID    string   `json:"source_id"`
	System      string   `json:"system"`
	Reference   string   `json:"reference"`
	CustomerID  string   `json:"customer_id"`
	Rule        string   `json:"rule,omitempty"`
	Probability *float64 `json:"match_probability,omitempty"`
	FirstRunID  string   `json:"first_run_id"`
}

// Link is a pair of records that was compared.
type Link struct {
	Left        string   `json:"left"`
	Right       string   `json:"right"`
	Rule        string   `json:"rule"`
	Accepted    bool     `json:"accepted"`
	Probability *float64 `json:"probability,omitempty"`
	Weights     []Weight `json:"weights,omitempty"`
}

// Weight is what one comparison added to the evidence.
type Weight struct {
	Comparison string  `json:"comparison"`
	Level      string  `json:"level"`
	Bits       float64 `json:"bits"`
	Values     string  `json:"values,omitempty"` // of both records; contact data
}

// Conflict is a link that was cut or vetoed.
type Conflict struct {
	Left   string `json:"left"`
	Right  string `json:"right"`
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
	Values string `json:"values,omitempty"` // of both sides; contact data
}

// Event is a change of customer ids.
type Event struct {
	RunID  string `json:"run_id"`
	Event  string `json:"event"`
	ID     string `json:"customer_id"`
	Other  string `json:"other_customer_id,omitempty"`
	Record string `json:"record,omitempty"`
	Cause  string `json:"cause"`
}

// Segment is one segment of a customer.
type Segment struct {
	Scheme   string `json:"scheme"`
	Segment  string `json:"segment"`
	Since    string `json:"since"`
	Previous string `json:"previous,omitempty"`
}

// Customer explains one customer.
type Customer struct {
	RunID      string     `json:"run_id"`
	CustomerID string     `json:"customer_id"`
	FormerIDs  []string   `json:"former_ids,omitempty"` // ids that lead here
	Absent     bool       `json:"absent,omitempty"`     // all records are deleted, or accounts that many share: no other table knows it
	Records    []Record   `json:"records"`
	Tree       []Link     `json:"tree"`            // the strongest links that hold the records together
	Parts      int        `json:"parts,omitempty"` // that no link between two records holds together, where there are several
	Links      []Link     `json:"links"`           // all that touch a record, accepted or not
	Conflicts  []Conflict `json:"conflicts"`
	Events     []Event    `json:"events"`
	Golden     []Field    `json:"golden"`
	RFM        []Field    `json:"rfm,omitempty"`
	CLV        []Field    `json:"clv,omitempty"`
	Churn      []Field    `json:"churn,omitempty"`
	Reasons    []Reason   `json:"churn_reasons,omitempty"`
	Segments   []Segment  `json:"segments"`
}

// Reason is one reason of a churn score.
type Reason struct {
	Feature string  `json:"feature"`
	Effect  float64 `json:"effect"`
	Text    string  `json:"text"`
}

// Reader reads the tables of one run.
type Reader struct {
	layout   runs.Layout
	tables   map[string]warehouse.TableFiles
	contacts bool // show contact data
}

// Open opens the current run of an output folder.
func Open(out string, showContacts bool) (*Reader, error) {
	id, err := runs.Current(out)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, runs.ConfigError("%s has no finished run: tributary run comes first", out)
	}
	r := &Reader{layout: runs.Layout{Out: out, RunID: id}, tables: map[string]warehouse.TableFiles{}, contacts: showContacts}
	tables, err := pipewarehouse.Tables(r.layout)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		r.tables[t.Table] = t
	}
	return r, nil
}

// scan hands every row of a table to each.
func scan[T any](ctx context.Context, r *Reader, table string, columns []string, each func(*T)) error {
	files := r.tables[table]
	return runs.EachRow(ctx, r.layout, &files, columns, func(row *T) error {
		each(row)
		return nil
	})
}

func reference(m *schemas.IdentityMap) string {
	return m.Namespace + ":" + m.Object + ":" + m.SourceID
}

// Resolve finds what an id means: a customer id, old or current, source/source_id,
// source/object/source_id or a reference. The record is nil for customer ids.
func (r *Reader) Resolve(ctx context.Context, id string) (customer string, record *Record, err error) {
	source, rest, isRecord := strings.Cut(id, "/")
	object, key, hasObject := strings.Cut(rest, "/")
	found := map[string]*Record{}
	sources := map[string]bool{}
	err = scan(ctx, r, "identity_map", nil, func(m *schemas.IdentityMap) {
		sources[m.Source] = true
		switch {
		case m.CustomerID == id:
			customer = id
		case isRecord && m.Source == source && (m.SourceID == rest || hasObject && m.Object == object && m.SourceID == key),
			!isRecord && reference(m) == id:
			found[reference(m)] = recordOf(m)
		}
	})
	switch {
	case err != nil || customer != "":
		return customer, nil, err
	case len(found) == 1:
		for _, record = range found {
			return record.CustomerID, record, nil
		}
	case len(found) > 1:
		return "", nil, runs.ConfigError("%s names %d records: give one of %s", id, len(found), strings.Join(slices.Sorted(maps.Keys(found)), ", "))
	case isRecord && !sources[source]:
		return "", nil, runs.ConfigError("no source %q in run %s%s", source, r.layout.RunID, strictyaml.Suggest(source, slices.Sorted(maps.Keys(sources))))
	case isRecord:
		return "", nil, runs.ConfigError("source %s has no record of that id in run %s", source, r.layout.RunID)
	}
	return r.redirected(ctx, id)
}

// redirected follows an id that was given out by an earlier run.
func (r *Reader) redirected(ctx context.Context, id string) (string, *Record, error) {
	known, current := false, ""
	err := scan(ctx, r, "customer_id_redirect", nil, func(x *schemas.CustomerIDRedirect) {
		if x.OldCustomerID == id {
			known, current = true, x.CustomerID
		}
	})
	switch {
	case err != nil:
		return "", nil, err
	case current != "":
		return current, nil, nil
	case known:
		return "", nil, runs.ConfigError("customer %s is retired: no record of it is left in the exports", id)
	}
	return "", nil, runs.ConfigError("%s is no customer of run %s (give a customer_id, source/source_id or a reference)", id, r.layout.RunID)
}

func recordOf(m *schemas.IdentityMap) *Record {
	return &Record{
		Source: m.Source, Object: m.Object, SourceID: m.SourceID, System: m.System, Reference: reference(m),
		CustomerID: m.CustomerID, Rule: m.Rule, Probability: m.MatchProbability, FirstRunID: m.FirstRunID,
	}
}

// Customer gathers all that the run knows about one customer.
func (r *Reader) Customer(ctx context.Context, id string) (*Customer, error) {
	c := &Customer{RunID: r.layout.RunID, CustomerID: id, Records: []Record{}, Tree: []Link{}, Links: []Link{}, Conflicts: []Conflict{}, Events: []Event{}, Segments: []Segment{}}
	var err error
	if c.Records, err = r.records(ctx, id); err != nil {
		return nil, err
	}
	mine := map[string]bool{}
	for _, record := range c.Records {
		mine[record.Reference] = true
	}
	if err := r.evidence(ctx, c, mine); err != nil {
		return nil, err
	}
	slices.SortFunc(c.Links, byStrength)
	parts := 0
	if c.Tree, parts = spanningTree(c.Links, slices.Sorted(maps.Keys(mine))); parts > 1 {
		c.Parts = parts
	}
	if err := r.showValues(ctx, c.Tree); err != nil {
		return nil, err
	}
	if err := r.history(ctx, c); err != nil {
		return nil, err
	}
	return c, r.scores(ctx, c)
}

func (r *Reader) records(ctx context.Context, customer string) ([]Record, error) {
	var out []Record
	err := scan(ctx, r, "identity_map", nil, func(m *schemas.IdentityMap) {
		if m.CustomerID == customer {
			out = append(out, *recordOf(m))
		}
	})
	sort.Slice(out, func(i, j int) bool { return out[i].Reference < out[j].Reference })
	return out, err
}

// evidence gathers links and conflicts that touch the customer's records.
func (r *Reader) evidence(ctx context.Context, c *Customer, mine map[string]bool) error {
	err := scan(ctx, r, "identity_link", nil, func(l *schemas.IdentityLink) {
		if mine[l.LeftRef] || mine[l.RightRef] {
			c.Links = append(c.Links, linkOf(l))
		}
	})
	if err != nil {
		return err
	}
	return scan(ctx, r, "identity_conflict", nil, func(x *schemas.IdentityConflict) {
		if mine[x.LeftRef] || mine[x.RightRef] {
			c.Conflicts = append(c.Conflicts, r.conflictOf(x))
		}
	})
}

func linkOf(l *schemas.IdentityLink) Link {
	link := Link{Left: l.LeftRef, Right: l.RightRef, Rule: l.Rule, Accepted: l.Accepted, Probability: l.Probability}
	for _, w := range l.Weights {
		link.Weights = append(link.Weights, Weight{Comparison: w.Comparison, Level: w.Level, Bits: w.Log2})
	}
	return link
}

func (r *Reader) conflictOf(x *schemas.IdentityConflict) Conflict {
	c := Conflict{Left: x.LeftRef, Right: x.RightRef, Rule: x.Rule, Reason: x.Reason}
	if r.contacts && x.LeftValue+x.RightValue != "" {
		c.Values = x.LeftValue + " / " + x.RightValue
	}
	return c
}

// history gathers what happened to the customer's ids.
func (r *Reader) history(ctx context.Context, c *Customer) error {
	err := scan(ctx, r, "customer_id_redirect", nil, func(x *schemas.CustomerIDRedirect) {
		if x.CustomerID == c.CustomerID && x.OldCustomerID != c.CustomerID {
			c.FormerIDs = append(c.FormerIDs, x.OldCustomerID)
		}
	})
	if err != nil {
		return err
	}
	sort.Strings(c.FormerIDs)
	return scan(ctx, r, "identity_event", nil, func(e *schemas.IdentityEvent) {
		if e.CustomerID == c.CustomerID || e.OtherCustomerID == c.CustomerID {
			c.Events = append(c.Events, Event{e.RunID, e.Event, e.CustomerID, e.OtherCustomerID, e.Record, e.Cause})
		}
	})
}

// scores gathers the golden record, the scores and the segments.
func (r *Reader) scores(ctx context.Context, c *Customer) error {
	found := false
	err := scan(ctx, r, "customers", nil, func(row *schemas.Customer) {
		if row.CustomerID == c.CustomerID {
			found = true
			c.Golden = golden(row, r.contacts)
		}
	})
	if err != nil {
		return err
	}
	if c.Absent = !found; c.Absent {
		return nil
	}
	if err := scan(ctx, r, "customer_rfm", nil, func(row *schemas.CustomerRFM) {
		if row.CustomerID == c.CustomerID {
			c.RFM = fields(row, r.contacts)
		}
	}); err != nil {
		return err
	}
	if err := scan(ctx, r, "customer_clv", nil, func(row *schemas.CustomerCLV) {
		if row.CustomerID == c.CustomerID {
			c.CLV = fields(row, r.contacts)
		}
	}); err != nil {
		return err
	}
	if err := scan(ctx, r, "customer_churn", nil, func(row *schemas.CustomerChurn) {
		if row.CustomerID != c.CustomerID {
			return
		}
		c.Churn = fields(row, r.contacts)
		for _, reason := range row.Reasons {
			c.Reasons = append(c.Reasons, Reason{reason.Feature, reason.Effect, reason.Text})
		}
	}); err != nil {
		return err
	}
	return scan(ctx, r, "customer_segment", nil, func(row *schemas.CustomerSegment) {
		if row.CustomerID == c.CustomerID {
			c.Segments = append(c.Segments, Segment{row.Scheme, row.Segment, day(row.Since), row.Previous})
		}
	})
}
