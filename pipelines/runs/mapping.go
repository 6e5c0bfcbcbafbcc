package runs

import (
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/schemas"
)

// mappingProfile writes the short form of a source as the profile that it stands for: one
// layout, recognised by the columns that it names. What the long form would have to spell out
// is filled in: an order without status is completed, a reference without object names a party
// of a mapping, and a row that names a customer yields a party for it.
func mappingProfile(s *config.Source) ([]byte, error) {
	m := s.Mapping
	if m.Record == "" {
		return nil, fmt.Errorf("mapping: record is missing (party, order ...)")
	}
	fields := map[string]any{}
	columns := map[string]bool{}
	for name, node := range m.Fields {
		var value any
		var field schemas.Field
		if err := node.Decode(&field); err != nil {
			return nil, fmt.Errorf("mapping: field %s: %w", name, err)
		}
		if err := node.Decode(&value); err != nil {
			return nil, fmt.Errorf("mapping: field %s: %w", name, err)
		}
		noteColumns(columns, &field)
		fields[name] = withObject(name, value, &field, m)
	}
	for _, name := range m.Key {
		if name != "#row" && name != "#line" {
			columns[name] = true
		}
	}
	if _, ok := fields["status"]; m.Record == schemas.KindOrder && !ok {
		fields["status"] = map[string]any{"const": schemas.OrderCompleted}
	}
	record := map[string]any{"record": m.Record, "object": objectOf(m), "fields": fields}
	if len(m.Key) > 0 {
		record["key"] = []string(m.Key)
	}
	records := []any{record}
	if party := customerOf(m, fields); party != nil {
		records = []any{party, record}
	}
	return yaml.Marshal(map[string]any{
		"system":            s.Name,
		"name":              map[string]string{"en": s.Name, "zh": s.Name},
		"counts_as_revenue": m.Record == schemas.KindOrder,
		"layouts":           []any{map[string]any{"name": "mapping", "header": slices.Sorted(maps.Keys(columns)), "records": records}},
	})
}

func objectOf(m *config.Mapping) string {
	if m.Object != "" {
		return m.Object
	}
	return m.Record
}

// noteColumns collects all columns that a field reads.
func noteColumns(columns map[string]bool, f *schemas.Field) {
	for _, name := range slices.Concat([]string{f.Column, f.Minus, f.After}, f.Columns, f.Multiply) {
		if name != "" {
			columns[name] = true
		}
	}
	noteTests(columns, f.When)
	for _, c := range f.Cases {
		noteTests(columns, c.When)
		if c.Column != "" {
			columns[c.Column] = true
		}
	}
	if f.Else != nil {
		noteColumns(columns, f.Else)
	}
}

func noteTests(columns map[string]bool, c schemas.Condition) {
	for name := range c {
		columns[name] = true
	}
}

// withObject adds to a reference what it refers to.
func withObject(name string, value any, f *schemas.Field, m *config.Mapping) any {
	object := schemas.KindParty
	switch name {
	case "customer_ref", "account_ref", "referrer_ref":
	case "merged_into":
		object = objectOf(m)
	default:
		return value
	}
	if f.Object != "" || f.Party != "" {
		return value
	}
	full, ok := value.(map[string]any)
	if !ok {
		full = map[string]any{"columns": append([]string{}, f.Columns...)}
		if f.Column != "" {
			full = map[string]any{"column": f.Column}
		}
	}
	full["object"] = object
	return full
}

// customerOf is the party that a row names by its customer_ref, and makes the row refer to it.
// A reference into another namespace is that source's party, and the parties of a party's row
// have rows of their own.
func customerOf(m *config.Mapping, fields map[string]any) map[string]any {
	ref, ok := fields["customer_ref"].(map[string]any)
	if !ok || m.Record == schemas.KindParty {
		return nil
	}
	column, simple := ref["column"].(string)
	if !simple || len(ref) != 2 { // column and object
		return nil
	}
	fields["customer_ref"] = map[string]any{"party": "customer"}
	seen := map[string]any{"kind": map[string]any{"const": "infer"}}
	for _, name := range []string{"time", "started", "created_at"} {
		if at, ok := fields[name]; ok {
			seen["first_seen"], seen["last_seen"] = at, at
			break
		}
	}
	return map[string]any{
		"record": schemas.KindParty, "object": ref["object"], "as": "customer", "derived": true, "key": column,
		"when": map[string]any{column: "present"}, "fields": seen,
	}
}
