package demo

import (
	"math"
	"sort"
	"time"
)

// Times are seconds since 1970-01-01 on the wall clock of Shanghai, days are whole days of it;
// exports that state UTC or another zone convert.
const (
	secondsPerDay  = 86400
	shanghaiOffset = 8 * 3600
)

// The window that exports show, and the future that only truth shows, in days.
const (
	pastDays   = 730
	futureDays = 365
	warmUpDays = 400 // customers may be older than the window
)

func dayOf(t int64) int {
	if t < 0 {
		return int((t - secondsPerDay + 1) / secondsPerDay)
	}
	return int(t / secondsPerDay)
}

// civil turns a day into its date (Hinnant, chrono-compatible low-level date algorithms).
func civil(day int) (year, month, dayOfMonth int) {
	z := day + 719468
	era := z / 146097
	if z < 0 {
		era = (z - 146096) / 146097
	}
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	dayOfMonth = doy - (153*mp+2)/5 + 1
	month = mp + 3
	if month > 12 {
		month -= 12
	}
	year = yoe + era*400
	if month <= 2 {
		year++
	}
	return year, month, dayOfMonth
}

func dayFrom(year, month, day int) int {
	return int(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

func appendDay(b []byte, day int, separator string) []byte {
	y, m, d := civil(day)
	b = append(b, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10))
	b = append(b, separator...)
	b = append(b, byte('0'+m/10), byte('0'+m%10))
	b = append(b, separator...)
	return append(b, byte('0'+d/10), byte('0'+d%10))
}

func isoDay(day int) string     { return string(appendDay(nil, day, "-")) }
func slashDay(day int) string   { return string(appendDay(nil, day, "/")) }
func compactDay(day int) string { return string(appendDay(nil, day, "")) }

func appendClock(b []byte, t int64) []byte {
	s := int(t - int64(dayOf(t))*secondsPerDay)
	h, m, s := s/3600, s/60%60, s%60
	return append(b, byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10), ':', byte('0'+s/10), byte('0'+s%10))
}

// dayTime is 2026-09-30 12:00:00 with the given separators.
func dayTime(t int64, separator, between string) string {
	b := appendDay(make([]byte, 0, 20), dayOf(t), separator)
	b = append(b, between...)
	return string(appendClock(b, t))
}

func wallTime(t int64) string { return dayTime(t, "-", " ") }
func utcTime(t int64) string  { return dayTime(t-shanghaiOffset, "-", " ") }
func utcStamp(t int64) string { return dayTime(t-shanghaiOffset, "-", "T") + "Z" }

// newYorkTime is the wall clock of New York with its offset; summer time is taken from April to
// October, which is exact but for days on which nobody reads the clock.
func newYorkTime(t int64) string {
	offset, zone := int64(5*3600), " -0500"
	if _, month, _ := civil(dayOf(t)); month >= 4 && month <= 10 {
		offset, zone = 4*3600, " -0400"
	}
	return dayTime(t-shanghaiOffset-offset, "-", " ") + zone
}

// springFestivals are the first days of the lunar year.
var springFestivals = map[int][2]int{
	2018: {2, 16}, 2019: {2, 5}, 2020: {1, 25}, 2021: {2, 12}, 2022: {2, 1}, 2023: {1, 22}, 2024: {2, 10}, 2025: {1, 29}, 2026: {2, 17},
	2027: {2, 6}, 2028: {1, 26}, 2029: {2, 13}, 2030: {2, 3}, 2031: {1, 23}, 2032: {2, 11}, 2033: {1, 31}, 2034: {2, 19}, 2035: {2, 8},
}

func springFestival(year int) int {
	if date, ok := springFestivals[year]; ok {
		return dayFrom(year, date[0], date[1])
	}
	return dayFrom(year, 2, 5)
}

// season is how much is bought on a day against a plain day.
func season(day int, chinese bool) float64 {
	y, m, d := civil(day)
	if chinese {
		festival := day - springFestival(y)
		switch {
		case m == 6 && d == 18, m == 11 && d == 11:
			return 7
		case m == 6 && d >= 14 && d < 18, m == 11 && d >= 8 && d < 11:
			return 2.2
		case m == 6 && d < 14, m == 11 && d < 8:
			return 1.4
		case m == 12 && d == 12:
			return 2.5
		case festival >= -21 && festival < -4:
			return 1.5
		case festival >= -4 && festival < 7:
			return 0.35
		}
		return 1
	}
	switch {
	case m == 11 && d >= 22 && d <= 30:
		return 3
	case m == 12 && d <= 20:
		return 2
	case m == 12:
		return 1.1
	case m == 1:
		return 0.8
	}
	return 1
}

// promotion is the discount of the day in percent.
func promotion(day int, chinese bool) int64 {
	y, m, d := civil(day)
	switch s := season(day, chinese); {
	case s >= 6:
		return 25
	case s >= 2:
		return 15
	case (y*12+m)%3 == 0 && d >= 10 && d < 17:
		return 10 // a promotion in every quarter
	}
	return 0
}

// seasons integrates season: gaps between purchases are drawn in plain days and mapped through
// it, so that seasons move purchases without changing their regularity.
type seasons struct {
	first      int
	cumulative [2][]float64 // plain days before the end of each day; 0 = Western, 1 = Chinese
}

func newSeasons(asOf int) *seasons {
	s := &seasons{first: asOf - pastDays - warmUpDays - 1}
	for i := range s.cumulative {
		total, plain := 0.0, 0.0
		for day := s.first; day <= asOf+futureDays+1; day++ {
			total += season(day, i == 1)
			plain++
			s.cumulative[i] = append(s.cumulative[i], total)
		}
		for j := range s.cumulative[i] {
			s.cumulative[i][j] *= plain / total // a plain day is an average day
		}
	}
	return s
}

func side(chinese bool) int {
	if chinese {
		return 1
	}
	return 0
}

// plain is the time in plain days at which a wall time lies.
func (s *seasons) plain(t float64, chinese bool) float64 {
	c := s.cumulative[side(chinese)]
	offset := t - float64(s.first)
	day := int(offset)
	if day >= len(c) {
		return c[len(c)-1] + offset
	}
	before := 0.0
	if day > 0 {
		before = c[day-1]
	}
	return before + (offset-float64(day))*(c[day]-before)
}

// wall is the inverse of plain; +Inf behind the last day.
func (s *seasons) wall(p float64, chinese bool) float64 {
	c := s.cumulative[side(chinese)]
	day := sort.SearchFloat64s(c, p)
	if day == len(c) {
		return math.Inf(1)
	}
	before := 0.0
	if day > 0 {
		before = c[day-1]
	}
	return float64(s.first+day) + (p-before)/(c[day]-before)
}
