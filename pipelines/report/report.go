// Package report is the last stage: the operational tables, every table that the run has not
// written yet, the checks over all tables, and the page to look at. It has no Beam graph: it
// reads a few columns of finished tables, and what it writes is small.
package report

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/report"
	"github.com/tributary-cdp/tributary/transforms/source"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// JobName is the name of the stage's only job.
const JobName = "report"

// Run runs the stage. A check that fails is the error of a data check; the tables and the
// page are there to look at then, but the stage is not done and the run does not become current.
func Run(ctx context.Context, env *runs.Env) error {
	if env.Done(JobName) {
		return env.Run(ctx, runs.Job{Name: JobName})
	}
	return env.Measure(JobName, func(progress func(int64)) error {
		s := &stage{env: env, base: env.Base(JobName), progress: progress}
		return s.run(ctx)
	})
}

// stage is one run of the stage.
type stage struct {
	env      *runs.Env
	base     runs.Base
	progress func(int64)
	jobs     []*warehouse.Manifest // of the run so far, in order of their names
	tables   *tables
	accounts []source.Counts // of the files that were read
	out      *warehouse.Manifest
}

func (s *stage) run(ctx context.Context) error {
	if err := s.load(); err != nil {
		return err
	}
	facts, err := s.gather(ctx)
	if err != nil {
		return err
	}
	if err := s.operations(ctx, facts); err != nil {
		return err
	}
	if err := s.missing(); err != nil {
		return err
	}
	checks := s.checks(facts)
	quality, err := s.quality(facts, checks)
	if err != nil {
		return err
	}
	for i := range quality {
		if quality[i].Bound != nil {
			s.out.Counters["checks"]++
			if !quality[i].Passed {
				s.out.Counters["checks_failed"]++
			}
		}
	}
	if err := s.runLog(); err != nil {
		return err
	}
	if err := s.page(facts, quality); err != nil {
		return err
	}
	if err := failures(checks); err != nil {
		return err
	}
	if err := s.complete(); err != nil {
		return err
	}
	return warehouse.WriteManifest(s.env.Layout.Manifest(JobName), s.out)
}

// load reads the manifests of the run's other jobs.
func (s *stage) load() error {
	entries, err := os.ReadDir(s.env.Layout.Job(""))
	if err != nil {
		return fmt.Errorf("listing the run's jobs: %w", err)
	}
	s.out = &warehouse.Manifest{Job: JobName, RunID: s.env.Layout.RunID, Counters: map[string]int64{}}
	s.tables = &tables{dir: s.env.Layout.Dir(), byName: map[string]*warehouse.TableFiles{}}
	for _, entry := range entries { // in order of their names
		if entry.Name() == JobName {
			continue
		}
		m, err := s.env.Manifest(entry.Name())
		if errors.Is(err, warehouse.ErrNoManifest) {
			continue // what a job left when it was stopped
		}
		if err != nil {
			return err
		}
		s.jobs = append(s.jobs, m)
		s.out.Inputs = append(s.out.Inputs, "jobs/"+m.Job)
		for i := range m.Tables {
			s.tables.byName[m.Tables[i].Table] = &m.Tables[i]
		}
		if m.Job == ingest.JobName {
			if s.accounts, err = ingest.Accounts(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// missing writes every table that nobody has written, without rows.
func (s *stage) missing() error {
	for _, t := range schemas.Tables() {
		_, written := s.tables.byName[t.Name]
		_, own := s.out.Table(t.Name)
		if written || own || t.Name == tableDataQuality || t.Name == tableRunLog {
			continue // the last two follow
		}
		info, err := warehouse.WriteEmpty(s.env.Layout.Dir(), t.Name, t.Row)
		if err != nil {
			return err
		}
		s.out.Add(t.Name, warehouse.SchemaHashOf(t.Row), info)
	}
	return nil
}

// page draws report/index.html.
func (s *stage) page(f *facts, quality []schemas.DataQuality) error {
	data, err := report.Render(s.pageData(f, quality))
	if err != nil {
		return err
	}
	path := s.env.Layout.Report()
	if err := runs.WriteFile(path, data); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	name, err := filepath.Rel(s.env.Layout.Dir(), path)
	if err != nil {
		return err
	}
	s.out.Small = append(s.out.Small, runs.SmallInfo(name, data))
	return nil
}

// complete checks that every table of the catalogue is in exactly one job's manifest.
func (s *stage) complete() error {
	owners := map[string][]string{}
	for _, m := range append(append([]*warehouse.Manifest{}, s.jobs...), s.out) {
		for i := range m.Tables {
			owners[m.Tables[i].Table] = append(owners[m.Tables[i].Table], m.Job)
		}
	}
	for _, t := range schemas.Tables() {
		if jobs := owners[t.Name]; len(jobs) != 1 {
			sort.Strings(jobs)
			return runs.DataError("check one_job_per_table: table %s is in the manifests of %d jobs %v, expected one", t.Name, len(jobs), jobs)
		}
	}
	return nil
}
