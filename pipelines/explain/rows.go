package explain

import (
	"context"
	"path/filepath"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// facts are the rows of one customer in the tables that happened in time, and what follows from them.
type facts struct {
	orders        []schemas.OrderRow
	lines         []schemas.OrderLineRow
	interactions  []schemas.InteractionRow
	touchpoints   []schemas.Touchpoint
	consents      []schemas.ConsentRow
	loyalty       []schemas.LoyaltyEventRow
	opportunities []schemas.OpportunityRow
	subscriptions []schemas.SubscriptionRow
	traits        []schemas.TraitRow
	months        []schemas.CustomerHistory
	tiers         []schemas.CustomerTier
	actions       []schemas.CustomerAction
	members       []schemas.AudienceMember
	relations     []schemas.CustomerRelation
}

// facts reads a customer's rows.
func (r *Reader) facts(ctx context.Context, id string) (*facts, error) {
	f := &facts{}
	for _, read := range []func() error{
		func() error { return rowsOf(ctx, r, "orders", id, &f.orders) },
		func() error { return rowsOf(ctx, r, "order_lines", id, &f.lines) },
		func() error { return rowsOf(ctx, r, "interactions", id, &f.interactions) },
		func() error { return rowsOf(ctx, r, "touchpoints", id, &f.touchpoints) },
		func() error { return rowsOf(ctx, r, "consents", id, &f.consents) },
		func() error { return rowsOf(ctx, r, "loyalty_events", id, &f.loyalty) },
		func() error { return rowsOf(ctx, r, "opportunities", id, &f.opportunities) },
		func() error { return rowsOf(ctx, r, "subscriptions", id, &f.subscriptions) },
		func() error { return rowsOf(ctx, r, "traits", id, &f.traits) },
		func() error { return rowsOf(ctx, r, "customer_history", id, &f.months) },
		func() error { return rowsOf(ctx, r, "customer_tier", id, &f.tiers) },
		func() error { return rowsOf(ctx, r, "customer_action", id, &f.actions) },
		func() error { return rowsOf(ctx, r, "audience_member", id, &f.members) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return f, scan(ctx, r, "customer_relation", nil, func(row *schemas.CustomerRelation) {
		if row.From == id || row.To == id {
			f.relations = append(f.relations, *row)
		}
	})
}

// keyed is what tells whether a part has rows of a customer.
type keyed struct {
	CustomerID string `parquet:"customer_id"`
}

// rowsOf appends a customer's rows of a table. The rows of one customer lie in few parts, so the
// other columns of a part are read only where the customer is.
func rowsOf[T any](ctx context.Context, r *Reader, table, id string, out *[]T) error {
	for _, file := range r.tables[table].Files {
		if file.Rows == 0 {
			continue
		}
		path := filepath.Join(r.layout.Dir(), filepath.FromSlash(file.Name))
		var mine []bool
		there := false
		if err := warehouse.Read(ctx, path, nil, func(rows []keyed) error {
			for i := range rows {
				mine = append(mine, rows[i].CustomerID == id)
				there = there || rows[i].CustomerID == id
			}
			return nil
		}); err != nil {
			return err
		}
		if !there {
			continue
		}
		at := 0
		if err := warehouse.Read(ctx, path, nil, func(rows []T) error {
			for i := range rows {
				if mine[at] {
					*out = append(*out, rows[i])
				}
				at++
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}
