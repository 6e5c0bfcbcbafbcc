// Package publish loads the output tables of a run into BigQuery.
//
// Every table goes the same way:
//
//  1. its Parquet parts are checked against the schema, since loaders guess where files are vague;
//  2. load jobs with deterministic ids bring them into a staging table that expires;
//  3. the staging table is compared with the manifest (rows, keys, run);
//  4. one transaction replaces this run's rows in the table that keeps the runs (`orders_runs`).
//
// When all tables are there, one row of `<dataset>_meta.published_run` is replaced. Views
// (`orders`) show the rows of the run that it names, so readers see all tables change at
// once, and publishing an earlier run again is a change of that one row.
//
// Three datasets: `<dataset>` for BI without contact data, `<dataset>_contact` with the
// columns that can name or reach a person beside the tables' keys, and the staging tables,
// `<dataset>_meta` with published_run and run_table (what has been loaded of which run).
package publish

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"cloud.google.com/go/bigquery"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Target says where tables go.
type Target struct {
	Project  string
	Dataset  string // for BI; Dataset_contact and Dataset_meta lie beside it
	Location string // of datasets that must be created, and of jobs; empty = the service's default
	Bucket   string // gs://bucket or gs://bucket/prefix that parts travel through; empty = uploaded by the load jobs
}

// Run is what is published.
type Run struct {
	ID     string
	AsOf   int32                  // days since 1970-01-01
	Dir    string                 // folder of the run
	Tables []warehouse.TableFiles // from the manifests of its jobs; records and other folders are passed over
}

// Options change how it is done.
type Options struct {
	KeepRuns      int           // runs that stay in the tables, the published one among them; 0 = DefaultKeepRuns
	Parallel      int           // tables at a time; 0 = DefaultParallel
	StagingExpire time.Time     // when staging tables vanish that a failure left behind; zero = never
	CallTimeout   time.Duration // for one call of the service; 0 = DefaultCallTimeout
	JobTimeout    time.Duration // for one load or query job; 0 = DefaultJobTimeout
	Progress      func(Event)   // called from several goroutines; nil = nobody listens
}

// Defaults of Options.
const (
	DefaultKeepRuns    = 7
	DefaultParallel    = 6
	DefaultCallTimeout = 2 * time.Minute
	DefaultJobTimeout  = 2 * time.Hour
)

func (o Options) withDefaults() Options {
	if o.KeepRuns <= 0 {
		o.KeepRuns = DefaultKeepRuns
	}
	if o.Parallel <= 0 {
		o.Parallel = DefaultParallel
	}
	if o.CallTimeout <= 0 {
		o.CallTimeout = DefaultCallTimeout
	}
	if o.JobTimeout <= 0 {
		o.JobTimeout = DefaultJobTimeout
	}
	if o.Progress == nil {
		o.Progress = func(Event) {}
	}
	return o
}

// Event tells that a step of a table is done.
type Event struct {
	Table string
	Step  string // loaded, inserted, present, published
	Rows  int64
}

// TableReport is what happened to one table.
type TableReport struct {
	Table   string
	Rows    int64
	Present bool     // this very content was there already
	Jobs    []string // load jobs
}

// Report is what happened.
type Report struct {
	RunID  string
	Tables []TableReport // in the order of schemas.Tables
	Rows   int64
	Pruned []string // runs that were removed from the tables
}

// ErrCheck tells that loaded data are not what the manifest says.
var ErrCheck = errors.New("data check failed")

// errRowCount is the check that fails when a load was not whole.
var errRowCount = fmt.Errorf("%w: rows are missing or too many", ErrCheck)

// runID is what may be put into names and job ids.
var runID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// publisher holds what the steps share.
type publisher struct {
	tables  []schemas.Table
	client  *bigquery.Client
	objects Objects
	target  Target
	run     Run
	opts    Options
}

// Publish loads all tables of a run and makes it the published one. It can be repeated at any
// time and after any failure: what is there already is not loaded again. objects is needed
// only with a bucket.
func Publish(ctx context.Context, client *bigquery.Client, objects Objects, target Target, run Run, opts Options) (*Report, error) {
	return publishTables(ctx, schemas.Tables(), client, objects, target, run, opts)
}

func publishTables(ctx context.Context, tables []schemas.Table, client *bigquery.Client, objects Objects, target Target, run Run, opts Options) (*Report, error) {
	p := newPublisher(target, run)
	p.tables, p.client, p.objects, p.opts = tables, client, objects, opts.withDefaults()
	files, err := p.files()
	if err != nil {
		return nil, err
	}
	if err := p.prepare(ctx); err != nil {
		return nil, err
	}
	present, err := p.presentTables(ctx)
	if err != nil {
		return nil, err
	}
	report := &Report{RunID: run.ID, Tables: make([]TableReport, len(files))}
	err = p.each(ctx, len(files), func(ctx context.Context, i int) error {
		var err error
		report.Tables[i], err = p.table(ctx, files[i], present)
		if err != nil {
			return fmt.Errorf("publishing %s: %w", files[i].table.Name, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, t := range report.Tables {
		report.Rows += t.Rows
	}
	if err := p.flip(ctx); err != nil {
		return nil, fmt.Errorf("making %s the published run: %w", run.ID, err)
	}
	p.opts.Progress(Event{Step: "published", Rows: report.Rows})
	if report.Pruned, err = p.prune(ctx, files); err != nil {
		return nil, fmt.Errorf("removing old runs: %w", err)
	}
	return report, nil
}

// tableFiles is a table with the parts to load.
type tableFiles struct {
	table   schemas.Table
	columns []schemas.Column
	files   warehouse.TableFiles
	sha8    string // of the parts
}

func newPublisher(target Target, run Run) *publisher {
	return &publisher{tables: schemas.Tables(), target: target, run: run}
}

// files finds the parts of every output table and checks them on disk.
func (p *publisher) files() ([]tableFiles, error) {
	if !runID.MatchString(p.run.ID) {
		return nil, fmt.Errorf("%q is not a run id", p.run.ID)
	}
	byName := map[string]warehouse.TableFiles{}
	for _, t := range p.run.Tables {
		byName[t.Table] = t
	}
	var out []tableFiles
	for _, table := range p.tables {
		files, ok := byName[table.Name]
		if !ok {
			return nil, fmt.Errorf("run %s has no table %s: its stage has not run", p.run.ID, table.Name)
		}
		t := tableFiles{table: table, columns: schemas.Columns(table.Row), files: files, sha8: contentHash(files)}
		if err := p.checkParts(t); err != nil {
			return nil, fmt.Errorf("table %s: %w", table.Name, err)
		}
		out = append(out, t)
	}
	return out, nil
}

// table brings one table to where the views look.
func (p *publisher) table(ctx context.Context, t tableFiles, present map[string]string) (TableReport, error) {
	report := TableReport{Table: t.table.Name, Rows: t.files.Rows}
	if err := p.ensureTargets(ctx, t); err != nil {
		return report, err
	}
	if present[t.table.Name] == t.sha8 {
		report.Present = true
		p.opts.Progress(Event{Table: t.table.Name, Step: "present", Rows: t.files.Rows})
		return report, p.ensureViews(ctx, t)
	}
	staging := ""
	if t.files.Rows > 0 {
		var err error
		if staging, report.Jobs, err = p.stage(ctx, t); err != nil {
			return report, err
		}
		p.opts.Progress(Event{Table: t.table.Name, Step: "loaded", Rows: t.files.Rows})
	}
	if err := p.insert(ctx, t, staging); err != nil {
		return report, err
	}
	p.opts.Progress(Event{Table: t.table.Name, Step: "inserted", Rows: t.files.Rows})
	if staging != "" {
		if err := p.call(ctx, func(ctx context.Context) error { return p.contact().Table(staging).Delete(ctx) }); err != nil && !isStatus(err, 404) {
			return report, fmt.Errorf("removing the staging table %s: %w", staging, err)
		}
	}
	return report, p.ensureViews(ctx, t)
}

// each runs work for 0 to n-1, some at a time, and stops at the first error.
func (p *publisher) each(ctx context.Context, n int, work func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		group sync.WaitGroup
		slots = make(chan struct{}, p.opts.Parallel)
	)
	for i := range n {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		group.Go(func() {
			defer func() { <-slots }()
			if err := work(ctx, i); err != nil {
				cancel(err)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// call gives one call of the service its deadline: the client retries until its context ends.
func (p *publisher) call(ctx context.Context, f func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, p.opts.CallTimeout)
	defer cancel()
	return f(ctx)
}

func (p *publisher) bi() *bigquery.Dataset {
	return p.client.DatasetInProject(p.target.Project, p.target.Dataset)
}

func (p *publisher) contact() *bigquery.Dataset {
	return p.client.DatasetInProject(p.target.Project, p.target.Dataset+"_contact")
}

func (p *publisher) meta() *bigquery.Dataset {
	return p.client.DatasetInProject(p.target.Project, p.target.Dataset+"_meta")
}
