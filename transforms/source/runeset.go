package source

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// runeSet is a class of characters.
type runeSet struct {
	first  [256]firstByte
	ranges []rune // from, to, from, to ... of those that are not ASCII
}

// firstByte says what a character's first byte tells of it.
type firstByte uint8

const (
	outside firstByte = 0 // no character that begins so is in the set
	// 1 to 4: all of them are, and this is their length
	undecided firstByte = 0xFF
)

// setOfRunes returns nil for what is no single character.
func setOfRunes(re *syntax.Regexp) *runeSet {
	set := &runeSet{}
	switch {
	case re.Op == syntax.OpCharClass:
		for i := 0; i < len(re.Rune); i += 2 {
			set.add(re.Rune[i], re.Rune[i+1])
		}
	case re.Op == syntax.OpAnyChar:
		set.add(0, unicode.MaxRune)
	case re.Op == syntax.OpAnyCharNotNL:
		set.add(0, '\n'-1)
		set.add('\n'+1, unicode.MaxRune)
	case re.Op == syntax.OpLiteral && len(re.Rune) == 1 && re.Flags&syntax.FoldCase == 0:
		set.add(re.Rune[0], re.Rune[0])
	default:
		return nil
	}
	return set
}

// add adds the characters from one to another.
func (s *runeSet) add(from, to rune) {
	for ; from <= to && from < utf8.RuneSelf; from++ {
		s.first[from] = 1
	}
	if from > to {
		return
	}
	s.ranges = append(s.ranges, from, to)
	var low, high [utf8.UTFMax]byte
	utf8.EncodeRune(low[:], from)
	utf8.EncodeRune(high[:], to)
	for lead := low[0]; lead <= high[0]; lead++ {
		s.first[lead] = undecided
		if lead > low[0] && lead < high[0] {
			s.first[lead] = firstByte(lengthOf(lead))
		}
	}
}

// lengthOf is the length of the character that begins with a byte that is not ASCII.
func lengthOf(lead byte) int {
	switch {
	case lead < 0xE0:
		return 2
	case lead < 0xF0:
		return 3
	}
	return 4
}

// length is the length in bytes of the character at a place; 0 when it is not of the set.
func (s *runeSet) length(text string, at int) int {
	if at == len(text) {
		return 0
	}
	if first := s.first[text[at]]; first != undecided {
		return min(int(first), len(text)-at)
	}
	r, size := utf8.DecodeRuneInString(text[at:])
	for i := 0; i < len(s.ranges); i += 2 {
		if r >= s.ranges[i] && r <= s.ranges[i+1] {
			return size
		}
	}
	return 0
}
