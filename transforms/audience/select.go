package audience

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

// Status of a customer in an audience.
const (
	StatusMember = "member"
	StatusHeld   = "held"
	StatusLeft   = "left"

	ChangeAdded   = "added"
	ChangeKept    = "kept"
	ChangeRemoved = "removed"
)

// Selector decides who of the candidates of an audience is a member, in two passes over the
// same candidates in the same order: Look at all, Decide, then Place each. What holds a
// customer back is asked in this order: consent and suppression, another audience, the
// control group, the limit, the platform's minimum.
type Selector struct {
	audience  *segment.Audience
	platforms []Platform
	free      []place  // candidates whom a platform may get
	capped    []uint64 // bit set of candidates beyond the limit
	small     []bool   // by platform: the list is below its minimum
	rows      []schemas.Audience
	looked    int
	placed    int
}

// place is a candidate who may be a member, in few bytes.
type place struct {
	value int64
	free  uint64 // platforms
	index uint32 // in the order of the candidates: of the customers
}

// NewSelector returns a selector for one audience.
func NewSelector(a *segment.Audience) *Selector {
	s := &Selector{audience: a, small: make([]bool, len(a.Platforms)), rows: make([]schemas.Audience, len(a.Platforms))}
	for p, name := range a.Platforms {
		platform, _ := PlatformNamed(name)
		s.platforms = append(s.platforms, platform)
		s.rows[p] = schemas.Audience{Audience: a.Code, Platform: name}
	}
	return s
}

// Look takes one candidate into account.
func (s *Selector) Look(c *Candidate) {
	if free := c.free(); c.Matched && free != 0 && !InControl(s.audience.Code, c.CustomerID, s.audience.Control) {
		s.free = append(s.free, place{c.Value, free, uint32(s.looked)})
	}
	s.looked++
}

// Decide finds who is beyond the limit and which lists are too small.
func (s *Selector) Decide() {
	s.capped = make([]uint64, (s.looked+63)/64)
	if limit := s.audience.Limit; limit > 0 && int64(len(s.free)) > limit {
		slices.SortFunc(s.free, func(x, y place) int { return cmp.Or(cmp.Compare(y.value, x.value), cmp.Compare(x.index, y.index)) })
		for _, beyond := range s.free[limit:] {
			s.capped[beyond.index/64] |= 1 << (beyond.index % 64)
		}
		s.free = s.free[:limit]
	}
	members := make([]int, len(s.platforms))
	for _, member := range s.free {
		for free := member.free; free != 0; free &= free - 1 {
			members[bits.TrailingZeros64(free)]++
		}
	}
	for p := range s.platforms {
		s.small[p] = members[p] < s.platforms[p].Minimum
		s.rows[p].TooSmall = s.small[p]
	}
	s.free = nil
}

// Delivery is what one platform is told of a candidate.
type Delivery struct {
	Member  bool // in its list
	Added   bool // and was not in the last run
	Removed bool // was in the last run and is no more
	Person  Person
}

// Place decides one candidate: the row of audience_member, but for the run's columns, and
// what each platform gets. The candidate's holds are completed.
func (s *Selector) Place(c *Candidate, deliveries []Delivery) (schemas.AudienceMember, []Delivery) {
	if c.Matched && InControl(s.audience.Code, c.CustomerID, s.audience.Control) {
		c.hold(HeldControl)
	}
	if s.capped[s.placed/64]&(1<<(s.placed%64)) != 0 {
		c.hold(HeldCapped)
	}
	s.placed++
	deliveries = deliveries[:0]
	for p := range s.platforms {
		row := &s.rows[p]
		if c.Matched {
			row.Matched++
			if s.small[p] && c.Held[p] == "" {
				c.Held[p] = HeldTooSmall
			}
			count(row, c.Held[p])
		}
		was := c.Was&(1<<p) != 0
		d := Delivery{Member: c.Matched && c.Held[p] == ""}
		d.Added, d.Removed = d.Member && !was, !d.Member && was
		switch {
		case d.Member:
			row.Members++
			d.Person = c.person(s.platforms[p], p, false)
		case d.Removed:
			row.Removed++
			d.Person = c.person(s.platforms[p], p, true)
		}
		if d.Added {
			row.Added++
		}
		deliveries = append(deliveries, d)
	}
	return c.row(s.audience.Code), deliveries
}

// Platforms are the platforms of the audience, in the order of its rule.
func (s *Selector) Platforms() []Platform { return s.platforms }

// TooSmall tells whether a platform's list is below its minimum: then only removals are written.
func (s *Selector) TooSmall(platform int) bool { return s.small[platform] }

// Rows are the rows of table audience, one a platform, but for the run's columns and files.
func (s *Selector) Rows() []schemas.Audience { return s.rows }

// InControl tells whether a customer is in the control group of an audience: a hash of both,
// so that the group stays the same from run to run.
func InControl(audience, customerID string, share float64) bool {
	if share <= 0 {
		return false
	}
	key := binary.AppendUvarint(nil, uint64(len(audience)))
	key = append(append(key, audience...), customerID...)
	return float64(xxh3.Hash(key)>>11)/(1<<53) < share
}

func count(row *schemas.Audience, held string) {
	if held == "" {
		return
	}
	row.Held++
	switch held {
	case HeldNoConsent, HeldOptedOut:
		row.NoConsent++
	case HeldSuppressed:
		row.Suppressed++
	case HeldControl:
		row.Control++
	case HeldCapped:
		row.Capped++
	}
}

// weight orders reasons by how much they say: the row of a customer who is held everywhere
// shows the heaviest.
var weight = map[string]int{HeldSuppressed: 7, HeldOptedOut: 6, HeldControl: 5, HeldOtherAudience: 4, HeldCapped: 3, HeldTooSmall: 2, HeldNoConsent: 1}

// row is the customer's row: a member if any platform gets it.
func (c *Candidate) row(audience string) schemas.AudienceMember {
	row := schemas.AudienceMember{Audience: audience, CustomerID: c.CustomerID, Status: StatusHeld}
	switch {
	case !c.Matched:
		row.Status = StatusLeft
	case c.free() != 0:
		row.Status = StatusMember
	default:
		for _, held := range c.Held {
			if weight[held] > weight[row.HeldReason] {
				row.HeldReason = held
			}
		}
	}
	switch {
	case row.Status == StatusMember && c.Was != 0:
		row.Change = ChangeKept
	case row.Status == StatusMember:
		row.Change = ChangeAdded
	case c.Was != 0:
		row.Change = ChangeRemoved
	}
	return row
}
