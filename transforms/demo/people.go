package demo

import (
	"math"
	"strings"
)

// Entities come in blocks that share nothing with each other, so that a block can be made
// alone: organizations first, then persons in pairs. Families, namesakes, numbers that pass
// from one to another, and jobs are arranged within a block.
const (
	blockSize    = 50
	blockOrgs    = shareOrganization
	blockPersons = blockSize - blockOrgs
)

// phone is a national number (without trunk zero) and its country.
type phone struct{ country, number string }

// org is an organization.
type org struct {
	index    int
	id       string
	chinese  bool
	core     string // name without legal form
	suffixes []string
	industry string
	domain   string
	phone    phone
	vat      string
	office   address
	since    int // day of the first contact
	accounts []string
	records  []record
}

// person is a natural person with the facts that records show and corrupt.
type person struct {
	index     int
	id        string
	chinese   bool
	female    bool
	family    han
	given     []han
	first     westernGiven
	last      string
	married   string // other surname
	birth     int    // day
	phone     phone
	oldPhone  phone // before passedOn
	passedOn  int   // day on which the number changed; 0: never
	shared    bool  // the phone is another person's, too
	email     string
	home      address
	oldHome   address // before movedOn
	movedOn   int
	employer  *org
	board     *org // the switchboard that people reach this person by
	household bool
	twin      bool
	namesake  bool
	since     int // day of the first contact
	unionid   string
	card      string
	hasCard   bool
	again     string // ends the account on the platform where a neighbour's would be the same
	records   []record
}

// block is the entities that are made together.
type block struct {
	number  int
	orgs    [blockOrgs]org
	persons [blockPersons]person
}

// arrangement is what two neighbouring persons have in common.
type arrangement int

const (
	strangers arrangement = iota
	family
	twins
	namesakes
	numberPassed
)

func (w *world) newBlock(number int) *block {
	b := &block{number: number}
	for i := range b.orgs {
		b.orgs[i] = w.newOrg(number*blockSize + i)
	}
	for i := 0; i < blockPersons; i += 2 {
		r := newRandom(w.seed, streamPair, number*blockSize+i)
		w.newPair(b, &b.persons[i], &b.persons[i+1], number*blockSize+blockOrgs+i, &r)
	}
	b.tellAccountsApart()
	return b
}

// tellAccountsApart sees to it that nobody has another's account on the platform: accounts end
// in seven times the index and up to six more or less, so that only neighbours can share one.
func (b *block) tellAccountsApart() {
	for i := range b.persons[1:] {
		p, q := &b.persons[i], &b.persons[i+1]
		if p.chinese && q.chinese && q.birth < 0 && p.nick() == q.nick() {
			q.again = "x"
		}
	}
}

func arrange(r *random) arrangement {
	u := r.uniform()
	for _, a := range []struct {
		kind arrangement
		rate float64
	}{{twins, rateTwins}, {family, rateHousehold - rateTwins}, {namesakes, rateNamesakes}, {numberPassed, 2 * rateNumberPassed}} {
		if u < a.rate {
			return a.kind
		}
		u -= a.rate
	}
	return strangers
}

func (w *world) newPair(b *block, first, second *person, index int, r *random) {
	chinese := r.chance(shareChinese)
	*first = w.newPerson(b, index, chinese)
	*second = w.newPerson(b, index+1, chinese)
	switch arrange(r) {
	case twins:
		w.makeTwins(first, second, r)
		w.makeHousehold(first, second, r)
	case family:
		w.makeFamily(first, second, r)
		w.makeHousehold(first, second, r)
	case namesakes:
		second.family, second.given, second.first, second.last, second.female = first.family, first.given, first.first, first.last, first.female
		second.home = newAddress(r, first.home.place)
		second.namesake, first.namesake = true, true
		w.number(second)
	case numberPassed:
		w.passNumber(first, second, r)
	}
	first.email, second.email = w.email(first), w.email(second)
}

func (w *world) makeTwins(first, second *person, r *random) {
	first.twin, second.twin = true, true
	second.family, second.last, second.birth = first.family, first.last, first.birth
	if first.chinese && len(first.given) == 2 && r.chance(0.6) {
		second.given = []han{first.given[0], w.chinese.givenName(r, second.female)[0]} // 建国, 建军
	}
	for second.givenText() == first.givenText() {
		second.given, second.first = w.chinese.givenName(r, second.female), w.western.givenName(r, second.female)
	}
}

func (w *world) makeFamily(first, second *person, r *random) {
	switch {
	case !first.chinese && r.chance(rateSameNameChild):
		second.first, second.last, second.female = first.first, first.last, first.female
		second.birth = first.birth - r.between(24, 38)*365 - r.below(365)
	case r.chance(0.6): // siblings, or parent and child; couples keep their surnames in China
		second.family, second.last = first.family, first.last
	case !first.chinese:
		second.last = first.last
	}
}

func (w *world) makeHousehold(first, second *person, r *random) {
	second.home = first.home
	second.oldHome, second.movedOn = first.oldHome, first.movedOn
	first.household, second.household = true, true
	if r.chance(ratePhoneShared / rateHousehold) {
		second.phone = first.phone
		first.shared, second.shared = true, true
	}
}

// passNumber gives the second person the number that the first one had until a day; who gets
// it first appears a month later.
func (w *world) passNumber(first, second *person, r *random) {
	day := w.asOf - r.between(120, 500)
	first.oldPhone, first.passedOn = second.phone, day
	if first.since > day-60 {
		first.since = day - 60 - r.below(300)
	}
	second.since = day + 30 + r.below(w.asOf-day-30)
}

func (w *world) newPerson(b *block, index int, chinese bool) person {
	r := newRandom(w.seed, streamPerson, index)
	p := person{index: index, id: "p" + padded(uint64(index), 8), chinese: chinese, female: r.chance(0.5)}
	places, weights := w.westernPlaces, w.westernWeights
	if chinese {
		places, weights = w.chinesePlaces, w.chineseWeights
		p.family, p.given = w.chinese.surname(&r), w.chinese.givenName(&r, p.female)
	} else {
		p.first, p.last, p.married = w.western.givenName(&r, p.female), w.western.surname(&r), w.western.surname(&r)
	}
	p.birth = w.asOf - r.between(18*365, 78*365)
	p.home = newAddress(&r, &places[r.weighted(weights)])
	p.oldHome = newAddress(&r, &places[r.weighted(weights)])
	p.since = w.asOf - 1 - int(math.Floor(r.uniform()*(pastDays+warmUpDays-60)))
	p.movedOn = p.since + r.below(w.asOf-p.since+1)
	w.number(&p)
	p.unionid = "oLH" + base62(scramble(uint64(index), 40, w.seed^0xa1), 7) + base62(scramble(uint64(index), 44, w.seed^0xa2), 8)
	p.card = "LH" + padded(scramble(uint64(index), 26, w.seed^0xa3), 8)
	if r.chance(0.3) {
		if o := &b.orgs[r.below(blockOrgs)]; o.chinese == chinese && o.index < w.customers {
			p.employer = o
		}
	}
	if r.chance(float64(peoplePerSwitchboard) / peoplePerCity) {
		board := w.newOrg(index / peoplePerCity * peoplePerCity)
		w.orgRecords(&board)
		p.board = &board
	}
	p.hasCard = r.chance(cardShare)
	p.email = "x"
	if r.chance(rateNoEmail) {
		p.email = ""
	}
	return p
}

// number gives a mobile number that nobody else has.
func (w *world) number(p *person) {
	x := uint64(p.index)
	switch p.home.place.country {
	case "CN":
		prefixes := []string{"135", "136", "137", "138", "139", "150", "151", "152", "158", "159", "182", "186", "187", "188", "130", "131", "132", "155", "156", "185", "133", "153", "180", "189"}
		p.phone = phone{"CN", prefixes[scramble(x, 32, w.seed)%uint64(len(prefixes))] + padded(spread(x, 100_000_000, w.seed), 8)}
	case "GB":
		prefixes := []string{"74", "75", "77", "78", "79"}
		p.phone = phone{"GB", prefixes[scramble(x, 32, w.seed)%5] + padded(spread(x, 100_000_000, w.seed), 8)}
	case "DE":
		prefixes := []string{"151", "152", "157", "159"}
		p.phone = phone{"DE", prefixes[scramble(x, 32, w.seed)%4] + padded(spread(x, 100_000_000, w.seed), 8)}
	default:
		areas := []string{"212", "213", "214", "206", "303", "305", "312", "404", "415", "503", "512", "602", "614", "617", "702", "713", "718", "215", "619", "612"}
		n := spread(x, 8_000_000*uint64(len(areas)), w.seed)
		p.phone = phone{"US", areas[n/8_000_000] + padded(2_000_000+n%8_000_000, 7)}
	}
}

var (
	chineseMailHosts = []string{"qq.example.cn", "163.example.cn", "mail.example.cn", "sina.example.com"}
	westernMailHosts = []string{"mail.example.com", "inbox.example.org", "post.example.net", "web.example.com"}
)

// email is an address under a domain that nobody can register.
func (w *world) email(p *person) string {
	if p.email == "" {
		return ""
	}
	x := scramble(uint64(p.index), 24, w.seed^0xe1)
	tail := number(int(x))
	if p.chinese {
		host := chineseMailHosts[x%4]
		switch x / 4 % 3 {
		case 0:
			return p.family.pinyin + p.givenPinyin() + tail + "@" + host
		case 1:
			return p.givenPinyin() + "." + p.family.pinyin + tail + "@" + host
		}
		return string(p.family.pinyin[0]) + p.givenPinyin() + tail + "@" + host
	}
	first, last := asciiLower(p.first.text), asciiLower(p.last)
	host := westernMailHosts[x%4]
	switch x / 4 % 3 {
	case 0:
		return first + "." + last + tail + "@" + host
	case 1:
		return first[:1] + last + tail + "@" + host
	}
	return first + tail + "@" + host
}

func (p *person) givenText() string {
	if !p.chinese {
		return p.first.text
	}
	s := ""
	for _, h := range p.given {
		s += h.text
	}
	return s
}

func (p *person) givenPinyin() string {
	s := ""
	for _, h := range p.given {
		s += h.pinyin
	}
	return s
}

func (p *person) fullName() string {
	if p.chinese {
		return p.family.text + p.givenText()
	}
	return p.first.text + " " + p.last
}

// phoneOn is the person's number on a day.
func (p *person) phoneOn(day int) phone {
	if p.passedOn != 0 && day < p.passedOn {
		return p.oldPhone
	}
	return p.phone
}

const base62Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func base62(v uint64, width int) string {
	b := make([]byte, width)
	for i := width - 1; i >= 0; i-- {
		b[i] = base62Digits[v%62]
		v /= 62
	}
	return string(b)
}

// Parts of the names of organizations.
var (
	hanBrands        = strings.Fields("晨曦 云海 锦程 宏远 嘉禾 瑞丰 盛世 华宇 金桥 海纳 天成 博雅 美居 安泰 绿源 星辰 润泽 鼎新 佳和 恒信 启明 万象 长青 永兴 和顺 东方 蓝天 众合 智诚 福临")
	hanTrades        = strings.Fields("酒店管理 家居 商贸 餐饮管理 装饰工程 物业管理 文化传播 电子商务 建材 连锁超市")
	hanSuffixes      = []string{"有限公司", "有限责任公司", "公司", "集团有限公司"}
	westernBrandHead = strings.Fields("Cedar Bright Silver Harbor North River Golden Stone Amber Willow Crown Summit Lake Maple Iron Blue Copper Falcon Garden Orchard Pioneer Royal Sterling Union Valley")
	westernBrandTail = strings.Fields("Finch Water Leaf Point Field Gate Bridge Bay Ridge Hill Crest Mark Line House Works")
	westernTrades    = strings.Fields("Interiors Hotels Cafe Kitchens Trading Design Supplies Living Retail Catering")
	englishSuffixes  = []string{"Ltd", "Limited", "Ltd.", ""}
	americanSuffixes = []string{"Inc.", "Inc", "Incorporated", "LLC"}
	germanSuffixes   = []string{"GmbH", "Gesellschaft mbH", "GmbH & Co. KG", ""}
	industries       = strings.Fields("Hospitality Retail Construction Education Healthcare Manufacturing Media Services")
)

func (w *world) newOrg(index int) org {
	r := newRandom(w.seed, streamOrg, index)
	o := org{index: index, id: "o" + padded(uint64(index), 8), chinese: r.chance(shareChinese), industry: industries[r.below(len(industries))]}
	x := scramble(uint64(index), 32, w.seed^0x0f)
	places, weights := w.westernPlaces, w.westernWeights
	if o.chinese {
		places, weights = w.chinesePlaces, w.chineseWeights
	}
	o.office = newAddress(&r, &places[r.weighted(weights)])
	place := o.office.place
	switch {
	case o.chinese:
		city := strings.TrimSuffix(place.city, "市")
		o.core = city + hanBrands[r.below(len(hanBrands))] + hanBrands[r.below(len(hanBrands))] + hanTrades[r.below(len(hanTrades))]
		o.suffixes = hanSuffixes
		o.vat = "91" + padded(x, 10) + padded(x*7, 6)
		o.phone = phone{"CN", place.area[1:] + "6" + padded(spread(uint64(index), 10_000_000, w.seed), 7)}
		o.domain = "co" + number(int(x)) + ".example.cn"
	default:
		head := westernBrandHead[r.below(len(westernBrandHead))]
		tail := westernBrandTail[r.below(len(westernBrandTail))]
		o.core = head + " " + tail + " " + w.western.surname(&r) + " " + westernTrades[r.below(len(westernTrades))]
		o.suffixes = map[string][]string{"GB": englishSuffixes, "US": americanSuffixes, "DE": germanSuffixes}[place.country]
		o.vat = place.country + padded(x, 9)
		o.phone = phone{place.country, place.area + padded(2_000_000+spread(uint64(index), 8_000_000, w.seed), 7)}
		o.domain = strings.ToLower(head+tail) + number(int(x%1_000_000)) + ".example.com"
	}
	o.since = w.asOf - 1 - r.below(pastDays+warmUpDays-60)
	return o
}
