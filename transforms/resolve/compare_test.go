package resolve

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

func TestNamesAreComparedByWhatTheyHaveInCommon(t *testing.T) {
	const exchanged = true
	for _, c := range []struct {
		a, b          string
		given, family int
		exchanged     bool
	}{
		{"name=王小明", "name=王小明", wordEqual, wordEqual, false},
		{"name=王小明", "name=王晓明", wordSound, wordEqual, false},
		{"name=王小明", "name=Wang Xiaoming", wordSound, wordSound, false},
		{"name=王小明", "name=Xiaoming WANG", wordSound, wordSound, false},
		{"name=王小明", "name=Xiao Ming Wang", wordSound, wordSound, false},
		{"name=王小明", "given=Xiaoming; family=Wang", wordSound, wordSound, false},
		{"name=王小明", "given=Wang; family=Xiaoming", wordSound, wordSound, exchanged},
		{"name=王小明", "name=王大明", wordDifferent, wordEqual, false},
		{"name=王小明", "name=王明", wordNear, wordEqual, false},
		{"name=張偉", "name=张伟", wordEqual, wordEqual, false},
		{"name=歐陽娜娜", "name=欧阳娜娜", wordEqual, wordEqual, false},
		{"name=欧阳娜娜", "name=Ouyang Nana", wordSound, wordSound, false},
		{"name=吕娜", "name=Lv Na", wordSound, wordSound, false},
		{"name=王小明", "name=李小明", wordEqual, wordDifferent, false},
		{"given=Robert; family=Moss", "given=Bob; family=Moss", wordVariant, wordEqual, false},
		{"given=Robert; family=Moss", "given=R; family=Moss", wordInitial, wordEqual, false},
		{"given=Robert; family=Moss", "given=P; family=Moss", wordDifferent, wordEqual, false},
		{"given=Robert; family=Moss", "given=Moss; family=Robert", wordEqual, wordEqual, exchanged},
		{"given=Robert; family=Moss", "name=MOSS, Robert", wordEqual, wordEqual, false},
		{"given=Robert; family=Moss", "given=Robrt; family=Moss", wordNear, wordEqual, false},
		{"given=Jürgen; family=Groß", "given=Jurgen; family=Gross", wordEqual, wordEqual, false},
		{"given=Ana; family=Garcia Lopez", "given=Ana; family=Lopez", wordEqual, wordNear, false},
		{"given=Ana; family=Garcia Lopez", "given=Ana; family=Garcia", wordEqual, wordNear, false},
		{"family=Moss", "given=Robert; family=Moss", wordMissing, wordEqual, false},
		{"given=Moss", "given=Robert; family=Moss", wordMissing, wordEqual, exchanged},
		{"given=Robert; family=Moss", "given=Paul; family=Brook", wordDifferent, wordDifferent, false},
	} {
		a, b := recordOf(c.a), recordOf(c.b)
		want := nameLevel(c.given, c.family, c.exchanged)
		for _, got := range []uint8{compareFullName(&a, &b), compareFullName(&b, &a)} {
			if got != want {
				t.Errorf("%s, %s: %s, want %s", c.a, c.b, LevelName(slotName, got), LevelName(slotName, want))
			}
		}
	}
	nobody, somebody := recordOf("phone=13900000001"), recordOf("name=王小明")
	if compareFullName(&nobody, &somebody) != 0 || compareFullName(&nobody, &nobody) != 0 {
		t.Error("a record without a name has a level of names")
	}
}

func TestNameLevelsAreTakenApartAsTheyArePutTogether(t *testing.T) {
	seen := map[uint8]bool{}
	for given := range wordLevels {
		for family := range wordLevels {
			for _, exchanged := range []bool{false, true} {
				level := nameLevel(given, family, exchanged)
				g, f, x := nameParts(level)
				if g != given || f != family || x != exchanged || level == 0 || int(level) >= nameLevels || seen[level] {
					t.Fatalf("level %d of %d, %d, %v is %d, %d, %v", level, given, family, exchanged, g, f, x)
				}
				seen[level] = true
			}
		}
	}
}

func TestFurtherWordsOfNamesAreFoundElsewhere(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want uint8
	}{
		{"given=Nora; family=Moss", "given=Nora; family=Moss", extraMissing},
		{"given=Nora Jane; family=Moss", "given=Nora; family=Moss", extraMissing},
		{"given=Nora Jane; family=Moss", "given=Nora Jane; family=Moss", extraEqual},
		{"given=Nora Jane; family=Moss", "given=Nora Ruth; family=Moss", extraDifferent},
		{"given=Nora Jane; family=Moss", "given=Nora J; family=Moss", extraNear},
		{"given=Nora Jane; family=Moss", "given=Jane; family=Moss", extraElsewhere},
	} {
		a, b := recordOf(c.a), recordOf(c.b)
		there, _ := compareExtra(&a, &b)
		back, _ := compareExtra(&b, &a)
		if there != c.want || back != c.want {
			t.Errorf("%s, %s: %s and %s, want %s", c.a, c.b, LevelName(slotExtra, there), LevelName(slotExtra, back), LevelName(slotExtra, c.want))
		}
	}
}

func TestBirthDatesAreComparedAsDigits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want uint8
	}{
		{"1985-03-12", "1985-03-12", birthEqual},
		{"", "1985-03-12", birthMissing},
		{"1985-03-12", "1985-03-13", birthOneDigit},
		{"1985-03-12", "1985-08-12", birthOneDigit},
		{"1985-03-12", "1986-03-12", birthMistyped},
		{"1985-03-12", "1985-12-03", birthMistyped}, // day and month
		{"1985-03-12", "1958-03-12", birthMistyped}, // two digits exchanged
		{"1985-03-12", "1985-07-29", birthYear},
		{"1985-03-12", "1985-03-29", birthTwoParts},
		{"1985-03-12", "1967-03-12", birthTwoParts},
		{"1985-01-01", "1967-01-01", birthSimilar},  // two digits: on 1 January are many
		{"1985-01-01", "1985-01-01", birthEqual},    // but it is a day
		{"1985-01-01", "1986-01-01", birthMistyped}, // and the year counts
		{"1985-03-12", "1987-11-29", birthSimilar},
		{"1985-03-12", "1944-11-29", birthOther},
		{"1985-02-30", "1985-02-30", birthEqual}, // no such day, but the same mistake
		{"1985-02-30", "1985-02-20", birthOneDigit},
		{"1985-13-02", "1985-02-13", birthMistyped},
		{"1985-3", "1985-03-12", birthOther},
		{"1985", "1985", birthEqual},
		{"198503121", "1985-03-12", birthTwoParts},
		{"unknown", "1985-03-12", birthOther},
	} {
		a, b := recordOf("name=N; birth="+c.a), recordOf("name=N; birth="+c.b)
		for _, got := range []uint8{compareBirth(a.Birth, b.Birth), compareBirth(b.Birth, a.Birth)} {
			if got != c.want {
				t.Errorf("%s, %s: %s, want %s", c.a, c.b, LevelName(slotBirth, got), LevelName(slotBirth, c.want))
			}
		}
	}
}

func TestPlacesAreComparedByStreetCityAndPostcode(t *testing.T) {
	for _, c := range []struct {
		a, b               string
		street, city, code int
	}{
		{"street=12 High Street; city=Leeds; postcode=LS1 1AA", "street=12, High St.; city=LEEDS; postcode=ls11aa", streetEqual, cityEqual, codeEqual},
		{"street=12 High Street", "street=14 High Street", streetPart, 0, 0},
		{"street=12 High Street", "street=3 Mill Lane", streetDifferent, 0, 0},
		{"street=建设路12号; district=福田区", "street=建设路12号; district=福田区", streetEqual, 0, 0},
		{"street=建設路12號", "street=建设路12号", streetEqual, 0, 0},
		{"street=建设路12号", "street=12 Jianshe Road", 0, 0, 0},
		{"city=上海市", "city=上海", 0, cityEqual, 0},
		{"city=上海", "city=Shanghai", 0, cityEqual, 0},
		{"city=上海", "city=北京", 0, cityDifferent, 0},
		{"city=Leeds", "city=Leeds City", 0, cityNear, 0},
		{"postcode=LS1 1AA", "postcode=LS1 1AB", 0, 0, codeNear},
		{"postcode=LS1 1AA", "postcode=LS1 2BB", 0, 0, codeArea},
		{"postcode=200000", "postcode=510000", 0, 0, codeDifferent},
		{"city=Leeds", "postcode=200000", 0, 0, 0},
	} {
		a, b := recordOf("name=N; "+c.a), recordOf("name=N; "+c.b)
		for _, got := range []uint8{comparePlace(&a, &b), comparePlace(&b, &a)} {
			if street, city, code := placeParts(got); street != c.street || city != c.city || code != c.code {
				t.Errorf("%s, %s: %s", c.a, c.b, LevelName(slotPlace, got))
			}
		}
	}
}

func TestContactsAreComparedByTheirBestPair(t *testing.T) {
	for _, c := range []struct {
		a, b         string
		phone, email uint8
	}{
		{"phone=+86 139-0000-0001", "phone=008613900000001", phoneEqual, 0},
		{"phone=139 0000 0001", "phone=13900000010", phoneNear, 0},
		{"phone=13900000001", "phone=13900000002", phoneNear, 0},
		{"phone=13900000001", "phone=13911112222", phoneDifferent, 0},
		{"phone=13900000001; phone=13911112222", "phone=13911112222; phone=13900003333", phoneEqual, 0},
		{"phone=139****0001", "phone=139****0001", 0, 0}, // hidden: says nothing
		{"email=Nora.Moss+shop@gmail.com", "email=noramoss@googlemail.com", 0, emailEqual},
		{"email=nora.moss@example.com", "email=nora.moss@example.cn", 0, emailLocal},
		{"email=nora.moss@example.com", "email=nora.mos@example.com", 0, emailNear},
		{"email=nora.moss@example.com", "email=paul.brook@example.com", 0, emailDifferent},
		{"email=nm@example.com", "email=nm@example.org", 0, emailDifferent}, // a short local part is no evidence by itself
		{"email=nora.moss@example.com", "phone=13900000001", 0, 0},
	} {
		a, b := recordOf("name=N; "+c.a), recordOf("name=N; "+c.b)
		for _, p := range []Pattern{Compare(&a, &b), Compare(&b, &a)} {
			if p[slotPhone] != c.phone || p[slotEmail] != c.email {
				t.Errorf("%s, %s: %s, %s", c.a, c.b, LevelName(slotPhone, p[slotPhone]), LevelName(slotEmail, p[slotEmail]))
			}
		}
	}
}

func TestFreeTextsAreComparedByLettersAndWords(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want uint8
	}{
		{"", "teacher", 0},
		{"teacher", "teacher", textEqual},
		{"teacher", "teachers", textNear},
		{"teacher of music", "music teacher", textWeak},
		{"teacher", "miner", textDifferent},
		{"nsw", "nsv", textDifferent}, // codes of three letters have no typing mistakes
		{"教师", "教师", textEqual},
	} {
		if there, back := compareText(c.a, c.b), compareText(c.b, c.a); there != c.want || back != c.want {
			t.Errorf("%q, %q: %d and %d, want %d", c.a, c.b, there, back, c.want)
		}
	}
}

// someModel is any model, with frequencies of some records.
func someModel(t *rapid.T) *Model {
	m := &Model{
		Match: rapid.Float64Range(-20, -1).Draw(t, "match"), Household: rapid.Float64Range(-20, -1).Draw(t, "household"),
		Twins: rapid.Float64Range(leastTwins, mostTwins).Draw(t, "twins"), Texts: []string{"state"},
	}
	random := rapid.Uint64().Draw(t, "seed")
	next := func() float64 {
		random = random*6364136223846793005 + 1442695040888963407
		return float64(random>>40+1) / (1<<24 + 1)
	}
	for s := range slots {
		m.M[s], m.U[s] = make([]float64, levelCounts[s]), make([]float64, levelCounts[s])
		for l := 1; l < levelCounts[s]; l++ {
			m.M[s][l], m.U[s][l] = next(), next()
		}
	}
	sample := make([]Features, rapid.IntRange(0, 8).Draw(t, "sample"))
	for i := range sample {
		sample[i] = drawFeatures(t)
	}
	m.Frequency = CountFrequencies(sample, rapid.Float64Range(1, 3).Draw(t, "own"))
	m.Prepare()
	return m
}

func TestComparingAndScoringDoNotAskWhichRecordComesFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := someModel(t)
		a, b := drawFeatures(t), drawFeatures(t)
		b.Organization = a.Organization
		there, back := Compare(&a, &b), Compare(&b, &a)
		if there != back {
			for s := range slots {
				if there[s] != back[s] {
					t.Fatalf("%s: %s, the other way round %s", (&Model{}).SlotName(s), LevelName(s, there[s]), LevelName(s, back[s]))
				}
			}
		}
		for s, l := range there {
			if int(l) >= levelCounts[s] {
				t.Fatalf("level %d of %s: there are %d", l, m.SlotName(s), levelCounts[s])
			}
		}
		x, y := m.Score(&a, &b, &there), m.Score(&b, &a, &back)
		if math.Abs(x-y) > 1e-9 || math.IsNaN(x) || math.IsInf(x, 0) {
			t.Fatalf("score %v, the other way round %v: %v %v", x, y, m.Explain(&a, &b), m.Explain(&b, &a))
		}
	})
}

func TestAnExplanationAddsUpToTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := someModel(t)
		a, b := drawFeatures(t), drawFeatures(t)
		b.Organization = a.Organization
		p := Compare(&a, &b)
		sum := 0.0
		for _, w := range m.Explain(&a, &b) {
			sum += w.Log2
		}
		// What the household takes away is left out below .005 bits.
		if score := m.Score(&a, &b, &p); math.Abs(sum-score) > .005+1e-9 {
			t.Fatalf("the weights add up to %v, the score is %v", sum, score)
		}
	})
}

// Any bytes may stand in an export. None of them may stop the job or leave the levels' range.
func TestAnyRecordCanBeCompared(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) string {
			if rapid.IntRange(0, 3).Draw(t, "empty "+name) == 0 {
				return ""
			}
			return rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, "bytes")) })).Draw(t, name)
		}
		party := func() Features {
			p := schemas.Party{
				Kind: rapid.SampledFrom([]string{schemas.Person, schemas.Organization}).Draw(t, "kind"), FullName: draw("full"), GivenName: draw("given"), FamilyName: draw("family"),
				Gender: draw("gender"), BirthDateRaw: draw("birth"), Street: draw("street"), District: draw("district"), City: draw("city"), Postcode: draw("postcode"),
				Company: draw("company"), Occupation: draw("occupation"),
				Phones: []schemas.Contact{{Value: draw("phone"), Status: schemas.ContactValid}}, Emails: []schemas.Contact{{Value: draw("email"), Status: schemas.ContactValid}},
				Texts: []schemas.NameValue{{Name: "a", Value: draw("text")}},
			}
			return FeaturesOf(&p, 0, []string{"a"})
		}
		a, b := party(), party()
		for _, pair := range [][2]*Features{{&a, &b}, {&a, &a}} {
			for s, l := range Compare(pair[0], pair[1]) {
				if int(l) >= levelCounts[s] {
					t.Fatalf("level %d of comparison %d", l, s)
				}
				_ = LevelName(s, l)
			}
		}
		plan := AllRules(nil)
		if keys := BlockKeys(&a, &plan, nil); fmt.Sprint(keys) != fmt.Sprint(BlockKeys(&a, &plan, nil)) {
			t.Fatal("the same record has other keys")
		}
	})
}
