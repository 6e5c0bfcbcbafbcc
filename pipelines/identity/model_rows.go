package identity

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// modelName is the model of identity in table model_run.
const modelName = "identity"

// ModelRows are the rows of table model_run about the model that a run's records were scored
// with, and how its customers were merged.
func ModelRows(l runs.Layout) ([]schemas.ModelRun, error) {
	model, _, err := loadModel(l)
	if err != nil {
		return nil, err
	}
	m, err := warehouse.ReadManifest(l.Manifest(ClusterJob))
	if err != nil {
		return nil, err
	}
	var out []schemas.ModelRun
	add := func(parameter string, value float64, reason string) {
		out = append(out, schemas.ModelRun{Model: modelName, Parameter: parameter, Value: &value, Chosen: true, Reason: reason})
	}
	why := "Fellegi-Sunter with pairs of one customer, of one household and of strangers, fitted by EM to the patterns of this run's pairs"
	plan, err := ReadBlockPlan(l)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		why = "pinned: identity.model of the config"
	case err != nil:
		return nil, err
	}
	add("prior", model.Match, "log2 odds that two random records are one customer; "+why)
	add("household", model.Household, "log2 of the share of random pairs that live together; "+why)
	add("twins", model.Twins, "share of the pairs of a household that were born on one day; "+why)
	if plan != nil {
		add("expected_recall", plan.Recall, "share of the pairs of one customer that the blocks are expected to hold")
	}
	threshold := "identity.threshold of the config"
	switch m.Notes[thresholdNote] {
	case thresholdChosen:
		threshold = "the lowest probability with few enough false merges expected"
	case thresholdModel:
		threshold = "pinned: identity.model of the config"
	}
	for _, note := range []struct{ parameter, name, reason string }{
		{"threshold", ThresholdNote, "probability from which customers are merged: " + threshold},
		{"expected_false", "expected_false", "false merges that the probabilities of the merges add up to"},
	} {
		value, err := strconv.ParseFloat(m.Notes[note.name], 64)
		if err != nil {
			return nil, fmt.Errorf("job %s: note %s: %w", ClusterJob, note.name, err)
		}
		add(note.parameter, value, note.reason)
	}
	if plan != nil {
		drifts, parent, err := driftOf(l, model)
		if err != nil {
			return nil, err
		}
		for _, d := range drifts {
			add("drift."+d.Comparison, d.Bits, "bits by which the weight of a pair of one customer has changed on average since run "+parent+", which learned from its own records")
		}
	}
	add("merges", float64(m.Counters["model_merges"]), "customers of the rules that the model has joined to others")
	for _, w := range model.Levels() {
		add("weight."+w.Comparison+"."+w.Level, w.Log2, fmt.Sprintf("bits; has a share of %.4g of the pairs of one customer and %.4g of strangers", w.M, w.U))
	}
	return out, nil
}

// driftOf tells how far a model has moved from the parent's; nothing without one.
func driftOf(l runs.Layout, model *resolve.Model) (drifts []resolve.Drift, parent string, err error) {
	inputs, err := runs.ReadInputs(l)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil || inputs.Parent == "" {
		return nil, "", err
	}
	before, _, failed := loadModel(runs.Layout{Out: l.Out, RunID: inputs.Parent})
	if failed == nil { // else the parent is gone, or of another version of models
		drifts = resolve.Drifts(before, model)
	}
	return drifts, inputs.Parent, nil
}
