package source

import (
	"encoding/binary"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
)

// ViewSink is a sink that takes what a row says of a buyer, requester or respondent in two
// ways: in full, or as another sight of a view that it was given in full before. The rows of
// one account mostly show the same contact data.
type ViewSink interface {
	Sink
	// Views are those that this sink was given in full.
	Views() *Views
	// View takes a party in full, with the number of its view.
	View(party *schemas.Party, view uint64) error
	// Again takes another sight of a view that was taken in full, with the same key: of the
	// party only Meta, FirstSeen and LastSeen are filled, all else is as it was.
	Again(party *schemas.Party, view uint64) error
}

// Views remember which views a sink was given, and the keys of their parties. They are bounded:
// a view that was forgotten is given in full again.
type Views struct {
	keys map[xxh3.Uint128]keySpan
	text []byte
}

// keySpan is where a key lies in Views.text. It holds no pointer, which the garbage collector
// would follow.
type keySpan struct{ start, end uint32 }

// Bounds of Views: about 40 MB.
const (
	maxViews    = 1 << 19
	maxViewKeys = 32 << 20 // bytes
)

func (v *Views) find(id xxh3.Uint128) (key string, ok bool) {
	span, ok := v.keys[id]
	return alias(v.text[span.start:span.end]), ok
}

func (v *Views) add(id xxh3.Uint128, key string) {
	if v.keys == nil || len(v.keys) >= maxViews || len(v.text)+len(key) > maxViewKeys {
		v.keys, v.text = map[xxh3.Uint128]keySpan{}, nil // records may still point into the old text
	}
	start := len(v.text)
	v.text = append(v.text, key...)
	v.keys[id] = keySpan{uint32(start), uint32(len(v.text))}
}

// viewPlan tells what a plan's view of a party consists of: all but when it was seen.
type viewPlan struct {
	seed  uint64 // of the plan among all plans of all sources
	cells []int  // columns, ascending
	times []*fieldPlan
}

// ofSight are the fields that differ from one sight of a view to the next.
var ofSight = map[string]bool{"first_seen": true, "last_seen": true, "updated_at": true}

// viewPlans gives plans of derived parties their views. Two plans that may make the same party
// of one row have none, nor have those that make several parties of a row, or tombstones, or do
// not say when a party was seen.
func (l *layout) viewPlans(s *Source) {
	objects := map[string]int{}
	for _, r := range l.records {
		if r.kind == schemas.KindParty {
			objects[r.object]++
		}
	}
	for i, r := range l.records {
		if r.kind != schemas.KindParty || !r.derived || r.several() || r.byRow || len(r.deleted) > 0 || objects[r.object] > 1 {
			continue
		}
		v := &viewPlan{seed: xxh3.HashString(s.Spec.Name+"\x00"+l.spec.Name) + uint64(i), cells: r.ofView}
		seen := 0
		for _, f := range r.fields {
			if ofSight[f.name] {
				v.times = append(v.times, f)
			}
			if f.name == "first_seen" || f.name == "last_seen" {
				seen++
			}
		}
		if seen == 2 {
			r.view = v
		}
	}
}

// viewOfRow names the view of a party that a row shows.
func (m *mapper) viewOfRow(v *viewPlan, values []string) xxh3.Uint128 {
	b := binary.LittleEndian.AppendUint64(m.scratch[:0], v.seed)
	for _, column := range v.cells {
		b = append(append(b, values[column]...), 0)
	}
	m.scratch = b
	return xxh3.Hash128(b)
}

// again fills a blank party with another sight of a view. False: this row needs to be read
// in full.
func (m *mapper) again(plan *recordPlan, b *builtRecord, c *cells, key string) bool {
	b.blank = m.blank(b.at, plan)
	party := b.blank.rec.(*schemas.Party)
	issues := len(m.issues)
	made := m.fillAll(plan, plan.view.times, b.blank, c, "") == nil
	if !made || len(m.issues) > issues || party.FirstSeen == 0 || party.LastSeen == 0 {
		m.issues = m.issues[:issues]
		return false
	}
	party.Row, party.Key = c.row, key
	return true
}
