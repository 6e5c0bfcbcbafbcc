// Package normalize brings names, phones, e-mail addresses, dates, amounts and places of many
// systems into one form, so that equal things compare equal. Everything is a pure function.
package normalize

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Half turns full-width letters, digits, punctuation and spaces into their half-width forms
// and removes NUL and zero-width characters. Text without any is returned as it is.
func Half(s string) string {
	if !mayHaveWide(s) {
		return s
	}
	changed := false
	for _, r := range s {
		if r == 0x3000 || (r >= 0xFF01 && r <= 0xFF5E) || isInvisible(r) {
			changed = true
			break
		}
	}
	if !changed {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == 0x3000:
			b.WriteByte(' ')
		case r >= 0xFF01 && r <= 0xFF5E:
			b.WriteRune(r - 0xFEE0)
		case isInvisible(r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// mayHaveWide looks for the bytes that begin what Half changes. Chinese text has none of them.
func mayHaveWide(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == 0 || c == 0xE2 || c == 0xE3 || c == 0xEF {
			return true
		}
	}
	return false
}

func isInvisible(r rune) bool {
	return r == 0 || r == 0x200B || r == 0x200C || r == 0x200D || r == 0x2060 || r == 0xFEFF
}

// TrimSpace is strings.TrimSpace, at once for the texts that have no blank at either end.
func TrimSpace(s string) string {
	if n := len(s); n == 0 || (plainByte(s[0]) || s[0] >= hanLead) && (plainByte(s[n-1]) || n >= 3 && s[n-3] >= hanLead && trails(s[n-2]) && trails(s[n-1])) {
		return s
	}
	return strings.TrimSpace(s)
}

// hanLead begins the characters from U+4000 on in UTF-8, of which none is a blank.
const hanLead = 0xE4

// plainByte tells of an ASCII character that is no blank.
func plainByte(c byte) bool { return c > ' ' && c < utf8.RuneSelf }

// trails tells of a byte that continues a character.
func trails(c byte) bool { return c&0xC0 == 0x80 }

// Unguard removes what spreadsheets and shops put around a cell to keep it text: ="00123",
// a leading apostrophe, a leading tab; and blanks at both ends.
func Unguard(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 3 && s[0] == '=' && s[1] == '"' && s[len(s)-1] == '"' {
		return strings.TrimSpace(strings.ReplaceAll(s[2:len(s)-1], `""`, `"`))
	}
	if len(s) > 1 && s[0] == '\'' {
		return strings.TrimSpace(strings.TrimSuffix(s[1:], "'"))
	}
	return s
}

// nulls are spellings of "no value" that any system may use.
var nulls = map[string]bool{
	"": true, "-": true, "--": true, "n/a": true, "#n/a": true, "na": true, "null": true, "none": true, "nil": true,
	"无": true, "暂无": true, "未知": true, "空": true, "(空)": true, "(跳过)": true, "000000000000000aaa": true, "\\n": true,
}

// nullLengths are the lengths, as bits, of the nulls that begin with a byte, in both cases: they
// tell nearly all cells.
var nullLengths = func() (lengths [256]uint32) {
	for spelling := range nulls {
		if spelling != "" {
			lengths[spelling[0]] |= 1 << len(spelling)
			lengths[strings.ToUpper(spelling[:1])[0]] |= 1 << len(spelling)
		}
	}
	return lengths
}()

// IsNull tells whether a trimmed cell is a common spelling of no value.
func IsNull(s string) bool {
	return s == "" || len(s) < 32 && nullLengths[s[0]]>>len(s)&1 != 0 && spellsNull(s)
}

func spellsNull(s string) bool {
	var lower [32]byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return nulls[string(lower[:len(s)])]
}

// IsMasked tells whether a value hides characters: 138****8000, 张*, ##cipher, $$cipher.
func IsMasked(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '*':
			return true
		case 0xE2, 0xEF: // that the others begin with, and no Chinese character
			if strings.ContainsAny(s[i:], "＊•●∗✱") {
				return true
			}
			return strings.IndexByte(s[i:], '*') >= 0 || isCipher(s)
		}
	}
	return isCipher(s)
}

func isCipher(s string) bool {
	return len(s) >= 2 && (s[0] == '#' || s[0] == '$') && s[1] == s[0]
}

// Fold lowers, half-widths, removes accents and joins blanks: the form in which header names
// and free text are compared.
func Fold(s string) string {
	s = Unaccent(strings.ToLower(strings.TrimSpace(Half(s))))
	if singleBlanks(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// singleBlanks tells whether the blanks of a trimmed text are single ones, as they nearly always are.
func singleBlanks(s string) bool {
	before := ' '
	for _, r := range s {
		if r != ' ' && unicode.IsSpace(r) || r == ' ' && before == ' ' {
			return false
		}
		before = r
	}
	return s == "" || before != ' '
}

// Unaccent removes diacritics from Latin letters and spells ß, æ, ø and the like out.
func Unaccent(s string) string {
	ascii := true
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r > 0x1EFF {
			b.WriteRune(r)
			continue
		}
		if spelled, ok := letters[r]; ok {
			b.WriteString(spelled)
			continue
		}
		if r < 0x00C0 || r > 0x1EFF || (r > 0x024F && r < 0x1E00) {
			b.WriteRune(r)
			continue
		}
		decomposed := norm.NFD.String(string(r))
		base, _ := utf8.DecodeRuneInString(decomposed)
		if spelled, ok := letters[base]; ok { // ǽ is æ with an accent
			b.WriteString(spelled)
			continue
		}
		b.WriteRune(base)
	}
	return b.String()
}

var letters = map[rune]string{
	'ß': "ss", 'ẞ': "SS", 'æ': "ae", 'Æ': "AE", 'ø': "o", 'Ø': "O", 'œ': "oe", 'Œ': "OE",
	'ð': "d", 'Ð': "D", 'þ': "th", 'Þ': "Th", 'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ı': "i",
}

// IsHan tells whether a rune is a Chinese character.
func IsHan(r rune) bool {
	return (r >= 0x4E00 && r <= 0x9FFF) || (r >= 0x3400 && r <= 0x4DBF) || (r >= 0x20000 && r <= 0x323AF)
}

// HasHan tells whether a text holds a Chinese character.
func HasHan(s string) bool {
	for _, r := range s {
		if IsHan(r) {
			return true
		}
	}
	return false
}
