package demo

import "strings"

// place is a city with what addresses and numbers there look like.
type place struct {
	country   string // ISO 3166-1 alpha-2
	province  string // Chinese province, state code, or empty
	city      string
	postcode  string   // first digits
	area      string   // area code of landlines
	districts []string // of Chinese cities
	weight    float64
	provinceZ string // Chinese province without its suffix; name of the state
}

// chinesePlaceTable: province, city, first digits of the postcode, area code, relative weight,
// districts.
const chinesePlaceTable = `
上海 上海市 200 021 9 浦东新区 徐汇区 闵行区 静安区;北京 北京市 100 010 8 朝阳区 海淀区 丰台区 通州区;广东省 深圳市 518 0755 7 南山区 福田区 龙岗区
广东省 广州市 510 020 7 天河区 越秀区 番禺区;浙江省 杭州市 310 0571 5 西湖区 余杭区 滨江区;四川省 成都市 610 028 5 武侯区 锦江区 高新区
重庆 重庆市 400 023 4 渝中区 江北区 南岸区;湖北省 武汉市 430 027 4 洪山区 江岸区 武昌区;江苏省 南京市 210 025 4 鼓楼区 玄武区 江宁区
江苏省 苏州市 215 0512 4 姑苏区 吴中区 昆山市;天津 天津市 300 022 3 和平区 南开区 河西区;陕西省 西安市 710 029 3 雁塔区 碑林区 未央区
湖南省 长沙市 410 0731 3 岳麓区 芙蓉区 雨花区;河南省 郑州市 450 0371 3 金水区 中原区 二七区;山东省 青岛市 266 0532 3 市南区 崂山区 黄岛区
广东省 东莞市 523 0769 2 南城街道 东城街道;浙江省 宁波市 315 0574 2 鄞州区 海曙区;福建省 厦门市 361 0592 2 思明区 湖里区
辽宁省 沈阳市 110 024 2 和平区 沈河区;辽宁省 大连市 116 0411 2 中山区 沙河口区;山东省 济南市 250 0531 2 历下区 市中区
安徽省 合肥市 230 0551 2 蜀山区 包河区;云南省 昆明市 650 0871 2 五华区 盘龙区;福建省 福州市 350 0591 2 鼓楼区 台江区
黑龙江省 哈尔滨市 150 0451 1 南岗区 道里区;河北省 石家庄市 050 0311 1 长安区 桥西区;山西省 太原市 030 0351 1 小店区 迎泽区
江西省 南昌市 330 0791 1 东湖区 红谷滩区;广西壮族自治区 南宁市 530 0771 1 青秀区 兴宁区;贵州省 贵阳市 550 0851 1 云岩区 南明区
江苏省 徐州市 221 0516 1 泉山区 云龙区;浙江省 温州市 325 0577 1 鹿城区 瓯海区;湖南省 衡阳市 421 0734 1 蒸湘区 石鼓区
河南省 洛阳市 471 0379 1 涧西区 洛龙区;甘肃省 兰州市 730 0931 1 城关区 七里河区;海南省 海口市 570 0898 1 龙华区 美兰区`

// westernPlaceTable: country, state, city (_ for a blank), postcode, area code, weight, name of
// the state.
const westernPlaceTable = `
US NY New_York 100 212 8 New_York;US NY Brooklyn 112 718 4 New_York;US CA Los_Angeles 900 213 6 California;US CA San_Francisco 941 415 4 California
US IL Chicago 606 312 5 Illinois;US TX Houston 770 713 4 Texas;US TX Austin 787 512 4 Texas;US TX Dallas 752 214 3 Texas;US WA Seattle 981 206 4 Washington
US MA Boston 021 617 4 Massachusetts;US PA Philadelphia 191 215 3 Pennsylvania;US AZ Phoenix 850 602 3 Arizona;US CO Denver 802 303 3 Colorado
US GA Atlanta 303 404 3 Georgia;US FL Miami 331 305 3 Florida;US OR Portland 972 503 2 Oregon;US MN Minneapolis 554 612 2 Minnesota;US OH Columbus 432 614 2 Ohio
GB ENG London E1 207 7 England;GB ENG Manchester M1 161 3 England;GB ENG Leeds LS1 113 2 England;GB ENG Bristol BS1 117 2 England;GB SCT Edinburgh EH1 131 2 Scotland
DE - Berlin 10 30 4 -;DE - Hamburg 20 40 3 -;DE - München 80 89 3 -;DE - Köln 50 221 2 -;DE - Frankfurt 60 69 2 -`

func readPlaces() (chinese, western []place) {
	for _, entry := range tableEntries(chinesePlaceTable) {
		f := strings.Fields(entry)
		chinese = append(chinese, place{country: "CN", province: f[0], city: f[1], postcode: f[2], area: f[3], weight: weight(f[4]), districts: f[5:]})
	}
	for _, entry := range tableEntries(westernPlaceTable) {
		f := strings.Fields(entry)
		p := place{country: f[0], province: blank(f[1]), city: blank(f[2]), postcode: f[3], area: f[4], weight: weight(f[5]), provinceZ: blank(f[6])}
		western = append(western, p)
	}
	return chinese, western
}

func blank(s string) string {
	if s == "-" {
		return ""
	}
	return strings.ReplaceAll(s, "_", " ")
}

func placeWeights(places []place) []float64 {
	total := 0.0
	out := make([]float64, len(places))
	for i, p := range places {
		total += p.weight
		out[i] = total
	}
	return out
}

// address is one home or office.
type address struct {
	place    *place
	district string
	street   string // name of the street, or of the street and its kind
	kind     string // Street, Avenue ...
	house    int
	flat     int // 0: none
	building int // of Chinese housing estates
	estate   string
	postcode string
}

var (
	chineseStreets = strings.Fields("人民路 中山路 解放路 建设路 和平路 新华路 文化路 胜利路 长江路 黄河路 北京路 南京路 朝阳路 光明路 青年路 幸福路 迎宾路 滨江路 学府路 科技路")
	chineseEstates = strings.Fields("阳光花园 翠苑小区 锦绣家园 望江苑 金色家园 紫荆花园 水岸新城 绿地国际 保利香槟 万科城 碧桂园 世纪花城")
	westernStreets = strings.Fields("Main Oak Maple Cedar Elm Washington Lake Hill Park Pine Walnut Spring North Ridge Church Willow Mill Sunset Railroad Jackson West Highland Forest Jefferson Center Franklin River Cherry Dogwood Meadow")
	westernKinds   = strings.Fields("Street Avenue Road Drive Lane Court Boulevard Place")
	shortKinds     = map[string]string{"Street": "St", "Avenue": "Ave", "Road": "Rd", "Drive": "Dr", "Lane": "Ln", "Court": "Ct", "Boulevard": "Blvd", "Place": "Pl"}
	germanStreets  = strings.Fields("Haupt Schul Garten Bahnhof Berg Linden Wald Kirch Wiesen Goethe Schiller Mozart Ring Feld Rosen")
)

func newAddress(r *random, p *place) address {
	a := address{place: p, house: r.between(1, 299)}
	switch p.country {
	case "CN":
		a.district = p.districts[r.below(len(p.districts))]
		a.street = chineseStreets[r.below(len(chineseStreets))]
		a.estate = chineseEstates[r.below(len(chineseEstates))]
		a.building = r.between(1, 28)
		a.flat = r.between(1, 26)*100 + r.between(1, 6)
		a.postcode = p.postcode + padded(uint64(r.below(1000)), 3)
	case "DE":
		a.street = germanStreets[r.below(len(germanStreets))] + "straße"
		a.postcode = p.postcode + padded(uint64(r.below(1000)), 3)
	default:
		a.street = westernStreets[r.below(len(westernStreets))]
		a.kind = westernKinds[r.below(len(westernKinds))]
		a.house = r.between(1, 4999)
		if r.chance(0.4) {
			a.flat = r.between(1, 60)
		}
		if p.country == "GB" {
			a.postcode = p.postcode + " " + number(r.between(1, 9)) + string(rune('A'+r.below(20))) + string(rune('A'+r.below(20)))
		} else {
			a.postcode = p.postcode + padded(uint64(r.below(100)), 2)
		}
	}
	return a
}

// addressForm is how one record writes an address.
type addressForm int

const (
	addressPlain addressForm = iota
	addressShort
	addressOrder
	addressTypo
)

// line is the street line of the address.
func (a *address) line(form addressForm, r *random) string {
	var s string
	switch a.place.country {
	case "CN":
		s = a.chineseLine(form)
	case "DE":
		s = a.street + " " + number(a.house)
		switch form {
		case addressShort:
			s = strings.TrimSuffix(a.street, "straße") + "str. " + number(a.house)
		case addressOrder:
			s = number(a.house) + " " + a.street
		}
	default:
		s = a.englishLine(form)
	}
	if form == addressTypo {
		s = typo(s, r)
	}
	return s
}

func (a *address) chineseLine(form addressForm) string {
	street := a.street + number(a.house) + "号"
	flat := a.estate + number(a.building) + "栋" + number(a.flat) + "室"
	switch form {
	case addressShort:
		return a.estate + number(a.building) + "-" + number(a.flat)
	case addressOrder:
		return flat + "（" + street + "）"
	}
	return street + flat
}

func (a *address) englishLine(form addressForm) string {
	kind, flat := a.kind, ""
	if a.flat > 0 {
		flat = "Apt " + number(a.flat)
	}
	if form == addressShort {
		kind = shortKinds[kind]
		if flat != "" {
			flat = "#" + number(a.flat)
		}
	}
	s := number(a.house) + " " + a.street + " " + kind
	switch {
	case flat == "":
		if form == addressOrder {
			return a.street + " " + kind + " " + number(a.house)
		}
		return s
	case form == addressOrder:
		return flat + ", " + s
	}
	return s + ", " + flat
}
