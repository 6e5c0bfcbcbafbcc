package value

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/segment"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// applyWork is one part of what comes to customers from elsewhere: from the parent run, or from
// the profiles of their contacts.
type applyWork struct {
	Table string `json:"table"`
	Path  string `json:"path"`
	Older bool   `json:"older"` // made by a version that had other columns
}

// Tags of what comes to a customer.
const (
	tagSegment uint8 = iota + 1
	tagTier
	tagHistory
	tagContact
)

// contact is what an organization is told of a person who works there.
type contact struct {
	Account  string // customer id of the organization
	Orders   int64
	Revenue  int64
	LastDay  int32
	HasOrder bool
}

var (
	segmentCodec = codec.For[schemas.CustomerSegment]()
	tierCodec    = codec.For[schemas.CustomerTier]()
	historyCodec = codec.For[pastMonth]()
	contactCodec = codec.For[contact]()
)

// fromParent are the parent's tables that its customers' rows are read from.
var fromParent = []struct{ job, table, schema string }{
	{ApplyJob, segmentTable, warehouse.SchemaHash[schemas.CustomerSegment]()},
	{ApplyJob, tierTable, warehouse.SchemaHash[schemas.CustomerTier]()},
	{ApplyJob, historyTable, warehouse.SchemaHash[schemas.CustomerHistory]()},
}

// Tables that one run reads of the one before.
const (
	segmentTable = "customer_segment"
	tierTable    = "customer_tier"
	historyTable = "customer_history"
)

// applyWorks lists the parts of the profiles, for the contacts in them, and of what the parent
// run said of customers.
func applyWorks(env *runs.Env, profiles []string) (work []any, err error) {
	for _, path := range profiles {
		if path != "" {
			work = append(work, applyWork{Table: customers.ProfileTable, Path: path})
		}
	}
	parent, ok := env.Parent()
	if !ok {
		return work, nil
	}
	for _, from := range fromParent {
		m, err := warehouse.ReadManifest(parent.Manifest(from.job))
		if errors.Is(err, warehouse.ErrNoManifest) {
			env.Reporter.Warn(fmt.Sprintf("parent run %s has no job %s: all its segments count as new", parent.RunID, from.job))
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("parent run %s: %w", parent.RunID, err)
		}
		t, ok := m.Table(from.table)
		if !ok {
			continue
		}
		older := t.Schema != from.schema
		if older && from.table == historyTable {
			if t.Rows > 0 {
				env.Reporter.Warn(fmt.Sprintf("parent run %s has a %s of another version: its months are not carried over", parent.RunID, historyTable))
			}
			continue
		}
		for _, file := range t.Files {
			if file.Rows > 0 {
				work = append(work, applyWork{from.table, filepath.Join(parent.Dir(), file.Name), older})
			}
		}
	}
	return work, nil
}

// redirectParts are the parts of customer_id_redirect.
func redirectParts(env *runs.Env) (paths []string, err error) {
	m, err := env.Manifest(identity.ClusterJob)
	if err != nil {
		return nil, err
	}
	if t, ok := m.Table("customer_id_redirect"); ok {
		for _, file := range t.Files {
			if file.Rows > 0 {
				paths = append(paths, filepath.Join(env.Layout.Dir(), file.Name))
			}
		}
	}
	return paths, nil
}

var redirects sync.Map // by run: one copy for all tasks of a process

// redirectsOf leads from ids that are no more to today's.
func redirectsOf(ctx context.Context, p *applyParams) (map[string]string, error) {
	if found, ok := redirects.Load(p.Dir + p.LookupSum); ok {
		return found.(map[string]string), nil
	}
	out := map[string]string{}
	for _, path := range p.Redirects {
		if err := warehouse.Read(ctx, path, []string{"old_customer_id", "customer_id"}, func(rows []schemas.CustomerIDRedirect) error {
			for i := range rows {
				out[strings.Clone(rows[i].OldCustomerID)] = strings.Clone(rows[i].CustomerID)
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	redirects.Store(p.Dir+p.LookupSum, out)
	return out, nil
}

// messenger sends rows to customers.
type messenger struct {
	t        *shuffle.MapTask
	lookup   *resolve.Lookup
	key, rec []byte
}

func tell[T any](m *messenger, customerID string, tag uint8, c *codec.Codec[T], row *T) error {
	m.key, m.rec = customers.AppendKey(m.key[:0], m.lookup, customerID), c.Append(m.rec[:0], row)
	return m.t.Emit(m.key, tag, m.rec)
}

// tellAll sends all rows of a part under the ids that they state.
func tellAll[T any](ctx context.Context, m *messenger, path string, columns []string, tag uint8, c *codec.Codec[T], id func(*T) string) error {
	return warehouse.Read(ctx, path, columns, func(rows []T) error {
		for i := range rows {
			if err := tell(m, id(&rows[i]), tag, c, &rows[i]); err != nil {
				return err
			}
		}
		m.t.Progress(len(rows))
		return nil
	})
}

func mapToCustomers(ctx context.Context, t *shuffle.MapTask) error {
	var p applyParams
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	var w applyWork
	if err := json.Unmarshal(t.Work, &w); err != nil {
		return err
	}
	lookup, err := resolve.LoadLookup(p.Lookup, p.LookupSum)
	if err != nil {
		return err
	}
	m := &messenger{t: t, lookup: lookup}
	switch w.Table {
	case tierTable:
		columns := []string{"customer_id", "tier", "since", "cycle_end", "below_since", "downgrade_on"}
		if w.Older {
			columns = columns[:2]
		}
		return tellAll(ctx, m, w.Path, columns, tagTier, tierCodec, func(r *schemas.CustomerTier) string { return r.CustomerID })
	case historyTable:
		return mapHistory(ctx, m, &p, w.Path)
	case customers.ProfileTable:
		return mapContacts(ctx, m, w.Path)
	}
	columns := []string{"customer_id", "scheme", "segment", "since", "previous_segment"}
	return tellAll(ctx, m, w.Path, columns, tagSegment, segmentCodec, func(r *schemas.CustomerSegment) string { return r.CustomerID })
}

// mapHistory sends the months of the parent run to those whose they are today.
func mapHistory(ctx context.Context, m *messenger, p *applyParams, path string) error {
	today, err := redirectsOf(ctx, p)
	if err != nil {
		return err
	}
	return warehouse.Read(ctx, path, nil, func(rows []schemas.CustomerHistory) error {
		for i := range rows {
			row := pastMonth{rows[i], rows[i].CustomerID}
			if id, ok := today[row.CustomerID]; ok {
				row.CustomerID = id
			}
			if err := tell(m, row.CustomerID, tagHistory, historyCodec, &row); err != nil {
				return err
			}
		}
		m.t.Progress(len(rows))
		return nil
	})
}

// mapContacts sends what the contacts of organizations have bought to these.
func mapContacts(ctx context.Context, m *messenger, path string) error {
	return warehouse.Read(ctx, path, []string{"account_id", "orders", "revenue", "last_order_day"}, func(rows []schemas.CustomerProfile) error {
		for i := range rows {
			r := &rows[i]
			if r.AccountID == "" {
				continue
			}
			c := contact{Account: r.AccountID, Orders: r.Orders, Revenue: r.Revenue}
			if r.LastOrderDay != nil {
				c.LastDay, c.HasOrder = *r.LastOrderDay, true
			}
			if err := tell(m, r.AccountID, tagContact, contactCodec, &c); err != nil {
				return err
			}
		}
		return nil
	})
}

// before is what came to one customer.
type before struct {
	segments []schemas.CustomerSegment
	tier     segment.TierState
	history  []pastMonth
	contacts []contact
}

// segment is the customer's segment of a scheme in the parent run.
func (b *before) segment(scheme string) string {
	for i := range b.segments {
		if b.segments[i].Scheme == scheme {
			return b.segments[i].Segment
		}
	}
	return ""
}

// parent walks what came to customers beside their profiles.
type parent struct {
	t    *shuffle.ReduceTask
	id   string // customer
	more bool
	now  before
}

func (b *parent) advance() error {
	b.now = before{segments: b.now.segments[:0], history: b.now.history[:0], contacts: b.now.contacts[:0]}
	if b.more = b.t.Next(); !b.more {
		return nil
	}
	for tag, rec, ok := b.t.Record(); ok; tag, rec, ok = b.t.Record() {
		if err := b.take(tag, rec); err != nil {
			return err
		}
	}
	return nil
}

func (b *parent) take(tag uint8, rec []byte) error {
	switch tag {
	case tagSegment:
		var row schemas.CustomerSegment
		if err := segmentCodec.Decode(rec, &row); err != nil {
			return err
		}
		b.id, b.now.segments = row.CustomerID, append(b.now.segments, row)
	case tagTier:
		var row schemas.CustomerTier
		if err := tierCodec.Decode(rec, &row); err != nil {
			return err
		}
		b.id, b.now.tier = row.CustomerID, stateOf(&row)
	case tagHistory:
		var row pastMonth
		if err := historyCodec.Decode(rec, &row); err != nil {
			return err
		}
		b.id, b.now.history = row.CustomerID, append(b.now.history, row)
	case tagContact:
		var row contact
		if err := contactCodec.Decode(rec, &row); err != nil {
			return err
		}
		b.id, b.now.contacts = row.Account, append(b.now.contacts, row)
	}
	return nil
}

// rollUp adds up what an organization and its contacts have bought.
func rollUp(c *schemas.Customer, contacts []contact) {
	if c.Kind != schemas.Organization {
		return
	}
	c.AccountOrders, c.AccountRevenue, c.AccountLastOrder = c.Orders, c.Revenue, c.LastOrderDay
	for i := range contacts {
		one := &contacts[i]
		c.AccountContacts++
		c.AccountOrders += one.Orders
		c.AccountRevenue += one.Revenue
		if one.HasOrder && (c.AccountLastOrder == nil || one.LastDay > *c.AccountLastOrder) {
			last := one.LastDay
			c.AccountLastOrder = &last
		}
	}
}
