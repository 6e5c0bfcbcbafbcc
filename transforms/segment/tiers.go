package segment

import (
	"math"
	"slices"
	"sort"
	"unsafe"

	"github.com/tributary-cdp/tributary/schemas"
)

// Level is one level of a tier programme.
type Level struct {
	Code string
	Name Name
	From float64 // of the basis, in reporting units; the lowest level starts at 0
}

// Tiers is a tier programme: the highest level whose From the basis reaches.
type Tiers struct {
	Basis         string // a column of numbers
	PointsPerUnit float64
	ExpiryDays    int
	GraceDays     int // a lower level is taken only after so many days below
	Levels        []Level
	basis         *column
}

func (l *loader) tiers(d *tiersDocument, line int) {
	if !l.first("tiers", line) {
		return
	}
	t := &Tiers{Basis: d.Basis, PointsPerUnit: d.PointsPerUnit, ExpiryDays: d.ExpiryDays, GraceDays: d.GraceDays}
	t.basis = columnsOnce()[d.Basis]
	if t.basis == nil || t.basis.kind != kindNumber {
		l.fail(line, "tiers: basis %q is no column of numbers%s", d.Basis, nearest(d.Basis, numberColumns()))
	}
	if d.PointsPerUnit < 0 || d.ExpiryDays < 0 || d.GraceDays < 0 {
		l.fail(line, "tiers: points_per_unit, expiry_days and grace_days must not be negative")
	}
	if len(d.Levels) == 0 {
		l.fail(line, "tiers: levels are missing")
	}
	seen := map[string]bool{}
	for i, level := range d.Levels {
		if !l.code("level", level.Code, line) {
			continue
		}
		if seen[level.Code] {
			l.fail(line, "tiers: level %q is given twice", level.Code)
		}
		seen[level.Code] = true
		switch {
		case i == 0 && level.From != 0:
			l.fail(line, "tiers: the first level must start from 0, or customers below %v would have none", level.From)
		case i > 0 && !(level.From > d.Levels[i-1].From):
			l.fail(line, "tiers: level %q starts from %v, not above the level before it", level.Code, level.From)
		}
		t.Levels = append(t.Levels, Level{level.Code, Name{level.EN, level.ZH}, level.From})
	}
	l.rules.Tiers = t
}

func numberColumns() []string {
	var out []string
	for _, name := range Columns() {
		if columnsOnce()[name].kind == kindNumber {
			out = append(out, name)
		}
	}
	return out
}

// Of is the index of the level of a customer by the basis; a null basis counts as 0.
func (t *Tiers) Of(c *schemas.Customer) int {
	value, _ := t.basis.number(unsafe.Pointer(c))
	i := sort.Search(len(t.Levels), func(i int) bool { return t.Levels[i].From > value })
	return max(0, i-1)
}

// Keep applies the grace: a customer whose basis asks for a lower level than before keeps the
// one before until the grace is over. daysBelow counts from the first run below.
func (t *Tiers) Keep(now int, before string, daysBelow int32) int {
	for i, level := range t.Levels {
		if level.Code == before && i > now && int(daysBelow) < t.GraceDays {
			return i
		}
	}
	return now
}

// Missing is what the basis lacks for the next level; false at the highest.
func (t *Tiers) Missing(c *schemas.Customer, now int) (next Level, missing float64, ok bool) {
	if now+1 >= len(t.Levels) {
		return Level{}, 0, false
	}
	value, _ := t.basis.number(unsafe.Pointer(c))
	next = t.Levels[now+1]
	return next, math.Max(0, next.From-value), true
}

// Changes of a tier since the last run.
const (
	TierUp   = "up"
	TierDown = "down"
	TierSame = "same"
	TierMove = "changed" // between tiers of which the rules know no order
)

// TierChange compares a tier with the one of the last run.
func (r *Rules) TierChange(before, now string) string {
	if before == now {
		return TierSame
	}
	if r.Tiers == nil {
		return TierMove
	}
	index := func(code string) int {
		return slices.IndexFunc(r.Tiers.Levels, func(l Level) bool { return l.Code == code })
	}
	switch a, b := index(before), index(now); {
	case a < 0 || b < 0:
		return TierMove
	case b > a:
		return TierUp
	}
	return TierDown
}
