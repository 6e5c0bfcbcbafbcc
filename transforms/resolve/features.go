package resolve

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Features are what is compared of a record, in the form in which it is compared.
type Features struct {
	Ordinal      uint32
	Rank         uint64 // of its reference
	Organization bool
	Borrowed     bool     // an account of a shop that is known by one recipient alone, who may be somebody else
	Given        string   // first given name in Latin letters; of Chinese characters, their pinyin
	Family       string   // all words of the family name in Latin letters
	HanGiven     string   // in simplified characters, where it is written so
	HanFamily    string   //
	Chinese      bool     // the name is Chinese, in characters or pinyin
	Extra        []string // other words of the name: second given names, titles of nobility
	Birth        string   // yyyymmdd, or the digits of a text that is no date
	Phones       []string // valid ones only
	Emails       []string
	Street       string
	City         string
	Postcode     string
	Gender       string
	Company      string
	Occupation   string
	Texts        []string // values of text.NAME in the order of the plan's columns
}

// valuesCompared bounds how many phone numbers and addresses of a record are compared.
const valuesCompared = 4

// FeaturesOf brings a record into the form in which it is compared. texts are the names of the
// free columns that are compared, at most freeColumns.
func FeaturesOf(p *schemas.Party, ordinal uint32, texts []string) Features {
	f := Features{Ordinal: ordinal, Rank: RankOf(p.Reference()), Organization: p.Kind == schemas.Organization}
	if f.Organization {
		f.Company = normalize.CompanyKey(firstOf(p.FullName, p.Company))
	} else {
		f.setName(p)
		f.Birth = BirthText(p)
		f.Gender = p.Gender
		f.Company = normalize.CompanyKey(p.Company)
		f.Occupation = normalize.Fold(p.Occupation)
	}
	f.Borrowed = borrowed(p)
	if p.Role != schemas.RoleRecipient {
		f.Phones = validOf(p.Phones)
	}
	f.Emails = validOf(p.Emails)
	if !f.Organization { // an office mailbox says where somebody works
		f.Emails = slices.DeleteFunc(f.Emails, normalize.IsRoleEmail)
	}
	f.Street = streetText(p.Street, p.District)
	f.City, f.Postcode = normalize.Fold(normalize.CityName(p.City)), compact(p.Postcode)
	f.SetTexts(p.Texts, texts)
	return f
}

// SetTexts takes the values of the free columns that are compared.
func (f *Features) SetTexts(values []schemas.NameValue, columns []string) {
	if len(columns) == 0 {
		return
	}
	f.Texts = make([]string, len(columns))
	for _, v := range values {
		if i := slices.Index(columns, v.Name); i >= 0 && !normalize.IsNull(v.Value) {
			f.Texts[i] = normalize.Fold(v.Value)
		}
	}
}

// borrowed tells whether the name, phone and address of a record are those of a recipient that
// a single order shows.
func borrowed(p *schemas.Party) bool {
	return p.Shown <= 1 && accountOf(p) != ""
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// setName takes the name apart. Words of the full name that the parts do not hold, and second
// given names, are further words.
func (f *Features) setName(p *schemas.Party) {
	n := normalize.ParseName(p.FullName, p.GivenName, p.FamilyName)
	f.Chinese = n.Han || n.Pinyin
	if n.Han {
		f.HanGiven, f.HanFamily = n.Given, n.Family
		f.Given, f.Family = normalize.Pinyin(n.Given), normalize.SurnamePinyin(n.Family)
		return
	}
	f.Family = n.Family
	if n.Pinyin {
		f.Given = strings.ReplaceAll(n.Given, " ", "")
	} else {
		given, rest, _ := strings.Cut(n.Given, " ")
		f.Given = given
		f.addExtra(strings.Fields(rest))
	}
	if p.FullName != "" && (p.GivenName != "" || p.FamilyName != "") {
		f.addExtra(normalize.ParseName(p.FullName, "", "").Tokens)
	}
}

// extraWords bounds the further words of a name.
const extraWords = 6

func (f *Features) addExtra(words []string) {
	for _, w := range words {
		if len(f.Extra) < extraWords && w != f.Given && !slices.Contains(f.Extra, w) && !slices.Contains(strings.Fields(f.Family), w) {
			f.Extra = append(f.Extra, w)
		}
	}
}

// BirthText is a birth date as digits. A text that is no date is still evidence: the digit that
// spoils it was typed by somebody who meant a date.
func BirthText(p *schemas.Party) string {
	if p.BirthDate != 0 {
		return time.Unix(int64(p.BirthDate)*86400, 0).UTC().Format("20060102")
	}
	return compact(p.BirthDateRaw)
}

// compact keeps letters and digits, lower case.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func validOf(contacts []schemas.Contact) []string {
	var out []string
	for _, c := range contacts {
		if c.Status == schemas.ContactValid && len(out) < valuesCompared && !slices.Contains(out, c.Value) {
			out = append(out, c.Value)
		}
	}
	slices.Sort(out)
	return out
}

// streetWords are spelled in one way.
var streetWords = map[string]string{
	"street": "st", "str": "st", "strasse": "st", "straße": "st", "road": "rd", "avenue": "ave", "av": "ave", "lane": "ln", "drive": "dr", "boulevard": "blvd",
	"place": "pl", "court": "ct", "square": "sq", "crescent": "cres", "apartment": "apt", "suite": "ste", "floor": "fl", "building": "bldg", "number": "no",
	"north": "n", "south": "s", "east": "e", "west": "w",
}

// streetText is a street in words that are spelled in one way; Chinese ones without blanks.
func streetText(street, district string) string {
	if street == "" {
		return ""
	}
	street = normalize.Fold(street)
	if normalize.HasHan(street) {
		return compact(normalize.Simplify(district + street))
	}
	words := strings.FieldsFunc(street, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		if short, ok := streetWords[w]; ok {
			words[i] = short
		}
	}
	return strings.Join(words, " ")
}

// value is what a comparison compares, as one text.
func (f *Features) value(slot int) string {
	switch slot {
	case slotName:
		if f.HanGiven+f.HanFamily != "" {
			return f.HanFamily + " " + f.HanGiven
		}
		if f.Given+f.Family == "" {
			return ""
		}
		return f.Family + " " + f.Given
	case slotExtra:
		return strings.Join(f.Extra, " ")
	case slotBirth:
		return f.Birth
	case slotPlace:
		return f.Street + f.City + f.Postcode
	case slotPhone:
		return strings.Join(f.Phones, " ")
	case slotEmail:
		return strings.Join(f.Emails, " ")
	case slotGender:
		return f.Gender
	case slotCompany:
		return f.Company
	case slotOccupation:
		return f.Occupation
	}
	if i := slot - slotText; i < len(f.Texts) {
		return f.Texts[i]
	}
	return ""
}
