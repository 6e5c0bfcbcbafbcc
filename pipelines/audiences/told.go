package audiences

import (
	"cmp"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/transforms/audience"
)

// ToldTable is what platforms were told: from one run's audiences to the next run.
const ToldTable = "records/audience_told"

// Told is a customer whom a platform has as a member of an audience, with the identifiers that
// its files show. They are kept as they were shown, so that a platform can be told to forget
// what is withdrawn, split off or erased, though nobody has it any more. The customer comes
// first, so that sorted bytes are in order of the customers.
type Told struct {
	CustomerID string      `parquet:"customer_id"`
	Platform   string      `parquet:"platform,dict"`
	Audience   string      `parquet:"audience,dict"`
	Shown      []ToldValue `parquet:"shown"`
}

// ToldValue is one identifier as a file shows it.
type ToldValue struct {
	Type  string `parquet:"type,dict"`
	Value string `parquet:"value"`
}

func toldOf(code, platform string, p *audience.Person) Told {
	t := Told{CustomerID: p.CustomerID, Platform: platform, Audience: code, Shown: make([]ToldValue, len(p.Shown))}
	for i, id := range p.Shown {
		t.Shown[i] = ToldValue(id)
	}
	return t
}

// shownSet is a set of identifiers as files show them, by their hash.
type shownSet struct {
	hashes []uint64
	sorted bool
}

func hashShown(id audience.Identifier) uint64 {
	return xxh3.HashString(id.Type + "\x00" + id.Value)
}

func (s *shownSet) add(id audience.Identifier) {
	s.hashes, s.sorted = append(s.hashes, hashShown(id)), false
}

func (s *shownSet) has(id audience.Identifier) bool {
	if !s.sorted {
		slices.Sort(s.hashes)
		s.sorted = true
	}
	_, ok := slices.BinarySearch(s.hashes, hashShown(id))
	return ok
}

// memory is what the platforms of one audience were told in the parent run, in order of the
// customers.
type memory struct {
	rows []Told
	at   int
	sets map[string]*shownSet // by platform
}

func newMemory(rows []Told) *memory {
	m := &memory{rows: rows, sets: map[string]*shownSet{}}
	slices.SortFunc(m.rows, func(a, b Told) int {
		return cmp.Or(cmp.Compare(a.CustomerID, b.CustomerID), cmp.Compare(a.Platform, b.Platform))
	})
	for i := range m.rows {
		for _, v := range m.rows[i].Shown {
			m.set(m.rows[i].Platform).add(audience.Identifier(v))
		}
	}
	return m
}

func (m *memory) set(platform string) *shownSet {
	if m.sets[platform] == nil {
		m.sets[platform] = &shownSet{}
	}
	return m.sets[platform]
}

// upTo hands the customers before one, who have come to no audience, to left, and returns the
// rows of that customer. Customers are asked for in order; "" stands for the end.
func (m *memory) upTo(customerID string, left func([]Told) error) ([]Told, error) {
	for m.at < len(m.rows) && (customerID == "" || m.rows[m.at].CustomerID < customerID) {
		rows := m.next()
		if err := left(rows); err != nil {
			return nil, err
		}
	}
	if m.at < len(m.rows) && m.rows[m.at].CustomerID == customerID {
		return m.next(), nil
	}
	return nil, nil
}

// next are the rows of the next customer.
func (m *memory) next() []Told {
	start := m.at
	for m.at < len(m.rows) && m.rows[m.at].CustomerID == m.rows[start].CustomerID {
		m.at++
	}
	return m.rows[start:m.at]
}

// forgotten are, of what a platform was told about a customer, the identifiers that it is told
// of nobody any more.
func forgotten(row *Told, now *shownSet) (out []audience.Identifier) {
	for _, v := range row.Shown {
		if id := audience.Identifier(v); !now.has(id) {
			out = append(out, id)
		}
	}
	return out
}

// customers counts those whom a platform had.
func (m *memory) customers(platform string) (n int64) {
	for i := range m.rows {
		if m.rows[i].Platform == platform {
			n++
		}
	}
	return n
}
