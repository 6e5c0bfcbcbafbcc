// Package subject gathers all that is held on one person: over all tables and records of the
// current run, what platforms were told, and the lists that name the person. It answers a
// request for access. What the run holds about others is left out.
package subject

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sort"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/explain"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Export is all that is held on one person.
type Export struct {
	CustomerID string    `json:"customer_id"`
	RunID      string    `json:"run_id"`
	AsOf       string    `json:"as_of"`
	Suppressed []string  `json:"suppressed"` // why and where the person is on the suppression list
	Tables     []Table   `json:"tables"`
	LeftOut    []LeftOut `json:"left_out"`
}

// Table is what one table or kind of record holds.
type Table struct {
	Name  string        `json:"table"`
	Label schemas.Label `json:"label"`
	Rows  []Row         `json:"rows"`
}

// LeftOut says what is held beside, and why it is not shown.
type LeftOut struct {
	What string `json:"what"`
	Rows int    `json:"rows,omitempty"`
	Why  string `json:"why"`
}

// person is what rows are known by.
type person struct {
	id           string
	references   map[string]bool // of the person's records
	orders       map[string]bool // keys of the person's orders
	interactions map[string]bool // keys of the person's interactions
	identifiers  map[[2]string]bool
}

// Gather collects what the current run of a config holds on a person. id is a customer id, old
// or current, source/source_id or a reference.
func Gather(ctx context.Context, c *config.Config, id string) (*Export, error) {
	reader, err := explain.Open(c.Output.Path, true)
	if err != nil {
		return nil, err
	}
	customer, _, err := reader.Resolve(ctx, id)
	if err != nil {
		return nil, err
	}
	runID, err := runs.Current(c.Output.Path)
	if err != nil {
		return nil, err
	}
	layout := runs.Layout{Out: c.Output.Path, RunID: runID}
	inputs, err := runs.ReadInputs(layout)
	if err != nil {
		return nil, err
	}
	g := &gatherer{ctx: ctx, layout: layout, tables: map[string]warehouse.TableFiles{}, who: person{
		id: customer, references: map[string]bool{}, orders: map[string]bool{}, interactions: map[string]bool{}, identifiers: map[[2]string]bool{},
	}}
	if err := g.find(); err != nil {
		return nil, err
	}
	out := &Export{CustomerID: customer, RunID: runID, AsOf: inputs.AsOf, Suppressed: []string{}}
	for _, s := range sources {
		t, err := s.gather(g)
		if err != nil {
			return nil, err
		}
		if len(t.Rows) > 0 {
			out.Tables = append(out.Tables, t)
		}
	}
	if out.Suppressed, err = g.suppressed(c); err != nil {
		return nil, err
	}
	if out.LeftOut, err = g.pairs(); err != nil {
		return nil, err
	}
	out.LeftOut = append(out.LeftOut,
		LeftOut{What: "rejected rows", Why: "a row that could not be read belongs to nobody; the originals lie in restricted/reject_original"},
		LeftOut{What: "exports", Why: "the files that were read are the source systems'"},
		LeftOut{What: "sums over many customers (reports, segment_summary, kpi ...)", Why: "they name nobody"})
	return out, nil
}

// gatherer reads the tables of one run.
type gatherer struct {
	ctx    context.Context
	layout runs.Layout
	tables map[string]warehouse.TableFiles
	who    person
}

// find lists the tables of all jobs, and what the person's rows are known by.
func (g *gatherer) find() error {
	manifests, err := filepath.Glob(g.layout.Manifest("*"))
	if err != nil {
		return err
	}
	for _, path := range manifests {
		m, err := warehouse.ReadManifest(path)
		if err != nil {
			return err
		}
		for _, t := range m.Tables {
			g.tables[t.Table] = t
		}
	}
	if err := each(g, "identity_map", []string{"customer_id", "namespace", "object", "source_id"}, func(r *schemas.IdentityMap) {
		if r.CustomerID == g.who.id {
			g.who.references[r.Namespace+":"+r.Object+":"+r.SourceID] = true
		}
	}); err != nil {
		return err
	}
	if err := each(g, "orders", []string{"order_key", "customer_id"}, func(r *schemas.OrderRow) {
		if r.CustomerID == g.who.id {
			g.who.orders[r.OrderKey] = true
		}
	}); err != nil {
		return err
	}
	if err := each(g, "interactions", []string{"interaction_key", "customer_id"}, func(r *schemas.InteractionRow) {
		if r.CustomerID == g.who.id {
			g.who.interactions[r.Key] = true
		}
	}); err != nil {
		return err
	}
	return each(g, "customers", []string{"customer_id", "identifiers"}, func(r *schemas.Customer) {
		if r.CustomerID == g.who.id {
			for _, id := range r.Identifiers {
				g.who.identifiers[[2]string{id.Type, id.Value}] = true
			}
		}
	})
}

// paths are the parts of a table that have rows.
func (g *gatherer) paths(table string) []string {
	t := g.tables[table]
	dir := g.layout.Dir()
	if t.Run != "" {
		dir = runs.Layout{Out: g.layout.Out, RunID: t.Run}.Dir()
	}
	var out []string
	for _, file := range t.Files {
		if file.Rows > 0 {
			out = append(out, filepath.Join(dir, filepath.FromSlash(file.Name)))
		}
	}
	return out
}

// each hands all rows of a table to do.
func each[T any](g *gatherer, table string, columns []string, do func(*T)) error {
	for _, path := range g.paths(table) {
		if err := warehouse.Read(g.ctx, path, columns, func(rows []T) error {
			for i := range rows {
				do(&rows[i])
			}
			return nil
		}); err != nil {
			return fmt.Errorf("%w (a run of another version? tributary run makes a new one)", err)
		}
	}
	return nil
}

// pairs counts what compares the person's records with those of others: it would show theirs.
func (g *gatherer) pairs() ([]LeftOut, error) {
	var links, conflicts, reviews int
	one := func(left, right string) int {
		if g.who.references[left] != g.who.references[right] {
			return 1
		}
		return 0
	}
	keys := []string{"left_ref", "right_ref"}
	if err := each(g, "identity_link", keys, func(r *schemas.IdentityLink) { links += one(r.LeftRef, r.RightRef) }); err != nil {
		return nil, err
	}
	if err := each(g, "identity_conflict", keys, func(r *schemas.IdentityConflict) { conflicts += one(r.LeftRef, r.RightRef) }); err != nil {
		return nil, err
	}
	if err := each(g, "identity_review", keys, func(r *schemas.IdentityReview) { reviews += one(r.LeftRef, r.RightRef) }); err != nil {
		return nil, err
	}
	const why = "shows another person's data; the person's own are in the records"
	all := []LeftOut{{"identity_link", links, why}, {"identity_conflict", conflicts, why}, {"identity_review", reviews, why}}
	return slices.DeleteFunc(all, func(l LeftOut) bool { return l.Rows == 0 }), nil
}

// suppressed are the channels on which the suppression list holds the person.
func (g *gatherer) suppressed(c *config.Config) ([]string, error) {
	list, err := runs.Suppression(c.Suppression, c.Identity.Regions)
	if err != nil {
		return nil, err
	}
	var ids []audience.Identifier
	for id := range g.who.identifiers {
		ids = append(ids, audience.Identifier{Type: id[0], Value: id[1]})
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i].Type+ids[i].Value < ids[j].Type+ids[j].Value })
	return list.Channels(g.who.id, ids), nil
}
