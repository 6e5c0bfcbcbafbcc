package demo

import "strings"

// The ways in which values are written down wrong or otherwise. Each returns the tag of what
// it did, empty when it did nothing.

// personName is a name as one record shows it.
type personName struct{ full, given, family string }

// nameIn is the person's name as a record of a system shows it.
func (w *world) nameIn(p *person, s system, r *random) (personName, string) {
	if p.chinese {
		if s == support || s == social {
			return w.foreignHan(p, r)
		}
		return personName{p.fullName(), p.givenText(), p.family.text}, ""
	}
	return w.westernForm(p, r)
}

// foreignHan is a Chinese name in systems that people type into abroad or in a hurry.
func (w *world) foreignHan(p *person, r *random) (personName, string) {
	plain := personName{p.fullName(), p.givenText(), p.family.text}
	u := r.uniform()
	take := func(rate float64) bool {
		if u >= 0 && u < rate {
			u = -1
			return true
		}
		u -= rate
		return false
	}
	switch {
	case take(ratePinyin):
		return pinyinName(p, r), "name_pinyin"
	case take(rateTraditional / w.traditionalShare):
		if n, ok := convert(p, func(h han) string { return h.traditional }); ok {
			return n, "name_traditional"
		}
	case take(rateHomophone / w.homophoneShare):
		if n, ok := homophone(p); ok {
			return n, "name_homophone"
		}
	case take(rateSwappedHan):
		return personName{p.givenText() + p.family.text, p.family.text, p.givenText()}, "name_swapped"
	}
	return plain, ""
}

func pinyinName(p *person, r *random) personName {
	family, given := title(p.family.pinyin), title(p.givenPinyin())
	switch r.below(4) {
	case 0:
		return personName{family + " " + given, given, family}
	case 1:
		return personName{given + " " + strings.ToUpper(family), given, strings.ToUpper(family)}
	case 2:
		parts := make([]string, len(p.given))
		for i, h := range p.given {
			parts[i] = title(h.pinyin)
		}
		return personName{family + " " + strings.Join(parts, " "), strings.Join(parts, " "), family}
	}
	return personName{given + " " + family, given, family}
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func convert(p *person, form func(han) string) (personName, bool) {
	family, given := form(p.family), ""
	for _, h := range p.given {
		given += form(h)
	}
	return personName{family + given, given, family}, family+given != p.fullName()
}

// homophone replaces the first character that has one, the last of the given name first.
func homophone(p *person) (personName, bool) {
	done := false
	replace := func(h han) string {
		if !done && h.homophone != "" {
			done = true
			return h.homophone
		}
		return h.text
	}
	given := ""
	for i := len(p.given) - 1; i >= 0; i-- {
		given = replace(p.given[i]) + given
	}
	family := replace(p.family)
	return personName{family + given, given, family}, done
}

// westernForm is a Western name as people give it, or as clerks hear it.
func (w *world) westernForm(p *person, r *random) (personName, string) {
	given, family, tag := p.first.text, p.last, ""
	u := r.uniform()
	take := func(rate float64) bool {
		if u >= 0 && u < rate {
			u = -1
			return true
		}
		u -= rate
		return false
	}
	switch {
	case take(rateNickname / w.shortShare):
		if len(p.first.short) > 0 {
			given, tag = p.first.short[r.below(len(p.first.short))], "nickname"
		}
	case take(rateTypo):
		tag = "name_typo"
		if r.chance(0.5) {
			given = typo(given, r)
		} else {
			family = typo(family, r)
		}
	case take(rateSwapped):
		given, family, tag = family, given, "name_swapped"
	case take(2 * rateMarriedName): // women
		if p.female {
			family, tag = p.married, "married_name"
		}
	}
	return personName{given + " " + family, given, family}, tag
}

// typo changes one letter behind the first: two change places, one is left out, doubled or
// another one.
func typo(s string, r *random) string {
	runes := []rune(s)
	if len(runes) < 3 {
		return s + string(runes[len(runes)-1])
	}
	for range 8 {
		i := r.between(1, len(runes)-2)
		out := append([]rune{}, runes...)
		switch r.below(4) {
		case 0:
			out[i], out[i+1] = out[i+1], out[i]
		case 1:
			out = append(out[:i], out[i+1:]...)
		case 2:
			out = append(out[:i], append([]rune{runes[i]}, out[i:]...)...)
		default:
			if runes[i] < 0x80 {
				out[i] = rune('a' + r.below(26))
			} else {
				out[i], out[i+1] = out[i+1], out[i]
			}
		}
		if string(out) != s {
			return string(out)
		}
	}
	return s + "e"
}

var callingCodes = map[string]string{"CN": "86", "US": "1", "GB": "44", "DE": "49"}

// plain is the number as most records hold it: in China without a country code, elsewhere with.
func (p phone) plain() string {
	switch {
	case p.number == "":
		return ""
	case p.country != "CN":
		return "+" + callingCodes[p.country] + p.number
	case p.number[0] != '1' || len(p.number) != 11:
		return "0" + p.number
	}
	return p.number
}

// international is the number in E.164.
func (p phone) international() string {
	if p.number == "" {
		return ""
	}
	return "+" + callingCodes[p.country] + p.number
}

// otherForm writes the number with a country code, blanks, dashes or brackets.
func (p phone) otherForm(r *random) string {
	n, code := p.number, callingCodes[p.country]
	a, b, c := n[:3], n[3:len(n)-4], n[len(n)-4:]
	switch p.country {
	case "CN":
		if n[0] != '1' || len(n) != 11 {
			return "+86 " + n
		}
		return []string{
			"+86" + n, "0086" + n, "+86 " + a + " " + b + " " + c, a + " " + b + " " + c, a + "-" + b + "-" + c, "+86-" + a + "-" + b + "-" + c, "(+86)" + n, "86 " + n,
		}[r.below(8)]
	case "US":
		return []string{"(" + a + ") " + b + "-" + c, a + "-" + b + "-" + c, "+1 (" + a + ") " + b + "-" + c, "001" + n, "1-" + a + "-" + b + "-" + c, "+1 " + a + " " + b + " " + c}[r.below(6)]
	}
	return []string{"00" + code + n, "+" + code + " " + n[:4] + " " + n[4:], "+" + code + " (0)" + n, "0" + n[:4] + " " + n[4:], "+" + code + "-" + n[:4] + "-" + n[4:]}[r.below(5)]
}

// otherEmail writes the address in capitals, with a tag, or without its dots. (Only for some
// providers is an address without its dots the same mailbox; for these domains nobody knows.)
func otherEmail(s string, r *random) string {
	local, host, _ := strings.Cut(s, "@")
	switch r.below(6) {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return title(local) + "@" + host
	case 2:
		return local + "+shop@" + host
	case 3:
		return local + "+" + []string{"news", "home", "linden"}[r.below(3)] + "@" + host
	case 4:
		return local + "@" + strings.ToUpper(host)
	}
	if strings.Contains(local, ".") {
		return strings.ReplaceAll(local, ".", "") + "@" + host
	}
	return title(local) + "@" + title(host)
}

// wrongBirth changes a digit of the year or swaps day and month where that is a date.
func wrongBirth(day int, r *random) int {
	y, m, d := civil(day)
	if d <= 12 && d != m && r.chance(0.5) {
		return dayFrom(y, d, m)
	}
	if r.chance(0.5) {
		return dayFrom(y+[]int{-10, -1, 1, 10}[r.below(4)], m, min(d, 28))
	}
	return dayFrom(y, m, (d+[]int{1, 2, 9, 10, 19}[r.below(5)])%28+1)
}

var (
	junkPhones = []string{"13800138000", "0000", "N/A", "无", "00000000000", "12345678"}
	junkEmails = []string{"test@test.com", "N/A", "无", "none@none.com"}
	junkNames  = []string{"N/A", "无", "test", "0000"}
)
