package resolve

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// fullDistance is the restricted Damerau-Levenshtein distance by its definition, all cells of it.
func fullDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}

// drawWord draws a short text of few letters, some beyond ASCII, so that near ones are frequent.
func drawWord(t *rapid.T, name string) string {
	return rapid.StringOfN(rapid.SampledFrom([]rune("abcü王é明𠮷")), 0, 9, -1).Draw(t, name)
}

// mistype makes some typing mistakes.
func mistype(t *rapid.T, s string) string {
	r := []rune(s)
	for range rapid.IntRange(0, 3).Draw(t, "mistakes") {
		if len(r) < 2 {
			break
		}
		at := rapid.IntRange(0, len(r)-2).Draw(t, "at")
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			r[at], r[at+1] = r[at+1], r[at]
		case 1:
			r = append(r[:at], r[at+1:]...)
		case 2:
			r = append(r[:at], append([]rune{'ß'}, r[at:]...)...)
		default:
			r[at] = '小'
		}
	}
	return string(r)
}

func TestWithinIsTheDamerauLevenshteinDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawWord(t, "a")
		b := mistype(t, a)
		if rapid.Bool().Draw(t, "unlike") {
			b = drawWord(t, "b")
		}
		d := fullDistance(a, b)
		for bound := range 5 {
			if got := within(a, b, bound); got != (d <= bound) {
				t.Fatalf("%q and %q are %d apart: within %d says %v", a, b, d, bound, got)
			}
		}
	})
}

func TestOnlyTheFirstLettersOfLongTextsAreCompared(t *testing.T) {
	long := strings.Repeat("王", longest)
	if !within(long+"a", long+"b", 1) || !alike(long+"a", long+"b", 1) {
		t.Error("letters beyond the longest count")
	}
}

// Winkler's published examples (Winkler 1990, 2006, table 6), to the digits printed.
func TestJaroWinklerGivesWinklersNumbers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"MARTHA", "MARHTA", .9611},
		{"DWAYNE", "DUANE", .84},
		{"DIXON", "DICKSONX", .8133},
		{"JONES", "JOHNSON", .8324},
		{"ABROMS", "ABRAMS", .9222},
		{"SHACKLEFORD", "SHACKELFORD", .9818},
		{"NICHLESON", "NICHULSON", .9556},
		{"MICHELLE", "MICHAEL", .9214},
		{"a", "a", 1},
		{"a", "b", 0},
		{"", "a", 0},
		{"", "", 0},
	} {
		if got := jaroWinkler([]rune(c.a), []rune(c.b)); math.Abs(got-c.want) > .00005001 {
			t.Errorf("%s %s: %.4f, want %.4f", c.a, c.b, got, c.want)
		}
	}
}

func TestDiceIsTheShareOfPairsOfLettersInCommon(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"night", "nacht", .25}, {"aaaa", "aa", 1}, {"abab", "abab", 1}, {"建设路一号", "建设路二号", 2 * 2. / 8}, {"a", "a", 0}, {"", "ab", 0},
	} {
		if got := dice(c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s %s: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestSimilaritiesAreSymmetricSharesAndOneForEqualTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawWord(t, "a")
		b := mistype(t, a)
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 5)
		x, y := strings.Join(words.Draw(t, "x"), " "), strings.Join(words.Draw(t, "y"), " ")
		for _, s := range []struct {
			name string
			of   func(string, string) float64
			a, b string
		}{{"dice", dice, a, b}, {"jaroWinkler", winkler, a, b}, {"sharedWords", sharedWords, x, y}} {
			there, back := s.of(s.a, s.b), s.of(s.b, s.a)
			if there != back || there < 0 || there > 1 {
				t.Fatalf("%s of %q and %q: %v, the other way round %v", s.name, s.a, s.b, there, back)
			}
		}
		if size(a) > 1 && (dice(a, a) != 1 || winkler(a, a) != 1) {
			t.Fatalf("%q is not equal to itself", a)
		}
	})
}

func winkler(a, b string) float64 { return jaroWinkler([]rune(a), []rune(b)) }

func TestAlikeAnswersAsTheSimilarityDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawWord(t, "a")
		b := mistype(t, a)
		least := rapid.SampledFrom([]float64{.5, .82, .85, .88, .95}).Draw(t, "least")
		want := a != "" && b != "" && winkler(a, b) >= least
		if got := alike(a, b, least); got != want {
			t.Fatalf("%q and %q: %.4f, at least %v: %v", a, b, winkler(a, b), least, got)
		}
	})
}
