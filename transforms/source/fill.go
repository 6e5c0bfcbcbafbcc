package source

import (
	"errors"
	"strings"
	"unsafe"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// fill reads one field into its place.
func (m *mapper) fill(f *fieldPlan, at unsafe.Pointer, c *cells, currency string) *fault {
	switch {
	case f.kind == fieldPhones || f.kind == fieldEmails:
		return m.contacts(f, (*[]schemas.Contact)(at), c)
	case f.kind == fieldID || f.kind == fieldTextPart:
		return m.named(f, (*[]schemas.NameValue)(at), c)
	case f.multiply != nil:
		return m.product(f, (**int64)(at), c, currency)
	}
	text, problem := m.text(f, c)
	if problem != nil {
		return problem
	}
	if text == "" {
		return m.otherwise(f, at, c, currency, "is empty")
	}
	var err error
	switch f.kind {
	case fieldText:
		if f.upper {
			text = strings.ToUpper(text)
		}
		if f.words != nil {
			if text = f.word(text); text == "" {
				return &fault{CodeBadValue, m.columnName(f), "is none of " + strings.Join(f.words, ", ")}
			}
		}
		if strings.IndexByte(text, listSeparator[0]) >= 0 {
			text = strings.ReplaceAll(text, listSeparator, ", ")
		}
		*(*string)(at) = text
		return nil
	case fieldRef:
		*(*string)(at) = m.reference(f, text)
		return nil
	case fieldTime:
		*(*int64)(at), err = m.time(f, text, c)
	case fieldDay:
		*(*int32)(at), err = f.day(text)
		if err != nil && !errors.Is(err, normalize.ErrNoTime) && f.name == "birth_date" {
			*(*string)(unsafe.Add(at, birthRaw)) = text // still evidence
		}
	case fieldMoney:
		err = m.amount(f, (**int64)(at), text, c, currency)
	case fieldCount:
		err = m.count((**int64)(at), text)
	case fieldNumber:
		err = m.number(f, (**float64)(at), text)
	case fieldBool:
		*(*bool)(at) = truth(text)
	case fieldMaybe:
		*(**bool)(at) = keep(&m.arena.flags, truth(text))
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, normalize.ErrNoTime) || errors.Is(err, normalize.ErrNoAmount):
		return m.otherwise(f, at, c, currency, err.Error())
	}
	return &fault{CodeBadValue, m.columnName(f), err.Error()}
}

// otherwise is what becomes of a field whose columns give nothing: its alternative, null, or a
// fault where the record needs it.
func (m *mapper) otherwise(f *fieldPlan, at unsafe.Pointer, c *cells, currency, reason string) *fault {
	for or := f.or; or != nil; or = or.or {
		if or.when.holds(c.values) {
			return m.fill(or, at, c, currency)
		}
	}
	if f.required && len(f.cases) > 0 {
		return &fault{CodeBadValue, f.caseColumn(m.layout), "fits none of the cases that the profile knows"}
	}
	if f.required {
		return &fault{CodeMissing, m.columnName(f), reason}
	}
	return nil
}

// caseColumn is the column that a field's last case looks at.
func (f *fieldPlan) caseColumn(l *layout) string {
	if when := f.cases[len(f.cases)-1].when; len(when) > 0 {
		return strings.TrimPrefix(l.columns[when[0].column], "~")
	}
	return f.name
}

// birthRaw is the way from Party.BirthDate to Party.BirthDateRaw.
var birthRaw = unsafe.Offsetof(schemas.Party{}.BirthDateRaw) - unsafe.Offsetof(schemas.Party{}.BirthDate)

func truth(text string) bool {
	switch strings.ToLower(text) {
	case "1", "true", "yes", "y", "x", "是", "t":
		return true
	}
	return false
}

// reference makes namespace:object:key of a key, with the namespace of this source unless the
// field names another.
func (m *mapper) reference(f *fieldPlan, key string) string {
	if f.spec.Party != "" {
		return key
	}
	return m.arena.join(f.prefix, key)
}
