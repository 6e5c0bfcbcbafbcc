package normalize

import (
	"strings"
	"unicode"
)

// Name is a personal name in the forms by which names are compared. All parts are folded:
// simplified characters, or lower-case Latin letters without accents.
type Name struct {
	Family string // empty when it cannot be told
	Given  string // all given names, blank-separated; empty when it cannot be told
	Han    bool   // written in Chinese characters
	// Tokens are all Latin words of the name in order, of Han names the pinyin of family and
	// given name.
	Tokens []string
}

var honorifics = map[string]bool{
	"mr": true, "mrs": true, "ms": true, "miss": true, "dr": true, "prof": true, "herr": true, "frau": true, "sir": true, "madam": true,
	"jr": true, "sr": true, "ii": true, "iii": true, "mme": true, "m": false,
}

var hanTitles = []string{"先生", "女士", "小姐", "太太", "老师", "经理", "总监", "同学", "同志", "师傅", "医生", "老板", "总", "哥", "姐"}

// ParseName reads a personal name from a full name or from its parts. Title and honorifics
// are dropped; "NAIR, Priya" is turned round; a remark behind a dash or blank after a Han
// name (王小明-浦东) is dropped. A name that hides characters is empty.
func ParseName(full, given, family string) Name {
	if IsMasked(full) || IsMasked(given) || IsMasked(family) {
		return Name{}
	}
	full, given, family = cleanName(full), cleanName(given), cleanName(family)
	if HasHan(given) || HasHan(family) {
		return hanName(strings.ReplaceAll(family, " ", ""), strings.ReplaceAll(given, " ", ""))
	}
	if given != "" || family != "" {
		return latinName(given, family)
	}
	if HasHan(full) {
		return splitHan(full)
	}
	return splitLatin(full)
}

func cleanName(s string) string {
	if s == "" {
		return ""
	}
	s = strings.TrimSpace(Half(s))
	if IsNull(s) {
		return ""
	}
	return s
}

// splitHan finds family and given name in a text of Chinese characters.
func splitHan(s string) Name {
	s = Simplify(s)
	for _, separator := range []string{"-", "_", "(", "（", "/", "、", "，", ","} {
		if head, _, ok := strings.Cut(s, separator); ok && HasHan(head) {
			s = head
		}
	}
	words := strings.Fields(s)
	s = words[0]
	if len(words) > 1 && len([]rune(words[0])) == 1 {
		s = strings.Join(words[:2], "") // 陈 静
	}
	var runes []rune
	for _, r := range s {
		if IsHan(r) {
			runes = append(runes, r)
		}
	}
	title := ""
	for _, t := range hanTitles {
		if len(runes) > 1 && strings.HasSuffix(string(runes), t) {
			title = t
			runes = runes[:len(runes)-len([]rune(t))]
			break
		}
	}
	n := chineseSurnameLength(runes)
	if title != "" && (len(runes) == 1 || len(runes) == 2 && compoundSurnames[string(runes)]) {
		return hanName(string(runes), "") // 王先生: the family name alone
	}
	if n == 0 || len(runes) > n+3 {
		return hanName("", string(runes)) // a nickname or something else
	}
	return hanName(string(runes[:n]), string(runes[n:]))
}

func hanName(family, given string) Name {
	family, given = Simplify(family), Simplify(given)
	n := Name{Family: family, Given: given, Han: true}
	if family != "" {
		n.Tokens = append(n.Tokens, SurnamePinyin(family))
	}
	if given != "" {
		n.Tokens = append(n.Tokens, Pinyin(given))
	}
	return n
}

// splitLatin finds family and given name in a Western full name.
func splitLatin(s string) Name {
	if family, given, ok := strings.Cut(s, ","); ok && strings.TrimSpace(given) != "" {
		return latinName(given, family)
	}
	words := latinWords(s)
	switch len(words) {
	case 0:
		return Name{}
	case 1:
		return Name{Given: words[0], Tokens: words}
	}
	return Name{Family: words[len(words)-1], Given: strings.Join(words[:len(words)-1], " "), Tokens: words}
}

func latinName(given, family string) Name {
	g, f := latinWords(given), latinWords(family)
	return Name{Family: strings.Join(f, " "), Given: strings.Join(g, " "), Tokens: append(append([]string{}, g...), f...)}
}

// latinWords folds a text into words of letters, without titles.
func latinWords(s string) []string {
	s = strings.ToLower(Unaccent(s))
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
	out := words[:0]
	for _, w := range words {
		w = strings.ReplaceAll(w, "'", "")
		if w != "" && !honorifics[w] {
			out = append(out, w)
		}
	}
	return out
}

// Agreement is the outcome of comparing two names.
type Agreement int8

// Outcomes of CompareGiven.
const (
	Unknown    Agreement = iota // one of the names says too little
	Agree                       // same given name in some spelling, order, script, initial or nickname
	Contradict                  // two different persons' given names
)

// CompareGiven tells whether two names can belong to one person, judged by the given name:
// after script, pinyin, order, initials and nicknames. Names without a given name say nothing.
func CompareGiven(a, b Name) Agreement {
	if a.Given == "" || b.Given == "" {
		if a.Given == "" && b.Given == "" || len(a.Tokens) == 0 || len(b.Tokens) == 0 {
			return Unknown
		}
		if a.Family != "" && b.Family != "" && a.Han && b.Han && a.Family != b.Family {
			return Contradict // 王先生 and 李娜
		}
		return Unknown
	}
	if a.Han && b.Han {
		return compareHan(a, b)
	}
	if a.Han != b.Han {
		return compareScripts(a, b)
	}
	return compareLatin(a, b)
}

func compareHan(a, b Name) Agreement {
	switch {
	case a.Given == b.Given:
		if a.Family != "" && b.Family != "" && a.Family != b.Family {
			return Contradict
		}
		return Agree
	case a.Family == "" || b.Family == "":
		// A nickname: 小明 within 王小明, 娜娜 of 李娜 share a character.
		if sharesRune(a.Given, b.Given) {
			return Agree
		}
		return Contradict
	case Pinyin(a.Given) == Pinyin(b.Given) && SurnamePinyin(a.Family) == SurnamePinyin(b.Family):
		return Agree // a homophone, as typed from speech
	}
	if a.Family+a.Given == b.Given+b.Family {
		return Agree
	}
	return Contradict
}

func sharesRune(a, b string) bool {
	for _, r := range a {
		if IsHan(r) && strings.ContainsRune(b, r) {
			return true
		}
	}
	return false
}

// compareScripts compares a name in characters with one in Latin letters.
func compareScripts(a, b Name) Agreement {
	if !a.Han {
		a, b = b, a
	}
	latin := strings.Join(b.Tokens, "")
	family, given := SurnamePinyin(a.Family), Pinyin(a.Given)
	if latin == family+given || latin == given+family || latin == given {
		return Agree
	}
	// S.L.: initials of every syllable.
	if initials := hanInitials(a); latin == initials || latin == reversedFamily(initials) {
		return Agree
	}
	for _, token := range b.Tokens {
		if token == given {
			return Agree
		}
	}
	if len(b.Tokens) == 1 && len(latin) <= 4 {
		return Unknown // Min, Lina: too short to tell
	}
	// A Western first name beside a Chinese one: David Wang is 王小明 as well as anybody.
	for _, token := range b.Tokens {
		if token == family {
			return Contradict
		}
	}
	return Contradict
}

func hanInitials(n Name) string {
	var b strings.Builder
	for _, r := range n.Family + n.Given {
		if p := pinyinOf(r); p != "" {
			b.WriteByte(p[0])
		}
	}
	return b.String()
}

func reversedFamily(initials string) string {
	if len(initials) < 2 {
		return initials
	}
	return initials[1:] + initials[:1]
}

func compareLatin(a, b Name) Agreement {
	ga, gb := strings.Fields(a.Given), strings.Fields(b.Given)
	if sameGiven(ga, gb) {
		return Agree
	}
	// Order: Xiaoming Wang and Wang Xiaoming, Chen Laura and Laura Chen.
	if sameSet(a.Tokens, b.Tokens) {
		return Agree
	}
	if strings.Join(a.Tokens, "") == strings.Join(b.Tokens, "") {
		return Agree
	}
	for _, ta := range ga {
		for _, tb := range gb {
			if nearWords(ta, tb) {
				return Agree
			}
		}
	}
	if a.Family != "" && sameGiven(strings.Fields(a.Family), gb) && (b.Family == "" || sameGiven(ga, strings.Fields(b.Family))) {
		return Agree
	}
	return Contradict
}

// sameGiven: the first given names are equal, one is the other's initial, or nicknames meet.
func sameGiven(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	x, y := a[0], b[0]
	if x == y || strings.Join(a, "") == strings.Join(b, "") {
		return true
	}
	if len(x) == 1 || len(y) == 1 {
		return x[0] == y[0]
	}
	return nickname(x) == nickname(y)
}

func sameSet(a, b []string) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	used := make([]bool, len(b))
	for _, x := range a {
		found := false
		for j, y := range b {
			if !used[j] && x == y {
				used[j], found = true, true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// nearWords: one typing mistake in a word of at least five letters.
func nearWords(a, b string) bool {
	if len(a) < 5 || len(b) < 5 || len(a)-len(b) > 1 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	ra, rb := a[i:], b[i:]
	switch {
	case len(ra) == len(rb) && len(ra) >= 2 && ra[0] == rb[1] && ra[1] == rb[0]:
		return ra[2:] == rb[2:]
	case len(ra) == len(rb):
		return len(ra) > 0 && ra[1:] == rb[1:]
	case len(ra) > len(rb):
		return ra[1:] == rb
	}
	return rb[1:] == ra
}

// nicknames maps short and pet forms to a common form.
var nicknames = func() map[string]string {
	table := map[string]string{}
	for _, line := range strings.Split(nicknameLines, "\n") {
		words := strings.Fields(line)
		for _, w := range words {
			if _, taken := table[w]; !taken {
				table[w] = words[0]
			}
		}
	}
	return table
}()

const nicknameLines = `william bill billy will willy liam
robert bob bobby rob robbie bert
richard dick rick ricky rich richie
james jim jimmy jamie
john jack johnny jon jonathan
michael mike micky mick mikey
thomas tom tommy
charles charlie chuck chas
edward ed eddie ted teddy ned
joseph joe joey
david dave davy
daniel dan danny
christopher chris kit
matthew matt matty
anthony tony
andrew andy drew
steven steve stephen stevie
kenneth ken kenny
george georgie
donald don donnie
ronald ron ronnie
timothy tim timmy
gregory greg
jeffrey jeff geoffrey geoff
lawrence larry laurence
nicholas nick nicky nicolas
samuel sam sammy
benjamin ben benny
alexander alex sandy al
patrick pat paddy
peter pete
frederick fred freddie
henry harry hank
philip phil phillip
raymond ray
vincent vince vinny
walter walt wally
zachary zach zack
elizabeth liz lizzie beth betty eliza lisa libby
margaret maggie meg peggy marge rita
katherine kate katie kathy catherine cathy kathryn kay cate
jennifer jen jenny
jessica jess jessie
rebecca becky becca
susan sue susie suzanne
deborah deb debbie debra
barbara barb babs
patricia patty trish tricia
victoria vicky tori
christina tina chrissy christine
amanda mandy
samantha sam
stephanie steph
kimberly kim
pamela pam
sandra sandy
judith judy
dorothy dot dottie
virginia ginny
abigail abby
emily em emma
theresa terry teresa tess
cynthia cindy
alexandra lexi
gabrielle gabby
jacqueline jackie
josephine jo josie
madeline maddie
nancy nan
olivia liv
penelope penny
veronica ronnie`

func nickname(word string) string {
	if common, ok := nicknames[word]; ok {
		return common
	}
	return word
}
