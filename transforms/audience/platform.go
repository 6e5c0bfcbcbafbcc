// Package audience makes lists of customers for platforms: who matches a rule, who may be
// exported under which consent, who is held back and why, and the platforms' file layouts.
//
// The default is to deny: without a grant of the purpose and channel that a platform stands
// for, nothing about a customer leaves.
package audience

import "slices"

// Purposes of consents.
const (
	PurposeMarketing = "marketing"
	PurposeProfiling = "profiling"
	PurposeShareAds  = "share_ads"
)

// Types of identifiers.
const (
	TypePhone    = "phone"
	TypeEmail    = "email"
	TypeCustomer = "customer"
)

// Platform is where an audience goes: what consent it needs, what identifies a customer
// there, and its file.
type Platform struct {
	Name        string
	Purpose     string   // purpose of the consent that is needed
	Channels    []string // channels of which one must be granted
	Identifiers []string // types of identifiers that its file holds
	Minimum     int      // smallest list that the platform takes; shorter ones are held
	Extension   string   // of its files
	Header      []string // of its files; nil = none
	// Rows are the lines of one person, and how many identifiers are refused.
	Rows func(p *Person) (rows [][]string, refused int)
}

// platforms, sorted by name.
var platforms = []Platform{
	{Name: "csv", Purpose: PurposeMarketing, Channels: []string{"email", "sms", "phone"}, Identifiers: []string{TypeEmail, TypePhone}, Extension: "csv", Header: plainHeader, Rows: rowsPlain},
	{Name: "email", Purpose: PurposeMarketing, Channels: []string{"email"}, Identifiers: []string{TypeEmail}, Extension: "csv", Header: []string{"customer_id", TypeEmail}, Rows: rowsList(TypeEmail)},
	{Name: "google", Purpose: PurposeShareAds, Channels: []string{"ads_google"}, Identifiers: []string{TypeEmail, TypePhone}, Minimum: 100, Extension: "csv", Header: googleHeader, Rows: rowsGoogle},
	{Name: "meta", Purpose: PurposeShareAds, Channels: []string{"ads_meta"}, Identifiers: []string{TypeEmail, TypePhone}, Minimum: 100, Extension: "csv", Header: metaHeader, Rows: rowsMeta},
	{Name: "sms", Purpose: PurposeMarketing, Channels: []string{"sms"}, Identifiers: []string{TypePhone}, Extension: "csv", Header: []string{"customer_id", TypePhone}, Rows: rowsList(TypePhone)},
	{Name: "tencent", Purpose: PurposeShareAds, Channels: []string{"ads_tencent"}, Identifiers: []string{TypePhone}, Extension: "txt", Rows: rowsTencent},
	{Name: "wecom", Purpose: PurposeMarketing, Channels: []string{"wechat", "wecom"}, Identifiers: []string{"external_userid", "unionid"}, Extension: "csv", Header: weComHeader, Rows: rowsWeCom},
}

// Platforms lists the names of the platforms.
func Platforms() []string {
	out := make([]string, len(platforms))
	for i, p := range platforms {
		out[i] = p.Name
	}
	return out
}

// PlatformNamed finds a platform.
func PlatformNamed(name string) (Platform, bool) {
	i := slices.IndexFunc(platforms, func(p Platform) bool { return p.Name == name })
	if i < 0 {
		return Platform{}, false
	}
	return platforms[i], true
}

// takes tells whether the platform's file holds identifiers of a type.
func (p Platform) takes(identifierType string) bool {
	return slices.Contains(p.Identifiers, identifierType)
}

// Person is one customer as a file shows it, with the identifiers that may be shown there.
type Person struct {
	CustomerID string
	GivenName  string
	FamilyName string
	Country    string // ISO 3166-1 alpha-2
	Postcode   string
	Emails     []string
	Phones     []string // E.164
	IDs        []Identifier
}

// Identifier is one identifier of a customer.
type Identifier struct {
	Type  string
	Value string
}
