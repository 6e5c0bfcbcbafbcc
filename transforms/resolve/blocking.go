package resolve

import (
	"slices"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"
)

// BlockRule makes keys under which records meet to be compared.
type BlockRule struct {
	Name string
	uses []int                                   // comparisons whose agreement the key implies, at least in part
	keys func(f *Features, emit func(...string)) // a key of which a part is empty is none
}

// blockRules are all rules that may be chosen, in the order of their bits.
var blockRules = []BlockRule{
	{"email", []int{slotEmail}, func(f *Features, emit func(...string)) { eachValue(f.Emails, emit) }},
	{"phone", []int{slotPhone}, func(f *Features, emit func(...string)) { eachValue(f.Phones, emit) }},
	{"name", []int{slotName}, func(f *Features, emit func(...string)) { emit(min(f.Given, f.Family), max(f.Given, f.Family)) }},
	{"birth_date", []int{slotBirth}, func(f *Features, emit func(...string)) {
		if !strings.HasSuffix(f.Birth, newYear) {
			emit(f.Birth)
		}
	}},
	{"birth_date+word", []int{slotBirth, slotName}, func(f *Features, emit func(...string)) { f.withWords(f.Birth, emit) }},
	{"postcode", []int{slotPlace}, func(f *Features, emit func(...string)) { emit(f.Postcode) }},
	{"postcode+word", []int{slotPlace, slotName}, func(f *Features, emit func(...string)) { f.withWords(f.Postcode, emit) }},
	{"email_local", []int{slotEmail}, func(f *Features, emit func(...string)) {
		for _, e := range f.Emails {
			if local, _, _ := strings.Cut(e, "@"); len(local) > 3 {
				emit(local)
			}
		}
	}},
	{"street", []int{slotPlace}, func(f *Features, emit func(...string)) {
		if size(f.Street) >= 6 {
			emit(f.Street)
		}
	}},
	{"street+word", []int{slotPlace, slotName}, func(f *Features, emit func(...string)) { f.withWords(streetKey(f.Street), emit) }},
	{"year+word", []int{slotBirth, slotName}, func(f *Features, emit func(...string)) {
		if len(f.Birth) == digitsOfBirth {
			f.withWords(f.Birth[:4], emit)
		}
	}},
	{"month_day+word", []int{slotBirth, slotName}, func(f *Features, emit func(...string)) {
		if len(f.Birth) == digitsOfBirth && f.Birth[4:] != newYear {
			f.withWords(f.Birth[4:], emit)
		}
	}},
	{"city+word", []int{slotPlace, slotName}, func(f *Features, emit func(...string)) { f.withWords(f.City, emit) }},
	{"family+initial", []int{slotName}, func(f *Features, emit func(...string)) {
		if f.Given != "" {
			emit(soundex(lastWord(f.Family)), f.Given[:1])
		}
	}},
	{"birth_digits+initial", []int{slotBirth}, func(f *Features, emit func(...string)) {
		if len(f.Birth) == digitsOfBirth && f.Given != "" {
			digits := []byte(f.Birth)
			slices.Sort(digits)
			emit(string(digits), f.Given[:1])
		}
	}},
	{"company", []int{slotCompany}, func(f *Features, emit func(...string)) {
		if f.Organization {
			emit(f.Company)
		}
	}},
	{"company+word", []int{slotCompany, slotName}, func(f *Features, emit func(...string)) { f.withWords(f.Company, emit) }},
	{"company_start+city", []int{slotCompany, slotPlace}, func(f *Features, emit func(...string)) {
		if f.Organization {
			emit(prefix(f.Company, 4), f.City)
		}
	}},
	{"occupation+word", []int{slotOccupation, slotName}, func(f *Features, emit func(...string)) { f.withWords(f.Occupation, emit) }},
	textRule(0), textRule(1), textRule(2), textRule(3), textRule(4), textRule(5), textRule(6),
}

// textRule brings records together that share a free text and a word of their names.
func textRule(i int) BlockRule {
	return BlockRule{"text" + strconv.Itoa(i+1) + "+word", []int{slotText + i, slotName}, func(f *Features, emit func(...string)) {
		if i < len(f.Texts) {
			f.withWords(f.Texts[i], emit)
		}
	}}
}

func eachValue(values []string, emit func(...string)) {
	for _, v := range values {
		emit(v)
	}
}

// withWords makes a key of a value with each word of the name, by its sound, so that a name
// with one word in error, or its words exchanged, still has one key in common.
func (f *Features) withWords(value string, emit func(...string)) {
	if value == "" {
		return
	}
	given, family := sound(f.Given), sound(f.Family)
	emit(given, value)
	if family != given {
		emit(family, value)
	}
}

// sound is the code of a word with its first two letters; empty for initials.
func sound(word string) string {
	if len(word) < 2 {
		return ""
	}
	return word[:2] + soundex(word)
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }

// streetKey is a street's longest word and its number.
func streetKey(street string) string {
	if street == "" {
		return ""
	}
	longest, number := "", ""
	for _, w := range strings.Fields(street) {
		if w[0] >= '0' && w[0] <= '9' {
			number = w
		} else if len(w) > len(longest) {
			longest = w
		}
	}
	if len(longest) < 4 {
		return ""
	}
	return longest + " " + number
}

func prefix(s string, runes int) string {
	for i := range s {
		if runes == 0 {
			return s[:i]
		}
		runes--
	}
	return s
}

// soundexCodes are the digits of the letters a to z (Russell 1918), 0 for vowels.
const soundexCodes = "01230120022455012623010202"

// soundex is the code of a word of Latin letters.
func soundex(word string) string {
	if word == "" {
		return ""
	}
	out := make([]byte, 0, 4)
	out = append(out, word[0])
	last := byte('0')
	for i := 0; i < len(word) && len(out) < 4; i++ {
		if word[i] < 'a' || word[i] > 'z' {
			continue
		}
		code := soundexCodes[word[i]-'a']
		if i > 0 && code != '0' && code != last {
			out = append(out, code)
		}
		last = code
	}
	return string(out)
}

// BlockKey is a key of a record under a rule.
type BlockKey struct {
	Rule uint8
	Hash uint64
}

// BlockKeys lists the keys of a record under the rules of a plan, in their order. A heavy key is
// replaced by keys that hold a second part as well: the whole name, the city, or the birth date.
func BlockKeys(f *Features, plan *Plan, out []BlockKey) []BlockKey {
	var buffer [96]byte
	for rule := range blockRules {
		if plan.Rules&(1<<rule) == 0 {
			continue
		}
		blockRules[rule].keys(f, func(parts ...string) {
			key := append(buffer[:0], byte(rule))
			if f.Organization {
				key[0] |= organizationKey
			}
			for _, part := range parts {
				if part == "" {
					return
				}
				key = append(append(key, 0), part...)
			}
			k := BlockKey{uint8(rule), xxh3.Hash(key)}
			if !plan.Heavy[k.Hash] {
				out = addKey(out, k)
				return
			}
			if given, family := sound(f.Given), sound(f.Family); given != "" && family != "" {
				out = addKey(out, k.with("name", min(given, family)+" "+max(given, family)))
			}
			if f.City != "" {
				out = addKey(out, k.with("city", f.City))
			}
			if f.Birth != "" {
				out = addKey(out, k.with("birth", f.Birth))
			}
		})
	}
	return out
}

// organizationKey tells the keys of organizations from those of persons.
const organizationKey = 128

// with is a key with a second part.
func (k BlockKey) with(kind, value string) BlockKey {
	return BlockKey{k.Rule, xxh3.HashStringSeed(kind+" "+value, k.Hash)}
}

func addKey(keys []BlockKey, k BlockKey) []BlockKey {
	if slices.Contains(keys, k) {
		return keys
	}
	return append(keys, k)
}

// SharedRules are the rules under which two records have a key in common, one bit each.
func SharedRules(a, b []BlockKey) uint32 {
	var bits uint32
	for _, x := range a {
		if bits&(1<<x.Rule) != 0 {
			continue
		}
		for _, y := range b {
			if x == y {
				bits |= 1 << x.Rule
				break
			}
		}
	}
	return bits
}
