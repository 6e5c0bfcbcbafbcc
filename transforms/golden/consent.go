package golden

import (
	"bytes"
	"cmp"
	"slices"
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
// expired grant is a withdrawal. Statements after asOf are not seen. They come in order of their
// keys.
func LatestConsents(all []schemas.Consent, asOf int64) []schemas.Consent {
	seen := make([]statement, 0, len(all))
	var keys []byte
	for i := range all {
		if c := &all[i]; c.Time < asOf && !c.Deleted {
			before := len(keys)
			keys = AppendConsentKey(keys, c)
			seen = append(seen, statement{c, keys[before:]})
		}
	}
	if len(seen) == 0 {
		return nil
	}
	slices.SortFunc(seen, func(a, b statement) int {
		if c := bytes.Compare(a.key, b.key); c != 0 {
			return c
		}
		return a.compare(b.Consent)
	})
	out := make([]schemas.Consent, 0, len(seen))
	for i, s := range seen {
		if i > 0 && bytes.Equal(seen[i-1].key, s.key) {
			continue
		}
		out = append(out, *s.Consent)
		if last := &out[len(out)-1]; last.Status == Granted && last.Expires != 0 && last.Expires < asOf {
			last.Status = Withdrawn
		}
	}
	return out
}

// statement is a consent and its key.
type statement struct {
	*schemas.Consent
	key []byte
}

// compare puts the statement first that holds, of two of one key.
func (s statement) compare(o *schemas.Consent) int {
	if c := cmp.Compare(o.Time, s.Time); c != 0 {
		return c
	}
	if (s.Status == Granted) != (o.Status == Granted) {
		if o.Status == Granted {
			return -1
		}
		return 1
	}
	return s.CompareReference(&o.Meta)
}

// ConsentKey names what a statement is about: identifier, purpose and channel, as
// TYPE:VALUE|PURPOSE|CHANNEL. A statement without an identifier is about its customer
// reference. Two statements of one key speak of the same, and the later one holds.
func ConsentKey(c *schemas.Consent) string { return string(AppendConsentKey(nil, c)) }

// AppendConsentKey appends the ConsentKey to dst.
func AppendConsentKey(dst []byte, c *schemas.Consent) []byte {
	if c.Identifier == "" {
		dst = appendEscaped(append(dst, "ref:"...), c.CustomerRef)
	} else {
		dst = append(appendEscaped(dst, c.IdentifierType), ':')
		dst = appendEscaped(dst, resolve.IDValue(c.Namespace, c.IdentifierType, c.Identifier))
	}
	dst = appendEscaped(append(dst, '|'), c.Purpose)
	return appendEscaped(append(dst, '|'), c.Channel)
}

var escaper = strings.NewReplacer("%", "%25", "|", "%7C")

// appendEscaped keeps foreign text from looking like two parts of a key.
func appendEscaped(dst []byte, part string) []byte {
	if !strings.ContainsAny(part, "%|") {
		return append(dst, part...)
	}
	return append(dst, escaper.Replace(part)...)
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
