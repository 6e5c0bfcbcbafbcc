package source

// cells are the values of one row, by column of the layout.
type cells struct {
	values []string
	bad    []string // code of a cell that could not be read, by column; empty = sound
	spoilt bool     // some cell is bad
	row    int64
	offset int64
	size   int64
	text   []byte // the row as it is in the file
	// each gives the values once for each element of a JSON array.
	each func(path string) [][]string
	// questions gives the cells of the columns that a plan makes one record each of.
	questions func(plan *recordPlan) []question
}

// sound begins a row whose cells are all sound.
func (c *cells) sound() {
	if c.spoilt {
		clear(c.bad)
		c.spoilt = false
	}
}

// spoil notes that a cell could not be read.
func (c *cells) spoil(column int, code string) { c.bad[column], c.spoilt = code, true }
