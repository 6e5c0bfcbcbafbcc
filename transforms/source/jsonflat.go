package source

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// A flattener takes the values that a layout uses straight from the text of a JSON object,
// without building the object. It is a short cut for what exports are full of: plain objects,
// and arrays of plain values or of objects. Whatever else it meets (arrays within arrays, keys
// that come twice, anything that is not sound) it leaves to the full decoder; what it does read
// is the same. A test and a fuzz target hold it against the decoder.
type flattener struct {
	root   *flatNode
	slots  []flatSlot
	frames []flatFrame // of the arrays that are being read
	kept   []flatSlot  // values of the row while elements are read
	data   []byte
	at     int
	visits uint32
}

// flatNode is a key on the way to a value that the layout uses.
type flatNode struct {
	name    string
	inner   []*flatNode
	slot    int    // -1 = nothing at this very path is used
	below   []int  // slots at this path and below it
	visited uint32 // object in which the key was met last
	array   bool   // the value that was read last is an array
	spans   []span // of its elements
}

// flatSlot holds what was found at one path.
type flatSlot struct {
	value string
	set   bool
	list  []string // values of the elements read so far, of arrays within arrays one behind the other
}

// flatFrame is one path below an array that is being read.
type flatFrame struct {
	slot int
	base int  // where its values begin in the slot's list
	set  bool // by an element
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
	f.root.gather()
	return f
}

// gather notes the slots below each node.
func (n *flatNode) gather() []int {
	if n.slot >= 0 {
		n.below = append(n.below, n.slot)
	}
	for _, c := range n.inner {
		n.below = append(n.below, c.gather()...)
	}
	return n.below
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
	f.data, f.at, f.frames = text, 0, f.frames[:0]
	for i := range f.slots {
		f.slots[i].list = f.slots[i].list[:0]
	}
	f.forget(f.root)
	f.blank()
	if f.peek() != '{' || !f.object(f.root, 0) {
		return false
	}
	f.blank()
	return f.at == len(f.data)
}

// forget empties what was read at and below a node.
func (f *flattener) forget(n *flatNode) {
	if n.slot >= 0 {
		f.slots[n.slot].value, f.slots[n.slot].set = "", false
	}
	for _, c := range n.inner {
		c.array = false
		f.forget(c)
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
	used := node != nil && node.slot >= 0
	value, ok := f.scalar(used)
	if ok && used {
		f.slots[node.slot].value, f.slots[node.slot].set = value, true
	}
	return ok
}
