package normalize

import (
	"strings"
	"sync/atomic"

	"github.com/nyaruka/phonenumbers"
)

// fastPhone recognises the forms that most rows have. known is false where the library has to
// decide. It agrees with libraryPhone wherever it knows; a test compares them.
func fastPhone(digits string, plus bool, regions []string) (value string, known bool) {
	if plus {
		for _, r := range ranges {
			if strings.HasPrefix(digits, r.code) && r.ask(digits[len(r.code):]) == assigned {
				return "+" + digits, true
			}
		}
		return "", false
	}
	for _, region := range regions {
		switch region {
		case "CN":
			switch {
			case len(digits) == 11 && chinaMobile.ask(digits) == assigned:
				return "+86" + digits, true
			case len(digits) == 13 && digits[:2] == "86" && chinaMobile.ask(digits[2:]) == assigned:
				return "+" + digits, true
			case len(digits) == 10 && strings.IndexByte("235679", digits[0]) >= 0:
				continue // could only be a landline without its trunk zero
			}
			return "", false
		case "US", "CA":
			switch {
			case len(digits) == 10 && northAmerica.ask(digits) == assigned:
				return "+1" + digits, true
			case len(digits) == 11 && digits[0] == '1':
				switch northAmerica.ask(digits[1:]) {
				case assigned:
					return "+" + digits, true
				case unassigned:
					continue
				}
			case len(digits) == 13 && digits[:2] == "86":
				continue // too long for North America
			}
			return "", false
		default:
			for _, r := range ranges {
				if r.region == region && r.trunk != "" && len(digits) > 1 && digits[0] == '0' && r.ask(digits[1:]) == assigned {
					return "+" + r.code + digits[1:], true
				}
			}
			return "", false
		}
	}
	return "", false
}

// numberRange are the numbers of a country whose validity hangs on their length and first
// digits alone. What the digits mean is asked of the library once for each prefix, so that the
// tables follow its version.
type numberRange struct {
	region, code, trunk string
	leads               string // first digits that the range covers
	lengths             []int  // of the national number, ascending
	prefix              int    // how many digits decide
	except              string // a prefix that needs more digits
	areas               string // regions that share the country code and the table, blank-separated

	answers [][]uint32 // by length, by prefix; 0 = not asked yet
}

// What a prefix means.
const (
	unasked uint32 = iota
	assigned
	unassigned
	elsewhere // the library has to see the whole number
)

// powers of ten, for the size of tables.
var powers = [...]int{1, 10, 100, 1000, 10_000, 100_000}

func newRange(r numberRange) *numberRange {
	r.answers = make([][]uint32, len(r.lengths))
	for i := range r.answers {
		r.answers[i] = make([]uint32, powers[r.prefix])
	}
	if r.areas == "" {
		r.areas = r.region
	}
	return &r
}

var (
	chinaMobile  = newRange(numberRange{region: "CN", code: "86", leads: "1", lengths: []int{11}, prefix: 3, except: "174"})
	northAmerica = newRange(numberRange{region: "US", code: "1", leads: "23456789", lengths: []int{10}, prefix: 4, areas: "US CA"})

	ranges = []*numberRange{
		chinaMobile,
		northAmerica,
		newRange(numberRange{region: "GB", code: "44", trunk: "0", leads: "7", lengths: []int{10}, prefix: 5}),
		newRange(numberRange{region: "DE", code: "49", trunk: "0", leads: "1", lengths: []int{10, 11}, prefix: 5}),
		newRange(numberRange{region: "FR", code: "33", trunk: "0", leads: "67", lengths: []int{9}, prefix: 4}),
		newRange(numberRange{region: "JP", code: "81", trunk: "0", leads: "789", lengths: []int{10}, prefix: 4}),
		newRange(numberRange{region: "AU", code: "61", trunk: "0", leads: "4", lengths: []int{9}, prefix: 5}),
	}
)

// ask tells whether a national number (without trunk zero) is assigned.
func (r *numberRange) ask(national string) uint32 {
	if len(national) < r.lengths[0] || strings.IndexByte(r.leads, national[0]) < 0 || r.except != "" && strings.HasPrefix(national, r.except) {
		return elsewhere
	}
	for i, length := range r.lengths {
		if length != len(national) {
			continue
		}
		cell := &r.answers[i][digits(national[:r.prefix])]
		answer := atomic.LoadUint32(cell)
		if answer == unasked {
			answer = r.library(national)
			atomic.StoreUint32(cell, answer)
		}
		return answer
	}
	return elsewhere
}

// library asks about the prefix of a number. The digits behind it are fixed, so that the
// answer hangs on the prefix alone.
func (r *numberRange) library(national string) uint32 {
	const filler = "2023456789"
	sample := national[:r.prefix] + filler[:len(national)-r.prefix]
	if r == northAmerica && wholeNumberArea(national[:3]) {
		return elsewhere
	}
	number, err := phonenumbers.Parse("+"+r.code+sample, "ZZ")
	if err != nil {
		return elsewhere
	}
	if !phonenumbers.IsValidNumber(number) {
		if r == northAmerica {
			return unassigned
		}
		return elsewhere
	}
	for _, area := range strings.Fields(r.areas) {
		if phonenumbers.GetRegionCodeForNumber(number) == area {
			return assigned
		}
	}
	return elsewhere
}

// wholeNumberArea tells whether an area code of North America is assigned number by number:
// the island states, and personal numbers.
func wholeNumberArea(area string) bool {
	return area[:2] == "52" || strings.Contains("242 246 264 268 284 340 345 441 473 500 533 544 566 577 588 649 658 664 670 671 684 721 758 767 784 787 809 829 849 868 869 876 939", area)
}
