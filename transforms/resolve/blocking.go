package resolve

import (
	"slices"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"
)

// BlockRule makes keys under which records meet to be compared.
type BlockRule struct {
	Name  string
	uses  []int              // comparisons whose agreement the key implies, at least in part
	keys  func(k *keyWriter) // a key of which a part is empty is none
	limit int                // records of a key from which it says nothing; 0: it always says something
}

// blockRules are all rules that may be chosen, in the order of their bits.
var blockRules = []BlockRule{
	{"email", []int{slotEmail}, func(k *keyWriter) { k.each(k.f.Emails) }, 0},
	{"phone", []int{slotPhone}, func(k *keyWriter) { k.each(k.f.Phones) }, 0},
	{"birth_date", []int{slotBirth}, func(k *keyWriter) {
		if !strings.HasSuffix(k.f.Birth, newYear) {
			k.one(k.f.Birth)
		}
	}, 0},
	{"birth_date+word", []int{slotBirth, slotName}, func(k *keyWriter) { k.withWords(k.f.Birth) }, 0},
	{"postcode", []int{slotPlace}, func(k *keyWriter) { k.one(k.f.Postcode) }, 0},
	{"postcode+word", []int{slotPlace, slotName}, func(k *keyWriter) { k.withWords(k.f.Postcode) }, 0},
	{"email_local", []int{slotEmail}, func(k *keyWriter) {
		for _, e := range k.f.Emails {
			if local, _, _ := strings.Cut(e, "@"); len(local) > 3 {
				k.one(local)
			}
		}
	}, 0},
	{"street", []int{slotPlace}, func(k *keyWriter) {
		if size(k.f.Street) >= 6 {
			k.one(k.f.Street)
		}
	}, 0},
	{"street+word", []int{slotPlace, slotName}, func(k *keyWriter) { k.withWords(streetKey(k.f.Street)) }, 0},
	{"year+word", []int{slotBirth, slotName}, func(k *keyWriter) {
		if len(k.f.Birth) == digitsOfBirth {
			k.withWords(k.f.Birth[:4])
		}
	}, 0},
	{"month_day+word", []int{slotBirth, slotName}, func(k *keyWriter) {
		if len(k.f.Birth) == digitsOfBirth && k.f.Birth[4:] != newYear {
			k.withWords(k.f.Birth[4:])
		}
	}, 0},
	{"city+word", []int{slotPlace, slotName}, func(k *keyWriter) { k.withWords(k.f.City) }, 0},
	{"family+initial", []int{slotName}, func(k *keyWriter) {
		if k.f.Given != "" {
			k.pair(soundex(lastWord(k.f.Family)), k.f.Given[:1])
		}
	}, 0},
	{"birth_digits+initial", []int{slotBirth}, func(k *keyWriter) {
		if len(k.f.Birth) == digitsOfBirth && k.f.Given != "" {
			digits := [digitsOfBirth]byte([]byte(k.f.Birth))
			slices.Sort(digits[:])
			k.pair(string(digits[:]), k.f.Given[:1])
		}
	}, 0},
	{"company", []int{slotCompany}, func(k *keyWriter) {
		if k.f.Organization {
			k.one(k.f.Company)
		}
	}, 0},
	{"company+word", []int{slotCompany, slotName}, func(k *keyWriter) { k.withWords(k.f.Company) }, 0},
	{"company_start+city", []int{slotCompany, slotPlace}, func(k *keyWriter) {
		if k.f.Organization {
			k.pair(prefix(k.f.Company, 4), k.f.City)
		}
	}, 0},
	{"occupation+word", []int{slotOccupation, slotName}, func(k *keyWriter) { k.withWords(k.f.Occupation) }, 0},
	textRule(0), textRule(1), textRule(2), textRule(3), textRule(4), textRule(5), textRule(6),
	{"name", []int{slotName}, func(k *keyWriter) { k.pair(min(k.f.Given, k.f.Family), max(k.f.Given, k.f.Family)) }, rareName},
}

// rareName is how many records a name has at most that tells persons apart by itself. The rule is
// the last one: what does not meet under it has met before or never meets.
const rareName = 12

// textRule brings records together that share a free text and a word of their names.
func textRule(i int) BlockRule {
	return BlockRule{"text" + strconv.Itoa(i+1) + "+word", []int{slotText + i, slotName}, func(k *keyWriter) {
		if i < len(k.f.Texts) {
			k.withWords(k.f.Texts[i])
		}
	}, 0}
}

// keyWriter collects the keys of one record.
type keyWriter struct {
	f             *Features
	plan          *Plan
	rule          uint8
	given, family string // codes of the words of the name
	sounded       bool
	buffer        []byte
	out           []BlockKey
}

func (k *keyWriter) one(value string) {
	if value != "" {
		k.begin(value)
		k.end()
	}
}

func (k *keyWriter) pair(a, b string) {
	if a != "" && b != "" {
		k.begin(a)
		k.buffer = append(append(k.buffer, 0), b...)
		k.end()
	}
}

func (k *keyWriter) each(values []string) {
	for _, v := range values {
		k.one(v)
	}
}

// withWords makes a key of a value with each word of the name, by its sound, so that a name
// with one word in error, or its words exchanged, still has one key in common.
func (k *keyWriter) withWords(value string) {
	if value == "" {
		return
	}
	k.sound()
	k.pair(k.given, value)
	if k.family != k.given {
		k.pair(k.family, value)
	}
}

func (k *keyWriter) sound() {
	if !k.sounded {
		k.given, k.family, k.sounded = sound(k.f.Given), sound(k.f.Family), true
	}
}

// organizationKey tells the keys of organizations from those of persons.
const organizationKey = 128

func (k *keyWriter) begin(value string) {
	tag := k.rule
	if k.f.Organization {
		tag |= organizationKey
	}
	k.buffer = append(append(append(k.buffer[:0], tag), 0), value...)
}

// end adds the key. A heavy one is replaced by keys that hold a second part as well: the whole
// name, the city, or the birth date.
func (k *keyWriter) end() {
	key := BlockKey{k.rule, xxh3.Hash(k.buffer)}
	if len(k.plan.Heavy) == 0 || !k.plan.Heavy[key.Hash] {
		k.out = addKey(k.out, key)
		return
	}
	k.sound()
	if k.given != "" && k.family != "" {
		k.out = addKey(k.out, key.with("name", min(k.given, k.family)+" "+max(k.given, k.family)))
	}
	if k.f.City != "" {
		k.out = addKey(k.out, key.with("city", k.f.City))
	}
	if k.f.Birth != "" {
		k.out = addKey(k.out, key.with("birth", k.f.Birth))
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

// BlockKeys lists the keys of a record under the rules of a plan, in their order.
func BlockKeys(f *Features, plan *Plan, out []BlockKey) []BlockKey {
	var buffer [128]byte
	k := keyWriter{f: f, plan: plan, buffer: buffer[:0], out: out}
	for rule := range blockRules {
		if plan.Rules&(1<<rule) != 0 {
			k.rule = uint8(rule)
			blockRules[rule].keys(&k)
		}
	}
	return k.out
}

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
