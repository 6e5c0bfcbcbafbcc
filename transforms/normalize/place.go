package normalize

import (
	"strings"
)

// Country returns the ISO 3166-1 alpha-2 code of a country's name or code in English, Chinese
// or German; empty when it is not known.
func Country(s string) string {
	s = strings.TrimSpace(Half(s))
	if len(s) == 2 {
		up := strings.ToUpper(s)
		if up == "UK" {
			return "GB"
		}
		if up[0] >= 'A' && up[0] <= 'Z' && up[1] >= 'A' && up[1] <= 'Z' {
			return up
		}
	}
	return countries[strings.ToLower(Unaccent(s))]
}

var countries = map[string]string{
	"china": "CN", "中国": "CN", "中华人民共和国": "CN", "prc": "CN", "chn": "CN", "people's republic of china": "CN", "hong kong": "HK", "香港": "HK", "taiwan": "TW", "台湾": "TW", "macau": "MO", "澳门": "MO",
	"usa": "US", "united states": "US", "united states of america": "US", "u.s.a.": "US", "america": "US", "美国": "US", "vereinigte staaten": "US",
	"united kingdom": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "britain": "GB", "英国": "GB", "gbr": "GB", "northern ireland": "GB",
	"germany": "DE", "deutschland": "DE", "德国": "DE", "deu": "DE", "france": "FR", "frankreich": "FR", "法国": "FR", "italy": "IT", "italien": "IT", "意大利": "IT",
	"spain": "ES", "espana": "ES", "西班牙": "ES", "portugal": "PT", "netherlands": "NL", "holland": "NL", "荷兰": "NL", "belgium": "BE", "比利时": "BE",
	"switzerland": "CH", "schweiz": "CH", "瑞士": "CH", "austria": "AT", "osterreich": "AT", "奥地利": "AT", "ireland": "IE", "eire": "IE", "爱尔兰": "IE",
	"sweden": "SE", "瑞典": "SE", "norway": "NO", "挪威": "NO", "denmark": "DK", "丹麦": "DK", "finland": "FI", "芬兰": "FI", "poland": "PL", "波兰": "PL",
	"japan": "JP", "日本": "JP", "south korea": "KR", "korea": "KR", "韩国": "KR", "singapore": "SG", "新加坡": "SG", "australia": "AU", "澳大利亚": "AU", "canada": "CA", "加拿大": "CA",
	"new zealand": "NZ", "新西兰": "NZ", "india": "IN", "印度": "IN", "brazil": "BR", "巴西": "BR", "mexico": "MX", "墨西哥": "MX", "russia": "RU", "俄罗斯": "RU",
	"greece": "GR", "cyprus": "CY", "malta": "MT", "iceland": "IS", "israel": "IL", "lebanon": "LB", "bahrain": "BH", "czech republic": "CZ", "lithuania": "LT",
	"saudi arabia": "SA", "united arab emirates": "AE", "rsa": "ZA", "south africa": "ZA", "channel islands": "JE", "turkey": "TR", "thailand": "TH", "vietnam": "VN", "malaysia": "MY", "indonesia": "ID",
}

// provinces of China without their suffix.
var provinces = strings.Fields("北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门")

var municipalities = map[string]bool{"北京": true, "天津": true, "上海": true, "重庆": true}

// City tiers of China (the ranking that media planning uses: first, new first, second).
var cityTiers = func() map[string]string {
	tiers := map[string]string{}
	for tier, cities := range map[string]string{
		"first":     "北京 上海 广州 深圳",
		"new_first": "成都 杭州 重庆 武汉 苏州 西安 南京 长沙 天津 郑州 东莞 青岛 昆明 宁波 合肥",
		"second":    "佛山 沈阳 无锡 济南 厦门 福州 温州 哈尔滨 石家庄 大连 南宁 泉州 金华 贵阳 常州 长春 南昌 南通 嘉兴 徐州 惠州 太原 台州 绍兴 保定 中山 潍坊 临沂 珠海 烟台",
	} {
		for _, city := range strings.Fields(cities) {
			tiers[city] = tier
		}
	}
	return tiers
}()

// CityTier is the tier of a Chinese city: first, new_first, second, third_and_below; empty
// for places elsewhere or unknown.
func CityTier(city, province, country string) string {
	city = CityName(city)
	if city == "" {
		if municipalities[ProvinceName(province)] {
			city = ProvinceName(province)
		} else {
			return ""
		}
	}
	if tier, ok := cityTiers[city]; ok {
		return tier
	}
	if country == "CN" || HasHan(city) && (country == "") {
		return "third_and_below"
	}
	return ""
}

// CityName drops suffixes of Chinese cities and names the large ones in characters.
func CityName(s string) string {
	s = strings.TrimSpace(Half(s))
	if !HasHan(s) {
		if han, ok := romanCities[strings.ToLower(s)]; ok {
			return han
		}
		return s
	}
	s = Simplify(s)
	for _, suffix := range []string{"市", "地区", "自治州"} {
		if trimmed := strings.TrimSuffix(s, suffix); trimmed != s && len([]rune(trimmed)) >= 2 {
			return trimmed
		}
	}
	return s
}

var romanCities = map[string]string{
	"beijing": "北京", "shanghai": "上海", "guangzhou": "广州", "shenzhen": "深圳", "chengdu": "成都", "hangzhou": "杭州", "wuhan": "武汉",
	"nanjing": "南京", "xi'an": "西安", "xian": "西安", "chongqing": "重庆", "tianjin": "天津", "suzhou": "苏州", "qingdao": "青岛",
}

// ProvinceName drops the suffix of a Chinese province.
func ProvinceName(s string) string {
	s = strings.TrimSpace(Half(s))
	if !HasHan(s) {
		return s
	}
	s = Simplify(s)
	for _, province := range provinces {
		if strings.HasPrefix(s, province) {
			return province
		}
	}
	return s
}

// Address is a postal address in parts.
type Address struct {
	Province, City, District, Street string
}

// SplitAddress finds province, city, district and street in a Chinese address written in one
// piece, with or without blanks. An address without a known province is returned as street.
func SplitAddress(s string) Address {
	s = strings.TrimSpace(Half(s))
	if !HasHan(s) {
		return Address{Street: s}
	}
	rest := strings.TrimLeft(s, " ")
	province := ""
	for _, p := range provinces {
		if strings.HasPrefix(rest, p) {
			province = p
			rest = rest[len(p):]
			for _, suffix := range []string{"壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市"} {
				if strings.HasPrefix(rest, suffix) {
					rest = rest[len(suffix):]
					break
				}
			}
			break
		}
	}
	if province == "" {
		return Address{Street: s}
	}
	a := Address{Province: province}
	rest = strings.TrimLeft(rest, " ")
	if municipalities[province] {
		a.City = province
		rest = strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(rest, province), "市"), " ")
	} else if city, after, ok := cutSuffix(rest, "市"); ok {
		a.City, rest = city, after
	}
	if district, after, ok := cutSuffix(rest, "区", "县", "旗", "市"); ok {
		a.District, rest = district, after
	}
	a.Street = strings.TrimSpace(rest)
	return a
}

// cutSuffix takes a leading name that ends in one of the suffixes within six characters.
func cutSuffix(s string, suffixes ...string) (name, rest string, ok bool) {
	runes := []rune(strings.TrimLeft(s, " "))
	for i := 1; i < len(runes) && i <= 7; i++ {
		if runes[i] == ' ' {
			return string(runes[:i]), strings.TrimLeft(string(runes[i:]), " "), true
		}
		for _, suffix := range suffixes {
			if string(runes[i]) == suffix && i >= 1 {
				name = string(runes[:i])
				if suffix != "市" {
					name = string(runes[:i+1])
				}
				return name, strings.TrimLeft(string(runes[i+1:]), " "), true
			}
		}
	}
	return "", s, false
}

// AgeBand is the decade-like band of an age in years.
func AgeBand(years int) string {
	switch {
	case years < 0 || years > 120:
		return ""
	case years < 18:
		return "under_18"
	case years < 25:
		return "18_24"
	case years < 35:
		return "25_34"
	case years < 45:
		return "35_44"
	case years < 55:
		return "45_54"
	case years < 65:
		return "55_64"
	}
	return "65_plus"
}
