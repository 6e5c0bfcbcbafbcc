package evaluate

// forest is a union-find forest that counts, while it grows, how many pairs of labelled records
// are together and how many of them are of one entity.
//
// A root knows how many records of each entity it holds. These cells are lists that run through
// the records: the first record of an entity in a tree stands for its cell. The shorter list
// is merged into the longer, so that all joins cost n log n.
type forest struct {
	parent  []uint32
	records []uint32                     // labelled records, by root
	cells   []uint32                     // number of cells, by root
	head    []uint32                     // first cell, by root; None without a label
	next    []uint32                     // cell -> next cell
	entity  []uint32                     // by record, and so by cell
	count   []uint32                     // records of the cell
	index   map[uint32]map[uint32]uint32 // root -> entity -> cell, of roots with many cells

	Together, Right int64
}

// scanned is how many cells are looked through one by one; a root with more gets an index.
const scanned = 16

func newForest(entity []uint32) *forest {
	n := len(entity)
	f := &forest{
		parent: make([]uint32, n), records: make([]uint32, n), cells: make([]uint32, n), head: make([]uint32, n), next: make([]uint32, n),
		entity: entity, count: make([]uint32, n), index: map[uint32]map[uint32]uint32{},
	}
	for i, e := range entity {
		f.parent[i], f.head[i], f.next[i] = uint32(i), None, None
		if e != None {
			f.records[i], f.cells[i], f.count[i], f.head[i] = 1, 1, 1, uint32(i)
		}
	}
	return f
}

func (f *forest) find(i uint32) uint32 {
	for f.parent[i] != i {
		f.parent[i] = f.parent[f.parent[i]]
		i = f.parent[i]
	}
	return i
}

// join brings the trees of two records together and returns how many pairs of one entity, and
// of two, are together since.
func (f *forest) join(a, b uint32) (right, wrong int64) {
	a, b = f.find(a), f.find(b)
	if a == b {
		return 0, 0
	}
	if f.cells[a] < f.cells[b] || f.cells[a] == f.cells[b] && f.records[a] < f.records[b] {
		a, b = b, a
	}
	f.parent[b] = a
	together := int64(f.records[a]) * int64(f.records[b])
	f.records[a] += f.records[b]
	for cell := f.head[b]; cell != None; {
		after := f.next[cell]
		if same := f.cell(a, f.entity[cell]); same != None {
			right += int64(f.count[same]) * int64(f.count[cell])
			f.count[same] += f.count[cell]
		} else {
			f.add(a, cell)
		}
		cell = after
	}
	delete(f.index, b)
	f.Together += together
	f.Right += right
	return right, together - right
}

// cell finds the cell of an entity in a tree.
func (f *forest) cell(root, entity uint32) uint32 {
	if index, ok := f.index[root]; ok {
		if cell, ok := index[entity]; ok {
			return cell
		}
		return None
	}
	for cell := f.head[root]; cell != None; cell = f.next[cell] {
		if f.entity[cell] == entity {
			return cell
		}
	}
	return None
}

func (f *forest) add(root, cell uint32) {
	f.next[cell] = f.head[root]
	f.head[root] = cell
	f.cells[root]++
	if index, ok := f.index[root]; ok {
		index[f.entity[cell]] = cell
	} else if f.cells[root] > scanned {
		index = make(map[uint32]uint32, 2*scanned)
		for c := f.head[root]; c != None; c = f.next[c] {
			index[f.entity[c]] = c
		}
		f.index[root] = index
	}
}
