package pipelines

import (
	"fmt"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Fact is one line of a run's summary.
type Fact struct{ Name, Value string }

// Summary tells what a finished run holds.
func Summary(env *runs.Env) ([]Fact, error) {
	rows := map[string]int64{}
	counters := map[string]int64{}
	for _, stage := range Stages() {
		for _, job := range stage.Jobs {
			m, err := env.Manifest(job)
			if err != nil {
				if strings.Contains(err.Error(), warehouse.ErrNoManifest.Error()) {
					continue
				}
				return nil, err
			}
			for _, table := range m.Tables {
				rows[table.Table] += table.Rows
			}
			for name, n := range m.Counters {
				counters[name] += n
			}
		}
	}
	var facts []Fact
	add := func(name, format string, args ...any) {
		facts = append(facts, Fact{name, fmt.Sprintf(format, args...)})
	}
	add("rows read", "%d accepted, %d skipped, %d rejected", counters["rows_accepted"], counters["rows_skipped"], counters["rows_rejected"])
	if rows["customers"] > 0 {
		add("source records", "%d parties are %d customers", rows["identity_map"], rows["customers"])
		add("facts", "%d orders, %d order lines, %d interactions", rows["orders"], rows["order_lines"], rows["interactions"])
		add("value", "%d buyers scored, %d rows of segments", rows["customer_rfm"], rows["customer_segment"])
		add("audiences", "%d members", counters["audience_members"])
	}
	return facts, nil
}
