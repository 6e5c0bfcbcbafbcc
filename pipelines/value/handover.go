package value

import (
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/golden"
	"github.com/tributary-cdp/tributary/transforms/segment"
)

// MatchTable passes to the audiences stage.
const MatchTable = "records/audience_match"

// Match is a customer whom an audience takes.
type Match struct {
	CustomerID  string                       `parquet:"customer_id"`
	Matched     []string                     `parquet:"matched"` // codes of audiences
	Value       int64                        `parquet:"value"`   // expected value of 12 months
	GivenName   string                       `parquet:"given_name,optional"`
	FamilyName  string                       `parquet:"family_name,optional"`
	Country     string                       `parquet:"country,optional,dict"`
	Postcode    string                       `parquet:"postcode,optional"`
	Email       string                       `parquet:"email,optional"`
	Phone       string                       `parquet:"phone,optional"`
	Identifiers []schemas.CustomerIdentifier `parquet:"identifiers"`
	Refusals    []schemas.CustomerConsent    `parquet:"refusals"` // channel empty = all
}

// MatchOf is the match of a customer whose columns are final; false if no audience takes one.
func MatchOf(rules *segment.Rules, c *schemas.Customer) (Match, bool) {
	var matched []string
	for i := range rules.Audiences {
		if rules.Audiences[i].When.Match(c) {
			matched = append(matched, rules.Audiences[i].Code)
		}
	}
	if len(matched) == 0 {
		return Match{}, false
	}
	row := Match{
		CustomerID: c.CustomerID, Matched: matched, GivenName: c.GivenName, FamilyName: c.FamilyName,
		Country: c.Country, Postcode: c.Postcode, Email: c.Email, Phone: c.Phone, Identifiers: c.Identifiers,
	}
	for _, consent := range c.Consents {
		if consent.Status == golden.Granted {
			continue // an identifier is exported under its own grant only
		}
		if consent.Channel == golden.AllChannels {
			consent.Channel = ""
		}
		row.Refusals = append(row.Refusals, consent)
	}
	if c.CLV12m != nil {
		row.Value = *c.CLV12m
	}
	return row, true
}
