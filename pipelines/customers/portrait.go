package customers

import (
	"context"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/measure"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// portrait fills what a customer's traits, visits, subscriptions and relations say, and writes
// the rows of the latter two tables.
func (r *reducer) portrait(p *schemas.CustomerProfile, g *group) error {
	r.measurer.Traits(p, g.traits)
	r.measurer.Renewal(p, g.subscriptions)
	row, ok := r.measurer.Behaviour(g.visits)
	measure.Visits(p, &row)
	if ok {
		row.RunColumns, row.CustomerID = r.stamp, p.CustomerID
		if err := r.behaviour.Add(&row); err != nil {
			return err
		}
	}
	referred, err := r.relationFacts(p, g)
	if err != nil {
		return err
	}
	r.measurer.Funnel(p, g.visits, referred)
	return nil
}

// catalogue leads from the numbers and names of products to their categories.
type catalogue map[string]string

// readCatalogue reads the products of all sources. Of two that share a number the smaller
// category counts, so that the order of the parts says nothing.
func readCatalogue(ctx context.Context, parts []string) (catalogue, error) {
	c := catalogue{}
	add := func(name, category string) {
		if name == "" || category == "" {
			return
		}
		if known, ok := c[name]; !ok || category < known {
			c[strings.Clone(name)] = strings.Clone(category)
		}
	}
	for _, path := range parts {
		if err := warehouse.Read(ctx, path, []string{"deleted", "sku", "name", "category"}, func(rows []schemas.Product) error {
			for i := range rows {
				if !rows[i].Deleted {
					add(rows[i].SKU, rows[i].Category)
					add(rows[i].Name, rows[i].Category)
				}
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// category is that of what an event shows: of its product, else of the product that the last
// part of the page's path names.
func (c catalogue) category(v *schemas.Behaviour) string {
	if len(c) == 0 {
		return ""
	}
	if category := c[v.Product]; category != "" {
		return category
	}
	page, _, _ := strings.Cut(v.Page, "?")
	page = strings.TrimRight(page, "/")
	return c[page[strings.LastIndexByte(page, '/')+1:]]
}

// behaviourColumns are the columns that mapBehaviour reads.
var behaviourColumns = []string{"namespace", "object", "key", "deleted", "customer_ref", "time", "name", "page", "product", "session", "device"}

// mapBehaviour sends the events of customers. Those of nobody are in no table.
func mapBehaviour(ctx context.Context, s *sender, path string, f *finder) error {
	return eachOf(ctx, s, path, behaviourColumns, func(v *schemas.Behaviour) error {
		if v.Deleted {
			return nil
		}
		customer := f.customer(v.CustomerRef)
		if customer < 0 {
			return nil
		}
		event := measure.Event{Time: v.Time, Name: v.Name, Category: f.goods.category(v), Session: v.Session, Device: v.Device}
		return send(s, customer, &v.Meta, tagBehaviour, eventCodec, &event)
	})
}
