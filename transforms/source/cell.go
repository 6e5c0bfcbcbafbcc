package source

import (
	"html"
	"regexp"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// text is the value of a field as text, empty for null.
func (m *mapper) text(f *fieldPlan, c *cells) (string, *fault) {
	if f.spec.Const != "" {
		return f.spec.Const, nil
	}
	if f.spec.Party != "" {
		return m.ref(f.spec.Party), nil
	}
	for _, plan := range f.cases {
		if plan.when.holds(c.values) {
			if plan.column < 0 {
				return plan.value, nil
			}
			return m.refined(f, c, plan.column)
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
	if c.bad[column] != "" {
		return "", &fault{c.bad[column], m.layout.columns[column], badCell[c.bad[column]]}
	}
	m.from = column
	v, problem := m.refine(f, c.values[column])
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

// refine applies what the field declares for a cell: nulls, prefixes, pattern, values.
func (m *mapper) refine(f *fieldPlan, v string) (string, *fault) {
	if normalize.IsNull(v) || m.layout.nulls[v] || f.nullTexts[v] {
		return "", nil
	}
	for _, prefix := range f.spec.Strip {
		v = strings.TrimPrefix(v, prefix)
	}
	if f.spec.HTML {
		v = plainText(v)
	}
	if f.pattern != nil {
		match := f.pattern.FindStringSubmatch(v)
		if match == nil {
			return "", nil
		}
		v = match[len(match)-1]
	}
	if f.spec.Values != nil {
		mapped, ok := f.spec.Values[v]
		if !ok {
			mapped, ok = f.spec.Values["*"]
		}
		if !ok {
			return "", &fault{CodeBadValue, "", "is not one of the values that the profile knows"}
		}
		v = mapped
	}
	return strings.TrimSpace(v), nil
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

func (m *mapper) parts(f *fieldPlan, v string) []string {
	if v == "" {
		return nil
	}
	separator := listSeparator
	if f.spec.Split != "" {
		v = strings.ReplaceAll(v, f.spec.Split, listSeparator)
	}
	if !strings.Contains(v, separator) {
		return []string{v}
	}
	parts := strings.Split(v, separator)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}
