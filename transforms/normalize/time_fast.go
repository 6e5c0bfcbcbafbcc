package normalize

import (
	"math"
	"sync/atomic"
	"time"
)

// quickTime reads the shape of nearly all times in exports, yyyy-mm-dd hh:mm:ss with - or /
// between the parts of the day, a blank or T before the time, and nothing, Z or ±hh[:]mm
// behind. It returns false for anything else, which autoTime reads or refuses.
func quickTime(s string, loc *time.Location) (micros int64, ok bool) {
	if len(s) < 19 || (s[4] != '-' && s[4] != '/') || s[7] != s[4] || (s[10] != ' ' && s[10] != 'T') || s[13] != ':' || s[16] != ':' {
		return 0, false
	}
	century, ok1 := two(s, 0)
	years, ok2 := two(s, 2)
	month, ok3 := two(s, 5)
	day, ok4 := two(s, 8)
	hour, ok5 := two(s, 11)
	minute, ok6 := two(s, 14)
	second, ok7 := two(s, 17)
	year := century*100 + years
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7) || year < 1900 || year > 9998 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) ||
		hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	local := ((daysFromCivil(year, month, day)*24+int64(hour))*60+int64(minute))*60e6 + int64(second)*1e6
	rest := s[19:]
	if rest == "" {
		return localTime(local, loc)
	}
	if rest == "Z" {
		return local, true
	}
	if rest[0] == ' ' {
		rest = rest[1:]
	}
	if len(rest) == 6 && rest[3] == ':' {
		rest = rest[:3] + rest[4:]
	}
	if len(rest) != 5 || (rest[0] != '+' && rest[0] != '-') {
		return 0, false
	}
	hours, ok1 := two(rest, 1)
	minutes, ok2 := two(rest, 3)
	if !ok1 || !ok2 || hours > 14 || minutes > 59 {
		return 0, false
	}
	offset := int64(hours*60+minutes) * 60e6
	if rest[0] == '-' {
		offset = -offset
	}
	return local - offset, true
}

// two reads two digits at i.
func two(s string, i int) (value int, ok bool) {
	a, b := s[i]-'0', s[i+1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

// zoneSpan is a span of time in which a zone's offset does not change.
type zoneSpan struct {
	location    *time.Location
	from, until int64 // local microseconds, a day within the span on both sides
	offset      int64 // microseconds
}

// lastSpan is the span that was needed last; most exports stay within one.
var lastSpan atomic.Pointer[zoneSpan]

// localTime turns local microseconds into UTC. Near a change of the clocks it leaves the
// question to the library.
func localTime(local int64, loc *time.Location) (int64, bool) {
	if loc == time.UTC {
		return local, true
	}
	span := lastSpan.Load()
	if span == nil || span.location != loc || local < span.from || local >= span.until {
		span = spanAt(local, loc)
		lastSpan.Store(span)
		if local < span.from || local >= span.until {
			return 0, false
		}
	}
	return local - span.offset, true
}

func spanAt(local int64, loc *time.Location) *zoneSpan {
	from, until, offset := spanOf(local, loc)
	span := &zoneSpan{location: loc, from: from, until: until, offset: offset}
	if from != math.MinInt64 {
		span.from += offset + microsPerDay
	}
	if until != math.MaxInt64 {
		span.until += offset - microsPerDay
	}
	return span
}
