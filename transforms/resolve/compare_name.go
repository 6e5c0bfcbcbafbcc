package resolve

import (
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// How alike two words of names are, from nothing known to equal.
const (
	wordMissing = iota
	wordDifferent
	wordWeak    // begin or sound somewhat alike
	wordInitial // one is the first letter of the other
	wordNear    // a typing mistake, or one begins with the other
	wordVariant // nickname or spelling: Bob and Robert, Mueller and Müller
	wordSound   // same pinyin: other characters, or characters against Latin letters
	wordEqual
	wordLevels
)

// nameLevels: 0 is no name; then given x family x whether they are exchanged.
const nameLevels = 1 + 2*wordLevels*wordLevels

func nameLevel(given, family int, exchanged bool) uint8 {
	level := 1 + given*wordLevels + family
	if exchanged {
		level += wordLevels * wordLevels
	}
	return uint8(level)
}

// nameParts takes a level apart.
func nameParts(level uint8) (given, family int, exchanged bool) {
	rest := int(level) - 1
	exchanged = rest >= wordLevels*wordLevels
	rest %= wordLevels * wordLevels
	return rest / wordLevels, rest % wordLevels, exchanged
}

// nameWord is a given or family name: Latin letters, and characters where it is written so.
type nameWord struct {
	latin, han string
	chinese    bool // characters, or pinyin
}

// compareFullName is the level of a person's names: the given and the family name are one
// comparison with a weight for each pair of their levels, since they do not err independently.
// Names may be exchanged; a name of one word may be either.
func compareFullName(a, b *Features) uint8 {
	ga, fa := nameWord{a.Given, a.HanGiven, a.Chinese}, nameWord{a.Family, a.HanFamily, a.Chinese}
	gb, fb := nameWord{b.Given, b.HanGiven, b.Chinese}, nameWord{b.Family, b.HanFamily, b.Chinese}
	if ga.latin == "" && fa.latin == "" || gb.latin == "" && fb.latin == "" {
		return 0
	}
	given, family := compareWords(ga, gb), compareWords(fa, fb)
	if given >= wordNear && family >= wordNear {
		return nameLevel(given, family, false)
	}
	x, y := compareWords(ga, fb), compareWords(fa, gb)
	switch {
	case given == wordMissing || family == wordMissing:
		// A name of one word: it may be in the wrong column.
		if best := max(x, y); best > max(given, family) && best >= wordNear {
			return nameLevel(wordMissing, best, true)
		}
	case x >= wordNear && y >= wordNear && x+y > given+family:
		// Which of the two is the given name depends on which record is looked at first.
		return nameLevel(min(x, y), max(x, y), true)
	}
	return nameLevel(given, family, false)
}

func compareWords(a, b nameWord) int {
	switch {
	case a.latin == "" || b.latin == "":
		return wordMissing
	case a.han != "" && b.han != "":
		return compareCharacters(a, b)
	case a.han != "":
		return compareAcross(b.latin, a)
	case b.han != "":
		return compareAcross(a.latin, b)
	}
	if level := compareLatinWords(a.latin, b.latin); level > wordWeak || !a.chinese || !b.chinese {
		return level
	}
	return wordDifferent // pinyin has few sounds: all of it is somewhat alike
}

// compareCharacters compares words of characters. One that they share says nothing: brothers
// and sisters often do.
func compareCharacters(a, b nameWord) int {
	switch {
	case a.han == b.han:
		return wordEqual
	case a.latin == b.latin:
		return wordSound
	case strings.HasSuffix(a.han, b.han) || strings.HasSuffix(b.han, a.han):
		return wordNear // 小明 and 明
	}
	return wordDifferent
}

// compareAcross compares Latin letters with Chinese characters.
func compareAcross(latin string, w nameWord) int {
	latin = strings.ReplaceAll(latin, " ", "")
	switch {
	case latin == w.latin || normalize.SoundsLike(latin, w.han):
		return wordSound
	case len(latin) <= size(w.han) && latin[0] == w.latin[0]:
		return wordInitial
	case len(latin) >= 4 && within(latin, w.latin, 1):
		return wordNear
	}
	return wordDifferent
}

// weakWord is the Jaro-Winkler similarity from which words are somewhat alike.
const weakWord = .82

func compareLatinWords(a, b string) int {
	if a == b {
		return wordEqual
	}
	shorter, longer := a, b
	if len(shorter) > len(longer) {
		shorter, longer = longer, shorter
	}
	switch {
	case len(shorter) == 1:
		if shorter[0] == longer[0] {
			return wordInitial
		}
		return wordDifferent
	case normalize.SameGivenName(a, b):
		return wordVariant
	case len(shorter) >= 4 && within(a, b, 1), len(shorter) >= 7 && within(a, b, 2), len(shorter) >= 3 && strings.HasPrefix(longer, shorter):
		return wordNear
	case strings.Contains(longer, " ") && slices.Contains(strings.Fields(longer), shorter):
		return wordNear // one of two family names
	case alike(a, b, weakWord):
		return wordWeak
	}
	return wordDifferent
}

// Levels of further words of names.
const (
	extraMissing = iota
	extraDifferent
	extraElsewhere // the other record has it as its given or family name
	extraNear
	extraEqual
	extraLevels
)

// compareExtra compares the further words of two names: with each other, and with the names of
// a record that has none.
func compareExtra(a, b *Features) (level uint8, shared string) {
	if len(a.Extra) == 0 && len(b.Extra) == 0 {
		return extraMissing, ""
	}
	best := uint8(extraMissing)
	if len(a.Extra) > 0 && len(b.Extra) > 0 {
		best = extraDifferent
	}
	for _, x := range a.Extra {
		for _, y := range b.Extra {
			switch l := compareLatinWords(x, y); {
			case l == wordEqual && size(x) > 1:
				if shared == "" || x < shared { // of several, whichever record comes first
					shared = x
				}
			case l >= wordInitial:
				best = extraNear
			}
		}
	}
	if shared != "" {
		return extraEqual, shared
	}
	if best != extraNear && (elsewhere(a, b) || elsewhere(b, a)) {
		return extraElsewhere, ""
	}
	return best, ""
}

func elsewhere(a, b *Features) bool {
	for _, x := range a.Extra {
		if size(x) > 1 && (x == b.Given || x == b.Family) {
			return true
		}
	}
	return false
}
