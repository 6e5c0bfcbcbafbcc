package measure

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-cdp/tributary/schemas"
)

// Kinds of traits that make columns and segments.
const (
	TraitInterest   = "interest"
	TraitNeed       = "need"
	TraitLifestyle  = "lifestyle"
	TraitValue      = "value"
	TraitIncome     = "income_band"
	TraitOccupation = "occupation"
	TraitIndustry   = "industry"
	TraitSize       = "company_size"
)

// traitWords are parts of the names that tags, survey questions and lead forms go by, in the
// order in which they are tried: the question for what somebody needs may speak of interest too.
var traitWords = []struct {
	kind  string
	words []string
}{
	{TraitIncome, []string{"income", "salary", "收入", "年薪", "月薪"}},
	{TraitSize, []string{"company size", "company_size", "number of employees", "公司规模", "企业规模", "员工人数", "员工数", "人员规模"}},
	{TraitIndustry, []string{"industry", "行业"}},
	{TraitOccupation, []string{"occupation", "profession", "job title", "job_title", "职业", "职位"}},
	{TraitLifestyle, []string{"lifestyle", "life style", "life_style", "生活方式", "生活习惯", "生活状态"}},
	{TraitNeed, []string{"need", "looking for", "looking_for", "requirement", "需求", "需要", "意向"}},
	{TraitValue, []string{"values", "what matters", "most important", "价值观", "看重", "在意", "重视"}},
	{TraitInterest, []string{"interest", "hobby", "hobbies", "favourite", "favorite", "兴趣", "爱好", "偏好", "喜欢"}},
}

// TraitKind is the kind of a trait by its name; empty where it is none of those above.
func TraitKind(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case TraitInterest, TraitNeed, TraitLifestyle, TraitValue, TraitIncome, TraitOccupation, TraitIndustry, TraitSize:
		return name
	}
	for _, t := range traitWords {
		for _, word := range t.words {
			if strings.Contains(name, word) {
				return t.kind
			}
		}
	}
	return ""
}

// Limits of what becomes a segment: answers in free words are none, and may hold what somebody
// would not have in a list.
const (
	maxTraitRunes  = 30
	maxTraitDigits = 5
	maxTraits      = 20 // of one kind
)

// traitText is a value fit for a segment; empty for free text.
func traitText(value string) string {
	value = strings.Join(strings.Fields(value), " ")
	if utf8.RuneCountInString(value) > maxTraitRunes || strings.ContainsAny(value, "@|\n") {
		return ""
	}
	digits := 0
	for _, r := range value {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if digits > maxTraitDigits {
		return ""
	}
	return value
}

// Traits fills what traits say: lists of interests, needs, life styles and values in the order of
// their texts, and the columns on occupation, income, industry and company size where the
// records of the customer say nothing: there the latest trait counts. Traits after as_of are not
// seen.
func (m *Measurer) Traits(p *schemas.CustomerProfile, traits []schemas.Trait) {
	p.Interests, p.Needs, p.Lifestyles, p.Values = nil, nil, nil, nil
	var income, occupation, industry, size latest
	for i := range traits {
		t := &traits[i]
		if t.Time >= m.settings.AsOfEnd {
			continue
		}
		kind := TraitKind(t.Name)
		if kind == "" {
			continue
		}
		value := traitText(t.Value)
		if value == "" {
			continue
		}
		switch kind {
		case TraitInterest:
			p.Interests = addText(p.Interests, value)
		case TraitNeed:
			p.Needs = addText(p.Needs, value)
		case TraitLifestyle:
			p.Lifestyles = addText(p.Lifestyles, value)
		case TraitValue:
			p.Values = addText(p.Values, value)
		case TraitIncome:
			income.see(t.Time, value)
		case TraitOccupation:
			occupation.see(t.Time, value)
		case TraitIndustry:
			industry.see(t.Time, value)
		case TraitSize:
			size.see(t.Time, value)
		}
	}
	for _, field := range []struct {
		column *string
		said   latest
	}{{&p.IncomeBand, income}, {&p.Occupation, occupation}, {&p.Industry, industry}, {&p.CompanySize, size}} {
		if *field.column == "" {
			*field.column = field.said.value
		}
	}
	for _, list := range []*[]string{&p.Interests, &p.Needs, &p.Lifestyles, &p.Values} {
		slices.Sort(*list)
		*list = (*list)[:min(len(*list), maxTraits)]
	}
}

func addText(list []string, value string) []string {
	if slices.Contains(list, value) {
		return list
	}
	return append(list, value)
}

// latest is the last statement; of two at one time the smaller text.
type latest struct {
	time  int64
	value string
}

func (l *latest) see(time int64, value string) {
	if l.value == "" || time > l.time || time == l.time && value < l.value {
		l.time, l.value = time, value
	}
}
