package normalize

import (
	"errors"
	"strings"
)

// Errors of amounts.
var (
	ErrNoAmount        = errors.New("is empty")
	ErrBadAmount       = errors.New("is not an amount (expected 1,234.56 or 1.234,56)")
	ErrAmbiguousAmount = errors.New("could be thousands or decimals: declare the decimal mark of the source (decimal: \".\" or \",\")")
	ErrTwoSigns        = errors.New("has two signs")
)

// Exponent is the number of decimals of a currency's minor unit (ISO 4217).
func Exponent(currency string) int {
	switch currency {
	case "JPY", "KRW", "VND", "CLP", "ISK", "UGX", "XAF", "XOF", "XPF", "PYG", "RWF", "KMF", "GNF", "DJF", "BIF", "VUV":
		return 0
	case "KWD", "BHD", "JOD", "OMR", "TND", "IQD", "LYD":
		return 3
	}
	return 2
}

// Money reads an amount and returns minor units of the currency. mark is the decimal mark
// ('.' or ','), 0 to tell it from the text where that is safe. Digits beyond the minor unit
// are rounded half away from zero.
func Money(raw string, mark byte, currency string) (int64, error) {
	return Decimal(raw, mark, Exponent(currency))
}

// Decimal reads a number with thousands separators and signs of many locales and returns it
// as an integer of 10^-scale units, rounded half away from zero.
func Decimal(raw string, mark byte, scale int) (int64, error) {
	if v, ok := plainDecimal(raw, mark, scale); ok {
		return v, nil
	}
	s := strings.TrimSpace(Half(raw))
	if IsNull(s) {
		return 0, ErrNoAmount
	}
	s, negative, err := stripSigns(s)
	if err != nil {
		return 0, err
	}
	whole, fraction, err := splitDecimal(s, mark)
	if err != nil {
		return 0, err
	}
	v, ok := toUnits(whole, fraction, scale)
	if !ok {
		return 0, ErrBadAmount
	}
	if negative {
		v = -v
	}
	return v, nil
}

// plainDecimal is the fast path: -digits[.digits].
func plainDecimal(s string, mark byte, scale int) (int64, bool) {
	if mark == ',' || len(s) == 0 || len(s) > 15 {
		return 0, false
	}
	i, negative := 0, false
	if s[0] == '-' {
		i, negative = 1, true
	}
	var v int64
	decimals := -1
	start := i
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			if decimals == scale {
				return 0, false // rounding is for the slow path
			}
			v = v*10 + int64(c-'0')
			if decimals >= 0 {
				decimals++
			}
		case c == '.' && decimals < 0 && i > start && i < len(s)-1:
			decimals = 0
		default:
			return 0, false
		}
	}
	if i == start {
		return 0, false
	}
	if decimals == 3 && scale > 3 && mark == 0 {
		return 0, false
	}
	for decimals = max(decimals, 0); decimals < scale; decimals++ {
		v *= 10
	}
	if negative {
		v = -v
	}
	return v, true
}

var currencySigns = strings.NewReplacer("¥", "", "￥", "", "$", "", "€", "", "£", "", "元", "", "\u00a0", "", " ", "", "\u202f", "")

// stripSigns removes currency signs and codes and finds the sign: leading, trailing or brackets.
func stripSigns(s string) (plain string, negative bool, err error) {
	s = currencySigns.Replace(s)
	if len(s) > 3 && isUpper(s[:3]) {
		s = s[3:]
	} else if len(s) > 3 && isUpper(s[len(s)-3:]) {
		s = s[:len(s)-3]
	}
	signs := 0
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		s, negative = s[1:len(s)-1], true
		signs++
	}
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		negative = negative || s[0] == '-'
		s = s[1:]
		signs++
	}
	if strings.HasSuffix(s, "-") || strings.HasSuffix(s, "+") {
		negative = negative || s[len(s)-1] == '-'
		s = s[:len(s)-1]
		signs++
	}
	if signs > 1 {
		return "", false, ErrTwoSigns
	}
	return s, negative, nil
}

func isUpper(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

// splitDecimal separates whole and fraction digits. Without a declared mark a single
// separator before exactly three digits is ambiguous.
func splitDecimal(s string, mark byte) (whole, fraction string, err error) {
	dots, commas, quotes := strings.Count(s, "."), strings.Count(s, ","), strings.Count(s, "'")
	var decimal, thousands string
	switch {
	case mark == '.':
		decimal, thousands = ".", ","
	case mark == ',':
		decimal, thousands = ",", "."
	case dots > 0 && commas > 0:
		decimal, thousands = ".", ","
		if strings.LastIndex(s, ",") > strings.LastIndex(s, ".") {
			decimal, thousands = ",", "."
		}
	case commas == 1:
		if len(s)-strings.Index(s, ",")-1 == 3 {
			return "", "", ErrAmbiguousAmount
		}
		decimal, thousands = ",", "."
	case commas > 1:
		decimal, thousands = ".", ","
	case dots > 1:
		decimal, thousands = ",", "."
	default:
		decimal, thousands = ".", ","
	}
	if quotes > 0 {
		thousands = "'"
	}
	if strings.Count(s, decimal) > 1 {
		return "", "", ErrBadAmount
	}
	whole, fraction, _ = strings.Cut(s, decimal)
	if strings.Contains(whole, thousands) {
		groups := strings.Split(whole, thousands)
		for i, group := range groups {
			if (i == 0 && (len(group) == 0 || len(group) > 3)) || (i > 0 && len(group) != 3) {
				return "", "", ErrBadAmount
			}
		}
		whole = strings.Join(groups, "")
	}
	if (whole == "" && fraction == "") || (whole != "" && !onlyDigits(whole)) || (fraction != "" && !onlyDigits(fraction)) {
		return "", "", ErrBadAmount
	}
	return whole, fraction, nil
}

func toUnits(whole, fraction string, scale int) (int64, bool) {
	whole = strings.TrimLeft(whole, "0")
	if len(whole)+scale > 18 {
		return 0, false
	}
	var v int64
	for i := 0; i < len(whole); i++ {
		v = v*10 + int64(whole[i]-'0')
	}
	for i := range scale {
		v *= 10
		if i < len(fraction) {
			v += int64(fraction[i] - '0')
		}
	}
	if len(fraction) > scale && fraction[scale] >= '5' {
		v++
	}
	return v, true
}

// Quantity reads a number of pieces, kilograms and the like.
func Quantity(raw string, mark byte) (float64, error) {
	v, err := Decimal(raw, mark, 6)
	return float64(v) / 1e6, err
}
