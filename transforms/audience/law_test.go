package audience

import (
	"testing"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

// heldOn is why one platform gets nothing of a customer who granted all that is listed.
func heldOn(t *testing.T, platform string, s Subject, settings Settings, rows []schemas.ConsentRow) string {
	t.Helper()
	s.CustomerID, s.Matched = "c_1", []string{"a"}
	a := segment.Audience{Code: "a", Platforms: []string{platform}}
	return NewEvaluator([]segment.Audience{a}, nil, settings, now).Candidates(&s, rows)[0].Held[0]
}

func TestLawAndCaps(t *testing.T) {
	german, british, chinese := Identifier{TypePhone, "+4915100000001"}, Identifier{TypePhone, "+447700900123"}, Identifier{TypePhone, "+8613900001234"}
	shareAds := granted(PurposeShareAds, "ads_google")
	personal := append(granted(PurposeShareAds, "ads_google"), granted(PurposeProfiling, "ads_google")...)
	abroad := Settings{Residency: map[string]Places{"google": {Except: []string{"CN"}}, "meta": {Only: []string{"US"}}}}
	for _, c := range []struct {
		why      string
		platform string
		subject  Subject
		settings Settings
		consents []schemas.ConsentRow
		held     string
	}{
		{"minors are in no audience", "google", Subject{Minor: true, Country: "US", IDs: []Identifier{jane}}, Settings{}, shareAds, HeldMinor},
		{"nor in the company's own lists", "hubspot", Subject{Minor: true, IDs: []Identifier{jane}}, Settings{}, nil, HeldMinor},
		{"who is outside Europe needs one grant for Google", "google", Subject{Country: "US", IDs: []Identifier{jane}}, Settings{}, shareAds, ""},
		{"in Europe a missing status is no consent", "google", Subject{Country: "DE", IDs: []Identifier{jane}}, Settings{}, shareAds, HeldNoConsent},
		{"a phone makes European, too", "google", Subject{IDs: []Identifier{jane, german}}, Settings{}, shareAds, HeldNoConsent},
		{"so does a British one", "google", Subject{Country: "US", IDs: []Identifier{jane, british}}, Settings{}, shareAds, HeldNoConsent},
		{"in Europe both grants open", "google", Subject{Country: "DE", IDs: []Identifier{jane}}, Settings{}, personal, ""},
		{"personalisation that is refused ends Google everywhere", "google", Subject{Country: "US", IDs: []Identifier{jane}}, Settings{}, append(granted(PurposeShareAds, "ads_google"), consent(jane, PurposeProfiling, "ads_google", statusDenied)), HeldOptedOut},
		{"but Google alone", "email", Subject{Country: "US", IDs: []Identifier{jane}}, Settings{}, append(granted(PurposeMarketing, "email"), consent(jane, PurposeProfiling, "ads_google", statusDenied)), ""},
		{"data of Chinese customers stay", "google", Subject{Country: "CN", IDs: []Identifier{jane}}, abroad, shareAds, HeldResidency},
		{"also if only a phone says so", "google", Subject{Country: "US", IDs: []Identifier{jane, chinese}}, abroad, shareAds, HeldResidency},
		{"nobody knows where one lives", "google", Subject{IDs: []Identifier{jane}}, abroad, shareAds, HeldResidency},
		{"others pass", "google", Subject{Country: "US", IDs: []Identifier{jane}}, abroad, shareAds, ""},
		{"only those of listed countries pass", "meta", Subject{Country: "CA", IDs: []Identifier{jane}}, abroad, granted(PurposeShareAds, "ads_meta"), HeldResidency},
		{"a target without a rule takes all", "tencent", Subject{IDs: []Identifier{chinese}}, abroad, granted(PurposeShareAds, "ads_tencent"), ""},
		{"who was contacted often enough gets no more", "email", Subject{Contacts: 3, IDs: []Identifier{jane}}, Settings{ContactCap: 3}, granted(PurposeMarketing, "email"), HeldCapped},
		{"one contact fewer, one more", "email", Subject{Contacts: 2, IDs: []Identifier{jane}}, Settings{ContactCap: 3}, granted(PurposeMarketing, "email"), ""},
		{"advertising is no contact", "google", Subject{Contacts: 9, Country: "US", IDs: []Identifier{jane}}, Settings{ContactCap: 3}, shareAds, ""},
		{"consent is asked before the cap", "email", Subject{Contacts: 9, IDs: []Identifier{jane}}, Settings{ContactCap: 3}, nil, HeldNoConsent},
		{"without a usable identifier consent is not the question", "tencent", Subject{IDs: []Identifier{german}}, Settings{}, granted(PurposeShareAds, "ads_tencent"), HeldNoIdentifier},
		{"nor is it without any", "wecom", Subject{IDs: []Identifier{jane}}, Settings{}, nil, HeldNoIdentifier},
		{"own systems need no grant", "salesforce", Subject{IDs: []Identifier{jane}}, Settings{}, nil, ""},
		{"but stop at an objection to profiling", "salesforce", Subject{IDs: []Identifier{jane}}, Settings{}, []schemas.ConsentRow{consent(jane, PurposeProfiling, "", statusWithdrawn)}, HeldOptedOut},
		{"an objection to marketing is none to the own system", "salesforce", Subject{IDs: []Identifier{jane}}, Settings{}, []schemas.ConsentRow{consent(jane, PurposeMarketing, "", statusWithdrawn)}, ""},
	} {
		if held := heldOn(t, c.platform, c.subject, c.settings, c.consents); held != c.held {
			t.Errorf("%s: held %q, want %q", c.why, held, c.held)
		}
	}
}

// Statements that contradict each other hold back: a withdrawal beside a grant, of any holder.
func TestConsentsInConflict(t *testing.T) {
	for _, second := range []Identifier{jane, other, {TypeCustomer, "c_1"}} {
		rows := []schemas.ConsentRow{consent(jane, PurposeMarketing, "email", statusGranted), consent(second, PurposeMarketing, "email", statusWithdrawn)}
		for range 2 {
			if held := heldOn(t, "email", Subject{IDs: []Identifier{jane, other}}, Settings{}, rows); held != HeldOptedOut {
				t.Errorf("granted and withdrawn by %s: held %q", second.Type, held)
			}
			rows[0], rows[1] = rows[1], rows[0]
		}
	}
}
