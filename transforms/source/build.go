package source

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unsafe"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// build fills the blank record of a plan. False without fault: the row yields none (an
// anonymous buyer).
func (m *mapper) build(plan *recordPlan, blank *blankRecord, c *cells, n int) (bool, *fault) {
	meta := plan.metaOf(blank)
	meta.Row = c.row
	meta.Deleted = len(plan.deleted) > 0 && plan.deleted.holds(c.values)
	currency := m.currency(plan, c)
	if f := m.fillAll(plan, plan.fields, blank, c, currency); f != nil {
		return false, f
	}
	f := m.finish(plan, blank.rec, c, currency)
	if f == nil {
		f = m.key(plan, meta, blank.rec, c, n)
	}
	if f == errAnonymous {
		return false, nil
	}
	return f == nil, f
}

// fillAll fills fields of a record. A fault is one that refuses the row.
func (m *mapper) fillAll(plan *recordPlan, fields []*fieldPlan, blank *blankRecord, c *cells, currency string) *fault {
	for _, f := range fields {
		for f != nil && !f.when.holds(c.values) {
			f = f.or
		}
		if f == nil {
			continue
		}
		if problem := m.fill(f, unsafe.Add(blank.at, f.offset), c, currency); problem != nil {
			if f.required || problem.code == CodeMissing || strictFields[f.name] {
				if problem.code == CodeMissing && plan.metaOf(blank).Deleted {
					continue // a tombstone needs no content
				}
				return problem
			}
			m.issue(problem.column, problem.code)
		}
	}
	return nil
}

// errAnonymous tells that a party has nothing to be known by, or a trait nobody to describe.
var errAnonymous = &fault{}

// key gives the record its key: the declared columns, else for parties a hash of the contact
// data, else file and row.
func (m *mapper) key(plan *recordPlan, meta *schemas.Meta, rec any, c *cells, n int) *fault {
	start, whole := len(m.arena.text), len(plan.key) > 0
	for i, column := range plan.key {
		if i > 0 {
			m.arena.text = append(m.arena.text, '|')
		}
		if column < 0 {
			number := c.row
			if column == keyLine {
				number = m.line
			}
			m.arena.text = strconv.AppendInt(m.arena.text, number, 10)
			continue
		}
		if c.bad[column] != "" {
			return &fault{c.bad[column], m.layout.columns[column], "the key cannot be read"}
		}
		v := c.values[column]
		if isNull(v, m.layout.nulls) || (plan.derived && normalize.IsMasked(v)) {
			if plan.mayMiss[i] {
				continue
			}
			whole = false
			break
		}
		m.arena.text = append(m.arena.text, v...)
	}
	if whole {
		meta.Key = alias(m.arena.text[start:])
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
	b := m.scratch[:0]
	for _, list := range [2][]schemas.Contact{p.Phones, p.Emails} {
		for i := range list {
			if list[i].Status == schemas.ContactValid {
				b = append(append(b, list[i].Value...), 0)
			}
		}
	}
	for i := range p.IDs {
		b = append(append(append(b, p.IDs[i].Name...), '='), p.IDs[i].Value...)
		b = append(b, 0)
	}
	m.scratch = b
	if len(b) == 0 {
		return errAnonymous
	}
	for i, token := range normalize.NameTokens(p.FullName, p.GivenName, p.FamilyName) {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, token...)
	}
	m.scratch = b
	sum := xxh3.Hash128(b).Bytes()
	start := len(m.arena.text)
	m.arena.text = hex.AppendEncode(append(m.arena.text, "h_"...), sum[:12])
	p.Key = alias(m.arena.text[start:])
	return nil
}

// currency is the record's currency: its own field, else the source's, else the profile's.
func (m *mapper) currency(plan *recordPlan, c *cells) string {
	if f := plan.currency; f != nil && f.when.holds(c.values) {
		if text, problem := m.text(f, c); problem == nil && text != "" {
			return strings.ToUpper(text)
		}
	}
	return firstOf(m.source.Spec.Currency, m.source.profile.Currency)
}
