package normalize

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestTextIsFolded(t *testing.T) {
	for raw, want := range map[string]string{"  Ｃａｆé　Möbel ": "cafe mobel", "Straße": "strasse", "Ærø": "aero", "Łódź": "lodz", "\u200bx\x00y": "xy", "（空）": "(空)"} {
		if got := Fold(raw); got != want {
			t.Errorf("Fold(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestGuardsOfSpreadsheetsAreRemoved(t *testing.T) {
	for raw, want := range map[string]string{`="00123"`: "00123", "'00123": "00123", "'00123'": "00123", "\t00123": "00123", ` ="a""b" `: `a"b`, "'": "'", `="`: `="`, "=1+1": "=1+1", "": ""} {
		if got := Unguard(raw); got != want {
			t.Errorf("Unguard(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestMaskedAndMissingValuesAreKnown(t *testing.T) {
	for raw, want := range map[string]bool{"139****0001": true, "李*": true, "李＊": true, "##x": true, "$$x": true, "•••": true, "李小雨": false, "": false, "#1001": false, "$5": false} {
		if IsMasked(raw) != want {
			t.Errorf("IsMasked(%q) = %v", raw, !want)
		}
	}
	for raw, want := range map[string]bool{"": true, "-": true, "N/A": true, "NULL": true, "(空)": true, "(跳过)": true, "无": true, "0": false, "nora": false} {
		if IsNull(raw) != want {
			t.Errorf("IsNull(%q) = %v", raw, !want)
		}
	}
}

func TestFoldingTextIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		for name, fold := range map[string]func(string) string{"Half": Half, "Fold": Fold, "Unaccent": Unaccent, "Simplify": Simplify} {
			if once := fold(s); fold(once) != once {
				t.Fatalf("%s: %q -> %q -> %q", name, s, once, fold(once))
			}
		}
	})
}

func TestFoldedTextHasSingleBlanksWhateverTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching("[aß王 \\t\u00a0\u3000]{0,9}").Draw(t, "text")
		if got, want := Fold(s), strings.Join(strings.Fields(Fold(s)), " "); got != want {
			t.Fatalf("Fold(%q) = %q", s, got)
		}
	})
}

// The quick looks at bytes say what a look at each character says.
func TestQuickLooksAtText(t *testing.T) {
	pieces := []string{"", " ", "a", "Z", "0", "*", "#", "$", "王", "路", "＊", "•", "●", "∗", "✱", "１", "\u3000", "\u200b", "\ufeff", "\u00a0", "\u2003", "\x00", "é", "㐀", "😀", "\xe4", "\xc2", "\xa0", "\x85", "\t", "…", "，"}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, "pieces"), "")
		if got, want := TrimSpace(s), strings.TrimSpace(s); got != want {
			t.Errorf("TrimSpace(%q) = %q, want %q", s, got, want)
		}
		masked := strings.ContainsAny(s, "*＊•●∗✱") || strings.HasPrefix(s, "##") || strings.HasPrefix(s, "$$")
		if IsMasked(s) != masked {
			t.Errorf("IsMasked(%q) = %v", s, !masked)
		}
		if !utf8.ValidString(s) {
			return
		}
		half := strings.Map(func(r rune) rune {
			switch {
			case r == 0x3000:
				return ' '
			case r >= 0xFF01 && r <= 0xFF5E:
				return r - 0xFEE0
			case isInvisible(r):
				return -1
			}
			return r
		}, s)
		if got := Half(s); got != half {
			t.Errorf("Half(%q) = %q, want %q", s, got, half)
		}
	})
}
