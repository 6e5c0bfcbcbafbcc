package runs

import (
	"fmt"
	"sort"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-cdp/tributary/pipelines/config"
)

// mappingProfile writes the short form of a source as the profile that it stands for: one
// layout, recognised by the columns that it names.
func mappingProfile(s *config.Source) ([]byte, error) {
	m := s.Mapping
	if m.Record == "" {
		return nil, fmt.Errorf("mapping: record is missing (party, order ...)")
	}
	fields := map[string]any{}
	columns := map[string]bool{}
	for name, node := range m.Fields {
		var value any
		if err := node.Decode(&value); err != nil {
			return nil, fmt.Errorf("mapping: field %s: %w", name, err)
		}
		fields[name] = value
		switch v := value.(type) {
		case string:
			columns[v] = true
		case map[string]any:
			if column, ok := v["column"].(string); ok {
				columns[column] = true
			}
		}
	}
	var header []string
	for _, name := range sortedNames(columns) {
		header = append(header, name)
	}
	header = append(header, m.Key...)
	object := m.Object
	if object == "" {
		object = m.Record
	}
	record := map[string]any{"record": m.Record, "object": object, "fields": fields}
	if len(m.Key) > 0 {
		record["key"] = []string(m.Key)
	}
	return yaml.Marshal(map[string]any{
		"system":            s.Name,
		"name":              map[string]string{"en": s.Name, "zh": s.Name},
		"counts_as_revenue": m.Record == "order",
		"layouts":           []any{map[string]any{"name": "mapping", "header": header, "records": []any{record}}},
	})
}

func sortedNames(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
