package runs

import (
	"context"
	"path/filepath"

	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// EachRow visits the rows of a table of a run, until visit fails. columns are those to read,
// all when empty. A row and its texts hold during the visit only.
func EachRow[T any](ctx context.Context, layout Layout, table *warehouse.TableFiles, columns []string, visit func(*T) error) error {
	if table.Run != "" {
		layout.RunID = table.Run
	}
	for _, file := range table.Files {
		if file.Rows == 0 {
			continue
		}
		path := filepath.Join(layout.Dir(), filepath.FromSlash(file.Name))
		err := warehouse.Read(ctx, path, columns, func(rows []T) error {
			for i := range rows {
				if err := visit(&rows[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
