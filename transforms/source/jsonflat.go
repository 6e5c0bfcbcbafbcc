package source

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// A flattener takes the values that a layout uses straight from the text of a JSON object,
// without building the object. It is a short cut for what exports are full of: plain objects,
// and arrays of plain values. Whatever else it meets (arrays of objects, keys that come twice,
// anything that is not sound) it leaves to the full decoder; what it does read is the same.
// A test and a fuzz target hold it against the decoder.
type flattener struct {
	root   *flatNode
	slots  []flatSlot
	data   []byte
	at     int
	visits uint32
}

// flatNode is a key on the way to a value that the layout uses.
type flatNode struct {
	name    string
	inner   []*flatNode
	slot    int    // -1 = nothing at this very path is used
	visited uint32 // object in which the key was met last
}

// flatSlot holds what was found at one path.
type flatSlot struct {
	value string
	list  []string // the elements, where the value is an array
	array bool
	set   bool
}

// newFlattener returns nil where a layout needs the whole object.
func newFlattener(l *layout) *flattener {
	if len(l.spec.JSON) > 0 {
		return nil
	}
	f := &flattener{root: &flatNode{slot: -1}}
	for _, name := range l.columns {
		for _, spelling := range append([]string{name}, l.spec.Aliases[name]...) {
			f.path(spelling)
		}
	}
	for _, plan := range l.records {
		if plan.columnsOf != nil {
			return nil
		}
		if plan.each != "" {
			f.path(plan.each)
		}
	}
	return f
}

// path returns the slot of a dotted path.
func (f *flattener) path(name string) int {
	node := f.root
	for part := range strings.SplitSeq(name, ".") {
		node = node.child(part)
	}
	if node.slot < 0 {
		node.slot = len(f.slots)
		f.slots = append(f.slots, flatSlot{})
	}
	return node.slot
}

func (n *flatNode) child(name string) *flatNode {
	for _, c := range n.inner {
		if c.name == name {
			return c
		}
	}
	c := &flatNode{name: name, slot: -1}
	n.inner = append(n.inner, c)
	return c
}

// read fills the slots from a JSON object in UTF-8. It returns false when the object must be
// decoded in full.
func (f *flattener) read(text []byte) bool {
	if !utf8.Valid(text) {
		return false
	}
	f.data, f.at = text, 0
	for i := range f.slots {
		f.slots[i] = flatSlot{list: f.slots[i].list[:0]}
	}
	f.blank()
	if f.peek() != '{' || !f.object(f.root, 0) {
		return false
	}
	f.blank()
	return f.at == len(f.data)
}

func (f *flattener) peek() byte {
	if f.at < len(f.data) {
		return f.data[f.at]
	}
	return 0
}

func (f *flattener) blank() {
	for f.at < len(f.data) {
		switch f.data[f.at] {
		case ' ', '\t', '\r', '\n':
			f.at++
		default:
			return
		}
	}
}

// object reads from an opening brace to behind its closing one. A nil node: nothing in it is used.
func (f *flattener) object(node *flatNode, depth int) bool {
	if depth > MaxDepth-2 {
		return false
	}
	f.at++
	f.visits++
	visit := f.visits
	f.blank()
	if f.peek() == '}' {
		f.at++
		return true
	}
	for {
		f.blank()
		key, escaped, ok := f.text()
		if !ok || escaped || len(key) == 0 || bytes.IndexByte(key, '.') >= 0 {
			return false
		}
		f.blank()
		if f.peek() != ':' {
			return false
		}
		f.at++
		var inner *flatNode
		if node != nil {
			for _, c := range node.inner {
				if c.name == string(key) {
					if c.visited == visit {
						return false // a key that comes twice
					}
					c.visited, inner = visit, c
					break
				}
			}
		}
		if !f.value(inner, depth+1) {
			return false
		}
		f.blank()
		switch f.peek() {
		case ',':
			f.at++
		case '}':
			f.at++
			return true
		default:
			return false
		}
	}
}

// value reads any value.
func (f *flattener) value(node *flatNode, depth int) bool {
	f.blank()
	switch f.peek() {
	case '{':
		return f.object(node, depth)
	case '[':
		return f.array(node, depth)
	}
	value, ok := f.scalar(node != nil && node.slot >= 0)
	if ok && node != nil && node.slot >= 0 {
		s := &f.slots[node.slot]
		s.value, s.set = value, true
	}
	return ok
}

// scalar reads a text, number, true, false or null; as text where it is used.
func (f *flattener) scalar(used bool) (string, bool) {
	switch f.peek() {
	case '"':
		start := f.at
		raw, escaped, ok := f.text()
		if !ok || !used {
			return "", ok
		}
		if !escaped {
			return strings.TrimSpace(alias(raw)), true
		}
		var decoded string
		if json.Unmarshal(f.data[start:f.at], &decoded) != nil {
			return "", false
		}
		return strings.TrimSpace(decoded), true
	case 't':
		return "true", f.word("true")
	case 'f':
		return "false", f.word("false")
	case 'n':
		return "", f.word("null")
	}
	start := f.at
	if !f.number() {
		return "", false
	}
	return alias(f.data[start:f.at]), true
}

func (f *flattener) word(word string) bool {
	if !bytes.HasPrefix(f.data[f.at:], []byte(word)) {
		return false
	}
	f.at += len(word)
	return true
}

// text reads a quoted text: the bytes between the quotes, and whether they hold escapes.
func (f *flattener) text() (raw []byte, escaped, ok bool) {
	if f.peek() != '"' {
		return nil, false, false
	}
	start := f.at + 1
	for i := start; i < len(f.data); i++ {
		switch c := f.data[i]; {
		case c == '"':
			f.at = i + 1
			return f.data[start:i], escaped, true
		case c < ' ':
			return nil, false, false
		case c == '\\':
			escaped = true
			if i++; i >= len(f.data) {
				return nil, false, false
			}
			if f.data[i] == 'u' {
				if i+4 >= len(f.data) || !isHex(f.data[i+1:i+5]) {
					return nil, false, false
				}
				i += 4
			} else if strings.IndexByte(`"\/bfnrt`, f.data[i]) < 0 {
				return nil, false, false
			}
		}
	}
	return nil, false, false
}

func isHex(digits []byte) bool {
	for _, c := range digits {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// number reads -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?
func (f *flattener) number() bool {
	if f.peek() == '-' {
		f.at++
	}
	switch c := f.peek(); {
	case c == '0':
		f.at++
	case c >= '1' && c <= '9':
		f.digits()
	default:
		return false
	}
	if f.peek() == '.' {
		f.at++
		if !f.digits() {
			return false
		}
	}
	if c := f.peek(); c == 'e' || c == 'E' {
		f.at++
		if c := f.peek(); c == '+' || c == '-' {
			f.at++
		}
		return f.digits()
	}
	return true
}

func (f *flattener) digits() bool {
	start := f.at
	for f.at < len(f.data) && f.data[f.at] >= '0' && f.data[f.at] <= '9' {
		f.at++
	}
	return f.at > start
}

// array reads an array of plain values. One with anything else in it is left to the decoder
// where it is used.
func (f *flattener) array(node *flatNode, depth int) bool {
	if depth > MaxDepth-2 {
		return false
	}
	f.at++
	f.blank()
	used := node != nil && node.slot >= 0
	if used {
		f.slots[node.slot].array, f.slots[node.slot].set = true, true
	}
	if f.peek() == ']' {
		f.at++
		return true
	}
	for {
		f.blank()
		if c := f.peek(); c == '{' || c == '[' {
			if node != nil || !f.value(nil, depth+1) {
				return false
			}
		} else {
			value, ok := f.scalar(used)
			if !ok {
				return false
			}
			if used {
				s := &f.slots[node.slot]
				s.list = append(s.list, value)
			}
		}
		f.blank()
		switch f.peek() {
		case ',':
			f.at++
			continue
		case ']':
			f.at++
		default:
			return false
		}
		break
	}
	if used {
		s := &f.slots[node.slot]
		s.value = joinElements(s.list)
	}
	return true
}

// joinElements joins values as flatten does: empty ones at the beginning leave no trace.
func joinElements(list []string) string {
	for len(list) > 0 && list[0] == "" {
		list = list[1:]
	}
	if len(list) == 1 {
		return list[0]
	}
	return strings.Join(list, listSeparator)
}
