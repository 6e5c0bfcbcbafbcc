package source

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// fault is why a row is refused.
type fault struct {
	code   string
	column string
	reason string
}

// rowIssue is a bad optional cell. Several records of a row may read the same one.
type rowIssue struct {
	column, code string
	element      int // of an array within the row, from 1; 0: a cell of the row itself
}

func (m *mapper) reject(f *fault, c *cells) error {
	m.counts.Rejected.add(c.size)
	m.counts.Rejects = count(m.counts.Rejects, f.code, 1)
	message := f.reason
	if f.column != "" {
		message = fmt.Sprintf("column %s: %s", f.column, f.reason)
	}
	return m.sink.Reject(&schemas.Reject{
		Source: m.source.Spec.Name, File: m.split.Name, Row: c.row, ByteOffset: c.offset, Bytes: c.size, Column: f.column, Code: f.code,
		Message: fmt.Sprintf("%s:%d: %s", m.split.Name, c.row, message), Original: originalText(c.text, m.split.Encoding),
	})
}

// issue notes a bad optional cell of the row, once however many records read it.
func (m *mapper) issue(column, code string) {
	found := rowIssue{column: column, code: code}
	if m.plan != nil && m.plan.ofElement(m.layout, column) {
		found.element = m.element
	}
	if !slices.Contains(m.issues, found) {
		m.issues = append(m.issues, found)
	}
}

// ofElement tells whether a column belongs to the elements that a plan makes records of, not to
// the row that holds them.
func (p *recordPlan) ofElement(l *layout, column string) bool {
	if p.columnsOf != nil {
		return column == l.columns[p.columnsOf.value]
	}
	return p.each != "" && strings.HasPrefix(column, p.each+".")
}

// countIssue counts an issue.
func (m *mapper) countIssue(column, code string) {
	m.counts.Issues = count(m.counts.Issues, column+"|"+code, 1)
	m.sink.Issue(column, code)
}

// columnName is the layout's name of the column that a field was read from, else of its first.
func (m *mapper) columnName(f *fieldPlan) string {
	if slices.Contains(f.columns, m.from) {
		return strings.TrimPrefix(m.layout.columns[m.from], "~")
	}
	for _, column := range append(append([]int{}, f.columns...), f.multiply...) {
		return strings.TrimPrefix(m.layout.columns[column], "~")
	}
	return f.name
}
