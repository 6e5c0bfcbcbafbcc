package identity

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

type clusterParams struct {
	runs.Base
	Settings   resolve.Settings `json:"settings"`
	Parties    []string         `json:"parties"`
	Links      []string         `json:"links"`
	Conflicts  []string         `json:"conflicts"`
	Pairs      []string         `json:"pairs"`
	Borrowed   []string         `json:"borrowed"`
	Households []string         `json:"households"`
	Bases      []uint32         `json:"bases"` // ordinal of the first party of each file of them
	Records    int64            `json:"records"`
	Accept     *float64         `json:"accept"`    // log2 odds from which clusters are merged; null: chosen
	SaltFile   string           `json:"salt_file"` // workers read the salt themselves
	Project    string           `json:"project"`
	Decisions  string           `json:"decisions"`
}

var clusterOp = shuffle.Define(shuffle.Op{Name: ClusterJob, Map: clusterAll, Finish: func(context.Context, []byte, [][]byte) error { return nil }})

func runCluster(ctx context.Context, env *runs.Env, settings resolve.Settings) error {
	if env.Done(ClusterJob) {
		return env.Run(ctx, runs.Job{Name: ClusterJob})
	}
	parties, err := env.Manifest(ingest.JobName)
	if err != nil {
		return err
	}
	scored, err := env.Manifest(ScoreJob)
	if err != nil {
		return err
	}
	p := clusterParams{
		Base: env.Base(ClusterJob), Settings: settings, SaltFile: env.Config.SaltFile, Project: env.Config.Project,
		Parties: paths(env, parties, "records/"+schemas.KindParty), Links: paths(env, scored, "records/link"),
		Conflicts: paths(env, scored, "records/conflict"), Decisions: env.Config.Identity.Decisions,
		Pairs: paths(env, scored, "records/pair"), Borrowed: paths(env, scored, "records/borrowed"),
		Households: paths(env, scored, "records/household"),
	}
	if t, ok := parties.Table("records/" + schemas.KindParty); ok {
		for _, file := range t.Files {
			p.Bases = append(p.Bases, uint32(p.Records))
			p.Records += file.Rows
		}
	}
	if threshold := env.Config.Identity.Threshold; threshold != "auto" {
		probability, err := strconv.ParseFloat(threshold, 64)
		if err != nil {
			return runs.ConfigError("identity.threshold: %w", err)
		}
		odds := math.Log2(probability / (1 - probability))
		p.Accept = &odds
	}
	return env.Run(ctx, runs.Job{Name: ClusterJob, Op: clusterOp, Params: p, Work: []any{"all"}, Partitions: 1})
}

// paths lists the files of a table.
func paths(env *runs.Env, m *warehouse.Manifest, table string) []string {
	var out []string
	if t, ok := m.Table(table); ok {
		for _, file := range t.Files {
			out = append(out, filepath.Join(env.Layout.Dir(), file.Name))
		}
	}
	return out
}

// clusterAll does the whole job in one task: the forest is small and has no parts.
func clusterAll(ctx context.Context, t *shuffle.MapTask) error {
	var p clusterParams
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	model, _, err := loadModel(p.Layout())
	if err != nil {
		return err
	}
	links, err := readLinks(ctx, p.Links)
	if err != nil {
		return err
	}
	pairs, err := readPairs(ctx, p.Pairs)
	if err != nil {
		return err
	}
	people, err := readPopulation(ctx, &p, model.Texts, wantedFeatures(int(p.Records), links, pairs), t.Progress)
	if err != nil {
		return err
	}
	decided, different, err := decisions(&p, people)
	if err != nil {
		return err
	}
	records := resolve.Records{Organization: people.organization, Rank: people.ranks(), Name: people.name, Single: people.single, Different: different}
	links = append(links, decided...)
	clusters := resolve.Cluster(&records, links)
	borrowed, err := readBorrowed(ctx, p.Borrowed)
	if err != nil {
		return err
	}
	merging := resolve.Merging{Records: &records, Model: model, Features: people.feature, Borrowed: borrowed, Accept: math.NaN(), Workers: mergeWorkers}
	if p.Accept != nil {
		merging.Accept = *p.Accept
	}
	ruled := slices.Clone(clusters.Root)
	merged := resolve.Merge(&merging, &clusters, pairs)
	parent, err := readParent(ctx, &p, people.len())
	if err != nil {
		return err
	}
	salt, err := runs.ReadSalt(p.SaltFile, p.Project)
	if err != nil {
		return err
	}
	assigned := resolve.AssignIDs(salt, people.ref, clusters.Root, parent, p.RunID)
	return writeIdentity(ctx, &p, people, &outcome{&merging, links, pairs, ruled, &clusters, &merged, &assigned})
}

// mergeWorkers is how many components are merged at a time.
const mergeWorkers = 2

// outcome is what identity has found out.
type outcome struct {
	merging  *resolve.Merging
	links    []resolve.Link
	pairs    []resolve.Scored
	ruled    []uint32 // roots of the clusters that rules have made
	clusters *resolve.Clusters
	merged   *resolve.Merged
	assigned *resolve.Assignment
}

// wantedFeatures tells which records are compared: those of clusters that a bond leads to.
func wantedFeatures(n int, links []resolve.Link, pairs []resolve.Scored) []bool {
	parent := make([]uint32, n)
	for i := range parent {
		parent[i] = uint32(i)
	}
	find := func(i uint32) uint32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for _, l := range links {
		a, b := find(l.A), find(l.B)
		parent[max(a, b)] = min(a, b)
	}
	bonded := make([]bool, n)
	for _, p := range pairs {
		bonded[find(p.A)], bonded[find(p.B)] = true, true
	}
	wanted := make([]bool, n)
	for i := range wanted {
		wanted[i] = bonded[find(uint32(i))]
	}
	return wanted
}

// eachRow visits the rows of files that another job has left. Texts of a row hold during the
// visit only.
func eachRow[T any](ctx context.Context, files []string, visit func(*T)) error {
	for _, path := range files {
		if err := warehouse.Read(ctx, path, nil, func(rows []T) error {
			for i := range rows {
				visit(&rows[i])
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

func readPairs(ctx context.Context, files []string) ([]resolve.Scored, error) {
	var pairs []resolve.Scored
	err := eachRow(ctx, files, func(r *pairRow) {
		pairs = append(pairs, resolve.Scored{A: uint32(r.A), B: uint32(r.B), Odds: float32(r.Odds)})
	})
	slices.SortFunc(pairs, func(a, b resolve.Scored) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return slices.Compact(pairs), err // blocks that were compared in a window may repeat a pair
}

func readBorrowed(ctx context.Context, files []string) (map[uint32]bool, error) {
	borrowed := map[uint32]bool{}
	err := eachRow(ctx, files, func(r *borrowedRow) { borrowed[uint32(r.Ordinal)] = true })
	return borrowed, err
}

func readLinks(ctx context.Context, files []string) ([]resolve.Link, error) {
	var links []resolve.Link
	rules := map[string]string{}
	err := eachRow(ctx, files, func(r *linkRow) {
		rule, ok := rules[r.Rule]
		if !ok {
			rule = strings.Clone(r.Rule)
			rules[rule] = rule
		}
		links = append(links, resolve.Link{A: uint32(r.A), B: uint32(r.B), Rule: rule})
	})
	return links, err
}

// readParent reads where records were in the parent run, and every id that was ever given out.
// It is nil for a first run.
func readParent(ctx context.Context, p *clusterParams, records int) (*resolve.Parent, error) {
	if p.Parent == "" {
		return nil, nil
	}
	layout := runs.Layout{Out: p.Out, RunID: p.Parent}
	m, err := warehouse.ReadManifest(layout.Manifest(ClusterJob))
	if err != nil {
		return nil, fmt.Errorf("parent run %s: %w", p.Parent, err)
	}
	parent := resolve.NewParent(records)
	var ref []byte
	columns := []string{"namespace", "object", "source_id", "customer_id", "first_run_id"}
	if err := eachPart(ctx, layout, m, "identity_map", columns, func(rows []schemas.IdentityMap) error {
		for i := range rows {
			r := &rows[i]
			ref = append(append(append(append(append(ref[:0], r.Namespace...), ':'), r.Object...), ':'), r.SourceID...)
			parent.AddRecord(string(ref), r.CustomerID, r.FirstRunID)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	err = eachPart(ctx, layout, m, "customer_id_redirect", nil, func(rows []schemas.CustomerIDRedirect) error {
		for _, r := range rows {
			parent.AddRedirect(r.OldCustomerID, r.CustomerID)
		}
		return nil
	})
	return parent, err
}

func eachPart[T any](ctx context.Context, layout runs.Layout, m *warehouse.Manifest, table string, columns []string, each func([]T) error) error {
	t, ok := m.Table(table)
	if !ok {
		return fmt.Errorf("job %s wrote no table %s", m.Job, table)
	}
	for _, file := range t.Files {
		if err := warehouse.Read(ctx, filepath.Join(layout.Dir(), file.Name), columns, each); err != nil {
			return err
		}
	}
	return nil
}
