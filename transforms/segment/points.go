package segment

import (
	"cmp"
	"math"
	"slices"
)

// PointsMove is one movement of points of one customer.
type PointsMove struct {
	Kind   string // earn, redeem, expire, adjust
	Points int64
	Day    int32
}

// Points is where a customer stands. Balance = Earned - Spent - what expired + adjustments.
type Points struct {
	Earned   int64
	Spent    int64
	Balance  int64
	Expiring int64 // of the balance, what expires in the next ExpiringDays
}

// ExpiringDays is how far ahead points count as expiring soon.
const ExpiringDays = 30

// PointsOf adds up the movements until a day. Sources state what is spent or expires with
// either sign. Points are spent from the oldest; expiryDays is how long they live, 0 = for ever.
func PointsOf(moves []PointsMove, asOf int32, expiryDays int) Points {
	moves = slices.Clone(moves)
	slices.SortStableFunc(moves, func(a, b PointsMove) int { return cmp.Compare(a.Day, b.Day) })
	var p Points
	var used, given int64 // given: earned or adjusted upwards
	for _, m := range moves {
		size := max(m.Points, -m.Points)
		switch {
		case m.Day > asOf:
		case m.Kind == "earn":
			p.Earned += m.Points
			given += m.Points
		case m.Kind == "redeem":
			p.Spent += size
			used += size
		case m.Kind == "expire":
			used += size
		case m.Kind == "adjust" && m.Points > 0:
			given += m.Points
		case m.Kind == "adjust":
			used += size
		}
	}
	p.Balance = given - used
	if expiryDays <= 0 {
		return p
	}
	for _, m := range moves {
		if m.Day > asOf || m.Points <= 0 || m.Kind != "earn" && m.Kind != "adjust" {
			continue
		}
		left := m.Points - min(used, m.Points)
		used -= m.Points - left
		if end := int(m.Day) + expiryDays; end > int(asOf) && end <= int(asOf)+ExpiringDays {
			p.Expiring += left
		}
	}
	return p
}

// Earns is what revenue (ten-thousandths) brings in points by the rules, where no loyalty
// system counts them.
func (t *Tiers) Earns(revenue int64) int64 {
	return int64(math.Floor(math.Max(0, float64(revenue)/moneyScale*t.PointsPerUnit)))
}
