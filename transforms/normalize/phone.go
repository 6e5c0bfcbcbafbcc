package normalize

import (
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"

	"github.com/tributary-cdp/tributary/schemas"
)

// Phone reads a telephone number and returns its E.164 form and status (schemas.ContactValid,
// ContactMasked, ContactVirtual, ContactJunk, ContactInvalid). Numbers without a country code
// are tried in the given ISO 3166 regions, in order. Numbers that are possible but in no
// assigned range (+44 7700 900xxx) count as valid: an identifier need not be dialled.
func Phone(raw string, regions []string) (value, status string) {
	s := Half(raw)
	s = strings.TrimSpace(s)
	if s == "" {
		return "", schemas.ContactInvalid
	}
	if IsMasked(s) || strings.Contains(strings.ToLower(s), "xx") {
		return "", schemas.ContactMasked
	}
	digits, plus, extension := phoneDigits(s)
	if extension {
		return "", schemas.ContactVirtual
	}
	if junkDigits(digits) {
		return "", schemas.ContactJunk
	}
	if value, ok := fastPhone(digits, plus, regions); ok {
		return value, schemas.ContactValid
	}
	return slowPhone(s, digits, plus, regions)
}

// phoneDigits keeps the digits, tells whether the number begins with + (or 00) and whether an
// extension follows, which marks a platform's virtual number.
func phoneDigits(s string) (digits string, plus, extension bool) {
	var buffer [24]byte
	n := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			if n == len(buffer) {
				return string(buffer[:n]), plus, false
			}
			buffer[n] = c
			n++
		case c == '+' && n == 0:
			plus = true
		case n >= 7 && (c == ',' || c == ';' || c == '#' || c == 'x' || c == 'X'):
			return string(buffer[:n]), plus, true
		case c == '-' && n == 11 && !plus && buffer[0] == '1' && len(s)-i-1 <= 6 && len(s)-i-1 >= 2 && onlyDigits(s[i+1:]):
			return string(buffer[:n]), plus, true // 18412345678-1234
		}
	}
	if n >= 7 && (strings.Contains(s, "转") || strings.Contains(s, "ext")) {
		return string(buffer[:n]), plus, true
	}
	digits = string(buffer[:n])
	if !plus && strings.HasPrefix(digits, "00") && n > 9 {
		return digits[2:], true, false
	}
	return digits, plus, false
}

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
	"13800138000": true, "8613800138000": true, "13888888888": true, "8613888888888": true, "13812345678": true,
	"8613812345678": true, "12345678": true, "123456789": true, "1234567890": true, "12345678900": true,
	"12345678901": true, "8612345678901": true, "15512345678": true, "18888888888": true, "8618888888888": true,
	"5551234567": true, "15551234567": true, "18005551234": true,
}

func junkDigits(digits string) bool {
	if len(digits) < 6 {
		return len(digits) > 0
	}
	if junkNumbers[digits] {
		return true
	}
	tail := digits
	if len(tail) > 8 {
		tail = tail[len(tail)-8:]
	}
	for i := 1; i < len(tail); i++ {
		if tail[i] != tail[0] {
			return false
		}
	}
	return true
}

// fastPhone recognises the forms that most rows have, without the library. It agrees with the
// library wherever both answer; a test compares them.
func fastPhone(digits string, plus bool, regions []string) (string, bool) {
	if plus {
		switch {
		case len(digits) == 13 && digits[:2] == "86" && chinaMobile(digits[2:]):
			return "+" + digits, true
		case len(digits) == 11 && digits[0] == '1' && northAmerican(digits[1:]):
			return "+" + digits, true
		}
		return "", false
	}
	for _, region := range regions {
		switch region {
		case "CN":
			if len(digits) == 11 && chinaMobile(digits) {
				return "+86" + digits, true
			}
			if len(digits) == 13 && digits[:2] == "86" && chinaMobile(digits[2:]) {
				return "+" + digits, true
			}
		case "US", "CA":
			if len(digits) == 10 && northAmerican(digits) {
				return "+1" + digits, true
			}
			if len(digits) == 11 && digits[0] == '1' && northAmerican(digits[1:]) {
				return "+" + digits, true
			}
		default:
			return "", false // the library knows the others
		}
	}
	return "", false
}

// chinaMobile: 1[3-9] and nine more digits.
func chinaMobile(d string) bool { return len(d) == 11 && d[0] == '1' && d[1] >= '3' }

// northAmerican: NXX-NXX-XXXX with N from 2 to 9, no N11 exchange.
func northAmerican(d string) bool {
	return len(d) == 10 && d[0] >= '2' && d[3] >= '2' && d[1:3] != "11" && d[4:6] != "11" && d[1] != '9'
}

// phoneCache remembers what the library said, bounded.
var phoneCache = struct {
	sync.RWMutex
	values map[string]string
}{values: map[string]string{}}

const phoneCacheSize = 1 << 16

// slowPhone asks the library: the number's own country first, then the regions in order;
// valid numbers win over possible ones.
func slowPhone(s, digits string, plus bool, regions []string) (string, string) {
	key := digits + "/" + strings.Join(regions, ",")
	if plus {
		key = "+" + digits
	}
	phoneCache.RLock()
	value, ok := phoneCache.values[key]
	phoneCache.RUnlock()
	if !ok {
		value = libraryPhone(digits, plus, regions)
		phoneCache.Lock()
		if len(phoneCache.values) >= phoneCacheSize {
			clear(phoneCache.values)
		}
		phoneCache.values[key] = value
		phoneCache.Unlock()
	}
	if value == "" {
		return "", schemas.ContactInvalid
	}
	return value, schemas.ContactValid
}

func libraryPhone(digits string, plus bool, regions []string) string {
	var candidates []string
	if plus {
		candidates = append(candidates, "+"+digits)
		// A trunk zero that stayed behind the country code: +44 (0)7700, +4407700.
		for _, code := range []string{"44", "49", "33", "39", "61", "81", "880", "86", "91"} {
			if strings.HasPrefix(digits, code+"0") && code != "39" {
				candidates = append(candidates, "+"+code+digits[len(code)+1:])
			}
		}
	} else {
		for _, region := range regions {
			candidates = append(candidates, region+":"+digits)
		}
		candidates = append(candidates, "+"+digits)
	}
	possible := ""
	for _, candidate := range candidates {
		text, region := candidate, "ZZ"
		if r, d, ok := strings.Cut(candidate, ":"); ok {
			region, text = r, d
		}
		number, err := phonenumbers.Parse(text, region)
		if err != nil {
			continue
		}
		formatted := phonenumbers.Format(number, phonenumbers.E164)
		if phonenumbers.IsValidNumber(number) {
			return formatted
		}
		if possible == "" && plausible(number, region, digits, plus) {
			possible = formatted
		}
	}
	return possible
}

// plausible accepts numbers of the right length that lie in no assigned range, when the
// country is beyond doubt: a country code was given, or the national form begins with a trunk zero.
func plausible(number *phonenumbers.PhoneNumber, region, digits string, plus bool) bool {
	if !phonenumbers.IsPossibleNumber(number) {
		return false
	}
	if plus {
		return true
	}
	return region == "GB" && strings.HasPrefix(digits, "07") && len(digits) == 11
}
