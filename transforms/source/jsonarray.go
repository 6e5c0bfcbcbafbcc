package source

import (
	"slices"
	"strings"
)

// array reads an array. Each path below it gets the joined values of all elements. An array
// within an array is left to the decoder where it is used.
func (f *flattener) array(node *flatNode, depth int) bool {
	if depth > MaxDepth-2 {
		return false
	}
	f.at++
	f.blank()
	if node != nil {
		node.array, node.spans = true, node.spans[:0]
	}
	if f.peek() == ']' {
		f.at++
		if node != nil && node.slot >= 0 {
			f.slots[node.slot].set = true
		}
		return true
	}
	first := len(f.frames)
	if node != nil {
		for _, slot := range node.below {
			f.frames = append(f.frames, flatFrame{slot: slot, base: len(f.slots[slot].list)})
		}
	}
	for {
		f.blank()
		start := f.at
		if node != nil && f.peek() == '[' || !f.value(node, depth+1) {
			return false
		}
		if node != nil {
			node.spans = append(node.spans, span{start, f.at})
			f.endElement(f.frames[first:])
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
	f.endArray(f.frames[first:])
	f.frames = f.frames[:first]
	return true
}

// endElement moves the values of an element to the lists of its array. Empty ones at the
// beginning leave no trace, as in flatten.
func (f *flattener) endElement(frames []flatFrame) {
	for i := range frames {
		frame := &frames[i]
		s := &f.slots[frame.slot]
		if !s.set {
			continue
		}
		if frame.set = true; s.value != "" || len(s.list) > frame.base {
			s.list = append(s.list, s.value)
		}
		s.value, s.set = "", false
	}
}

// endArray makes one value of each path's list.
func (f *flattener) endArray(frames []flatFrame) {
	for i := range frames {
		s := &f.slots[frames[i].slot]
		list := s.list[frames[i].base:]
		switch s.set = frames[i].set; len(list) {
		case 0:
		case 1:
			s.value = list[0]
		default:
			s.value = strings.Join(list, listSeparator)
		}
		s.list = s.list[:frames[i].base]
	}
}

// elements calls visit once for each element of the array at a path, with the element's values
// in place of the row's. An array within an array is walked element by element.
func (f *flattener) elements(path string, visit func()) {
	f.kept = append(f.kept[:0], f.slots...)
	f.eachElement(f.root, path, visit)
	copy(f.slots, f.kept)
}

func (f *flattener) eachElement(node *flatNode, path string, visit func()) {
	for path != "" {
		var name string
		name, path, _ = strings.Cut(path, ".")
		at := slices.IndexFunc(node.inner, func(c *flatNode) bool { return c.name == name })
		if at < 0 {
			return
		}
		if node = node.inner[at]; node.array {
			break
		}
	}
	if !node.array {
		return
	}
	for _, element := range node.spans {
		f.forget(node)
		f.at = element.start
		if !f.value(node, 0) {
			return // not after it has been read once
		}
		if path == "" {
			visit()
		} else {
			f.eachElement(node, path, visit)
		}
	}
}
