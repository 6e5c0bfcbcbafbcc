package report

import (
	"context"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// tables finds the finished tables of the run.
type tables struct {
	dir    string
	byName map[string]*warehouse.TableFiles
}

func (t *tables) rows(name string) int64 {
	if files := t.byName[name]; files != nil {
		return files.Rows
	}
	return 0
}

// paths are the parts of a table that have rows, in order.
func (t *tables) paths(name string) []string {
	files := t.byName[name]
	if files == nil {
		return nil
	}
	dir := t.dir
	if files.Run != "" {
		dir = filepath.Join(filepath.Dir(t.dir), files.Run)
	}
	var out []string
	for _, file := range files.Files {
		if file.Rows > 0 {
			out = append(out, filepath.Join(dir, file.Name))
		}
	}
	return out
}

// scan reads some columns of a table, part by part side by side, into one accumulator a part.
// The accumulators come in the order of the parts, so that what is made of them does not hang
// on which part was read first. A table that the run does not have gives none.
func scan[T, A any](ctx context.Context, t *tables, name string, columns []string, add func(*A, *T)) ([]A, error) {
	paths := t.paths(name)
	out := make([]A, len(paths))
	errs := make([]error, len(paths))
	slots := make(chan struct{}, max(1, runtime.GOMAXPROCS(0)))
	var wait sync.WaitGroup
	for i := range paths {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			errs[i] = warehouse.Read(ctx, paths[i], columns, func(rows []T) error {
				for j := range rows {
					add(&out[i], &rows[j])
				}
				return nil
			})
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// all reads a small table whole, in the order of its parts.
func all[T any](ctx context.Context, t *tables, name string) ([]T, error) {
	parts, err := scan(ctx, t, name, nil, func(rows *[]T, row *T) { *rows = append(*rows, *row) })
	if err != nil {
		return nil, err
	}
	var out []T
	for _, part := range parts {
		out = append(out, part...)
	}
	return out, nil
}
