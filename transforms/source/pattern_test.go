package source

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

// profilePatterns are all regular expressions of the built-in profiles.
func profilePatterns(t testing.TB) []string {
	t.Helper()
	var found []string
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		for i, inner := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 && inner.Kind == yaml.ScalarNode {
				if key := n.Content[i-1].Value; key == "pattern" || key == "match" {
					found = append(found, inner.Value)
				}
			}
			walk(inner)
		}
	}
	for _, name := range schemas.ProfileNames() {
		text, err := schemas.ProfileText(name)
		if err != nil {
			t.Fatal(err)
		}
		var root yaml.Node
		if err := yaml.Unmarshal(text, &root); err != nil {
			t.Fatal(err)
		}
		walk(&root)
	}
	return found
}

// samePattern holds the walk against the library.
func samePattern(t interface{ Errorf(string, ...any) }, expression, text string) {
	p, err := compilePattern(expression)
	if err != nil {
		return
	}
	match := p.regex.FindStringSubmatch(text)
	value, ok := p.value(text)
	if ok != (match != nil) || ok && value != match[len(match)-1] {
		t.Errorf("%q in %q: got %q, %v; the library finds %q", expression, text, value, ok, match)
	}
	if p.holds(text) != (match != nil) {
		t.Errorf("%q in %q: holds is %v", expression, text, !(match != nil))
	}
}

var patternCases = []string{
	"", "^", "$", "a", "^a*$", "(a|ab)(c|bcd)", "(a|ab)c?$", "^(?:x(a)|b)", "(a)?b", "(a*)?", "(?i)^clos[eé]d[ -]?won$", "(?i)ſ", "a{2,3}?(b*)",
	"^(.+?)(?:\\[\\d+\\])?$", "(^a|b)", "(?:ab)+", "\\bfoo\\b", "a\\B.", "\\b", "(?m)^b$", ".", "(?s).", "[^\\x00-\\x{10FFFF}]", "关闭|退款成功", "^([^，,]{1,20}[，,])?(.+)$", "(x|)(y|)",
}

// Every pattern takes out of a text what the library takes out.
func TestPatternsMatchAsTheLibraryDoes(t *testing.T) {
	expressions := append(profilePatterns(t), patternCases...)
	if len(expressions) < 40 {
		t.Fatalf("only %d expressions found", len(expressions))
	}
	alphabet := []string{"a", "b", "c", "x", "y", "0", "1", "86", "-", "+", " ", "\n", "(", "[", "]", ",", "，", "王", "路", "１", "*", "＊", "#", "转", "@", ".", "<", "é", "Closed", "Won", "关闭", "退款成功", "\x1f", "、", "foo"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 30).Draw(t, "text"), "")
		samePattern(t, rapid.SampledFrom(expressions).Draw(t, "expression"), text)
	})
}

// What profiles ask of every row is not left to the library.
func TestPatternsOfProfilesAreWalked(t *testing.T) {
	for _, expression := range profilePatterns(t) {
		p, err := compilePattern(expression)
		if err != nil {
			t.Fatal(err)
		}
		if p.start == nil {
			t.Errorf("%q is left to the library", expression)
		}
	}
}

// A pattern that goes back and forth without end is left to the library.
func TestPatternThatGetsLostIsLeftToTheLibrary(t *testing.T) {
	samePattern(t, "^a*a*a*a*a*a*b$", strings.Repeat("a", 300))
	samePattern(t, "a*a*a*b", strings.Repeat("a", 300)+"b")
}

func FuzzPattern(f *testing.F) {
	for _, expression := range append(profilePatterns(f), patternCases...) {
		f.Add(expression, "86-1390000aaaa，上海市 a路[12]")
	}
	f.Fuzz(func(t *testing.T, expression, text string) {
		if _, err := regexp.Compile(expression); err != nil || !utf8.ValidString(text) || len(text) > 1000 {
			return
		}
		samePattern(t, expression, text)
	})
}
