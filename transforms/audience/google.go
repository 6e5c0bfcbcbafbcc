package audience

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

var (
	hashed     = regexp.MustCompile(`^([0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})$`)
	e164       = regexp.MustCompile(`^\+[1-9][0-9]{4,14}$`)
	plainEmail = regexp.MustCompile(`^[^\s@,"]+@[^\s@,"]+\.[^\s@,"]+$`)
)

// looksHashed tells whether a value is the hexadecimal digest of MD5, SHA-1, SHA-256 or
// SHA-512: hashing it again would match nobody.
func looksHashed(value string) bool { return hashed.MatchString(value) }

func sha256Hex(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

// googleEmail brings an address into the form that Customer Match hashes: lower case, no
// blanks, for gmail.com and googlemail.com without dots and plus suffix before the @. It
// returns "" for what is no plain address.
func googleEmail(email string) string {
	s := strings.ToLower(strings.Join(strings.Fields(email), ""))
	if !plainEmail.MatchString(s) {
		return ""
	}
	local, domain, _ := strings.Cut(s, "@")
	if domain == "gmail.com" || domain == "googlemail.com" {
		local, _, _ = strings.Cut(local, "+")
		local = strings.ReplaceAll(local, ".", "")
	}
	if local == "" {
		return ""
	}
	return local + "@" + domain
}

// googlePhone is the E.164 form with its plus; "" for anything else.
func googlePhone(phone string) string {
	s := strings.Join(strings.Fields(phone), "")
	if !e164.MatchString(s) {
		return ""
	}
	return s
}

// hashName is the SHA-256 of a name in lower case without outer blanks; "" for none.
func hashName(name string) string {
	s := strings.ToLower(strings.TrimSpace(name))
	if s == "" || looksHashed(s) {
		return ""
	}
	return sha256Hex(s)
}

// googleHeader: Customer Match takes English headers; country and postcode stay plain.
var googleHeader = []string{"Email", "Phone", "First Name", "Last Name", "Country", "Zip"}

// rowsGoogle are lines of a Google Customer Match file: e-mails and phones normalised and
// hashed with SHA-256, the name only where first name, last name, country and postcode are
// all known, since it matches only together. Further e-mails and phones of a person take
// lines of their own.
func rowsGoogle(p *Person) (rows [][]string, refused int) {
	emails, refusedEmails := hashAll(p.Emails, googleEmail)
	phones, refusedPhones := hashAll(p.Phones, googlePhone)
	for i := range max(len(emails), len(phones)) {
		row := make([]string, len(googleHeader))
		if i < len(emails) {
			row[0] = emails[i]
		}
		if i < len(phones) {
			row[1] = phones[i]
		}
		first, last := hashName(p.GivenName), hashName(p.FamilyName)
		country, postcode := strings.ToUpper(strings.TrimSpace(p.Country)), strings.TrimSpace(p.Postcode)
		if i == 0 && first != "" && last != "" && len(country) == 2 && postcode != "" {
			row[2], row[3], row[4], row[5] = first, last, guard(country), guard(postcode)
		}
		rows = append(rows, row)
	}
	return rows, refusedEmails + refusedPhones
}

// hashAll normalises and hashes values, and counts those that are refused: hashed already, or
// no plain value of their type.
func hashAll(values []string, normal func(string) string) (out []string, refused int) {
	for _, v := range values {
		plain := ""
		if !looksHashed(strings.TrimSpace(v)) {
			plain = normal(v)
		}
		if plain == "" {
			refused++
			continue
		}
		out = append(out, sha256Hex(plain))
	}
	return out, refused
}

var metaHeader = []string{"email", "phone", "fn", "ln", "zip", "country"}

// rowsMeta are lines of a Meta Custom Audience file: phones are digits without a plus, names
// without punctuation, the country in lower case and hashed like all else.
func rowsMeta(p *Person) (rows [][]string, refused int) {
	emails, refusedEmails := hashAll(p.Emails, metaEmail)
	phones, refusedPhones := hashAll(p.Phones, func(phone string) string { return strings.TrimPrefix(googlePhone(phone), "+") })
	name := func(v string) string { return hashName(strings.Map(dropPunctuation, v)) }
	for i := range max(len(emails), len(phones)) {
		row := make([]string, len(metaHeader))
		if i < len(emails) {
			row[0] = emails[i]
		}
		if i < len(phones) {
			row[1] = phones[i]
		}
		row[2], row[3] = name(p.GivenName), name(p.FamilyName)
		row[4] = hashName(strings.NewReplacer(" ", "", "-", "").Replace(p.Postcode))
		row[5] = hashName(p.Country)
		rows = append(rows, row)
	}
	return rows, refusedEmails + refusedPhones
}

// metaEmail is a plain address in lower case; "" for anything else.
func metaEmail(email string) string {
	if v := strings.ToLower(strings.TrimSpace(email)); plainEmail.MatchString(v) {
		return v
	}
	return ""
}

func dropPunctuation(r rune) rune {
	if r < 0x80 && strings.ContainsRune("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", r) {
		return -1
	}
	return r
}

// rowsTencent are lines of a Tencent number package of HASH_MOBILE_PHONE: the MD5 of the
// eleven digits of a Chinese mobile number, one a line.
func rowsTencent(p *Person) (rows [][]string, refused int) {
	for _, phone := range p.Phones {
		digits, chinese := strings.CutPrefix(googlePhone(phone), "+86")
		if !chinese || len(digits) != 11 || digits[0] != '1' {
			refused++
			continue
		}
		sum := md5.Sum([]byte(digits))
		rows = append(rows, []string{hex.EncodeToString(sum[:])})
	}
	return rows, refused
}
