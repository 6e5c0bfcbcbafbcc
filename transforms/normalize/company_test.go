package normalize

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCompanyKeyIsOneForAllSpellings(t *testing.T) {
	for want, names := range map[string][]string{
		"sudlicht mobelwerk": {"Südlicht Möbelwerk GmbH", "Suedlicht Moebelwerk GmbH", "SÜDLICHT MÖBELWERK", "Sudlicht Mobelwerk Gmbh & Co. KG", "südlicht   möbelwerk, GmbH"},
		"oak elm interiors":  {"Oak & Elm Interiors", "Oak and Elm Interiors, Inc.", "The Oak & Elm Interiors Ltd", "ＯＡＫ ＆ Elm Interiors LLC"},
		"harbour cafe":       {"Harbour Café Ltd", "Harbour Cafe Limited", "Harbour Cafe Pty. Ltd."},
		"millers bakery":     {"Miller's Bakery", "Millers Bakery e.K."},
		"aeg":                {"AEG", "AEG AG"},
		"上海朝霞酒店管理":           {"上海朝霞酒店管理有限公司", "上海朝霞酒店管理有限责任公司", "上海朝霞酒店管理股份有限公司", "上海朝霞酒店管理集团有限公司", "上海朝霞酒店管理（集团）公司", "上海朝霞 酒店管理有限公司", "上海朝霞酒店管理有限公司 "},
		"朝霞上海":               {"朝霞（上海）有限公司", "朝霞(上海)有限公司", "朝霞上海"},
		"":                   {"", "-", "Oa* GmbH", "无"},
		"公司":                 {"公司"},
	} {
		for _, name := range names {
			if got := CompanyKey(name); got != want {
				t.Errorf("CompanyKey(%q) = %q, want %q", name, got, want)
			}
		}
	}
}

func TestBranchesAndNamesakesStayApart(t *testing.T) {
	for _, pair := range [][2]string{
		{"Oak & Elm Interiors", "Oak & Elm West"},
		{"上海朝霞酒店管理有限公司", "北京朝霞酒店管理有限公司"},
		{"朝霞有限公司", "朝霞有限公司北京分公司"},
		{"Limited Edition", "Edition"},
	} {
		if CompanyKey(pair[0]) == CompanyKey(pair[1]) {
			t.Errorf("%q and %q have one key %q", pair[0], pair[1], CompanyKey(pair[0]))
		}
	}
}

func TestLooksLikeCompany(t *testing.T) {
	for name, want := range map[string]bool{
		"Südlicht Möbelwerk GmbH": true, "Harbour Cafe Ltd": true, "Oak & Elm, Inc.": true, "上海朝霞酒店管理有限公司": true, "朝霞商行": true,
		"Nora Ames": false, "李小雨": false, "Co Nguyen": false, "": false, "Limited": false,
	} {
		if LooksLikeCompany(name) != want {
			t.Errorf("LooksLikeCompany(%q) = %v", name, !want)
		}
	}
}

func TestCompanyKeyIsIdempotent(t *testing.T) {
	parts := []string{"Oak", "&", "and", "The", "GmbH", "Co.", "KG", "Ltd", "Möbel", "Moebel", "aeeu", "AEG", "saes", "上海", "朝霞", "有限公司", "集团", "分公司", "（", "）", ",", "İ"}
	rapid.Check(t, func(t *rapid.T) {
		name := ""
		for range rapid.IntRange(0, 5).Draw(t, "parts") {
			name += rapid.SampledFrom(parts).Draw(t, "part") + " "
		}
		name = rapid.OneOf(rapid.Just(name), rapid.String()).Draw(t, "name")
		once := CompanyKey(name)
		if twice := CompanyKey(once); twice != once {
			t.Fatalf("%q -> %q -> %q", name, once, twice)
		}
	})
}
