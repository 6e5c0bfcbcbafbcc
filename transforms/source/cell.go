package source

import (
	"html"
	"regexp"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// text is the value of a field as text, empty for null.
func (m *mapper) text(f *fieldPlan, c *cells) (string, *fault) {
	if f.only >= 0 {
		return m.refined(f, c, f.only)
	}
	if f.spec.Const != "" {
		return f.spec.Const, nil
	}
	if f.spec.Party != "" {
		return m.ref(f.spec.Party), nil
	}
	for i := range f.cases {
		if one := &f.cases[i]; one.when.holds(c.values) {
			if one.column < 0 {
				return one.value, nil
			}
			return m.refined(f, c, one.column)
		}
	}
	if f.spec.Join != nil {
		return m.joined(f, c)
	}
	for _, column := range f.columns {
		if v, problem := m.refined(f, c, column); problem != nil || v != "" {
			return v, problem
		}
	}
	return "", nil
}

// refined is the value of one column as a field wants it.
func (m *mapper) refined(f *fieldPlan, c *cells, column int) (string, *fault) {
	if c.spoilt && c.bad[column] != "" {
		return "", &fault{c.bad[column], m.layout.columns[column], badCell[c.bad[column]]}
	}
	m.from = column
	v := c.values[column]
	if v == "" {
		return "", nil
	}
	v, problem := f.cell.refine(v)
	if problem != nil {
		problem.column = strings.TrimPrefix(m.layout.columns[column], "~")
	}
	return v, problem
}

var badCell = map[string]string{
	CodeEncoding: "is not text in the file's encoding",
	CodeNUL:      "holds a NUL byte",
}

func (m *mapper) joined(f *fieldPlan, c *cells) (string, *fault) {
	var parts []string
	for _, column := range f.columns {
		v, problem := m.refined(f, c, column)
		if problem != nil {
			return "", problem
		}
		if v != "" {
			parts = append(parts, v)
		}
	}
	return strings.Join(parts, *f.spec.Join), nil
}

// cellPlan is what a field declares for the text of a cell.
type cellPlan struct {
	nulls   *textSet // spellings of null, of the layout and of the field
	strip   []string
	html    bool
	pattern *pattern
	values  map[string]string
}

// refine applies the plan to a cell: nulls, prefixes, pattern, values.
func (p *cellPlan) refine(v string) (string, *fault) {
	if isNull(v, p.nulls) {
		return "", nil
	}
	for _, prefix := range p.strip {
		v = strings.TrimPrefix(v, prefix)
	}
	if p.html {
		v = plainText(v)
	}
	if p.pattern != nil {
		var ok bool
		if v, ok = p.pattern.value(v); !ok {
			return "", nil
		}
	}
	if p.values != nil {
		mapped, ok := p.values[v]
		if !ok {
			mapped, ok = p.values["*"]
		}
		if !ok {
			return "", &fault{CodeBadValue, "", "is not one of the values that the profile knows"}
		}
		v = mapped
	}
	return normalize.TrimSpace(v), nil
}

var (
	htmlBreak = regexp.MustCompile(`(?i)<(br|/p|/div|/li|/tr)[^>]*>`)
	htmlTag   = regexp.MustCompile(`<[/!]?[a-zA-Z][^>]*>`)
)

// plainText is what a rich text says: tags removed, entities read.
func plainText(v string) string {
	if !strings.ContainsAny(v, "<&") {
		return v
	}
	v = htmlTag.ReplaceAllString(htmlBreak.ReplaceAllString(v, "\n"), "")
	return strings.TrimSpace(html.UnescapeString(v))
}

// parts are the elements of a list within a cell. They are valid until the next list.
func (m *mapper) parts(f *fieldPlan, v string) []string {
	if v == "" {
		return nil
	}
	if f.spec.Split != "" {
		v = strings.ReplaceAll(v, f.spec.Split, listSeparator)
	}
	m.list = m.list[:0]
	if strings.IndexByte(v, listSeparator[0]) < 0 {
		m.list = append(m.list, v)
		return m.list
	}
	for part := range strings.SplitSeq(v, listSeparator) {
		m.list = append(m.list, strings.TrimSpace(part))
	}
	return m.list
}
