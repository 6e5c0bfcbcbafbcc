package source

// orderStarts finds the rows of a file that begin an order: between two orders a file may be cut
// though its rows take cells from the row above, or are numbered within their order. It begins
// anywhere in a file.
type orderStarts struct {
	m       *mapper // of the layout, for its way of reading the cells that matter
	c       *cells
	at      []int
	width   int // cells of the header
	decoder *cellDecoder
	parent  bool // a row that others take cells from was met
	order   string
	known   bool // order is that of the row above
}

func newOrderStarts(s *Source, l *layout, header []string, at []int, split *Split) *orderStarts {
	return &orderStarts{
		m: &mapper{source: s, layout: l, split: split}, at: at, width: len(header), decoder: newCellDecoder(split.Encoding),
		c: &cells{values: make([]string, len(at)), bad: make([]string, len(at))},
	}
}

// reset forgets the row above.
func (o *orderStarts) reset() { o.parent, o.known, o.m.carried = false, false, nil }

// begins tells whether a row surely begins an order. Rows come one after the other; those that
// are no sound rows have no say.
func (o *orderStarts) begins(row *rawRow) bool {
	if shapeFault(row, o.width) != nil {
		return false
	}
	l := o.m.layout
	fillCells(o.c, row, o.at, o.decoder)
	child := len(l.carry) > 0 && o.c.values[l.carry[0]] == ""
	o.m.carry(o.c)
	if child && !o.parent {
		return false // of an order that began further up
	}
	o.parent = true
	for i := range l.convert {
		p := &l.convert[i]
		o.c.values[p.column] = p.apply(o.c.values[p.column])
	}
	order := string(o.m.orderOf(o.c))
	other := len(l.lines) == 0 || o.known && order != o.order
	o.order, o.known = order, true
	return other && !child
}
