package audience

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// file writes people and reads the lines back.
func file(t *testing.T, platform string, people ...Person) ([][]string, Written) {
	t.Helper()
	p, ok := PlatformNamed(platform)
	if !ok {
		t.Fatalf("no platform %s", platform)
	}
	var b strings.Builder
	w, err := NewWriter(p, &b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range people {
		if err := w.Add(&people[i]); err != nil {
			t.Fatal(err)
		}
	}
	written, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows, written
}

func TestGoogleNormalisesBeforeHashing(t *testing.T) {
	for _, c := range []struct{ given, hashed string }{
		{" Jane.Doe@Example.COM ", "jane.doe@example.com"},
		{"j.a.n.e+shop@gmail.com", "jane@gmail.com"},
		{"J.Doe@GoogleMail.com", "jdoe@googlemail.com"},
		{"j.doe+shop@example.com", "j.doe+shop@example.com"},
	} {
		if got := googleEmail(c.given); got != c.hashed {
			t.Errorf("%q becomes %q, want %q", c.given, got, c.hashed)
		}
	}
	for _, bad := range []string{"", "nobody", "a@b", "two@at@example.com", "a,b@example.com", "+@gmail.com"} {
		if got := googleEmail(bad); got != "" {
			t.Errorf("%q becomes %q", bad, got)
		}
	}
	for given, want := range map[string]string{"+8613900001234": "+8613900001234", "+1 312 363 3560": "+13123633560", "13900001234": "", "+0123456": "", "+86139abc": ""} {
		if got := googlePhone(given); got != want {
			t.Errorf("%q becomes %q, want %q", given, got, want)
		}
	}
}

func TestGoogleFileHasItsHeaderAndHashesAllButCountryAndZip(t *testing.T) {
	rows, written := file(t, "google",
		Person{
			CustomerID: "c_1", GivenName: " Jane ", FamilyName: "Doe", Country: "us", Postcode: "10001",
			Emails: []string{"Jane@Example.com", "jd@example.com"}, Phones: []string{"+13123633560"},
		},
		Person{CustomerID: "c_2", GivenName: "Li", FamilyName: "Lei", Country: "CN", Phones: []string{"+8613900001234"}}, // no postcode: no name
		Person{CustomerID: "c_3", GivenName: "Han", FamilyName: "Mei", Country: "CN", Postcode: "=1+1", Emails: []string{sum("han@example.cn"), "han@example.cn"}},
	)
	want := [][]string{
		{"Email", "Phone", "First Name", "Last Name", "Country", "Zip"},
		{sum("jane@example.com"), sum("+13123633560"), sum("jane"), sum("doe"), "US", "10001"},
		{sum("jd@example.com"), "", "", "", "", ""},
		{"", sum("+8613900001234"), "", "", "", ""},
		{sum("han@example.cn"), "", sum("han"), sum("mei"), "CN", "'=1+1"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if written != (Written{Rows: 4, Refused: 1}) { // a value that is hashed already is not hashed again
		t.Errorf("written %+v", written)
	}
}

func TestMetaAndTencentHashTheirOwnForms(t *testing.T) {
	rows, _ := file(t, "meta", Person{GivenName: "O'Neil", FamilyName: "Jr.", Country: "US", Postcode: "10001-22", Emails: []string{"Jane+x@gmail.com"}, Phones: []string{"+13123633560"}})
	want := []string{sum("jane+x@gmail.com"), sum("13123633560"), sum("oneil"), sum("jr"), sum("1000122"), sum("us")}
	if diff := cmp.Diff(want, rows[1]); diff != "" {
		t.Error(diff)
	}
	rows, written := file(t, "tencent", Person{Phones: []string{"+8613900001234", "+13123633560"}})
	digest := md5.Sum([]byte("13900001234"))
	if len(rows) != 1 || rows[0][0] != hex.EncodeToString(digest[:]) || written.Refused != 1 {
		t.Errorf("%v, %+v", rows, written)
	}
}

func TestNoCellOfAPlainFileIsAFormula(t *testing.T) {
	for _, start := range []string{"=", "+", "-", "@", "\t", "\r"} {
		evil := start + "cmd|' /C calc'!A0"
		rows, _ := file(t, "csv", Person{CustomerID: evil, GivenName: evil, FamilyName: evil, Country: evil, Emails: []string{evil}, Phones: []string{evil}})
		for i, cell := range rows[1] {
			if !strings.HasPrefix(cell, "'"+start) && start != "\r" || strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("column %d begins with %q", i, cell[:2])
			}
		}
	}
	rows, _ := file(t, "csv", Person{CustomerID: "c_1", GivenName: "Jane", Emails: []string{"jane@example.com"}, Phones: []string{"+8613900001234"}})
	if diff := cmp.Diff([]string{"c_1", "Jane", "", "jane@example.com", "+8613900001234", ""}, rows[1]); diff != "" {
		t.Error(diff)
	}
}
