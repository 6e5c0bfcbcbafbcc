package resolve

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzDecisions: a file of decisions is refused with its name, or each of its decisions is
// about two references.
func FuzzDecisions(f *testing.F) {
	f.Add([]byte("left,right,decision,by\na:contact:1,b:contact:2,same,me\n\"a:contact:1\",b:contact:3,Different\n"))
	f.Add([]byte("\xEF\xBB\xBFleft,right,decision\na,b,same\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		decisions, err := ParseDecisions("decisions.csv", bytes.NewReader(data))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "decisions.csv") {
				t.Errorf("the error does not name the file: %v", err)
			}
			return
		}
		for _, d := range decisions {
			if d.Left == "" || d.Right == "" || d.Left == d.Right {
				t.Errorf("a decision about nobody: %+v", d)
			}
		}
	})
}
