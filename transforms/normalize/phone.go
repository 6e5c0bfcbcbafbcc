package normalize

import (
	"slices"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"

	"github.com/tributary-cdp/tributary/schemas"
)

// Phone reads a telephone number and returns its E.164 form and status (schemas.ContactValid,
// ContactMasked, ContactVirtual, ContactJunk, ContactInvalid). Numbers without a country code
// are tried in the given ISO 3166 regions, in order: 1-312-363-3560 is a mobile number in China
// as well as a number in Chicago, so the order decides. Numbers that are possible but lie in no
// assigned range (+44 7700 900xxx) count as valid: an identifier need not be dialled.
func Phone(raw string, regions []string) (value, status string) {
	s := strings.TrimSpace(Half(raw))
	if s == "" {
		return "", schemas.ContactInvalid
	}
	if IsMasked(s) || maskedByX(s) {
		return "", schemas.ContactMasked
	}
	d := readDigits(s)
	if d.extension {
		return "", schemas.ContactVirtual
	}
	if junkDigits(d.digits) {
		return "", schemas.ContactJunk
	}
	value, known := fastPhone(d.digits, d.plus, regions)
	if !known {
		value = slowPhone(d.digits, d.plus, regions)
	}
	if value == "" {
		return "", schemas.ContactInvalid
	}
	return value, schemas.ContactValid
}

// maskedByX: 138xxxx8000. A single x marks an extension.
func maskedByX(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i]|0x20 == 'x' && s[i-1]|0x20 == 'x' {
			return true
		}
	}
	return false
}

// dialled is a number as its digits.
type dialled struct {
	digits    string
	plus      bool // a country code is stated by + or 00
	extension bool // host and extension: a platform's virtual number, or a switchboard
}

// mostDigits is more than any number has (E.164 allows 15).
const mostDigits = 24

// readDigits keeps the digits of the first number in a text.
func readDigits(s string) dialled {
	var buffer [mostDigits]byte
	n, plus := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			if n == len(buffer) {
				return dialled{string(buffer[:n]), plus, false}
			}
			buffer[n] = c
			n++
		case c == '+' && n == 0:
			plus = true
		case c == '(' && plus && n > 0 && strings.HasPrefix(s[i:], "(0)"):
			i += 2 // +44 (0)7700: the trunk zero is not dialled from abroad
		case n >= 7 && secondNumber(c, n, s[i+1:]):
			i = len(s)
		case n >= 7 && (c == ',' || c == ';' || c == '#' || c == 'x' || c == 'X'):
			return dialled{string(buffer[:n]), plus, true}
		case c == '-' && virtualHost(buffer[:n]) && extensionDigits(s[i+1:]):
			return dialled{string(buffer[:n]), plus, true} // 18412345678-1234
		case n >= 7 && c >= 0x80 && (strings.HasPrefix(s[i:], "转") || strings.HasPrefix(s[i:], "分机")),
			n >= 7 && (c == 'e' || c == 'E') && strings.HasPrefix(strings.ToLower(s[i:]), "ext"):
			return dialled{string(buffer[:n]), plus, true}
		}
	}
	digits := string(buffer[:n])
	if !plus && n > 9 && strings.HasPrefix(digits, "00") {
		return dialled{digits[2:], true, false}
	}
	return dialled{digits, plus, false}
}

// secondNumber tells whether a separator is followed by another whole number: two numbers in
// one cell, of which the first is read. A slash within a number parts the area code (030/231).
func secondNumber(c byte, n int, rest string) bool {
	if c != ',' && c != ';' && c != '|' && c != '/' || c == '/' && n < 10 {
		return false
	}
	more := 0
	for i := 0; i < len(rest); i++ {
		if rest[i] >= '0' && rest[i] <= '9' {
			more++
		}
	}
	return more >= 7
}

// virtualHost: a Chinese mobile number, to which platforms add an extension behind a dash.
func virtualHost(digits []byte) bool {
	if len(digits) == 13 && digits[0] == '8' && digits[1] == '6' {
		digits = digits[2:]
	}
	return len(digits) == 11 && digits[0] == '1' && digits[1] >= '3'
}

func extensionDigits(s string) bool { return len(s) >= 2 && len(s) <= 6 && onlyDigits(s) }

func onlyDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) > 0
}

// junkNumbers are placeholders that forms and staff use; they count as valid in libraries.
var junkNumbers = map[string]bool{
	"13800138000": true, "13812345678": true, "13912345678": true, "15512345678": true, "18612345678": true, "13123456789": true,
	"12345678": true, "123456789": true, "1234567890": true, "12345678900": true, "12345678901": true, "0123456789": true,
	"01234567890": true, "87654321": true, "987654321": true, "9876543210": true, "5551234567": true, "15551234567": true, "18005551234": true,
}

// junkDigits tells placeholders: too short to be a number, a listed one, or one digit repeated.
func junkDigits(digits string) bool {
	if len(digits) < 6 {
		return len(digits) > 0
	}
	national := digits
	if len(digits) == 13 && digits[:2] == "86" {
		national = digits[2:]
	}
	if junkNumbers[national] {
		return true
	}
	tail := national[max(0, len(national)-8):]
	for i := 1; i < len(tail); i++ {
		if tail[i] != tail[0] {
			return false
		}
	}
	return true
}

// phoneCache remembers what the library said, bounded.
var phoneCache = struct {
	sync.RWMutex
	values map[string]string
}{values: map[string]string{}}

const phoneCacheSize = 1 << 16

// slowPhone asks the library, once for each number.
func slowPhone(digits string, plus bool, regions []string) string {
	key := "+" + digits
	if !plus {
		key = digits + "/" + strings.Join(regions, ",")
	}
	phoneCache.RLock()
	value, ok := phoneCache.values[key]
	phoneCache.RUnlock()
	if ok {
		return value
	}
	value = libraryPhone(digits, plus, regions)
	phoneCache.Lock()
	if len(phoneCache.values) >= phoneCacheSize {
		clear(phoneCache.values)
	}
	phoneCache.values[key] = value
	phoneCache.Unlock()
	return value
}

// libraryPhone decides by libphonenumber, empty when it is no number: the country code if one
// is stated; else the regions in order, first in the form that people of the region write
// (landlines with their trunk zero: without it 212 555 0101 would be Shanghai rather than New
// York), then in any form; at last a country code without its plus. A valid number in any of
// these wins over a merely possible one.
func libraryPhone(digits string, plus bool, regions []string) string {
	possible := ""
	try := func(text, region string, national bool) string {
		number, err := phonenumbers.Parse(text, region)
		if err != nil {
			return ""
		}
		if national && !nationalForm(number, digits, region) {
			return ""
		}
		formatted := phonenumbers.Format(number, phonenumbers.E164)
		if phonenumbers.IsValidNumber(number) {
			return formatted
		}
		if possible == "" && plausible(number, region, digits, plus) {
			possible = formatted
		}
		return ""
	}
	if plus {
		if v := try("+"+digits, "ZZ", false); v != "" {
			return v
		}
		// A trunk zero that stayed behind the country code: +44 07700.
		for _, code := range []string{"44", "49", "33", "81", "61", "86", "91", "31"} {
			if strings.HasPrefix(digits, code+"0") {
				if v := try("+"+code+digits[len(code)+1:], "ZZ", false); v != "" {
					return v
				}
			}
		}
		return possible
	}
	for _, national := range []bool{true, false} {
		for _, region := range regions {
			if v := try(digits, region, national); v != "" {
				return v
			}
		}
	}
	if mistypedChinaMobile(digits, regions) {
		return possible
	}
	if v := try("+"+digits, "ZZ", false); v != "" {
		return v
	}
	return possible
}

// mistypedChinaMobile: eleven digits from 1 that are no number in China are one with a typing
// mistake there, not a number in North America.
func mistypedChinaMobile(digits string, regions []string) bool {
	return len(digits) == 11 && digits[0] == '1' && slices.Contains(regions, "CN")
}

// nationalForm tells whether a number is written as in its region: with the trunk zero, or of
// a kind that is dialled without one.
func nationalForm(number *phonenumbers.PhoneNumber, digits, region string) bool {
	if digits[0] == '0' || phonenumbers.GetNddPrefixForRegion(region, true) != "0" {
		return true
	}
	kind := phonenumbers.GetNumberType(number)
	return kind != phonenumbers.FIXED_LINE && kind != phonenumbers.UNKNOWN
}

// plausible accepts numbers of the right length that lie in no assigned range, when the
// country is beyond doubt: a country code was given, or a British mobile number is complete.
func plausible(number *phonenumbers.PhoneNumber, region, digits string, plus bool) bool {
	if !phonenumbers.IsPossibleNumber(number) {
		return false
	}
	return plus || region == "GB" && strings.HasPrefix(digits, "07") && len(digits) == 11
}
