package source

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The suffix of an id tells its capitals: known ids keep theirs, ids that differ by case only
// differ without case, and nothing else is touched.
func TestSalesforceID(t *testing.T) {
	for _, known := range []string{"000000000000000AAA", "001Aa00000000xYIAQ", "0018a000020TESTAA4", "0068a00001TESTaAAP", "0038a00002LHcAbAAL", "0038a00002LHcaBAAT"} {
		if got := salesforceID(known[:15]); got != known {
			t.Errorf("salesforceID(%s) = %s, want %s", known[:15], got, known)
		}
		if got := salesforceID(known); got != known {
			t.Errorf("salesforceID(%s) = %s: an id of 18 characters stays", known, got)
		}
	}
	for _, other := range []string{"", "12345", "an id with blank", "编号编号编"} {
		if got := salesforceID(other); got != other {
			t.Errorf("salesforceID(%q) = %q", other, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[0-9A-Za-z]{15}`)
		a, b := id.Draw(t, "a"), id.Draw(t, "b")
		if rapid.Bool().Draw(t, "same letters") {
			b = strings.ToLower(a)
		}
		if (a == b) != strings.EqualFold(salesforceID(a), salesforceID(b)) {
			t.Fatalf("%s and %s become %s and %s", a, b, salesforceID(a), salesforceID(b))
		}
	})
}

func TestPlainNumber(t *testing.T) {
	for in, want := range map[string]string{"1.25E4": "12500", "9.225225e3": "9225.225", "12.50": "12.50", "n/a": "n/a", "1e999": "1e999", "1.5E-2": "0.015"} {
		if got := plainNumber(in); got != want {
			t.Errorf("plainNumber(%q) = %q, want %q", in, got, want)
		}
	}
}
