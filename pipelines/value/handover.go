package value

import "github.com/tributary-cdp/tributary/schemas"

// AudiencesJob is the job of the stage that follows. Its members of the parent run are read
// here, where everything of a customer comes together.
const AudiencesJob = "audiences"

// What passes to the audiences stage, and from one run's audiences to the next run.
const (
	MatchTable = "records/audience_match"
	SentTable  = "records/audience_sent"
)

// Match is a customer whom an audience takes, or who was a member of one in the parent run.
type Match struct {
	CustomerID  string                       `parquet:"customer_id"`
	Matched     []string                     `parquet:"matched"` // codes of audiences
	Was         []string                     `parquet:"was"`     // audience/platform in the parent run
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

// Sent is a customer whom a platform has as a member of an audience.
type Sent struct {
	CustomerID string `parquet:"customer_id"`
	Audience   string `parquet:"audience,dict"`
	Platform   string `parquet:"platform,dict"`
}
