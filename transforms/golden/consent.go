package golden

import (
	"sort"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/resolve"
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
		if x, y := ConsentKey(a), ConsentKey(b); x != y {
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
		if n := len(out); n > 0 && ConsentKey(&out[n-1]) == ConsentKey(&c) {
			continue
		}
		if c.Status == Granted && c.Expires != 0 && c.Expires < asOf {
			c.Status = Withdrawn
		}
		out = append(out, c)
	}
	return out
}

// ConsentKey names what a statement is about: identifier, purpose and channel, as
// TYPE:VALUE|PURPOSE|CHANNEL. A statement without an identifier is about its customer
// reference. Two statements of one key speak of the same, and the later one holds.
func ConsentKey(c *schemas.Consent) string {
	who := c.IdentifierType + ":" + resolve.IDValue(c.Namespace, c.IdentifierType, c.Identifier)
	if c.Identifier == "" {
		who = "ref:" + c.CustomerRef
	}
	return escape(who) + "|" + escape(c.Purpose) + "|" + escape(c.Channel)
}

var escaper = strings.NewReplacer("%", "%25", "|", "%7C")

// escape keeps foreign text from looking like two parts of a key.
func escape(part string) string {
	if !strings.ContainsAny(part, "%|") {
		return part
	}
	return escaper.Replace(part)
}

// restrictive orders statuses, the most restrictive last.
var restrictive = map[string]int{Granted: 1, Denied: 2, Withdrawn: 3}

// CustomerConsents sums a customer's statements up by purpose and channel: the most
// restrictive of all identifiers wins, and an objection to all channels ends every channel of
// its purpose, but for what the same identifier granted later. No statement is no consent.
// latest must come from LatestConsents.
func CustomerConsents(latest []schemas.Consent, records []schemas.Party) []schemas.CustomerConsent {
	status := map[[2]string]string{}
	put := func(purpose, channel, s string) {
		key := [2]string{purpose, channel}
		if restrictive[s] > restrictive[status[key]] {
			status[key] = s
		}
	}
	for i := range latest {
		put(latest[i].Purpose, channelOf(&latest[i]), latest[i].Status)
	}
	for i := range latest {
		if objection := &latest[i]; channelOf(objection) == AllChannels && objection.Status != Granted {
			for j := range latest {
				if c := &latest[j]; c.Purpose == objection.Purpose && !regranted(objection, c) {
					put(c.Purpose, channelOf(c), objection.Status)
				}
			}
		}
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

// regranted tells whether an identifier granted a channel after it had objected to all.
func regranted(objection, c *schemas.Consent) bool {
	return c.Status == Granted && c.Time > objection.Time && c.IdentifierType == objection.IdentifierType && c.Identifier == objection.Identifier && c.CustomerRef == objection.CustomerRef
}

func channelOf(c *schemas.Consent) string {
	if c.Channel == "" {
		return AllChannels
	}
	return c.Channel
}
