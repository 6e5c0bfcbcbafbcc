package normalize

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAmountsOfManyLocales(t *testing.T) {
	for _, c := range []struct {
		raw      string
		mark     byte
		currency string
		want     int64
		err      error
	}{
		// two decimal marks in one column, none declared
		{"1.234,50", 0, "CNY", 123450, nil},
		{"1,234.50", 0, "CNY", 123450, nil},
		{"1,234", 0, "CNY", 0, ErrAmbiguousAmount},
		{"12,50", 0, "CNY", 1250, nil},
		{"1.234.567,89", 0, "CNY", 123456789, nil},
		{"1'234.50", 0, "CNY", 123450, nil},
		{"(12.00)", 0, "CNY", -1200, nil},
		{"-12.00-", 0, "CNY", 0, ErrTwoSigns},
		{"12.00-", 0, "CNY", -1200, nil},
		{"¥１２．５０", 0, "CNY", 1250, nil},
		{"1.2.3,4", 0, "CNY", 0, ErrBadAmount},
		{"1e3", 0, "CNY", 0, ErrBadAmount},
		{"", 0, "CNY", 0, ErrNoAmount},
		{"NaN", 0, "CNY", 0, ErrBadAmount},
		{"12.50 CNY", 0, "CNY", 1250, nil},

		{"1,234", '.', "CNY", 123400, nil},
		{"1,234", ',', "CNY", 123, nil},
		{"1.234", ',', "CNY", 123400, nil},
		{"1.234", '.', "CNY", 123, nil},
		{"1,234,567", 0, "CNY", 123456700, nil},
		{"12,34,567.00", '.', "INR", 0, ErrBadAmount},
		{"1 234,50", ',', "EUR", 123450, nil},
		{"1\u202f234,50 €", ',', "EUR", 123450, nil},
		{"$ -5", '.', "USD", -500, nil},
		{"+5", '.', "USD", 500, nil},
		{"-0.005", '.', "USD", -1, nil},
		{"0.004", '.', "USD", 0, nil},
		{"0.005", '.', "USD", 1, nil},
		{".5", '.', "USD", 50, nil},
		{"5.", '.', "USD", 500, nil},
		{"125000", 0, "JPY", 125000, nil},
		{"1250.50", '.', "JPY", 1251, nil},
		{"1.2345", '.', "KWD", 1235, nil},
		{"99999999999999", '.', "USD", 9999999999999900, nil},
		{"9999999999999999999", '.', "USD", 0, ErrBadAmount},
		{"-", 0, "USD", 0, ErrNoAmount},
		{"12 pieces", '.', "USD", 0, ErrBadAmount},
		{"1,23,4", '.', "USD", 0, ErrBadAmount},
		{"()", '.', "USD", 0, ErrBadAmount},
		{",", 0, "USD", 0, ErrBadAmount},
	} {
		got, err := Money(c.raw, c.mark, c.currency)
		if got != c.want || !errors.Is(err, c.err) || (err != nil) != (c.err != nil) {
			t.Errorf("Money(%q, %q, %s) = %d, %v; want %d, %v", c.raw, c.mark, c.currency, got, err, c.want, c.err)
		}
	}
}

func TestAnAmountIsTheSameInEveryDressOfItsLocale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(-1e12, 1e12).Draw(t, "cents")
		digits := fmt.Sprintf("%03d", max(cents, -cents))
		whole, fraction := digits[:len(digits)-2], digits[len(digits)-2:]
		grouped := whole
		for i := len(whole) - 3; i > 0; i -= 3 {
			grouped = grouped[:i] + "," + grouped[i:]
		}
		sign := ""
		if cents < 0 {
			sign = "-"
		}
		english := grouped + "." + fraction
		german := strings.NewReplacer(",", ".", ".", ",").Replace(english)
		for _, c := range []struct {
			text string
			mark byte
		}{
			{sign + whole + "." + fraction, '.'},
			{sign + english, '.'},
			{sign + german, ','},
			{english + sign, '.'},
			{"¥" + sign + english, '.'},
			{sign + whole + "." + fraction, 0},
			{sign + english, 0},
			{sign + german, 0},
			{sign + english + " USD", '.'},
		} {
			if got, err := Money(c.text, c.mark, "USD"); err != nil || got != cents {
				t.Fatalf("Money(%q, %q) = %d, %v; want %d", c.text, c.mark, got, err, cents)
			}
		}
	})
}

func FuzzMoney(f *testing.F) {
	for _, seed := range []string{"1.234,50", "(12.00)", "-12.00-", "¥１２．５０", "1e3", "12.50 CNY", "'", ",", "--", "()", "USD"} {
		f.Add(seed, byte(0))
	}
	f.Fuzz(func(t *testing.T, raw string, mark byte) {
		for _, m := range []byte{0, '.', ',', mark} {
			for _, currency := range []string{"USD", "JPY", "KWD"} {
				if v, err := Money(raw, m, currency); err != nil && v != 0 {
					t.Fatalf("Money(%q) = %d with error %v", raw, v, err)
				}
			}
			if _, err := Quantity(raw, m); err == nil && strings.TrimSpace(raw) == "" {
				t.Fatal("an empty quantity has a value")
			}
		}
	})
}

func BenchmarkMoney(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Money("1,234.50", '.', "CNY"); err != nil {
			b.Fatal(err)
		}
	}
}
