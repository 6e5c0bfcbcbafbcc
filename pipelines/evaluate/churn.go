package evaluate

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/churn"
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
	Note   string       `json:"note,omitempty"` // what to be wary of

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
func (r ChurnTable) Churn(ctx context.Context) (*ChurnResult, error) {
	if r.Folds < 2 {
		return nil, runs.ConfigError("--folds %d: at least 2", r.Folds)
	}
	t, err := ReadTabular(ctx, r.Table)
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
	out := &ChurnResult{Chosen: c.Chosen, Reason: c.Reason, Rows: t.Rows, Left: count(left), Calibration: learn.Calibration(p[learn.Shipped], left, 10)}
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

// ChurnOrders asks how well silence can be told from orders alone, where no contract says who
// left: who places no order in (cutoff, cutoff + horizon], among all who ordered up to cutoff.
type ChurnOrders struct {
	Orders  string // CSV or Parquet, as ReadOrders takes it
	Cutoff  int32  // day
	Horizon int32  // days
}

// Churn trains on the cut one horizon before the cutoff and judges at the cutoff.
func (r ChurnOrders) Churn(ctx context.Context) (*ChurnResult, error) {
	file, err := ReadOrders(ctx, r.Orders)
	if err != nil {
		return nil, err
	}
	book, last := file.Book, int32(math.MinInt32)
	if len(book) == 0 {
		return nil, runs.DataError("%s: no orders of customers (%s)", r.Orders, file.First)
	}
	for _, h := range book {
		last = max(last, h[len(h)-1].Day)
	}
	if last < r.Cutoff+r.Horizon {
		return nil, runs.DataError("%s: orders end %d days after the cutoff, so who is silent for %d days is not known", r.Orders, last-r.Cutoff, r.Horizon)
	}
	s, err := churn.TrainSilence(book, r.Cutoff, r.Horizon)
	if errors.Is(err, learn.ErrNotEnoughData) {
		return nil, runs.DataError("%s: %w", r.Orders, err)
	}
	if err != nil {
		return nil, err
	}
	sight, p, err := s.Probabilities(book, r.Cutoff)
	if err != nil {
		return nil, err
	}
	orders, _ := book.Outcome(sight, r.Cutoff+r.Horizon)
	silent := churn.Silent(orders)
	out := &ChurnResult{Chosen: s.Shipped, Reason: s.Reason, Rows: len(orders), Left: count(silent), Calibration: learn.Calibration(p[learn.Shipped], silent, 10), Note: s.Note}
	for _, name := range append(append([]string{churn.ModelRecency}, s.Models...), learn.ModelLogistic, learn.ModelBoosting, learn.Shipped) {
		out.Models = append(out.Models, ChurnModel{name, learn.Judge(p[name], silent)})
	}
	if out.Left == 0 || out.Left == out.Rows {
		return nil, runs.DataError("%s: after the cutoff all customers did the same, so nothing can be judged", r.Orders)
	}
	return out, nil
}

// count is the number of rows that are true.
func count(y []bool) int {
	n := 0
	for _, v := range y {
		if v {
			n++
		}
	}
	return n
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
			return nil, runs.DataError("%s: row %d, column %s is neither yes nor no (Yes/No, true/false, 1/0 are read)", t.Name, i+1, column)
		}
	}
	return out, nil
}
