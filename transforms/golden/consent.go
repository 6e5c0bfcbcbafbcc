package golden

import (
	"sort"

	"github.com/tributary-cdp/tributary/schemas"
)

// Consent status.
const (
	Granted   = "granted"
	Denied    = "denied"
	Withdrawn = "withdrawn"
)

// AllChannels stands for a consent that names no channel.
const AllChannels = "all"

// LatestConsents keeps for each identifier, purpose and channel the statement that holds at
// asOf (microseconds): the latest; at the same time a withdrawal or denial beats a grant. An
// expired grant is a withdrawal. Statements after asOf are not seen.
func LatestConsents(all []schemas.Consent, asOf int64) []schemas.Consent {
	sort.Slice(all, func(i, j int) bool {
		a, b := &all[i], &all[j]
		if x, y := consentKey(a), consentKey(b); x != y {
			return x < y
		}
		if a.Time != b.Time {
			return a.Time > b.Time
		}
		if (a.Status == Granted) != (b.Status == Granted) {
			return b.Status == Granted
		}
		return a.Reference() < b.Reference()
	})
	var out []schemas.Consent
	for i := range all {
		c := all[i]
		if c.Time >= asOf || c.Deleted {
			continue
		}
		if n := len(out); n > 0 && consentKey(&out[n-1]) == consentKey(&c) {
			continue
		}
		if c.Status == Granted && c.Expires != 0 && c.Expires < asOf {
			c.Status = Withdrawn
		}
		out = append(out, c)
	}
	return out
}

func consentKey(c *schemas.Consent) string {
	return c.IdentifierType + "\x00" + c.Identifier + "\x00" + c.Purpose + "\x00" + c.Channel
}

// CustomerConsents sums a customer's statements up by purpose and channel: the most
// restrictive of all identifiers wins, and an objection without a channel ends all channels of
// its purpose. No statement is no consent.
func CustomerConsents(latest []schemas.Consent, records []schemas.Party) []schemas.CustomerConsent {
	status := map[[2]string]string{}
	put := func(purpose, channel, s string) {
		if channel == "" {
			channel = AllChannels
		}
		key := [2]string{purpose, channel}
		if old, ok := status[key]; !ok || old == Granted {
			status[key] = s
		}
	}
	for _, c := range latest {
		put(c.Purpose, c.Channel, c.Status)
	}
	for i := range records {
		if records[i].OptOutEmail {
			put("marketing", "email", Denied)
		}
		if records[i].OptOutPhone {
			put("marketing", "phone", Denied)
		}
	}
	out := make([]schemas.CustomerConsent, 0, len(status))
	for key, s := range status {
		out = append(out, schemas.CustomerConsent{Purpose: key[0], Channel: key[1], Status: s})
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Purpose != out[j].Purpose {
			return out[i].Purpose < out[j].Purpose
		}
		return out[i].Channel < out[j].Channel
	})
	return out
}
