package runs_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/pipelines/runs"
)

func TestDecisionsThatContradictEachOtherNameTheirRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "decisions.csv")
	if list, err := runs.ReadDecisions(path); err != nil || len(list) > 0 {
		t.Errorf("a file that is not there yet: %v, %v", list, err)
	}
	for text, want := range map[string]string{
		"left,right,decision\na,b,same\nb,c,same\na,c,different\n": "decisions.csv:4: column decision: says different, and the two are the same by decisions.csv:3, decisions.csv:2",
		"a,c,different\na,b,same\nb,c,same\n":                      "decisions.csv:3: column decision: says same, and decisions.csv:1 says different",
		"a,b,same\n\nb,a,different\n":                              "decisions.csv:3: column decision: says different, and decisions.csv:1 says same about the same pair",
		"a,b,perhaps\n":                                            "decisions.csv:1: the decision must be same or different",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := runs.ReadDecisions(path)
		var coded *runs.CodedError
		if !errors.As(err, &coded) || coded.Code != runs.ExitConfig || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want exit 2 and %s", text, err, want)
		}
	}
}
