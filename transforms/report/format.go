package report

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Missing stands for a value that is not known.
const Missing = "–"

// Count writes a whole number with separators: 1,234,567.
func Count(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "-", text[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i := range len(text) {
		if i > 0 && (len(text)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// Money writes ten-thousandths of a currency unit with two decimals, rounded half away from
// zero: 1,234.56.
func Money(v int64) string {
	cents, rest := v/100, v%100
	switch {
	case rest >= 50:
		cents++
	case rest <= -50:
		cents--
	}
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	text := Count(cents / 100)
	return sign + text + "." + string(byte('0'+cents%100/10)) + string(byte('0'+cents%10))
}

// Short writes a number for an axis or a tile: 950, 12.3k, 4.56M, 1.2B.
func Short(v float64) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, "B"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= unit.size {
			return sign + significant(v/unit.size) + unit.name
		}
	}
	return sign + significant(v)
}

// significant keeps three digits at most.
func significant(v float64) string {
	decimals := 2
	switch {
	case v >= 100 || v == math.Trunc(v):
		decimals = 0
	case v >= 10:
		decimals = 1
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// Percent writes a share of 1 as a percentage with one decimal.
func Percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return Missing
	}
	return strconv.FormatFloat(100*share, 'f', 1, 64) + " %"
}

// PercentOf writes n of all as a percentage, Missing where all is 0.
func PercentOf(n, all int64) string {
	if all == 0 {
		return Missing
	}
	return Percent(float64(n) / float64(all))
}

// Day writes days since 1970-01-01 as a date.
func Day(day int32) string { return date(day).Format(time.DateOnly) }
