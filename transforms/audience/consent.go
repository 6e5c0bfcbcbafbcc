package audience

import (
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
)

// Reasons for which a matched customer is held back.
const (
	HeldNoConsent     = "no_consent"
	HeldOptedOut      = "opted_out"
	HeldSuppressed    = "suppressed"
	HeldOtherAudience = "other_audience"
	HeldControl       = "control"
	HeldCapped        = "capped"
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
// on every channel.
func (c Consents) objects(purpose string) bool {
	return slices.ContainsFunc(c.rows, func(r schemas.ConsentRow) bool {
		return refused(r.Status) && (r.Purpose == PurposeProfiling || r.Channel == "" && (r.Purpose == purpose || r.Purpose == PurposeMarketing))
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

// Allowed returns the identifiers that a platform may get, or why it gets none. Consent is
// needed for the identifier itself; suppression comes last.
func (c Consents) Allowed(p Platform, customerID string, ids []Identifier, suppression *Suppression) (allowed []Identifier, held string) {
	if c.objects(p.Purpose) {
		return nil, HeldOptedOut
	}
	refusals := 0
	var channels []string
	for _, channel := range p.Channels {
		if c.refuses(p.Purpose, channel) {
			refusals++
		} else {
			channels = append(channels, channel)
		}
	}
	if refusals > 0 && len(channels) == 0 {
		return nil, HeldOptedOut
	}
	for _, id := range ids {
		if p.takes(id.Type) && slices.ContainsFunc(channels, func(channel string) bool {
			return channelFits(channel, id.Type) && c.grants(p.Purpose, channel, id)
		}) {
			allowed = append(allowed, id)
		}
	}
	if len(allowed) == 0 {
		if refusals > 0 {
			return nil, HeldOptedOut
		}
		return nil, HeldNoConsent
	}
	if suppression.Holds(customerID, ids, p.Channels) {
		return nil, HeldSuppressed
	}
	return allowed, ""
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
