// Package ingest turns exports into canonical records: profile -> records and rejects.
//
// Map reads one range of one file. What speaks of one thing meets at its key: versions of one
// reference, an order with its lines and its sightings in other systems. Reduce folds them and
// writes one Parquet part for each kind. Finish checks that the accounts add up.
package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/source"
)

// JobName is the name of the stage's only job.
const JobName = "ingest"

type params struct {
	runs.Base
	Specs   []source.Spec `json:"specs"`
	Files   []fileOf      `json:"files"`  // that are read, in order
	Unread  []unread      `json:"unread"` // files of optional sources that cannot be read
	Version string        `json:"version"`
}

// unread is a file that was given up.
type unread struct {
	Source string `json:"source"`
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	Reason string `json:"reason"`
}

// reject stands for the whole file.
func (u *unread) reject() *schemas.Reject {
	return &schemas.Reject{Source: u.Source, File: u.File, ByteOffset: -1, Bytes: u.Bytes, Code: source.CodeFile, Message: u.Reason}
}

var op = shuffle.Define(shuffle.Op{Name: JobName, Map: mapRange, Reduce: reducePartition, Finish: finish})

// expansion is how many bytes of records a byte of export becomes at most, roughly; it
// decides the number of partitions and so of files.
const expansion = 1.5

// Run runs the stage. A file that cannot be read fails it with the exit code of a data check,
// unless its source is optional.
func Run(ctx context.Context, env *runs.Env) error {
	if env.Done(JobName) {
		return env.Run(ctx, runs.Job{Name: JobName})
	}
	p := params{Base: env.Base(JobName), Specs: env.Specs, Version: runs.CodeVersion}
	files, err := filesOf(env.Specs)
	if err != nil {
		return err
	}
	var splits []source.Split
	var total int64
	for _, f := range files {
		total += f.file.Bytes
		spec := env.Specs[f.source]
		switch {
		case f.err == nil:
			splits = append(splits, f.splits...)
			p.Files = append(p.Files, fileOf{f.source, f.file.Name})
		case !spec.Optional:
			return runs.DataError("source %s: %w (optional: true lets the run go on without it)", spec.Name, f.err)
		default:
			p.Unread = append(p.Unread, unread{spec.Name, f.file.Name, f.file.Bytes, f.err.Error()})
		}
	}
	// The largest first, so that the last task is a small one.
	sort.SliceStable(splits, func(a, b int) bool { return splits[a].Bytes > splits[b].Bytes })
	work := make([]any, len(splits))
	for i := range splits {
		work[i] = &splits[i]
	}
	return env.Run(ctx, runs.Job{
		Name: JobName, Op: op, Params: &p, Work: work,
		Partitions: env.Partitions(int64(float64(total) * expansion)),
	})
}

// inputFile is a file of a source with its work items, or why it cannot be read.
type inputFile struct {
	source int
	file   source.File
	splits []source.Split
	err    error
}

// filesOf lists the files of all sources in order and cuts them into work items, several files
// at a time, since that reads big ones once.
func filesOf(specs []source.Spec) ([]inputFile, error) {
	var files []inputFile
	sources := make([]*source.Source, len(specs))
	for i, spec := range specs {
		compiled, err := source.Compile(spec)
		if err != nil {
			return nil, runs.ConfigError("source %s: %w", spec.Name, err)
		}
		sources[i] = compiled
		found, err := source.Files(spec.Path)
		if err != nil {
			return nil, runs.ConfigError("source %s: %w", spec.Name, err)
		}
		for _, file := range found {
			files = append(files, inputFile{source: i, file: file})
		}
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for at := next.Add(1) - 1; at < int64(len(files)); at = next.Add(1) - 1 {
				f := &files[at]
				f.splits, f.err = source.Splits(sources[f.source], f.source, f.file)
			}
		})
	}
	workers.Wait()
	return files, nil
}

// shared is what every task of a job needs.
type shared struct {
	params
	sources []*source.Source
	origins *origins
}

// opened are kept by parameters.
var opened sync.Map

func open(raw []byte) (*shared, error) {
	if found, ok := opened.Load(string(raw)); ok {
		return found.(*shared), nil
	}
	j := &shared{}
	if err := json.Unmarshal(raw, &j.params); err != nil {
		return nil, err
	}
	for _, spec := range j.Specs {
		s, err := source.Compile(spec)
		if err != nil {
			return nil, err
		}
		j.sources = append(j.sources, s)
	}
	j.origins = newOrigins(j.Files, j.sources)
	opened.Store(string(raw), j)
	return j, nil
}

// report is what a task tells Finish.
type report struct {
	Counts *source.Counts `json:"counts,omitempty"`
	Unread *unread        `json:"unread,omitempty"`
	Part   *partReport    `json:"part,omitempty"`
}

// sink packs records for the shuffle.
type sink struct {
	encoder
	task  *shuffle.MapTask
	views *source.Views
}

var _ source.ViewSink = &sink{}

// Record takes one canonical record.
func (s *sink) Record(kind string, rec any) error {
	s.task.Progress(1)
	return s.record(kind, rec)
}

// Views are those that the task has sent.
func (s *sink) Views() *source.Views { return s.views }

// View takes a party whose view has a number.
func (s *sink) View(party *schemas.Party, view uint64) error {
	s.task.Progress(1)
	return s.view(party, view)
}

// Again takes another sight of a view.
func (s *sink) Again(party *schemas.Party, view uint64) error {
	s.task.Progress(1)
	return s.again(party, view)
}

// Reject takes a refused row.
func (s *sink) Reject(r *schemas.Reject) error { return s.reject(r) }

// Issue is counted by the reader.
func (s *sink) Issue(string, string) {}

func mapRange(ctx context.Context, t *shuffle.MapTask) error {
	job, err := open(t.Params)
	if err != nil {
		return err
	}
	var split source.Split
	if err := json.Unmarshal(t.Work, &split); err != nil {
		return err
	}
	file, ok := job.origins.numbers[fileOf{split.Source, split.Name}]
	if !ok {
		return fmt.Errorf("%s is no file of this job", split.Name)
	}
	if t.State == nil {
		t.State = &source.Views{}
	}
	s := &sink{encoder: encoder{emit: t.Emit, origins: job.origins, file: file}, task: t, views: t.State.(*source.Views)}
	spec := &job.Specs[split.Source]
	var told report
	counts, err := source.Read(ctx, job.sources[split.Source], &split, s)
	var unreadable *source.FileError
	switch {
	case err == nil:
		told.Counts = counts
	case spec.Optional && errors.As(err, &unreadable):
		told.Unread = &unread{spec.Name, split.Name, split.Bytes, err.Error()}
		if err := s.Reject(told.Unread.reject()); err != nil {
			return err
		}
	default:
		return runs.DataError("source %s: %w", spec.Name, err)
	}
	data, err := json.Marshal(told)
	if err != nil {
		return err
	}
	t.Report(data)
	return nil
}

// Accounts are the accounts of one file in the manifest's notes.
func accountsName(c *source.Counts) string { return fmt.Sprintf("%s/%s", c.Source, c.File) }
