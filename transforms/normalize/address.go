package normalize

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Address is a postal address in parts. Province, city and district of China are in simplified
// characters, province and city without their suffix.
type Address struct {
	Country, Province, City, District, Postcode, Street string
}

// SplitAddress finds the parts of an address written in one piece. Parts that cannot be told
// stay in Street.
func SplitAddress(s string) Address {
	s = strings.TrimSpace(Half(s))
	if HasHan(s) {
		return splitChinese(s)
	}
	return splitWestern(s)
}

// splitChinese reads province, city, district and street, large to small, with or without
// blanks and suffixes. The province may be left out before a well-known city.
func splitChinese(s string) Address {
	a := Address{}
	rest, postcode := takePostcode(strings.TrimPrefix(strings.TrimLeft(Simplify(s), " "), "中国"))
	a.Postcode = postcode
	whole := strings.TrimSpace(rest)
	a.Province, rest = takeProvince(whole)
	var known bool
	if a.City, rest, known = takeCity(a.Province, rest); known && a.Province == "" {
		a.Province = provinceOf()[a.City]
	}
	if a.Province == "" {
		return Address{Postcode: postcode, Street: whole}
	}
	a.District, rest = takeDistrict(rest)
	a.Street = strings.TrimSpace(rest)
	a.Country = "CN"
	return a
}

var chinesePostcode = regexp.MustCompile(`(^|[^0-9-])[(（]?(?:邮编[:：]?)?([0-8][0-9]{5})[)）]?([^0-9室号栋楼-]|$)`)

// takePostcode takes a number of six digits out that stands at the beginning or end.
func takePostcode(s string) (rest, postcode string) {
	if !hasDigitRun(s, 6) {
		return s, ""
	}
	m := chinesePostcode.FindStringSubmatchIndex(s)
	if m == nil || m[2] > 0 && m[7] != len(s) {
		return s, ""
	}
	return strings.TrimSpace(s[:m[3]] + s[m[6]:]), s[m[4]:m[5]]
}

// hasDigitRun tells whether n digits follow on each other: few addresses need the expression.
func hasDigitRun(s string, n int) bool {
	run := 0
	for i := 0; i < len(s) && run < n; i++ {
		if s[i] < '0' || s[i] > '9' {
			run = 0
			continue
		}
		run++
	}
	return run == n
}

// hanBytes is how long the Chinese characters of names are in UTF-8.
const hanBytes = 3

// provincesFrom lists the provinces by their first character.
var provincesFrom = sync.OnceValue(func() map[string][]string {
	table := map[string][]string{}
	for _, p := range provinces {
		table[p[:hanBytes]] = append(table[p[:hanBytes]], p)
	}
	return table
})

func takeProvince(s string) (province, rest string) {
	for _, p := range provincesFrom()[s[:min(len(s), hanBytes)]] {
		after, ok := strings.CutPrefix(s, p)
		if !ok || provinceOf()[p] != p && strings.HasPrefix(after, "市") {
			continue // 吉林市 is a city of the province of that name
		}
		for _, suffix := range []string{"壮族自治区", "回族自治区", "维吾尔自治区", "特别行政区", "自治区", "省", "市"} {
			if trimmed, ok := strings.CutPrefix(after, suffix); ok {
				after = trimmed
				break
			}
		}
		return p, strings.TrimLeft(after, " ")
	}
	return "", s
}

// takeCity takes the city; known tells that its province follows from it.
func takeCity(province, s string) (city, rest string, known bool) {
	if municipalities[province] {
		rest = strings.TrimPrefix(s, province)
		for _, filler := range []string{"市辖区", "市"} {
			rest = strings.TrimPrefix(rest, filler)
		}
		return province, strings.TrimLeft(rest, " "), true
	}
	if name, rest, ok := takeUntil(s, 11, "自治州"); ok && province != "" {
		name = strings.TrimSuffix(name, "自治州")
		if end := runeEnd(name, 2); provinceOf()[name[:end]] == province {
			name = name[:end] // 大理白族自治州
		}
		return name, rest, false
	}
	for _, n := range []int{2, 3, 4} {
		end := runeEnd(s, n)
		if home := provinceOf()[s[:end]]; home != "" && (home == province || province == "") && !strings.HasPrefix(s[end:], "路") && !strings.HasPrefix(s[end:], "街") {
			return s[:end], strings.TrimLeft(strings.TrimPrefix(s[end:], "市"), " "), true
		}
	}
	if province == "" {
		return "", s, false
	}
	if name, rest, ok := takeUntil(s, 7, "市", "地区", "盟"); ok {
		return strings.TrimSuffix(strings.TrimSuffix(name, "市"), "地区"), rest, false
	}
	return "", s, false
}

// within are words in which 区 is no district.
var within = []string{"小区", "社区", "校区", "厂区", "景区", "库区", "园区", "街区"}

func takeDistrict(s string) (district, rest string) {
	name, rest, ok := takeUntil(s, 8, "区", "县", "旗", "市")
	if !ok || strings.ContainsAny(name, "路街道巷弄号村镇 ") {
		return "", s
	}
	for _, word := range within {
		if strings.HasSuffix(name, word) && name != "工业园区" && name != "苏州工业园区" {
			return "", s
		}
	}
	return name, rest
}

// takeUntil takes a leading name that ends in one of the suffixes within so many characters.
func takeUntil(s string, most int, suffixes ...string) (name, rest string, ok bool) {
	best := -1
	for _, suffix := range suffixes {
		i := strings.Index(s, suffix)
		if end := i + len(suffix); i > 0 && utf8.RuneCountInString(s[:end]) <= most && (best < 0 || end < best) {
			best = end
		}
	}
	if best < 0 {
		return "", s, false
	}
	return s[:best], strings.TrimLeft(s[best:], " "), true
}

func runeEnd(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

var (
	americanPlace = regexp.MustCompile(`^([A-Z]{2})[ ]+([0-9]{5}(?:-[0-9]{4})?)$`)
	britishCode   = regexp.MustCompile(`(?i)^(.*?)[ ]*\b([A-Z]{1,2}[0-9][A-Z0-9]?[ ]?[0-9][A-Z]{2})$`)
	germanPlace   = regexp.MustCompile(`^(?:([A-Z]{1,2})-)?([0-9]{4,5})[ ]+([^0-9]+)$`)
)

// endsLikeBritishCode: a digit and two letters.
func endsLikeBritishCode(s string) bool {
	n := len(s)
	letter := func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
	return n >= 5 && letter(s[n-1]) && letter(s[n-2]) && s[n-3] >= '0' && s[n-3] <= '9'
}

// splitWestern reads street, city, postcode and country, small to large, parted by commas or
// lines: 12 Elm Street, Leeds LS1 4AB, UK; 9 Oak Ave, Austin, TX 73301; Birkenweg 5, 10115 Berlin.
func splitWestern(s string) Address {
	var parts []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '\n' || r == ';' }) {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			parts = append(parts, part)
		}
	}
	whole := Address{Street: strings.Join(parts, ", ")}
	if len(parts) < 2 {
		return whole
	}
	a := Address{}
	if last := parts[len(parts)-1]; len(parts) > 2 && Country(last) != "" {
		a.Country, parts = Country(last), parts[:len(parts)-1]
	}
	last := parts[len(parts)-1]
	before := slices.Clone(parts[:len(parts)-1])
	switch {
	case americanPlace.MatchString(last) && len(before) > 1:
		m := americanPlace.FindStringSubmatch(last)
		a.Province, a.Postcode, a.City = m[1], m[2], before[len(before)-1]
		before = before[:len(before)-1]
		if a.Country == "" {
			a.Country = "US"
		}
	case germanPlace.MatchString(last):
		m := germanPlace.FindStringSubmatch(last)
		a.Postcode, a.City = m[2], m[3]
	case endsLikeBritishCode(last) && britishCode.MatchString(last):
		m := britishCode.FindStringSubmatch(last)
		a.Postcode, a.City = strings.ToUpper(m[2]), m[1]
		if a.City == "" && len(before) > 1 {
			a.City, before = before[len(before)-1], before[:len(before)-1]
		}
		if a.Country == "" {
			a.Country = "GB"
		}
	default:
		return whole
	}
	a.Street = strings.Join(before, ", ")
	return a
}
