package normalize

import (
	"slices"
	"strings"
	"unicode"
)

// Name is a personal name in the forms by which names are compared. All parts are folded:
// simplified characters, or lower-case Latin letters without accents.
type Name struct {
	Family string // empty when it cannot be told
	Given  string // all given names, blank-separated; empty when it cannot be told
	Han    bool   // written in Chinese characters
	Pinyin bool   // a Chinese name in Latin letters, whose order may be either
	// Tokens are all Latin words of the name in order, of Han names the pinyin of family and
	// given name.
	Tokens []string
}

var honorifics = map[string]bool{
	"mr": true, "mrs": true, "ms": true, "miss": true, "dr": true, "prof": true, "herr": true, "frau": true, "sir": true, "madam": true,
	"jr": true, "sr": true, "ii": true, "iii": true, "mme": true, "m": false,
}

var hanTitles = [][]rune{
	[]rune("先生"), []rune("女士"), []rune("小姐"), []rune("太太"), []rune("老师"), []rune("经理"), []rune("总监"), []rune("同学"), []rune("同志"),
	[]rune("师傅"), []rune("医生"), []rune("老板"), []rune("总"), []rune("哥"), []rune("姐"),
}

// hanTitle is the length of the title at the end of a name. A title alone is none.
func hanTitle(runes []rune) int {
	for _, t := range hanTitles {
		if len(runes) > len(t) && slices.Equal(runes[len(runes)-len(t):], t) {
			return len(t)
		}
	}
	return 0
}

// ParseName reads a personal name from a full name or from its parts. Title and honorifics
// are dropped; "NAIR, Priya" is turned round; a remark behind a dash or blank after a Han
// name (王小明-浦东) is dropped. A name that hides characters is empty.
func ParseName(full, given, family string) Name {
	if IsMasked(full) || IsMasked(given) || IsMasked(family) {
		return Name{}
	}
	full, given, family = cleanName(full), cleanName(given), cleanName(family)
	if HasHan(given) || HasHan(family) {
		return hanName(strings.ReplaceAll(family, " ", ""), strings.ReplaceAll(given, " ", ""))
	}
	if given != "" || family != "" {
		return latinName(given, family)
	}
	if HasHan(full) {
		return splitHan(full)
	}
	return splitLatin(full)
}

// NameTokens are the tokens of ParseName. Which word of a Latin name is the family name need
// not be told for them.
func NameTokens(full, given, family string) []string {
	if given == "" && family == "" && !IsMasked(full) {
		if full = cleanName(full); !HasHan(full) && strings.IndexByte(full, ',') < 0 {
			return latinWords(full)
		}
	}
	return ParseName(full, given, family).Tokens
}

func cleanName(s string) string {
	if s == "" {
		return ""
	}
	s = strings.TrimSpace(Half(s))
	if IsNull(s) {
		return ""
	}
	return s
}

// splitHan finds family and given name in a text of Chinese characters. Latin words beside
// them are another spelling of the same name and are dropped.
func splitHan(s string) Name {
	s = Simplify(s)
	if i := strings.IndexAny(s, "-_(/、,·"); i >= 0 && HasHan(s[:i]) {
		s = s[:i]
	}
	runes := joinHan(strings.Fields(s))
	title := hanTitle(runes)
	runes = runes[:len(runes)-title]
	if title > 0 && (len(runes) == 1 || len(runes) == 2 && compoundSurnames[string(runes)]) {
		return hanName(string(runes), "") // 王先生: the family name alone
	}
	n := chineseSurnameLength(runes)
	if n == 0 || len(runes) > n+3 || len(runes) == 2 && isFamiliar(runes[0]) {
		return hanName("", string(runes)) // a nickname or something else
	}
	return hanName(string(runes[:n]), string(runes[n:]))
}

// joinHan puts the parts of a name together: 陈 静, and 小明 王 the right way round. What follows
// a whole name is a remark.
func joinHan(words []string) []rune {
	var parts [][]rune
	for _, word := range words {
		var runes []rune
		for _, r := range word {
			if IsHan(r) {
				runes = append(runes, r)
			}
		}
		if len(runes) > 0 {
			parts = append(parts, runes)
		}
	}
	switch {
	case len(parts) == 0:
		return nil
	case len(parts) == 1:
		return parts[0]
	case len(parts[0]) == 1 || compoundSurnames[string(parts[0])]:
		return append(parts[0], parts[1]...)
	case len(parts) == 2 && len(parts[1]) == 1 && isSurname(parts[1][0]) && !isSurname(parts[0][0]):
		return append(parts[1], parts[0]...)
	}
	return parts[0]
}

// isFamiliar: 小王, 老李, 阿强 are what friends and staff say.
func isFamiliar(r rune) bool { return r == '小' || r == '老' || r == '阿' || r == '大' }

func hanName(family, given string) Name {
	family, given = Simplify(family), Simplify(given)
	n := Name{Family: family, Given: given, Han: true}
	if family != "" {
		n.Tokens = append(n.Tokens, SurnamePinyin(family))
	}
	if given != "" {
		n.Tokens = append(n.Tokens, Pinyin(given))
	}
	return n
}

// splitLatin finds family and given name in a full name of Latin letters. A Chinese family
// name before pinyin comes first: Wang Xiaoming.
func splitLatin(s string) Name {
	if family, given, ok := strings.Cut(s, ","); ok && strings.TrimSpace(given) != "" {
		return latinName(given, family)
	}
	words := latinWords(s)
	n := len(words)
	switch n {
	case 0:
		return Name{}
	case 1:
		return Name{Given: words[0], Tokens: words}
	}
	if first, last := romanSurnames()[words[0]], romanSurnames()[words[n-1]]; (first || last) && allPinyin(words) {
		name := Name{Family: words[n-1], Given: strings.Join(words[:n-1], " "), Tokens: words, Pinyin: true}
		if first && !last {
			name.Family, name.Given = words[0], strings.Join(words[1:], " ")
		}
		return name
	}
	return Name{Family: words[n-1], Given: strings.Join(words[:n-1], " "), Tokens: words}
}

func allPinyin(words []string) bool {
	for _, w := range words {
		if !isPinyin(w) {
			return false
		}
	}
	return true
}

func latinName(given, family string) Name {
	g, f := latinWords(given), latinWords(family)
	name := Name{Family: strings.Join(f, " "), Given: strings.Join(g, " "), Tokens: append(append([]string{}, g...), f...)}
	name.Pinyin = len(f) == 1 && len(g) > 0 && romanSurnames()[f[0]] && allPinyin(name.Tokens)
	return name
}

// latinWords folds a text into words of letters, without titles.
func latinWords(s string) []string {
	s = strings.ToLower(Unaccent(s))
	words := make([]string, 0, 4)
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		word = strings.ReplaceAll(word, "'", "")
		if word != "" && !honorifics[word] {
			words = append(words, word)
		}
	}
	return words
}
