package normalize

import (
	"testing"

	"pgregory.net/rapid"
)

func TestTypingMistakesAndExchangedNamesAreKnown(t *testing.T) {
	for _, c := range []struct {
		a, b [2]string // given, family
		want bool
	}{
		{[2]string{"Jyayden", "Moss"}, [2]string{"Jayden", "Moss"}, true},
		{[2]string{"Oscra", "Moss"}, [2]string{"Ocar", "Moss"}, false}, // two mistakes in a short word
		{[2]string{"Oscra", "Moss"}, [2]string{"Oscar", "Moss"}, true},
		{[2]string{"Elanor", ""}, [2]string{"Eleanor", "Evans"}, true},
		{[2]string{"Moss", "Osacr"}, [2]string{"Oscar", "Moss"}, true},
		{[2]string{"Osacr", ""}, [2]string{"Moss", "Oscar"}, true},
		{[2]string{"", "Jsnoes"}, [2]string{"", "Jsones"}, true},
		{[2]string{"Nora", "Moss"}, [2]string{"Paul", "Moss"}, false},
		{[2]string{"Mario", "Moss"}, [2]string{"Maria", "Moss"}, false},
		{[2]string{"Daniel", "Moss"}, [2]string{"Daniela", "Moss"}, false},
		{[2]string{"Al", "Moss"}, [2]string{"Ad", "Moss"}, false},
		{[2]string{"小雨", "李"}, [2]string{"Xiaoyi", "Li"}, false},
	} {
		a, b := ParseName("", c.a[0], c.a[1]), ParseName("", c.b[0], c.b[1])
		if MayBeMisspelt(a, b) != c.want || MayBeMisspelt(b, a) != c.want {
			t.Errorf("%v and %v: want %v", c.a, c.b, c.want)
		}
	}
}

func TestEditsAreADistanceOfWords(t *testing.T) {
	words := rapid.StringMatching(`[abc]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := words.Draw(t, "a"), words.Draw(t, "b")
		d := edits(a, b)
		if d != edits(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) || d < max(len(a)-len(b), len(b)-len(a)) {
			t.Fatalf("%q and %q: %d one way, %d the other", a, b, d, edits(b, a))
		}
	})
}
