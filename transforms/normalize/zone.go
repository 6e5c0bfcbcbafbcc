package normalize

import (
	"math"
	"time"
)

const microsPerDay int64 = 86400e6

// Zone tells the local time of moments. It remembers the span between two changes of the
// clocks, in which nearly all moments of one export lie. Not for use by two goroutines at a time.
type Zone struct {
	Location    *time.Location
	from, until int64 // of the span, microseconds UTC
	offset      int64 // in it, microseconds
}

// Local is a moment (microseconds UTC) as microseconds since the local 1970-01-01 00:00.
func (z *Zone) Local(micros int64) int64 {
	if micros < z.from || micros >= z.until {
		z.from, z.until, z.offset = spanOf(micros, z.Location)
	}
	return micros + z.offset
}

// Day is days since 1970-01-01 of a moment (microseconds UTC).
func (z *Zone) Day(micros int64) int32 { return int32(floorDiv(z.Local(micros), microsPerDay)) }

// spanOf is the span around a moment in which a zone's offset does not change, and the offset.
func spanOf(micros int64, location *time.Location) (from, until, offset int64) {
	at := time.UnixMicro(micros).In(location)
	_, seconds := at.Zone()
	from, until = math.MinInt64, math.MaxInt64
	start, end := at.ZoneBounds()
	if !start.IsZero() {
		from = start.UnixMicro()
	}
	if !end.IsZero() {
		until = end.UnixMicro()
	}
	return from, until, int64(seconds) * 1e6
}
