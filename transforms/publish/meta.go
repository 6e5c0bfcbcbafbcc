package publish

import (
	"context"
	"fmt"
	"strings"
	"time"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/civil"

	"github.com/tributary-cdp/tributary/schemas"
)

// Tables of the meta dataset.
const (
	publishedRun = "published_run" // one row: the run that the views show
	runTable     = "run_table"     // what has been loaded of which run
)

// contactTimeTravel is how long deleted rows of the contact dataset can be brought back: the
// least that BigQuery allows, so that erasure takes effect soon.
const contactTimeTravel = 48 * time.Hour

// prepare makes the datasets and the tables of the meta dataset.
func (p *publisher) prepare(ctx context.Context) error {
	for _, d := range []struct {
		dataset *bigquery.Dataset
		meta    bigquery.DatasetMetadata
	}{
		{p.bi(), bigquery.DatasetMetadata{Description: "Customers and value, without contact data. Made by tributary."}},
		{p.contact(), bigquery.DatasetMetadata{Description: "Contact data of customers: personal data. Made by tributary.", MaxTimeTravel: contactTimeTravel}},
		{p.meta(), bigquery.DatasetMetadata{Description: "Which run is published. Made by tributary."}},
	} {
		d.meta.Location, d.meta.Labels = p.target.Location, map[string]string{"made_by": "tributary"}
		err := p.call(ctx, func(ctx context.Context) error { return d.dataset.Create(ctx, &d.meta) })
		if err != nil && !isStatus(err, 409) {
			return fmt.Errorf("creating dataset %s: %w", d.dataset.DatasetID, err)
		}
	}
	for name, schema := range map[string]bigquery.Schema{
		publishedRun: {
			{Name: "run_id", Type: bigquery.StringFieldType, Required: true, Description: "run that the views show"},
			{Name: "as_of", Type: bigquery.DateFieldType, Required: true, Description: "day that it looks back from"},
			{Name: "previous_run_id", Type: bigquery.StringFieldType, Description: "run that the views showed before"},
			{Name: "published_at", Type: bigquery.TimestampFieldType, Required: true, Description: "when that changed"},
		},
		runTable: {
			{Name: "run_id", Type: bigquery.StringFieldType, Required: true, Description: "run"},
			{Name: "as_of", Type: bigquery.DateFieldType, Required: true, Description: "day that it looks back from"},
			{Name: "table_name", Type: bigquery.StringFieldType, Required: true, Description: "table"},
			{Name: "row_count", Type: bigquery.IntegerFieldType, Required: true, Description: "rows of this run in the table"},
			{Name: "content", Type: bigquery.StringFieldType, Required: true, Description: "hash of the files that were loaded"},
			{Name: "loaded_at", Type: bigquery.TimestampFieldType, Required: true, Description: "when"},
		},
	} {
		err := p.call(ctx, func(ctx context.Context) error {
			return p.meta().Table(name).Create(ctx, &bigquery.TableMetadata{Schema: schema})
		})
		if err != nil && !isStatus(err, 409) {
			return fmt.Errorf("creating table %s: %w", name, err)
		}
	}
	return nil
}

// presentTables gives the content of this run's tables that are loaded already: the last one of each.
func (p *publisher) presentTables(ctx context.Context) (map[string]string, error) {
	rows, err := p.rows(ctx, "SELECT table_name, content FROM "+path(p.meta().Table(runTable))+" WHERE run_id = @run ORDER BY loaded_at", param("run", p.run.ID))
	if err != nil {
		return nil, fmt.Errorf("asking what is loaded: %w", err)
	}
	out := map[string]string{}
	for _, row := range rows {
		table, _ := row[0].(string)
		content, _ := row[1].(string)
		out[table] = content
	}
	return out, nil
}

// checkStaging compares the loaded rows with the manifest: how many, of this run, keys unique.
func (p *publisher) checkStaging(ctx context.Context, t tableFiles, staging string) error {
	table := path(p.contact().Table(staging))
	keys := make([]string, len(t.table.Key))
	for i, key := range t.table.Key {
		keys[i] = quote(key)
	}
	sql := fmt.Sprintf("SELECT COUNT(*), COUNTIF(run_id != @run), (SELECT COUNT(*) FROM (SELECT COUNT(*) AS n FROM %s GROUP BY %s) WHERE n > 1) FROM %s",
		table, strings.Join(keys, ", "), table)
	rows, err := p.rows(ctx, sql, param("run", p.run.ID))
	if err != nil {
		return fmt.Errorf("checking the staging table: %w", err)
	}
	if len(rows) != 1 || len(rows[0]) != 3 {
		return fmt.Errorf("checking the staging table: %d rows came back", len(rows))
	}
	count, _ := rows[0][0].(int64)
	foreign, _ := rows[0][1].(int64)
	twice, _ := rows[0][2].(int64)
	switch {
	case count != t.files.Rows:
		return fmt.Errorf("%w: %d were loaded, the manifest says %d", errRowCount, count, t.files.Rows)
	case foreign > 0:
		return fmt.Errorf("%w: %d rows are of another run", ErrCheck, foreign)
	case twice > 0:
		return fmt.Errorf("%w: %d keys (%s) are there more than once", ErrCheck, twice, strings.Join(t.table.Key, ", "))
	}
	return nil
}

// flip makes the run the published one: the one change that readers see.
func (p *publisher) flip(ctx context.Context) error {
	table := path(p.meta().Table(publishedRun))
	rows, err := p.rows(ctx, "SELECT run_id, previous_run_id FROM "+table)
	if err != nil {
		return err
	}
	var previous bigquery.NullString
	if len(rows) > 0 {
		current, _ := rows[0][0].(string)
		if current == p.run.ID {
			return nil
		}
		previous = bigquery.NullString{StringVal: current, Valid: true}
	}
	return p.execute(ctx, fmt.Sprintf("BEGIN TRANSACTION;\nDELETE FROM %[1]s WHERE TRUE;\nINSERT INTO %[1]s (run_id, as_of, previous_run_id, published_at) VALUES (@run, @as_of, @previous, CURRENT_TIMESTAMP());\nCOMMIT TRANSACTION;\n", table),
		param("run", p.run.ID), param("as_of", civilDate(p.run.AsOf)), param("previous", previous))
}

// prune removes all but the last runs from the tables. The published run always stays.
func (p *publisher) prune(ctx context.Context, files []tableFiles) ([]string, error) {
	rows, err := p.rows(ctx, "SELECT run_id FROM "+path(p.meta().Table(runTable))+" GROUP BY run_id ORDER BY MAX(loaded_at) DESC, run_id DESC")
	if err != nil {
		return nil, err
	}
	var old []string
	kept := 1 // the published one
	for _, row := range rows {
		id, _ := row[0].(string)
		if id == p.run.ID {
			continue
		}
		if kept++; kept > p.opts.KeepRuns {
			old = append(old, id)
		}
	}
	if len(old) == 0 {
		return nil, nil
	}
	err = p.each(ctx, len(files), func(ctx context.Context, i int) error {
		for _, s := range p.sides(files[i]) {
			sql := fmt.Sprintf("DELETE FROM %s WHERE run_id IN UNNEST(@old)", path(s.dataset.Table(files[i].table.Name+runsSuffix)))
			if err := p.execute(ctx, sql, param("old", old)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return old, p.execute(ctx, fmt.Sprintf("DELETE FROM %s WHERE run_id IN UNNEST(@old)", path(p.meta().Table(runTable))), param("old", old))
}

// Rollback shows a run again that is still in the tables.
func Rollback(ctx context.Context, client *bigquery.Client, target Target, id string, opts Options) error {
	return rollback(ctx, len(schemas.Tables()), client, target, id, opts)
}

func rollback(ctx context.Context, want int, client *bigquery.Client, target Target, id string, opts Options) error {
	p := &publisher{client: client, target: target, run: Run{ID: id}, opts: opts.withDefaults()}
	rows, err := p.rows(ctx, "SELECT as_of, COUNT(DISTINCT table_name) FROM "+path(p.meta().Table(runTable))+" WHERE run_id = @run GROUP BY as_of", param("run", id))
	if err != nil {
		return fmt.Errorf("asking for run %s: %w", id, err)
	}
	if len(rows) == 0 {
		return fmt.Errorf("run %s is not in the tables: publish it", id)
	}
	if tables, _ := rows[0][1].(int64); tables < int64(want) {
		return fmt.Errorf("only %d tables of run %s are loaded: publish it", tables, id)
	}
	day, ok := rows[0][0].(civil.Date)
	if !ok {
		return fmt.Errorf("run %s has no as_of", id)
	}
	p.run.AsOf = int32(day.DaysSince(civil.Date{Year: 1970, Month: 1, Day: 1}))
	return p.flip(ctx)
}

// civilDate turns days since 1970-01-01 into a date.
func civilDate(days int32) civil.Date {
	return civil.Date{Year: 1970, Month: 1, Day: 1}.AddDays(int(days))
}
