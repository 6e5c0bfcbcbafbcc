// Package evaluate measures who-is-who against labels: which pairs of records of one person
// were brought together, which were not, and why.
//
// Pairs are never listed. Records of one cluster and one entity are a cell, and all sums over
// pairs are sums over cells, so that clusters of any size cost what their records cost.
package evaluate

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"
)

// Columns of the two layouts of labels, and of tags. Optional columns come last.
var (
	tagColumns    = []string{"source", "source_id", "tags", "object"}
	entityColumns = []string{"source", "source_id", "entity_id", "object"}
	pairColumns   = []string{"source_a", "id_a", "source_b", "id_b", "same", "object_a", "object_b"}
)

// Labels is what somebody knows about records: whose they are, or whether two are one's.
type Labels struct {
	File       string   // name of the file, for messages
	Slots      []Slot   // records that labels name, each once
	Entities   []string // of the first layout; Slot.Entity counts them
	Pairs      []Pair   // of the second layout
	Duplicates int      // labels that repeat another
	LeftOut    int      // records, or pairs, whose labels contradict each other
	byPair     bool
	tolerant   bool                    // contradictions are left out
	index      map[xxh3.Uint128]uint32 // of recordKey, index into Slots
	places     []place
	placeAt    map[place]uint16
}

// maxPlaces bounds the sources and objects that labels name.
const maxPlaces = 1 << 16

// placeOf numbers a place.
func (l *Labels) placeOf(source, object string) (uint16, bool) {
	if at, known := l.placeAt[place{source, object}]; known {
		return at, true
	}
	if len(l.places) == maxPlaces {
		return 0, false
	}
	at := uint16(len(l.places))
	p := place{strings.Clone(source), strings.Clone(object)}
	l.places = append(l.places, p)
	l.placeAt[p] = at
	return at, true
}

// Slot is one record that labels name.
type Slot struct {
	Row     uint32 // line of the file that names it first
	Entity  uint32 // index into Entities
	Record  uint32 // ordinal of the record; None as long as it is not found
	place   uint16 // index into places
	found   uint16 // place of the record that was found
	leftOut bool   // its labels contradict each other
}

// place is where records are; there are few. Without an object it is all of a source.
type place struct{ source, object string }

// Pair is a labelled pair of records.
type Pair struct {
	A, B uint32 // slots
	Same bool
	Row  int

	leftOut bool // its labels contradict each other
}

// None is the entity of a record without a label, and the record of a label without one.
const None = ^uint32(0)

// ByPair tells that the labels are pairs, so that measures exist for those pairs alone.
func (l *Labels) ByPair() bool { return l.byPair }

// ParseLabels reads labels from CSV with a header, in one of two layouts:
//
//	source, source_id, entity_id and optionally object
//	source_a, id_a, source_b, id_b, same and optionally object_a, object_b
//
// Errors name the file, the line and the column. Two labels that contradict each other are an
// error, unless leaveOut says that what they are about is left out and counted.
func ParseLabels(file string, in io.Reader, leaveOut bool) (*Labels, error) {
	return parse(file, in, leaveOut, false)
}

// ParseTags reads what is said about records from CSV with a header: source, source_id, tags
// separated by bars, and optionally object. They become labels whose entities are the lists of
// tags. Records without tags are skipped.
func ParseTags(file string, in io.Reader) (*Labels, error) {
	return parse(file, in, false, true)
}

func parse(file string, in io.Reader, leaveOut, tags bool) (*Labels, error) {
	p := labelParser{
		tags:   tags,
		labels: &Labels{File: file, tolerant: leaveOut, index: map[xxh3.Uint128]uint32{}, placeAt: map[place]uint16{}}, entities: map[string]uint32{}, pairs: map[uint64]int{},
	}
	buffered := bufio.NewReaderSize(in, 1<<16)
	if bom, _ := buffered.Peek(3); string(bom) == "\xEF\xBB\xBF" {
		_, _ = buffered.Discard(3)
	}
	p.csv = csv.NewReader(buffered)
	p.csv.Comma = delimiter(buffered)
	p.csv.ReuseRecord = true
	p.csv.FieldsPerRecord = -1
	if err := p.header(); err != nil {
		return nil, err
	}
	for {
		row, err := p.csv.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, p.syntax(err)
		}
		if err := p.row(row); err != nil {
			return nil, err
		}
	}
	if len(p.labels.Slots) == 0 {
		return nil, fmt.Errorf("%s: has a header, and nothing about records below it", file)
	}
	p.labels.Pairs = slices.DeleteFunc(p.labels.Pairs, func(pair Pair) bool { return pair.leftOut })
	return p.labels, nil
}

// delimiter is what separates the names of the header: a comma, or what spreadsheets of other
// countries write.
func delimiter(in *bufio.Reader) rune {
	head, _ := in.Peek(4096)
	head, _, _ = bytes.Cut(head, []byte("\n"))
	for _, d := range []rune{',', ';', '\t'} {
		if bytes.ContainsRune(head, d) {
			return d
		}
	}
	return ','
}

type labelParser struct {
	tags     bool
	labels   *Labels
	csv      *csv.Reader
	columns  []string // of the layout
	at       []int    // column of the file for each, -1 = not there
	width    int      // columns of the file
	entities map[string]uint32
	pairs    map[uint64]int // slots of a pair -> its place in Pairs
}

func (p *labelParser) fail(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", p.labels.File, line, fmt.Sprintf(format, args...))
}

func (p *labelParser) syntax(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return p.fail(parse.Line, "not CSV: %v", parse.Err)
	}
	return fmt.Errorf("%s: %w", p.labels.File, err)
}

func (p *labelParser) header() error {
	row, err := p.csv.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: is empty (expected a header %s)", p.labels.File, p.layouts())
	}
	if err != nil {
		return p.syntax(err)
	}
	names := make([]string, len(row))
	for i, name := range row {
		names[i] = strings.ToLower(strings.TrimSpace(name))
	}
	p.columns, p.width = entityColumns, len(names)
	required := 3
	switch {
	case p.tags:
		p.columns = tagColumns
	case !slices.Contains(names, "source") && !slices.Contains(names, "entity_id"):
		p.columns, required, p.labels.byPair = pairColumns, 5, true
	}
	for i, name := range names {
		if !slices.Contains(p.columns, name) {
			return p.fail(1, "column %d, %q, is not known (expected %s)", i+1, clip(name), p.layouts())
		}
		if slices.Contains(names[:i], name) {
			return p.fail(1, "column %s is there twice", name)
		}
	}
	p.at = make([]int, len(p.columns))
	for i, name := range p.columns {
		if p.at[i] = slices.Index(names, name); p.at[i] < 0 && i < required {
			return p.fail(1, "column %s is missing (expected %s)", name, p.layouts())
		}
	}
	return nil
}

func (p *labelParser) layouts() string {
	if p.tags {
		return "source,source_id,tags[,object]"
	}
	return "source,source_id,entity_id[,object] or source_a,id_a,source_b,id_b,same[,object_a,object_b]"
}

// clip shortens a text that an error quotes.
func clip(text string) string {
	const most = 40
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}

func (p *labelParser) row(row []string) error {
	line, _ := p.csv.FieldPos(0)
	if len(row) != p.width {
		return p.fail(line, "has %d columns, the header has %d", len(row), p.width)
	}
	cells := [7]string{}
	for i := range p.columns {
		if p.at[i] >= 0 {
			cells[i] = strings.TrimSpace(row[p.at[i]])
		}
		if required := len(p.columns) - 1; cells[i] == "" && i < min(required, 5) {
			if p.columns[i] == "tags" {
				return nil
			}
			return p.fail(line, "column %s is empty", p.columns[i])
		}
	}
	if p.labels.byPair {
		return p.pair(line, cells)
	}
	return p.entity(line, cells)
}

func (p *labelParser) entity(line int, cells [7]string) error {
	l := p.labels
	entity, known := p.entities[cells[2]]
	if !known {
		entity = uint32(len(l.Entities))
		name := strings.Clone(cells[2])
		p.entities[name] = entity
		l.Entities = append(l.Entities, name)
	}
	slot, isNew, ok := l.slot(cells[0], cells[3], cells[1], line)
	if !ok {
		return p.tooManyPlaces(line)
	}
	s := &l.Slots[slot]
	switch {
	case isNew:
		s.Entity = entity
	case s.leftOut:
	case s.Entity != entity && l.tolerant:
		l.leaveOut(s)
	case s.Entity != entity:
		return p.fail(line, "column %s: contradicts line %d, which gives the same record another one"+p.hint(), p.columns[2], s.Row)
	default:
		l.Duplicates++
	}
	return nil
}

// hintLeaveOut ends the message about a contradiction.
const hintLeaveOut = "; correct one of them, or leave such records out"

func (p *labelParser) hint() string {
	if p.tags {
		return ""
	}
	return hintLeaveOut
}

func (l *Labels) leaveOut(s *Slot) {
	if !s.leftOut {
		s.leftOut, s.Entity = true, None
		l.LeftOut++
	}
}

func (p *labelParser) pair(line int, cells [7]string) error {
	l := p.labels
	same, ok := verdict(cells[4])
	if !ok {
		return p.fail(line, "column same: %q is neither true nor false", clip(cells[4]))
	}
	a, _, okA := l.slot(cells[0], cells[5], cells[1], line)
	b, _, okB := l.slot(cells[2], cells[6], cells[3], line)
	if !okA || !okB {
		return p.tooManyPlaces(line)
	}
	if a == b {
		return p.fail(line, "columns id_a and id_b name one record; a pair needs two")
	}
	key := pairKey(a, b)
	if at, known := p.pairs[key]; known {
		switch first := &l.Pairs[at]; {
		case first.leftOut:
			return nil
		case first.Same != same && l.tolerant:
			first.leftOut = true
			l.LeftOut++
			return nil
		case first.Same != same:
			return p.fail(line, "column same: contradicts line %d, which says the opposite about the same pair"+hintLeaveOut, first.Row)
		}
		l.Duplicates++
		return nil
	}
	p.pairs[key] = len(l.Pairs)
	l.Pairs = append(l.Pairs, Pair{A: a, B: b, Same: same, Row: line})
	return nil
}

// pairKey is one number for a pair, whichever comes first.
func pairKey(a, b uint32) uint64 { return uint64(min(a, b))<<32 | uint64(max(a, b)) }

// verdict reads what people write for one person or two.
func verdict(text string) (same, ok bool) {
	switch strings.ToLower(text) {
	case "true", "t", "1", "yes", "y", "same", "match", "是", "相同":
		return true, true
	case "false", "f", "0", "no", "n", "different", "distinct", "否", "不同":
		return false, true
	}
	return false, false
}

func (p *labelParser) tooManyPlaces(line int) error {
	return p.fail(line, "names more than %d sources and objects", maxPlaces)
}

// slot finds or makes the slot of a record. It is not ok with too many places.
func (l *Labels) slot(source, object, id string, line int) (slot uint32, isNew, ok bool) {
	key := recordKey(source, object, id)
	slot, known := l.index[key]
	if known {
		return slot, false, true
	}
	at, ok := l.placeOf(source, object)
	if !ok {
		return 0, false, false
	}
	slot = uint32(len(l.Slots))
	l.index[key] = slot
	l.Slots = append(l.Slots, Slot{Row: uint32(line), Record: None, Entity: None, place: at})
	return slot, true, true
}

// recordKey is a hash of 128 bits that stands for a record: two of a billion records share one
// with a probability of 1e-21.
func recordKey(source, object, id string) xxh3.Uint128 {
	var buffer [128]byte
	key := append(append(append(append(append(buffer[:0], source...), 0), object...), 0), id...)
	return xxh3.Hash128(key)
}

// Match tells the labels that a record exists. Ordinals are those of the caller.
func (l *Labels) Match(source, object, id string, ordinal uint32) error {
	exact, isExact := l.index[recordKey(source, object, id)]
	if isExact && object != "" {
		l.Slots[exact].Record = ordinal
	}
	open, isOpen := l.index[recordKey(source, "", id)]
	if !isOpen {
		return nil
	}
	s := &l.Slots[open]
	if s.Record != None {
		return fmt.Errorf("%s:%d: names two records of source %s, of objects %s and %s: add a column object", l.File, s.Row, source, l.places[s.found].object, object)
	}
	s.Record = ordinal
	s.found, _ = l.placeOf(source, object)
	if e := &l.Slots[exact]; isExact && exact != open && !l.byPair && e.Entity != s.Entity {
		if l.tolerant {
			l.leaveOut(s)
			e.leftOut, e.Entity = true, None
			return nil
		}
		return fmt.Errorf("%s:%d: column entity_id: contradicts line %d, which gives the same record another one"+hintLeaveOut, l.File, max(s.Row, l.Slots[exact].Row), min(s.Row, l.Slots[exact].Row))
	}
	return nil
}

// Unmatched counts labelled records that were not found, by source and object.
type Unmatched struct {
	Source string `json:"source"`
	Object string `json:"object"`
	Labels int    `json:"labels"`
}

// Missing lists the labelled records that were not found, and counts those that were.
func (l *Labels) Missing() (found int, missing []Unmatched) {
	at := map[uint16]int{}
	for i := range l.Slots {
		s := &l.Slots[i]
		if s.Record != None || s.leftOut {
			found += one(!s.leftOut)
			continue
		}
		if _, known := at[s.place]; !known {
			at[s.place] = len(missing)
			missing = append(missing, Unmatched{Source: l.places[s.place].source, Object: l.places[s.place].object})
		}
		missing[at[s.place]].Labels++
	}
	slices.SortFunc(missing, func(a, b Unmatched) int {
		return strings.Compare(a.Source+"\x00"+a.Object, b.Source+"\x00"+b.Object)
	})
	return found, missing
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// EntityOf gives the entity of every record, None where there is no label.
func (l *Labels) EntityOf(records int) []uint32 {
	out := make([]uint32, records)
	for i := range out {
		out[i] = None
	}
	for i := range l.Slots {
		if s := &l.Slots[i]; s.Record != None && s.Entity != None {
			out[s.Record] = s.Entity
		}
	}
	return out
}
