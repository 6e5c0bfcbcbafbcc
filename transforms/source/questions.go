package source

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Forms and surveys have a column for each question, with a free text as header. A record
// with each_column is made once for every answer.

// Pseudo-columns of such a record.
const (
	columnHeader = "#column"
	columnValue  = "#value"
)

// columnsPlan says which columns are questions.
type columnsPlan struct {
	match  *regexp.Regexp
	except map[string]bool // folded headers
	split  string
	header int // number of the pseudo-column
	value  int
}

// question is one column of a form.
type question struct {
	header string
	at     int // of its cell among the row's values, in a table
	value  string
}

func (l *layout) columnsPlan(spec *schemas.Record) (*columnsPlan, error) {
	if spec.EachColumn == "" {
		return nil, nil
	}
	match, err := regexp.Compile(spec.EachColumn)
	if err != nil {
		return nil, fmt.Errorf("each_column: %w", err)
	}
	p := &columnsPlan{match: match, except: map[string]bool{}, split: spec.Split, header: l.column(columnHeader), value: l.column(columnValue)}
	for _, name := range append(slices.Clone(spec.Except), l.spec.Header...) {
		p.except[foldHeader(name)] = true
	}
	return p, nil
}

// several tells whether one row can yield several records of the plan.
func (p *recordPlan) several() bool { return p.each != "" || p.columnsOf != nil }

// takes tells whether a column is a question.
func (p *columnsPlan) takes(header string) bool {
	return p.match.MatchString(header) && !p.except[foldHeader(header)]
}

// otherColumns lists the columns of a file that nothing in the layout reads by name. at are
// the columns that it reads.
func (l *layout) otherColumns(header []string, at []int) []int {
	wanted := false
	for _, r := range l.records {
		wanted = wanted || r.columnsOf != nil
	}
	if !wanted {
		return nil
	}
	var others []int
	for i, name := range header {
		if strings.TrimSpace(name) != "" && !slices.Contains(at, i) {
			others = append(others, i)
		}
	}
	return others
}

// bindQuestions adds the cells of other columns behind those that the layout names, and lets
// the plans find their questions among them.
func (l *layout) bindQuestions(c *cells, header []string, at []int) []int {
	others := l.otherColumns(header, at)
	named := len(at)
	c.values, c.bad = make([]string, named+len(others)), make([]string, named+len(others))
	asked := map[*recordPlan][]question{} // with the same columns in every row
	c.questions = func(plan *recordPlan) []question {
		found, known := asked[plan]
		if !known {
			for i, column := range others {
				if name := strings.TrimSpace(header[column]); plan.columnsOf.takes(name) {
					found = append(found, question{header: name, at: named + i})
				}
			}
			asked[plan] = found
		}
		for i := range found {
			found[i].value = c.values[found[i].at]
		}
		return found
	}
	return append(at, others...)
}

// questions lists the keys of a JSON object that are questions, in order of their names.
func (j *jsonMapper) questions(plan *recordPlan, flat map[string]string) []question {
	var found []question
	for _, name := range slices.Sorted(maps.Keys(flat)) {
		if _, used := j.m.layout.number[name]; !used && plan.columnsOf.takes(name) {
			found = append(found, question{header: name, value: flat[name]})
		}
	}
	return found
}

// personalAnswer looks like an e-mail address, or like a number that names a person: a phone, a
// document.
var personalAnswer = mustPattern(`@[^@\s]+\.|^\+?[0-9０-９][-()（） 0-9０-９]{6,}[0-9０-９Xx]$`)

// answers are the row's values once for each answer that was given. Masked answers are none.
// Contact data that a form asks for under a title of its own are left out and counted: traits
// are read by people who may not see them.
func (m *mapper) answers(plan *recordPlan, c *cells) [][]string {
	p := plan.columnsOf
	var all [][]string
	for _, q := range c.questions(plan) {
		parts := []string{q.value}
		if p.split != "" {
			parts = strings.Split(strings.ReplaceAll(q.value, listSeparator, p.split), p.split)
		}
		for _, part := range parts {
			part = strings.TrimSpace(part)
			if isNull(part, m.layout.nulls) || normalize.IsMasked(part) {
				continue
			}
			if personalAnswer.holds(part) {
				m.issue(q.header, "contact_data")
				continue
			}
			values := slices.Clone(c.values)
			values[p.header], values[p.value] = q.header, part
			all = append(all, values)
		}
	}
	return all
}
