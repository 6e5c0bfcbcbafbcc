package kpi

import (
	"testing"

	"github.com/tributary-cdp/tributary/schemas"
)

// docs/measures.md promises one meaning for every figure.
func TestEveryMetricIsDefined(t *testing.T) {
	defined := map[string]string{}
	for _, m := range schemas.Measures() {
		for _, place := range m.Where {
			defined[place] = m.Unit
		}
	}
	for _, m := range metrics {
		unit, ok := defined["kpi:"+m.code]
		if !ok {
			t.Errorf("metric %s has no definition in schemas/measures.go", m.code)
		} else if unit != m.unit {
			t.Errorf("metric %s: unit %s, defined as %s", m.code, m.unit, unit)
		}
		delete(defined, "kpi:"+m.code)
	}
	for place := range defined {
		if len(place) > 4 && place[:4] == "kpi:" {
			t.Errorf("schemas/measures.go defines %s, which is no metric", place)
		}
	}
}
