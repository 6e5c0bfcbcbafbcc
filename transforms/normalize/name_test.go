package normalize

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseNameFindsFamilyAndGivenName(t *testing.T) {
	for _, c := range []struct {
		name, full, given, family string
		want                      Name
	}{
		{"Chinese", "李小雨", "", "", Name{Family: "李", Given: "小雨", Han: true, Tokens: []string{"li", "xiaoyu"}}},
		{"traditional", "張偉", "", "", Name{Family: "张", Given: "伟", Han: true, Tokens: []string{"zhang", "wei"}}},
		{"double surname", "欧阳雨晴", "", "", Name{Family: "欧阳", Given: "雨晴", Han: true, Tokens: []string{"ouyang", "yuqing"}}},
		{"double surname, traditional", "歐陽雨晴", "", "", Name{Family: "欧阳", Given: "雨晴", Han: true, Tokens: []string{"ouyang", "yuqing"}}},
		{"surname with its own reading", "单雨", "", "", Name{Family: "单", Given: "雨", Han: true, Tokens: []string{"shan", "yu"}}},
		{"surname with its own reading", "曾可", "", "", Name{Family: "曾", Given: "可", Han: true, Tokens: []string{"zeng", "ke"}}},
		{"blank between", "陈 雨", "", "", Name{Family: "陈", Given: "雨", Han: true, Tokens: []string{"chen", "yu"}}},
		{"full-width blank", "陈　雨", "", "", Name{Family: "陈", Given: "雨", Han: true, Tokens: []string{"chen", "yu"}}},
		{"given name first", "小雨 李", "", "", Name{Family: "李", Given: "小雨", Han: true, Tokens: []string{"li", "xiaoyu"}}},
		{"title", "李小雨女士", "", "", Name{Family: "李", Given: "小雨", Han: true, Tokens: []string{"li", "xiaoyu"}}},
		{"title and family name alone", "李先生", "", "", Name{Family: "李", Han: true, Tokens: []string{"li"}}},
		{"remark", "李小雨-浦东店", "", "", Name{Family: "李", Given: "小雨", Han: true, Tokens: []string{"li", "xiaoyu"}}},
		{"remark in brackets", "李小雨（老客户）", "", "", Name{Family: "李", Given: "小雨", Han: true, Tokens: []string{"li", "xiaoyu"}}},
		{"pinyin beside it", "李小雨 Li Xiaoyu", "", "", Name{Family: "李", Given: "小雨", Han: true, Tokens: []string{"li", "xiaoyu"}}},
		{"pinyin before it", "Li Xiaoyu 李小雨", "", "", Name{Family: "李", Given: "小雨", Han: true, Tokens: []string{"li", "xiaoyu"}}},
		{"familiar", "小李", "", "", Name{Given: "小李", Han: true, Tokens: []string{"xiaoli"}}},
		{"parts", "", "小雨", "李", Name{Family: "李", Given: "小雨", Han: true, Tokens: []string{"li", "xiaoyu"}}},

		{"Western", "Nora Ames", "", "", Name{Given: "nora", Family: "ames", Tokens: []string{"nora", "ames"}}},
		{"title and suffix", "Dr. Nora Ames Jr.", "", "", Name{Given: "nora", Family: "ames", Tokens: []string{"nora", "ames"}}},
		{"turned round", "AMES, Nora", "", "", Name{Given: "nora", Family: "ames", Tokens: []string{"nora", "ames"}}},
		{"accents", "José Muñoz", "", "", Name{Given: "jose", Family: "munoz", Tokens: []string{"jose", "munoz"}}},
		{"sharp s", "Jana Groß", "", "", Name{Given: "jana", Family: "gross", Tokens: []string{"jana", "gross"}}},
		{"full width", "Ｎｏｒａ　Ａｍｅｓ", "", "", Name{Given: "nora", Family: "ames", Tokens: []string{"nora", "ames"}}},
		{"apostrophe", "Sean O'Neil", "", "", Name{Given: "sean", Family: "oneil", Tokens: []string{"sean", "oneil"}}},
		{"middle name", "Nora J. Ames", "", "", Name{Given: "nora j", Family: "ames", Tokens: []string{"nora", "j", "ames"}}},
		{"one word", "Nora", "", "", Name{Given: "nora", Tokens: []string{"nora"}}},
		{"pinyin, family name first", "Li Xiaoyu", "", "", Name{Family: "li", Given: "xiaoyu", Pinyin: true, Tokens: []string{"li", "xiaoyu"}}},
		{"pinyin, family name last", "Xiaoyu LI", "", "", Name{Family: "li", Given: "xiaoyu", Pinyin: true, Tokens: []string{"xiaoyu", "li"}}},

		{"masked", "李*", "", "", Name{}},
		{"placeholder", "-", "", "", Name{}},
		{"title alone", "Mr.", "", "", Name{}},
		{"empty", "", "", "", Name{}},
		{"blanks", "  ", " ", "　", Name{}},
	} {
		got := ParseName(c.full, c.given, c.family)
		if len(got.Tokens) == 0 {
			got.Tokens = nil
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: ParseName(%q, %q, %q): %s", c.name, c.full, c.given, c.family, diff)
		}
	}
}

func TestNamesAgreeAcrossScriptsOrdersAndSpellings(t *testing.T) {
	for _, pair := range [][2]string{
		{"李小雨", "李小雨"},
		{"張偉明", "张伟明"},
		{"李小雨", "Li Xiaoyu"},
		{"李小雨", "Xiaoyu LI"},
		{"李小雨", "Li Xiao-Yu"},
		{"李小雨", "Xiao Yu Li"},
		{"李小雨", "LI, Xiaoyu"},
		{"欧阳雨晴", "Ouyang Yuqing"},
		{"单雨", "Shan Yu"},
		{"单雨", "Dan Yu"}, // as a machine would spell it
		{"吕方", "Lyu Fang"},
		{"吕方", "Lu Fang"},
		{"小雨", "李小雨"},
		{"小雨", "Li Xiaoyu"},
		{"李小雨", "李晓雨"}, // typed from speech
		{"Li Xiaoyu", "Xiaoyu Li"},
		{"Li Xiao Yu", "Xiaoyu Li"},
		{"Nora Ames", "Ames Nora"},
		{"Nora Ames", "AMES, Nora"},
		{"Robert Ames", "Bob Ames"},
		{"Rob Ames", "Bobby Ames"},
		{"Chris Ames", "Christopher Ames"},
		{"Chris Ames", "Christine Ames"},
		{"Jörg Möller", "Joerg Moeller"},
		{"Jörg Möller", "Jorg Moller"},
		{"José Muñoz", "Jose Munoz"},
		{"Sofia Ruiz", "Sofia Ruiz Vega"},
		{"Daniel Ames", "Danial Ames"},
		{"Daniel Ames", "Dnaiel Ames"},
		{"Mr Nora Ames", "Nora Ames"},
		{"Anna Wang", "Anna W"},
	} {
		checkNames(t, pair[0], pair[1], Agree)
	}
}

func TestNamesOfTwoPersonsContradict(t *testing.T) {
	for _, pair := range [][2]string{
		{"周强", "吴倩"},
		{"王小雨", "王小明"},
		{"王小雨", "李小雨"},
		{"王明", "王小明"},
		{"王先生", "李小雨"},
		{"小王", "小李"},
		{"王小雨", "Wang Xiaoming"},
		{"王小雨", "Nora Ames"},
		{"王小雨", "Nora Wang"},
		{"Wang Xiaoyu", "Wang Xiaoming"}, // a family, whose name comes first
		{"Wang Xiaoyu", "Wang Lei"},
		{"Li Na", "Li Wei"},
		{"Priya Ames", "Arjun Ames"},
		{"Mario Rossi", "Maria Rossi"},
		{"Julian Ames", "Juliana Ames"},
		{"Christopher Ames", "Christine Ames"},
		{"Nora Ames", "Laura Moss"},
		{"N Ames", "Laura Ames"},
		{"Jo Ames", "Ed Ames"},
	} {
		checkNames(t, pair[0], pair[1], Contradict)
	}
}

func TestNamesThatSayTooLittleLeaveItOpen(t *testing.T) {
	for _, pair := range [][2]string{
		{"", "王小雨"},
		{"李*", "王小雨"},
		{"王先生", "王小雨"},
		{"小王", "王小雨"},
		{"X. Wang", "王小雨"},
		{"Wang", "王小雨"},
		{"W.X.Y.", "王小雨"},
		{"N. Ames", "Nora Ames"},
		{"N.J. Ames", "Nora Jane Ames"},
		{"Ames", "Nora Ames"},
		{"Jane Ames", "Nora Jane Ames"},
	} {
		checkNames(t, pair[0], pair[1], Unknown)
	}
}

func checkNames(t *testing.T, x, y string, want Agreement) {
	t.Helper()
	a, b := ParseName(x, "", ""), ParseName(y, "", "")
	if got := CompareGiven(a, b); got != want {
		t.Errorf("CompareGiven(%q, %q) = %d, want %d", x, y, got, want)
	}
	if got := CompareGiven(b, a); got != want {
		t.Errorf("CompareGiven(%q, %q) = %d, want %d", y, x, got, want)
	}
}

// anyName draws names of every kind, and text that is none.
func anyName() *rapid.Generator[string] {
	parts := []string{
		"王", "小", "雨", "明", "欧阳", "張", "單", "先生", "老", "Li", "Xiaoyu", "Wang", "Nora", "Ames", "Bob", "Robert", "N.", "J", "Müller", "Mueller",
		"O'Neil", "Dr.", "Jr", ",", "-", "(", "*", " ", "　", "é", "吕", "Lyu", "\u200b", "姐",
	}
	return rapid.OneOf(rapid.Custom(func(t *rapid.T) string {
		s := ""
		for range rapid.IntRange(0, 4).Draw(t, "parts") {
			s += rapid.SampledFrom(parts).Draw(t, "part")
			if rapid.Bool().Draw(t, "blank") {
				s += " "
			}
		}
		return s
	}), rapid.String())
}

func TestComparingNamesIsSymmetricAndReflexive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := anyName().Draw(t, "x"), anyName().Draw(t, "y")
		a, b := ParseName(x, "", ""), ParseName(y, "", "")
		if p, q := CompareGiven(a, b), CompareGiven(b, a); p != q {
			t.Fatalf("%q and %q: %d one way, %d the other", x, y, p, q)
		}
		if a.Given != "" && CompareGiven(a, a) != Agree {
			t.Fatalf("%q does not agree with itself", x)
		}
	})
}

func TestParsingTheDisplayFormOfAChineseNameChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := ParseName(anyName().Draw(t, "name"), "", "")
		if !n.Han || n.Family == "" {
			return
		}
		if again := ParseName("", n.Given, n.Family); cmp.Diff(n, again) != "" {
			t.Fatalf("%+v became %+v", n, again)
		}
	})
}

func TestSimplifyIsIdempotent(t *testing.T) {
	for _, r := range traditional {
		once := Simplify(string(r))
		if twice := Simplify(once); twice != once {
			t.Errorf("%c -> %s -> %s", r, once, twice)
		}
	}
	if got := Simplify("歐陽麗華 Nora"); got != "欧阳丽华 Nora" {
		t.Errorf("got %q", got)
	}
}

func FuzzParseName(f *testing.F) {
	for _, seed := range []string{"李小雨", "Li Xiaoyu", "AMES, Nora", ",", "先生", "\xff\xfe", "欧阳", "- 李", "小 李 明"} {
		f.Add(seed, "Nora Ames")
	}
	f.Fuzz(func(t *testing.T, x, y string) {
		a, b := ParseName(x, "", ""), ParseName(y, "", "")
		if CompareGiven(a, b) != CompareGiven(b, a) {
			t.Fatalf("%q and %q: not symmetric", x, y)
		}
		ParseName("", x, y)
	})
}

func benchmarkNames() []string {
	han := []rune("小雨明强静丽伟芳磊洋艳勇娟涛超霞刚平辉玲")
	names := make([]string, 1<<12)
	for i := range names {
		family := []rune(commonSurnames)[i%100]
		if i%2 == 0 {
			names[i] = string([]rune{family, han[i%20], han[i/20%20]})
		} else {
			names[i] = fmt.Sprintf("%s %s", []string{"Nora", "Marcus", "Laura", "José"}[i/2%4], []string{"Ames", "Moss", "Moeller", "Vega"}[i/8%4])
		}
	}
	return names
}

func BenchmarkParseName(b *testing.B) {
	names := benchmarkNames()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		ParseName(names[i&(1<<12-1)], "", "")
	}
}

func BenchmarkCompareGiven(b *testing.B) {
	var names []Name
	for _, s := range benchmarkNames() {
		names = append(names, ParseName(s, "", ""))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		CompareGiven(names[i&(1<<12-1)], names[(i*7+1)&(1<<12-1)])
	}
}

// The tokens of a name are those of the whole reading.
func TestNameTokens(t *testing.T) {
	pieces := rapid.SampledFrom([]string{"", " ", "Anna", "o'neil", "Wang", "Xiaoming", ",", "-", "王", "小明", "先生", "Dr", "*", "Ö", "n/a", "'", "3"})
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 0, 5).Draw(t, "pieces"), "")
	})
	part := rapid.OneOf(rapid.Just(""), text)
	rapid.Check(t, func(t *rapid.T) {
		full, given, family := text.Draw(t, "full"), part.Draw(t, "given"), part.Draw(t, "family")
		got, want := NameTokens(full, given, family), ParseName(full, given, family).Tokens
		if !slices.Equal(got, want) {
			t.Errorf("NameTokens(%q, %q, %q) = %q, want %q", full, given, family, got, want)
		}
	})
}
