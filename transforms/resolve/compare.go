package resolve

import "strings"

// The comparisons, each of which gives one level of a pattern. Level 0 says nothing: a value is
// missing.
const (
	slotName       = iota // given x family x exchanged
	slotExtra             // further words of the name
	slotBirth             //
	slotPlace             // street x city x postcode
	slotPhone             //
	slotEmail             //
	slotGender            //
	slotCompany           //
	slotOccupation        //
	slotText              // the first of the free columns
	slots          = slotText + freeColumns
)

// freeColumns is how many columns text.NAME are compared.
const freeColumns = 7

// slotNames are the names of comparisons in tables, reports and model files.
var slotNames = [slotText]string{"name", "other_names", "birth_date", "place", "phone", "email", "gender", "company", "occupation"}

// Pattern is the outcome of all comparisons of two records.
type Pattern [slots]uint8

// Compare compares two records.
func Compare(a, b *Features) (p Pattern) {
	if a.Organization {
		p[slotCompany] = compareText(a.Company, b.Company)
	} else {
		p[slotName] = compareFullName(a, b)
		p[slotExtra], _ = compareExtra(a, b)
		p[slotBirth] = compareBirth(a.Birth, b.Birth)
		p[slotGender] = compareGender(a.Gender, b.Gender)
		p[slotCompany] = compareText(a.Company, b.Company)
		p[slotOccupation] = compareText(a.Occupation, b.Occupation)
	}
	p[slotPlace] = comparePlace(a, b)
	p[slotPhone], _ = comparePhones(a.Phones, b.Phones)
	p[slotEmail], _ = compareEmails(a.Emails, b.Emails)
	for i := range min(len(a.Texts), len(b.Texts)) {
		p[slotText+i] = compareText(a.Texts[i], b.Texts[i])
	}
	return p
}

// Levels of birth dates.
const (
	birthMissing  = iota
	birthOther    //
	birthSimilar  // same decade, or two digits differ
	birthYear     // same year
	birthTwoParts // two of year, month and day
	birthMistyped // one digit of the year differs, or day and month or two digits are exchanged
	birthOneDigit // one digit of month or day differs
	birthEqual    //
	birthLevels   //
	digitsOfBirth = 8
	newYear       = "0101" // a frequent day, not an unknown one
)

// compareBirth compares birth dates as digits, so that one that cannot be a date is compared too.
func compareBirth(a, b string) uint8 {
	switch {
	case a == "" || b == "":
		return birthMissing
	case a == b:
		return birthEqual
	case len(a) != digitsOfBirth || len(b) != digitsOfBirth:
		if within(a, b, 2) {
			return birthTwoParts
		}
		return birthOther
	}
	differing := 0
	for i := range digitsOfBirth {
		if a[i] != b[i] {
			differing++
		}
	}
	sameYear, sameMonth, sameDay := a[:4] == b[:4], a[4:6] == b[4:6], a[6:] == b[6:]
	switch {
	case differing == 1 && sameYear:
		return birthOneDigit
	case differing == 1, sameYear && a[4:6] == b[6:] && a[6:] == b[4:6], differing == 2 && within(a, b, 1):
		return birthMistyped
	case sameYear && (sameMonth || sameDay), sameMonth && sameDay && a[4:] != newYear:
		return birthTwoParts
	case sameYear:
		return birthYear
	case differing <= 2 || a[:3] == b[:3]:
		return birthSimilar
	}
	return birthOther
}

// Levels of gender.
const (
	genderDifferent = 1 + iota
	genderEqual
	genderLevels
)

func compareGender(a, b string) uint8 {
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return genderEqual
	}
	return genderDifferent
}

// Levels of phone numbers.
const (
	phoneDifferent = 1 + iota
	phoneNear      // one digit differs or two are exchanged
	phoneEqual
	phoneLevels
)

// comparePhones is the best level of any two numbers, and the number that both have.
func comparePhones(a, b []string) (level uint8, shared string) {
	for _, x := range a {
		for _, y := range b {
			switch {
			case x == y:
				return phoneEqual, x
			case within(x, y, 1):
				level = phoneNear
			case level == 0:
				level = phoneDifferent
			}
		}
	}
	return level, ""
}

// Levels of e-mail addresses.
const (
	emailDifferent = 1 + iota
	emailNear      // at most two letters differ
	emailLocal     // same local part, another domain
	emailEqual
	emailLevels
)

// compareEmails is the best level of any two addresses, and the address or local part that both have.
func compareEmails(a, b []string) (level uint8, shared string) {
	for _, x := range a {
		for _, y := range b {
			l, s := compareEmail(x, y)
			if l > level {
				level, shared = l, s
			}
		}
	}
	return level, shared
}

// compareEmail compares two addresses. Local parts that are merely alike count as different: they
// are made of the names, which are compared already.
func compareEmail(a, b string) (level uint8, shared string) {
	if a == b {
		return emailEqual, a
	}
	local, _, _ := strings.Cut(a, "@")
	other, _, _ := strings.Cut(b, "@")
	switch {
	case local == other && len(local) > 2:
		return emailLocal, local
	case within(a, b, 2):
		return emailNear, ""
	}
	return emailDifferent, ""
}

// Levels of free texts.
const (
	textDifferent = 1 + iota
	textWeak      // alike, or half of the words are the same
	textNear      // one letter in eight differs
	textEqual
	textLevels
)

func compareText(a, b string) uint8 {
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return textEqual
	case size(a) > 3 && within(a, b, 1+size(a)/8):
		return textNear
	case alike(a, b, .85) || sharedWords(a, b) >= .5:
		return textWeak
	}
	return textDifferent
}

// sharedWords is the share of words that two texts have in common, words counted as often as
// both have them.
func sharedWords(a, b string) float64 {
	if !strings.Contains(a, " ") || !strings.Contains(b, " ") {
		return 0
	}
	x, y := strings.Fields(a), strings.Fields(b)
	common := 0
	for i, w := range x {
		// As often as both have it: the n-th w of x needs an n-th w of y.
		if count(y, w) > count(x[:i], w) {
			common++
		}
	}
	return 2 * float64(common) / float64(len(x)+len(y))
}

func count(words []string, word string) (n int) {
	for _, w := range words {
		if w == word {
			n++
		}
	}
	return n
}
