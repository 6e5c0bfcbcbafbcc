package audiences

import (
	"cmp"
	"context"
	"slices"

	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// keepDays is how long it is remembered when a customer came to an audience: who comes again
// within that time is counted once, from the first day.
const keepDays = 365

// exposure remembers since when the customers of one audience or play are reached, or held
// back in its control group. A later run compares what the two did afterwards.
type exposure struct {
	wanted bool // there is a control group to compare with
	code   string
	asOf   int32
	before []customers.Exposed // of the parent run, in order of the customers
	at     int
	rows   []customers.Exposed
}

func newExposure(code string, asOf int32, before []customers.Exposed) exposure {
	before = slices.DeleteFunc(before, func(e customers.Exposed) bool { return asOf-e.Since > keepDays })
	slices.SortFunc(before, func(a, b customers.Exposed) int { return cmp.Compare(a.CustomerID, b.CustomerID) })
	return exposure{code: code, asOf: asOf, before: before}
}

// see takes a row of audience_member, customers in order.
func (e *exposure) see(customerID string, row *schemas.AudienceMember) {
	switch {
	case !e.wanted:
	case row.Status == audience.StatusMember:
		e.add(customerID, true)
	case row.HeldReason == audience.HeldControl:
		e.add(customerID, false)
	}
}

// add remembers a customer. One who has changed the group begins anew: what was done under the
// other one says nothing.
func (e *exposure) add(customerID string, treated bool) {
	e.upTo(customerID)
	row := customers.Exposed{CustomerID: customerID, Audience: e.code, Treated: treated, Since: e.asOf}
	if e.at < len(e.before) && e.before[e.at].CustomerID == customerID {
		if e.before[e.at].Treated == treated {
			row = e.before[e.at]
		}
		e.at++
	}
	e.rows = append(e.rows, row)
}

// upTo keeps those of the parent run before a customer.
func (e *exposure) upTo(customerID string) {
	for e.at < len(e.before) && (customerID == "" || e.before[e.at].CustomerID < customerID) {
		e.rows = append(e.rows, e.before[e.at])
		e.at++
	}
}

func (e *exposure) write(out *runs.Output[customers.Exposed]) error {
	e.upTo("")
	for i := range e.rows {
		if err := out.Add(&e.rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// action is a customer whom a play takes. The customer comes first, so that sorted bytes are in
// order of the customers.
type action struct {
	CustomerID string
	Control    bool
}

// mapActions sends the customers of each play.
func mapActions(ctx context.Context, t *shuffle.MapTask, path string) error {
	var rec []byte
	return warehouse.Read(ctx, path, []string{"customer_id", "play", "control"}, func(rows []schemas.CustomerAction) error {
		for i := range rows {
			rec = actionCodec.Append(rec[:0], &action{rows[i].CustomerID, rows[i].Control})
			if err := t.Emit([]byte(customers.PlayPrefix+rows[i].Play), tagAction, rec); err != nil {
				return err
			}
		}
		t.Progress(len(rows))
		return nil
	})
}

// play remembers the customers of a play.
func (r *reducer) play(g *group) error {
	e := newExposure(g.code, r.p.AsOf, g.exposed)
	for _, rec := range g.actions {
		var a action
		if err := actionCodec.Decode(rec, &a); err != nil {
			return err
		}
		e.add(a.CustomerID, !a.Control)
	}
	return e.write(r.exposed)
}
