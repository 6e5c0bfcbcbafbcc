package audience

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

const now = int64(1_000_000)

var (
	jane  = Identifier{TypeEmail, "jane@example.com"}
	other = Identifier{TypeEmail, "j.doe@example.com"}
	phone = Identifier{TypePhone, "+8613900001234"}
)

func consent(id Identifier, purpose, channel, status string) schemas.ConsentRow {
	return schemas.ConsentRow{IdentifierType: id.Type, Identifier: id.Value, Purpose: purpose, Channel: channel, Status: status, Time: 1}
}

func platformOf(t testing.TB, name string) *Platform {
	p, ok := PlatformNamed(name)
	if !ok {
		t.Fatalf("no platform %s", name)
	}
	return p
}

func TestConsentIsPerIdentifierPurposeAndChannel(t *testing.T) {
	expired := consent(jane, PurposeMarketing, "email", statusGranted)
	before := now - 1
	expired.Expires = &before
	later := consent(jane, PurposeMarketing, "email", statusGranted)
	later.Time = now
	customer := Identifier{TypeCustomer, "c_1"}
	for _, c := range []struct {
		name     string
		platform string
		rows     []schemas.ConsentRow
		allowed  []Identifier
		held     string
	}{
		{"no record is no consent", "email", nil, nil, HeldNoConsent},
		{"a grant opens its own identifier only", "email", []schemas.ConsentRow{consent(jane, PurposeMarketing, "email", statusGranted)}, []Identifier{jane}, ""},
		{"a grant without a channel opens all of its purpose", "email", []schemas.ConsentRow{consent(jane, PurposeMarketing, "", statusGranted)}, []Identifier{jane}, ""},
		{"a grant of the customer opens all identifiers", "email", []schemas.ConsentRow{consent(customer, PurposeMarketing, "email", statusGranted)}, []Identifier{jane, other}, ""},
		{"marketing is not sharing", "google", []schemas.ConsentRow{consent(jane, PurposeMarketing, "", statusGranted)}, nil, HeldNoConsent},
		{"one platform is not another", "google", []schemas.ConsentRow{consent(jane, PurposeShareAds, "ads_meta", statusGranted)}, nil, HeldNoConsent},
		{"a grant for e-mail does not open the phone", "csv", []schemas.ConsentRow{consent(phone, PurposeMarketing, "email", statusGranted)}, nil, HeldNoConsent},
		{"a refusal of one identifier holds the customer", "email", []schemas.ConsentRow{consent(jane, PurposeMarketing, "email", statusGranted), consent(other, PurposeMarketing, "email", statusWithdrawn)}, nil, HeldOptedOut},
		{"a refusal of one channel leaves the other", "csv", []schemas.ConsentRow{consent(jane, PurposeMarketing, "email", statusGranted), consent(phone, PurposeMarketing, "sms", statusDenied)}, []Identifier{jane}, ""},
		{"an objection to profiling ends all", "email", []schemas.ConsentRow{consent(jane, PurposeMarketing, "email", statusGranted), consent(jane, PurposeProfiling, "app", statusDenied)}, nil, HeldOptedOut},
		{"an objection to marketing ends advertising", "google", []schemas.ConsentRow{consent(jane, PurposeShareAds, "ads_google", statusGranted), consent(jane, PurposeMarketing, "", statusWithdrawn)}, nil, HeldOptedOut},
		{"an expired grant is none", "email", []schemas.ConsentRow{expired}, nil, HeldNoConsent},
		{"a grant of tomorrow is none", "email", []schemas.ConsentRow{later}, nil, HeldNoConsent},
	} {
		allowed, held := NewConsents(c.rows, now).Allowed(platformOf(t, c.platform), []Identifier{jane, other, phone}, nil)
		if held != c.held || len(allowed) != len(c.allowed) {
			t.Errorf("%s: %v, held %q", c.name, allowed, held)
			continue
		}
		for i := range allowed {
			if allowed[i] != c.allowed[i] {
				t.Errorf("%s: %v, want %v", c.name, allowed, c.allowed)
			}
		}
	}
}

func TestSuppressionBySHA256HoldsTheCustomerOnTheChannel(t *testing.T) {
	list, err := ReadSuppression("list.csv", strings.NewReader(
		"identifier_type,identifier,channel,reason,since\nemail_sha256,"+strings.ToUpper(sum(other.Value))+",email,complaint,2026-01-01\nphone,139 0000 1234,sms,,\n"), []string{"CN"})
	if err != nil {
		t.Fatal(err)
	}
	grants := []schemas.ConsentRow{consent(jane, PurposeMarketing, "", statusGranted), consent(phone, PurposeMarketing, "", statusGranted)}
	for _, c := range []struct {
		platform string
		ids      []Identifier
		held     string
	}{
		{"email", []Identifier{jane}, ""},
		{"email", []Identifier{jane, other}, HeldSuppressed}, // the same person is behind both
		{"sms", []Identifier{jane, phone}, HeldSuppressed},
		{"email", []Identifier{jane, phone}, ""}, // another channel
	} {
		s := Subject{CustomerID: "c_1", Matched: []string{"a"}, IDs: c.ids}
		a := segment.Audience{Code: "a", Platforms: []string{c.platform}}
		if held := NewEvaluator([]segment.Audience{a}, list, Settings{}, now).Candidates(&s, grants)[0].Held[0]; held != c.held {
			t.Errorf("%s of %v: held %q, want %q", c.platform, c.ids, held, c.held)
		}
	}
	if _, err := ReadSuppression("list.csv", strings.NewReader("identifier_type,identifier,channel\nemail_sha256,jane,\n"), nil); err == nil {
		t.Error("a hash that is none must stop the run: somebody would be contacted who must not be")
	}
}

// Nothing about a customer leaves without a grant of exactly that identifier (or of the
// customer), the platform's purpose and one of its channels, and nothing against a refusal.
func TestNothingLeavesWithoutAGrant(t *testing.T) {
	ids := []Identifier{jane, other, phone, {"unionid", "u1"}}
	rapid.Check(t, func(t *rapid.T) {
		var rows []schemas.ConsentRow
		for range rapid.IntRange(0, 6).Draw(t, "statements") {
			id := rapid.SampledFrom(append([]Identifier{{TypeCustomer, "c_1"}}, ids...)).Draw(t, "identifier")
			rows = append(rows, consent(id,
				rapid.SampledFrom([]string{PurposeMarketing, PurposeShareAds, PurposeProfiling}).Draw(t, "purpose"),
				rapid.SampledFrom([]string{"", "email", "sms", "phone", "wechat", "ads_google", "ads_meta", "ads_tencent", "ads_oceanengine"}).Draw(t, "channel"),
				rapid.SampledFrom([]string{statusGranted, statusGranted, statusDenied, statusWithdrawn}).Draw(t, "status")))
		}
		a := segment.Audience{Code: "a", Platforms: Platforms()}
		subject := Subject{CustomerID: "c_1", Matched: []string{"a"}, IDs: ids}
		entry := NewEvaluator([]segment.Audience{a}, nil, Settings{}, now).Candidates(&subject, rows)[0]
		selector := NewSelector(&a)
		selector.Look(&entry.Candidate)
		selector.Decide()
		_, deliveries := selector.Place(&entry.Candidate, 0, nil)
		for p, d := range deliveries {
			platform := selector.Platforms()[p]
			var shown []string // as they were before normalising and hashing
			for _, id := range ids {
				if form, ok := platform.shown(id); ok && slices.Contains(d.Person.Shown, form) {
					shown = append(shown, id.Value)
				}
			}
			if platform.Purpose == PurposeOwn {
				if d.Member && slices.ContainsFunc(rows, func(r schemas.ConsentRow) bool {
					return r.Purpose == PurposeProfiling && r.Status != statusGranted && !strings.HasPrefix(r.Channel, "ads_")
				}) {
					t.Fatalf("%s has scores of a customer who objects to profiling", platform.Name)
				}
				continue
			}
			if !d.Member {
				if len(shown) > 0 {
					t.Fatalf("%s shows %v of a customer who is no member", platform.Name, shown)
				}
				continue
			}
			if len(shown) == 0 {
				t.Fatalf("%s has a member of whom it knows nothing", platform.Name)
			}
			for _, value := range shown {
				granted := false
				for _, r := range rows {
					own := r.Identifier == value || r.IdentifierType == TypeCustomer
					fits := r.Channel == ""
					for _, channel := range platform.Channels {
						fits = fits || r.Channel == channel
					}
					granted = granted || own && fits && r.Purpose == platform.Purpose && r.Status == statusGranted
				}
				if !granted {
					t.Fatalf("%s gets an identifier without a grant", platform.Name)
				}
			}
			for _, r := range rows {
				if r.Status != statusGranted && (r.Purpose == PurposeProfiling && (!strings.HasPrefix(r.Channel, "ads_") || slices.Contains(platform.Channels, r.Channel)) || r.Channel == "" && (r.Purpose == platform.Purpose || r.Purpose == PurposeMarketing)) {
					t.Fatalf("%s has a member who objects", platform.Name)
				}
			}
		}
	})
}
