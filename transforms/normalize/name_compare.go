package normalize

import (
	"slices"
	"strings"
)

// Agreement is the outcome of comparing two names.
type Agreement int8

// Outcomes of CompareGiven.
const (
	Unknown    Agreement = iota // one of the names says too little: an initial, a family name alone
	Agree                       // same given name in some spelling, order, script or nickname
	Contradict                  // two different persons' given names
)

// CompareGiven tells whether two names can belong to one person, judged by the given name:
// after script, pinyin, order and nicknames. It is symmetric.
func CompareGiven(a, b Name) Agreement {
	if len(a.Tokens) == 0 || len(b.Tokens) == 0 {
		return Unknown
	}
	if a.Given == "" || b.Given == "" {
		return compareFamily(a, b)
	}
	if a.Han && b.Han {
		return compareHan(a, b)
	}
	if a.Han != b.Han {
		return compareScripts(a, b)
	}
	return compareLatin(a, b)
}

// compareFamily compares names of which one is a family name alone: 王先生 is not 李娜.
func compareFamily(a, b Name) Agreement {
	if a.Family == "" || b.Family == "" || sameFamily(a, b) {
		return Unknown
	}
	return Contradict
}

func sameFamily(a, b Name) bool {
	switch {
	case a.Han && b.Han:
		return a.Family == b.Family
	case a.Han:
		return b.Family == SurnamePinyin(a.Family) || soundsLike(b.Family, []rune(a.Family))
	case b.Han:
		return sameFamily(b, a)
	}
	return sameWord(a.Family, b.Family)
}

func compareHan(a, b Name) Agreement {
	switch {
	case a.Given == b.Given:
		if a.Family != "" && b.Family != "" && a.Family != b.Family {
			return Contradict
		}
		return Agree
	case a.Family == "" || b.Family == "":
		return compareNick(a, b)
	case a.Family+a.Given == b.Given+b.Family:
		return Agree
	case Pinyin(a.Given) == Pinyin(b.Given) && SurnamePinyin(a.Family) == SurnamePinyin(b.Family):
		return Agree // a homophone, as typed from speech
	}
	return Contradict
}

// compareNick compares a text without a family name with another name: 小明 is 王小明, 小王 may be.
func compareNick(a, b Name) Agreement {
	if a.Family != "" {
		a, b = b, a
	}
	nick, other := withoutFamiliar(a.Given), b.Given
	if b.Family == "" {
		other = withoutFamiliar(b.Given)
	}
	switch {
	case nick == "" || other == "":
		return Unknown
	case sharesRune(nick, other):
		return Agree
	case sharesRune(nick, b.Family):
		return Unknown
	}
	return Contradict
}

func withoutFamiliar(nick string) string {
	runes := []rune(nick)
	if len(runes) == 2 && isFamiliar(runes[0]) {
		return string(runes[1:])
	}
	return nick
}

func sharesRune(a, b string) bool {
	for _, r := range a {
		if IsHan(r) && strings.ContainsRune(b, r) {
			return true
		}
	}
	return false
}

// compareScripts compares a name in characters with one in Latin letters.
func compareScripts(a, b Name) Agreement {
	if !a.Han {
		a, b = b, a
	}
	family, given := []rune(a.Family), []rune(a.Given)
	for start := range b.Tokens {
		for end := start + 1; end <= len(b.Tokens); end++ {
			if !soundsLike(strings.Join(b.Tokens[start:end], ""), given) {
				continue
			}
			rest := strings.Join(slices.Concat(b.Tokens[:start], b.Tokens[end:]), "")
			if rest == "" || len(family) == 0 || soundsFamily(rest, a.Family) || isInitialOf(rest, family) {
				return Agree
			}
		}
	}
	latin := strings.Join(b.Tokens, "")
	if len(family) > 0 && (soundsLike(latin, slices.Concat(family, given)) || soundsLike(latin, slices.Concat(given, family)) ||
		latin == SurnamePinyin(a.Family)+Pinyin(a.Given)) {
		return Agree
	}
	if saysLittle(b.Tokens, a.Family, family, given) {
		return Unknown
	}
	return Contradict
}

func soundsFamily(latin, family string) bool {
	return latin == SurnamePinyin(family) || soundsLike(latin, []rune(family))
}

// saysLittle: Latin words that fit a Chinese name without spelling it out: its initials, the
// family name alone or with initials, or one word too short to tell (Min, Lina).
func saysLittle(words []string, familyName string, family, given []rune) bool {
	latin := strings.Join(words, "")
	whole := slices.Concat(family, given)
	if isInitialOf(latin, whole) || isInitialOf(latin, slices.Concat(given, family)) || len(words) == 1 && (len(latin) <= 4 || soundsFamily(latin, familyName)) {
		return true
	}
	for _, i := range []int{0, len(words) - 1} {
		rest := strings.Join(slices.Concat(words[:i], words[i+1:]), "")
		if familyName != "" && soundsFamily(words[i], familyName) && len(rest) <= len(given) && isInitialOf(rest, given[:len(rest)]) {
			return true
		}
	}
	return false
}

// isInitialOf tells whether a text holds the first letters of characters.
func isInitialOf(latin string, han []rune) bool {
	if len(latin) != len(han) || latin == "" {
		return false
	}
	for i, r := range han {
		if p := pinyinOf(r); p == "" || p[0] != latin[i] {
			return false
		}
	}
	return true
}

func compareLatin(a, b Name) Agreement {
	if sameSet(a.Tokens, b.Tokens) || rotated(a.Tokens, b.Tokens) {
		return Agree // Xiaoming Wang and Wang Xiao Ming, Chen Laura and Laura Chen
	}
	if a.Pinyin && b.Pinyin {
		return comparePinyin(a, b)
	}
	ga, gb := strings.Fields(a.Given), strings.Fields(b.Given)
	if len(ga) == 0 || len(gb) == 0 {
		return Unknown
	}
	switch {
	case sameWord(ga[0], gb[0]) || strings.Join(ga, "") == strings.Join(gb, "") || shareNickname(ga[0], gb[0]) || nearWords(ga[0], gb[0]):
		return Agree
	case isInitial(ga, gb) || isInitial(gb, ga):
		return Unknown
	case slices.Contains(ga[1:], gb[0]) || slices.Contains(gb[1:], ga[0]):
		return Unknown // the second name may be the one in use
	case a.Family == "" && sameWord(ga[0], b.Family) || b.Family == "" && sameWord(gb[0], a.Family):
		return Unknown // a family name alone
	case a.Family != "" && b.Family != "" && sameWord(a.Family, gb[0]) && sameWord(b.Family, ga[0]):
		return Agree
	}
	return Contradict
}

// comparePinyin compares two Chinese names in Latin letters that are not the same words: only
// initials leave it open.
func comparePinyin(a, b Name) Agreement {
	if sameWord(a.Family, b.Family) && (isInitial(strings.Fields(a.Given), strings.Fields(b.Given)) || isInitial(strings.Fields(b.Given), strings.Fields(a.Given))) {
		return Unknown
	}
	return Contradict
}

// isInitial tells whether given names a are the initials of given names b.
func isInitial(a, b []string) bool {
	letters := strings.Join(a, "")
	if letters == "" || len(letters) > 3 || len(letters) > len(b) && len(letters) > 1 {
		return false
	}
	for i := range len(letters) {
		if b[i][0] != letters[i] {
			return false
		}
	}
	return len(letters) == 1 || len(letters) == len(b)
}

// rotated tells whether words of a name put together are those of another that begins elsewhere.
func rotated(a, b []string) bool {
	whole := strings.Join(a, "")
	for i := range b {
		if strings.Join(b[i:], "")+strings.Join(b[:i], "") == whole {
			return true
		}
	}
	return false
}

func sameSet(a, b []string) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	used := make([]bool, len(b))
	for _, x := range a {
		found := false
		for j, y := range b {
			if !used[j] && sameWord(x, y) {
				used[j], found = true, true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// sameWord: equal, or equal when umlauts are spelled either way (müller, mueller, muller).
func sameWord(a, b string) bool {
	return a == b || len(a) >= 4 && len(b) >= 4 && withoutUmlaut(a) == withoutUmlaut(b)
}

// withoutUmlaut drops the e that spells an umlaut out.
func withoutUmlaut(s string) string {
	if !strings.Contains(s, "ae") && !strings.Contains(s, "oe") && !strings.Contains(s, "ue") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == 'e' && len(out) > 0 && (out[len(out)-1] == 'a' || out[len(out)-1] == 'o' || out[len(out)-1] == 'u') {
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

// nearWords: one typing mistake in a word of at least five letters, not in its last letter,
// which tells Mario from Maria and Julian from Juliana.
func nearWords(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 5 || len(b)-len(a) > 1 || a[len(a)-1] != b[len(b)-1] {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if i == len(a) {
		return true
	}
	ra, rb := a[i:], b[i:]
	if len(ra) < len(rb) {
		return ra == rb[1:]
	}
	return ra[1:] == rb[1:] || len(ra) >= 2 && ra[0] == rb[1] && ra[1] == rb[0] && ra[2:] == rb[2:]
}
