package segment

import (
	"math"
	"slices"
	"sort"
	"time"
	"unsafe"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// Level is one level of a tier programme.
type Level struct {
	Code string
	Name Name
	From float64 // of the basis, in reporting units; the lowest level starts at 0
}

// Cycles of a tier programme: how long a tier that was reached is safe.
const (
	CycleAnniversary = "anniversary" // a year from the day on which it was reached or renewed; the default
	CycleCalendar    = "calendar"    // until 31 December
	CycleRolling     = "rolling"     // not at all: the grace alone counts, from the first run below
)

// Tiers is a tier programme. A customer rises at once to the highest level whose From the basis
// reaches. A level is lost only when its cycle is over and the grace after it: by the first run
// behind that day in which the basis is still too low.
type Tiers struct {
	Basis         string // a column of numbers
	PointsPerUnit float64
	ExpiryDays    int
	GraceDays     int
	Cycle         string
	Levels        []Level
	basis         *column
}

// TierState is what one run leaves of a customer's tier for the next one. Days of 0 are unknown.
type TierState struct {
	Tier        string // "" = none
	Since       int32  // day since when it is held
	CycleEnd    int32  // last day on which it is safe
	BelowSince  int32  // as_of of the first run in which the basis was too low for it
	DowngradeOn int32  // first day on which it can be lost; only while the basis is too low
}

func (l *loader) tiers(d *tiersDocument, line int) {
	if !l.first("tiers", line) {
		return
	}
	t := &Tiers{Basis: d.Basis, PointsPerUnit: d.PointsPerUnit, ExpiryDays: d.ExpiryDays, GraceDays: d.GraceDays, Cycle: d.Cycle}
	switch d.Cycle {
	case "":
		t.Cycle = CycleAnniversary
	case CycleAnniversary, CycleCalendar, CycleRolling:
	default:
		l.fail(line, "tiers: unknown cycle %q%s", d.Cycle, strictyaml.Suggest(d.Cycle, []string{CycleAnniversary, CycleCalendar, CycleRolling}))
	}
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

// Next is the tier of a customer at as_of, after that of the last run.
func (t *Tiers) Next(c *schemas.Customer, before TierState, asOf int32) TierState {
	now := t.Of(c)
	held := slices.IndexFunc(t.Levels, func(l Level) bool { return l.Code == before.Tier })
	if held < 0 || now > held { // new, or risen at once
		return t.reached(now, asOf)
	}
	if now == held {
		state := before
		state.BelowSince, state.DowngradeOn = 0, 0
		if t.Cycle != CycleRolling && asOf > before.CycleEnd { // renewed
			state.CycleEnd = t.cycleEnd(asOf)
		}
		return state
	}
	state := before
	if state.BelowSince == 0 {
		state.BelowSince = asOf
	}
	last := state.CycleEnd // day that the grace follows
	if t.Cycle == CycleRolling || last == 0 {
		last = state.BelowSince - 1
	}
	state.DowngradeOn = last + 1 + int32(t.GraceDays)
	if asOf < state.DowngradeOn {
		return state
	}
	return t.reached(now, asOf)
}

func (t *Tiers) reached(level int, asOf int32) TierState {
	return TierState{Tier: t.Levels[level].Code, Since: asOf, CycleEnd: t.cycleEnd(asOf)}
}

// cycleEnd is the last day of a cycle that begins on a day; 0 where there are none.
func (t *Tiers) cycleEnd(day int32) int32 {
	const secondsPerDay = 86400
	from := time.Unix(int64(day)*secondsPerDay, 0).UTC()
	switch t.Cycle {
	case CycleCalendar:
		return int32(time.Date(from.Year(), 12, 31, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
	case CycleRolling:
		return 0
	}
	return int32(from.AddDate(1, 0, 0).Unix()/secondsPerDay) - 1
}

// Level is the index of a tier; that of the customer's basis where the programme does not know it.
func (t *Tiers) Level(c *schemas.Customer) int {
	if i := slices.IndexFunc(t.Levels, func(l Level) bool { return l.Code == c.Tier }); i >= 0 {
		return i
	}
	return t.Of(c)
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
