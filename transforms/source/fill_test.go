package source

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Quantity times price is exact to the last minor unit, half away from zero, for all int64.
func TestMulRoundIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		digits := rapid.SampledFrom([]int{9, 10, 12}).Draw(t, "digits")
		product := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		divisor := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
		half := new(big.Int).Quo(divisor, big.NewInt(2))
		want := new(big.Int).Quo(new(big.Int).Add(new(big.Int).Abs(product), half), divisor)
		if product.Sign() < 0 {
			want.Neg(want)
		}
		got, ok := mulRound(a, b, digits)
		if fits := want.IsInt64(); ok != fits && new(big.Int).Abs(want).BitLen() != 64 {
			t.Fatalf("mulRound(%d, %d, %d): fits %v, want %v", a, b, digits, ok, fits)
		}
		if ok && big.NewInt(got).Cmp(want) != 0 {
			t.Fatalf("mulRound(%d, %d, %d) = %d, want %d", a, b, digits, got, want)
		}
	})
}

func TestDuration(t *testing.T) {
	cases := []struct {
		text, format string
		want         int64 // seconds; -1 = no duration
	}{
		{"1500", "", 90000},
		{"1.5", "hours", 5400},
		{"90", "seconds", 90},
		{"01:06:41", "hms", 4001},
		{"49:12:00", "hms", 177120},
		{"00:05", "hms", 300},
		{"12", "hms", -1},
		{"1:60:00", "hms", -1},
		{"-1:00:00", "hms", -1},
		{"1:2:3:4", "hms", -1},
		{"soon", "", -1},
	}
	for _, c := range cases {
		got, err := duration(c.text, c.format)
		if (err != nil) != (c.want < 0) || err == nil && got != c.want*1e6 {
			t.Errorf("duration(%q, %q) = %d, %v; want %d s", c.text, c.format, got, err, c.want)
		}
	}
}

func TestPlainText(t *testing.T) {
	for in, want := range map[string]string{
		`<p class="note">40 chairs,<br>delivery &amp; set-up</p>`: "40 chairs,\ndelivery & set-up",
		"2 < 3 and 5 > 4": "2 < 3 and 5 > 4",
		"no tags":         "no tags",
		"<br/>":           "",
	} {
		if got := plainText(in); got != want {
			t.Errorf("plainText(%q) = %q, want %q", in, got, want)
		}
	}
}

// readLayout reads delimited text with a profile of one layout.
func readLayout(t testing.TB, layout, text string) (*goldenSink, *Counts) {
	t.Helper()
	profile := "system: own\nname: {en: own, zh: own}\nlayouts:\n  - " + strings.ReplaceAll(strings.TrimSpace(layout), "\n", "\n    ") + "\n"
	s, err := Compile(Spec{Name: "own", Profile: profile, ProfileName: "own", Currency: "EUR", Regions: []string{"US"}})
	if err != nil {
		t.Fatal(err)
	}
	sink := &goldenSink{}
	return sink, readWith(t, s, "own.csv", text, sink)
}

// What a field does not find in its first place is looked for in the next, whatever the reason:
// empty, a placeholder, or a condition that does not hold.
func TestAlternativesOfAField(t *testing.T) {
	const layout = `
name: calls
header: [id, began]
records:
  - record: interaction
    key: id
    fields:
      kind: {const: call}
      time: {column: began, else: {column: day, format: "|dd.mm.yyyy"}}
      resolved_time:
        column: done
        when: {state: closed}
        else: {column: hours, format: hms, after: began, when: {state: [closed, counted]}}`
	sink, _ := readLayout(t, layout, "id,began,day,done,state,hours\n"+
		"1,2026-01-01 10:00:00,,2026-01-02 10:00:00,closed,01:00:00\n"+
		"2,2026-01-01 10:00:00,,0000-00-00,closed,01:00:00\n"+
		"3,2026-01-01 10:00:00,,2026-01-02 10:00:00,open,01:00:00\n"+
		"4,2026-01-01 10:00:00,,2026-01-02 10:00:00,counted,01:00:00\n"+
		"5,0000-00-00,31.12.2026,,open,\n"+
		"6,,,,open,\n")
	for i, want := range []string{
		`"resolved_time": "2026-01-02T10:00:00Z"`, `"resolved_time": "2026-01-01T11:00:00Z"`, `"time": "2026-01-01T10:00:00Z"}`,
		`"resolved_time": "2026-01-01T11:00:00Z"`, `"time": "2026-12-31T00:00:00Z"}`, `"reject": "missing_value"`,
	} {
		if line := strings.Split(sink.lines.String(), "\n")[i]; !strings.Contains(line, want) {
			t.Errorf("row %d: %s lacks %s", i+1, line, want)
		}
	}
}

// A phone without a country code is a number of the row's country, where it can be one, before it is one of the
// source's regions.
func TestPhonesOfTheRowsCountry(t *testing.T) {
	const layout = `
name: people
header: [id]
records:
  - record: party
    key: id
    fields: {phone: phone, country: country}`
	sink, _ := readLayout(t, layout, "id,phone,country\n1,030 5550100,Germany\n2,413-555-0101,\n3,413-555-0101,Germany\n4,+44 7700 900110,Germany\n")
	for i, want := range []string{"+49305550100", "+14135550101", "+14135550101", "+447700900110"} {
		if line := strings.Split(sink.lines.String(), "\n")[i]; !strings.Contains(line, "valid "+want+" ") {
			t.Errorf("row %d: %s lacks %s", i+1, line, want)
		}
	}
}

// The engine keeps what it states about a record: a profile cannot fill it.
func TestProfilesCannotFillMeta(t *testing.T) {
	for _, field := range []string{"row", "file", "key", "derived", "content_hash", "shown"} {
		_, err := Compile(Spec{Name: "own", ProfileName: "own", Profile: "system: own\nname: {en: own, zh: own}\nlayouts:\n  - {name: l, header: [a], records: [{record: party, fields: {" + field + ": a}}]}\n"})
		if err == nil {
			t.Errorf("field %s is accepted", field)
		}
	}
}

// Where two columns have one name but for case and blanks, the exact spelling counts, and that
// is said.
func TestTwinsOfAColumnAreTold(t *testing.T) {
	const layout = `
name: people
header: [id, Email]
records:
  - record: party
    key: id
    fields: {email: Email}`
	sink, counts := readLayout(t, layout, "id,Email,email \n1,a@example.com,b@example.com\n2,c@example.com,d@example.com\n")
	if !strings.Contains(sink.lines.String(), "valid a@example.com") || strings.Contains(sink.lines.String(), "b@example.com") {
		t.Errorf("the column of the exact name does not count: %s", sink.lines.String())
	}
	if counts.Issues["Email|"+CodeTwin] != 1 || len(counts.Issues) != 1 {
		t.Errorf("issues %v, want one for Email", counts.Issues)
	}
}
