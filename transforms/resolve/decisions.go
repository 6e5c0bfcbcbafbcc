package resolve

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Decision is what a person said about two records.
type Decision struct {
	Left, Right string // references, namespace:object:key
	Same        bool
}

// ParseDecisions reads the CSV of manual decisions: left,right,decision with same or different.
// Further columns are kept for people and not read.
func ParseDecisions(name string, in io.Reader) ([]Decision, error) {
	reader := csv.NewReader(in)
	reader.FieldsPerRecord = -1
	var out []Decision
	for line := 1; ; line++ {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if line == 1 && len(row) > 0 && strings.EqualFold(strings.TrimSpace(row[0]), "left") {
			continue
		}
		if len(row) < 3 {
			return nil, fmt.Errorf("%s:%d: expected left,right,decision", name, line)
		}
		d := Decision{Left: strings.TrimSpace(row[0]), Right: strings.TrimSpace(row[1])}
		switch strings.ToLower(strings.TrimSpace(row[2])) {
		case "same":
			d.Same = true
		case "different":
		default:
			return nil, fmt.Errorf("%s:%d: the decision must be same or different", name, line)
		}
		if d.Left == "" || d.Right == "" || d.Left == d.Right {
			return nil, fmt.Errorf("%s:%d: two different references are needed", name, line)
		}
		out = append(out, d)
	}
}
