package normalize

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// Country returns the ISO 3166-1 alpha-2 code of a country's name or code in English, Chinese
// or German; empty when it is not known.
func Country(s string) string {
	if len(s) == 2 && isUpper(s) && s != "UK" {
		return s
	}
	s = strings.TrimSpace(Half(s))
	if up := strings.ToUpper(s); len(s) == 2 && len(up) == 2 {
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

// provinceCities are the cities of each province that addresses name without it, the capital first.
const provinceCities = `河北 石家庄 唐山 保定 廊坊 邯郸 秦皇岛 沧州
山西 太原 大同
辽宁 沈阳 大连 鞍山
吉林 长春 吉林
黑龙江 哈尔滨 大庆
江苏 南京 苏州 无锡 常州 南通 徐州 扬州 盐城 泰州 镇江 淮安 连云港 宿迁
浙江 杭州 宁波 温州 嘉兴 金华 绍兴 台州 湖州 丽水 衢州 舟山
安徽 合肥 芜湖 马鞍山 阜阳
福建 福州 厦门 泉州 漳州 莆田
江西 南昌 赣州 九江
山东 济南 青岛 烟台 潍坊 临沂 淄博 济宁 威海
河南 郑州 洛阳 南阳 新乡
湖北 武汉 宜昌 襄阳 荆州
湖南 长沙 株洲 湘潭 衡阳 岳阳
广东 广州 深圳 东莞 佛山 珠海 中山 惠州 汕头 江门 湛江
海南 海口 三亚
四川 成都 绵阳 德阳 宜宾
贵州 贵阳 遵义
云南 昆明 大理 丽江
陕西 西安 咸阳 宝鸡
甘肃 兰州
青海 西宁
内蒙古 呼和浩特 包头
广西 南宁 桂林 柳州
西藏 拉萨
宁夏 银川
新疆 乌鲁木齐`

// provinceOf leads from the cities above to their province.
var provinceOf = sync.OnceValue(func() map[string]string {
	table := map[string]string{}
	for line := range strings.Lines(provinceCities) {
		names := strings.Fields(line)
		for _, city := range names[1:] {
			table[city] = names[0]
		}
	}
	for city := range municipalities {
		table[city] = city
	}
	return table
})

// City tiers of China (the ranking that media planning uses: first, new first, second).
var cityTiers = sync.OnceValue(func() map[string]string {
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
})

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
	if tier, ok := cityTiers()[city]; ok {
		return tier
	}
	if country == "CN" || HasHan(city) && (country == "") {
		return "third_and_below"
	}
	return ""
}

// TierRural is the tier of villages; of larger places CityTier knows.
const TierRural = "rural"

// Rural tells whether a Chinese street address lies in a village: it names one (村) or a rural
// township (乡). A 新村 is a housing estate.
func Rural(street string) bool {
	street = strings.ReplaceAll(street, "新村", "")
	return strings.Contains(street, "村") || strings.Contains(street, "乡")
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
	for {
		trimmed := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(s, "市"), "地区"), "自治州")
		if trimmed == s || utf8.RuneCountInString(trimmed) < 2 {
			return s
		}
		s = trimmed
	}
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
