package customers

import (
	"math"
	"time"
)

// calendar tells the day of moments in a zone. It remembers the span between two changes of
// the clocks, in which nearly all moments of one export lie.
type calendar struct {
	location    *time.Location
	from, until int64 // microseconds UTC
	offset      int64 // microseconds
}

const microsPerDay int64 = 86400e6

func newCalendar(zone string) (*calendar, error) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		return nil, err
	}
	return &calendar{location: location}, nil
}

// day is days since 1970-01-01 of a moment (microseconds UTC).
func (c *calendar) day(micros int64) int32 {
	if micros < c.from || micros >= c.until {
		c.look(micros)
	}
	local := micros + c.offset
	day := local / microsPerDay
	if local%microsPerDay < 0 {
		day--
	}
	return int32(day)
}

func (c *calendar) look(micros int64) {
	at := time.UnixMicro(micros).In(c.location)
	_, seconds := at.Zone()
	c.from, c.until, c.offset = math.MinInt64, math.MaxInt64, int64(seconds)*1e6
	start, end := at.ZoneBounds()
	if !start.IsZero() {
		c.from = start.UnixMicro()
	}
	if !end.IsZero() {
		c.until = end.UnixMicro()
	}
}
