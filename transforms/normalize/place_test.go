package normalize

import (
	"testing"

	"pgregory.net/rapid"
)

func TestSplitAddressFindsThePartsOfAnAddress(t *testing.T) {
	for raw, want := range map[string]Address{
		"上海市浦东新区世纪大道1号":           {"CN", "上海", "上海", "浦东新区", "", "世纪大道1号"},
		"上海 浦东新区 世纪大道1号":          {"CN", "上海", "上海", "浦东新区", "", "世纪大道1号"},
		"上海市上海市浦东新区世纪大道1号":        {"CN", "上海", "上海", "浦东新区", "", "世纪大道1号"},
		"北京市市辖区朝阳区建国路2号":          {"CN", "北京", "北京", "朝阳区", "", "建国路2号"},
		"广东省深圳市南山区科技路3号":          {"CN", "广东", "深圳", "南山区", "", "科技路3号"},
		"广东省 深圳市 南山区 科技路3号":       {"CN", "广东", "深圳", "南山区", "", "科技路3号"},
		"广东深圳南山区科技路3号":            {"CN", "广东", "深圳", "南山区", "", "科技路3号"},
		"深圳市南山区科技路3号":             {"CN", "广东", "深圳", "南山区", "", "科技路3号"},
		"廣東省廣州市天河區體育西路4號":         {"CN", "广东", "广州", "天河区", "", "体育西路4号"},
		"广西壮族自治区南宁市青秀区民族大道5号":     {"CN", "广西", "南宁", "青秀区", "", "民族大道5号"},
		"云南省大理白族自治州大理市古城路6号":      {"CN", "云南", "大理", "大理市", "", "古城路6号"},
		"四川省阿坝藏族羌族自治州松潘县岷江路7号":    {"CN", "四川", "阿坝藏族羌族", "松潘县", "", "岷江路7号"},
		"江苏省昆山市前进路8号":             {"CN", "江苏", "昆山", "", "", "前进路8号"},
		"江苏省苏州市昆山市前进路8号":          {"CN", "江苏", "苏州", "昆山市", "", "前进路8号"},
		"江苏省苏州市工业园区星湖街9号":         {"CN", "江苏", "苏州", "工业园区", "", "星湖街9号"},
		"吉林省吉林市船营区解放路10号":         {"CN", "吉林", "吉林", "船营区", "", "解放路10号"},
		"浙江省杭州市翠苑小区3栋":            {"CN", "浙江", "杭州", "", "", "翠苑小区3栋"},
		"200120 上海市浦东新区世纪大道1号":    {"CN", "上海", "上海", "浦东新区", "200120", "世纪大道1号"},
		"上海市浦东新区世纪大道1号(200120)":   {"CN", "上海", "上海", "浦东新区", "200120", "世纪大道1号"},
		"上海市浦东新区世纪大道1号 邮编：200120": {"CN", "上海", "上海", "浦东新区", "200120", "世纪大道1号"},
		"南京路100号": {Street: "南京路100号"},
		"幸福小区3栋":  {Street: "幸福小区3栋"},

		"12 Elm Street, Leeds LS1 4AB, UK":         {"GB", "", "Leeds", "", "LS1 4AB", "12 Elm Street"},
		"12 Elm Street, Leeds, ls1 4ab":            {"GB", "", "Leeds", "", "LS1 4AB", "12 Elm Street"},
		"9 Oak Ave, Apt 2, Austin, TX 73301":       {"US", "TX", "Austin", "", "73301", "9 Oak Ave, Apt 2"},
		"9 Oak Ave\nAustin, TX 73301-0001\nUSA":    {"US", "TX", "Austin", "", "73301-0001", "9 Oak Ave"},
		"Birkenweg 5, 10115 Berlin":                {"", "", "Berlin", "", "10115", "Birkenweg 5"},
		"Birkenweg 5, D-10115 Berlin, Deutschland": {"DE", "", "Berlin", "", "10115", "Birkenweg 5"},
		"12 Elm Street":                            {Street: "12 Elm Street"},
		"Unit 4,  The Old   Mill":                  {Street: "Unit 4, The Old Mill"},
		"":                                         {},
	} {
		if got := SplitAddress(raw); got != want {
			t.Errorf("SplitAddress(%q) = %+v, want %+v", raw, got, want)
		}
	}
}

func TestCityTiers(t *testing.T) {
	for _, c := range []struct{ city, province, country, want string }{
		{"上海市", "", "CN", "first"},
		{"shanghai", "", "", "first"},
		{"", "北京市", "CN", "first"},
		{"成都", "四川", "CN", "new_first"},
		{"蘇州市", "江苏", "CN", "new_first"},
		{"佛山", "广东", "CN", "second"},
		{"昆山", "江苏", "CN", "third_and_below"},
		{"昆山", "", "", "third_and_below"},
		{"Leeds", "", "GB", ""},
		{"", "", "CN", ""},
		{"", "江苏", "CN", ""},
	} {
		if got := CityTier(c.city, c.province, c.country); got != c.want {
			t.Errorf("CityTier(%q, %q, %q) = %q, want %q", c.city, c.province, c.country, got, c.want)
		}
	}
}

func TestPlacesHaveOneName(t *testing.T) {
	for raw, want := range map[string]string{"上海市": "上海", "大理白族自治州": "大理白族", "Xi'an": "西安", "Leeds ": "Leeds", "廣州市": "广州", "沙市": "沙市"} {
		if got := CityName(raw); got != want {
			t.Errorf("CityName(%q) = %q, want %q", raw, got, want)
		}
	}
	for raw, want := range map[string]string{"广西壮族自治区": "广西", "內蒙古": "内蒙古", "江苏省": "江苏", "Texas": "Texas"} {
		if got := ProvinceName(raw); got != want {
			t.Errorf("ProvinceName(%q) = %q, want %q", raw, got, want)
		}
	}
	for raw, want := range map[string]string{"中国": "CN", "China": "CN", "uk": "GB", "Österreich": "AT", "us": "US", "Atlantis": "", "": ""} {
		if got := Country(raw); got != want {
			t.Errorf("Country(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestPlaceNamesAreIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"上海市", "沙市市市", "大理自治州地区", "廣東省", "xian", "uk"})).Draw(t, "place")
		if once := CityName(s); CityName(once) != once && HasHan(s) {
			t.Fatalf("city %q -> %q -> %q", s, once, CityName(once))
		}
		if once := ProvinceName(s); ProvinceName(once) != once {
			t.Fatalf("province %q -> %q", s, once)
		}
		if once := Country(s); once != "" && Country(once) != once {
			t.Fatalf("country %q -> %q", s, once)
		}
	})
}

func TestAgeBandsMeetWithoutGap(t *testing.T) {
	for years, want := range map[int]string{-1: "", 0: "under_18", 17: "under_18", 18: "18_24", 24: "18_24", 25: "25_34", 35: "35_44", 45: "45_54", 55: "55_64", 65: "65_plus", 120: "65_plus", 121: ""} {
		if got := AgeBand(years); got != want {
			t.Errorf("AgeBand(%d) = %q, want %q", years, got, want)
		}
	}
}

func FuzzSplitAddress(f *testing.F) {
	for _, seed := range []string{"上海市浦东新区世纪大道1号", "广东深圳", "吉林市", "9 Oak Ave, Austin, TX 73301", ",,", "\xff区", "市", "200120"} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, s string) { SplitAddress(s) })
}

func TestVillagesAreRural(t *testing.T) {
	for street, want := range map[string]bool{"": false, "前进路8号": false, "柳树村12号": true, "曹杨新村3栋": false, "红旗乡中心街": true} {
		if got := Rural(street); got != want {
			t.Errorf("Rural(%q) = %v", street, got)
		}
	}
}
