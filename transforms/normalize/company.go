package normalize

import "strings"

var companySuffixes = map[string]bool{
	"inc": true, "incorporated": true, "ltd": true, "limited": true, "llc": true, "llp": true, "plc": true, "corp": true, "corporation": true,
	"co": true, "company": true, "gmbh": true, "ag": true, "kg": true, "ohg": true, "ug": true, "sa": true, "sas": true, "sarl": true, "srl": true,
	"spa": true, "bv": true, "nv": true, "ab": true, "as": true, "oy": true, "kk": true, "pty": true, "pte": true, "the": true, "and": true, "mbh": true,
}

var hanCompanySuffixes = []string{"有限责任公司", "股份有限公司", "有限公司", "集团", "公司", "分公司", "总公司"}

// CompanyKey brings a company name into the form by which names are compared: lower case,
// umlauts spelled both ways alike, & as and, without legal form and punctuation.
func CompanyKey(name string) string {
	s := strings.TrimSpace(Half(name))
	if s == "" || IsMasked(s) || IsNull(s) {
		return ""
	}
	if HasHan(s) {
		s = Simplify(strings.ReplaceAll(s, " ", ""))
		for _, suffix := range hanCompanySuffixes {
			s = strings.TrimSuffix(s, suffix)
		}
		return strings.NewReplacer("(", "", ")", "", "（", "", "）", "").Replace(s)
	}
	s = strings.ToLower(s)
	s = strings.NewReplacer("ä", "a", "ö", "o", "ü", "u", "ae", "a", "oe", "o", "ue", "u", "&", " and ", "'", "").Replace(s)
	words := strings.FieldsFunc(Unaccent(s), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 0x7f)
	})
	kept := words[:0]
	for _, w := range words {
		if !companySuffixes[w] {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

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
		if i > 0 && companySuffixes[w] && w != "and" && w != "the" && w != "as" && w != "co" {
			return true
		}
	}
	return false
}
