package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/iterator"

	"github.com/tributary-cdp/tributary/schemas"
)

// runsSuffix ends the name of a table that keeps several runs; the view has the plain name.
const runsSuffix = "_runs"

// sides are the datasets that a table goes to.
func (p *publisher) sides(t tableFiles) []placed {
	out := []placed{{p.bi(), biSide(t.columns)}}
	if contact := contactSide(t.table, t.columns); len(contact.columns) > 0 {
		out = append(out, placed{p.contact(), contact})
	}
	return out
}

type placed struct {
	dataset *bigquery.Dataset
	side
}

// ensureTargets creates the tables that keep runs, or adds the columns that they lack.
func (p *publisher) ensureTargets(ctx context.Context, t tableFiles) error {
	for _, s := range p.sides(t) {
		table := s.dataset.Table(t.table.Name + runsSuffix)
		want := &bigquery.TableMetadata{
			Schema: runSchema(s.columns), Clustering: clustering(t.table, s.columns),
			Description: "All runs that are kept; read the view without " + runsSuffix + ". One row per " + description(t.table.Grain),
			Labels:      map[string]string{"made_by": "tributary"},
		}
		err := p.call(ctx, func(ctx context.Context) error { return table.Create(ctx, want) })
		if isStatus(err, 409) {
			err = p.evolve(ctx, table, want)
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", table.FullyQualifiedName(), err)
		}
	}
	return nil
}

// evolve adds new columns to a table and takes new descriptions over. A column that changed
// its type needs a person: the rows of older runs have the old one.
func (p *publisher) evolve(ctx context.Context, table *bigquery.Table, want *bigquery.TableMetadata) error {
	return p.call(ctx, func(ctx context.Context) error {
		have, err := table.Metadata(ctx)
		if err != nil {
			return err
		}
		merged, changed, err := mergeSchemas(have.Schema, want.Schema)
		if err != nil || !changed {
			return err
		}
		_, err = table.Update(ctx, bigquery.TableMetadataToUpdate{Schema: merged, Description: want.Description}, have.ETag)
		return err
	})
}

// mergeSchemas puts the columns that have lacks behind it.
func mergeSchemas(have, want bigquery.Schema) (merged bigquery.Schema, changed bool, err error) {
	merged = slices.Clone(have)
	for _, w := range want {
		i := slices.IndexFunc(merged, func(h *bigquery.FieldSchema) bool { return h.Name == w.Name })
		if i < 0 {
			added := *w
			added.Required = false
			merged, changed = append(merged, &added), true
			continue
		}
		h := *merged[i]
		if h.Type != w.Type || h.Repeated != w.Repeated {
			return nil, false, fmt.Errorf("column %s has type %s, this run has %s: give the table another name or drop its %s", w.Name, h.Type, w.Type, runsSuffix)
		}
		fields, inner, err := mergeSchemas(h.Schema, w.Schema)
		if err != nil {
			return nil, false, fmt.Errorf("column %s: %w", w.Name, err)
		}
		if inner || h.Description != w.Description {
			h.Schema, h.Description, changed = fields, w.Description, true
			merged[i] = &h
		}
	}
	return merged, changed, nil
}

// insert replaces this run's rows, in all datasets and in the list of what is loaded, at once.
func (p *publisher) insert(ctx context.Context, t tableFiles, staging string) error {
	var script strings.Builder
	script.WriteString("BEGIN TRANSACTION;\n")
	for _, s := range p.sides(t) {
		table := path(s.dataset.Table(t.table.Name + runsSuffix))
		fmt.Fprintf(&script, "DELETE FROM %s WHERE run_id = @run;\n", table)
		if staging != "" {
			fmt.Fprintf(&script, "INSERT INTO %s (%s) SELECT %s FROM %s AS s;\n", table, s.names(), strings.Join(s.selects, ", "), path(p.contact().Table(staging)))
		}
	}
	fmt.Fprintf(&script, "INSERT INTO %s (run_id, as_of, table_name, row_count, content, loaded_at) VALUES (@run, @as_of, @table, @rows, @content, CURRENT_TIMESTAMP());\n", path(p.meta().Table(runTable)))
	script.WriteString("COMMIT TRANSACTION;\n")
	return p.execute(ctx, script.String(),
		param("run", p.run.ID), param("as_of", civilDate(p.run.AsOf)), param("table", t.table.Name), param("rows", t.files.Rows), param("content", t.sha8))
}

// ensureViews shows the published run's rows under the table's plain name.
func (p *publisher) ensureViews(ctx context.Context, t tableFiles) error {
	for _, s := range p.sides(t) {
		query := fmt.Sprintf("SELECT %s FROM %s WHERE run_id = (SELECT run_id FROM %s)",
			s.names(), path(s.dataset.Table(t.table.Name+runsSuffix)), path(p.meta().Table(publishedRun)))
		if err := p.ensureView(ctx, s.dataset.Table(t.table.Name), query, t.table, s.columns); err != nil {
			return fmt.Errorf("view %s.%s: %w", s.dataset.DatasetID, t.table.Name, err)
		}
	}
	return nil
}

// ensureView leaves a view alone that is as it should be: metadata may change 5 times in 10 s only.
func (p *publisher) ensureView(ctx context.Context, view *bigquery.Table, query string, t schemas.Table, columns []schemas.Column) error {
	text := "One row per " + description(t.Grain)
	return p.call(ctx, func(ctx context.Context) error {
		have, err := view.Metadata(ctx)
		if err == nil && have.Type == bigquery.ViewTable && have.ViewQuery == query && have.Description == text {
			return nil
		}
		if err != nil && !isStatus(err, 404) {
			return err
		}
		if err == nil && have.Type != bigquery.ViewTable {
			return errors.New("a table that is no view has this name")
		}
		if err != nil {
			err = view.Create(ctx, &bigquery.TableMetadata{ViewQuery: query, Description: text})
		} else {
			_, err = view.Update(ctx, bigquery.TableMetadataToUpdate{ViewQuery: query, Description: text}, "")
		}
		if err != nil {
			return err
		}
		schema := runSchema(columns)
		for _, field := range schema {
			field.Required = false
		}
		_, err = view.Update(ctx, bigquery.TableMetadataToUpdate{Schema: schema}, "")
		return err
	})
}

func param(name string, value any) bigquery.QueryParameter {
	return bigquery.QueryParameter{Name: name, Value: value}
}

// conflictRetries is how often a statement is repeated that lost against another transaction.
const conflictRetries = 6

// execute runs a statement and waits for it.
func (p *publisher) execute(ctx context.Context, sql string, params ...bigquery.QueryParameter) error {
	for try := 1; ; try++ {
		_, err := p.rows(ctx, sql, params...)
		if err == nil || try == conflictRetries || !conflict(err) {
			return err
		}
		select {
		case <-time.After(time.Duration(try*try) * 250 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// conflict tells whether another transaction changed the same table.
func conflict(err error) bool {
	text := strings.ToLower(err.Error())
	return strings.Contains(text, "concurrent update") || strings.Contains(text, "transaction is aborted due to") || strings.Contains(text, "conflict")
}

// rows runs a query and returns all of its rows.
func (p *publisher) rows(ctx context.Context, sql string, params ...bigquery.QueryParameter) ([][]bigquery.Value, error) {
	ctx, cancel := context.WithTimeout(ctx, p.opts.JobTimeout)
	defer cancel()
	query := p.client.Query(sql)
	query.Location, query.Parameters, query.Labels = p.target.Location, params, labels(p.run.ID)
	it, err := query.Read(ctx)
	if err != nil {
		return nil, err
	}
	var out [][]bigquery.Value
	for {
		var row []bigquery.Value
		err := it.Next(&row)
		if errors.Is(err, iterator.Done) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
}

// labels mark jobs and staging tables with the run; label values know no capitals.
func labels(run string) map[string]string {
	return map[string]string{"made_by": "tributary", "run": strings.ToLower(run)}
}
