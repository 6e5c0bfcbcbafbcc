package warehouse

import (
	"context"
	"path/filepath"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Each visits the rows of a table of a run. columns are those to read, all when empty. A row
// and its texts hold during the visit only.
func Each[T any](ctx context.Context, layout runs.Layout, table warehouse.TableFiles, columns []string, visit func(*T)) error {
	for _, file := range table.Files {
		if file.Rows == 0 {
			continue
		}
		path := filepath.Join(layout.Dir(), filepath.FromSlash(file.Name))
		err := warehouse.Read(ctx, path, columns, func(rows []T) error {
			for i := range rows {
				visit(&rows[i])
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
