package resolve

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unsafe"

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
			k.pair(k.soundex(lastWord(k.f.Family)), k.f.Given[:1])
		}
	}, 0},
	{"birth_digits+initial", []int{slotBirth}, func(k *keyWriter) {
		if len(k.f.Birth) == digitsOfBirth && k.f.Given != "" {
			var digits [digitsOfBirth]byte
			copy(digits[:], k.f.Birth)
			slices.Sort(digits[:])
			start := len(k.codes)
			k.codes = append(k.codes, digits[:]...)
			k.pair(k.since(start), k.f.Given[:1])
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
	codes         []byte // what codes lie in
	out           []BlockKey
}

// Blocker makes the keys of records under a plan, one record after another.
type Blocker struct{ k keyWriter }

// NewBlocker begins with a plan, which must not change.
func NewBlocker(plan *Plan) *Blocker {
	return &Blocker{keyWriter{plan: plan, buffer: make([]byte, 0, 128), codes: make([]byte, 0, 256)}}
}

// Keys appends the keys of a record under the rules of the plan, in their order.
func (b *Blocker) Keys(f *Features, out []BlockKey) []BlockKey {
	k := &b.k
	k.f, k.sounded, k.codes, k.out = f, false, k.codes[:0], out
	for rules := k.plan.Rules; rules != 0; rules &= rules - 1 {
		k.rule = uint8(bits.TrailingZeros32(rules))
		blockRules[k.rule].keys(k)
	}
	return k.out
}

// BlockKeys lists the keys of one record.
func BlockKeys(f *Features, plan *Plan, out []BlockKey) []BlockKey {
	return NewBlocker(plan).Keys(f, out)
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
		k.given, k.family, k.sounded = k.soundOf(k.f.Given), k.soundOf(k.f.Family), true
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
	if !k.plan.heavy(key.Hash) {
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

// soundOf is the code of a word with its first two letters; empty for initials.
func (k *keyWriter) soundOf(word string) string {
	if len(word) < 2 {
		return ""
	}
	start := len(k.codes)
	k.codes = appendSoundex(append(k.codes, word[:2]...), word)
	return k.since(start)
}

// soundex is the code of a word of Latin letters.
func (k *keyWriter) soundex(word string) string {
	start := len(k.codes)
	k.codes = appendSoundex(k.codes, word)
	return k.since(start)
}

// since is the code that was written last. Codes hold until the next record.
func (k *keyWriter) since(start int) string {
	if start == len(k.codes) {
		return ""
	}
	return unsafe.String(&k.codes[start], len(k.codes)-start)
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

// appendSoundex appends the code of a word of Latin letters.
func appendSoundex(dst []byte, word string) []byte {
	if word == "" {
		return dst
	}
	length := 1
	dst = append(dst, word[0])
	last := byte('0')
	for i := 0; i < len(word) && length < 4; i++ {
		if word[i] < 'a' || word[i] > 'z' {
			continue
		}
		code := soundexCodes[word[i]-'a']
		if i > 0 && code != '0' && code != last {
			dst = append(dst, code)
			length++
		}
		last = code
	}
	return dst
}

// BlockKey is a key of a record under a rule.
type BlockKey struct {
	Rule uint8
	Hash uint64
}

// with is a key with a second part.
func (k BlockKey) with(kind, value string) BlockKey {
	return BlockKey{k.Rule, xxh3.HashStringSeed(kind+" "+value, k.Hash)}
}

// addKey adds a key unless it is there. Keys of a rule follow each other.
func addKey(keys []BlockKey, k BlockKey) []BlockKey {
	for i := len(keys) - 1; i >= 0 && keys[i].Rule == k.Rule; i-- {
		if keys[i].Hash == k.Hash {
			return keys
		}
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
