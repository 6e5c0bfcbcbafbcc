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

// Points is where a customer stands.
// Balance = Earned - Spent - Expired + adjustments.
type Points struct {
	Earned   int64
	Spent    int64
	Expired  int64
	Balance  int64
	Expiring int64 // of the balance, what expires in the next ExpiringDays
}

// ExpiringDays is how far ahead points count as expiring soon.
const ExpiringDays = 30

// lot is what is left of points that came on one day.
type lot struct {
	day  int32
	left int64
}

// PointsOf adds up the movements until a day. Sources state what is spent or expires with
// either sign. Points are spent from the oldest. expiryDays is how long they live, 0 = for ever;
// a source that books the expiry itself, on the day or later, books the same points and not
// others. What is spent beyond what is known (the account is older than the export) is a debt
// that later points pay.
func PointsOf(moves []PointsMove, asOf int32, expiryDays int) Points {
	moves = slices.Clone(moves)
	slices.SortStableFunc(moves, func(a, b PointsMove) int { return cmp.Compare(a.Day, b.Day) })
	var p Points
	var lots []lot
	var debt, unbooked int64 // unbooked: expired by the rule, and by no movement so far
	take := func(n int64) {
		for n > 0 && len(lots) > 0 {
			part := min(n, lots[0].left)
			n -= part
			if lots[0].left -= part; lots[0].left == 0 {
				lots = lots[1:]
			}
		}
		debt += n
	}
	give := func(n int64, day int32) {
		paid := min(n, debt)
		debt -= paid
		if n > paid {
			lots = append(lots, lot{day, n - paid})
		}
	}
	expire := func(today int32) {
		for expiryDays > 0 && len(lots) > 0 && int(lots[0].day)+expiryDays <= int(today) {
			p.Expired += lots[0].left
			unbooked += lots[0].left
			lots = lots[1:]
		}
	}
	for _, m := range moves {
		if m.Day > asOf {
			break
		}
		expire(m.Day)
		size := max(m.Points, -m.Points)
		switch {
		case m.Kind == "earn" && m.Points > 0:
			p.Earned += m.Points
			give(m.Points, m.Day)
		case m.Kind == "earn": // taken back, as for a returned order
			p.Earned += m.Points
			take(size)
		case m.Kind == "redeem":
			p.Spent += size
			take(size)
		case m.Kind == "expire":
			booked := min(size, unbooked)
			unbooked -= booked
			p.Expired += size - booked
			take(size - booked)
		case m.Kind == "adjust" && m.Points > 0:
			give(m.Points, m.Day)
		case m.Kind == "adjust":
			take(size)
		}
	}
	expire(asOf)
	for _, l := range lots {
		p.Balance += l.left
		if end := int(l.day) + expiryDays; expiryDays > 0 && end <= int(asOf)+ExpiringDays {
			p.Expiring += l.left
		}
	}
	p.Balance -= debt
	return p
}

// Earns is what revenue (ten-thousandths) brings in points by the rules, where no loyalty
// system counts them.
func (t *Tiers) Earns(revenue int64) int64 {
	return int64(math.Floor(math.Max(0, float64(revenue)/moneyScale*t.PointsPerUnit)))
}
