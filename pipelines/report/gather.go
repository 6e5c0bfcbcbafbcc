package report

import (
	"cmp"
	"context"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/report"
)

// facts are what the page, the dimensions and the checks are made from.
type facts struct {
	identity  report.Identity
	orders    report.OrderTotals
	rfm       report.RFM
	churn     []report.ChurnBand
	clv       report.CLV
	kpi       []schemas.KPI
	segments  []schemas.SegmentSummary
	revenue   []schemas.RevenueReconciliation
	audiences []schemas.Audience

	concentration report.Concentration
	cohorts       []report.CohortMonth
	channelRows   []schemas.ChannelPerformance
	journeys      []schemas.JourneyPath
	feedback      []schemas.FeedbackSummary
	pains         []schemas.PainPoint
	moves         []schemas.SegmentMigration
	events        []report.NameCount
	before        *report.Before

	customerRevenue int64
	firstDay        int32 // first day with an order or interaction; as_of when there is none
	channels        map[string]bool
	duplicates      []tableCount // rows whose key another row has, too
	orphans         []tableCount // rows whose customer is not in the table of customers
	nameless        []tableCount // rows without a customer
}

// tableCount is a number of rows of a table, and of all that were looked at.
type tableCount struct {
	table, column string
	count, rows   int64
}

// customerTable is the table of customers: of this run, or the profiles that it is made from
// where a run has no value stage.
func (s *stage) customerTable() string {
	if s.tables.byName["customers"] != nil {
		return "customers"
	}
	return "records/customer_profile"
}

// keys collects hashes of keys. 64 bits: among ten million rows two keys meet by chance once
// in 400,000 runs.
type keys struct{ hashes []uint64 }

func (k *keys) add(parts ...string) {
	var h uint64
	for _, part := range parts {
		h = xxh3.HashStringSeed(part, h)
	}
	k.hashes = append(k.hashes, h)
}

// repeated counts keys that are there already; it sorts them.
func repeated(hashes []uint64) int64 {
	slices.Sort(hashes)
	var n int64
	for i := 1; i < len(hashes); i++ {
		if hashes[i] == hashes[i-1] {
			n++
		}
	}
	return n
}

type customerPart struct {
	keys
	revenue, persons, organizations, joined int64
	sizes                                   map[int64]int64
	channels                                map[string]bool
}

type customerColumns struct {
	CustomerID   string `parquet:"customer_id"`
	Kind         string `parquet:"kind,dict"`
	FirstChannel string `parquet:"first_channel,optional,dict"`
	RecordCount  int64  `parquet:"record_count"`
	Revenue      int64  `parquet:"revenue"`
}

// gather reads the columns that the stage needs of all tables.
func (s *stage) gather(ctx context.Context) (*facts, error) {
	f := &facts{channels: map[string]bool{}, firstDay: s.base.AsOf}
	known, err := s.customers(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context, *facts, map[uint64]struct{}) error{
		s.identity, s.model, s.orders, s.interactions, s.owners, s.scores, s.small, s.business,
	} {
		if err := step(ctx, f, known); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// customers reads the table of customers and returns the hashes of their ids.
func (s *stage) customers(ctx context.Context, f *facts) (map[uint64]struct{}, error) {
	table := s.customerTable()
	parts, err := scan(ctx, s.tables, table, nil, func(p *customerPart, row *customerColumns) {
		if p.sizes == nil {
			p.sizes, p.channels = map[int64]int64{}, map[string]bool{}
		}
		p.add(row.CustomerID)
		p.revenue += row.Revenue
		if row.Kind == schemas.Organization {
			p.organizations++
		} else {
			p.persons++
		}
		p.sizes[row.RecordCount]++
		if row.RecordCount > 1 {
			p.joined += row.RecordCount
		}
		p.channels[row.FirstChannel] = true
	})
	if err != nil {
		return nil, err
	}
	sizes := map[int64]int64{}
	known := make(map[uint64]struct{}, s.tables.rows(table))
	var n int64
	for _, p := range parts {
		n += int64(len(p.hashes))
		f.customerRevenue += p.revenue
		f.identity.Persons += p.persons
		f.identity.Organizations += p.organizations
		f.identity.Joined += p.joined
		for size, count := range p.sizes {
			sizes[size] += count
		}
		for channel := range p.channels {
			f.channels[channel] = true
		}
		for _, h := range p.hashes {
			known[h] = struct{}{}
		}
	}
	f.identity.Customers = n
	f.duplicates = append(f.duplicates, tableCount{"customers", "customer_id", n - int64(len(known)), n})
	for size, count := range sizes {
		f.identity.Sizes = append(f.identity.Sizes, report.SizeCount{Size: size, Customers: count})
	}
	slices.SortFunc(f.identity.Sizes, func(a, b report.SizeCount) int { return cmp.Compare(a.Size, b.Size) })
	s.progress(n)
	return known, nil
}

// ownerPart counts how rows hang on customers.
type ownerPart struct {
	keys
	rows, orphans, nameless int64
	names                   map[string]int64
}

// owner counts the customer of a row.
func (p *ownerPart) owner(id string, known map[uint64]struct{}) {
	p.rows++
	if id == "" {
		p.nameless++
	} else if _, ok := known[xxh3.HashStringSeed(id, 0)]; !ok {
		p.orphans++
	}
}

func (p *ownerPart) name(name string) {
	if p.names == nil {
		p.names = map[string]int64{}
	}
	p.names[name]++
}

// owned adds the parts of a table up. key is the column whose hashes were collected, empty
// where none were; anonymous says that rows may have no customer.
func (f *facts) owned(table, key string, anonymous bool, parts []ownerPart) (names map[string]int64) {
	var hashes []uint64
	var orphans, nameless, rows int64
	names = map[string]int64{}
	for _, p := range parts {
		hashes = append(hashes, p.hashes...)
		rows += p.rows
		orphans += p.orphans
		nameless += p.nameless
		for name, n := range p.names {
			names[name] += n
		}
	}
	f.orphans = append(f.orphans, tableCount{table, "customer_id", orphans, rows})
	if anonymous {
		f.nameless = append(f.nameless, tableCount{table, "customer_id", nameless, rows})
	}
	if key != "" {
		f.duplicates = append(f.duplicates, tableCount{table, key, repeated(hashes), rows})
	}
	return names
}

func counts(names map[string]int64) []report.NameCount {
	var out []report.NameCount
	for name, n := range names {
		out = append(out, report.NameCount{Name: name, Count: n})
	}
	slices.SortFunc(out, func(a, b report.NameCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func (s *stage) identity(ctx context.Context, f *facts, known map[uint64]struct{}) error {
	type row struct {
		Source     string `parquet:"source,dict"`
		Object     string `parquet:"object,dict"`
		SourceID   string `parquet:"source_id"`
		CustomerID string `parquet:"customer_id"`
		Rule       string `parquet:"rule,optional,dict"`
	}
	parts, err := scan(ctx, s.tables, "identity_map", nil, func(p *ownerPart, r *row) {
		p.add(r.Source, r.Object, r.SourceID)
		p.owner(r.CustomerID, known)
		p.name(r.Rule)
	})
	if err != nil {
		return err
	}
	f.identity.Rules = counts(f.owned("identity_map", "source, object, source_id", false, parts))
	f.identity.Parties = s.tables.rows("identity_map")
	// Deleted customers and one-time accounts have no row of their own: just those may be unknown.
	m, err := s.env.Manifest(identity.ClusterJob)
	if err != nil {
		return err
	}
	unknown := &f.orphans[len(f.orphans)-1]
	unknown.count = difference(unknown.count, m.Counters[identity.AbsentParties])
	type conflict struct {
		Reason string `parquet:"reason,dict"`
	}
	reasons, err := scan(ctx, s.tables, "identity_conflict", nil, func(p *ownerPart, r *conflict) { p.name(r.Reason) })
	if err != nil {
		return err
	}
	names := map[string]int64{}
	for _, p := range reasons {
		for name, n := range p.names {
			names[name] += n
		}
	}
	f.identity.Conflicts = counts(names)
	s.progress(f.identity.Customers + f.identity.Parties)
	return nil
}

type orderPart struct {
	ownerPart
	first    int32
	totals   report.OrderTotals
	channels map[string]bool
}

func (s *stage) orders(ctx context.Context, f *facts, known map[uint64]struct{}) error {
	type row struct {
		OrderKey   string `parquet:"order_key"`
		CustomerID string `parquet:"customer_id,optional"`
		Day        int32  `parquet:"day"`
		Counts     bool   `parquet:"counts_as_revenue"`
		Status     string `parquet:"status,dict"`
		Revenue    int64  `parquet:"revenue"`
		Channel    string `parquet:"channel,optional,dict"`
	}
	asOf := s.base.AsOf
	parts, err := scan(ctx, s.tables, "orders", nil, func(p *orderPart, r *row) {
		if p.channels == nil {
			p.channels = map[string]bool{}
		}
		p.add(r.OrderKey)
		p.owner(r.CustomerID, known)
		p.channels[r.Channel] = true
		if p.first == 0 || r.Day < p.first {
			p.first = r.Day
		}
		p.totals.Orders++
		if !r.Counts || r.Day > asOf {
			return
		}
		if r.CustomerID == "" {
			p.totals.Anonymous += r.Revenue
			return
		}
		p.totals.Revenue += r.Revenue
		switch r.Status {
		case schemas.OrderPaid, schemas.OrderShipped, schemas.OrderCompleted:
			p.totals.Counting++
		}
	})
	if err != nil {
		return err
	}
	owners := make([]ownerPart, len(parts))
	for i, p := range parts {
		owners[i] = p.ownerPart
		f.firstDay = min(f.firstDay, p.first)
		f.orders.Orders += p.totals.Orders
		f.orders.Counting += p.totals.Counting
		f.orders.Revenue += p.totals.Revenue
		f.orders.Anonymous += p.totals.Anonymous
		for channel := range p.channels {
			f.channels[channel] = true
		}
	}
	f.owned("orders", "order_key", true, owners)
	s.progress(f.identity.Customers + f.identity.Parties + f.orders.Orders)
	return nil
}

const microsPerDay = 86400e6

func (s *stage) interactions(ctx context.Context, f *facts, known map[uint64]struct{}) error {
	type row struct {
		Key        string `parquet:"interaction_key"`
		CustomerID string `parquet:"customer_id,optional"`
		Channel    string `parquet:"channel,optional,dict"`
		Time       int64  `parquet:"time"`
	}
	parts, err := scan(ctx, s.tables, "interactions", nil, func(p *orderPart, r *row) {
		if p.channels == nil {
			p.channels = map[string]bool{}
		}
		p.add(r.Key)
		p.owner(r.CustomerID, known)
		p.channels[r.Channel] = true
		if day := int32(r.Time / microsPerDay); p.first == 0 || day < p.first {
			p.first = day
		}
	})
	if err != nil {
		return err
	}
	owners := make([]ownerPart, len(parts))
	for i, p := range parts {
		owners[i] = p.ownerPart
		f.firstDay = min(f.firstDay, p.first)
		for channel := range p.channels {
			f.channels[channel] = true
		}
	}
	f.owned("interactions", "interaction_key", true, owners)
	return nil
}

// owners looks at the customers of the other facts.
func (s *stage) owners(ctx context.Context, f *facts, known map[uint64]struct{}) error {
	type consent struct {
		CustomerID string `parquet:"customer_id,optional"`
		Key        string `parquet:"consent_key"`
	}
	consents, err := scan(ctx, s.tables, "consents", nil, func(p *ownerPart, r *consent) {
		p.owner(r.CustomerID, known)
		p.add(r.Key)
	})
	if err != nil {
		return err
	}
	f.owned("consents", "consent_key", true, consents)
	type row struct {
		CustomerID string `parquet:"customer_id,optional"`
	}
	for _, table := range []string{"opportunities", "subscriptions", "loyalty_events", "traits"} {
		parts, err := scan(ctx, s.tables, table, nil, func(p *ownerPart, r *row) { p.owner(r.CustomerID, known) })
		if err != nil {
			return err
		}
		f.owned(table, "", true, parts)
	}
	return nil
}
