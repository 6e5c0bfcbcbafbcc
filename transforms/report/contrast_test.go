package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// luminance of a colour #rrggbb, by WCAG 2.2.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= .04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// TestTextsStandOutInBothThemes holds texts to WCAG's AA: 4.5 to 1.
func TestTextsStandOutInBothThemes(t *testing.T) {
	const enough = 4.5
	blocks := strings.Split(styleText, "color-scheme:")
	dark := styleText[strings.Index(styleText, "prefers-color-scheme: dark"):]
	for theme, text := range map[string]string{"light": blocks[1], "dark": dark} {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--(\w+): (#[0-9a-f]{6})`).FindAllStringSubmatch(text[:strings.Index(text, "}")], -1) {
			colours[m[1]] = m[2]
		}
		for _, pair := range [][2]string{
			{"ink", "card"},
			{"ink", "paper"},
			{"soft", "card"},
			{"soft", "paper"},
			{"accent", "card"},
			{"accent", "paper"},
			{"good", "card"},
			{"bad", "card"},
			{"second", "card"},
			{"third", "card"},
			{"fourth", "card"},
			{"warn", "card"},
			{"ink", "heat"},
			{"ink", "warm"},
			{"ink", "track"},
		} {
			if c := contrast(t, colours[pair[0]], colours[pair[1]]); c < enough {
				t.Errorf("%s: %s on %s has a contrast of %.2f", theme, pair[0], pair[1], c)
			}
		}
		if c := contrast(t, "#ffffff", colours["pick"]); c < enough {
			t.Errorf("%s: white on pick has a contrast of %.2f", theme, c)
		}
	}
}
