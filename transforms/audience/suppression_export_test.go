package audience

import (
	"os"
	"testing"

	"github.com/tributary-cdp/tributary/internal/shareddata"
)

// The public suppression list is read whole: all channels, an erasure request, a hashed
// address, and a phone in another spelling each hold those they are meant for, and no others.
func TestPublicSuppressionList(t *testing.T) {
	file, err := os.Open(shareddata.Shared(t, "exports", "suppression.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	list, err := ReadSuppression("suppression.csv", file, []string{"CN", "US", "GB"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		why     string
		id      Identifier
		channel string
		holds   bool
	}{
		{"an erasure request holds every channel", Identifier{TypeEmail, "emma.brooks@example.com"}, "ads_meta", true},
		{"all holds every channel", Identifier{TypePhone, "+8613900000008"}, "sms", true},
		{"a hard bounce holds e-mail", Identifier{TypeEmail, "daniel.okafor@example.com"}, "email", true},
		{"a hard bounce holds e-mail alone", Identifier{TypeEmail, "daniel.okafor@example.com"}, "ads_google", false},
		{"a phone with country code and blanks", Identifier{TypePhone, "+8613900000010"}, "phone", true},
		{"the SHA-256 of an address", Identifier{TypeEmail, "marcus.reed@example.com"}, "ads_google", true},
		{"the SHA-256 of an address, another channel", Identifier{TypeEmail, "marcus.reed@example.com"}, "email", false},
		{"nobody else", Identifier{TypeEmail, "sofia.alvarez@example.com"}, "email", false},
	} {
		if got := list.Holds("c_none", []Identifier{c.id}, []string{c.channel}); got != c.holds {
			t.Errorf("%s: held %v", c.why, got)
		}
	}
}
