package normalize

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Errors of dates and times. The offending text is never part of the message.
var (
	ErrNoTime        = errors.New("is empty or a placeholder for no date")
	ErrBadTime       = errors.New("is not a date (expected YYYY-MM-DD, YYYY/MM/DD or YYYYMMDD, with or without a time)")
	ErrImpossible    = errors.New("is a day or time that does not exist")
	ErrAmbiguousDate = errors.New("could be day/month or month/day: give the column a format such as dd/mm/yyyy")
)

// Time reads a point in time and returns microseconds since 1970 UTC. An empty format accepts
// ISO 8601 and its common relatives; epoch_s, epoch_ms and epoch_us read numbers; serial reads a
// spreadsheet's day number; otherwise the format is made of yyyy yy mm m dd d hh MM ss. Times
// without a zone are in loc. ErrNoTime is returned for placeholders such as 0000-00-00.
func Time(raw, format string, loc *time.Location) (int64, error) {
	if format == "" {
		if micros, ok := quickTime(raw, loc); ok {
			return micros, nil
		}
	}
	s := strings.TrimSpace(Half(raw))
	if noTime(s) {
		return 0, ErrNoTime
	}
	switch format {
	case "":
	case "epoch_s", "epoch_ms", "epoch_us":
		n, err := strconv.ParseInt(s, 10, 64)
		scale := epochs[format]
		if err != nil || n < earliestEpoch/scale || n > latestEpoch/scale {
			return 0, fmt.Errorf("is not the time since 1970 in the declared unit: %w", ErrBadTime)
		}
		return n * scale, nil
	case "serial":
		return serialTime(s, loc)
	default:
		return formatted(s, format, loc)
	}
	return autoTime(s, loc)
}

// epochs are the microseconds of a unit of a number since 1970.
var epochs = map[string]int64{"epoch_s": 1e6, "epoch_ms": 1e3, "epoch_us": 1}

// A number outside of 1973-03-03 to 2199-01-01 is in another unit.
const (
	earliestEpoch = 100000000 * 1e6
	latestEpoch   = 7226582400 * 1e6
)

// Day reads a calendar day and returns days since 1970-01-01. A time after the day is ignored.
func Day(raw, format string) (int32, error) {
	micros, err := Time(raw, format, time.UTC)
	if err != nil {
		return 0, err
	}
	return int32(floorDiv(micros, 86400e6)), nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// noTime are placeholders for no date: zeros, and the far ends that systems use.
func noTime(s string) bool {
	if IsNull(s) {
		return true
	}
	if strings.Trim(s, "0-/.: ") == "" {
		return true
	}
	return strings.HasPrefix(s, "9999-12-31") || s == "99991231" || strings.HasPrefix(s, "0001-01-01")
}

// autoTime reads yyyy-mm-dd, yyyy/mm/dd, yyyy.mm.dd, yyyymmdd and Chinese 年月日, then an
// optional time with optional fraction and zone.
func autoTime(s string, loc *time.Location) (int64, error) {
	year, month, day, rest, err := leadingDate(s)
	if err != nil {
		return 0, err
	}
	hour, minute, second, micro, zone, err := clock(rest, loc)
	if err != nil {
		return 0, err
	}
	return assemble(year, month, day, hour, minute, second, micro, zone)
}

func leadingDate(s string) (year, month, day int, rest string, err error) {
	if len(s) >= 8 && onlyDigits(s[:8]) && (len(s) == 8 || s[8] < '0' || s[8] > '9') {
		year, month, day = digits(s[:4]), digits(s[4:6]), digits(s[6:8])
		return year, month, day, s[8:], nil
	}
	if len(s) == 14 && onlyDigits(s) {
		return digits(s[:4]), digits(s[4:6]), digits(s[6:8]), " " + s[8:10] + ":" + s[10:12] + ":" + s[12:14], nil
	}
	first, i := number(s, 0)
	if i == 0 || i >= len(s) {
		return 0, 0, 0, "", ErrBadTime
	}
	separator, width := s[i:i+1], 1
	if strings.HasPrefix(s[i:], "年") {
		separator, width = "年", len("年")
	} else if !strings.Contains("-/.", separator) {
		return 0, 0, 0, "", ErrBadTime
	}
	second, j := number(s, i+width)
	if j == i+width || j >= len(s) {
		return 0, 0, 0, "", ErrBadTime
	}
	width = 1
	if separator == "年" {
		if !strings.HasPrefix(s[j:], "月") {
			return 0, 0, 0, "", ErrBadTime
		}
		width = len("月")
	} else if s[j:j+1] != separator {
		return 0, 0, 0, "", ErrBadTime
	}
	third, k := number(s, j+width)
	if k == j+width {
		return 0, 0, 0, "", ErrBadTime
	}
	rest = strings.TrimPrefix(s[k:], "日")
	switch {
	case i == 4:
		return first, second, third, rest, nil
	case k-j-width == 4 || k-j-width == 2:
		return 0, 0, 0, "", ErrAmbiguousDate
	}
	return 0, 0, 0, "", ErrBadTime
}

// number reads digits from i and returns their value and the index after them.
func number(s string, i int) (value, end int) {
	for end = i; end < len(s) && s[end] >= '0' && s[end] <= '9' && end-i < 6; end++ {
		value = value*10 + int(s[end]-'0')
	}
	return value, end
}

func digits(s string) int {
	value, _ := number(s, 0)
	return value
}

// clock reads what follows a date: nothing, or [T ]hh:mm[:ss[.fraction]] and a zone.
func clock(s string, loc *time.Location) (hour, minute, second, micro int, zone *time.Location, err error) {
	zone = loc
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "T"))
	if s == "" {
		return
	}
	var i int
	if hour, i = number(s, 0); i == 0 || i > 2 {
		return 0, 0, 0, 0, nil, ErrBadTime
	}
	if i >= len(s) || s[i] != ':' {
		return 0, 0, 0, 0, nil, ErrBadTime
	}
	j := i + 1
	if minute, i = number(s, j); i == j || i-j > 2 {
		return 0, 0, 0, 0, nil, ErrBadTime
	}
	if i < len(s) && s[i] == ':' {
		j = i + 1
		if second, i = number(s, j); i == j || i-j > 2 {
			return 0, 0, 0, 0, nil, ErrBadTime
		}
	}
	if i < len(s) && (s[i] == '.' || s[i] == ',') {
		scale := 100000
		for i++; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			micro += int(s[i]-'0') * scale
			scale /= 10
		}
	}
	zone, err = offset(strings.TrimSpace(s[i:]), loc)
	return
}

// offset reads Z, UTC, +08:00, +0800, +08; empty is loc.
func offset(s string, loc *time.Location) (*time.Location, error) {
	switch s {
	case "":
		return loc, nil
	case "Z", "z", "UTC", "GMT":
		return time.UTC, nil
	}
	if len(s) < 3 || (s[0] != '+' && s[0] != '-') {
		return nil, ErrBadTime
	}
	plain := strings.ReplaceAll(s[1:], ":", "")
	if !onlyDigits(plain) || (len(plain) != 2 && len(plain) != 4) {
		return nil, ErrBadTime
	}
	hours, minutes := digits(plain[:2]), 0
	if len(plain) == 4 {
		minutes = digits(plain[2:])
	}
	if hours > 14 || minutes > 59 {
		return nil, ErrImpossible
	}
	seconds := hours*3600 + minutes*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone(s, seconds), nil
}

func assemble(year, month, day, hour, minute, second, micro int, zone *time.Location) (int64, error) {
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 || year < 1 {
		return 0, ErrImpossible
	}
	if zone == time.UTC {
		days := daysFromCivil(year, month, day)
		return ((days*24+int64(hour))*60+int64(minute))*60e6 + int64(second)*1e6 + int64(micro), nil
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, micro*1000, zone).UnixMicro(), nil
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysFromCivil counts days since 1970-01-01 (H. Hinnant, chrono-compatible date algorithms).
func daysFromCivil(y, m, d int) int64 {
	if m <= 2 {
		y--
	}
	era := y / 400
	yoe := y - era*400
	shift := -3
	if m <= 2 {
		shift = 9
	}
	doy := (153*(m+shift)+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return int64(era)*146097 + int64(doe) - 719468
}

// serialTime reads a spreadsheet's day number: days since 1899-12-30.
func serialTime(s string, loc *time.Location) (int64, error) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 1 || n > 2958465 {
		return 0, fmt.Errorf("is not a spreadsheet's day number: %w", ErrBadTime)
	}
	days := int(n)
	micros := int64((n - float64(days)) * 86400e6)
	return time.Date(1899, 12, 30+days, 0, 0, 0, 0, loc).UnixMicro() + micros, nil
}

// formatted reads a date in a declared order of parts.
func formatted(s, format string, loc *time.Location) (int64, error) {
	var year, month, day, hour, minute, second int
	i := 0
	for f := 0; f < len(format); {
		c, width := format[f], 1
		for f+width < len(format) && format[f+width] == c {
			width++
		}
		f += width
		var target *int
		switch c {
		case 'y':
			target = &year
		case 'm':
			target = &month
		case 'd':
			target = &day
		case 'h', 'H':
			target = &hour
		case 'M':
			target = &minute
		case 's':
			target = &second
		default:
			if i >= len(s) && (c == ' ' || c == 'T') {
				f = len(format) // a date without its time
				continue
			}
			if i+width > len(s) || s[i:i+width] != format[f-width:f] {
				return 0, ErrBadTime
			}
			i += width
			continue
		}
		start := i
		most := max(2, width)
		for i < len(s) && i-start < most && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		if i == start {
			return 0, ErrBadTime
		}
		*target = digits(s[start:i])
		if c == 'y' && width == 2 && year < 100 {
			year += 2000
			if year > 2068 {
				year -= 100
			}
		}
	}
	if strings.TrimSpace(s[i:]) != "" && !strings.HasPrefix(strings.TrimSpace(s[i:]), "00:00") {
		return 0, ErrBadTime
	}
	return assemble(year, month, day, hour, minute, second, 0, loc)
}
