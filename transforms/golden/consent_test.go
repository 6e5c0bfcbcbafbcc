package golden

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

// said is a statement of one e-mail address about marketing.
func said(identifier, channel, status string, at int64) schemas.Consent {
	return schemas.Consent{IdentifierType: "email", Identifier: identifier, Purpose: "marketing", Channel: channel, Status: status, Time: at, Meta: schemas.Meta{Key: identifier + channel + status}}
}

func consents(all []schemas.Consent) map[string]string {
	out := map[string]string{}
	for _, c := range CustomerConsents(LatestConsents(all, 100), nil) {
		out[c.Purpose+" "+c.Channel] = c.Status
	}
	return out
}

func TestTheMostRestrictiveConsentWins(t *testing.T) {
	for _, c := range []struct {
		name string
		all  []schemas.Consent
		want map[string]string
	}{
		{"no statement", nil, map[string]string{}},
		{"the latest of one identifier", []schemas.Consent{said("a", "email", Granted, 2), said("a", "email", Withdrawn, 1)}, map[string]string{"marketing email": Granted}},
		{"a withdrawal at the same time", []schemas.Consent{said("a", "email", Granted, 2), said("a", "email", Withdrawn, 2)}, map[string]string{"marketing email": Withdrawn}},
		{"another identifier's withdrawal", []schemas.Consent{said("a", "email", Granted, 9), said("b", "email", Withdrawn, 1)}, map[string]string{"marketing email": Withdrawn}},
		{"a withdrawal outweighs a denial", []schemas.Consent{said("a", "email", Denied, 9), said("b", "email", Withdrawn, 1)}, map[string]string{"marketing email": Withdrawn}},
		{"an objection to all channels", []schemas.Consent{said("a", "email", Granted, 1), said("a", "", Withdrawn, 2)}, map[string]string{"marketing all": Withdrawn, "marketing email": Withdrawn}},
		{"a channel granted after the objection", []schemas.Consent{said("a", "", Withdrawn, 1), said("a", "email", Granted, 2)}, map[string]string{"marketing all": Withdrawn, "marketing email": Granted}},
		{"a channel that another identifier granted after the objection", []schemas.Consent{said("a", "", Withdrawn, 1), said("b", "email", Granted, 2)}, map[string]string{"marketing all": Withdrawn, "marketing email": Withdrawn}},
		{"a statement after the day", []schemas.Consent{said("a", "email", Granted, 1), said("a", "email", Withdrawn, 100)}, map[string]string{"marketing email": Granted}},
	} {
		if diff := cmp.Diff(c.want, consents(c.all)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	expired := said("a", "email", Granted, 1)
	expired.Expires = 50
	if got := consents([]schemas.Consent{expired}); got["marketing email"] != Withdrawn {
		t.Errorf("an expired grant: %v", got)
	}
	flagged := CustomerConsents(LatestConsents([]schemas.Consent{said("a", "email", Granted, 1)}, 100), []schemas.Party{{OptOutEmail: true, OptOutPhone: true}})
	want := []schemas.CustomerConsent{{Purpose: "marketing", Channel: "email", Status: Denied}, {Purpose: "marketing", Channel: "phone", Status: Denied}}
	if diff := cmp.Diff(want, flagged); diff != "" {
		t.Errorf("opt-out flags of a record: %s", diff)
	}
}

func TestConsentsByReferenceAreKeptApart(t *testing.T) {
	a := schemas.Consent{CustomerRef: "crm:contact:1", Purpose: "marketing", Status: Granted, Time: 1}
	b := schemas.Consent{CustomerRef: "crm:contact:2", Purpose: "marketing", Status: Withdrawn, Time: 2}
	if got := LatestConsents([]schemas.Consent{a, b}, 100); len(got) != 2 {
		t.Errorf("%d statements", len(got))
	}
}

func TestConsentsDoNotHangOnTheOrderOfStatements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := make([]schemas.Consent, rapid.IntRange(0, 8).Draw(t, "n"))
		for i := range all {
			all[i] = said(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "who"), rapid.SampledFrom([]string{"", "email", "sms"}).Draw(t, "channel"),
				rapid.SampledFrom([]string{Granted, Denied, Withdrawn}).Draw(t, "status"), rapid.Int64Range(1, 3).Draw(t, "at"))
			all[i].Key += string(rune('a' + i))
		}
		shuffled := rapid.Permutation(all).Draw(t, "order")
		first := consents(slices.Clone(all))
		if diff := cmp.Diff(first, consents(shuffled)); diff != "" {
			t.Fatal(diff)
		}
		// Adding a withdrawal of everything leaves no grant that is not newer and of its identifier.
		ended := consents(append(slices.Clone(all), said("a", "", Withdrawn, 4)))
		for key, status := range ended {
			if status == Granted {
				t.Fatalf("%s is granted after the objection", key)
			}
		}
	})
}
