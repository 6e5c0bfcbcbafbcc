package identity

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

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

// paths lists the files of a table of this run.
func paths(env *runs.Env, m *warehouse.Manifest, table string) []string {
	return filesOf(env.Layout, m, table)
}

// filesOf lists the files of a run's table.
func filesOf(l runs.Layout, m *warehouse.Manifest, table string) []string {
	var out []string
	if t, ok := m.Table(table); ok {
		for _, file := range t.Files {
			out = append(out, filepath.Join(l.Dir(), file.Name))
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
	model, plan, err := loadModel(p.Layout())
	if err != nil {
		return err
	}
	var pairs *pairs
	var pairsErr error
	var reading sync.WaitGroup
	reading.Go(func() { pairs, pairsErr = readPairs(p.Pairs) })
	defer reading.Wait()
	links, err := readLinks(ctx, p.Links)
	if err != nil {
		return err
	}
	people, err := readPopulation(ctx, &p, model.Texts, t.Progress)
	if err != nil {
		return err
	}
	decided, different, err := decisions(&p, people)
	if err != nil {
		return err
	}
	records := resolve.Records{Organization: people.organization, Rank: people.ranks(), Name: people.name, Birth: people.births.at, Single: people.single, Different: different}
	links = append(links, decided...)
	clusters := resolve.Cluster(&records, links)
	borrowed, err := readBorrowed(ctx, p.Borrowed)
	if err != nil {
		return err
	}
	thresholdBy := thresholdChosen
	merging := resolve.Merging{Records: &records, Model: model, Features: people.feature, Borrowed: borrowed, Accept: math.NaN(), Workers: mergeWorkers}
	switch {
	case p.Accept != nil:
		merging.Accept, thresholdBy = *p.Accept, thresholdConfig
	case model.Accept != nil:
		merging.Accept, thresholdBy = *model.Accept, thresholdModel
	}
	ruled := slices.Clone(clusters.Root)
	if reading.Wait(); pairsErr != nil {
		return pairsErr
	}
	merged := resolve.Merge(&merging, &clusters, pairs.scored)
	parent, err := readParent(ctx, &p, people.len())
	if err != nil {
		return err
	}
	salt, err := runs.ReadSalt(p.SaltFile, p.Project)
	if err != nil {
		return err
	}
	assigned := resolve.AssignIDs(salt, people.ref, clusters.Root, parent, p.RunID)
	return writeIdentity(ctx, &p, people, &outcome{&merging, plan, thresholdBy, links, pairs, ruled, &clusters, &merged, &assigned})
}

// What the threshold comes from, in the manifest.
const (
	thresholdNote   = "threshold_by"
	thresholdChosen = "data"
	thresholdConfig = "config"
	thresholdModel  = "model" // a pinned one
)

// mergeWorkers is how many components are merged at a time.
const mergeWorkers = 2

// outcome is what identity has found out.
type outcome struct {
	merging  *resolve.Merging
	plan     *resolve.Plan
	accepted string // what the threshold comes from
	links    []resolve.Link
	pairs    *pairs
	ruled    []uint32 // roots of the clusters that rules have made
	clusters *resolve.Clusters
	merged   *resolve.Merged
	assigned *resolve.Assignment
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

// pairs are the scored pairs in order of their records, with what was found.
type pairs struct {
	scored  []resolve.Scored
	weights []byte   // of all pairs
	starts  []uint32 // of each pair's weights, which end where their length says
}

func (p *pairs) weightsOf(i int) []byte {
	at := p.starts[i]
	return p.weights[at+1 : at+1+uint32(p.weights[at])]
}

// readPairs reads the pairs of all parts.
func readPairs(files []string) (*pairs, error) {
	packs, errs := make([]*pack, len(files)), make([]error, len(files))
	parallel(len(files), featureReaders, func(i int) { packs[i], errs[i] = readPack(files[i]) })
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	size := 0
	for _, p := range packs {
		size += p.size
	}
	if uint64(size) > math.MaxUint32 {
		return nil, fmt.Errorf("pairs of records take %d bytes, at most %d", size, uint32(math.MaxUint32))
	}
	out := &pairs{weights: make([]byte, size)}
	type place struct {
		resolve.Scored
		at uint32
	}
	parts := make([][]place, len(packs))
	bytes := make([]int, len(packs))
	for i, at := 0, 0; i < len(packs); i++ {
		bytes[i], at = at, at+packs[i].size
	}
	parallel(len(packs), featureReaders, func(i int) {
		part := out.weights[bytes[i] : bytes[i]+packs[i].size]
		if errs[i] = packs[i].unpack(part); errs[i] != nil {
			return
		}
		var pair scoredPair
		for rest := part; len(rest) > 0; {
			at := uint32(bytes[i] + len(part) - len(rest))
			var ok bool
			if rest, ok = pair.take(rest); !ok {
				errs[i] = packs[i].unsound()
				return
			}
			parts[i] = append(parts[i], place{resolve.Scored{A: pair.A, B: pair.B, Odds: pair.Odds}, at + pairBytes - 1})
		}
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	all := slices.Concat(parts...)
	slices.SortFunc(all, func(a, b place) int { return cmp.Compare(uint64(a.A)<<32|uint64(a.B), uint64(b.A)<<32|uint64(b.B)) })
	all = slices.CompactFunc(all, func(a, b place) bool { return a.Scored == b.Scored }) // blocks that were compared in a window may repeat a pair
	out.scored, out.starts = make([]resolve.Scored, len(all)), make([]uint32, len(all))
	for i := range all {
		out.scored[i], out.starts[i] = all[i].Scored, all[i].at
	}
	return out, nil
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
