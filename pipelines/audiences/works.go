package audiences

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/pipelines/value"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/segment"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Kinds of work.
const (
	workRules   = ""        // names the audiences of the rules, so that those without candidates have their rows too
	workMatches = "matches" // one partition of customers
	workTold    = "told"
	workExposed = "exposed"
	workRecords = "records"
	workActions = "actions"
)

// work is one part of what the stage reads.
type work struct {
	Kind      string `json:"kind"`
	Path      string `json:"path"`
	Consents  string `json:"consents"`  // of the customers of a partition; "" = none
	Customers string `json:"customers"` // likewise
}

// worksOf lists what the stage reads, the bytes of it that are shuffled, and the jobs that
// wrote it.
func worksOf(env *runs.Env, rules *segment.Rules) (works []any, bytes int64, inputs []string, err error) {
	works = []any{work{}}
	fromCustomers, err := env.Manifest(customers.JobName)
	if err != nil {
		return nil, 0, nil, err
	}
	valued, err := env.Manifest(value.ApplyJob)
	if err != nil {
		return nil, 0, nil, err
	}
	inputs = []string{"jobs/" + customers.JobName, "jobs/" + value.ApplyJob}
	consents, rows := partsByName(env.Layout, fromCustomers, "consents"), partsByName(env.Layout, valued, "customers")
	for _, file := range filesOf(valued, value.MatchTable) {
		name := filepath.Base(file.Name) // all three lie in the same partitions
		works = append(works, work{workMatches, pathOf(env.Layout, file), consents[name], rows[name]})
		bytes += file.Bytes
	}
	add := func(kind string, l runs.Layout, m *warehouse.Manifest, table string) {
		for _, file := range filesOf(m, table) {
			works = append(works, work{Kind: kind, Path: pathOf(l, file)})
			bytes += file.Bytes
		}
	}
	add(workActions, env.Layout, valued, "customer_action")
	if len(needsOf(rules).crms) > 0 {
		clustered, err := env.Manifest(identity.ClusterJob)
		if err != nil {
			return nil, 0, nil, err
		}
		add(workRecords, env.Layout, clustered, "identity_map")
		inputs = append(inputs, "jobs/"+identity.ClusterJob)
	}
	if parent, ok := env.Parent(); ok {
		m, err := warehouse.ReadManifest(parent.Manifest(JobName))
		switch {
		case errors.Is(err, warehouse.ErrNoManifest):
			env.Reporter.Warn(fmt.Sprintf("parent run %s has no job %s: all members count as new", parent.RunID, JobName))
		case err != nil:
			return nil, 0, nil, fmt.Errorf("parent run %s: %w", parent.RunID, err)
		default:
			add(workTold, parent, m, ToldTable)
			add(workExposed, parent, m, customers.ExposedTable)
			inputs = append(inputs, "../"+parent.RunID+"/jobs/"+JobName)
		}
	}
	return works, bytes, inputs, nil
}

// filesOf are the files of a table that have rows.
func filesOf(m *warehouse.Manifest, table string) []warehouse.FileInfo {
	t, ok := m.Table(table)
	if !ok {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.Files), func(f warehouse.FileInfo) bool { return f.Rows == 0 })
}

// partsByName are the paths of a table's files by the name of the part.
func partsByName(l runs.Layout, m *warehouse.Manifest, table string) map[string]string {
	out := map[string]string{}
	for _, file := range filesOf(m, table) {
		out[filepath.Base(file.Name)] = pathOf(l, file)
	}
	return out
}

// crmRecord is a record of a CRM that is part of a customer. The customer comes first, so
// that sorted bytes are in order of the customers.
type crmRecord struct {
	CustomerID string
	System     string
	Object     string
	ID         string
}

// mapRecords sends the records of the CRMs that audiences update to these audiences.
func mapRecords(ctx context.Context, t *shuffle.MapTask, path string, l *lists) error {
	updated := map[string][]string{} // audiences by system
	for i := range l.rules.Audiences {
		for _, name := range l.rules.Audiences[i].Platforms {
			if platform, ok := audience.PlatformNamed(name); ok && platform.CRM {
				updated[name] = append(updated[name], l.rules.Audiences[i].Code)
			}
		}
	}
	var rec []byte
	return warehouse.Read(ctx, path, []string{"customer_id", "system", "object", "source_id"}, func(rows []schemas.IdentityMap) error {
		for i := range rows {
			row := &rows[i]
			codes := updated[row.System]
			if len(codes) == 0 || row.CustomerID == "" {
				continue
			}
			rec = recordCodec.Append(rec[:0], &crmRecord{row.CustomerID, row.System, row.Object, row.SourceID})
			for _, code := range codes {
				if err := t.Emit([]byte(code), tagRecord, rec); err != nil {
					return err
				}
			}
		}
		t.Progress(len(rows))
		return nil
	})
}
