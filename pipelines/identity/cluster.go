package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
	Settings  resolve.Settings `json:"settings"`
	Parties   []string         `json:"parties"`
	Links     []string         `json:"links"`
	Conflicts []string         `json:"conflicts"`
	SaltFile  string           `json:"salt_file"` // workers read the salt themselves
	Project   string           `json:"project"`
	Decisions string           `json:"decisions"`
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
	people, err := readPopulation(ctx, &p, t.Progress)
	if err != nil {
		return err
	}
	links, err := readLinks(ctx, p.Links)
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
	parent, err := readParent(ctx, &p, people.len())
	if err != nil {
		return err
	}
	salt, err := runs.ReadSalt(p.SaltFile, p.Project)
	if err != nil {
		return err
	}
	assigned := resolve.AssignIDs(salt, people.ref, clusters.Root, parent, p.RunID)
	return writeIdentity(ctx, &p, people, links, &clusters, &assigned)
}

func readLinks(ctx context.Context, files []string) ([]resolve.Link, error) {
	var links []resolve.Link
	rules := map[string]string{}
	for _, path := range files {
		if err := warehouse.Read(ctx, path, nil, func(rows []linkRow) error {
			for i := range rows {
				r := &rows[i]
				rule, ok := rules[r.Rule]
				if !ok {
					rule = strings.Clone(r.Rule)
					rules[rule] = rule
				}
				links = append(links, resolve.Link{A: uint32(r.A), B: uint32(r.B), Rule: rule})
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return links, nil
}

// decisions turns manual decisions into links and cannot-links. References that nobody has
// are left alone: they may come back.
func decisions(p *clusterParams, people *population) (same []resolve.Link, different [][2]uint32, err error) {
	if p.Decisions == "" {
		return nil, nil, nil
	}
	file, err := os.Open(p.Decisions)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	list, err := resolve.ParseDecisions(filepath.Base(p.Decisions), file)
	if err != nil {
		return nil, nil, runs.ConfigError("identity.decisions: %w", err)
	}
	wanted := map[string]int64{}
	for _, d := range list {
		wanted[d.Left], wanted[d.Right] = -1, -1
	}
	for i := range people.len() {
		if ref := people.ref(uint32(i)); hasKey(wanted, ref) {
			wanted[ref] = int64(i)
		}
	}
	for _, d := range list {
		a, b := wanted[d.Left], wanted[d.Right]
		switch {
		case a < 0 || b < 0:
		case d.Same:
			same = append(same, resolve.Link{A: uint32(min(a, b)), B: uint32(max(a, b)), Rule: resolve.RuleDecision})
		default:
			different = append(different, [2]uint32{uint32(a), uint32(b)})
		}
	}
	return same, different, nil
}

func hasKey[V any](m map[string]V, key string) bool {
	_, ok := m[key]
	return ok
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
