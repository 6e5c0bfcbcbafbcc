package audience

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

var update = flag.Bool("update", false, "write the golden files anew: then read what changed")

func amount(v int64) *int64       { return &v }
func day(v int32) *int32          { return &v }
func share(v float64) *float64    { return &v }
func mail(v string) Identifier    { return Identifier{TypeEmail, v} }
func number4(v string) Identifier { return Identifier{TypePhone, v} }

// invented are customers who do not exist, each for something that a platform has a rule for.
func invented() []Subject {
	return []Subject{
		{
			CustomerID: "c_jane", Country: "US", Value: 1_234_567,
			Names: Names{Name: "Jane Doe", GivenName: " Jane ", FamilyName: "Doe", Province: "NY", City: "New York", Postcode: "10001"},
			IDs: []Identifier{
				mail("Jane.Doe+shop@Gmail.com"), mail("jane@example.com"), number4("+1 312 363 3560"),
				{TypeIDFA, "ea7583cd-a667-48bc-b806-42ecb2b48606"},
				{"contact", "003000000000001AAA"},
				{"lead", "00Q000000000001AAA"},
			},
			Facts: Facts{
				Tier: "gold", Lifecycle: "maturity", RFM: "champions", ABC: "A", Segments: []string{"geographic:country/US", "value:high"}, CLV12m: amount(1_234_567),
				ChurnProbability: share(0.125), ChurnBand: "low", ValueAtRisk: amount(-15_050), NextOrderDay: day(20727), LastOrderDay: day(20700), Owner: "=cmd", Language: "en",
			},
		},
		{
			CustomerID: "c_lilei", Country: "CN", Value: 9_999_950,
			Names: Names{Name: "李雷", GivenName: "雷", FamilyName: "李", Province: "北京市", City: "北京"},
			IDs: []Identifier{
				number4("+8613900001234"),
				{TypeIMEI, "86000000000001A"},
				{TypeOAID, "1F2E3D4C5B6A7988"},
				{TypeIDFA, "00000000-0000-0000-0000-000000000000"},
				{TypeOpenID, "o-invented-1"},
				{TypeUnionID, "u-invented-1"},
				{TypeExternalUserID, "wm-invented-1"},
				{TypeNick, "=小李"},
				{TypeTaobaoID, "880001"},
				{"account", "001000000000001AAA"},
			},
			Facts: Facts{Tier: "silver", CLV12m: amount(9_999_950), ChurnBand: "high", Language: "zh"},
		},
		{
			CustomerID: "c_hans", Country: "DE",
			Names: Names{Name: "Hans O'Neil-Müller", GivenName: "O'Neil", FamilyName: "Müller", Province: "Hessen", City: "Frankfurt am Main", Postcode: "10-115"},
			IDs:   []Identifier{mail("Hans@Example.com"), number4("+4915100000001"), {"company", "77"}},
		},
		{ // an address that is hashed already must not be hashed again
			CustomerID: "c_hashed", Country: "US", Names: Names{Postcode: "=1+1", GivenName: "=HYPERLINK(1)", FamilyName: "@SUM"},
			IDs: []Identifier{mail("8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d"), mail("e1@example.com")},
		},
		{ // more addresses and numbers than a line holds
			CustomerID: "c_many",
			IDs: []Identifier{
				mail("e1@example.com"), mail("e2@example.com"), mail("e3@example.com"), mail("e4@example.com"), number4("+8613900001234"), number4("+4915100000001"),
			},
		},
		{CustomerID: "c_none", IDs: []Identifier{{"vat", "invented"}}}, // nothing that a platform knows
	}
}

// consents grant everything for everybody, so that files show what platforms can match.
func everything() []schemas.ConsentRow {
	var out []schemas.ConsentRow
	for _, purpose := range []string{PurposeMarketing, PurposeProfiling, PurposeShareAds} {
		out = append(out, schemas.ConsentRow{IdentifierType: TypeCustomer, Purpose: purpose, Status: statusGranted})
	}
	return out
}

// written are the files of a platform by name, without its minimum: the full list, and, for a
// removal, what the first customer showed.
func written(t testing.TB, name string, subjects []Subject) map[string][]byte {
	t.Helper()
	platform := platformOf(t, name)
	var people []Person
	for _, s := range subjects {
		s.Matched = []string{"golden"}
		a := segment.Audience{Code: "golden", Platforms: []string{name}}
		c := NewEvaluator([]segment.Audience{a}, nil, Settings{}, now).Candidates(&s, everything())[0].Candidate
		if c.Held[0] == "" { // records of CRMs are among the identifiers here
			p, _ := c.person(platform, 0)
			people = append(people, p)
		}
	}
	out := map[string][]byte{}
	for _, list := range []List{ListFull, ListRemove} {
		listed := people
		if list == ListRemove && len(people) > 0 {
			listed = []Person{{CustomerID: people[0].CustomerID, Shown: people[0].Shown}}
		}
		for i := range platform.Parts {
			part := &platform.Parts[i]
			var b bytes.Buffer
			w, err := NewWriter(part, &b, "golden", list)
			if err != nil {
				t.Fatal(err)
			}
			for k := range listed {
				for _, row := range w.Rows(&listed[k]) {
					if err := w.Add(row); err != nil {
						t.Fatal(err)
					}
				}
			}
			rows, err := w.Close()
			if err != nil {
				t.Fatal(err)
			}
			file := list.String()
			if part.Suffix != "" {
				file += "_" + part.Suffix
			}
			if rows > 0 || list == ListFull && i == 0 {
				out[file+"."+part.Extension] = b.Bytes()
			}
		}
	}
	return out
}

// The files of every platform are the same, byte for byte. What they must hold is said, apart
// from the code that writes them, in rules_test.go.
func TestGoldenFilesOfEveryPlatform(t *testing.T) {
	for _, name := range Platforms() {
		dir := filepath.Join("testdata", "golden", name)
		files := written(t, name, invented())
		if *update {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			for file, data := range files {
				if err := os.WriteFile(filepath.Join(dir, file), data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for _, entry := range entries {
			want = append(want, entry.Name())
		}
		for file := range files {
			got = append(got, file)
		}
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%s writes %v, want %v", name, got, want)
		}
		for _, file := range want {
			data, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(data, files[file]) {
				t.Errorf("%s/%s differs from the golden file:\n%s", name, file, printable(files[file]))
			}
		}
	}
}

func printable(data []byte) string {
	if bytes.HasPrefix(data, []byte("PK")) {
		return "(a zip)"
	}
	return string(data)
}
