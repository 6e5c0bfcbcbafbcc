package audience

import (
	"cmp"
	"math/bits"
	"slices"

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
// same candidates in order of the customers: Look at all, Decide, then Place each. After what
// the evaluator asks come the control group, the limit and the platform's minimum.
type Selector struct {
	audience  *segment.Audience
	platforms []*Platform
	free      []place  // candidates whom a platform may get
	capped    []uint64 // bit set of candidates beyond the limit
	small     []bool   // by platform: the list is below its minimum
	rows      []schemas.Audience
	over      []int64 // by platform: beyond the limit
	looked    int
	placed    int
}

// place is a candidate who may be a member, in few bytes.
type place struct {
	value   int64
	free    uint64 // platforms
	index   uint32 // in the order of the candidates: of the customers
	control bool
}

// NewSelector returns a selector for one audience.
func NewSelector(a *segment.Audience) *Selector {
	n := len(a.Platforms)
	s := &Selector{audience: a, platforms: platformsOf(a.Platforms), small: make([]bool, n), rows: make([]schemas.Audience, n), over: make([]int64, n)}
	for p, name := range a.Platforms {
		s.rows[p] = schemas.Audience{Audience: a.Code, Platform: name}
	}
	return s
}

// Look takes one candidate into account.
func (s *Selector) Look(c *Candidate) {
	if free := c.free(); free != 0 {
		s.free = append(s.free, place{c.Value, free, uint32(s.looked), InControl(s.audience.Code, c.CustomerID, s.audience.Control)})
	}
	s.looked++
}

// Decide finds who is beyond the limit and which lists are too small. The limit falls at one
// value for members and for the control group, so that the two stay comparable: who of the
// control group is worth less than every member is beyond it, too.
func (s *Selector) Decide() {
	s.capped = make([]uint64, (s.looked+63)/64)
	if limit := s.audience.Limit; limit > 0 {
		slices.SortFunc(s.free, func(x, y place) int { return cmp.Or(cmp.Compare(y.value, x.value), cmp.Compare(x.index, y.index)) })
		members := int64(0)
		end := len(s.free)
		for i, one := range s.free {
			if members == limit {
				end = i
				break
			}
			if !one.control {
				members++
			}
		}
		for _, beyond := range s.free[end:] {
			s.capped[beyond.index/64] |= 1 << (beyond.index % 64)
		}
		s.free = s.free[:end]
	}
	members := make([]int, len(s.platforms))
	for _, member := range s.free {
		if member.control {
			continue
		}
		for free := member.free; free != 0; free &= free - 1 {
			members[bits.TrailingZeros64(free)]++
		}
	}
	for p, platform := range s.platforms {
		s.small[p] = platform != nil && members[p] < platform.Minimum
		s.rows[p].TooSmall = s.small[p]
	}
	s.free = nil
}

// Delivery is what one platform gets of a candidate.
type Delivery struct {
	Member bool // in its list
	Person Person
}

// Place decides one candidate: the row of audience_member, but for the run's columns, and
// what each platform gets. was are bits of the platforms that had the customer in the last
// run. The candidate's holds are completed.
func (s *Selector) Place(c *Candidate, was uint64, deliveries []Delivery) (schemas.AudienceMember, []Delivery) {
	beyond := s.capped[s.placed/64]&(1<<(s.placed%64)) != 0
	limited := uint64(0)
	switch {
	case beyond:
		limited = c.free()
		c.hold(HeldCapped)
	case InControl(s.audience.Code, c.CustomerID, s.audience.Control):
		c.hold(HeldControl)
	}
	s.placed++
	deliveries = deliveries[:0]
	for p := range s.platforms {
		row := &s.rows[p]
		row.Matched++
		if s.small[p] && c.Held[p] == "" {
			c.Held[p] = HeldTooSmall
		}
		s.count(p, c.Held[p])
		if limited&(1<<p) != 0 {
			s.over[p]++
		}
		before := was&(1<<p) != 0
		d := Delivery{Member: c.Held[p] == ""}
		switch {
		case d.Member:
			row.Members++
			var refused int
			d.Person, refused = c.person(s.platforms[p], p)
			row.Refused += int64(refused)
			if !before {
				row.Added++
			}
		case before:
			row.Removed++
		}
		deliveries = append(deliveries, d)
	}
	return c.row(s.audience.Code, was != 0), deliveries
}

// Left is the row of a customer who was a member in the last run and matches no more. was are
// bits of the platforms that had the customer.
func (s *Selector) Left(customerID string, was uint64) schemas.AudienceMember {
	for p := range s.rows {
		if was&(1<<p) != 0 {
			s.rows[p].Removed++
		}
	}
	return schemas.AudienceMember{Audience: s.audience.Code, CustomerID: customerID, Status: StatusLeft, Change: ChangeRemoved}
}

// Platforms are the platforms of the audience, in the order of its rule.
func (s *Selector) Platforms() []*Platform { return s.platforms }

// TooSmall tells whether a platform's list is below its minimum: then only removals are written.
func (s *Selector) TooSmall(platform int) bool { return s.small[platform] }

// OverLimit is how many of a platform's customers are beyond the audience's limit; they are
// among the row's Capped.
func (s *Selector) OverLimit(platform int) int64 { return s.over[platform] }

// Rows are the rows of table audience, one a platform, but for the run's columns and files.
func (s *Selector) Rows() []schemas.Audience { return s.rows }

// InControl tells whether a customer is in the control group of an audience: a hash of both,
// so that the group stays the same from run to run.
func InControl(audience, customerID string, share float64) bool {
	return segment.InControl(audience, customerID, share)
}

func (s *Selector) count(p int, held string) {
	row := &s.rows[p]
	if held == "" {
		return
	}
	row.Held++
	switch held {
	case HeldNoIdentifier:
		row.NoIdentifier++
	case HeldNoConsent, HeldOptedOut:
		row.NoConsent++
	case HeldMinor:
		row.Minor++
	case HeldResidency:
		row.Residency++
	case HeldSuppressed:
		row.Suppressed++
	case HeldOtherAudience:
		row.Other++
	case HeldControl:
		row.Control++
	case HeldCapped:
		row.Capped++
	}
}

// weight orders reasons by how much they say: the row of a customer who is held everywhere
// shows the heaviest. The control group comes first: whom some platform would get but for it
// belongs to it, though another platform may not get the customer at all.
var weight = map[string]int{
	HeldControl: 10, HeldMinor: 9, HeldSuppressed: 8, HeldOptedOut: 7, HeldOtherAudience: 6, HeldCapped: 5, HeldTooSmall: 4, HeldResidency: 3, HeldNoConsent: 2, HeldNoIdentifier: 1,
}

// row is the customer's row: a member if any platform gets it.
func (c *Candidate) row(audience string, was bool) schemas.AudienceMember {
	row := schemas.AudienceMember{Audience: audience, CustomerID: c.CustomerID, Status: StatusHeld}
	if c.free() != 0 {
		row.Status, row.Change = StatusMember, ChangeAdded
		if was {
			row.Change = ChangeKept
		}
		return row
	}
	for _, held := range c.Held {
		if weight[held] > weight[row.HeldReason] {
			row.HeldReason = held
		}
	}
	if was {
		row.Change = ChangeRemoved
	}
	return row
}
