package normalize

import (
	"testing"

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
