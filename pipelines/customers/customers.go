// Package customers builds the golden record of every customer and hands all facts to the
// customers that they belong to: orders, lines, interactions, consents and the rest.
//
// Map reads the records of one kind and finds their customer; everything of one customer
// meets in one group; Reduce merges, measures and writes. Records of nobody go to groups of
// their own. Order lines need no company: Map writes them, part by part, and sends on what
// the customer's favourites are counted from.
package customers

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sort"

	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/effect"
	"github.com/tributary-cdp/tributary/transforms/golden"
	"github.com/tributary-cdp/tributary/transforms/kpi"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// JobName is the name of the stage's only job.
const JobName = "customers"

// ProfileTable is where the customers' profiles lie, between this stage and the value stage.
const ProfileTable = "records/customer_profile"

type params struct {
	runs.Base
	Currency  string             `json:"currency"`
	Rates     map[string]float64 `json:"rates"`
	RatesFile string             `json:"rates_file"`
	Timezone  string             `json:"timezone"`
	AsOfEnd   int64              `json:"as_of_end"`
	DataStart int32              `json:"data_start"`
	Active    int32              `json:"active_days"`
	Lookup    string             `json:"lookup"`
	LookupSum string             `json:"lookup_sum"`
	Ordinals  string             `json:"ordinals"`
	Links     []string           `json:"links"`    // parts of order_link
	Products  []string           `json:"products"` // parts that tell the category of what was looked at; none where nothing was
	NoLines   bool               `json:"no_lines"` // nobody sold anything line by line
	Inputs    []string           `json:"inputs"`

	PointsDays int `json:"points_days"` // how long points of revenue live; 0 = for ever

	Trust map[string]golden.Trust `json:"trust"` // of the sources, by name
	Books bookParams              `json:"books"`
}

// work is one part of one kind of record.
type work struct {
	Kind string `json:"kind"`
	Path string `json:"path"`
	Base uint32 `json:"base"` // ordinal of the first party
	Part int    `json:"part"` // number of the part
}

// Kinds that identity leaves.
const (
	kindConsentLink = "consent_link"
	kindHousehold   = "household_relation"
)

// kinds lists what belongs to customers, in the order of the tags.
var kinds = []string{
	schemas.KindParty, schemas.KindOrder, schemas.KindOrderLine, schemas.KindInteraction, schemas.KindTrait, schemas.KindProduct,
	schemas.KindOpportunity, schemas.KindSubscription, schemas.KindLoyaltyEvent, kindConsentLink, schemas.KindBehaviour, kindHousehold,
}

var op = shuffle.Define(shuffle.Op{Name: JobName, Map: mapPart, Reduce: reducePartition, Finish: finish})

// expansion: a byte of Parquet becomes about so many bytes of records.
const expansion = 4

// Run runs the stage.
func Run(ctx context.Context, env *runs.Env) error {
	if env.Done(JobName) {
		return env.Run(ctx, runs.Job{Name: JobName})
	}
	records, err := env.Manifest(ingest.JobName)
	if err != nil {
		return err
	}
	scored, err := env.Manifest(identity.ScoreJob)
	if err != nil {
		return err
	}
	clustered, err := env.Manifest(identity.ClusterJob)
	if err != nil {
		return err
	}
	p := params{
		Base: env.Base(JobName), Currency: env.Config.Currency, Rates: env.Config.FX.Rates, RatesFile: env.Config.FX.File,
		Timezone: env.Config.Timezone, AsOfEnd: env.Config.AsOfEnd(), Active: int32(env.Config.Value.ActiveDays), Trust: map[string]golden.Trust{},
	}
	for i, source := range env.Config.Sources {
		p.Trust[source.Name] = golden.Trust{Priority: source.Priority, Order: i}
	}
	if p.Lookup, p.LookupSum, err = smallFile(env, clustered, identity.LookupFile); err != nil {
		return err
	}
	if p.Ordinals, _, err = smallFile(env, clustered, identity.OrdinalFile); err != nil {
		return err
	}
	works, bytes, lines := worksOf(env, map[string]*warehouse.Manifest{"": records, kindConsentLink: scored, kindHousehold: clustered})
	p.NoLines = lines == 0
	p.Inputs = []string{"jobs/" + ingest.JobName, "jobs/" + identity.ScoreJob, "jobs/" + identity.ClusterJob}
	exposed, from, err := exposedWorks(env)
	if err != nil {
		return err
	}
	works, p.Inputs = append(works, exposed...), append(p.Inputs, from...)
	if links, ok := records.Table("records/order_link"); ok {
		for _, file := range links.Files {
			p.Links = append(p.Links, filepath.Join(env.Layout.Dir(), file.Name))
		}
	}
	if seen, ok := records.Table("records/" + schemas.KindBehaviour); ok && seen.Rows > 0 {
		if t, ok := records.Table("records/" + schemas.KindProduct); ok {
			for _, file := range t.Files {
				p.Products = append(p.Products, filepath.Join(env.Layout.Dir(), file.Name))
			}
		}
	}
	_, rules, err := runs.Rules(env.Config)
	if err != nil {
		return err
	}
	if rules.Tiers != nil {
		p.PointsDays = rules.Tiers.ExpiryDays
	}
	if p.DataStart, err = firstOrderDay(ctx, env, records); err != nil {
		return err
	}
	if p.Books, err = readBooks(ctx, env, records, &p); err != nil {
		return err
	}
	return env.Run(ctx, runs.Job{Name: JobName, Op: op, Params: &p, Work: works, Partitions: env.Partitions(bytes * expansion)})
}

// LookupOf is the file that leads from references to customers, and its hash.
func LookupOf(env *runs.Env) (path, sum string, err error) {
	m, err := env.Manifest(identity.ClusterJob)
	if err != nil {
		return "", "", err
	}
	return smallFile(env, m, identity.LookupFile)
}

// smallFile finds a small file that a job left.
func smallFile(env *runs.Env, m *warehouse.Manifest, name string) (path, sum string, err error) {
	for _, small := range m.Small {
		if filepath.Base(small.Name) == name {
			return filepath.Join(env.Layout.Dir(), small.Name), small.SHA256, nil
		}
	}
	return "", "", fmt.Errorf("job %s left no %s", m.Job, name)
}

// worksOf lists all parts, the largest first, with the bytes of what is shuffled and the
// number of parts of order lines, which are not. from are the manifests by kind; "" is that of
// all others.
func worksOf(env *runs.Env, from map[string]*warehouse.Manifest) (out []any, bytes int64, lines int) {
	type sized struct {
		work
		bytes int64
	}
	var parts []sized
	for _, kind := range kinds {
		m := from[kind]
		if m == nil {
			m = from[""]
		}
		t, ok := m.Table("records/" + kind)
		if !ok {
			continue
		}
		base := int64(0)
		for i, file := range t.Files {
			if file.Rows > 0 {
				parts = append(parts, sized{work{kind, filepath.Join(env.Layout.Dir(), file.Name), uint32(base), i}, file.Bytes})
			}
			base += file.Rows
			if kind != schemas.KindOrderLine {
				bytes += file.Bytes
			} else if file.Rows > 0 {
				lines++
			}
		}
	}
	sort.SliceStable(parts, func(i, j int) bool { return parts[i].bytes > parts[j].bytes })
	for i := range parts {
		out = append(out, parts[i].work)
	}
	return out, bytes, lines
}

// firstOrderDay is the first day with an order in any source: where the data begin.
func firstOrderDay(ctx context.Context, env *runs.Env, m *warehouse.Manifest) (int32, error) {
	first := int64(0)
	t, ok := m.Table("records/" + schemas.KindOrder)
	if !ok {
		return 0, nil
	}
	for _, file := range t.Files {
		if err := warehouse.Read(ctx, filepath.Join(env.Layout.Dir(), file.Name), []string{"time"}, func(rows []schemas.Order) error {
			for i := range rows {
				if v := rows[i].Time; v != 0 && (first == 0 || v < first) {
					first = v
				}
			}
			return nil
		}); err != nil {
			return 0, err
		}
	}
	if first == 0 {
		return 0, nil
	}
	days, err := calendarOf(env.Config.Timezone)
	if err != nil {
		return 0, err
	}
	return days.Day(first), nil
}

// report is what one partition tells Finish, or one map task that wrote order lines.
type report struct {
	Partition  bool                     `json:"partition"`
	Files      map[string]runs.PartFile `json:"files"`
	Restricted []warehouse.FileInfo     `json:"restricted"`
	Revenue    []revenueRow             `json:"revenue"`
	KPI        []kpi.Count              `json:"kpi"`
	Books      *bookBytes               `json:"books"`
	Effects    []effect.Sum             `json:"effects"`
}

func finish(_ context.Context, raw []byte, results [][]byte) error {
	var p params
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	m := &warehouse.Manifest{Job: JobName, RunID: p.RunID, Inputs: p.Inputs}
	revenue := reconciliation{}
	counts := Counts{Settings: kpiSettings(&p)}
	books := newClosing(&p)
	var effects []effect.Sum
	for _, result := range results {
		var r report
		if err := json.Unmarshal(result, &r); err != nil {
			return err
		}
		if r.Partition {
			counts.Partitions++
			if err := books.add(r.Books); err != nil {
				return err
			}
		}
		runs.AddTo(m, r.Files)
		m.Small = append(m.Small, r.Restricted...)
		for _, row := range r.Revenue {
			revenue.add(row)
		}
		counts.Periods = kpi.Merge(counts.Periods, r.KPI)
		effects = append(effects, r.Effects...)
	}
	if err := revenue.write(&p.Base, m); err != nil {
		return err
	}
	if err := books.write(m, &counts); err != nil {
		return err
	}
	if err := counts.write(&p.Base, m); err != nil {
		return err
	}
	if err := writeEffects(&p.Base, m, effects); err != nil {
		return err
	}
	return warehouse.WriteManifest(p.Layout().Manifest(JobName), m)
}
