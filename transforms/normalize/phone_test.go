package normalize

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

func TestPhoneReadsCommonAndHardForms(t *testing.T) {
	cn, us, both := []string{"CN"}, []string{"US"}, []string{"CN", "US"}
	for _, c := range []struct {
		name, raw string
		regions   []string
		want      string
		status    string
	}{
		{"plain mobile", "13900000001", cn, "+8613900000001", schemas.ContactValid},
		{"country code and groups", "+86 139-0000-0001", us, "+8613900000001", schemas.ContactValid},
		{"00 for plus", "008613900000001", us, "+8613900000001", schemas.ContactValid},
		{"86 and dash", "86-13900000001", cn, "+8613900000001", schemas.ContactValid},
		{"86 without plus in another region", "8613900000001", us, "+8613900000001", schemas.ContactValid},
		{"three groups", "139 0000 0001", cn, "+8613900000001", schemas.ContactValid},
		{"full width", "１３９００００００１１", cn, "+8613900000011", schemas.ContactValid},
		{"chinese landline", "021-61234567", cn, "+862161234567", schemas.ContactValid},
		{"landline with country code and zero", "+86 021 61234567", us, "+862161234567", schemas.ContactValid},
		{"service number", "400-810-0000", cn, "+864008100000", schemas.ContactValid},

		{"region first: China", "1-312-363-3560", both, "+8613123633560", schemas.ContactValid},
		{"region first: America", "1-312-363-3560", []string{"US", "CN"}, "+13123633560", schemas.ContactValid},
		{"New York, not Shanghai without its zero", "(212) 555-0101", both, "+12125550101", schemas.ContactValid},
		{"a landline without zero where nothing else fits", "2161234567", cn, "+862161234567", schemas.ContactValid},
		{"Chinese mobile where America comes first", "13900000001", []string{"US", "CN"}, "+8613900000001", schemas.ContactValid},
		{"dots", "415.555.0105", us, "+14155550105", schemas.ContactValid},
		{"fictional American number", "+1 (617) 555-0104", cn, "+16175550104", schemas.ContactValid},

		{"possible but unassigned, international", "+44 7700 900001", cn, "+447700900001", schemas.ContactValid},
		{"possible but unassigned, national", "07700 900001", []string{"GB"}, "+447700900001", schemas.ContactValid},
		{"trunk zero in brackets", "+44 (0)7700 900001", cn, "+447700900001", schemas.ContactValid},
		{"trunk zero that stayed", "+4407700900001", cn, "+447700900001", schemas.ContactValid},
		{"assigned British mobile", "07400 123456", []string{"GB"}, "+447400123456", schemas.ContactValid},
		{"London", "020 7946 0018", []string{"GB"}, "+442079460018", schemas.ContactValid},
		{"Berlin with a slash", "030/23125001", []string{"DE"}, "+493023125001", schemas.ContactValid},
		{"German mobile", "0151 23456789", []string{"DE"}, "+4915123456789", schemas.ContactValid},
		{"Paris", "+33 1 42 68 53 00", nil, "+33142685300", schemas.ContactValid},
		{"Rome keeps its zero", "+39 06 6982 0000", nil, "+390669820000", schemas.ContactValid},
		{"the first of two", "13900000001/13900000002", cn, "+8613900000001", schemas.ContactValid},
		{"the first of two by comma", "13900000001, 13900000002", cn, "+8613900000001", schemas.ContactValid},

		{"masked by stars", "139****0001", cn, "", schemas.ContactMasked},
		{"masked by full-width stars", "1＊＊＊＊＊＊0002", cn, "", schemas.ContactMasked},
		{"masked by x", "139xxxx0001", cn, "", schemas.ContactMasked},
		{"cipher", "##A8sd9/2k==", cn, "", schemas.ContactMasked},
		{"virtual number", "18412345678-1234", cn, "", schemas.ContactVirtual},
		{"virtual number with country code", "+86 18412345678-1234", cn, "", schemas.ContactVirtual},
		{"virtual number by comma", "18412345678,1234", cn, "", schemas.ContactVirtual},
		{"virtual number by word", "18412345678转1234", cn, "", schemas.ContactVirtual},
		{"switchboard", "+1 212 555 0101 ext. 12", cn, "", schemas.ContactVirtual},
		{"the operator's own number", "13800138000", cn, "", schemas.ContactJunk},
		{"the same with country code", "+86 138 0013 8000", cn, "", schemas.ContactJunk},
		{"one digit", "13888888888", cn, "", schemas.ContactJunk},
		{"zeros", "000000", cn, "", schemas.ContactJunk},
		{"keyboard row", "1234567890", us, "", schemas.ContactJunk},
		{"short", "110", cn, "", schemas.ContactJunk},
		{"empty", " ", cn, "", schemas.ContactInvalid},
		{"words", "see remark", cn, "", schemas.ContactInvalid},
		{"too long", "139000000011390000000211", cn, "", schemas.ContactInvalid},
		{"mobile of an unassigned range", "15412345678", cn, "", schemas.ContactInvalid},
		{"one digit too few", "1390000001", cn, "", schemas.ContactInvalid},
	} {
		value, status := Phone(c.raw, c.regions)
		if value != c.want || status != c.status {
			t.Errorf("%s: Phone(%q, %v) = %q %s, want %q %s", c.name, c.raw, c.regions, value, status, c.want, c.status)
		}
	}
}

// regionLists are the orders of regions under which the fast path is held against the library.
var regionLists = [][]string{{"CN"}, {"US"}, {"CN", "US"}, {"US", "CN"}, {"GB"}, {"DE"}, {"FR"}, {"JP"}, {"AU"}, {"US", "GB"}, {"DE", "GB", "FR"}, nil}

func TestPhoneFastPathAgreesWithTheLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	known := 0
	for range 40_000 {
		digits, plus := randomNumber(r)
		regions := regionLists[r.IntN(len(regionLists))]
		fast, ok := fastPhone(digits, plus, regions)
		if !ok {
			continue
		}
		known++
		if slow := libraryPhone(digits, plus, regions); fast != slow {
			t.Fatalf("%q plus=%v regions=%v: fast path %q, library %q", digits, plus, regions, fast, slow)
		}
	}
	if known < 10_000 {
		t.Errorf("only %d of 40,000 numbers took the fast path", known)
	}
}

func TestPhoneFastPathKnowsWhatMostRowsHold(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2))
	for _, c := range []struct {
		lead    string
		length  int
		regions []string
	}{{"139", 11, []string{"CN", "US"}}, {"139", 11, []string{"US", "CN"}}, {"212", 10, []string{"CN", "US"}}, {"1415", 11, []string{"US"}}, {"074", 11, []string{"GB"}}, {"0151", 12, []string{"DE"}}} {
		known := 0
		for range 500 {
			digits := c.lead
			if c.regions[len(c.regions)-1] == "US" && c.lead[0] != '1' || c.lead == "1415" {
				digits += "5"
			}
			for len(digits) < c.length {
				digits += string(rune('0' + r.IntN(10)))
			}
			if _, ok := fastPhone(digits, false, c.regions); ok {
				known++
			}
		}
		if known < 450 {
			t.Errorf("%s... in %v: %d of 500 known to the fast path", c.lead, c.regions, known)
		}
	}
}

// randomNumber draws numbers around the ranges that the fast path covers, most of the right length.
func randomNumber(r *rand.Rand) (digits string, plus bool) {
	lead := numberLeads[r.IntN(len(numberLeads))]
	length := lead.length
	if r.IntN(5) == 0 {
		length += r.IntN(5) - 2
	}
	var b strings.Builder
	b.WriteString(lead.digits)
	for b.Len() < length {
		fmt.Fprintf(&b, "%d", r.IntN(10))
	}
	return b.String(), lead.plus
}

var numberLeads = []struct {
	digits string
	length int
	plus   bool
}{
	{"1", 11, false},
	{"13", 11, false},
	{"15", 11, false},
	{"17", 11, false},
	{"19", 11, false},
	{"861", 13, false},
	{"861", 13, true},
	{"86", 12, true},
	{"", 10, false},
	{"2", 10, false},
	{"1", 11, true},
	{"1212", 11, true},
	{"1312", 11, false},
	{"1242", 11, true},
	{"415", 10, false},
	{"809", 10, false},
	{"1800", 11, true},
	{"07", 11, false},
	{"447", 12, true},
	{"4477", 12, true},
	{"020", 11, false},
	{"015", 12, false},
	{"4915", 13, true},
	{"017", 11, false},
	{"4916", 12, true},
	{"030", 11, false},
	{"06", 10, false},
	{"336", 11, true},
	{"07", 10, false},
	{"090", 11, false},
	{"8190", 12, true},
	{"04", 10, false},
	{"614", 11, true},
	{"021", 11, false},
	{"400", 10, false},
}

func TestPhoneIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.OneOf(rapid.StringMatching(`[+0]?[0-9 ()./-]{0,18}(x[0-9]{1,4})?`), rapid.String()).Draw(t, "raw")
		regions := rapid.SampledFrom(regionLists).Draw(t, "regions")
		value, status := Phone(raw, regions)
		if (value != "") != (status == schemas.ContactValid) {
			t.Fatalf("value %q with status %s", value, status)
		}
		if value == "" {
			return
		}
		if again, s := Phone(value, regions); again != value || s != schemas.ContactValid {
			t.Fatalf("%q -> %q -> %q (%s)", raw, value, again, s)
		}
	})
}

func FuzzPhone(f *testing.F) {
	for _, seed := range []string{"13900000001", "+44 (0)7700 900001", "18412345678-1234", "139****0001", "\x00\xff", "+", "转"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		value, status := Phone(raw, []string{"CN", "US", "GB"})
		if (value != "") != (status == schemas.ContactValid) {
			t.Fatalf("value %q with status %s", value, status)
		}
	})
}

func BenchmarkPhone(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 3))
	numbers := make([]string, 1<<16)
	for i := range numbers {
		switch i % 4 {
		case 0:
			numbers[i] = fmt.Sprintf("13%09d", r.IntN(1e9))
		case 1:
			numbers[i] = fmt.Sprintf("+86 18%d-%04d-%04d", r.IntN(10), r.IntN(1e4), r.IntN(1e4))
		case 2:
			numbers[i] = fmt.Sprintf("(%d) %d-%04d", []int{212, 415, 617, 206, 512}[r.IntN(5)], 200+r.IntN(700), r.IntN(1e4))
		default:
			numbers[i] = fmt.Sprintf("+1-%d-%d-%04d", []int{212, 415, 617, 206, 512}[r.IntN(5)], 200+r.IntN(700), r.IntN(1e4))
		}
	}
	regions := []string{"CN", "US"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Phone(numbers[i&(1<<16-1)], regions)
	}
}
