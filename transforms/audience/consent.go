package audience

import (
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// Reasons for which a matched customer is held back.
const (
	HeldNoIdentifier  = "no_identifier" // that the platform could match
	HeldNoConsent     = "no_consent"
	HeldOptedOut      = "opted_out"
	HeldMinor         = "minor"
	HeldResidency     = "residency"
	HeldCapped        = "capped" // contacted as often as is enough, or beyond the audience's limit
	HeldSuppressed    = "suppressed"
	HeldOtherAudience = "other_audience"
	HeldControl       = "control"
	HeldTooSmall      = "too_small"
)

// Status of consents.
const (
	statusGranted   = "granted"
	statusDenied    = "denied"
	statusWithdrawn = "withdrawn"
)

// Consents are the statements of one customer: the latest of each identifier, purpose and
// channel, as table consents holds them.
type Consents struct {
	rows []schemas.ConsentRow
	at   int64 // microseconds: what expires before, does not count
}

// NewConsents takes the rows of one customer. Grants that have expired at the moment, or are
// later than it, are left out; refusals do not expire.
func NewConsents(rows []schemas.ConsentRow, at int64) Consents {
	c := Consents{at: at}
	for _, row := range rows {
		if row.Status == statusGranted && (row.Time >= at || row.Expires != nil && *row.Expires != 0 && *row.Expires < at) {
			continue
		}
		c.rows = append(c.rows, row)
	}
	return c
}

func refused(status string) bool { return status == statusDenied || status == statusWithdrawn }

// objects tells whether the customer refuses all of this: profiling, or marketing or sharing
// on every channel. For the company's own systems only profiling counts. What is said about
// personalisation by one advertising platform is about that platform alone.
func (c Consents) objects(purpose string) bool {
	return slices.ContainsFunc(c.rows, func(r schemas.ConsentRow) bool {
		return refused(r.Status) && (r.Purpose == PurposeProfiling && !strings.HasPrefix(r.Channel, "ads_") || purpose != PurposeOwn && r.Channel == "" && (r.Purpose == purpose || r.Purpose == PurposeMarketing))
	})
}

// refuses tells whether any of the customer's identifiers refuses a purpose on a channel: for
// a customer the most restrictive statement wins.
func (c Consents) refuses(purpose, channel string) bool {
	return slices.ContainsFunc(c.rows, func(r schemas.ConsentRow) bool {
		return refused(r.Status) && r.Purpose == purpose && (r.Channel == channel || r.Channel == "")
	})
}

// grants tells whether an identifier is granted: under its own statement, or one of the
// customer as a whole.
func (c Consents) grants(purpose, channel string, id Identifier) bool {
	return slices.ContainsFunc(c.rows, func(r schemas.ConsentRow) bool {
		return r.Status == statusGranted && r.Purpose == purpose && (r.Channel == channel || r.Channel == "") &&
			(r.IdentifierType == TypeCustomer || r.IdentifierType == id.Type && r.Identifier == id.Value)
	})
}

// Allowed returns which of the identifiers a platform may get, or why it gets none. Consent is
// needed for the identifier itself. countries are those that the customer may be of.
func (c Consents) Allowed(p *Platform, ids []Identifier, countries []string) (allowed []Identifier, held string) {
	if c.objects(p.Purpose) {
		return nil, HeldOptedOut
	}
	if p.Purpose == PurposeOwn {
		return ids, ""
	}
	refusals := 0
	var channels []string
	for _, channel := range p.Channels {
		if c.refuses(p.Purpose, channel) || strings.HasPrefix(channel, "ads_") && c.refuses(PurposeProfiling, channel) {
			refusals++
		} else {
			channels = append(channels, channel)
		}
	}
	if refusals > 0 && len(channels) == 0 {
		return nil, HeldOptedOut
	}
	var further, furtherChannel string
	if p.Consent != nil {
		further, furtherChannel = p.Consent(countries)
	}
	usable := false
	for _, id := range ids {
		if p.takes(id.Type) && slices.ContainsFunc(channels, func(channel string) bool {
			return channelFits(channel, id.Type) && c.grants(p.Purpose, channel, id)
		}) && (further == "" || c.grants(further, furtherChannel, id)) {
			allowed = append(allowed, id)
			usable = usable || p.usable(id)
		}
	}
	switch {
	case usable:
		return allowed, ""
	case len(allowed) > 0 || !slices.ContainsFunc(ids, p.usable):
		return nil, HeldNoIdentifier
	case refusals > 0:
		return nil, HeldOptedOut
	}
	return nil, HeldNoConsent
}

// channelFits tells whether a channel reaches a type of identifier: a grant for e-mail does
// not open the phone.
func channelFits(channel, identifierType string) bool {
	switch channel {
	case "email":
		return identifierType == TypeEmail
	case "sms", "phone":
		return identifierType == TypePhone
	}
	return true
}
