// Package warehouse publishes a finished run: it gathers the tables that the manifests of all
// jobs name and hands them to transforms/publish. Publishing can be repeated at any time.
package warehouse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/publish"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Publication is one run on its way into BigQuery.
type Publication struct {
	Run    publish.Run
	Target publish.Target
	config *config.BigQuery
}

// Open finds a run, the current one when id is empty, and checks the target.
func Open(c *config.Config, id string) (*Publication, error) {
	target, err := targetOf(c.Output.BigQuery)
	if err != nil {
		return nil, err
	}
	if id == "" {
		if id, err = runs.Current(c.Output.Path); err != nil {
			return nil, err
		}
		if id == "" {
			return nil, runs.ConfigError("%s has no finished run: tributary run comes first", c.Output.Path)
		}
	}
	layout := runs.Layout{Out: c.Output.Path, RunID: id}
	in, err := runs.ReadInputs(layout)
	if errors.Is(err, os.ErrNotExist) {
		return nil, runs.ConfigError("there is no run %s in %s", id, c.Output.Path)
	}
	if err != nil {
		return nil, err
	}
	asOf, err := runs.Day(in.AsOf)
	if err != nil {
		return nil, err
	}
	tables, err := Tables(layout)
	if err != nil {
		return nil, err
	}
	if err := complete(id, tables); err != nil {
		return nil, err
	}
	return &Publication{
		Run:    publish.Run{ID: id, AsOf: asOf, Dir: layout.Dir(), Tables: tables},
		Target: target, config: c.Output.BigQuery,
	}, nil
}

// complete tells whether a run has all output tables: a run that was stopped has not.
func complete(id string, tables []warehouse.TableFiles) error {
	have := map[string]bool{}
	for _, t := range tables {
		have[t.Table] = true
	}
	var lacks []string
	for _, t := range schemas.Tables() {
		if !have[t.Name] {
			lacks = append(lacks, t.Name)
		}
	}
	if len(lacks) > 0 {
		return runs.ConfigError("run %s is not finished (no %s): tributary run goes on with it", id, strings.Join(lacks, ", "))
	}
	return nil
}

// Tables gathers the output tables that the manifests of a run name, in order of their names.
func Tables(layout runs.Layout) ([]warehouse.TableFiles, error) {
	manifests, err := filepath.Glob(layout.Manifest("*"))
	if err != nil {
		return nil, err
	}
	sort.Strings(manifests)
	var out []warehouse.TableFiles
	for _, path := range manifests {
		m, err := warehouse.ReadManifest(path)
		if err != nil {
			return nil, err
		}
		for _, t := range m.Tables {
			if !strings.Contains(t.Table, "/") {
				out = append(out, t)
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Table < out[j].Table })
	return out, nil
}

var (
	projectName = regexp.MustCompile(`^[a-z][a-z0-9.:-]{4,}[a-z0-9]$`)
	datasetName = regexp.MustCompile(`^[A-Za-z0-9_]{1,1000}$`)
	bucketName  = regexp.MustCompile(`^gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](/[^*?\[\]]*)?$`)
)

// targetOf checks output.bigquery of the config.
func targetOf(b *config.BigQuery) (publish.Target, error) {
	if b == nil {
		return publish.Target{}, runs.ConfigError("the config has no output.bigquery: {project, dataset, bucket}")
	}
	var errs []error
	if !projectName.MatchString(b.Project) {
		errs = append(errs, fmt.Errorf("output.bigquery.project %q is not a project id", b.Project))
	}
	if !datasetName.MatchString(b.Dataset) {
		errs = append(errs, fmt.Errorf("output.bigquery.dataset %q: letters, digits and _ only", b.Dataset))
	}
	if b.Bucket != "" && !bucketName.MatchString(b.Bucket) {
		errs = append(errs, fmt.Errorf("output.bigquery.bucket %q is not gs://bucket or gs://bucket/prefix", b.Bucket))
	}
	if len(errs) > 0 {
		return publish.Target{}, runs.ConfigError("%w", errors.Join(errs...))
	}
	return publish.Target{Project: b.Project, Dataset: b.Dataset, Location: b.Location, Bucket: b.Bucket}, nil
}

// Where names the target.
func (p *Publication) Where() string { return p.Target.Project + "." + p.Target.Dataset }

// Plan checks the files and lists the load jobs, without a call of the service.
func (p *Publication) Plan() ([]publish.Load, error) {
	loads, err := publish.Plan(p.Target, p.Run)
	return loads, coded(err)
}

// Publish loads the run.
func (p *Publication) Publish(ctx context.Context, opts publish.Options) (*publish.Report, error) {
	client, err := publish.Connect(ctx, p.Target.Project, p.config.Endpoint)
	if err != nil {
		return nil, runs.EnvironmentError("connecting to BigQuery: %w", err)
	}
	defer func() { _ = client.Close() }()
	var objects publish.Objects
	if p.Target.Bucket != "" {
		storage, err := publish.ConnectObjects(ctx)
		if err != nil {
			return nil, runs.EnvironmentError("connecting to Cloud Storage: %w", err)
		}
		defer func() { _ = storage.Client.Close() }()
		objects = storage
	}
	report, err := publish.Publish(ctx, client, objects, p.Target, p.Run, opts)
	return report, coded(err)
}

// coded gives a failed data check its exit code.
func coded(err error) error {
	if errors.Is(err, publish.ErrCheck) {
		return runs.DataError("%w", err)
	}
	return err
}
