package source

import (
	"github.com/tributary-cdp/tributary/schemas"
)

// Sink takes what a reader finds.
type Sink interface {
	// Record takes one canonical record: a pointer to a struct of schemas that is reused. All
	// that it holds and points to, texts, amounts and lists, is valid during the call only.
	Record(kind string, rec any) error
	// Reject takes a refused row. Its texts are valid during the call only.
	Reject(r *schemas.Reject) error
	// Issue counts a bad optional field that became null.
	Issue(column, code string)
}

// Counts are the accounts of one split. They add up: Bytes = Header + Accepted + Skipped +
// Rejected, and every row is accepted, skipped or rejected.
type Counts struct {
	Source   string           `json:"source"`
	File     string           `json:"file"`
	Layout   string           `json:"layout"`
	Bytes    int64            `json:"bytes"` // of the file, unpacked
	Header   int64            `json:"header_bytes"`
	Accepted Tally            `json:"accepted"`
	Rejected Tally            `json:"rejected"`
	Skipped  Tally            `json:"skipped"`
	Reasons  map[string]int64 `json:"reasons,omitempty"` // of skips, rows
	Rejects  map[string]int64 `json:"rejects,omitempty"` // by code, rows
	Issues   map[string]int64 `json:"issues,omitempty"`  // column|code
	Records  map[string]int64 `json:"records,omitempty"` // by kind
	Columns  []string         `json:"columns,omitempty"` // header of a table
	Empty    map[string]int64 `json:"empty,omitempty"`   // rows whose cell is empty, by column that the layout uses

	used  *layout
	empty []int64 // rows whose cell is empty, by column of the layout
	made  []int64 // records, by plan of the layout
}

// use begins to count the empty cells and the records of a layout.
func (c *Counts) use(l *layout) {
	c.close()
	c.used, c.empty, c.made = l, make([]int64, len(l.columns)), make([]int64, len(l.records))
}

// countEmpty counts the empty cells of one row; columns of questions come behind the layout's.
func (c *Counts) countEmpty(values []string) {
	for i := range c.empty {
		if values[i] == "" {
			c.empty[i]++
		}
	}
}

// close hands over what has been counted.
func (c *Counts) close() {
	for i, n := range c.empty {
		if n > 0 {
			c.Empty = count(c.Empty, c.used.columns[i], n)
		}
	}
	for i, n := range c.made {
		if n > 0 {
			c.Records = count(c.Records, c.used.records[i].kind, n)
		}
	}
	c.used, c.empty, c.made = nil, nil, nil
}

// Tally counts rows and their bytes.
type Tally struct {
	Rows  int64 `json:"rows"`
	Bytes int64 `json:"bytes"`
}

func (t *Tally) add(bytes int64) {
	t.Rows++
	t.Bytes += bytes
}

// rows are all rows so far.
func (c *Counts) rows() int64 { return c.Accepted.Rows + c.Rejected.Rows + c.Skipped.Rows }

// Balanced tells whether the bytes add up.
func (c *Counts) Balanced() bool {
	return c.Bytes == c.Header+c.Accepted.Bytes+c.Skipped.Bytes+c.Rejected.Bytes
}

// Add adds the accounts of another split of the same file.
func (c *Counts) Add(o *Counts) {
	c.Bytes += o.Bytes
	c.Header += o.Header
	for _, pair := range [][2]*Tally{{&c.Accepted, &o.Accepted}, {&c.Rejected, &o.Rejected}, {&c.Skipped, &o.Skipped}} {
		pair[0].Rows += pair[1].Rows
		pair[0].Bytes += pair[1].Bytes
	}
	c.Reasons = addCounts(c.Reasons, o.Reasons)
	c.Rejects = addCounts(c.Rejects, o.Rejects)
	c.Issues = addCounts(c.Issues, o.Issues)
	c.Records = addCounts(c.Records, o.Records)
	c.Empty = addCounts(c.Empty, o.Empty)
	if len(c.Columns) == 0 {
		c.Columns = o.Columns
	}
}

func addCounts(into, from map[string]int64) map[string]int64 {
	for key, n := range from {
		into = count(into, key, n)
	}
	return into
}

func count(m map[string]int64, key string, n int64) map[string]int64 {
	if m == nil {
		m = map[string]int64{}
	}
	m[key] += n
	return m
}
