package normalize

import (
	"strings"
	"unicode"
)

// legalForms end a company's name and say nothing about which company it is.
var legalForms = map[string]bool{
	"inc": true, "incorporated": true, "ltd": true, "limited": true, "llc": true, "llp": true, "plc": true, "corp": true, "corporation": true,
	"co": true, "company": true, "gmbh": true, "ag": true, "kg": true, "ohg": true, "ug": true, "ek": true, "ev": true, "eg": true, "se": true,
	"sa": true, "sas": true, "sarl": true, "srl": true, "spa": true, "sl": true, "bv": true, "nv": true, "ab": true, "as": true, "aps": true, "oy": true,
	"kk": true, "pty": true, "pte": true, "mbh": true, "kgaa": true, "haftungsbeschrankt": true, "kaisha": true, "kabushiki": true,
}

// hanForms are the same in Chinese and Japanese, longest first.
var hanForms = []string{"股份有限公司", "有限责任公司", "有限公司", "株式会社", "总公司", "分公司", "集团", "公司"}

// CompanyKey brings a company name into the form by which names are compared: lower case,
// umlauts spelled both ways alike, without & and "and", legal form and punctuation. Branches
// (分公司, West) keep what tells them from their company.
func CompanyKey(name string) string {
	s := strings.TrimSpace(Half(name))
	if s == "" || IsMasked(s) || IsNull(s) {
		return ""
	}
	if HasHan(s) {
		s = hanCompanyKey(s)
		if HasHan(s) {
			return s
		}
	}
	words := strings.FieldsFunc(strings.ToLower(Unaccent(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '\''
	})
	alone := len(words) == 1 // And may be a whole name
	kept := words[:0]
	for _, w := range words {
		w = strings.ReplaceAll(strings.ReplaceAll(w, ".", ""), "'", "") // e.K., Miller's
		if w != "" && (alone || w != "and" && w != "und") {
			kept = append(kept, w)
		}
	}
	for len(kept) > 1 && legalForms[kept[len(kept)-1]] {
		kept = kept[:len(kept)-1]
	}
	for len(kept) > 1 && kept[0] == "the" {
		kept = kept[1:]
	}
	for i, w := range kept {
		if folded := withoutUmlaut(w); len(w) > 4 && !legalForms[folded] && folded != "and" && folded != "und" && folded != "the" {
			kept[i] = folded
		}
	}
	return strings.Join(kept, " ")
}

func hanCompanyKey(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, Simplify(s))
	for again := true; again; {
		again = false
		for _, form := range hanForms {
			if trimmed := strings.TrimSuffix(s, form); trimmed != s && trimmed != "" {
				s, again = trimmed, true
				break
			}
		}
	}
	return s
}

// nameLike are legal forms that also occur in persons' names or plain words.
var nameLike = map[string]bool{"as": true, "co": true, "se": true, "sa": true, "ab": true, "ev": true, "eg": true, "ek": true, "sl": true, "ag": true}

// LooksLikeCompany tells whether a name carries a legal form or an organisation word.
func LooksLikeCompany(name string) bool {
	s := strings.TrimSpace(Half(name))
	if HasHan(s) {
		for _, mark := range []string{"公司", "集团", "酒店", "学校", "医院", "大学", "银行", "工厂", "商行", "事务所", "合作社", "工作室", "中心"} {
			if strings.Contains(s, mark) {
				return true
			}
		}
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == ',' || r == '.' })
	for i, w := range words {
		if i > 0 && legalForms[w] && !nameLike[w] {
			return true
		}
	}
	return false
}
