package resolve

import (
	"strings"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Levels of the parts of a place; 0 is missing.
const (
	codeDifferent = 1 + iota
	codeArea      // same district: all but the last three characters
	codeNear      // one character differs
	codeEqual
	codeLevels
)

const (
	cityDifferent = 1 + iota
	cityNear
	cityEqual
	cityLevels
)

const (
	streetDifferent = 1 + iota
	streetSome
	streetPart
	streetNear
	streetEqual
	streetLevels
)

// placeLevels: street x city x postcode are one comparison, since a street says again what the
// postcode and the city have said.
const placeLevels = streetLevels * cityLevels * codeLevels

func placeParts(level uint8) (street, city, code int) {
	return int(level) / (cityLevels * codeLevels), int(level) / codeLevels % cityLevels, int(level) % codeLevels
}

func comparePlace(a, b *Features) uint8 {
	street, city, code := compareStreet(a.Street, b.Street), compareCity(a.City, b.City), compareCode(a.Postcode, b.Postcode)
	return uint8((street*cityLevels+city)*codeLevels + code)
}

func compareCode(a, b string) int {
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return codeEqual
	case len(a) >= 4 && within(a, b, 1):
		return codeNear
	case len(a) >= 5 && len(b) >= 5 && a[:len(a)-3] == b[:len(b)-3]:
		return codeArea
	}
	return codeDifferent
}

func compareCity(a, b string) int {
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return cityEqual
	case strings.Contains(a, b) || strings.Contains(b, a) || alike(a, b, .88):
		return cityNear
	}
	if normalize.HasHan(a) != normalize.HasHan(b) && compact(normalize.Pinyin(a)) == compact(normalize.Pinyin(b)) {
		return cityEqual
	}
	return cityDifferent
}

func compareStreet(a, b string) int {
	if a == "" || b == "" {
		return 0
	}
	if a == b {
		return streetEqual
	}
	if normalize.HasHan(a) != normalize.HasHan(b) {
		return 0 // two scripts: nothing can be said
	}
	words, letters := sharedWords(a, b), dice(a, b)
	switch {
	case letters >= .8 || words >= .75 || letters >= .5 && alike(a, b, .95):
		return streetNear
	case letters >= .6 || words >= .5:
		return streetPart
	case letters >= .35 || words > 0:
		return streetSome
	}
	return streetDifferent
}
