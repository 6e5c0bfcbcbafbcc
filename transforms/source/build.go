package source

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// build fills one record. A nil record without fault: the row yields none (an anonymous buyer).
func (m *mapper) build(plan *recordPlan, value reflect.Value, c *cells, n int) (any, *fault) {
	rec, base := value.Interface(), value.UnsafePointer()
	meta := (*schemas.Meta)(unsafe.Add(base, plan.meta))
	*meta = schemas.Meta{
		System: m.source.System, Source: m.source.Spec.Name, Namespace: m.source.Namespace, Object: plan.object,
		File: m.split.Name, Row: c.row, Derived: plan.derived,
	}
	if len(plan.deleted) > 0 {
		meta.Deleted = plan.deleted.holds(c.values)
	}
	currency := m.currency(plan, c)
	for _, f := range plan.fields {
		for f != nil && !f.when.holds(c.values) {
			f = f.or
		}
		if f == nil {
			continue
		}
		if problem := m.fill(f, unsafe.Add(base, f.offset), c, currency); problem != nil {
			if f.required || problem.code == CodeMissing || strictFields[f.name] {
				if meta.Deleted && problem.code == CodeMissing {
					continue // a tombstone needs no content
				}
				return nil, problem
			}
			m.issue(problem.column, problem.code)
		}
	}
	switch f := m.finish(plan, rec, c, currency); {
	case f == errAnonymous:
		return nil, nil
	case f != nil:
		return nil, f
	}
	switch f := m.key(plan, meta, rec, c, n); {
	case f == errAnonymous:
		return nil, nil
	case f != nil:
		return nil, f
	}
	return rec, nil
}

// errAnonymous tells that a party has nothing to be known by, or a trait nobody to describe.
var errAnonymous = &fault{}

// key gives the record its key: the declared columns, else for parties a hash of the contact
// data, else file and row.
func (m *mapper) key(plan *recordPlan, meta *schemas.Meta, rec any, c *cells, n int) *fault {
	start, whole := len(m.keys), len(plan.key) > 0
	for i, column := range plan.key {
		if i > 0 {
			m.keys = append(m.keys, '|')
		}
		if column < 0 {
			number := c.row
			if column == keyLine {
				number = m.line
			}
			m.keys = strconv.AppendInt(m.keys, number, 10)
			continue
		}
		if c.bad[column] != "" {
			return &fault{c.bad[column], m.layout.columns[column], "the key cannot be read"}
		}
		v := c.values[column]
		if normalize.IsNull(v) || m.layout.nulls[v] || (plan.derived && normalize.IsMasked(v)) {
			if plan.mayMiss[i] {
				continue
			}
			whole = false
			break
		}
		m.keys = append(m.keys, v...)
	}
	if whole {
		meta.Key = alias(m.keys[start:])
		return nil
	}
	if party, ok := rec.(*schemas.Party); ok && plan.derived {
		return m.contactKey(party)
	}
	if len(plan.key) > 0 {
		return &fault{CodeMissing, m.layout.columns[max(plan.key[0], 0)], "the key is empty"}
	}
	meta.Key = KeyFromFile(m.split.Name, c.row)
	if n > 0 {
		meta.Key += fmt.Sprintf(".%d", n)
	}
	return nil
}

// contactKey keys a party by its contact data and identifiers.
func (m *mapper) contactKey(p *schemas.Party) *fault {
	var b strings.Builder
	for _, list := range [][]schemas.Contact{p.Phones, p.Emails} {
		for _, contact := range list {
			if contact.Status == schemas.ContactValid {
				b.WriteString(contact.Value + "\x00")
			}
		}
	}
	for _, id := range p.IDs {
		b.WriteString(id.Name + "=" + id.Value + "\x00")
	}
	if b.Len() == 0 {
		return errAnonymous
	}
	if name := normalize.ParseName(p.FullName, p.GivenName, p.FamilyName); len(name.Tokens) > 0 {
		b.WriteString(strings.Join(name.Tokens, " "))
	}
	sum := xxh3.Hash128([]byte(b.String())).Bytes()
	p.Key = "h_" + hex.EncodeToString(sum[:12])
	return nil
}

// currency is the record's currency: its own field, else the source's, else the profile's.
func (m *mapper) currency(plan *recordPlan, c *cells) string {
	for _, f := range plan.fields {
		if f.name == "currency" && f.when.holds(c.values) {
			if text, problem := m.text(f, c); problem == nil && text != "" {
				return strings.ToUpper(text)
			}
		}
	}
	return firstOf(m.source.Spec.Currency, m.source.profile.Currency)
}
