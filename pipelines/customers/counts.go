package customers

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/kpi"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// CountsFile is the small file with what was counted while orders and customers were together.
const CountsFile = "counts.json"

// Counts are the counts of all customers.
type Counts struct {
	Partitions int          `json:"partitions"` // of customers by the hash of their key: part N holds partition N
	Settings   kpi.Settings `json:"settings"`
	Periods    []kpi.Count  `json:"periods"`
	Extra      kpi.Extra    `json:"extra"`
}

func kpiSettings(p *params) kpi.Settings {
	location, err := time.LoadLocation(p.Timezone)
	if err != nil {
		location = time.UTC // the config was checked
	}
	return kpi.Settings{AsOfDay: p.AsOf, DataStart: p.DataStart, ActiveDays: p.Active, Location: location}
}

func (c *Counts) write(p *runs.Base, m *warehouse.Manifest) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	return runs.AddSmall(p, m, CountsFile, append(data, '\n'))
}

// ReadCounts reads the counts that a finished run of the stage left.
func ReadCounts(l runs.Layout) (*Counts, error) {
	path := filepath.Join(l.Job(JobName), CountsFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("job %s left no counts: %w", JobName, err)
	}
	c := &Counts{}
	if err := json.Unmarshal(data, c); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}
