package audience

import (
	"cmp"
	"encoding/binary"
	"fmt"
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

// Delivery is what one platform gets of one audience.
type Delivery struct {
	Platform string
	Full     []Person // all members
	Added    []Person // members who were none in the last run
	Removed  []Person // those who were, and are no more
	TooSmall bool     // Full is below the platform's minimum: nothing may be written
}

// Selection is one audience of one run.
type Selection struct {
	Members    []schemas.AudienceMember // sorted by customer, but for the run's columns
	Platforms  []schemas.Audience       // one row a platform, in the order of the rule
	Deliveries []Delivery               // beside Platforms
}

// Select decides who of the candidates is a member. What holds a customer back is asked in
// this order: consent and suppression, another audience, the control group, the limit, the
// platform's minimum. Candidates may come in any order.
func Select(a *segment.Audience, candidates []Candidate) Selection {
	candidates = slices.Clone(candidates)
	slices.SortFunc(candidates, func(x, y Candidate) int { return cmp.Compare(x.CustomerID, y.CustomerID) })
	s := Selection{Platforms: make([]schemas.Audience, len(a.Platforms)), Deliveries: make([]Delivery, len(a.Platforms))}
	for i := range candidates { // the candidates' holds are their own, ours are copies
		candidates[i].Held = slices.Clone(candidates[i].Held)
	}
	holdControl(a, candidates)
	holdCapped(a, candidates)
	for p, name := range a.Platforms {
		s.Platforms[p], s.Deliveries[p] = deliver(a, p, name, candidates)
	}
	for i := range candidates {
		s.Members = append(s.Members, candidates[i].row())
	}
	return s
}

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

func holdControl(a *segment.Audience, candidates []Candidate) {
	for i := range candidates {
		if c := &candidates[i]; c.Matched && InControl(a.Code, c.CustomerID, a.Control) {
			c.hold(HeldControl)
		}
	}
}

// hold holds a candidate back from all platforms that have no other reason to.
func (c *Candidate) hold(reason string) {
	for p := range c.Held {
		if c.Held[p] == "" {
			c.Held[p] = reason
		}
	}
}

// holdCapped keeps the highest values up to the limit; among equals the smaller id.
func holdCapped(a *segment.Audience, candidates []Candidate) {
	if a.Limit == 0 {
		return
	}
	var free []int
	for i := range candidates {
		if candidates[i].Matched && candidates[i].free() {
			free = append(free, i)
		}
	}
	slices.SortFunc(free, func(x, y int) int {
		return cmp.Or(cmp.Compare(candidates[y].Value, candidates[x].Value), cmp.Compare(candidates[x].CustomerID, candidates[y].CustomerID))
	})
	for _, i := range free[min(int64(len(free)), a.Limit):] {
		candidates[i].hold(HeldCapped)
	}
}

// deliver counts and lists the members of one platform.
func deliver(a *segment.Audience, place int, name string, candidates []Candidate) (schemas.Audience, Delivery) {
	platform, _ := PlatformNamed(name)
	row := schemas.Audience{Audience: a.Code, Platform: name}
	d := Delivery{Platform: name}
	for i := range candidates {
		if c := &candidates[i]; c.Matched && c.Held[place] == "" {
			row.Members++
		}
	}
	if int(row.Members) < platform.Minimum {
		d.TooSmall, row.TooSmall, row.Members = true, true, 0
	}
	for i := range candidates {
		c := &candidates[i]
		if c.Matched {
			row.Matched++
			if d.TooSmall && c.Held[place] == "" {
				c.Held[place] = HeldTooSmall
			}
			count(&row, c.Held[place])
		}
		member := c.Matched && c.Held[place] == ""
		if member {
			d.Full = append(d.Full, c.person(platform, place, false))
		}
		switch {
		case member && !c.WasMember:
			row.Added++
			d.Added = append(d.Added, c.person(platform, place, false))
		case !member && c.WasMember:
			row.Removed++
			d.Removed = append(d.Removed, c.person(platform, place, true))
		}
	}
	return row, d
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
func (c *Candidate) row() schemas.AudienceMember {
	row := schemas.AudienceMember{Audience: c.Audience, CustomerID: c.CustomerID, Status: StatusHeld}
	switch {
	case !c.Matched:
		row.Status = StatusLeft
	case c.free():
		row.Status = StatusMember
	default:
		for _, held := range c.Held {
			if weight[held] > weight[row.HeldReason] {
				row.HeldReason = held
			}
		}
	}
	switch {
	case row.Status == StatusMember && c.WasMember:
		row.Change = ChangeKept
	case row.Status == StatusMember:
		row.Change = ChangeAdded
	case c.WasMember:
		row.Change = ChangeRemoved
	}
	return row
}

// Names of the files of a delivery, below files/<audience>/<platform>/.
func fileName(part, extension string) string { return fmt.Sprintf("%s.%s", part, extension) }

// Part is one file of a delivery.
type Part struct {
	Name   string // full.csv, add.csv, remove.csv
	People []Person
}

// Parts are the files to write: none for a list that is too small, and only those of changes
// that have any.
func (d Delivery) Parts() []Part {
	platform, ok := PlatformNamed(d.Platform)
	if !ok || d.TooSmall {
		return nil
	}
	out := []Part{{fileName("full", platform.Extension), d.Full}}
	if len(d.Added) > 0 {
		out = append(out, Part{fileName("add", platform.Extension), d.Added})
	}
	if len(d.Removed) > 0 {
		out = append(out, Part{fileName("remove", platform.Extension), d.Removed})
	}
	return out
}
