package publish

import (
	"fmt"
	"slices"
	"strings"

	"cloud.google.com/go/bigquery"

	"github.com/tributary-cdp/tributary/schemas"
)

// Schema is the BigQuery schema of columns as the Parquet parts have them.
func Schema(columns []schemas.Column) bigquery.Schema {
	out := make(bigquery.Schema, len(columns))
	for i, c := range columns {
		out[i] = &bigquery.FieldSchema{
			Name:        c.Name,
			Description: description(c.Description),
			Type:        fieldTypes[c.Type],
			Required:    c.Mode == "REQUIRED",
			Repeated:    c.Mode == "REPEATED",
			Schema:      Schema(c.Fields),
		}
	}
	return out
}

var fieldTypes = map[string]bigquery.FieldType{
	"STRING": bigquery.StringFieldType, "INT64": bigquery.IntegerFieldType, "FLOAT64": bigquery.FloatFieldType,
	"BOOL": bigquery.BooleanFieldType, "NUMERIC": bigquery.NumericFieldType, "DATE": bigquery.DateFieldType,
	"TIMESTAMP": bigquery.TimestampFieldType, "RECORD": bigquery.RecordFieldType,
}

// description puts the Chinese label behind the English text.
func description(l schemas.Label) string {
	if l.ZH == "" {
		return l.EN
	}
	return fmt.Sprintf("%s (%s)", l.EN, l.ZH)
}

// runSchema is the schema of a table that keeps runs: a column can be added to it later only
// as nullable, so only what every run had from the start is required.
func runSchema(columns []schemas.Column) bigquery.Schema {
	schema := Schema(columns)
	for _, field := range schema {
		field.Required = field.Required && (field.Name == "run_id" || field.Name == "as_of")
	}
	return schema
}

// side is one of the two halves that a table is split into.
type side struct {
	columns []schemas.Column
	selects []string // expressions over the staging table, one for each column
}

// biSide leaves contact data out, also inside records.
func biSide(columns []schemas.Column) side {
	var s side
	for _, c := range columns {
		if c.Contact {
			continue
		}
		if c.Type != "RECORD" || !hasContact(c.Fields) {
			s.add(c, "s."+quote(c.Name))
			continue
		}
		c.Fields = slices.DeleteFunc(slices.Clone(c.Fields), func(f schemas.Column) bool { return f.Contact })
		names := make([]string, len(c.Fields))
		for i, f := range c.Fields {
			names[i] = "e." + quote(f.Name)
		}
		s.add(c, fmt.Sprintf("ARRAY(SELECT AS STRUCT %s FROM UNNEST(s.%s) AS e WITH OFFSET AS o ORDER BY o)", strings.Join(names, ", "), quote(c.Name)))
	}
	return s
}

// contactSide has the run, the key and all that holds contact data; no columns if nothing does.
func contactSide(t schemas.Table, columns []schemas.Column) side {
	if !hasContact(columns) {
		return side{}
	}
	var s side
	for _, c := range columns {
		if c.Contact || hasContact(c.Fields) || c.Name == "run_id" || c.Name == "as_of" || c.Name == "customer_id" || slices.Contains(t.Key, c.Name) {
			s.add(c, "s."+quote(c.Name))
		}
	}
	return s
}

func (s *side) add(c schemas.Column, expression string) {
	s.columns = append(s.columns, c)
	s.selects = append(s.selects, expression)
}

func (s side) names() string {
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = quote(c.Name)
	}
	return strings.Join(names, ", ")
}

func hasContact(columns []schemas.Column) bool {
	return slices.ContainsFunc(columns, func(c schemas.Column) bool { return c.Contact || hasContact(c.Fields) })
}

// clustering is by run, then by the key, as far as BigQuery clusters: four columns.
func clustering(t schemas.Table, columns []schemas.Column) *bigquery.Clustering {
	fields := []string{"run_id"}
	for _, key := range t.Key {
		there := slices.ContainsFunc(columns, func(c schemas.Column) bool { return c.Name == key && c.Type != "FLOAT64" })
		if there && len(fields) < 4 && key != "run_id" {
			fields = append(fields, key)
		}
	}
	return &bigquery.Clustering{Fields: fields}
}

func quote(name string) string { return "`" + name + "`" }

func path(table *bigquery.Table) string {
	return quote(table.ProjectID + "." + table.DatasetID + "." + table.TableID)
}
