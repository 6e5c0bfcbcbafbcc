package source

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
)

// listSeparator joins the elements of a JSON array within one value.
const listSeparator = "\x1f"

// cells are the values of one row, by column of the layout.
type cells struct {
	values []string
	bad    []string // code of a cell that could not be read, by column; empty = sound
	row    int64
	offset int64
	size   int64
	text   []byte // the row as it is in the file
	// each gives the values once for each element of a JSON array.
	each func(path string) [][]string
}

// fault is why a row is refused.
type fault struct {
	code   string
	column string
	reason string
}

// mapper turns rows of one layout into canonical records.
type mapper struct {
	source  *Source
	layout  *layout
	split   *Split
	sink    Sink
	counts  *Counts
	regions []string
	mark    byte
	built   []builtRecord     // of the current row
	refs    map[string]string // references of the row's parties
	last    []uint64          // hash of the last record of each plan, to drop what a row only repeats
	carried []string
	scratch []byte
}

// builtRecord is a record that waits until the whole row is known to be sound.
type builtRecord struct {
	plan *recordPlan
	at   int
	rec  any
}

func newMapper(s *Source, l *layout, split *Split, sink Sink, counts *Counts) *mapper {
	m := &mapper{
		source: s, layout: l, split: split, sink: sink, counts: counts, regions: s.Spec.Regions,
		refs: map[string]string{}, last: make([]uint64, len(l.records)),
	}
	if mark := firstOf(s.Spec.Decimal, l.spec.Decimal, s.profile.Decimal); mark != "" {
		m.mark = mark[0]
	}
	return m
}

// row maps one row: to records, to a reject, or to a counted skip.
func (m *mapper) row(c *cells) error {
	m.carry(c)
	for _, skip := range m.layout.skips {
		if skip.when.holds(c.values) {
			m.skip(skip.reason, c.size)
			return nil
		}
	}
	m.built = m.built[:0]
	clear(m.refs)
	for i, plan := range m.layout.records {
		variants := [][]string{c.values}
		if plan.each != "" {
			variants = c.each(plan.each)
		}
		for n, values := range variants {
			view := *c
			view.values = values
			if !plan.when.holds(values) {
				continue
			}
			rec, f := m.build(plan, &view, n)
			if f != nil {
				return m.reject(f, c)
			}
			if rec != nil {
				m.built = append(m.built, builtRecord{plan, i, rec})
			}
		}
	}
	return m.emit(c)
}

// carry fills the declared cells of a child row from the row above it.
func (m *mapper) carry(c *cells) {
	if len(m.layout.carry) == 0 {
		return
	}
	if m.carried == nil {
		m.carried = make([]string, len(m.layout.columns))
	}
	first := m.layout.carry[0]
	child := c.values[first] == ""
	for _, column := range m.layout.carry {
		if child {
			c.values[column] = m.carried[column]
		} else {
			m.carried[column] = strings.Clone(c.values[column])
		}
	}
}

func (m *mapper) skip(reason string, size int64) {
	m.counts.Skipped.add(size)
	m.counts.Reasons = count(m.counts.Reasons, reason, 1)
}

// emit sends the records of a sound row. The first record that is no derived party stands for
// the row in the accounts.
func (m *mapper) emit(c *cells) error {
	if len(m.built) == 0 {
		m.skip(SkipNoRecord, c.size)
		return nil
	}
	m.counts.Accepted.add(c.size)
	stands := 0
	for i, b := range m.built {
		if !b.plan.derived {
			stands = i
			if b.plan.kind != schemas.KindOrder || len(m.built) == i+1 {
				break
			}
		}
	}
	for i, b := range m.built {
		meta := metaOf(b.rec, b.plan)
		hash := m.contentHash(b)
		meta.ContentHash = hash
		if i == stands {
			meta.RowBytes = max(c.size, 1)
		} else if b.plan.each == "" {
			if repeat := hash ^ xxh3.HashString(meta.Key); m.last[b.at] == repeat {
				continue // the row above said the same
			} else {
				m.last[b.at] = repeat
			}
		}
		m.counts.Records = count(m.counts.Records, b.plan.kind, 1)
		if err := m.sink.Record(b.plan.kind, b.rec); err != nil {
			return err
		}
	}
	return nil
}

func metaOf(rec any, plan *recordPlan) *schemas.Meta {
	base := reflect.ValueOf(rec).UnsafePointer()
	return (*schemas.Meta)(unsafe.Add(base, plan.meta))
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
		Message: fmt.Sprintf("%s:%d: %s", m.split.Name, c.row, message), Original: string(c.text),
	})
}

func (m *mapper) issue(column, code string) {
	m.counts.Issues = count(m.counts.Issues, column+"|"+code, 1)
	m.sink.Issue(column, code)
}

// columnName is the file's or layout's name of a field's first column.
func (m *mapper) columnName(f *fieldPlan) string {
	for _, column := range append(append([]int{}, f.columns...), f.multiply...) {
		return strings.TrimPrefix(m.layout.columns[column], "~")
	}
	return f.name
}
