package source

import (
	"fmt"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
)

// listSeparator joins the elements of a JSON array within one value.
const listSeparator = "\x1f"

// mapper turns rows of one layout into canonical records.
type mapper struct {
	source   *Source
	layout   *layout
	split    *Split
	sink     Sink
	viewer   ViewSink // the sink, if it is one
	counts   *Counts
	regions  []string
	local    []string // regions with the row's country before them
	mark     byte
	built    []builtRecord // of the current row
	refs     []namedRef    // of the row's parties
	last     []lastRecord  // of each plan, to drop what a row only repeats
	blanks   []blankRecord // of each plan: overwritten with every row
	arena    arena         // what the row's records point to
	view     cells         // the row with the values of one element
	lastTime timeMemo
	carried  []string
	list     []string // elements of a cell
	from     int      // column that gave the field its text
	line     int64    // number of the row within its order, from 1
	order    string   // of the last row, for line
	scratch  []byte

	issues  []rowIssue // of the current row: they count when it is accepted
	plan    *recordPlan
	element int // number of the array's element that plan is building, from 1
}

// builtRecord is a record that waits until the whole row is known to be sound.
type builtRecord struct {
	plan  *recordPlan
	at    int
	blank *blankRecord // nil: the row above said the same
	hash  uint64       // of its cells
	ref   string       // of a party that others of the row name
	view  xxh3.Uint128 // of a party; zero = none
	again bool         // the sink has the view
}

// lastRecord is what a plan made of the last row that was not the same.
type lastRecord struct {
	known bool
	hash  uint64 // of the cells
	ref   []byte
}

// namedRef is the reference of a party under its name in the layout.
type namedRef struct{ name, ref string }

// ref is the reference of the row's party of that name, empty for none.
func (m *mapper) ref(name string) string {
	for i := range m.refs {
		if m.refs[i].name == name {
			return m.refs[i].ref
		}
	}
	return ""
}

func newMapper(s *Source, l *layout, split *Split, sink Sink, counts *Counts) *mapper {
	counts.use(l)
	m := &mapper{
		source: s, layout: l, split: split, sink: sink, counts: counts, regions: s.Spec.Regions,
		last: make([]lastRecord, len(l.records)), blanks: make([]blankRecord, len(l.records)),
	}
	m.viewer, _ = sink.(ViewSink)
	for i, plan := range l.records {
		m.blanks[i] = m.newBlank(plan)
	}
	if mark := firstOf(s.Spec.Decimal, l.spec.Decimal, s.profile.Decimal); mark != "" {
		m.mark = mark[0]
	}
	return m
}

// row maps one row: to records, to a reject, or to a counted skip.
func (m *mapper) row(c *cells) error {
	defer func() { m.issues, m.plan = m.issues[:0], nil }()
	m.carry(c)
	for i := range m.layout.convert {
		p := &m.layout.convert[i]
		c.values[p.column] = p.apply(c.values[p.column])
	}
	m.countLine(c)
	m.counts.countEmpty(c.values)
	for _, skip := range m.layout.skips {
		if skip.when.holds(c.values) {
			m.skip(skip.reason, c.size)
			return nil
		}
	}
	m.built, m.refs, m.plan = m.built[:0], m.refs[:0], nil
	m.arena.reset()
	for i, plan := range m.layout.records {
		if plan.several() {
			for n, values := range m.variants(plan, c) {
				if f := m.variant(i, plan, c, values, n); f != nil {
					return m.reject(f, c)
				}
			}
			continue
		}
		if f := m.variant(i, plan, c, c.values, 0); f != nil {
			return m.reject(f, c)
		}
	}
	return m.emit(c)
}

// variant builds the record of one plan from the row's values, or from those of one element
// of an array within it.
func (m *mapper) variant(i int, plan *recordPlan, c *cells, values []string, n int) *fault {
	if !plan.when.holds(values) {
		return nil
	}
	m.plan, m.element = plan, n+1
	b := builtRecord{plan: plan, at: i, hash: m.contentHash(plan, values, c)}
	if last := &m.last[i]; last.known && last.hash == b.hash && !plan.several() && !plan.byRow {
		b.ref = alias(last.ref)
	} else {
		if made, f := m.make(plan, &b, c, values, n); !made {
			return f
		}
		if plan.as != "" {
			b.ref = m.referenceOf(plan.metaOf(b.blank))
		}
	}
	if plan.as != "" {
		m.refs = append(m.refs, namedRef{plan.as, b.ref})
	}
	m.built = append(m.built, b)
	return nil
}

// make builds a record, of a party whose view the sink has no more than what is new.
func (m *mapper) make(plan *recordPlan, b *builtRecord, c *cells, values []string, n int) (bool, *fault) {
	if plan.view == nil || m.viewer == nil || c.spoilt {
		b.blank = m.blank(b.at, plan)
		return m.build(plan, b.blank, m.viewOf(plan, c, values), n)
	}
	b.view = m.viewOfRow(plan.view, values)
	if key, ok := m.viewer.Views().find(b.view); ok && m.again(plan, b, c, key) {
		b.again = true
		return true, nil
	}
	issues := len(m.issues)
	b.blank = m.blank(b.at, plan)
	made, f := m.build(plan, b.blank, c, n)
	if len(m.issues) > issues {
		b.view = xxh3.Uint128{} // each row counts its issues
	}
	return made, f
}

// variants are the row's values once for each record that a plan makes of the row.
func (m *mapper) variants(plan *recordPlan, c *cells) [][]string {
	if plan.columnsOf != nil {
		return m.answers(plan, c)
	}
	return c.each(plan.each)
}

// viewOf is the row with the values of one of the plan's variants.
func (m *mapper) viewOf(plan *recordPlan, c *cells, values []string) *cells {
	if !plan.several() {
		return c
	}
	m.view = *c
	m.view.values = values
	return &m.view
}

// referenceOf is the reference of a record of the row.
func (m *mapper) referenceOf(meta *schemas.Meta) string {
	a := &m.arena
	start := len(a.text)
	a.text = append(append(append(append(append(a.text, meta.Namespace...), ':'), meta.Object...), ':'), meta.Key...)
	return alias(a.text[start:])
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

// countLine numbers the rows that follow each other with the same order.
func (m *mapper) countLine(c *cells) {
	if len(m.layout.lines) == 0 {
		return
	}
	b := m.scratch[:0]
	for _, column := range m.layout.lines {
		b = append(append(b, c.values[column]...), 0)
	}
	m.scratch = b
	if m.line > 0 && string(b) == m.order {
		m.line++
		return
	}
	m.line, m.order = 1, string(b)
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
	for i := range m.built {
		if b := &m.built[i]; !b.plan.derived {
			stands = i
			if b.plan.kind != schemas.KindOrder || len(m.built) == i+1 {
				break
			}
		}
	}
	for i := range m.built {
		b := &m.built[i]
		if b.blank == nil {
			if i != stands {
				continue
			}
			m.plan, m.element, b.blank = b.plan, 1, m.blank(b.at, b.plan)
			if made, _ := m.build(b.plan, b.blank, c, 0); !made {
				return fmt.Errorf("%s:%d: a row that repeats a sound one is not sound", m.split.Name, c.row)
			}
		}
		meta := b.plan.metaOf(b.blank)
		meta.ContentHash = b.hash
		if i == stands {
			meta.RowBytes = max(c.size, 1)
		}
		m.last[b.at].remember(b)
		m.counts.made[b.at]++
		if err := m.send(b); err != nil {
			return err
		}
	}
	for _, found := range m.issues {
		m.countIssue(found.column, found.code)
	}
	return nil
}

// send hands a record to the sink. Views are numbered by 64 bits, and not 0.
func (m *mapper) send(b *builtRecord) error {
	if b.view == (xxh3.Uint128{}) {
		return m.sink.Record(b.plan.kind, b.blank.rec)
	}
	party := b.blank.rec.(*schemas.Party)
	if b.again {
		return m.viewer.Again(party, b.view.Lo|1)
	}
	m.viewer.Views().add(b.view, party.Key)
	return m.viewer.View(party, b.view.Lo|1)
}

// remember keeps what tells whether the next row says the same.
func (l *lastRecord) remember(b *builtRecord) {
	l.known, l.hash = true, b.hash
	l.ref = append(l.ref[:0], b.ref...)
}
