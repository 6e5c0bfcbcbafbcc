package strictyaml

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

type sample struct {
	Project string            `yaml:"project"`
	Count   int               `yaml:"count"`
	Items   []item            `yaml:"items"`
	FX      map[string]string `yaml:"fx"`
}

type item struct {
	Name string `yaml:"name"`
	Path string `yaml:"path"`
}

func decode(t *testing.T, text string, env map[string]string) (sample, []string) {
	t.Helper()
	var out sample
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	mistakes := Decode("c.yaml", []byte(text), lookup, func(*yaml.Node) any { return &out })
	var texts []string
	for _, m := range mistakes {
		texts = append(texts, m.Error())
	}
	return out, texts
}

func TestEveryMistakeIsReportedWithLineAndNearestName(t *testing.T) {
	_, got := decode(t, "projct: a\ncount: 1\nitems:\n  - {name: x, pth: y}\n  - {name: x, name: y}\n", nil)
	want := []string{
		`c.yaml:1: unknown key "projct" in the document; did you mean "project"?`,
		`c.yaml:4: unknown key "pth" in items; did you mean "path"?`,
		`c.yaml:5: key "name" is given twice (first on line 5)`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWrongTypesAndSyntaxNameTheirLine(t *testing.T) {
	if _, got := decode(t, "project: a\ncount: many\n", nil); len(got) != 1 || !strings.HasPrefix(got[0], "c.yaml:2: ") {
		t.Errorf("wrong type: %q", got)
	}
	if _, got := decode(t, "project: a\n  count: [\n", nil); len(got) != 1 || !strings.HasPrefix(got[0], "c.yaml:2: ") {
		t.Errorf("syntax: %q", got)
	}
	if _, got := decode(t, "items: 5\n", nil); len(got) != 1 {
		t.Errorf("scalar for a list: %q", got)
	}
}

func TestVariablesAreExpandedAndMissingOnesReported(t *testing.T) {
	out, got := decode(t, "project: ${NAME}-x\n", map[string]string{"NAME": "acme"})
	if len(got) != 0 || out.Project != "acme-x" {
		t.Errorf("project %q, mistakes %q", out.Project, got)
	}
	if _, got := decode(t, "project: ${NOPE}\n", nil); len(got) != 1 || !strings.Contains(got[0], "NOPE is not set") {
		t.Errorf("missing variable: %q", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("project: a\nitems: [{name: b}]\n---\ncount: 2\n")
	f.Add("a: &x [*x]\n")
	f.Fuzz(func(t *testing.T, text string) {
		var out sample
		Decode("f.yaml", []byte(text), nil, func(*yaml.Node) any { return &out })
	})
}
