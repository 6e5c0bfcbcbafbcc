package evaluate

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/learn"
)

// ChurnTable asks how well churn can be told from the columns of a table with a label.
type ChurnTable struct {
	Table string // CSV or Parquet
	Label string // column: who left
	ID    string // column that names rows; empty: the row's number
	Folds int
	Seed  uint64
}

// ChurnResult holds each model against what came true.
type ChurnResult struct {
	Chosen string       `json:"chosen"` // by rows held out of training, never by the measures below
	Reason string       `json:"reason"`
	Rows   int          `json:"rows"`
	Left   int          `json:"left"`
	Models []ChurnModel `json:"models"`

	Importance  []Importance           `json:"importance,omitempty"`
	Calibration []learn.CalibrationBin `json:"calibration,omitempty"` // of the shipped model
}

// ChurnModel is one model's measures.
type ChurnModel struct {
	Name string `json:"name"`
	learn.Measures
}

// Importance is by how much the log-loss rises without what a column says.
type Importance struct {
	Column  string  `json:"column"`
	LogLoss float64 `json:"log_loss"`
}

// Churn gives every row a probability from models that have not seen it, fold by fold.
func (r ChurnTable) Churn() (*ChurnResult, error) {
	if r.Folds < 2 {
		return nil, runs.ConfigError("--folds %d: at least 2", r.Folds)
	}
	t, err := ReadTabular(r.Table)
	if err != nil {
		return nil, err
	}
	labels, err := t.Column(r.Label)
	if err != nil {
		return nil, err
	}
	left, err := truth(t, r.Label, labels)
	if err != nil {
		return nil, err
	}
	ids := make([]string, t.Rows)
	for i := range ids {
		ids[i] = strconv.Itoa(i + 1)
	}
	if r.ID != "" {
		if ids, err = t.Column(r.ID); err != nil {
			return nil, err
		}
	}
	var table learn.Table
	for i, name := range t.Columns {
		if name != r.Label && name != r.ID {
			table = append(table, learn.TextColumn(name, t.Cells[i]))
		}
	}
	c, err := learn.Train(table, left, ids, r.Seed)
	if errors.Is(err, learn.ErrNotEnoughData) {
		return nil, runs.DataError("%s: %w", r.Table, err)
	}
	if err != nil {
		return nil, err
	}
	p, err := learn.CrossValidate(table, left, ids, r.Folds, r.Seed)
	if err != nil {
		return nil, runs.DataError("%s: %w", r.Table, err)
	}
	out := &ChurnResult{Chosen: c.Chosen, Reason: c.Reason, Rows: t.Rows, Calibration: learn.Calibration(p[learn.Shipped], left, 10)}
	for _, v := range left {
		if v {
			out.Left++
		}
	}
	for _, name := range []string{learn.ModelLogistic, learn.ModelBoosting, learn.ModelBlend, learn.Shipped} {
		m := learn.Judge(p[name], left)
		if math.IsNaN(m.AUC) {
			return nil, runs.DataError("%s: column %s has one value only", r.Table, r.Label)
		}
		out.Models = append(out.Models, ChurnModel{name, m})
	}
	importance, err := c.Importance(table, left)
	if err != nil {
		return nil, err
	}
	for _, part := range importance {
		out.Importance = append(out.Importance, Importance{part.Feature, part.Effect})
	}
	return out, nil
}

// truth reads labels: yes, true, 1, churned, left; or no, false, 0.
func truth(t *Tabular, column string, cells []string) ([]bool, error) {
	out := make([]bool, len(cells))
	for i, cell := range cells {
		switch strings.ToLower(cell) {
		case "yes", "y", "true", "t", "1", "1.0", "churned", "left", "是":
			out[i] = true
		case "no", "n", "false", "f", "0", "0.0", "stayed", "retained", "否":
		default:
			return nil, runs.DataError("%s: row %d, column %s is neither yes nor no (Yes/No, true/false, 1/0 are read)", t.Name, i+2, column)
		}
	}
	return out, nil
}
