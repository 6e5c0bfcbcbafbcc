// Package learn trains classifiers of yes or no on tables: regularised logistic regression and
// histogram gradient boosting, with calibration, exact reasons for a prediction, and the
// measures that they are judged by. All of it is arithmetic on columns in memory; equal input
// gives equal output, whatever the number of cores.
package learn

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Column is one feature of a table's rows.
type Column struct {
	Name   string
	Number []float64 // NaN: missing; nil for a column of texts
	Text   []string  // "": missing; nil for a column of numbers
	Rising int       // +1: more never lowers the probability, -1: never raises it, 0: free (boosting only)
}

// Rows is the length of the column.
func (c *Column) Rows() int { return max(len(c.Number), len(c.Text)) }

// Table is a set of columns of one length.
type Table []Column

// Rows is the number of rows.
func (t Table) Rows() int {
	if len(t) == 0 {
		return 0
	}
	return t[0].Rows()
}

// Take copies some rows.
func (t Table) Take(rows []int) Table {
	out := make(Table, len(t))
	for i := range t {
		c := &t[i]
		out[i] = Column{Name: c.Name, Rising: c.Rising}
		if c.Number != nil {
			out[i].Number = make([]float64, len(rows))
			for j, r := range rows {
				out[i].Number[j] = c.Number[r]
			}
		} else {
			out[i].Text = make([]string, len(rows))
			for j, r := range rows {
				out[i].Text[j] = c.Text[r]
			}
		}
	}
	return out
}

// TextColumn makes a column of a file's cells: of numbers where every cell that is not blank
// is one, else of texts.
func TextColumn(name string, cells []string) Column {
	numbers := make([]float64, len(cells))
	found := false
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			numbers[i] = math.NaN()
			continue
		}
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			trimmed := make([]string, len(cells))
			for j := range cells {
				trimmed[j] = strings.TrimSpace(cells[j])
			}
			return Column{Name: name, Text: trimmed}
		}
		numbers[i], found = v, true
	}
	if !found {
		return Column{Name: name, Text: make([]string, len(cells))}
	}
	return Column{Name: name, Number: numbers}
}

// MaxLevels is the number of values that a column of texts keeps apart; rarer ones are one
// value together.
const MaxLevels = 200

// Feature says how a column is read by a model: it is part of the model.
type Feature struct {
	Name   string   `json:"name"`
	Levels []string `json:"levels,omitempty"` // values of a column of texts that are kept apart; nil for numbers
	Rising int      `json:"rising,omitempty"`
}

// texts tells whether the feature is of texts.
func (f *Feature) texts() bool { return f.Levels != nil }

// Features looks at the columns of a table to learn from. A column that has one value only says
// nothing and is left out, as is a column of texts that names rows: more than half of its
// values occur once.
func Features(t Table) []Feature {
	var out []Feature
	for i := range t {
		if f, ok := featureOf(&t[i]); ok {
			out = append(out, f)
		}
	}
	return out
}

func featureOf(c *Column) (Feature, bool) {
	f := Feature{Name: c.Name, Rising: c.Rising}
	if c.Number != nil {
		first, missing := math.NaN(), false
		for _, v := range c.Number {
			switch {
			case math.IsNaN(v):
				missing = true
			case math.IsNaN(first):
				first = v
			case v != first:
				return f, true
			}
		}
		return f, missing && !math.IsNaN(first)
	}
	counts := map[string]int{}
	for _, v := range c.Text {
		counts[v]++
	}
	single := 0
	f.Levels = []string{}
	for v, n := range counts {
		if n == 1 {
			single++
		}
		if v != "" {
			f.Levels = append(f.Levels, v)
		}
	}
	if len(counts) < 2 || 2*single > len(c.Text) {
		return f, false
	}
	slices.SortFunc(f.Levels, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	f.Levels = f.Levels[:min(len(f.Levels), MaxLevels)]
	slices.Sort(f.Levels)
	return f, true
}

// matrix holds a table as a model reads it: one slice for each feature, numbers as they are,
// texts as codes of their levels, from 1.
func matrix(features []Feature, t Table) ([][]float64, error) {
	byName := make(map[string]*Column, len(t))
	for i := range t {
		byName[t[i].Name] = &t[i]
	}
	out := make([][]float64, len(features))
	for i := range features {
		f := &features[i]
		c := byName[f.Name]
		if c == nil {
			return nil, fmt.Errorf("the table has no column %q, which the model was trained on", f.Name)
		}
		switch {
		case f.texts():
			values := c.Text
			if values == nil { // a part of a table whose texts all look like numbers
				values = make([]string, len(c.Number))
				for j, v := range c.Number {
					if !math.IsNaN(v) {
						values[j] = strconv.FormatFloat(v, 'f', -1, 64)
					}
				}
			}
			levels := make(map[string]int, len(f.Levels))
			for j, level := range f.Levels {
				levels[level] = j + 1
			}
			out[i] = make([]float64, len(values))
			for j, v := range values {
				out[i][j] = float64(levels[v]) // 0: missing, not kept apart, or never seen
			}
		case c.Number == nil:
			return nil, fmt.Errorf("column %q holds texts, but the model was trained on numbers", f.Name)
		default:
			out[i] = c.Number
		}
	}
	return out, nil
}
