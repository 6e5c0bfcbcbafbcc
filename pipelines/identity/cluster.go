package identity

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
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

// population is what clustering holds of all parties: references in one arena, one node each.
type population struct {
	arena   []byte
	ends    []uint32 // of references in arena
	nodes   []resolve.Node
	sources []string
	systems []string
	spaces  []string // namespaces
	objects []string
}

func (p *population) ref(i uint32) string {
	start := uint32(0)
	if i > 0 {
		start = p.ends[i-1]
	}
	return string(p.arena[start:p.ends[i]])
}

// clusterAll does the whole job in one task: the forest is small and has no parts.
func clusterAll(ctx context.Context, t *shuffle.MapTask) error {
	var p clusterParams
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	people, err := readPopulation(ctx, t, &p)
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
	clusters := resolve.Cluster(people.nodes, append(slices.Clone(links), decided...), different, len(p.Settings.SingleValued) > 0)
	previous, given, err := readParent(ctx, &p)
	if err != nil {
		return err
	}
	salt, err := runs.ReadSalt(p.SaltFile, p.Project)
	if err != nil {
		return err
	}
	assigned := resolve.AssignIDs(salt, people.ref, clusters.Root, previous, given, p.RunID)
	return writeIdentity(ctx, &p, people, links, &clusters, &assigned)
}

func readPopulation(ctx context.Context, t *shuffle.MapTask, p *clusterParams) (*population, error) {
	people := &population{}
	intern := map[string]string{}
	keep := func(s string) string {
		if kept, ok := intern[s]; ok {
			return kept
		}
		kept := strings.Clone(s)
		intern[kept] = kept
		return kept
	}
	single := map[string]bool{}
	for _, name := range p.Settings.SingleValued {
		single[strings.TrimPrefix(name, "id.")] = true
	}
	columns := []string{"system", "source", "namespace", "object", "key", "kind", "full_name", "given_name", "family_name", "ids"}
	for _, path := range p.Parties {
		err := warehouse.Read(ctx, path, columns, func(rows []schemas.Party) error {
			for i := range rows {
				r := &rows[i]
				people.arena = append(people.arena, r.Reference()...)
				people.ends = append(people.ends, uint32(len(people.arena)))
				node := resolve.Node{Organization: r.Kind == schemas.Organization}
				if !node.Organization {
					node.Name = resolve.PackName(r.FullName, r.GivenName, r.FamilyName)
				}
				for _, id := range r.IDs {
					if single[id.Name] {
						node.Single = append(node.Single, id.Name+"="+id.Value)
					}
				}
				people.nodes = append(people.nodes, node)
				people.sources = append(people.sources, keep(r.Source))
				people.systems = append(people.systems, keep(r.System))
				people.spaces = append(people.spaces, keep(r.Namespace))
				people.objects = append(people.objects, keep(r.Object))
			}
			t.Progress(len(rows))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return people, nil
}

func readLinks(ctx context.Context, files []string) ([]resolve.Link, error) {
	var links []resolve.Link
	for _, path := range files {
		if err := warehouse.Read(ctx, path, nil, func(rows []linkRow) error {
			for _, r := range rows {
				links = append(links, resolve.Link{A: uint32(r.A), B: uint32(r.B), Rule: r.Rule})
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
	for i := range people.ends {
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
func readParent(ctx context.Context, p *clusterParams) (map[string]resolve.Previous, map[string]string, error) {
	previous, given := map[string]resolve.Previous{}, map[string]string{}
	if p.Parent == "" {
		return previous, given, nil
	}
	layout := runs.Layout{Out: p.Out, RunID: p.Parent}
	m, err := warehouse.ReadManifest(layout.Manifest(ClusterJob))
	if err != nil {
		return nil, nil, fmt.Errorf("parent run %s: %w", p.Parent, err)
	}
	if err := eachPart(ctx, layout, m, "identity_map", func(rows []schemas.IdentityMap) error {
		for _, r := range rows {
			previous[r.Namespace+":"+r.Object+":"+r.SourceID] = resolve.Previous{CustomerID: r.CustomerID, FirstRun: r.FirstRunID}
			given[r.CustomerID] = r.CustomerID
		}
		return nil
	}); err != nil {
		return nil, nil, err
	}
	err = eachPart(ctx, layout, m, "customer_id_redirect", func(rows []schemas.CustomerIDRedirect) error {
		for _, r := range rows {
			if !hasKey(given, r.OldCustomerID) {
				given[r.OldCustomerID] = r.CustomerID
			}
		}
		return nil
	})
	return previous, given, err
}

func eachPart[T any](ctx context.Context, layout runs.Layout, m *warehouse.Manifest, table string, each func([]T) error) error {
	t, ok := m.Table(table)
	if !ok {
		return fmt.Errorf("job %s wrote no table %s", m.Job, table)
	}
	for _, file := range t.Files {
		if err := warehouse.Read(ctx, filepath.Join(layout.Dir(), file.Name), nil, each); err != nil {
			return err
		}
	}
	return nil
}

// mapRows is how many rows one part of identity_map holds.
const mapRows = 500_000

// writeIdentity writes the identity tables, the small files and the manifest.
func writeIdentity(ctx context.Context, p *clusterParams, people *population, links []resolve.Link, c *resolve.Clusters, a *resolve.Assignment) error {
	m := &warehouse.Manifest{Job: ClusterJob, RunID: p.RunID, Inputs: []string{"jobs/" + ingest.JobName, "jobs/" + ScoreJob}, Counters: map[string]int64{}}
	stamp := schemas.RunColumns{RunID: p.RunID, AsOf: p.AsOf}
	ids, customer := indexCustomers(c, a)
	if err := writeMap(p, m, stamp, people, c, a); err != nil {
		return err
	}
	if err := writeLinks(p, m, stamp, people, links, c, a); err != nil {
		return err
	}
	if err := writeConflicts(ctx, p, m, stamp, people, c); err != nil {
		return err
	}
	if err := writeHistory(ctx, p, m, stamp, a); err != nil {
		return err
	}
	if err := writeSmall(p, m, people, ids, customer); err != nil {
		return err
	}
	m.Counters["customers"] = int64(len(ids))
	m.Counters["parties"] = int64(len(people.ends))
	return warehouse.WriteManifest(p.Layout().Manifest(ClusterJob), m)
}

// indexCustomers numbers the customers in order of their ids.
func indexCustomers(c *resolve.Clusters, a *resolve.Assignment) (ids []string, customer []uint32) {
	ids = make([]string, 0, len(a.IDs))
	for _, id := range a.IDs {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	number := make(map[string]uint32, len(ids))
	for i, id := range ids {
		number[id] = uint32(i)
	}
	customer = make([]uint32, len(c.Root))
	for i, root := range c.Root {
		customer[i] = number[a.IDs[root]]
	}
	return ids, customer
}

// writeTable writes rows as one or several parts and adds them to the manifest.
func writeTable[T any](p *runs.Base, m *warehouse.Manifest, table string, n int, row func(int) T) error {
	for part, start := 0, 0; part == 0 || start < n; part, start = part+1, start+mapRows {
		w, err := warehouse.Create[T](p.Dir, table, part)
		if err != nil {
			return err
		}
		for i := start; i < min(n, start+mapRows); i++ {
			r := row(i)
			if err := w.Add(&r); err != nil {
				w.Abort()
				return err
			}
		}
		info, err := w.Close()
		if err != nil {
			return err
		}
		m.Add(table, warehouse.SchemaHash[T](), info)
	}
	return nil
}

func writeMap(p *clusterParams, m *warehouse.Manifest, stamp schemas.RunColumns, people *population, c *resolve.Clusters, a *resolve.Assignment) error {
	return writeTable(&p.Base, m, "identity_map", len(people.ends), func(i int) schemas.IdentityMap {
		key := people.ref(uint32(i))[len(people.spaces[i])+len(people.objects[i])+2:]
		return schemas.IdentityMap{
			RunColumns: stamp, Source: people.sources[i], Object: people.objects[i], SourceID: key, System: people.systems[i],
			Namespace: people.spaces[i], CustomerID: a.IDs[c.Root[i]], Rule: c.Rules[i], FirstRunID: a.FirstRun[i],
		}
	})
}

func writeLinks(p *clusterParams, m *warehouse.Manifest, stamp schemas.RunColumns, people *population, links []resolve.Link, c *resolve.Clusters, a *resolve.Assignment) error {
	sort.Slice(links, func(i, j int) bool {
		x, y := links[i], links[j]
		if x.A != y.A {
			return x.A < y.A
		}
		if x.B != y.B {
			return x.B < y.B
		}
		return x.Rule < y.Rule
	})
	return writeTable(&p.Base, m, "identity_link", len(links), func(i int) schemas.IdentityLink {
		l := links[i]
		return schemas.IdentityLink{
			RunColumns: stamp, LeftRef: people.ref(l.A), RightRef: people.ref(l.B), Rule: l.Rule,
			Accepted: c.Root[l.A] == c.Root[l.B], CustomerID: a.IDs[c.Root[l.A]],
		}
	})
}

func writeConflicts(ctx context.Context, p *clusterParams, m *warehouse.Manifest, stamp schemas.RunColumns, people *population, c *resolve.Clusters) error {
	all := slices.Clone(c.Cut)
	for _, path := range p.Conflicts {
		if err := warehouse.Read(ctx, path, nil, func(rows []conflictRow) error {
			for _, r := range rows {
				all = append(all, resolve.Conflict{A: uint32(r.A), B: uint32(r.B), Rule: r.Rule, Reason: r.Reason})
			}
			return nil
		}); err != nil {
			return err
		}
	}
	slices.SortFunc(all, func(x, y resolve.Conflict) int {
		return strings.Compare(fmt.Sprintf("%010d %010d %s %s", x.A, x.B, x.Rule, x.Reason), fmt.Sprintf("%010d %010d %s %s", y.A, y.B, y.Rule, y.Reason))
	})
	m.Counters["conflicts"] = int64(len(all))
	return writeTable(&p.Base, m, "identity_conflict", len(all), func(i int) schemas.IdentityConflict {
		x := all[i]
		return schemas.IdentityConflict{RunColumns: stamp, LeftRef: people.ref(x.A), RightRef: people.ref(x.B), Rule: x.Rule, Reason: x.Reason}
	})
}

// writeHistory writes events and redirects; the parent's rows are carried over.
func writeHistory(ctx context.Context, p *clusterParams, m *warehouse.Manifest, stamp schemas.RunColumns, a *resolve.Assignment) error {
	var events []schemas.IdentityEvent
	if p.Parent != "" {
		layout := runs.Layout{Out: p.Out, RunID: p.Parent}
		parent, err := warehouse.ReadManifest(layout.Manifest(ClusterJob))
		if err != nil {
			return err
		}
		if err := eachPart(ctx, layout, parent, "identity_event", func(rows []schemas.IdentityEvent) error {
			events = append(events, rows...)
			return nil
		}); err != nil {
			return err
		}
	}
	for _, e := range a.Events {
		events = append(events, schemas.IdentityEvent{RunColumns: stamp, Event: e.Event, CustomerID: e.CustomerID, OtherCustomerID: e.Other, Record: e.Record, Cause: e.Cause})
	}
	if err := writeTable(&p.Base, m, "identity_event", len(events), func(i int) schemas.IdentityEvent { return events[i] }); err != nil {
		return err
	}
	old := make([]string, 0, len(a.Redirects))
	for id := range a.Redirects {
		old = append(old, id)
	}
	sort.Strings(old)
	return writeTable(&p.Base, m, "customer_id_redirect", len(old), func(i int) schemas.CustomerIDRedirect {
		return schemas.CustomerIDRedirect{RunColumns: stamp, OldCustomerID: old[i], CustomerID: a.Redirects[old[i]]}
	})
}

func writeSmall(p *clusterParams, m *warehouse.Manifest, people *population, ids []string, customer []uint32) error {
	lookup, err := resolve.BuildLookup(ids, len(people.ends), func(i int) (string, uint32) { return people.ref(uint32(i)), customer[i] })
	if err != nil {
		return err
	}
	ordinals := make([]byte, 0, 4*len(customer))
	for _, c := range customer {
		ordinals = binary.LittleEndian.AppendUint32(ordinals, c)
	}
	for _, small := range []struct {
		name string
		data []byte
	}{{LookupFile, lookup}, {OrdinalFile, ordinals}} {
		name := filepath.Join("jobs", ClusterJob, small.name)
		if err := runs.WriteFile(filepath.Join(p.Dir, name), small.data); err != nil {
			return err
		}
		sum := sha256.Sum256(small.data)
		m.Small = append(m.Small, warehouse.FileInfo{Name: filepath.ToSlash(name), Bytes: int64(len(small.data)), SHA256: hex.EncodeToString(sum[:])})
	}
	return nil
}
