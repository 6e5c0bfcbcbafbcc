package kpi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// Target is what a figure should reach, as rules state it.
type Target struct {
	Metric  string   `yaml:"metric" json:"metric"`
	AtLeast *float64 `yaml:"at_least" json:"at_least,omitempty"` // one of the two is given
	AtMost  *float64 `yaml:"at_most" json:"at_most,omitempty"`
	Kinds   []string `yaml:"kinds" json:"kinds"` // of periods that it holds for
}

// Market is the size of the company's market in one period.
type Market struct {
	Period string  `yaml:"period" json:"period"` // as table kpi has it
	Size   float64 `yaml:"size" json:"size"`     // reporting units
}

// kinds of periods that a target can hold for.
var kindNames = []string{KindMonth, KindQuarter, KindYear, KindLast12m, KindAll}

// Check finds what is wrong with a target.
func (t *Target) Check() error {
	m := metricNamed(t.Metric)
	if m == nil {
		return fmt.Errorf("target: no metric %q%s", t.Metric, strictyaml.Suggest(t.Metric, Metrics()))
	}
	if (t.AtLeast == nil) == (t.AtMost == nil) {
		return fmt.Errorf("target of %s: give one of at_least and at_most", t.Metric)
	}
	if len(t.Kinds) == 0 {
		return fmt.Errorf("target of %s: kinds is missing: the periods that it holds for, of %s", t.Metric, strings.Join(kindNames, ", "))
	}
	for _, kind := range t.Kinds {
		if !slices.Contains(kindNames, kind) {
			return fmt.Errorf("target of %s: no kind of period %q%s", t.Metric, kind, strictyaml.Suggest(kind, kindNames))
		}
		if !m.has(kind) {
			return fmt.Errorf("target of %s: the metric has no value for periods of kind %s", t.Metric, kind)
		}
	}
	return nil
}

// bound is the target's number.
func (t *Target) bound() float64 {
	if t.AtLeast != nil {
		return *t.AtLeast
	}
	return *t.AtMost
}

func (t *Target) met(value float64) bool {
	if t.AtLeast != nil {
		return value >= *t.AtLeast
	}
	return value <= *t.AtMost
}

// Check finds what is wrong with a market's size.
func (m *Market) Check() error {
	if m.Period == "" || !(m.Size > 0) {
		return fmt.Errorf("market: expected {period: \"2026\", size: 1000000} with a size above 0")
	}
	return nil
}

// Metrics names all metrics in the order of the table.
func Metrics() []string {
	out := make([]string, len(metrics))
	for i := range metrics {
		out[i] = metrics[i].code
	}
	return out
}

func metricNamed(code string) *metric {
	for i := range metrics {
		if metrics[i].code == code {
			return &metrics[i]
		}
	}
	return nil
}
