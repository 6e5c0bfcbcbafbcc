package normalize

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

func TestEmailFindsTheMailbox(t *testing.T) {
	for raw, want := range map[string]string{
		"Laura.Moss@Example.COM":         "laura.moss@example.com",
		"  laura.moss@example.com ":      "laura.moss@example.com",
		"laura.moss+shop@example.com":    "laura.moss@example.com",
		"laura.moss @ example.com":       "laura.moss@example.com",
		"l.aura.moss+x@gmail.com":        "lauramoss@gmail.com",
		"LauraMoss@googlemail.com":       "lauramoss@gmail.com",
		"ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｎ":                "wang@example.cn",
		"mailto:laura@example.com":       "laura@example.com",
		"<laura@example.com>":            "laura@example.com",
		"'laura@example.com'":            "laura@example.com",
		"\u200blaura@example.com\ufeff":  "laura@example.com",
		"müller@bücher.example":          "müller@bücher.example",
		"wu@linden.example":              "wu@linden.example",
		"10001@qq.com":                   "10001@qq.com",
		"info@linden.example":            "info@linden.example",
		"o'neil@example.com":             "o'neil@example.com",
		"+tag-only@example.com":          "+tag-only@example.com",
		"first_last-x@mail.example.co.u": "first_last-x@mail.example.co.u",
	} {
		if value, status := Email(raw); value != want || status != schemas.ContactValid {
			t.Errorf("Email(%q) = %q %s, want %q", raw, value, status, want)
		}
	}
}

func TestEmailTellsWhatIdentifiesNobody(t *testing.T) {
	for raw, want := range map[string]string{
		"":                                  schemas.ContactInvalid,
		"laura":                             schemas.ContactInvalid,
		"laura@":                            schemas.ContactInvalid,
		"@example.com":                      schemas.ContactInvalid,
		"laura@example":                     schemas.ContactInvalid,
		"laura@@example.com":                schemas.ContactInvalid,
		"laura moss@example.com":            schemas.ContactInvalid,
		"laura\u00a0moss@example.com":       schemas.ContactInvalid,
		"laura@exam ple.com":                schemas.ContactInvalid,
		"laura@example..com":                schemas.ContactInvalid,
		".laura@example.com":                schemas.ContactInvalid,
		"a@example.com;b@example.com":       schemas.ContactInvalid,
		"l***@example.com":                  schemas.ContactMasked,
		"test@test.com":                     schemas.ContactJunk,
		"noreply@linden.example":            schemas.ContactJunk,
		"abc@gmail.com":                     schemas.ContactJunk,
		"na@na.com":                         schemas.ContactJunk,
		"8x7y6z@marketplace.amazon.com":     schemas.ContactVirtual,
		"abcd1234@privaterelay.appleid.com": schemas.ContactVirtual,
	} {
		if value, status := Email(raw); value != "" || status != want {
			t.Errorf("Email(%q) = %q %s, want %s", raw, value, status, want)
		}
	}
}

func TestOfficesAreNoPersons(t *testing.T) {
	for value, want := range map[string]bool{"info@linden.example": true, "einkauf@linden.example": true, "kefu@example.cn": true, "laura@example.com": false, "infante@example.com": false} {
		if IsRoleEmail(value) != want {
			t.Errorf("IsRoleEmail(%q) = %v", value, !want)
		}
	}
}

func TestEmailIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.OneOf(rapid.StringMatching(`[ <"']?[A-Za-z0-9.+_'"-]{1,12} ?@ ?[a-zA-Z0-9.-]{1,8}\.(com|cn|de)[ >"']?`), rapid.StringMatching(`[a-z.+]{1,8}@g(oogle)?mail\.com`), rapid.String()).Draw(t, "raw")
		value, status := Email(raw)
		if (value != "") != (status == schemas.ContactValid) {
			t.Fatalf("value %q with status %s", value, status)
		}
		if value == "" {
			return
		}
		if again, s := Email(value); again != value || s != schemas.ContactValid {
			t.Fatalf("%q -> %q -> %q (%s)", raw, value, again, s)
		}
	})
}

func FuzzEmail(f *testing.F) {
	for _, seed := range []string{"a.b+c@gmail.com", "@", "\x00@\xff.x", "ａ＠ｂ．ｃｎ", "a@b.c.", "+@gmail.com"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if value, _ := Email(raw); value != "" {
			if again, _ := Email(value); again != value {
				t.Fatalf("%q -> %q -> %q", raw, value, again)
			}
		}
	})
}

func BenchmarkEmail(b *testing.B) {
	addresses := make([]string, 1<<12)
	for i := range addresses {
		addresses[i] = fmt.Sprintf("%s.surname%d@%s", []string{"laura", "Marcus", "xiaoming", "j.p"}[i%4], i, []string{"example.com", "gmail.com", "example.cn", "Mail.Example.com"}[i/4%4])
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Email(addresses[i&(1<<12-1)])
	}
}
