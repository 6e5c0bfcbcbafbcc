package audience

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
)

// looksHashed tells whether a value is the hexadecimal digest of MD5, SHA-1, SHA-256 or
// SHA-512: hashing it again would match nobody.
func looksHashed(value string) bool {
	switch len(value) {
	case 32, 40, 64, 128:
	default:
		return false
	}
	return strings.IndexFunc(value, func(r rune) bool { return !isHex(r) }) < 0
}

func isHex(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func sha256Hex(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

func md5Hex(value string) string {
	sum := md5.Sum([]byte(value))
	return hex.EncodeToString(sum[:])
}

// sha256Contacts hashes phones and e-mail addresses; ids of devices and platforms stay.
func sha256Contacts(identifierType, form string) string {
	if identifierType == TypePhone || identifierType == TypeEmail {
		return sha256Hex(form)
	}
	return form
}

// plainEmail tells whether a text is an address that a platform can match: one @, a domain
// with a dot, no blanks, commas or quotes.
func plainEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || strings.ContainsAny(s, ",\"") || strings.Contains(domain, "@") || strings.IndexFunc(s, unicode.IsSpace) >= 0 {
		return false
	}
	dot := strings.LastIndexByte(domain, '.')
	return dot > 0 && dot < len(domain)-1
}

// emailForm is an address without blanks in lower case; "" for what is no plain address.
func emailForm(email string) string {
	s := strings.ToLower(withoutSpace(email))
	if !plainEmail(s) {
		return ""
	}
	return s
}

// phoneForm is the E.164 form with its plus; "" for anything else.
func phoneForm(phone string) string {
	s := withoutSpace(phone)
	if !e164(s) {
		return ""
	}
	return s
}

// e164 tells whether a text is a number of five to fifteen digits behind a plus, the first
// of them not 0.
func e164(s string) bool {
	return len(s) >= 6 && len(s) <= 16 && s[0] == '+' && s[1] != '0' && strings.IndexFunc(s[1:], func(r rune) bool { return !isDigit(r) }) < 0
}

// withoutSpace takes all white space out.
func withoutSpace(s string) string {
	if strings.IndexFunc(s, unicode.IsSpace) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// chineseMobile are the eleven digits of a Chinese mobile number; "" for any other.
func chineseMobile(phone string) string {
	digits, chinese := strings.CutPrefix(phoneForm(phone), "+86")
	if !chinese || len(digits) != 11 || digits[0] != '1' {
		return ""
	}
	return digits
}

// imeiForm is the number of a device, 14 or 15 characters in lower case.
func imeiForm(imei string) string {
	s := strings.ToLower(withoutSpace(imei))
	if (len(s) != 14 && len(s) != 15) || strings.IndexFunc(s, func(r rune) bool { return !isHex(r) }) >= 0 {
		return ""
	}
	return s
}

// uuidForm is an id of the form 8-4-4-4-12 in lower case; "" for any other, and for the id of
// zeros that stands for a person who does not want to be followed.
func uuidForm(id string) string {
	s := strings.ToLower(withoutSpace(id))
	if len(s) != 36 {
		return ""
	}
	for i, r := range s {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (r == '-') || !dash && !isHex(r) {
			return ""
		}
	}
	if strings.Trim(s, "0-") == "" {
		return ""
	}
	return s
}

// deviceForm is the form of a device's id that is not hashed.
func deviceForm(id Identifier) string {
	switch id.Type {
	case TypeIDFA:
		return strings.ToUpper(uuidForm(id.Value))
	case TypeGAID:
		return uuidForm(id.Value)
	case TypeIMEI:
		return imeiForm(id.Value)
	case TypeOAID:
		s := strings.ToLower(withoutSpace(id.Value))
		if strings.Trim(s, "0-") == "" {
			return ""
		}
		return s
	}
	return strings.TrimSpace(id.Value)
}

// guard keeps a cell from being run as a formula by a spreadsheet: one that begins with = + -
// @ tab or carriage return gets an apostrophe before it.
func guard(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// phoneCell is a phone for a file that people open: an E.164 number is safe as it is (a plus
// and digits compute to themselves), anything else is guarded.
func phoneCell(phone string) string {
	if e164(phone) {
		return phone
	}
	return guard(phone)
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// at is the value at an index; "" beyond the last.
func at(values []string, i int) string {
	if i < len(values) {
		return values[i]
	}
	return ""
}
